"""What people do to calls: add one, correct a field, take that back, join two that are one; every crawl respects it."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from db.models import Answer, Call, Correction, Question, Revision, Sighting, User
from db.queries import BY_HAND, Viewer, live_call
from db.rights import visible
from db.vocabulary import RevisionKind, SourceKind, Visibility
from scrapers.crawled import Crawled
from scrapers.listing import Listing
from tracker.calls import eligibility
from tracker.calls.consolidate import KINDS
from tracker.calls.identity import identity
from tracker.calls.ingest import ingest
from tracker.calls.plausibility import without_far_days
from tracker.calls.revisions import restate
from tracker.calls.rows import Occasion
from tracker.calls.store import states, streams, write_restated
from tracker.errors import ChangedMeanwhile, NotPossible


def add_call(session: Session, listing: Listing, now: datetime) -> int:
    """A call typed in by a person enters by the same door as those of sources; gives its id.

    One that was typed in before keeps what is not said now: it is the same call, and its dates were somebody's work.
    """
    key = (Sighting.source == BY_HAND, Sighting.external_id == identity(listing.external_id))
    before = session.exec(select(Sighting).where(*key)).first()
    listing = added_to(before.fields, listing) if before else listing
    crawled = Crawled(BY_HAND, SourceKind.STREAM, now, now, (listing.model_copy(update={"source": BY_HAND}),))
    ingest(session, crawled, now)
    return session.exec(select(Sighting.call_id).where(*key)).one()


def added_to(before: dict[str, Any], listing: Listing) -> Listing:
    """What was typed before, with what is typed now over it; the dates of a kind that is not named now stay."""
    fields = listing.as_json()
    kinds = {deadline.kind for deadline in listing.deadlines}
    kept = [deadline for deadline in before.get("deadlines", []) if deadline["kind"] not in kinds]
    return Listing.model_validate({**before, **fields, "deadlines": [*kept, *fields.get("deadlines", [])]})


def correct(
    session: Session, user: User, call_id: int, field: str, value: Any, reason: str, now: datetime, refutes: Any = None
) -> Correction:
    """Set a field of a call (or the dates of one kind) to what a person knows; an earlier correction of it ends.

    ``value`` is as JSON: an amount as text, dates as a list of ``{"day", "hour"}`` (tracker/calls/consolidate.py).
    ``refutes``: the value that is wrong, where nobody knows the right one; it holds while the sources say that.
    """
    if field in KINDS and value is not None:
        value = without_far_days(value, now.date())
    correction = Correction(
        call_id=call_id,
        field=field,
        value=value,
        refutes=refutes,
        reason=reason,
        user_id=user.id,
        participant_id=user.participant_id,
        visibility=Visibility.REGION,
        at=now,
    )

    _held(session, call_id)

    def change() -> None:
        for earlier in session.exec(_standing(call_id, field)):
            earlier.withdrawn_at = now
        session.add(correction)

    _restate(session, [call_id], now, change)
    if field == eligibility.FIELD:
        eligibility.show(session, call_id, now)
    return correction


def deeds_on(session: Session, call_id: int) -> int:
    """How often people corrected a call or took that back: it grows with each, also where the call's version does not.

    A title is no news, so that it leaves the version as it is; yet who corrects it must have seen it as it stands.
    """
    counted = select(func.count(col(Correction.id)) + func.count(col(Correction.withdrawn_at)))
    return session.exec(counted.where(Correction.call_id == call_id)).one()


def must_have_seen(session: Session, call: Call, version: int, deeds: int) -> None:
    """Raises ChangedMeanwhile for who did not see the call as it is now; the caller keeps it from others."""
    if (version, deeds) != (call.version, deeds_on(session, call.id)):
        raise ChangedMeanwhile("")  # the page says it in its own words


def standing_corrections(session: Session, call_id: int, viewer: Viewer) -> list[tuple[Correction, User]]:
    """What people say of a call that holds now, and who said it, oldest first."""
    said = select(Correction, User).where(Correction.call_id == call_id, Correction.user_id == User.id)
    standing = said.where(col(Correction.withdrawn_at).is_(None), visible(viewer, Correction))
    return list(session.exec(standing.order_by(col(Correction.at), col(Correction.id))))


def take_back(session: Session, correction: Correction, now: datetime) -> None:
    """End a correction: the sources speak again."""

    def change() -> None:
        correction.withdrawn_at = now
        _reopen(session, correction, now)

    _restate(session, [correction.call_id], now, change)
    if correction.field == eligibility.FIELD:
        eligibility.show(session, correction.call_id, now)


def live_id(session: Session, call_id: int) -> int:
    """The id of a call, or of the one it was joined into. Raises NotPossible."""
    call = live_call(session, call_id)
    if call is None:
        raise NotPossible(f"no call {call_id}")
    return call.id


def standing_correction(session: Session, call_id: int, field: str) -> Correction:
    """The correction of a field that holds now. Raises NotPossible."""
    correction = session.exec(_standing(call_id, field)).first()
    if correction is None:
        raise NotPossible(f"call {call_id} has no correction of {field}")
    return correction


def _standing(call_id: int, field: str) -> SelectOfScalar[Correction]:
    rows = select(Correction).where(Correction.call_id == call_id, Correction.field == field)
    return rows.where(col(Correction.withdrawn_at).is_(None))


def _reopen(session: Session, correction: Correction, now: datetime) -> None:
    """What this correction answered is asked again."""
    for answer in session.exec(select(Answer).where(Answer.correction_id == correction.id)):
        answer.withdrawn_at = now
        question = session.get_one(Question, answer.question_id)
        same = select(Question.id).where(Question.call_id == question.call_id, Question.field == question.field)
        same = same.where(Question.sighting_id == question.sighting_id, col(Question.settled_at).is_(None))
        if session.exec(same).first() is None:  # else its text has changed since, and is asked as it is now
            question.settled_at = None


def _held(session: Session, *calls: int) -> dict[int, Call]:
    """These calls as they are now, kept from others until we are done: two people may join them at once."""
    rows = select(Call).where(col(Call.id).in_(calls)).order_by(col(Call.id)).with_for_update()
    return {row.id: row for row in session.exec(rows.execution_options(populate_existing=True))}


def note(session: Session, call_id: int, what: str, details: dict[str, Any], now: datetime) -> None:
    """Write down on a call what a person did to it; no news to anybody."""
    version = session.get_one(Call, call_id).version
    session.add(Revision(call_id=call_id, at=now, kind=RevisionKind.CHANGED, field=what, new=details, version=version))
    session.flush()


def _restate(session: Session, calls: Iterable[int], now: datetime, change: Callable[[], None]) -> None:
    """Make a change, and write down what it changes in what we show."""
    wanted = list(calls)
    before = {call: state.merged(now) for call, state in states(session, wanted, now).items()}
    change()
    session.flush()
    write_restated(session, restate(before, states(session, wanted, now), streams(session), Occasion(now)))
    session.expire_all()
