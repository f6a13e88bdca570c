"""Of the rows that one crawl brought of one call: which counts, and where equal ones contradict each other. Pure.

Weighed once over the whole crawl, so that neither pages nor order decide: a source's own record before one taken over
from another index, then the newest. What is left and says other things of one fact is no fact: a person is asked.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from db.vocabulary import DeadlineKind
from scrapers.crawled import Unreadable
from scrapers.listing import AMOUNTS, Edition, ListedDeadline, Listing, QuestionField, RaisedQuestion

OWN = Edition()
PLAIN = (*AMOUNTS, "source_word", "applicants")
TWICE = "de bron noemt deze regeling twee keer, met andere gegevens"
MOST_READINGS = 5


def one_a_call(listings: Iterable[Listing], name: Callable[[str], str] = str.strip) -> list[Listing]:
    """One listing of every call, in the order of first sight; ``name``: what makes two external ids the same."""
    rows = at_home(listings)
    if _all_apart(name(listing.external_id) for listing in rows) and _all_apart(map(_call_of, rows)):
        return rows
    by_id = _grouped(rows, lambda listing: name(listing.external_id))
    return [_newest(copies) for copies in _grouped(map(settled, by_id), _call_of)]


def _all_apart(names: Iterable[Any]) -> bool:
    """As nearly always: then there is nothing to weigh."""
    listed = list(names)
    return len(set(listed)) == len(listed)


def at_home(listings: Iterable[Listing]) -> list[Listing]:
    """The listings without those whose address led on to the page of another one: that page speaks for itself.

    Lists keep old addresses beside new ones for a while, and an ended scheme may lead to its successor.
    """
    rows = list(listings)
    if len({listing.url for listing in rows}) == len(rows):
        return rows
    owners = {listing.url for listing in rows if _lives_at(listing)}
    return [listing for listing in rows if listing.url not in owners or _lives_at(listing)]


def _lives_at(listing: Listing) -> bool:
    """Whether its id is the end of its address."""
    return urlsplit(listing.url).path.lower().rstrip("/").endswith("/" + listing.external_id.lower().strip("/"))


def unread_calls(unreadable: Iterable[Unreadable], listings: Iterable[Listing]) -> list[Unreadable]:
    """The rows that could not be read, without those of calls that another row told of."""
    read = {listing.external_id for listing in listings}
    return [row for row in unreadable if row.external_id not in read]


def _grouped(listings: Iterable[Listing], key: Callable[[Listing], Any]) -> list[list[Listing]]:
    groups: dict[Any, list[Listing]] = defaultdict(list)
    for listing in listings:
        groups[key(listing)].append(listing)
    return list(groups.values())


def _call_of(listing: Listing) -> tuple[str, str]:
    """A code names one call, also where it came under a second id."""
    return ("code", listing.code.casefold()) if listing.code else ("id", listing.external_id)


def is_mirror(listing: Listing) -> bool:
    """Whether it was taken over from another index than the source's own."""
    return not (listing.edition or OWN).own


def _rank(listing: Listing) -> tuple[bool, str]:
    edition = listing.edition or OWN
    return edition.own, edition.stamp


def _newest(copies: Sequence[Listing]) -> Listing:
    """Of one call under several ids: ids are given out in order, so the longest and last is the newest."""
    return max(copies, key=lambda copy: (*_rank(copy), len(copy.external_id), copy.external_id))


def settled(copies: Sequence[Listing]) -> Listing:
    """One listing of rows under one id; what equal ones contradict is asked instead of shown."""
    if len(copies) == 1:
        return copies[0]
    best = max(map(_rank, copies))
    equal = sorted((copy for copy in copies if _rank(copy) == best), key=_stable, reverse=True)
    return contested(equal) if len(equal) > 1 else equal[0]


def _stable(listing: Listing) -> tuple[str, str]:
    """An order that is the same tomorrow: the newest publication, then the text."""
    return str(listing.published_on or ""), listing.model_dump_json(exclude={"snapshot", "evidence"})


