"""Reminders of what is due inside: one mail a person a day with milestones and deadlines; the lobby has its own."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session, func, select

from db.models import Run
from db.session import reading, writing
from db.vocabulary import MailKind
from notifications import outbox
from notifications.letter import Addressee, AgendaLine, Writer
from notifications.outbox import Mail
from notifications.wording import local_day
from tracker.calendar import due
from tracker.calendar.decision_clock import replan_all
from tracker.mailing.mailer import Mailer
from tracker.mailing.periods import LOOK_BACK, at_half_past_seven
from tracker.mailing.reminders import people_to_remind
from tracker.matching import unjudged

LANE = 3
JOB = "agenda"
DAY = timedelta(days=1)


def plan_agenda(engine: Engine, mailer: Mailer, writer: Writer, now: datetime, check: Callable[[Session], None]) -> int:
    """Count all clocks back again, then put today's mails in the outbox from 07:30 on; gives how many are new.

    Days of the last week on which nothing was planned are caught up with, each thing once and as it stands today.
    """
    with writing(engine) as session:
        check(session)
        replan_all(session, now)
    today = local_day(now)
    if now < at_half_past_seven(today):
        return 0
    with reading(engine) as session:
        days = _unplanned(session, today)
        people = people_to_remind(session, now)
        lines = _lines_of(session, days, now)
    mails = [_mail(people[user], found, writer) for user, found in lines.items() if user in people]
    if today not in days and not mails:
        return 0
    with writing(engine) as session:
        check(session)
        if today in days:
            session.add(Run(job=JOB, slot=today.isoformat(), started_at=now, finished_at=now, outcome="planned"))
        return outbox.put(session, mails, mailer.key, mailer.domain)


def _unplanned(session: Session, today: date) -> list[date]:
    """Today, where it was not planned yet, and the days since the last one that was, seven at most."""
    newest = session.exec(select(func.max(Run.slot)).where(Run.job == JOB, Run.slot <= today.isoformat())).one()
    last = date.fromisoformat(newest) if newest else today - DAY
    return [today - DAY * back for back in range(LOOK_BACK.days, -1, -1) if today - DAY * back > last]


def _lines_of(session: Session, days: Iterable[date], now: datetime) -> dict[int, tuple[AgendaLine, ...]]:
    """What each person is told of these days, and of today, whose new things go along until the mail is written."""
    today, found = local_day(now), dict[int, set[AgendaLine]]()
    for day in {*days, today}:
        for user, lines in agenda_lines(session, at_half_past_seven(day) if day < today else now).items():
            late = {replace(line, overdue=line.overdue or line.day < today) for line in lines}
            found.setdefault(user, set()).update(late)
    return {user: _in_order(lines) for user, lines in found.items()}


def _in_order(lines: Iterable[AgendaLine]) -> tuple[AgendaLine, ...]:
    return tuple(sorted(lines, key=lambda line: (line.day, line.path)))


def agenda_lines(session: Session, now: datetime) -> dict[int, tuple[AgendaLine, ...]]:
    """What each person is told on the day of ``now``, by day."""
    found: dict[int, set[AgendaLine]] = {}
    for told in due.reminders(session, now):
        one = told.waiting
        line = AgendaLine(one.day, one.what, one.title, one.link, one.overdue)
        found.setdefault(told.user_id, set()).add(line)
    for user, unread in _unread(session, now).items():
        found.setdefault(user, set()).update(unread)
    return {user: _in_order(lines) for user, lines in found.items()}


def _unread(session: Session, now: datetime) -> dict[int, list[AgendaLine]]:
    """Strong matches whose team ran out of patience today, for its coordinator; of a flood the rest is counted."""
    today, by_coordinator = local_day(now), defaultdict(list)
    for one in unjudged.due_today(session, now):
        by_coordinator[one.coordinator_id].append(one)
    found = {}
    for user, left in by_coordinator.items():
        found[user] = [_unread_line(one, today) for one in left[: unjudged.MOST_TOLD]]
        more = len(left) - unjudged.MOST_TOLD
        if more > 0:
            found[user].append(AgendaLine(today, f"en nog {more} die niemand beoordeelde", "", "/", True))
    return found


def _unread_line(one: unjudged.Unjudged, today: date) -> AgendaLine:
    what = f"nog niet beoordeeld voor {one.challenge.name or one.challenge.id}"
    return AgendaLine(today, what, one.call.title, f"/regelingen/{one.call.id}", True)


def _mail(to: Addressee, lines: tuple[AgendaLine, ...], writer: Writer) -> Mail:
    letter = writer.agenda(lines, to)
    today = local_day(writer.now)
    return Mail(
        key=f"agenda:{to.user_id}:{today.isoformat()}",
        kind=MailKind.REMINDER,
        user_id=to.user_id,
        address=to.email,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        headers=letter.headers,
        planned_at=writer.now,
        expires_at=at_half_past_seven(today + 3 * DAY),  # a mail server may be down for a weekend
        lane=LANE,
    )
