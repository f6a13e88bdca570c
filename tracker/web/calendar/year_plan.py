"""Take in a body's jaarplanning: paste it or bring a file, see every line as it was read, then keep it."""

from typing import Any

from pydantic import BaseModel, Field
from starlette.responses import Response

from db.models import Body, YearPlan
from db.vocabulary_audit import Action
from tracker.calendar.bodies import body_calendar
from tracker.calendar.decision_clock import replan_meetings
from tracker.calendar.year_plan import PlannedMeeting, keep_year_plan, read_year_plan, withdraw_year_plan
from tracker.errors import Incomplete
from tracker.exchange.lines import Line, lines_of
from tracker.web.frame.actions import PageOf, attempt
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import EMPTY_FORM, FormState, checked
from tracker.web.frame.sheets import brought_file

PLANNED = "vergaderingen"
PASTED = "geplakt"


class YearPlanForm(BaseModel):
    """The lines of a jaarplanning; ``sure``: somebody looked at the odd days."""

    lines: str = Field("", max_length=100_000)
    year: int | None = Field(None, ge=2000, le=2100)
    source: str = Field(PASTED, max_length=200)
    sure: bool = False


def _body(request: RequestContext) -> Body:
    return request.named(Body, "body_id")


def _page(
    request: RequestContext, body: Body, state: FormState, rows: list[PlannedMeeting] | None = None, **kept: Any
) -> Response:
    return request.page(
        "calendar/year_plan.html",
        state=state,
        body=body,
        rows=rows,
        wrong=[row for row in rows or [] if row.wrong],
        odd=[row for row in rows or [] if row.odd and not row.wrong],
        **{"lines": "", "source": PASTED, "year": None, "heading": ()} | kept,
    )


page = PageOf(_body, _page, lambda body: f"/kalender/vergaderingen/{body.id}/jaarplanning")


def bring(request: RequestContext) -> Response:
    """The first press shows what was read; the second keeps it."""
    body = _body(request)
    read = attempt(request, lambda: _read(request, body))
    if isinstance(read, FormState):
        return _page(request, body, read)
    form, lines, rows = read
    heading = [text for number, text in lines if number < rows[0].number]
    text = "\n".join(text for _, text in lines)
    kept = {"lines": text, "source": form.source, "year": form.year, "heading": heading}
    if "keep" not in request.form:
        return _page(request, body, EMPTY_FORM, rows, **kept)
    plan = attempt(request, lambda: _keep(request, body, form, rows))
    if isinstance(plan, FormState):
        return _page(request, body, plan, rows, **kept)
    return request.to(f"/kalender/vergaderingen/{body.id}", PLANNED)


def _read(request: RequestContext, body: Body) -> tuple[YearPlanForm, list[Line], list[PlannedMeeting]]:
    form = checked(YearPlanForm, request.form)
    content, name = brought_file(request) or (b"", "")
    form.source = name or form.source
    lines = lines_of(content if name else form.lines.encode())
    rows = read_year_plan(lines, body, body_calendar(request.session).closed, request.now.today, form.year)
    if not rows:
        raise Incomplete("Er staat geen datum in.", "lines")
    return form, lines, rows


def _keep(request: RequestContext, body: Body, form: YearPlanForm, rows: list[PlannedMeeting]) -> YearPlan:
    plan = keep_year_plan(request.deed, body, rows, form.source, form.sure)
    request.record(Action.MEETINGS_CHANGED, f"body {body.id}", f"{len(rows)} of {form.source}")
    replan_meetings(request.session, request.now.instant, body.id)
    return plan


def withdraw(request: RequestContext) -> Response:
    """Take a jaarplanning back, with its dates."""
    plan = request.named(YearPlan, "plan_id")
    body_id = plan.body_id
    withdraw_year_plan(request.deed, plan)
    request.record(Action.MEETINGS_CHANGED, f"body {body_id}", f"without {plan.source}")
    replan_meetings(request.session, request.now.instant, body_id)
    return request.to(f"/kalender/vergaderingen/{body_id}", PLANNED)