def contested(copies: Sequence[Listing]) -> Listing:
    """The first of these, with what only others name, and without what they contradict."""
    changes: dict[str, Any] = {}
    questions = {question.field: question for copy in reversed(copies) for question in copy.questions}
    remarks: list[str] = []
    deadlines: list[ListedDeadline] = []
    values: dict[str, list[tuple[Listing, Any]]] = {name: _values(copies, name) for name in PLAIN}
    values |= {kind: _dates(copies, kind) for kind in dict.fromkeys(d.kind for copy in copies for d in copy.deadlines)}
    for name, named in values.items():
        apart = _apart(named)
        if len(apart) > 1 and name in set(QuestionField):
            questions[QuestionField(name)] = _question(QuestionField(name), apart)
            changes |= {} if name in set(DeadlineKind) else {name: None}
            continue
        remarks += [f"{TWICE}: {_said(name, apart)}"] if len(apart) > 1 else []
        chosen = min(apart, key=lambda pair: _spoken(pair[1]))[1] if apart else None
        if name in set(DeadlineKind):
            deadlines += chosen or ()
        elif apart:
            changes[name] = chosen
    fields = {name: copy.proof[name] for copy in reversed(copies) for name in copy.proof}
    changes["proof"] = {name: proof for name, proof in fields.items() if changes.get(name) is not None}
    shown = {*(str(d.kind) for d in deadlines), *(name for name in PLAIN if changes.get(name) is not None)}
    asked = tuple(question for field, question in questions.items() if str(field) not in shown)
    review = dict.fromkeys([*(text for copy in copies for text in copy.review), *remarks])
    return copies[0].model_copy(
        update={**changes, "deadlines": tuple(deadlines), "questions": asked, "review": tuple(review)}
    )


def _values(copies: Sequence[Listing], name: str) -> list[tuple[Listing, Any]]:
    return [(copy, value) for copy in copies if (value := getattr(copy, name)) not in (None, ())]


def _dates(copies: Sequence[Listing], kind: DeadlineKind) -> list[tuple[Listing, Any]]:
    dated = [(copy, tuple(d for d in copy.deadlines if d.kind == kind)) for copy in copies]
    return [(copy, dates) for copy, dates in dated if dates]


def _apart(named: Iterable[tuple[Listing, Any]]) -> list[tuple[Listing, Any]]:
    """The values that differ, each with the first listing that says it."""
    return list({_spoken(value): (copy, value) for copy, value in reversed(list(named))}.values())


def _spoken(value: Any) -> str:
    """A value as one text by which two are compared: of dates the days and hours, in order."""
    if isinstance(value, tuple):
        parts = [_reading(part) if isinstance(part, ListedDeadline) else str(part) for part in value]
        return ", ".join(sorted(parts))
    return format(value.normalize(), "f") if hasattr(value, "normalize") else str(value)


def _reading(deadline: ListedDeadline) -> str:
    return f"{deadline.day}T{deadline.hour}" if deadline.hour and not deadline.assumed else str(deadline.day or "")


def _question(field: QuestionField, apart: Sequence[tuple[Listing, Any]]) -> RaisedQuestion:
    """Which of these is it: with the sentences the values were read from, or how the rows call themselves."""
    readings = sorted({reading for _, value in apart for reading in _spoken(value).split(", ")})[:MOST_READINGS]
    return RaisedQuestion(field=field, sentence=_said(field, apart), readings=tuple(readings), why=TWICE)


def _said(name: str, apart: Sequence[tuple[Listing, Any]]) -> str:
    """The words of both, in an order that does not depend on the rows'."""
    return " | ".join(sorted(_words(name, copy, value) for copy, value in apart))


def _words(name: str, copy: Listing, value: Any) -> str:
    sentences = [d.sentence for d in value if d.sentence] if name in set(DeadlineKind) else []
    proof = copy.proof.get(name)
    return " ".join(sentences) or (proof.sentence if proof else "") or f"{copy.title}: {_shown(value)}"


def _shown(value: Any) -> str:
    """A value for a person's eye: days as they are written in Dutch."""
    if not isinstance(value, tuple):
        return _spoken(value)
    return ", ".join(_day(part) if isinstance(part, ListedDeadline) else str(part) for part in value)


def _day(deadline: ListedDeadline) -> str:
    if deadline.day is None:
        return deadline.kind.label
    day = f"{deadline.day.day}-{deadline.day.month}-{deadline.day.year}"
    return f"{day} {deadline.hour}" if deadline.hour else day
