"""Days that are given as a rule only ("a month after publication"), computed where the day of publication is known."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from scrapers.facts.doors import shifted
from scrapers.facts.facts import Asked
from scrapers.facts.features import topics_of
from scrapers.facts.sentences import Sentence, verbatim
from scrapers.facts.spans import Moment
from scrapers.facts.words import lines, names, one_of, pattern

RULED = "de datum volgt uit een regel"
NO_DAY = "de tekst geeft een regel en niet de dag waarvan die uitgaat"
_NOT_APPLYING = {"deciding", "reporting", "force", "questions", "meeting", "advance"}
_BASE = "|".join(written for language in ("nl", "en") for written, _ in lines(language, "rules", "base"))
_UNIT = r"(?P<unit>weken|week|maanden|maand|dagen|dag|weeks?|months?|days?)"
_COUNT = rf"(?P<count>\d{{1,2}}|{one_of(names('numbers'))})\s{_UNIT}"
_NEXT = r"(?P<next>(?:de|the) (?P<nth>(?:tweede|second) )?(?:werk|eerste |first |working )?(?:dag|day))"
_OF_WHAT = r"(?:\s(?:van|of)\s(?:dit|deze|het|de|this|the)\s\w+)?"
_RULE = re.compile(
    rf"(?<!\w)(?:{_COUNT}|{_NEXT})\s(?:na|vanaf|volgend op|after|following|from)\s(?:{_BASE})(?!\w){_OF_WHAT}"
)
_BETWEEN = r"(?:op|on|in|van|de|het|the|d\.d\.|\w{0,12}blad|staatscourant|nr\.?|\d{1,6})[\s:|,]{1,3}"
_RIGHT_BEFORE = rf"(?<!\w)(?:{{}})[\s:|,(]{{1,3}}(?:{_BETWEEN}){{0,4}}$"


def rules_of(sentences: list[Sentence], text: str, published: date | None) -> Iterator[tuple[str, Asked]]:
    """``opens`` or ``closes`` of each sentence on applying that has a rule; without values where no day is known.

    ``published``: the day that the source tells; a day in the text goes first.
    """
    base = next(_days_of_publication(sentences), published)
    for sentence in sentences:
        hit = _RULE.search(sentence.words)
        topics = set(topics_of(_RULE.sub("", sentence.words))) if hit else set()
        if hit is None or not topics & {"applying", "receiving"} or topics & _NOT_APPLYING:
            continue
        if pattern("rules", "unless").search(sentence.words):
            continue
        left = sentence.words[max(0, hit.start() - 60) : hit.start()]
        name = "opens" if _is_opening(left, hit, topics) else "closes"
        days = _days(hit, base, left) if base else ()
        yield name, Asked(tuple(Moment(day) for day in days), verbatim(text, sentence), RULED if days else NO_DAY)


def _days_of_publication(sentences: Iterable[Sentence]) -> Iterator[date]:
    """The dates of which the words right before them say that the text was published then."""
    for sentence in sentences:
        for span, place in zip(sentence.spans, sentence.places, strict=True):
            before = pattern("rules", "published", _RIGHT_BEFORE)
            if isinstance(span.value, Moment) and before.search(sentence.words[max(0, place - 90) : place]):
                yield span.value.day


def _is_opening(left: str, hit: re.Match[str], topics: set[str]) -> bool:
    ends, begins = (pattern("rules", name).search(left[-30:]) for name in ("ends", "begins"))
    if bool(ends) != bool(begins):
        return begins is not None
    return bool(hit["next"]) or ("opening" in topics and "closing" not in topics)


def _days(hit: re.Match[str], base: date, left: str) -> tuple[date, ...]:
    if hit["next"]:
        return (base + timedelta(days=2 if hit["nth"] else 1),)
    count = int(float(names("numbers").get(hit["count"]) or hit["count"]))
    day = shifted(base, count, hit["unit"])
    early = re.search(r"(?<!\w)(?:tot|voor|vóór|before) (?:uiterlijk )?$", left)
    return (day, day - timedelta(days=1)) if early else (day,)
