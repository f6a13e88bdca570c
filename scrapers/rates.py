"""Which percentages of a text say how much of the costs is paid."""

import re
from decimal import Decimal

from scrapers.money import MoneyWords
from scrapers.spans import RATE, RATES, Mention, Sentence

_LEANS = re.compile(r"\s*(?:voor|bij|for)\b")  # "Voor andere routes is dat 50%"


def all_rates(sentences: list[Sentence], words: MoneyWords) -> list[Mention]:
    """Every percentage of the costs that is paid, and beside one every other that is not something else."""
    found: list[Mention] = []
    went_on = False
    for sentence in sentences:
        marked = [m for m in sentence.mentions if m.mark in (RATE, RATES)]
        leans = sentence.joined or _LEANS.match(sentence.words)
        went_on = any(_is_rate(sentence, m, words) for m in marked) or bool(went_on and leans)
        found += [m for m in marked if went_on and not _is_no_rate(sentence, m, words) and not _is_rest(sentence, m)]
    return found


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
    return bool(words.not_rate_before.search(near[-60:]) or words.not_rate_after.match(follow[:60]))


def _is_rate(sentence: Sentence, mention: Mention, words: MoneyWords) -> bool:
    near, follow = sentence.near(mention), sentence.follow(mention)
    if _is_no_rate(sentence, mention, words) or words.hedge.search(near):
        return False
    of_costs = words.rate_after.match(follow[:70])
    if _OF_SOMETHING.match(follow) and not of_costs and not words.pays.search(near[-100:] + RATE + follow[:70]):
        return False  # of the crops, of employment: not of what a project costs
    bracketed = re.search(r"\($", near) and follow.startswith(")") and words.grant.search(sentence.left(mention))
    return bool(bracketed or of_costs or words.rate_before.search(near[-100:]))
