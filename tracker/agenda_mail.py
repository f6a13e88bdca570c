"""Reminders of what is due inside: one mail a person a day with milestones and deadlines; the lobby has its own."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from db.session import reading, writing
from db.vocabulary import MailKind
from notifications import outbox
from notifications.letter import Addressee, AgendaLine, Writer
from notifications.outbox import Mail
from notifications.wording import AMSTERDAM, local_day
from tracker import milestones_due, unjudged
from tracker.decision_clock import replan_all
from tracker.desk import Desk
from tracker.due import at_half_past_seven
from tracker.reminding import people_to_remind

LANE = 3


def plan_agenda(engine: Engine, desk: Desk, writer: Writer, now: datetime, check: Callable[[Session], None]) -> int:
    """Count all clocks back again, then put today's mails in the outbox from 07:30 on; gives how many are new."""
    with writing(engine) as session:
        check(session)
        replan_all(session, now)
    if now < at_half_past_seven(local_day(now)):
        return 0
    with reading(engine) as session:
        people = people_to_remind(session, now)
        lines = agenda_lines(session, now)
    mails = [_mail(people[user], found, writer) for user, found in lines.items() if user in people]
    if not mails:
        return 0
    with writing(engine) as session:
        check(session)
        return outbox.put(session, mails, desk.key, desk.domain)


def agenda_lines(session: Session, now: datetime) -> dict[int, tuple[AgendaLine, ...]]:
    """What each person is told today, by day."""
    found: dict[int, set[AgendaLine]] = {}
    for told in milestones_due.reminders(session, now):
        one = told.waiting
        line = AgendaLine(one.day, one.what, one.title, one.link, one.overdue)
        found.setdefault(told.user_id, set()).add(line)
    for user, unread in _unread(session, now).items():
        found.setdefault(user, set()).update(unread)
    return {user: tuple(sorted(lines, key=lambda line: (line.day, line.path))) for user, lines in found.items()}


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
        expires_at=datetime.combine(today + timedelta(days=1), time(7, 30), AMSTERDAM),
        lane=LANE,
    )
