"""From judged amounts and percentages to the money of a call: its pot, the most for one project, the share paid."""

import re
from collections.abc import Iterable
from decimal import Decimal

from scrapers.facts.amounts import LOW_UNCLEAR, OTHER_CURRENCY
from scrapers.facts.doors import DoorCandidate
from scrapers.facts.facts import MOST_READINGS, Asked, Shown, Value
from scrapers.facts.features import direction, topics_of
from scrapers.facts.meanings import Judged, around, is_doubted
from scrapers.facts.sentences import verbatim
from scrapers.facts.words import pattern

SHOW = {"budget": 0.9, "max": 0.88, "rate": 0.9, "min": 0.9}
ASK = {"budget": 0.35, "max": 0.25, "rate": 0.4, "min": 0.4}
CAP = 0.6  # a ceiling of some kind is this sure
BESIDE = 0.4  # and this is enough where a sure one stands in its sentence
RIVAL = {"budget": 0.5, "max": 0.25, "rate": 0.4, "min": 0.5}
PART, FAINT_PART = 0.3, 0.1  # a part of a pot is this sure, where the parts add up
PART_BESIDE = 0.6  # and a part that is larger than the pot beside it this
PROGRAMME = 1_000_000_000  # from here on a sum is that of a programme, where its sentence speaks of no call

UNSURE = "niet zeker dat de tekst dit bedoelt"
CURRENCY = "het bedrag is in een andere munt dan de euro"
ROUNDS = "het bedrag is voor meer dan een ronde"
PARTS = "het geld is verdeeld over meer dan een deel of ronde"

Answer = Shown | Asked | None


def shown(mention: Judged, text: str, value: Value, chance: float) -> Shown:
    """A value with its sentence."""
    words = " ".join(text[mention.span.start : mention.span.end].split())
    return Shown(value, words, verbatim(text, mention.sentence, mention.span), round(min(chance, 1.0), 2))


def asked(readings: Iterable[tuple[Judged, Value]], text: str, why: str) -> Asked:
    """Values to choose from, each once."""
    pairs = list(readings)
    values = tuple(dict.fromkeys(value for _, value in pairs))[:MOST_READINGS]
    if any(mention.span.slip == OTHER_CURRENCY for mention, _ in pairs):
        why = CURRENCY
    return Asked(values, verbatim(text, pairs[0][0].sentence, pairs[0][0].span), why)


def candidates(judged: list[Judged], meaning: str) -> list[tuple[Judged, Decimal]]:
    """Every amount or percentage that may have this meaning, in the order of the text."""
    return [
        (mention, mention.span.value)
        for mention in judged
        if isinstance(mention.span.value, Decimal)
        and (mention.chance(meaning) >= ASK[meaning] or (meaning == "budget" and _speaks_of(mention, "pot")))
        and not is_left_behind(mention)
        and not _is_of_else(mention, meaning)
    ]


def _speaks_of(mention: Judged, group: str) -> bool:
    """The words around it, itself a #, say so."""
    return pattern("scope", group, "(?:{})").search(around(mention.sentence, mention.number)) is not None


def _is_of_else(mention: Judged, meaning: str) -> bool:
    """What was asked for and is no pot; a share of the grant and not of the costs."""
    group = {"budget": "requested", "rate": "other_rate"}.get(meaning)
    return group is not None and _speaks_of(mention, group)


def settled(judged: list[Judged], meaning: str, text: str) -> Answer:
    """The one amount or percentage of this meaning, a question where there are several or none is sure."""
    amounts = candidates(judged, meaning)
    sure = [pair for pair in amounts if pair[0].chance(meaning) >= SHOW[meaning]]
    if not amounts:
        caps = _caps(judged) if meaning == "max" else []
        return asked(_with_beside(caps, judged, meaning), text, UNSURE) if caps else None
    ordered = sorted(amounts, key=lambda pair: -pair[0].chance(meaning))
    values = {value for _, value in sure}
    beside = _of_other_groups(judged, sure) if meaning == "max" else []
    rivals = {value for mention, value in amounts if mention.chance(meaning) >= RIVAL[meaning]} - values
    rivals |= {value for _, value in beside} - values
    raised = meaning == "rate" and any(mention.span.kind == "rate" and _adds(mention.right) for mention in judged)
    if len(values) == 1 and not rivals and not raised:
        return _one(sure, meaning, text)
    if not sure:
        return asked(_with_beside(ordered, judged, meaning), text, UNSURE)
    several = sorted(amounts, key=lambda pair: pair[1], reverse=True) if meaning == "rate" else [*ordered, *beside]
    return asked(_with_beside(several, judged, meaning), text, "de tekst noemt er meer dan een")


def _with_beside(pairs: list[tuple[Judged, Decimal]], judged: list[Judged], meaning: str) -> list[tuple[Judged, Value]]:
    """These, and behind them the other pots and ceilings of their sentences: all of them are readings."""
    sentences = {mention.sentence.start for mention, _ in pairs}
    return (
        [*pairs]
        if meaning not in ("budget", "max")
        else [
            *pairs,
            *(
                (mention, mention.span.value)
                for mention in judged
                if isinstance(mention.span.value, Decimal)
                and mention.sentence.start in sentences
                and mention.span.kind == "amount"
                and mention.chance("max", "cap_other", "budget", "budget_part") >= BESIDE
                and not is_left_behind(mention)
            ),
        ]
    )


