"""Which percentages of a text say how much of the costs is paid."""

import re
from decimal import Decimal

from scrapers.money import MoneyWords
from scrapers.spans import ANY_MENTION, RATE, RATES, Mention, Sentence

_LEANS = re.compile(r"\s*(?:voor|bij|for)\b")  # "Voor andere routes is dat 50%"


def all_rates(sentences: list[Sentence], words: MoneyWords) -> list[Mention]:
    """Every percentage of the costs that is paid, and beside one every other that is not something else."""
    lines = [sentence for sentence in sentences if sentence.words.strip()]
    found: list[Mention] = []
    for sentence, speaks in zip(lines, _speak_of_rates(lines, words), strict=True):
        marked = _marked(sentence) if speaks else []
        found += [m for m in marked if not _is_no_rate(sentence, m, words) and not _is_rest(sentence, m)]
    return found


def _marked(sentence: Sentence) -> list[Mention]:
    return [m for m in sentence.mentions if m.mark in (RATE, RATES)]


def _speak_of_rates(lines: list[Sentence], words: MoneyWords) -> list[bool]:
    """Which sentences do: by their own words, leaning on the one before, or as a row beside one that does."""
    rows = [bool(_ROW.match(line.words)) and not _is_of_all(line, words) for line in lines]
    speak: list[bool] = []
    for i, line in enumerate(lines):
        leans = line.joined or _LEANS.match(line.words) or (i and rows[i] and rows[i - 1])
        own = any(_is_rate(line, m, words) for m in _marked(line))
        speak.append(own or bool(i and speak[i - 1] and leans))
    for i in reversed(range(len(lines) - 1)):
        speak[i] = speak[i] or (rows[i] and rows[i + 1] and speak[i + 1])
    return speak


_ROW = re.compile(  # "Small enterprises: 50%", "- 50% for small enterprises": one of a list
    rf"\W*(?:[^{ANY_MENTION[1:-1]}:.]{{3,90}}(?::{{1,2}}|\s-)\s{{0,3}}(?:max\w*\.? |up to |tot )?[{RATE}{RATES}]"
    rf"|[{RATE}{RATES}] (?:voor|bij|for)\b)"
)


def _is_of_all(line: Sentence, words: MoneyWords) -> bool:
    """ "Subsidiepercentage: 50%": the label is that of the rate, so the next row is about something else."""
    label = line.words.split(":")[0].split()
    return ":" in line.words and len(label) <= 2 and bool(words.rate_before.search(" ".join(label)))


_OF_SOMETHING = re.compile(r"\s{0,2}(?:of|van)\s")
_FOR_WHOM = re.compile(r"\b(?:voor|bij(?!,)|for|to)\b")


def _is_rest(sentence: Sentence, mention: Mention) -> bool:
    """ "het fonds betaalt 80% en de stad met haar partners 20%": together the whole, and not said for whom."""
    behind = [m for m in sentence.mentions if m.mark == RATE and m.at < mention.at]
    if mention.mark != RATE or not behind or not isinstance(behind[-1].value, Decimal):
        return False
    whole = isinstance(mention.value, Decimal) and behind[-1].value + mention.value == 100
    between = sentence.words[behind[-1].at : mention.at] + sentence.follow(mention)[:12]
    return whole and not _FOR_WHOM.search(between)


def _is_no_rate(sentence: Sentence, mention: Mention, words: MoneyWords) -> bool:
    near, follow = sentence.near(mention), sentence.follow(mention)
    if _OF_OTHERS.search(sentence.left(mention)[-140:]):
        return True
    return bool(words.not_rate_before.search(near[-60:]) or words.not_rate_after.match(follow[:60]))


_OF_OTHERS = re.compile(  # what one project got, what once was or may be: not what this call pays
    r"\bproject (?:[\w-]+ ){0,4}(?:kreeg|ontving|received|was awarded)\b|\b(?:dekte|betaalde|vergoedde) toen\b"
    r"|\bproposes (?:a|an|to)\b|\bstel(?:t|de|len) voor om\b"
)


def _is_rate(sentence: Sentence, mention: Mention, words: MoneyWords) -> bool:
    near, follow = sentence.near(mention), sentence.follow(mention)
    if _is_no_rate(sentence, mention, words) or words.hedge.search(near):
        return False
    of_costs = words.rate_after.match(follow[:70])
    if _OF_SOMETHING.match(follow) and not of_costs and not words.pays.search(near[-100:] + RATE + follow[:70]):
        return False  # of the crops, of employment: not of what a project costs
    bracketed = re.search(r"\($", near) and follow.startswith(")") and words.grant.search(sentence.left(mention))
    return bool(bracketed or of_costs or words.rate_before.search(near[-100:]))
