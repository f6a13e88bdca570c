"""From budget to settlement, on the page of an application: budget, tasks, reports to the funder, instalments."""

from datetime import date
from decimal import Decimal

from pydantic import BaseModel

from db.models import BudgetLine, Dossier
from db.vocabulary_lobby import TaskKind
from tracker.applications import budget, tasks
from tracker.errors import Incomplete
from tracker.web.applications.applications import application
from tracker.web.frame.actions import Euros, Percentage
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import Line, SeenForm, Text


class BudgetForm(BaseModel):
    """Costs of one partner and the share that is asked."""

    budget_partner: Line = ""
    budget_text: Line = ""
    costs: Euros = None
    rate: Percentage = None
    in_kind: Euros = None


class TaskForm(BaseModel):
    task_kind: TaskKind = TaskKind.TASK
    task_day: date
    task_text: Text = ""
    task_assignee: int | None = None


class TaskChangeForm(BaseModel):
    task_day: date
    task_assignee: int | None = None
    seen: int


class InstalmentForm(BaseModel):
    expected_on: date
    instalment: Euros = None
    instalment_text: Line = ""


class ReceiptForm(BaseModel):
    received_on: date
    received: Euros = None
    seen: int


def _filled(value: Decimal | None, field: str, sentence: str) -> Decimal:
    if value is None:
        raise Incomplete(sentence, field)
    return value


@application.form(BudgetForm)
def add_budget_line(request: RequestContext, dossier: Dossier, form: BudgetForm) -> None:
    """Keep a line of the budget."""
    costs = _filled(form.costs, "costs", "Vul de kosten in, zoals 125.000.")
    rate = _filled(form.rate, "rate", "Vul in welk deel wordt gevraagd, zoals 60.")
    line = BudgetLine(
        dossier_id=dossier.id, partner=form.budget_partner, text=form.budget_text, costs=costs, rate=rate,
        in_kind=form.in_kind or Decimal(0),
    )  # fmt: skip
    budget.add_line(request.deed, dossier, line)


@application.button(done="verwijderd")
def withdraw_budget_line(request: RequestContext, dossier: Dossier) -> None:
    """Take a line off."""
    budget.withdraw_line(request.deed, dossier, request.params["line_id"])


@application.form(TaskForm)
def add_task(request: RequestContext, dossier: Dossier, form: TaskForm) -> None:
    """Keep a task or a day to report on."""
    what = form.task_kind, form.task_day, form.task_text, form.task_assignee
    tasks.add_task(request.deed, dossier, *what)


@application.form(TaskChangeForm)
def change_task(request: RequestContext, dossier: Dossier, form: TaskChangeForm) -> None:
    """Another day or another colleague."""
    change = form.seen, form.task_day, form.task_assignee
    tasks.change_task(request.deed, dossier, request.params["task_id"], *change)


@application.form(SeenForm)
def tick_task(request: RequestContext, dossier: Dossier, form: SeenForm) -> None:
    """Done, or after all not."""
    tasks.tick_task(request.deed, dossier, request.params["task_id"], form.seen)


@application.form(InstalmentForm)
def expect(request: RequestContext, dossier: Dossier, form: InstalmentForm) -> None:
    """Keep what the funder will pay."""
    euros = _filled(form.instalment, "instalment", "Vul een bedrag in, zoals 25.000.")
    tasks.expect(request.deed, dossier, form.expected_on, euros, form.instalment_text)


@application.form(ReceiptForm)
def receive(request: RequestContext, dossier: Dossier, form: ReceiptForm) -> None:
    """Keep what came."""
    euros = _filled(form.received, "received", "Vul in wat u ontving.")
    tasks.receive(request.deed, dossier, request.params["instalment_id"], form.seen, form.received_on, euros)