def _adds(right: str) -> bool:
    """ "# extra": a supplement to another percentage."""
    return pattern("scope", "extra_rate", r"^\s?(?:{})(?!\w)").match(right) is not None


_FOR = re.compile(r"\s?(?:for|voor)\s")


def _of_other_groups(judged: list[Judged], sure: list[tuple[Judged, Decimal]]) -> list[tuple[Judged, Decimal]]:
    """ "Up to # for cities; # for consortia": the ceilings that stand beside a sure one in its sentence."""
    sentences = {mention.sentence.start for mention, _ in sure if _FOR.match(mention.right)}
    return [
        (mention, mention.span.value)
        for mention in judged
        if isinstance(mention.span.value, Decimal)
        and mention.sentence.start in sentences
        and _FOR.match(mention.right)
        and mention.chance("max", "cap_other", "budget_part") >= BESIDE
    ]


def _caps(judged: list[Judged]) -> list[tuple[Judged, Decimal]]:
    """Ceilings of something, largest first, where the text names none that is plainly that of an application."""
    ceilings = [
        (mention, mention.span.value)
        for mention in judged
        if isinstance(mention.span.value, Decimal)
        and mention.span.value >= 1000
        and mention.chance("max", "cap_other") >= CAP
        and not {"unit", "yearly", "costs", "threshold"} & set(topics_of(mention.sentence.words))
    ]
    return sorted(ceilings, key=lambda pair: pair[1], reverse=True)


def _one(sure: list[tuple[Judged, Decimal]], meaning: str, text: str) -> Answer:
    """All sure mentions give one value: shown, unless every mention is hedged."""
    exact = [(mention, value) for mention, value in sure if not why_inexact(mention, meaning)]
    if not exact:
        mention, value = sure[0]
        readings = [(mention, value), *([(mention, mention.span.low)] if mention.span.low is not None else [])]
        return asked(readings, text, why_inexact(mention, meaning))
    mention, value = max(exact, key=lambda pair: pair[0].chance(meaning))
    return shown(mention, text, value, mention.chance(meaning))


def why_inexact(mention: Judged, meaning: str) -> str:
    """Why the figure is not the figure: about, more than, a range."""
    side = direction(mention.left)
    if side == "about" or (side in ("above", "least") and meaning != "min"):
        return "het bedrag is niet precies"
    if mention.span.why or mention.span.slip not in ("", LOW_UNCLEAR if meaning == "max" else ""):
        return "de notatie is niet zeker"
    if mention.span.low is not None and meaning in ("budget", "rate"):
        return "er staan twee grenzen"
    if pattern("phrases", "foreseen", r"(?<!\w)(?:{})(?!\w)[^.;]*$").search(mention.left[-110:]):
        return "het bedrag staat nog niet vast"
    return ""


_FROM = re.compile(r"\b(?:van|from|was|of)\s$")
_TO = re.compile(r"\s{0,2}(?:naar|tot|to)\s{0,2}(?:maximaal |max\.? )?[\ue001\ue002]")


def is_left_behind(mention: Judged) -> bool:
    """The amount that was: "van # naar #", "verhoogd van # tot #"."""
    if not (_FROM.search(mention.left) and _TO.match(mention.right)):
        return False
    return (
        mention.right.lstrip().startswith("naar")
        or pattern("topics", "raised").search(mention.sentence.words) is not None
    )


def budget(judged: list[Judged], door: DoorCandidate | None, dated: list[DoorCandidate], text: str) -> Answer:
    """The money of the round: the only pot, the sum of the others, or the pot that stands with its closing."""
    pots: list[tuple[Judged, Decimal]] = [
        (mention, mention.span.value)
        for mention in judged
        if isinstance(mention.span.value, Decimal)
        and mention.chance("budget") >= SHOW["budget"]
        and not is_left_behind(mention)
        and not _is_of_else(mention, "budget")
    ]
    of_round = _of_this_round(pots)
    if of_round and not _names(of_round[0][0], "spent") and not _is_of_later(of_round, pots):
        return _one(of_round, "budget", text)
    largest = _with_beside([(mention, value) for value, mention in _ordered(pots)], judged, "budget")
    closings = len({found.moment.day for found in dated if found.meaning == "closes"})
    if pots and any(
        _names(mention, "several_rounds") or (closings > 1 and _names(mention, "several_years")) for mention in judged
    ):
        return asked(largest, text, ROUNDS)
    if any(value >= PROGRAMME and not _names(mention, "a_round") for mention, value in pots):
        return asked(largest, text, "het bedrag is eerder dat van een programma") if dated else None
    if len({value for _, value in pots}) > 1:
        whole = _whole(pots) or _of_round(pots, door)
        return _one([whole], "budget", text) if whole else asked(largest, text, PARTS)
    if summed := _sum_of_parts(judged):
        return shown(summed[0], text, summed[1], max(SHOW["budget"], summed[0].chance("budget")))
    if not pots and (parts := _parts(judged)):
        return asked(_with_beside(parts, judged, "budget"), text, "de tekst noemt delen en geen geheel")
    if pots and (pattern("phrases", "spread").search(pots[0][0].sentence.words) or _is_of_a_year(pots[0][0], judged)):
        return asked(pots, text, ROUNDS)
    if pots and (beside := [pair for pair in _parts(judged, PART_BESIDE) if pair[1] > pots[0][1]]):
        return asked([*pots, *beside], text, PARTS)  # more than all of it: these are pots of other parts
    return settled(judged, "budget", text)


