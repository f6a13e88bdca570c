"""In beeld: our work in a year, load per week against what people can do, and what is asked and got per opgave."""

from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import BaseModel, Field
from sqlmodel import col, or_, select
from starlette.responses import Response

from db.models import Application, Call, Deadline, DecisionClock
from db.rights import visible
from notifications.wording import amount
from tracker.applications.totals import Sum
from tracker.calendar.application_days import task_entries
from tracker.calendar.bodies import body_calendar
from tracker.calendar.body_days import closed_entries
from tracker.calendar.deadline_days import deadline_days, deadline_entries
from tracker.calendar.due import due_items_of
from tracker.calendar.entries import Entry, milestone_entries, moment_entries
from tracker.calendar.load import WEEK, WEEKS, WeekLoad, load_by_week, people_days
from tracker.web.applications.board import by_opgave, rows_of
from tracker.web.calendar import views
from tracker.web.calendar.entry_lines import entry_row
from tracker.web.frame import charts
from tracker.web.frame.context import RequestContext

WIDTH, HEIGHT, FOOT, LEFT = 1000, 220, 30, 44  # of the columns, in the picture's own units


class PicturesQuery(BaseModel):
    """Which year, and how many things one person does in a week."""

    year: Annotated[int, Field(ge=2020, le=2100)] | None = None
    each: Annotated[int, Field(ge=1, le=50)] = 5


@dataclass(frozen=True)
class Column:
    """One week: how high its bar, the part of it that is too much, and its line of what can be done."""

    week: WeekLoad
    x: float
    top: float
    fits: float
    line: float


def show(request: RequestContext) -> Response:
    """The page: each picture with its table."""
    query, today = request.read_query(PicturesQuery), request.now.today
    year = query.year or today.year
    entries = _work(request, views.year_of(year))
    weeks = _weeks(request, query.each)
    sums = by_opgave(request.session, rows_of(request.session, request.viewer))
    return request.page(
        "calendar/pictures.html",
        year=year,
        each=query.each,
        line=views.timeline(entries, (), today, views.year_of(year)),
        table=views.by_quarter(entries),
        entry_row=entry_row,
        weeks=weeks,
        columns=columns(weeks),
        height=HEIGHT,
        foot=FOOT,
        width=WIDTH,
        step=(WIDTH - LEFT) / WEEKS,
        highest=_highest(weeks),
        bars=bars(sums),
        sums=sums,
    )


def _work(request: RequestContext, days: views.Span) -> list[Entry]:
    """What we work on in these days: steps, tasks, moments, and the dates of the calls behind them."""
    session, viewer, (since, until) = request.session, request.viewer, days
    clocks = select(Deadline.call_id).where(Deadline.id == DecisionClock.deadline_id, visible(viewer, DecisionClock))
    asked = select(Application.call_id).where(visible(viewer, Application), col(Application.call_id).is_not(None))
    ours = or_(col(Call.id).in_(clocks), col(Call.id).in_(asked))
    tasks = task_entries(session, viewer, request.now.today, since, until)
    dates = deadline_days(session, request.now, since, until, [ours])
    entries = [
        *deadline_entries(session, viewer, request.now, dates),
        *milestone_entries(session, viewer, request.now.today, since, until),
        *(replace(entry, call=entry.href) for entry in tasks),
        *moment_entries(session, viewer, since, until),
    ]
    closed = closed_entries(session, viewer, since, until)
    return [entry for entry in entries if since <= entry.day <= until] + closed


def _weeks(request: RequestContext, each: int) -> list[WeekLoad]:
    session, participant, today = request.session, request.viewer.participant_id or "", request.now.today
    items = due_items_of(session, participant, request.now, today + WEEK * WEEKS)
    days = people_days(session, participant, today, body_calendar(session).closed)
    return load_by_week(items, today, days, each)


def _highest(weeks: list[WeekLoad]) -> int:
    return max([1, *(max(week.due + week.left_over, week.capacity) for week in weeks)])


def columns(weeks: list[WeekLoad]) -> list[Column]:
    """Where each week is drawn, from the bottom up."""
    room, most, step = HEIGHT - FOOT - 10, _highest(weeks), (WIDTH - LEFT) / WEEKS

    def y(number: int) -> float:
        return round(10 + room * (1 - number / most), 1)

    return [
        Column(
            week, round(LEFT + number * step, 1), y(week.due + week.left_over),
            y(min(week.due + week.left_over, week.capacity)), y(week.capacity),
        )
        for number, week in enumerate(weeks)
    ]  # fmt: skip


def bars(sums: list[Sum]) -> list[charts.Bar]:
    """What of each opgave is still asked, was awarded, and came in."""
    kinds = (("asked", "gevraagd"), ("awarded", "toegekend"), ("received", "ontvangen"))
    return charts.bars(
        [
            (row.name, [(f"money__{k}", getattr(row, k), f"{said} {amount(getattr(row, k))}") for k, said in kinds])
            for row in sums
        ]
    )
