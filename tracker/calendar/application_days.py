"""Tasks of applications, days to report on and money that is expected, for who may see the application."""

from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Row
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from db.models import ApplicationTask, Dossier, Instalment, User
from db.queries import DAYS, Viewer
from db.rights import MADE, visible
from db.vocabulary_calendar import EntryKind, MilestoneState
from db.vocabulary_lobby import TaskKind
from tracker.calendar.entries import Entry


def task_name(task: ApplicationTask | Row[Any]) -> str:
    """What is to be done: its own words, or which report it is."""
    label = TaskKind(task.kind).label
    return task.text if task.kind == TaskKind.TASK else f"{label}: {task.text}" if task.text else label


def task_entries(session: Session, viewer: Viewer, today: date, since: date, until: date) -> list[Entry]:
    """What stands on the calendar, with who does it; what was given up or lost asks for nothing any more."""
    rows = session.connection().execute(_tasks(viewer), {"since": since, "until": until})
    return [
        Entry(
            kind=EntryKind.APPLICATION,
            day=task.day,
            what=task_name(task),
            title=task.title,
            href=f"/aanvragen/{task.dossier_id}",
            who=task.name or "",
            state=MilestoneState.DONE if task.done_on else MilestoneState.PLANNED,
            overdue=task.done_on is None and task.day < today,
            anchor=f"taak-{task.id}",
            people=(task.assignee_id,) if task.assignee_id else (),
            participant=task.participant_id,
            dossier_id=task.dossier_id,
            version=task.version,
        )
        for task in rows
    ]


@lru_cache(maxsize=MADE)
def _tasks(viewer: Viewer) -> Any:
    """Said once for each viewer, and columns, not objects: a quarter of a year may hold a hundred."""
    task = ApplicationTask
    own = (task.id, task.kind, task.text, task.day, task.done_on, task.dossier_id, task.assignee_id, task.version)
    return (
        core_select(*map(col, own), col(Dossier.title), col(Dossier.participant_id), col(User.name))
        .join(Dossier, col(Dossier.id) == col(task.dossier_id))
        .outerjoin(User, col(User.id) == col(task.assignee_id))
        .where(visible(viewer, Dossier), col(task.day).between(*DAYS))
        .where(col(Dossier.closed_at).is_(None) | col(task.done_on).is_not(None))
    )


def payment_entries(session: Session, viewer: Viewer, today: date, since: date, until: date) -> list[Entry]:
    """Money of the funder on the day it is expected; what did not come is overdue. The amount stands on its page."""
    rows = session.exec(_payments(viewer), params={"since": since, "until": until})
    return [_payment_entry(row, dossier, owner, today) for row, dossier, owner in rows]


@lru_cache(maxsize=MADE)
def _payments(viewer: Viewer) -> Any:
    return (
        select(Instalment, Dossier, User)
        .join(Dossier, col(Dossier.id) == col(Instalment.dossier_id))
        .outerjoin(User, col(User.id) == col(Dossier.official_id))
        .where(visible(viewer, Dossier), col(Instalment.expected_on).between(*DAYS))
        .where(col(Dossier.closed_at).is_(None) | col(Instalment.received_on).is_not(None))
    )


def _payment_entry(row: Instalment, dossier: Dossier, owner: User | None, today: date) -> Entry:
    return Entry(
        kind=EntryKind.APPLICATION,
        day=row.expected_on,
        what=f"betaling verwacht: {row.text}" if row.text else "betaling verwacht",
        title=dossier.title,
        href=f"/aanvragen/{dossier.id}",
        who=owner.name if owner else "",
        state=MilestoneState.DONE if row.received_on else MilestoneState.PLANNED,
        overdue=row.received_on is None and row.expected_on < today,
        anchor=f"betaling-{row.id}",
        people=(owner.id,) if owner else (),
        participant=dossier.participant_id,
        dossier_id=dossier.id,
        version=row.version,
    )
