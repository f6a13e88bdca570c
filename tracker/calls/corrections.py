"""What people do to calls: add one, correct a field, take that back, join two that are one; every crawl respects it."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from db.models import CallVectors, Correction, Follow, Match, Opportunity, Sighting, User, Verdict
from db.models.columns import table
from db.queries import BY_HAND
from db.vocabulary import RevisionKind, SourceKind, Visibility
from scrapers.crawled import Crawled
from scrapers.listing import Listing
from tracker.calls.identity import identity
from tracker.calls.ingest import ingest
from tracker.calls.revisions import Round, cancel_dates, states, write
from tracker.calls.store import REVISION, add, revision


class CannotJoin(ValueError):
    """These two cannot be one call; the message says why, in Dutch."""


def add_call(session: Session, listing: Listing, now: datetime) -> int:
    """A call typed in by a person enters by the same door as those of sources; gives its id.

    One that was typed in before keeps what is not said now: it is the same call, and its dates were somebody's work.
    """
    key = identity(listing.external_id)
    before = session.exec(select(Sighting).where(Sighting.source == BY_HAND, Sighting.external_id == key)).first()
    listing = added_to(before.fields, listing) if before else listing
    crawled = Crawled(BY_HAND, SourceKind.STREAM, now, now, (listing.model_copy(update={"source": BY_HAND}),))
    ingest(session, crawled, now)
    known = select(Sighting.opportunity_id).where(Sighting.source == BY_HAND)
    return session.exec(known.where(Sighting.url == listing.url).order_by(col(Sighting.id).desc())).first() or 0


def added_to(before: dict[str, Any], listing: Listing) -> Listing:
    """What was typed before, with what is typed now over it; the dates of a kind that is not named now stay."""
    said = listing.as_json()
    kinds = {one.kind for one in listing.deadlines}
    kept = [one for one in before.get("deadlines", []) if one["kind"] not in kinds]
    return Listing.model_validate({**before, **said, "deadlines": [*kept, *said.get("deadlines", [])]})


def correct(
    session: Session, user: User, call_id: int, field: str, value: Any, reason: str, now: datetime
) -> Correction:
    """Set a field of a call (or the dates of one kind) to what a person knows; an earlier correction of it ends.

    ``value`` is as JSON: an amount as text, dates as a list of ``{"day", "hour"}`` (tracker/calls/consolidate.py).
    """
    assert user.id is not None
    correction = Correction(
        opportunity_id=call_id,
        field=field,
        value=value,
        reason=reason,
        user_id=user.id,
        participant_id=user.participant_id,
        visibility=Visibility.MRA,
        at=now,
    )

    _held(session, call_id)

    def change() -> None:
        _end(session, call_id, field, now)
        session.add(correction)

    _restate(session, [call_id], now, change)
    return correction


def take_back(session: Session, correction: Correction, now: datetime) -> None:
    """End a correction: the sources speak again."""

    def change() -> None:
        correction.withdrawn_at = now

    _restate(session, [correction.opportunity_id], now, change)


def join(session: Session, from_id: int, into_id: int, now: datetime, user: User | None = None) -> None:
    """Two calls are one: sightings, corrections and people's rows move, the emptied one leads to the other.

    A note of what moved stands among the revisions of the one that stays; uniting.py reads it to part them again.
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
        for model in (Sighting, Correction):
            moved[table(model).name] = _move(session, model, from_id, into_id)
        moved.update(_move_people(session, from_id, into_id))
        old.joined_into = into_id

    cancel_dates(session, emptied, now)
    for model in (Match, CallVectors):
        session.exec(delete(model).where(col(model.opportunity_id) == from_id))
    _restate(session, [into_id], now, change)
    note(session, into_id, "joined", moved, now)


def _held(session: Session, *calls: int) -> dict[int, Opportunity]:
    """These calls as they are now, kept from others until we are done: two people may join them at once."""
    rows = select(Opportunity).where(col(Opportunity.id).in_(calls)).order_by(col(Opportunity.id)).with_for_update()
    return {row.id or 0: row for row in session.exec(rows.execution_options(populate_existing=True))}


def note(session: Session, call_id: int, what: str, said: dict[str, Any], now: datetime) -> None:
    """Write down on a call what a person did to it; no news to anybody."""
    version = session.get_one(Opportunity, call_id).version
    add(session, REVISION, [revision(call_id, None, now, RevisionKind.CHANGED, field=what, new=said, version=version)])


def _move(session: Session, model: Any, from_id: int, into_id: int) -> list[int]:
    rows = session.exec(select(model).where(model.opportunity_id == from_id)).all()
    for row in rows:
        row.opportunity_id = into_id
    return [row.id for row in rows]


def _move_people(session: Session, from_id: int, into_id: int) -> dict[str, list[int]]:
    """Verdicts and follows go along, except where the person already has one on the call that stays; what moved."""
    followed = set(session.exec(select(Follow.user_id).where(Follow.opportunity_id == into_id)))
    follows = session.exec(select(Follow).where(Follow.opportunity_id == from_id)).all()
    moved: list[Any] = [follow for follow in follows if follow.user_id not in followed]
    standing = select(Verdict).where(col(Verdict.undone_at).is_(None))
    there = {(v.user_id, v.challenge_id) for v in session.exec(standing.where(Verdict.opportunity_id == into_id))}
    verdicts = session.exec(standing.where(Verdict.opportunity_id == from_id)).all()
    moved += [verdict for verdict in verdicts if (verdict.user_id, verdict.challenge_id) not in there]
    for row in moved:
        row.opportunity_id = into_id
    return {
        "follow": [row.user_id for row in moved if isinstance(row, Follow)],
        "verdict": [row.id for row in moved if isinstance(row, Verdict) and row.id],
    }


def _end(session: Session, call_id: int, field: str, now: datetime) -> None:
    same = select(Correction).where(Correction.opportunity_id == call_id, Correction.field == field)
    for earlier in session.exec(same.where(col(Correction.withdrawn_at).is_(None))):
        earlier.withdrawn_at = now


def _restate(session: Session, calls: Iterable[int], now: datetime, change: Callable[[], None]) -> None:
    """Make a change, and write down what it changes in what we show."""
    wanted = list(calls)
    before = {call: state.shown(now) for call, state in states(session, wanted, now).items()}
    change()
    session.flush()
    write(session, Round(None, now), before, states(session, wanted, now))
    session.expire_all()
