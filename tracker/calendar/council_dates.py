"""What a council's own calendar says of its meetings, kept with its body; what it does not name stays as it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from db.models import Body, Meeting, YearPlan
from db.vocabulary import Status
from db.vocabulary_calendar import COUNCILS
from notifications.wording import local_day
from scrapers.crawled import Crawled
from scrapers.listing import Listing
from scrapers.sources import profile
from tracker.calendar.bodies import body_calendar
from tracker.calendar.decision_clock import replan_meetings
from tracker.workdays import ClosedDays

CANCELLED_THERE = "vervallen volgens Notubiz"  # so it is held again when the calendar says so; a person's word stays


@dataclass(frozen=True)
class ToldMeeting:
    """What the calendar says of one meeting. ``unsure``: it may not be held, and nobody said that it is not."""

    key: str
    day: date
    cancelled: bool = False
    unsure: bool = False


def keep_council_dates(session: Session, crawled: Crawled, now: datetime) -> int:
    """Keep the meetings of each council that was read, and plan again what passes it; gives how many it named.

    Days are covered, so that the rhythm gives way on them, only where a council's whole year was read.
    """
    from scrapers.sources.notubiz import read_whole  # and what reads pages with it, 25 MiB: pages need it not

    whole, today = read_whole(crawled, local_day(crawled.started_at)), local_day(now)
    closed = body_calendar(session).closed
    for body in session.exec(select(Body).where(col(Body.kind).in_(list(COUNCILS))).order_by(col(Body.id))).all():
        told = [t for t in map(told_meeting, _of(crawled, body)) if t.day >= today]
        if not told:
            continue
        _keep_meetings(session, body, told, closed, now)
        covered = covered_days(told) if body.participant_id in whole else None
        if covered:
            _cover(session, body, covered, now)
        session.flush()
        replan_meetings(session, now, body.id)
    return len(crawled.listings)


def _of(crawled: Crawled, body: Body) -> list[Listing]:
    return [row for row in crawled.listings if row.external_id.partition("/")[0] == body.participant_id]


def told_meeting(listing: Listing) -> ToldMeeting:
    """What a listing says; the source gives each exactly one day."""
    [begin] = listing.deadlines
    assert begin.day is not None
    return ToldMeeting(listing.external_id, begin.day, listing.source_word == Status.WITHDRAWN, listing.partial)


def covered_days(told: Sequence[ToldMeeting]) -> tuple[date, date] | None:
    """From the first to the last day that the calendar is sure of, and before the first that it is not."""
    unsure = min((t.day for t in told if t.unsure), default=date.max)
    days = [t.day for t in told if t.day < unsure]
    return (min(days), max(days)) if days else None


def _keep_meetings(
    session: Session, body: Body, told: Sequence[ToldMeeting], closed: ClosedDays, now: datetime
) -> None:
    """One meeting a day: of two on one day the one that is held counts."""
    known = list(session.exec(select(Meeting).where(Meeting.body_id == body.id)))
    moved = {t.key: t.day for t in told if not t.unsure}
    for row in known:
        if row.source_key and moved.get(row.source_key, row.day) != row.day:
            session.delete(row)
    session.flush()
    by_day = {row.day: row for row in known if moved.get(row.source_key or "", row.day) == row.day}
    done: set[date] = set()
    for one in sorted(told, key=lambda t: (t.cancelled, t.key)):
        if not one.unsure and one.day not in done:
            done.add(one.day)
            session.add(_kept(by_day.get(one.day) or _new(body, one.day, closed, now), one, now))
    session.flush()


def _new(body: Body, day: date, closed: ClosedDays, now: datetime) -> Meeting:
    papers = closed.working_day(day - timedelta(days=body.paper_days), body.participant_id or "")
    return Meeting(body_id=body.id, day=day, papers_on=papers, modified_at=now)


def _kept(row: Meeting, told: ToldMeeting, now: datetime) -> Meeting:
    """A row as the calendar has it; the day of its papers, and a person's word that it is not held, stay."""
    cancelled_there = row.remark == CANCELLED_THERE
    if told.cancelled and row.cancelled_at is None:
        row.cancelled_at, row.remark, row.modified_at, row.version = now, CANCELLED_THERE, now, row.version + 1
    elif not told.cancelled and cancelled_there:
        row.cancelled_at, row.remark, row.modified_at, row.version = None, "", now, row.version + 1
    row.source_key, row.read_at, row.example = told.key, now, False
    return row


def _cover(session: Session, body: Body, covered: tuple[date, date], now: datetime) -> None:
    """What was covered before stays so up to the days that are covered now."""
    plans = select(YearPlan).where(YearPlan.body_id == body.id, col(YearPlan.added_by).is_(None))
    plan = session.exec(plans).first()
    if plan is None:
        plan = YearPlan(body_id=body.id, first_day=covered[0], last_day=covered[1], source="", added_at=now)
    if plan.last_day < covered[0]:
        plan.first_day = covered[0]
    plan.first_day = min(plan.first_day, covered[0])
    plan.last_day, plan.source, plan.added_at = covered[1], profile("notubiz").publisher, now
    session.add(plan)
