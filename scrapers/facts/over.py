"""That a call is over, put off, withdrawn or open again, by a sentence of its text, and the day from which it is."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from db.vocabulary import Status
from scrapers.facts.facts import MOST_READINGS, Asked, Gate, Shown, Value
from scrapers.facts.features import direction
from scrapers.facts.sentences import Sentence, verbatim
from scrapers.facts.spans import Moment, Span
from scrapers.facts.words import groups, pattern

OVER = "de tekst zegt dat het over is, en noemt een datum die nog komt"
ENDS = "de tekst zegt dat het eerder sluit dan een andere datum in de tekst"
SINCE = "de tekst zegt vanaf wanneer het gesloten is"
ENDING = "ending"  # words that close a call only with a day beside them
_SINCE = pattern("phrases", "since", r"\b(?:{})\b")
_CLOSED_FROM = pattern("scope", "closed_from", r"(?<!\w)(?:{})\s?\ue000")
_AFTER = {"from": (-1,), "before": (-1,), "after": (0,), "through": (0,)}


@dataclass(frozen=True)
class Over:
    """``last``: the last moment to come in, two where the words allow both, none where the sentence has no day."""

    status: Status
    sentence: Sentence
    proof: str
    last: tuple[Moment, ...]


def over_of(sentences: list[Sentence], text: str, read_on: date, more_to_come: bool) -> tuple[Over | None, Over | None]:
    """What is over on that day, and what will be.

    ``more_to_come``: the text has a window still ahead, so that what it says of one round is not said of the call.
    """
    coming = None
    for name in groups("over"):
        for sentence in sentences:
            hit = pattern("over", name).search(sentence.words)
            if hit is None or _is_rule(sentence.words, hit) or (more_to_come and _is_of_a_round(sentence.words, hit)):
                continue
            last = _last_days(sentence, read_on)
            if (name == ENDING and not last) or (name == Status.ANNOUNCED and last) or _is_of_a_part(sentence, text):
                continue
            status = Status.CLOSED if name == ENDING else Status(name)
            over = Over(status, sentence, verbatim(text, sentence), last)
            if not last or last[-1].day < read_on or status is Status.EXPECTED or _SINCE.search(sentence.words):
                return over, None
            coming = coming or over
    return None, coming


def open_again(sentences: list[Sentence], text: str, read_on: date) -> tuple[Status, str] | None:
    """That one can come in, and the sentence that says so; with a day still to come the dates say how it stands."""
    for sentence in sentences:
        hit = pattern("again", "open").search(sentence.words)
        if hit is None or _is_rule(sentence.words, hit) or _is_of_a_part(sentence, text):
            continue
        days = _last_days(sentence, read_on) if sentence.spans else ()
        if not any(span.kind == "date" for span in sentence.spans) or (days and days[-1].day < read_on):
            return Status.OPEN, verbatim(text, sentence)
    return None


def _is_rule(words: str, hit: re.Match[str]) -> bool:
    unless = pattern("over_unless", "rule")
    start, end = hit.span()
    return bool(unless.search(words[max(0, start - 80) : start])) or bool(unless.search(words[end : end + 4]))


def _is_of_a_round(words: str, hit: re.Match[str]) -> bool:
    return pattern("over_unless", "a_round").search(words[max(0, hit.start() - 40) : hit.end()]) is not None


def _is_of_a_part(sentence: Sentence, text: str) -> bool:
    """ "Call North is closed", in a text that names a call South too: that says nothing of the other."""
    here = _part_names(verbatim(text, sentence))
    return bool(here) and bool(_part_names(text) - here)


def _part_names(text: str) -> set[str]:
    named = pattern("over_unless", "part", r"\b(?i:{})\s+((?!20\d\d)[A-Z0-9][\w-]*)")
    return {hit.group(1).lower() for hit in named.finditer(text)}


def which_holds(
    over: Over | None, answers: "Answers", sentences: list[Sentence], text: str, read_on: date
) -> Over | None:
    """Closed is only what nobody can come into any more: not what opens, or opens again.

    With a day ahead the dates say how it stands; without one it is expected. That it is "not yet open" is told only
    where the text has no date that says so better.
    """
    if over is None or over.status not in (Status.CLOSED, Status.ANNOUNCED):
        return over
    opens = answers["opens"]
    if over.status is Status.ANNOUNCED:
        return None if opens or answers["closes"] else over
    if isinstance(opens, Shown) and isinstance(opens.value, Moment) and opens.value.day > read_on:
        return None
    for sentence in sentences:
        hit = pattern("over_unless", "reopens").search(sentence.words)
        if hit is not None and not _is_rule(sentence.words, hit):
            return Over(Status.EXPECTED, sentence, verbatim(text, sentence), ())
    return over


def _last_days(sentence: Sentence, read_on: date) -> tuple[Moment, ...]:
    """By the only date of the sentence, in their order: "from" a day on ends the day before, "per" a day either way."""
    dates = [(span, place) for span, place in zip(sentence.spans, sentence.places, strict=True) if span.kind == "date"]
    if len(dates) != 1 or dates[0][0].pair:
        return ()
    span, place = dates[0]
    moment = _moment(span, read_on)
    if moment is None or moment.hour:
        return () if moment is None else (moment,)
    left = sentence.words[:place]
    steps = (-1, 0) if re.search(r"\bper\s$", left[-5:]) else _AFTER.get(direction(left), (0,))
    return tuple(Moment(moment.day + timedelta(days=step)) for step in steps)


def _moment(span: Span, read_on: date) -> Moment | None:
    """Of a day without a year the one nearest to the day of reading."""
    if isinstance(span.value, Moment):
        return span.value
    if span.bare is None or (span.bare.day.month, span.bare.day.day) == (2, 29):
        return None
    years = range(read_on.year - 1, read_on.year + 2)
    day = min((span.bare.day.replace(year=year) for year in years), key=lambda day: abs(day - read_on))
    return Moment(day, span.bare.hour)


Answers = dict[str, Shown | Asked | None]


def when_over(over: Over, gates: tuple[Gate, ...], answers: Answers, read_on: date) -> tuple[tuple[Gate, ...], Answers]:
    """What would still be to come of a call that is over is no fact any more."""
    kept = tuple(gate for gate in gates if gate.moment is not None and gate.moment.day < read_on)
    closes = answers["closes"]
    if isinstance(closes, Shown) and isinstance(closes.value, Moment) and closes.value.day >= read_on:
        answers = answers | {"closes": _either(over, (closes.value,), closes.sentence, OVER)}
    if closes is None and over.last and _CLOSED_FROM.search(over.sentence.words):
        answers = answers | {"closes": _either(over, (), over.proof, SINCE)}
    return kept, answers


def when_coming(over: Over, gates: tuple[Gate, ...], answers: Answers) -> tuple[tuple[Gate, ...], Answers]:
    """A day from which it will be over makes a question of every other closing."""
    closes = answers["closes"]
    if (
        isinstance(closes, Shown)
        and isinstance(closes.value, Moment)
        and closes.value.day in {moment.day for moment in over.last}
    ):
        return gates, answers
    others: tuple[Value, ...] = ()
    if closes is not None:
        others = (closes.value,) if isinstance(closes, Shown) else closes.values
    opening = tuple(gate for gate in gates if gate.kind.value == "opens")
    return opening, answers | {"closes": _either(over, others, over.proof, ENDS)}


def _either(over: Over, others: tuple[Value, ...], sentence: str, why: str) -> Asked:
    values: tuple[Value, ...] = (*over.last, *others)
    return Asked(tuple(dict.fromkeys(values))[:MOST_READINGS], sentence, why)
