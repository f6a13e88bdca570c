"""Tasks of applications and days to report on: on the calendar page and in feeds, for who may see the application."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from db.models import ApplicationTask, Dossier, User
from db.queries import Viewer
from db.rights import visible
from db.vocabulary_calendar import EntryKind, MilestoneState
from db.vocabulary_lobby import TaskKind
from notifications.ical import DOMAIN, Event
from notifications.wording import local_day
from tracker.calendar.entries import Entry
from tracker.calendar.events import BACK


def task_name(task: ApplicationTask) -> str:
    """What is to be done: its own words, or which report it is."""
    label = TaskKind(task.kind).label
    return task.text if task.kind == TaskKind.TASK else f"{label}: {task.text}" if task.text else label


def task_entries(session: Session, viewer: Viewer, today: date, since: date) -> list[Entry]:
    """What stands on the calendar, with who does it; what was given up or lost asks for nothing any more."""
    query = (
        select(ApplicationTask, Dossier, User.name)
        .join(Dossier, col(Dossier.id) == col(ApplicationTask.dossier_id))
        .outerjoin(User, col(User.id) == col(ApplicationTask.assignee_id))
        .where(visible(viewer, Dossier), col(ApplicationTask.day) >= since)
        .where(col(Dossier.closed_at).is_(None) | col(ApplicationTask.done_on).is_not(None))
    )
    return [
        Entry(
            kind=EntryKind.MILESTONE,
            day=task.day,
            what=task_name(task),
            title=dossier.title,
            href=f"/aanvragen/{dossier.id}",
            who=who or "",
            state=MilestoneState.DONE if task.done_on else MilestoneState.PLANNED,
            overdue=task.done_on is None and task.day < today,
            anchor=f"taak-{task.id}",
        )
        for task, dossier, who in session.exec(query)
    ]


def task_events(
    session: Session, viewer: Viewer, now: datetime, base_url: str, where: Sequence[ColumnElement[bool]]
) -> list[Event]:
    """As whole days in a feed."""
    query = (
        select(ApplicationTask, Dossier)
        .join(Dossier, col(Dossier.id) == col(ApplicationTask.dossier_id))
        .where(visible(viewer, Dossier), col(ApplicationTask.day) >= local_day(now - BACK), *where)
        .order_by(col(ApplicationTask.day), col(ApplicationTask.id))
    )
    return [
        _task_event(task, dossier, base_url)
        for task, dossier in session.exec(query)
        if dossier.closed_at is None or task.done_on
    ]


def _task_event(task: ApplicationTask, dossier: Dossier, base_url: str) -> Event:
    address = f"{base_url.rstrip('/')}/aanvragen/{dossier.id}"
    about = ["Gedaan." if task.done_on else "", f"In Kansenradar: {address}"]
    return Event(
        uid=f"task-{task.id}@{DOMAIN}",
        summary=f"{task_name(task)} – {dossier.title}",
        start=task.day,
        modified_at=task.modified_at,
        sequence=task.version,
        description="\n".join(filter(None, about)),
        url=address,
        category="aanvraag",
    )
