"""Kalender: a month, a list or a timeline of quarters of deadlines, milestones, moments, meetings and recess."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlmodel import col, select
from starlette.responses import Response

from db.models import ClosedPeriod
from db.vocabulary_calendar import EntryKind
from notifications import wording
from tracker.calendar.application_days import task_entries
from tracker.calendar.bodies import body_calendar
from tracker.calendar.entries import (
    Entry,
    closed_entries,
    deadline_entries,
    meeting_entries,
    milestone_entries,
    moment_entries,
    undated,
)
from tracker.calendar.events import filtered
from tracker.web.calendar import views
from tracker.web.calls.filter_form import Filter, choices, query_string
from tracker.web.frame.context import RequestContext

LIST_DAYS = 92
View = Literal["maand", "lijst", "kwartalen"]


class CalendarQuery(Filter):
    """The address of the calendar: the filter of Regelingen, the view, the month, and which kinds to show."""

    view: View = "maand"
    month: Annotated[str, Field(pattern=r"^(19|20)\d\d-(0[1-9]|1[0-2])$")] | None = None
    show: tuple[EntryKind, ...] = ()

    def shows(self, kind: EntryKind) -> bool:
        """Without a choice, everything."""
        return not self.show or kind in self.show


def index(request: RequestContext) -> Response:
    """The page, in one of its three views."""
    query = request.read_query(CalendarQuery)
    today = request.now.today
    first = views.first_of(query.month or "", today)
    since, until = _days(query.view, first, today)
    shown = entries(request, query, since, until)
    open_ended = undated(request.session, request.now.instant, _filtered(request, query))
    return request.page(
        "calendar/index.html",
        query=query,
        first=first,
        undated=open_ended if query.shows(EntryKind.DEADLINE) else [],
        link=lambda **changes: f"/kalender?{query_string(query, **changes)}",
        total=sum(entry.until is None for entry in shown),
        errors={},
        **_shown(query.view, shown, open_ended, first, today),
        **choices(request.session),
    )


def _days(view: View, first: date, today: date) -> tuple[date, date]:
    if view == "maand":
        return views.shown_days(first)
    if view == "kwartalen":
        return views.span(today)
    start = max(first, today) if first == today.replace(day=1) else first
    return start, start + timedelta(days=LIST_DAYS)


def _shown(view: View, shown: list[Entry], open_ended: list[Any], first: date, today: date) -> dict[str, Any]:
    """What the template of a view needs."""
    if view == "maand":
        months = {"previous": views.previous_month(first), "next": views.next_month(first)}
        return {"weeks": views.weeks(first, shown), "name": wording.month(first), **months}
    if view == "kwartalen":
        bars = [(what, call.title, f"/regelingen/{call.id}") for what, call in open_ended]
        coming = [entry for entry in shown if entry.day >= today or entry.overdue]
        return {"line": views.timeline(shown, bars, today), "table": views.by_quarter(coming)}
    return {"months": by_month(shown)}


def _filtered(request: RequestContext, query: CalendarQuery) -> Any:
    return filtered(request.session, query.wanted(), request.now.instant)


def entries(request: RequestContext, query: CalendarQuery, since: date, until: date) -> list[Entry]:
    """Everything between two days, both inclusive, that the query asks for."""
    session, viewer = request.session, request.viewer
    listed: list[Entry] = []
    if query.shows(EntryKind.DEADLINE) or query.shows(EntryKind.MOMENT):
        dated = deadline_entries(session, viewer, request.now, since, _filtered(request, query))
        listed += [entry for entry in dated if query.shows(entry.kind)]
    if query.shows(EntryKind.MILESTONE):
        listed += milestone_entries(session, viewer, request.now.today, since)
        listed += task_entries(session, viewer, request.now.today, since)
    if query.shows(EntryKind.MOMENT):
        listed += moment_entries(session, viewer, since)
    if query.shows(EntryKind.MEETING):
        listed += meeting_entries(body_calendar(session), viewer, since, until)
    if query.shows(EntryKind.CLOSED):
        rows = session.exec(select(ClosedPeriod).order_by(col(ClosedPeriod.first_day)))
        listed += closed_entries(rows, viewer, since, until)
    return [e for e in listed if e.until is not None or since <= e.day <= until]


def by_month(shown: list[Entry]) -> list[tuple[str, list[tuple[date, list[Entry]]]]]:
    """Months, in each the days, on each the entries; a period stands on its first day."""
    months: dict[str, dict[date, list[Entry]]] = {}
    for entry in sorted(shown, key=lambda e: e.order):
        months.setdefault(wording.month(entry.day), {}).setdefault(entry.day, []).append(entry)
    return [(name, list(days.items())) for name, days in months.items()]
