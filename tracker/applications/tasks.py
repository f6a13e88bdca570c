"""What is to be done for an application on a day, and what comes in: tasks, reports to the funder, instalments."""

from datetime import date
from decimal import Decimal
from typing import TypeVar

from sqlmodel import Session, col, select

from db.models import ApplicationTask, Dossier, Instalment, User
from db.vocabulary_lobby import NOT_YET_IN, ApplicationStage, LogKind, TaskKind
from notifications.wording import amount, short_day
from tracker.errors import Incomplete, NotFound, required
from tracker.lobby.log import log
from tracker.rights import Deed, must_change
from tracker.versions import claim

S = ApplicationStage
UNDECIDED = NOT_YET_IN | {S.SUBMITTED, S.RESERVE, S.REJECTED}
Row = TypeVar("Row", ApplicationTask, Instalment)


def tasks_of(session: Session, dossier: Dossier) -> list[ApplicationTask]:
    """By day, what is done among them."""
    query = select(ApplicationTask).where(ApplicationTask.dossier_id == dossier.id)
    return list(session.exec(query.order_by(col(ApplicationTask.day), col(ApplicationTask.id))))


def instalments_of(session: Session, dossier: Dossier) -> list[Instalment]:
    """By the day they are expected."""
    query = select(Instalment).where(Instalment.dossier_id == dossier.id)
    return list(session.exec(query.order_by(col(Instalment.expected_on), col(Instalment.id))))


def add_task(
    deed: Deed, dossier: Dossier, kind: TaskKind, day: date, text: str = "", assignee: int | None = None
) -> ApplicationTask:
    """A task, or once it was awarded a day on which the funder wants a report."""
    must_change(deed, dossier)
    if kind == TaskKind.TASK:
        text = required(text, "task_text", "Schrijf op wat er gedaan moet worden.")
    elif dossier.stage in UNDECIDED:
        raise Incomplete("Verantwoorden komt pas na een toekenning.", "task_kind")
    task = ApplicationTask(
        dossier_id=dossier.id, kind=kind, day=day, text=text.strip(), modified_at=deed.now,
        assignee_id=_colleague(deed, dossier, assignee),
    )  # fmt: skip
    deed.session.add(task)
    log(deed, dossier, LogKind.EDITED, f"{_name(task)} vóór {short_day(day)}")
    return task


def _colleague(deed: Deed, dossier: Dossier, user_id: int | None) -> int | None:
    user = deed.session.get(User, user_id) if user_id else None
    if user_id and (user is None or user.participant_id != dossier.participant_id or user.deactivated_at is not None):
        raise Incomplete("Kies een collega.", "task_assignee")
    return user.id if user else None


def change_task(deed: Deed, dossier: Dossier, task_id: int, seen: int, day: date, assignee: int | None) -> None:
    """Another day or another colleague."""
    task = _of(deed, dossier, ApplicationTask, task_id, seen)
    if task.day != day:
        log(deed, dossier, LogKind.EDITED, f"{_name(task)} vóór {short_day(day)}, was {short_day(task.day)}")
    task.day, task.assignee_id, task.modified_at = day, _colleague(deed, dossier, assignee), deed.now


def tick_task(deed: Deed, dossier: Dossier, task_id: int, seen: int) -> None:
    """It was done, or after all was not."""
    task = _of(deed, dossier, ApplicationTask, task_id, seen)
    done = task.done_on is None
    task.done_on, task.done_by = (deed.today, deed.by.id) if done else (None, None)
    task.modified_at = deed.now
    log(deed, dossier, LogKind.EDITED, f"{_name(task)}: {'gedaan' if done else 'toch niet gedaan'}")


def expect(deed: Deed, dossier: Dossier, day: date, euros: Decimal, text: str = "") -> Instalment:
    """Money that the funder will pay; only who was awarded expects any."""
    must_change(deed, dossier)
    if dossier.stage in UNDECIDED:
        raise Incomplete("Betalingen verwacht u pas na een toekenning.", "instalment")
    row = Instalment(dossier_id=dossier.id, expected_on=day, amount=euros, text=text.strip())
    deed.session.add(row)
    log(deed, dossier, LogKind.MONEY, f"Verwacht op {short_day(day)}: {amount(euros)}")
    return row


def receive(deed: Deed, dossier: Dossier, instalment_id: int, seen: int, day: date, euros: Decimal) -> None:
    """It came: on which day, and how much."""
    row = _of(deed, dossier, Instalment, instalment_id, seen)
    if day > deed.today:
        raise Incomplete("Wat nog komt is nog niet ontvangen.", "received_on")
    row.received_on, row.received, row.recorded_at = day, euros, deed.now
    log(deed, dossier, LogKind.MONEY, f"Ontvangen op {short_day(day)}: {amount(euros)}, verwacht {amount(row.amount)}")


def _of(deed: Deed, dossier: Dossier, table: type[Row], number: int, seen: int) -> Row:
    must_change(deed, dossier)
    row = deed.session.get(table, number)
    if row is None or row.dossier_id != dossier.id:
        raise NotFound
    claim(deed.session, row, seen)
    return row


def _name(task: ApplicationTask) -> str:
    label = TaskKind(task.kind).label
    return " ".join(filter(None, [f"{label[:1].upper()}{label[1:]}", f"‘{task.text}’" if task.text else ""]))
