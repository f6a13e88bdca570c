"""Reminders of what is due inside: one mail a person a day with milestones and deadlines; the lobby has its own."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from sqlmodel import Session, func, select

from db.models import Run
from db.session import reading
from db.vocabulary import MailKind
from notifications.letter import AgendaLine
from notifications.message import Addressee
from notifications.outbox import Mail
from tracker.calendar import due
from tracker.clock import Now
from tracker.mailing.periods import LOOK_BACK, at_half_past_seven
from tracker.mailing.planning_run import PlanningRun
from tracker.mailing.reminders import LANE, people_to_remind
from tracker.matching import unjudged

JOB = "agenda"
DAY = timedelta(days=1)
OPEN_FOR = 3 * DAY  # a mail server may be down for a weekend


def plan_agenda(run: PlanningRun) -> int:
    """Put today's mails in the outbox from 07:30 on; return how many are new.

    Days of the last week on which nothing was planned are caught up with, each thing once and as it stands today.
    """
    if run.now < at_half_past_seven(run.today):
        return 0
    with reading(run.engine) as session:
        days = _unplanned(session, run.today)
        people = people_to_remind(session, run.now)
        lines = _lines_of(session, days, run)
    mails = [_mail(run, of_person, people[user]) for user, of_person in lines.items() if user in people]
    if run.today not in days and not mails:
        return 0
    with run.writing() as session:
        if run.today in days:
            session.add(Run.done(JOB, run.today.isoformat(), run.now))
        return run.put(session, mails)


def _unplanned(session: Session, today: date) -> list[date]:
    """Today, where it was not planned yet, and the days since the last one that was, seven at most."""
    newest = session.exec(select(func.max(Run.slot)).where(Run.job == JOB, Run.slot <= today.isoformat())).one()
    last = date.fromisoformat(newest) if newest else today - DAY
    return [today - DAY * back for back in range(LOOK_BACK.days, -1, -1) if today - DAY * back > last]


def _lines_of(session: Session, days: Iterable[date], run: PlanningRun) -> dict[int, tuple[AgendaLine, ...]]:
    """What each person is told of these days, and of today, whose new things go along until the mail is written."""
    lines: dict[int, set[AgendaLine]] = defaultdict(set)
    for day in {*days, run.today}:
        moment = at_half_past_seven(day) if day < run.today else run.now
        for user, of_day in agenda_lines(session, Now(moment)).items():
            lines[user] |= {replace(line, overdue=line.overdue or line.day < run.today) for line in of_day}
    return _in_order(lines)


def _in_order(lines: Mapping[int, Iterable[AgendaLine]]) -> dict[int, tuple[AgendaLine, ...]]:
    return {user: tuple(sorted(some, key=lambda line: (line.day, line.path))) for user, some in lines.items()}


def agenda_lines(session: Session, now: Now) -> dict[int, tuple[AgendaLine, ...]]:
    """What each person is told on the day of ``now``, by day."""
    lines: dict[int, set[AgendaLine]] = defaultdict(set)
    for reminder in due.reminders(session, now):
        step = reminder.item
        lines[reminder.user_id].add(AgendaLine(step.day, step.what, step.title, step.link, step.overdue))
    for user, unjudged_lines in _unjudged_lines(session, now).items():
        lines[user].update(unjudged_lines)
    return _in_order(lines)


def _unjudged_lines(session: Session, now: Now) -> dict[int, list[AgendaLine]]:
    """Strong matches whose team ran out of patience today, for its coordinator; of a flood the rest is counted."""
    today = now.today
    lines: dict[int, list[AgendaLine]] = defaultdict(list)
    for match in unjudged.due_today(session, now):
        what = f"nog niet beoordeeld voor {match.challenge.name or match.challenge.id}"
        line = AgendaLine(today, what, match.call.title, f"/regelingen/{match.call.id}", True)
        lines[match.coordinator_id].append(line)
    for of_person in lines.values():
        left_out = len(of_person) - unjudged.MOST_TOLD
        if left_out > 0:
            rest = AgendaLine(today, f"en nog {left_out} die niemand beoordeelde", "", "/", True)
            of_person[unjudged.MOST_TOLD :] = [rest]
    return lines


def _mail(run: PlanningRun, lines: tuple[AgendaLine, ...], to: Addressee) -> Mail:
    letter, key = run.writer.agenda(lines, to), f"agenda:{to.user_id}:{run.today.isoformat()}"
    expires_at = at_half_past_seven(run.today + OPEN_FOR)
    return Mail.of(letter, to, key, MailKind.REMINDER, run.now, expires_at, lane=LANE)
