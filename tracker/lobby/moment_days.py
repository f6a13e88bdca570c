"""Until when an outside moment can be influenced: its last day, whether it was moved, and whether it is off."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.models import Call, Deadline, Moment, Revision
from db.queries import IDS, live_call
from db.status import OVER
from db.vocabulary import CLOSING_KINDS, DeadlineKind, Nature, RevisionKind, Status
from db.vocabulary_lobby import MomentKind
from notifications.wording import local_day
from tracker.lobby.yearly_moments import Pattern, patterns

PARLIAMENT = "tweede_kamer"
NO_NEW_DAY = "verplaatst"  # how the remark of a debate begins that was moved to a day nobody knows


ENDLESS = (DeadlineKind.ROLLING, DeadlineKind.UNTIL_EXHAUSTED)


@dataclass(frozen=True)
class LastDay:
    """The last day, as far as it is known; ``unnamed``: the source named it once, and no longer does.

    ``ended``: the source's own word that it is over, such as "ingetrokken".
    """

    day: date | None
    unnamed: bool = False
    ended: str = ""


def last_day_before(closes_at: datetime) -> date:
    """The last local day on which one can still act: a closing at midnight ends the day before it."""
    return local_day(closes_at - timedelta(microseconds=1))


def kind_of(call: Call) -> MomentKind:
    """What kind of moment a source tells of."""
    if call.language == "en":
        return MomentKind.HAVE_YOUR_SAY
    if call.provenance.get("title") == PARLIAMENT:
        return MomentKind.COMMITTEE_DEBATE if call.closes_at else MomentKind.OTHER
    return MomentKind.CONSULTATION


def is_paper(call: Call) -> bool:
    """Whether this is a text that is out, such as a letter, a motion, an answer or news: nothing is still to come.

    What the Commission announces in English has no last day either, and can still be reacted to.
    """
    return call.language == "nl" and call.closes_at is None and call.published_on is not None


def source_of(session: Session, moment: Moment) -> Call | None:
    """The call a source tells of this moment by, or the one that was joined with; none for a moment of people.

    A moment of the yearly calendar whose day nobody filled in gets the day of the real one, once a source tells of it.
    """
    if moment.call_id:
        return live_call(session, moment.call_id)
    if moment.pattern is None or moment.year is None or moment.sure:
        return None
    return real_ones(session, [p for p in patterns() if p.id == moment.pattern]).get((moment.pattern, moment.year))


def real_ones(session: Session, of: Iterable[Pattern] | None = None) -> dict[tuple[str, int], Call]:
    """(pattern, year) -> the source's moment that meets it, the first in that year; one that is off meets nothing."""
    met: dict[tuple[str, int], Call] = {}
    for pattern in patterns() if of is None else of:
        if not pattern.real:
            continue
        for call in session.exec(_named(tuple(pattern.real))):
            day = last_day_before(call.closes_at) if call.closes_at else date.min
            off = call.source_word == Status.WITHDRAWN
            if not off and not call.held and pattern.is_met_by(kind_of(call), call.title, day):
                met.setdefault((pattern.id, day.year), call)
    return met


@cache
def _named(words: tuple[str, ...]) -> SelectOfScalar[Call]:
    """The sources' moments with these words in the title; said once for each pattern of the yearly calendar."""
    named = (col(Call.title).ilike(f"%{word}%") for word in words)
    rows = select(Call).where(Call.nature == Nature.MOMENT, col(Call.joined_into).is_(None), *named)
    return rows.where(col(Call.closes_at).is_not(None)).order_by(col(Call.closes_at))


def moved_from(session: Session, calls: Iterable[Call]) -> dict[int, date]:
    """Call -> the day on which it was before, by its newest change of day."""
    closing = {call.id: last_day_before(call.closes_at) for call in calls if call.closes_at}
    days: dict[int, date] = {}
    for row in session.exec(_MOVED, params={"ids": list(closing)}) if closing else ():
        before = [entry["day"] for entry in row.old or [] if isinstance(entry, dict) and entry.get("day")]
        if before and date.fromisoformat(max(before)) != closing[row.call_id]:
            days[row.call_id] = date.fromisoformat(max(before))
    return days


_MOVED = (
    select(Revision)
    .where(col(Revision.call_id).in_(IDS), Revision.kind == RevisionKind.CHANGED)
    .where(col(Revision.field).in_(sorted(CLOSING_KINDS)))
    .order_by(col(Revision.id))
)


def last_day_of(session: Session, moment: Moment) -> LastDay:
    """Until when it can be influenced, by the source where there is one."""
    call = source_of(session, moment)
    if call is None:
        return LastDay(moment.ends_on)
    if call.source_word in OVER:
        return LastDay(last_day_before(call.closes_at) if call.closes_at else moment.ends_on, ended=ending(call))
    if call.closes_at:
        return LastDay(last_day_before(call.closes_at), unnamed=_is_silent(session, call))
    return _named_before(session, call, moment)


def _is_silent(session: Session, call: Call) -> bool:
    """Whether its source no longer names the day on which it closes."""
    silent = select(Deadline.id).where(Deadline.call_id == call.id, col(Deadline.kind).in_(sorted(CLOSING_KINDS)))
    silent = silent.where(col(Deadline.stale_since).is_not(None), col(Deadline.cancelled_at).is_(None))
    return session.exec(silent).first() is not None


def ending(call: Call) -> str:
    """The source's word that a moment is off or over, as one says it; empty while it stands."""
    if call.source_word not in OVER:
        return ""
    if call.source_word == Status.WITHDRAWN and kind_of(call) == MomentKind.COMMITTEE_DEBATE:
        moved = any(remark.startswith(NO_NEW_DAY) for remark in call.review)
        return "verplaatst, nieuwe dag nog niet bekend" if moved else "gaat niet door"
    return Status(call.source_word).label


def _named_before(session: Session, call: Call, moment: Moment) -> LastDay:
    """The last day the source named, unless it now says that there is no end."""
    dates = session.exec(select(Deadline).where(Deadline.call_id == call.id).order_by(col(Deadline.id))).all()
    if any(row.kind in ENDLESS and row.cancelled_at is None for row in dates):
        return LastDay(None)
    gone = [row for row in dates if row.kind in CLOSING_KINDS and row.cancelled_at is not None and row.day]
    newest = max(gone, key=lambda row: (row.cancelled_at, row.day), default=None)
    day = (last_day_before(newest.at) if newest.at else newest.day) if newest else moment.ends_on
    return LastDay(day, unnamed=day is not None)
