"""Tasks of applications, days to report on and money that is expected, for who may see the application."""

from datetime import date

from sqlmodel import Session, col, select

from db.models import ApplicationTask, Dossier, Instalment, User
from db.queries import Viewer
from db.rights import visible
from db.vocabulary_calendar import EntryKind, MilestoneState
from db.vocabulary_lobby import TaskKind
from tracker.calendar.entries import Entry


def task_name(task: ApplicationTask) -> str:
    """What is to be done: its own words, or which report it is."""
    label = TaskKind(task.kind).label
    return task.text if task.kind == TaskKind.TASK else f"{label}: {task.text}" if task.text else label


def task_entries(session: Session, viewer: Viewer, today: date, since: date, until: date) -> list[Entry]:
    """What stands on the calendar, with who does it; what was given up or lost asks for nothing any more."""
    query = (
        select(ApplicationTask, Dossier, User.name)
        .join(Dossier, col(Dossier.id) == col(ApplicationTask.dossier_id))
        .outerjoin(User, col(User.id) == col(ApplicationTask.assignee_id))
        .where(visible(viewer, Dossier), col(ApplicationTask.day).between(since, until))
        .where(col(Dossier.closed_at).is_(None) | col(ApplicationTask.done_on).is_not(None))
    )
    return [
        Entry(
            kind=EntryKind.APPLICATION,
            day=task.day,
            what=task_name(task),
            title=dossier.title,
            href=f"/aanvragen/{dossier.id}",
            who=who or "",
            state=MilestoneState.DONE if task.done_on else MilestoneState.PLANNED,
            overdue=task.done_on is None and task.day < today,
            anchor=f"taak-{task.id}",
            people=(task.assignee_id,) if task.assignee_id else (),
            participant=dossier.participant_id,
            dossier_id=dossier.id,
            version=task.version,
        )
        for task, dossier, who in session.exec(query)
    ]


def payment_entries(session: Session, viewer: Viewer, today: date, since: date, until: date) -> list[Entry]:
    """Money of the funder on the day it is expected; what did not come is overdue. The amount stands on its page."""
    query = (
        select(Instalment, Dossier, User)
        .join(Dossier, col(Dossier.id) == col(Instalment.dossier_id))
        .outerjoin(User, col(User.id) == col(Dossier.official_id))
        .where(visible(viewer, Dossier), col(Instalment.expected_on).between(since, until))
        .where(col(Dossier.closed_at).is_(None) | col(Instalment.received_on).is_not(None))
    )
    return [_payment_entry(row, dossier, owner, today) for row, dossier, owner in session.exec(query)]


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
