"""What waits for a person: questions that stand, and calls that are said to be open though their dates have passed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from db.models import Call, Doubt, Match, Question, Sighting, User
from db.queries import Viewer
from db.rights import visible
from db.status import NOW, OVER, Instant, moments_of, past_yet_open_expression, status_expression
from scrapers.listing import QuestionField

MOST = 500  # more than anybody answers in a week
FROM_READER = col(Question.sighting_id).is_(None)
ASKING = (
    select(Sighting.source).where(col(Sighting.id) == col(Question.sighting_id)).correlate(Question).scalar_subquery()
)


class AskedOfCall(NamedTuple):
    """Who asks about which field."""

    sighting_id: int | None
    field: str


class Waiting(NamedTuple):
    """A question with its call, where its source can be read, and which readers doubt the value."""

    question: Question
    call: Call
    sightings: list[Sighting]
    doubts: list[tuple[Doubt, str]]


def waiting_questions(session: Session, viewer: Viewer, now: datetime) -> list[Waiting]:
    """What people should look at: doubts first, then the calls that fit best; not of calls that are over.

    What another source states as a fact is not asked, unless it is doubted; what the asking source stated itself is
    asked: it was kept from before.
    """
    best = select(func.max(Match.score)).where(col(Match.call_id) == col(Call.id)).correlate(Call).scalar_subquery()
    query = select(Question, Call, ASKING).join(Call, col(Call.id) == col(Question.call_id)).where(*_stands(now))
    query = query.order_by(FROM_READER.desc(), func.coalesce(best, 0).desc(), col(Question.asked_at), col(Question.id))
    rows = session.exec(query.limit(MOST)).all()
    pairs = [(question, call) for question, call, source in rows if _is_open(question, call.provenance, source)]
    return _with_sources(session, viewer, pairs)


def count_waiting(session: Session, now: datetime) -> int:
    """How many there are, without looking at them."""
    rows = session.exec(_counted(), params=moments_of(now))
    return sum(_is_open(AskedOfCall(*row[:2]), *row[2:]) for row in rows.all())


@cache
def _counted() -> Any:
    """Made once: the first page asks it each time."""
    columns = select(Question.sighting_id, Question.field, Call.provenance, ASKING)
    return columns.join(Call, col(Call.id) == col(Question.call_id)).where(*_stands(NOW)).limit(MOST)


def _stands(now: Instant) -> tuple[ColumnElement[bool], ...]:
    running = status_expression(now).not_in([str(word) for word in OVER])
    return col(Question.settled_at).is_(None), col(Call.joined_into).is_(None), or_(FROM_READER, running)


def _is_open(question: "Question | AskedOfCall", provenance: Mapping[str, str], source: str | None) -> bool:
    is_asked_anyway = question.sighting_id is None or question.field == QuestionField.STATUS
    return is_asked_anyway or provenance.get(question.field) in (None, source)


def questions_of(session: Session, viewer: Viewer, call: Call) -> list[Waiting]:
    """Everything that is asked of one call."""
    rows = select(Question, ASKING).where(Question.call_id == call.id, col(Question.settled_at).is_(None))
    standing = session.exec(rows.order_by(col(Question.id))).all()
    waiting = [(row, call) for row, source in standing if _is_open(row, call.provenance, source)]
    return _with_sources(session, viewer, waiting)


def _with_sources(session: Session, viewer: Viewer, pairs: Sequence[tuple[Question, Call]]) -> list[Waiting]:
    sightings: dict[int, list[Sighting]] = defaultdict(list)
    calls = {call.id for _, call in pairs}
    for row in session.exec(select(Sighting).where(col(Sighting.call_id).in_(calls)).order_by(col(Sighting.id))):
        sightings[row.call_id].append(row)
    doubts = _doubts(session, viewer, [question.id for question, _ in pairs])
    return [
        Waiting(question, call, _sources_of(question, call, sightings[call.id]), doubts[question.id])
        for question, call in pairs
    ]


def _sources_of(question: Question, call: Call, sightings: list[Sighting]) -> list[Sighting]:
    """Where the sentence stands; else who says the value; else everybody who speaks of the call."""
    own = [row for row in sightings if row.id == question.sighting_id]
    sayers = [row for row in sightings if row.source == call.provenance.get(question.field)]
    return own or sayers or sightings


def _doubts(session: Session, viewer: Viewer, questions: Iterable[int]) -> dict[int, list[tuple[Doubt, str]]]:
    doubts: dict[int, list[tuple[Doubt, str]]] = defaultdict(list)
    rows = select(Doubt, User.name).join(User, col(User.id) == col(Doubt.user_id))
    rows = rows.where(col(Doubt.question_id).in_(list(questions)), visible(viewer, Doubt)).order_by(col(Doubt.id))
    for doubt, name in session.exec(rows):
        doubts[doubt.question_id].append((doubt, name))
    return doubts


def past_yet_open(session: Session, now: datetime) -> list[Call]:
    """Calls whose last date has passed while their source still says "open"."""
    query = select(Call).where(past_yet_open_expression(now), col(Call.joined_into).is_(None))
    return list(session.exec(query.order_by(col(Call.closes_at).desc(), col(Call.id)).limit(MOST)))


def count_past_yet_open(session: Session, now: datetime) -> int:
    """How many there are, as far as they are shown."""
    return min(session.exec(_past_yet_open(), params=moments_of(now)).one(), MOST)


@cache
def _past_yet_open() -> SelectOfScalar[int]:
    count = select(func.count()).select_from(Call)
    return count.where(past_yet_open_expression(NOW), col(Call.joined_into).is_(None))
