"""Kalender: a month, a list or a timeline of quarters of everything with a day, light also over thousands of calls."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlmodel import Session, col, select
from starlette.responses import Response

from db.models import Participant, User
from db.queries import PARTICIPANT, Viewer
from db.vocabulary_calendar import CalendarScope, EntryKind
from notifications import wording
from tracker.calendar.deadline_days import DeadlineDay, Order, deadline_days, deadline_entries, undated
from tracker.calendar.entries import MARKS, Entry
from tracker.calendar.everything import (
    DatesAsked,
    Wanted,
    around,
    calls_left_out,
    dates_asked,
    given_dates,
    left_out,
    planned,
    to_do,
)
from tracker.web.calendar import views
from tracker.web.calendar.entry_lines import entry_line, entry_row
from tracker.web.calendar.lanes import lanes_of
from tracker.web.calls.filter_form import Filter, choices, query_string
from tracker.web.frame.context import RequestContext
from tracker.workdays import DAY

LIST_DAYS, AT_ONCE = 92, timedelta(days=13)
IN_A_CELL = 5  # what does not fit in a day of the grid stands in the list of that day
ON_A_PAGE = 100
UNDATED = 12
OF_BODIES = {EntryKind.MEETING, EntryKind.PAPERS}  # some twenty a week: among quarters only for who asks for it
LATE, FEW_LATE, MOST_LATE = timedelta(days=400), 5, 100  # how far back, what stands open at once, and what at most
EVERYTHING = 1_000_000  # more than any calendar holds
COLUMNS = (
    *("dag", "uur", "tot en met", "soort", "wat", "waarvan", "toelichting", "door"),
    *("te laat", "aangenomen ritme", "vindplaats"),
)
View = Literal["maand", "lijst", "kwartalen"]
OpenEnded = dict[str, Any]  # what the page says of calls that stand open without a last day


class CalendarQuery(Filter):
    """The address of the calendar: the filter of Regelingen, the view, the month or day, and whose and which kinds."""

    view: View = "maand"
    month: Annotated[str, Field(pattern=r"^(19|20)\d\d-(0[1-9]|1[0-2])$")] | None = None
    day: date | None = None
    page: Annotated[int, Field(ge=1, le=10_000)] = 1
    show: tuple[EntryKind, ...] = ()
    scope: CalendarScope = CalendarScope.USABLE
    beside: Literal["unknown", "no", "elsewhere"] | None = None  # why calls are left out; shows them as a list
    person: int | None = None
    participant: str = ""

    def asked(self) -> Wanted:
        """What of the calendar is asked for."""
        return Wanted(frozenset(self.show), self.scope, self.person, self.participant, self.wanted())


def index(request: RequestContext) -> Response:
    """The page, in one of its three views; or the calls that it leaves out."""
    query = request.read_query(CalendarQuery)
    if query.beside is not None:
        return _left_out(request, query, query.beside)
    first = views.first_of(query.month or "", request.now.today)
    shown = {"maand": _month, "lijst": _list, "kwartalen": _quarters}[query.view]
    asked = dates_asked(request.session, request.viewer, request.now, query.asked())
    open_ended, wanted = _undated(request, query, asked), query.asked()
    return request.page(
        "calendar/index.html",
        query=query,
        narrowed=wanted != Wanted(),
        left_out=left_out(request.session, request.now, asked) if wanted.leaves_out and query.day is None else {},
        first=first,
        link=lambda **changes: f"/kalender?{query_string(query, **changes)}",
        errors={},
        marks=MARKS,
        entry_line=entry_line,
        entry_row=entry_row,
        people=_people(request.session, request.viewer),
        participants=request.session.connection().execute(_PARTICIPANTS).all(),
        **open_ended,
        **shown(request, query, first, asked, open_ended),
        **choices(request.session),
    )


def _left_out(request: RequestContext, query: CalendarQuery, why: str) -> Response:
    """The calls that the calendar counts and leaves out, a row each: as many as its link says."""
    asked = dates_asked(request.session, request.viewer, request.now, query.asked())
    calls = calls_left_out(request.session, request.now, asked, why)
    start, back = (query.page - 1) * ON_A_PAGE, query.model_copy(update={"beside": None, "page": 1})
    return request.page(
        "calendar/left_out.html",
        why=why,
        many=len(calls),
        calls=calls[start : start + ON_A_PAGE],
        query=query,
        pages=-(-len(calls) // ON_A_PAGE),
        link=lambda **changes: f"/kalender?{query_string(query, **changes)}",
        back=f"/kalender?{query_string(back)}",
    )


def _people(session: Session, viewer: Viewer) -> list[tuple[str, str]]:
    """Oneself first, then the colleagues."""
    named = session.connection().execute(_COLLEAGUES, {"participant": viewer.participant_id})
    others = ((str(id_), name) for id_, name in named if id_ != viewer.user_id)
    return [(str(viewer.user_id), "van mij"), *others]


# Said once: putting a question together takes longer than its answer.
_PARTICIPANTS = select(Participant.id, Participant.name).order_by(col(Participant.name))
_COLLEAGUES = (
    select(User.id, User.name)
    .where(User.participant_id == PARTICIPANT, col(User.deactivated_at).is_(None))
    .order_by(col(User.name))
)


def _undated(request: RequestContext, query: CalendarQuery, asked: DatesAsked) -> OpenEnded:
    """Calls that stand open without a last day: the first of them, and how many there are."""
    rows = undated(request.session, request.now.instant, asked.where) if query.day is None else []
    return {"undated": rows[:UNDATED], "more_undated": max(len(rows) - UNDATED, 0)}


def _month(
    request: RequestContext, query: CalendarQuery, first: date, asked: DatesAsked, _: OpenEnded
) -> dict[str, Any]:
    session, viewer, now, days = request.session, request.viewer, request.now, views.shown_days(first)
    found = planned(session, viewer, now, *days, query.asked())
    entries = [each for each in found if not each.unknown_day]
    dated = deadline_days(session, now, *days, asked.where, asked.ours)
    of_day: dict[date, list[DeadlineDay]] = defaultdict(list)
    for each in dated:
        of_day[each.day].append(each)
    taken = Counter(entry.day for entry in entries if entry.until is None)
    chosen = [one for day, found in of_day.items() for one in _fitting(found, IN_A_CELL - taken[day])]
    shown = [*entries, *deadline_entries(session, viewer, now, chosen)]
    counts = taken + Counter({day: len(found) for day, found in of_day.items()})
    return {
        "weeks": views.weeks(first, shown, counts, IN_A_CELL),
        "dayless": [e for e in found if e.unknown_day and first <= e.day < views.next_month(first)],
        "name": wording.month(first),
        "previous": views.previous_month(first),
        "next": views.next_month(first),
        "list_of_day": _list_of_day(query),
    }


def _list_of_day(query: CalendarQuery) -> Callable[[date], str]:
    """The address of the list of a day; all else of it is put together once for the forty days of a month."""
    rest = query_string(query, view="lijst", month=None, day=None)
    return lambda day: f"/kalender?day={day.isoformat()}&{rest}"


def _fitting(found: Sequence[DeadlineDay], room: int) -> Sequence[DeadlineDay]:
    """What we work on first, then in order, as far as there is room in the day."""
    return sorted(found, key=lambda each: not each.ours)[: max(room, 0)]


def _list(
    request: RequestContext, query: CalendarQuery, first: date, asked: DatesAsked, _: OpenEnded
) -> dict[str, Any]:
    (since, until), today = _days(query, first, request.now.today), request.now.today
    start, end = (query.page - 1) * ON_A_PAGE, query.page * ON_A_PAGE
    begins = query.day is None and since == today and query.page == 1
    about = request.session, request.viewer, request.now, since - LATE if begins else since, until, query.asked()
    known = to_do(*about)
    items = _in_order(request, query, asked, since, until, end + 1, [each for each in known if each.day >= since])
    page = items[start:end]
    shown: list[Entry] = [each for each in page if isinstance(each, Entry)]
    light = [each for each in page if isinstance(each, DeadlineDay)]
    dates = deadline_entries(request.session, request.viewer, request.now, light)
    shown += [each for each in dates if not each.off]
    late = _late(request, asked, known) if begins else []
    lately = [day for _, days in by_month(late[-MOST_LATE:]) for day in days]
    more_late = {"late_in_all": len(late), "late": lately, "few": FEW_LATE}
    return {"months": by_month(shown), "more": len(items) > end, **more_late}


def _late(request: RequestContext, asked: DatesAsked, known: Iterable[Entry]) -> list[Entry]:
    """What should have been done before today and is open still, in order: the list begins today."""
    today = request.now.today
    dates = given_dates(request.session, request.viewer, request.now, today - LATE, today, asked)
    late = [each for each in (*known, *dates) if each.overdue and each.day < today]
    return sorted(late, key=lambda each: each.order)


def _in_order(
    request: RequestContext, query: CalendarQuery, asked: DatesAsked, since: date, until: date, most: int,
    known: Iterable[Entry],
) -> list[Entry | DeadlineDay]:  # fmt: skip
    """What stands on these days in order, until there are this many: a fortnight may hold five pages.

    ``known``: what people have to do on them. What is called off stands in the month only, struck out.
    """
    session, viewer, now = request.session, request.viewer, request.now
    beside = around(session, viewer, now, since, until, query.asked())
    items: list[Entry | DeadlineDay] = [*known, *(each for each in beside if not each.off)]
    while since <= until:
        part = min(since + AT_ONCE, until)
        items += deadline_days(session, now, since, part, asked.where, asked.ours)
        if sum(each.day <= part for each in items) >= most:
            items = [each for each in items if each.day <= part]
            break
        since = part + DAY
    return sorted(items, key=_order)


def _order(each: Entry | DeadlineDay) -> Order:
    return each.order


def as_file(request: RequestContext) -> Response:
    """What the list shows from its first day on, all of it, as a file."""
    query = request.read_query(CalendarQuery)
    first = views.first_of(query.month or "", request.now.today)
    since, until = _days(query, first, request.now.today)
    known = to_do(request.session, request.viewer, request.now, since, until, query.asked())
    asked = dates_asked(request.session, request.viewer, request.now, query.asked())
    items = _in_order(request, query, asked, since, until, EVERYTHING, known)
    light = [each for each in items if isinstance(each, DeadlineDay)]
    entries: list[Entry] = [each for each in items if isinstance(each, Entry)]
    entries += [e for e in deadline_entries(request.session, request.viewer, request.now, light) if not e.off]
    base = request.site.settings.base_url
    rows = [
        (
            entry.day, wording.clock_time(entry.at) if entry.at else "", entry.until, entry.kind.label, entry.what,
            entry.title, entry.note, entry.who, "ja" if entry.overdue and not entry.rhythm else "nee",
            "ja" if entry.rhythm or entry.unknown_day else "nee",
            f"{base}{entry.href}" if entry.href else "",
        )
        for entry in sorted(entries, key=_order)
    ]  # fmt: skip
    return request.file("kalender", COLUMNS, rows)


def _days(query: CalendarQuery, first: date, today: date) -> tuple[date, date]:
    if query.day is not None:
        return query.day, query.day
    start = max(first, today) if first == today.replace(day=1) else first
    return start, start + timedelta(days=LIST_DAYS)


def _quarters(
    request: RequestContext, query: CalendarQuery, _: date, asked: DatesAsked, open_ended: OpenEnded
) -> dict[str, Any]:
    """The picture shows the calls that end soonest; the table says the same, and all else stands in the list."""
    today, (since, until) = request.now.today, views.span(request.now.today)
    wanted = query.asked() if query.show else replace(query.asked(), kinds=frozenset(EntryKind) - OF_BODIES)
    entries = planned(request.session, request.viewer, request.now, since, until, wanted)
    calls = lanes_of(request.session, request.now, since, until, asked, most=views.MOST_LANES)
    dates = deadline_entries(request.session, request.viewer, request.now, calls.dates)
    shown = [each for each in (*entries, *dates) if not each.off]
    bars = [(call.what, call.title, f"/regelingen/{call.call_id}") for call in open_ended["undated"]]
    line = views.timeline(shown, bars, today, left_out=calls.left_out + open_ended["more_undated"])
    coming = [entry for entry in shown if entry.day >= today or entry.overdue]
    return {"line": line, "table": views.by_quarter(coming)}


def by_month(shown: Iterable[Entry]) -> list[tuple[str, list[tuple[date | None, list[Entry]]]]]:
    """Months, in each the days, on each the entries; a period stands on its first day.

    What is usual in a month stands there without a day, since nobody knows it.
    """
    months: dict[str, dict[date | None, list[Entry]]] = {}
    for entry in sorted(shown, key=lambda e: e.order):
        on = None if entry.unknown_day else entry.day
        months.setdefault(wording.month(entry.day), {}).setdefault(on, []).append(entry)
    return [(name, list(days.items())) for name, days in months.items()]
