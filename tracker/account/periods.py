"""Periods of an account: a year, a half or quarter of one, or days of one's own; and what lies a year before. Pure."""

from calendar import monthrange
from datetime import date

from db.models import AccountReport
from db.vocabulary_account import Part
from notifications.wording import short_day
from tracker.account.facts import Span
from tracker.errors import Incomplete

# Part of a year -> its first and last month.
MONTHS = {
    Part.YEAR: (1, 12), Part.H1: (1, 6), Part.H2: (7, 12),
    Part.Q1: (1, 3), Part.Q2: (4, 6), Part.Q3: (7, 9), Part.Q4: (10, 12),
}  # fmt: skip
LONGEST = 3_660  # days; ten years


def span_of(year: int, part: Part, known_on: date, today: date) -> Span:
    """A part of a calendar year as it was known on a day, at most today."""
    first, last = MONTHS[part]
    return Span(date(year, first, 1), date(year, last, monthrange(year, last)[1]), min(known_on, today), today)


def free_span(first: date, last: date, known_on: date, today: date) -> Span:
    """Days of one's own, both counted. Raises Incomplete in Dutch."""
    if last < first:
        raise Incomplete("De laatste dag ligt voor de eerste.", "tot")
    if (last - first).days > LONGEST:
        raise Incomplete("Kies hoogstens tien jaar.", "tot")
    return Span(first, last, min(known_on, today), today)


def year_before(span: Span) -> Span:
    """The same days of the year before; what ended with a month ends with it there too."""
    first, last = (_back(each) for each in (span.first, span.last))
    if span.last.day == monthrange(span.last.year, span.last.month)[1]:
        last = last.replace(day=monthrange(last.year, last.month)[1])
    return Span(first, last, span.known_on, span.today)


def _back(day: date) -> date:
    most = monthrange(day.year - 1, day.month)[1]
    return day.replace(year=day.year - 1, day=min(day.day, most))


def name_of(span: Span) -> str:
    """What a period is called in Dutch: by its part of the year, or by its days."""
    part = part_of(span)
    if part is None:
        return f"{short_day(span.first)} t/m {short_day(span.last)}"
    return str(span.first.year) if part == Part.YEAR else f"{part.label} {span.first.year}"


def part_of(span: Span) -> Part | None:
    """The part of a year that the days are, or none where they are one's own."""
    year = span.first.year
    return next((p for p in Part if span_of(year, p, span.known_on, span.today) == span), None)


def name_of_report(report: AccountReport) -> str:
    """What the period of a kept report is called."""
    return name_of(Span(report.first, report.last, report.known_on, report.known_on))
