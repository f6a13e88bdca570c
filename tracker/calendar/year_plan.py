"""A body's own jaarplanning: lines with a date each become its meetings; nothing is kept while a line is wrong."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlmodel import col, select

from db.models import Body, Meeting, YearPlan
from scrapers.facts.dates import find_dates
from scrapers.facts.spans import Moment, Span
from tracker.calendar.meetings import odd_day
from tracker.errors import Incomplete
from tracker.rights import Deed
from tracker.workdays import DAY, ClosedDays

MOST_LINES = 400  # a body that meets every day has some 260 in a year
Line = tuple[int, str]


@dataclass(frozen=True)
class PlannedMeeting:
    """What one line says. ``wrong``: why it cannot be taken in; ``odd``: what is asked about it first."""

    number: int
    text: str
    day: date | None = None
    papers_on: date | None = None
    wrong: str = ""
    odd: str = ""


def read_year_plan(
    lines: Iterable[Line], body: Body, closed: ClosedDays, today: date, year: int | None = None
) -> list[PlannedMeeting]:
    """A meeting a line: its first date, and the papers' last day where a second one stands in it.

    ``year`` is that of dates that name none. Lines above the first date are a heading and left out.
    """
    read = [_read_line(number, text, year) for number, text in lines if text.strip()]
    first = next((place for place, row in enumerate(read) if row.day or row.wrong != NO_DATE), len(read))
    return _once([_completed(row, body, closed, today) for row in read[first:]])


NO_DATE = "hier staat geen datum"
# No heading, also above the first date: a day in a form that is not read, or as Excel keeps one from 2009 on.
UNREAD = {
    re.compile(r"\b\d{1,2}[-/]\d{1,2}\b|\b\d{4}[/.]\d{1,2}[/.]\d{1,2}\b"): "schrijf de datum als 12-01-2027",
    re.compile(r"(?:^|; )[45]\d{4}(?:$| ;)"): "dit is een datum als getal; geef de cellen in Excel de opmaak datum",
}
NOT_SURE = re.compile(r"\breserve\w*|\bindien nodig\b|\bonder voorbehoud\b|\boptie\b|\boptioneel\b|\breces\b")
NOT_HELD = re.compile(r"\bverval(?:t|len)\b|\bgeannuleerd\b|\bafgelast\b|\bgaat niet door\b|\bgeen vergadering\b")


def _read_line(number: int, text: str, year: int | None) -> PlannedMeeting:
    row = PlannedMeeting(number, " ".join(text.split())[:200])
    spans = [span for span in find_dates(text.lower(), day_first=True) if span.why != "no day"]
    if not spans:
        return replace(row, wrong=next((why for form, why in UNREAD.items() if form.search(row.text)), NO_DATE))
    days = [_day_of(span, year) for span in spans]
    if any(span.slip == "the weekday does not fit" for span in spans):
        return replace(row, wrong="de dag van de week past niet bij de datum")
    if None in days or len(days) > 2:
        return replace(row, wrong="zet er een datum met een jaar, en hooguit de dag van de stukken, per regel")
    if NOT_HELD.search(row.text.lower()):
        return replace(row, day=days[0], wrong="deze gaat niet door: haal de regel weg")
    return replace(row, day=days[0], papers_on=days[1] if len(days) > 1 else None)


def _day_of(span: Span, year: int | None) -> date | None:
    if isinstance(span.value, Moment):
        return span.value.day
    if span.bare is None or year is None:
        return None
    try:
        return span.bare.day.replace(year=year)
    except ValueError:  # 29 February
        return None


def _completed(row: PlannedMeeting, body: Body, closed: ClosedDays, today: date) -> PlannedMeeting:
    """With the papers' usual day, and what is odd about it."""
    if row.day is None:
        return row
    papers = row.papers_on or closed.working_day(row.day - timedelta(days=body.paper_days), body.participant_id or "")
    if papers > row.day:
        return replace(row, wrong="de stukken moeten er voor de vergadering zijn: zet haar dag vooraan")
    doubt = NOT_SURE.search(row.text.lower())
    odd = odd_day(body, row.day, closed, today) or (f"een dag met '{doubt[0]}' erbij" if doubt else "")
    return replace(row, papers_on=papers, odd=odd)


def _once(rows: Sequence[PlannedMeeting]) -> list[PlannedMeeting]:
    """A day that stands there twice is wrong the second time."""
    seen: dict[date, int] = {}
    kept = []
    for row in rows:
        if row.day is not None and row.day in seen:
            row = replace(row, wrong=f"deze dag staat er al, op regel {seen[row.day]}")
        elif row.day is not None:
            seen[row.day] = row.number
        kept.append(row)
    return kept


def keep_year_plan(deed: Deed, body: Body, rows: Sequence[PlannedMeeting], source: str, sure: bool) -> YearPlan:
    """Keep every line as a meeting, and that between the first and the last the body meets on no other day.

    ``sure``: a person looked at the odd ones. Raises Incomplete; then nothing is kept.
    """
    days = sorted(row.day for row in rows if row.day is not None)
    wrong = [f"regel {row.number}: {row.wrong}" for row in rows if row.wrong]
    if wrong or not days:
        raise Incomplete("; ".join(wrong[:5]) or "Er staat geen datum in.", "lines")
    if any(row.odd for row in rows) and not sure:
        raise Incomplete("Kijk de dagen met een vraag na en vink aan dat ze kloppen.", "sure")
    plan = YearPlan(
        body_id=body.id, first_day=days[0], last_day=days[-1], source=source[:200], added_by=deed.by.id,
        added_at=deed.now,
    )  # fmt: skip
    _replace_within(deed, body, days)
    deed.session.add(plan)
    deed.session.add_all(
        Meeting(body_id=body.id, day=row.day, papers_on=row.papers_on, modified_at=deed.now)
        for row in rows
        if row.day and row.papers_on
    )
    deed.session.flush()
    return plan


def _replace_within(deed: Deed, body: Body, days: Sequence[date]) -> None:
    """What was known between the first and the last day gives way to the plan.

    Another plan keeps its days before and after it: whichever of the two is withdrawn, the other stands.
    """
    _drop_meetings(deed, body.id, days[0], days[-1])
    plans = select(YearPlan).where(
        YearPlan.body_id == body.id, YearPlan.first_day <= days[-1], YearPlan.last_day >= days[0]
    )
    for plan in deed.session.exec(plans).all():
        for first, last in ((plan.first_day, days[0] - DAY), (days[-1] + DAY, plan.last_day)):
            if first <= last:
                kept = plan.model_dump(exclude={"id", "first_day", "last_day"})
                deed.session.add(YearPlan(**kept, first_day=first, last_day=last))
        deed.session.delete(plan)
    deed.session.flush()


def withdraw_year_plan(deed: Deed, plan: YearPlan) -> None:
    """Take a jaarplanning back, with its dates: the rhythm counts again. What people brought in another stays."""
    others = select(YearPlan).where(
        YearPlan.body_id == plan.body_id, YearPlan.id != plan.id, col(YearPlan.added_by).is_not(None)
    )
    _drop_meetings(deed, plan.body_id, plan.first_day, plan.last_day, deed.session.exec(others).all())
    deed.session.delete(plan)
    deed.session.flush()


def _drop_meetings(deed: Deed, body_id: str, first: date, last: date, but: Sequence[YearPlan] = ()) -> None:
    inside = select(Meeting).where(Meeting.body_id == body_id, col(Meeting.day).between(first, last))
    for meeting in deed.session.exec(inside):
        if not any(plan.first_day <= meeting.day <= plan.last_day for plan in but):
            deed.session.delete(meeting)
