"""Keep what a source's text leaves open: a question a field of a sighting, until a person or the text settles it."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from db.bulk import chunks
from db.models import Answer, Question, Sighting
from scrapers.listing import Listing, RaisedQuestion
from tracker.calls.sightings import ReportedListing


class QuestionContext(NamedTuple):
    """A sighting whose text may raise questions."""

    id: int
    external_id: str
    call_id: int


def keep(
    session: Session, source: str, new: Iterable[ReportedListing], changed: Iterable[ReportedListing], now: datetime
) -> None:
    """Lay what these listings ask beside what was asked before: new, the same, worded anew, or raised no more."""
    listings = {reported.key: reported.listing for reported in [*(h for h in new if h.listing.questions), *changed]}
    for keys in chunks(listings):
        columns = select(Sighting.id, Sighting.external_id, Sighting.call_id)
        known = columns.where(Sighting.source == source, col(Sighting.external_id).in_(keys))
        sightings = {row[0]: QuestionContext(*row) for row in session.exec(known)}
        asked: dict[tuple[int, str], Question] = {}
        rows = select(Question).where(col(Question.sighting_id).in_(sightings)).order_by(col(Question.id))
        for question in session.exec(rows):
            asked[question.sighting_id or 0, question.field] = question  # the newest of a field stays
        for sighting in sightings.values():
            _lay_beside(session, sighting, listings[sighting.external_id], asked, now)
    session.flush()


def _lay_beside(
    session: Session, sighting: QuestionContext, listing: Listing, asked: dict[tuple[int, str], Question], now: datetime
) -> None:
    raised = {str(question.field): question for question in listing.questions}
    for (sighting_id, field), before in asked.items():
        if sighting_id == sighting.id and field not in raised and before.settled_at is None:
            before.settled_at = now
    for field, question in raised.items():
        known = asked.get((sighting.id, field))
        if known is not None and (known.settled_at is None or _same(known, question)):
            if known.settled_at is not None and not _is_answered(session, known):
                known.settled_at = None  # the source raises it again
            _reword(known, question, listing, now)
        else:
            session.add(_row(sighting, question, listing, now))


def _same(known: Question, question: RaisedQuestion) -> bool:
    return known.sentence == question.sentence and known.readings == list(question.readings)


def _is_answered(session: Session, question: Question) -> bool:
    standing = select(Answer.id).where(Answer.question_id == question.id, col(Answer.withdrawn_at).is_(None))
    return session.exec(standing).first() is not None


def _reword(known: Question, question: RaisedQuestion, listing: Listing, now: datetime) -> None:
    if not _same(known, question):
        known.sentence, known.readings = question.sentence, list(question.readings)
        known.proposal, known.read_at, known.changed_at = None, None, now
    known.why, known.snapshot = question.why, listing.snapshot


def _row(sighting: QuestionContext, question: RaisedQuestion, listing: Listing, now: datetime) -> Question:
    return Question(
        call_id=sighting.call_id,
        sighting_id=sighting.id,
        field=str(question.field),
        sentence=question.sentence,
        readings=list(question.readings),
        why=question.why,
        snapshot=listing.snapshot,
        asked_at=now,
        changed_at=now,
    )