def _is_of_a_year(pot: Judged, judged: list[Judged]) -> bool:
    """Money of a whole year, in a text that counts several rounds."""
    return _names(pot, "of_a_year") and any(_names(mention, "later_round") for mention in judged)


def _of_this_round(pots: list[tuple[Judged, Decimal]]) -> list[tuple[Judged, Decimal]]:
    """The pot of which the words beside it say that it is of this round; those behind it go first."""
    this_round = pattern("scope", "this_round").search
    behind = [pair for pair in pots if this_round(re.split(r"[,;:\ue001]", pair[0].right[:90])[0])]
    before = [pair for pair in pots if this_round(_own_words(pair[0].left[-90:]))]
    total = max((value for mention, value in before if _is_called_total(mention)), default=Decimal())
    if any(value < total for _, value in behind):
        return []  # "the total for this call is #": the smaller one is a share of it
    return next((some for some in (behind, before) if len({value for _, value in some}) == 1), [])


def _is_of_later(of_round: list[tuple[Judged, Decimal]], pots: list[tuple[Judged, Decimal]]) -> bool:
    """ "This round" is the second, and another sum stands before it."""
    later = pattern("scope", "later_round").search(of_round[0][0].sentence.before)
    return later is not None and len({value for _, value in pots}) > 1


def _own_words(left: str) -> str:
    """What stands before an amount and not right behind the one before it."""
    _, other, words = re.split(r"[;]", left)[-1].rpartition("\ue001")
    return words.partition(",")[2] if other else words


def _names(mention: Judged, group: str) -> bool:
    return pattern("scope", group).search(mention.sentence.words) is not None


def _ordered(pots: list[tuple[Judged, Decimal]]) -> list[tuple[Decimal, Judged]]:
    return sorted(((value, mention) for mention, value in pots), key=lambda pair: pair[0], reverse=True)


def _parts(judged: list[Judged], least: float = SHOW["budget"]) -> list[tuple[Judged, Decimal]]:
    parts = [
        (mention, mention.span.value)
        for mention in judged
        if isinstance(mention.span.value, Decimal) and mention.chance("budget_part", "budget") >= least
    ]
    return sorted(parts, key=lambda pair: pair[1], reverse=True)


def _sum_of_parts(judged: list[Judged]) -> tuple[Judged, Decimal] | None:
    """ "# for schools, # for clubs. That is # in total": the amount that the other parts come to."""
    values = {
        mention.span.start: mention.span.value
        for mention in judged
        if isinstance(mention.span.value, Decimal)
        and mention.chance("budget_part") > FAINT_PART
        and mention.chance("budget_part", "budget") >= PART
    }
    sums = []
    for mention in judged:
        rest = [value for start, value in values.items() if start != mention.span.start]
        adds_up = len(rest) > 1 and mention.span.kind == "amount" and mention.span.value == sum(rest)
        if adds_up and _may_be_whole(mention):
            sums.append((mention, sum(rest, Decimal())))
    return sums[0] if len(sums) == 1 else None


def _may_be_whole(mention: Judged) -> bool:
    """3 is 2 and 1 by chance too: not where it is a part itself, or money of something else."""
    part = mention.chance("budget_part") >= PART_BESIDE and not _is_called_total(mention)
    return not part and not is_doubted(mention.sentence, mention.number)


def _whole(pots: list[tuple[Judged, Decimal]]) -> tuple[Judged, Decimal] | None:
    """The largest, where it is called a total or is the sum of the others."""
    largest = max(pots, key=lambda pair: pair[1])
    rest = {mention.span.start: value for mention, value in pots if value != largest[1]}
    parts = set(rest.values())
    if len(parts) > 1 and sum(parts) == largest[1]:
        return largest
    return largest if _is_called_total(largest[0]) and sum(parts) <= largest[1] else None


def _is_called_total(mention: Judged) -> bool:
    return pattern("topics", "total").search(mention.left[-60:]) is not None


def _of_round(pots: list[tuple[Judged, Decimal]], door: DoorCandidate | None) -> tuple[Judged, Decimal] | None:
    """The only pot in the sentence of the closing."""
    if door is None:
        return None
    beside = [pair for pair in pots if pair[0].sentence.start == door.judged.sentence.start]
    doors = sum(span.kind == "date" for span in door.judged.sentence.spans)
    return (
        beside[0] if len(beside) == 1 and doors <= 2 and "parts" not in topics_of(door.judged.sentence.words) else None
    )
