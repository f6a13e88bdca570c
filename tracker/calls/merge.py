"""Two calls that a person says are one, and one that turns out to be two."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from db.models import (
    Answer,
    Call,
    CallVectors,
    Correction,
    Doubt,
    Follow,
    Leaning,
    Lesson,
    Match,
    Question,
    Revision,
    SecondOpinion,
    Sighting,
    User,
    Verdict,
)
from tracker.calls.corrections import _held, _restate, note
from tracker.calls.deadlines import place
from tracker.calls.revisions import restate
from tracker.calls.rows import Occasion
from tracker.calls.store import states, streams, write_dates, write_restated
from tracker.errors import NotPossible


class CannotJoin(NotPossible):
    """These two cannot be one call; the message says why, in Dutch."""


def join(session: Session, from_id: int, into_id: int, now: datetime, user: User | None = None) -> None:
    """Two calls are one: sightings, corrections and people's rows move, the emptied one leads to the other.

    A note of what moved stands among the revisions of the one that stays; ``part`` reads it.
    """
    both = _held(session, from_id, into_id)
    old, kept = both.get(from_id), both.get(into_id)
    if old is None or kept is None or old.joined_into is not None or kept.joined_into is not None:
        raise CannotJoin("Een van beide regelingen bestaat niet, of is al samengevoegd.")
    if from_id == into_id:
        raise CannotJoin("Kies een andere regeling dan deze.")
    emptied = states(session, [from_id], now)[from_id]
    moved: dict[str, Any] = {"call": from_id, "user": user.id if user else None}

    def change() -> None:
        for model in (Sighting, Correction, Question, Answer, Doubt):
            moved[str(model.__tablename__)] = _move(session, model, from_id, into_id)
        moved.update(_move_people(session, from_id, into_id))
        old.joined_into = into_id

    write_dates(session, place(from_id, emptied.dates, [], now))  # calendars must learn that they are gone
    for model in (Match, Leaning, SecondOpinion, CallVectors):
        session.exec(delete(model).where(col(model.call_id) == from_id))
    _restate(session, [into_id], now, change)
    note(session, into_id, "joined", moved, now)


def _move(session: Session, model: Any, from_id: int, into_id: int) -> list[int]:
    rows = session.exec(select(model).where(model.call_id == from_id)).all()
    for row in rows:
        row.call_id = into_id
    return [row.id for row in rows]


def _move_people(session: Session, from_id: int, into_id: int) -> dict[str, list[int]]:
    """Verdicts and follows go along, except where the person already has one on the call that stays; what moved."""
    followed = set(session.exec(select(Follow.user_id).where(Follow.call_id == into_id)))
    follows = session.exec(select(Follow).where(Follow.call_id == from_id)).all()
    moved: list[Any] = [follow for follow in follows if follow.user_id not in followed]
    standing = select(Verdict).where(col(Verdict.undone_at).is_(None))
    there = {(v.user_id, v.challenge_id) for v in session.exec(standing.where(Verdict.call_id == into_id))}
    verdicts = session.exec(standing.where(Verdict.call_id == from_id)).all()
    moved += [verdict for verdict in verdicts if (verdict.user_id, verdict.challenge_id) not in there]
    moved += session.exec(select(Lesson).where(Lesson.call_id == from_id)).all()
    for row in moved:
        row.call_id = into_id
    return {
        "follow": [row.user_id for row in moved if isinstance(row, Follow)],
        "verdict": [row.id for row in moved if isinstance(row, Verdict) and row.id],
        "lesson": [row.id for row in moved if isinstance(row, Lesson)],
    }


def part(session: Session, other: int, now: datetime, user: User | None = None) -> int:
    """Undo a join: everything that moved moves back; the id of the call it was joined into. Raises NotPossible."""
    call = session.get(Call, other)
    if call is None or call.joined_into is None:
        raise NotPossible(f"call {other} is not joined into another")
    keep = call.joined_into
    moved = _note_of(session, keep, other)
    if moved is None or session.get_one(Call, keep).joined_into is not None:
        raise NotPossible(f"call {other} was joined further; part call {keep} first")
    before = {i: state.merged(now) for i, state in states(session, [keep, other], now).items() if state.records}
    for model in (Sighting, Correction, Verdict, Lesson, Question, Answer, Doubt):
        for row_id in moved.get(str(model.__tablename__), ()):
            session.get_one(model, row_id).call_id = other
    for question in session.exec(select(Question).where(col(Question.sighting_id).in_(moved.get("sighting", [])))):
        question.call_id = other
    for user_id in moved.get("follow", ()):
        for follow in session.exec(select(Follow).where(Follow.user_id == user_id, Follow.call_id == keep)):
            follow.call_id = other
    call.joined_into = None
    session.flush()
    after = states(session, [keep, other], now)
    before.setdefault(other, after[other].merged(now))
    write_restated(session, restate(before, after, streams(session), Occasion(now), whole={other}))
    note(session, keep, "parted", {"call": other, "user": user.id if user else None}, now)
    session.expire_all()
    return keep


def _note_of(session: Session, keep: int, other: int) -> dict[str, Any] | None:
    """What moved when these two were joined last."""
    notes = select(Revision).where(Revision.call_id == keep, Revision.field == "joined")
    rows = session.exec(notes.order_by(col(Revision.id).desc()))
    return next((row.new for row in rows if row.new and row.new["call"] == other), None)
