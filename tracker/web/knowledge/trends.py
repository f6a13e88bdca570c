"""Ontwikkelingen en trends: a year in pictures and tables, each number with its rows, and all of it as a file."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import Field
from starlette.responses import Response

from db.lists import listed
from db.models import Challenge
from db.vocabulary_account import Figure
from db.vocabulary_knowledge import PublicationKind, Trend
from notifications.source_names import source_name
from notifications.wording import amount, count
from tracker.account.facts import Fact
from tracker.knowledge.publications import PublicationFilter, publications_in
from tracker.knowledge.trends import CallRow, Theme, Trends, amounts, trends
from tracker.web.frame import charts
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import Line
from tracker.web.frame.lists import ListQuery
from tracker.web.frame.phrases import challenge_name

MOST_BARS = 12
Row = tuple[str, tuple[Any, ...]]  # where it is read, and its cells in a file
COLUMNS = (
    *("wat", "onderwerp", "thema's", "bron", "dag", "sluit", "dagen", "bedrag in euro", "telt mee in euro", "uitkomst"),
    "vindplaats",
)


class TrendsQuery(ListQuery):
    """Which year, and the rows of which number."""

    PATH: ClassVar[str] = "/kennishuis/ontwikkelingen"

    jaar: Annotated[int | None, Field(ge=2001, le=2100)] = None
    rijen: Trend | None = None
    thema: Line = ""
    bron: Line = ""

    def at(self, **other: Any) -> str:
        """The rows of a number on this page."""
        return self.model_copy(update={"page": 1, "thema": "", "bron": "", **other}).address()


def _told(request: RequestContext) -> tuple[TrendsQuery, Trends]:
    query, today = request.read_query(TrendsQuery), request.now.today
    year = query.jaar or today.year
    return query.model_copy(update={"jaar": year}), trends(request.session, request.viewer, year, today)


def show(request: RequestContext) -> Response:
    """The page of a year."""
    query, told = _told(request)
    names = {theme.challenge.id: challenge_name(theme.challenge) for theme in told.themes}
    return request.page(
        "knowledge/trends.html",
        query=query,
        told=told,
        names=names,
        source_name=source_name,
        explained=publications_in(
            request.session, request.viewer, PublicationFilter(kind=PublicationKind.STUDY, year=told.year)
        ),
        money=charts.bars(_money(told), label=300),
        leads=charts.bars(_leads(told), label=300),
        listed=listed(list(_rows(request, query, told)) if query.rijen else [], query.page),
        Trend=Trend,
        theme=request.session.get(Challenge, query.thema) if query.thema else None,
    )


def _money(told: Trends) -> list[tuple[str, charts.Numbers]]:
    """Of the themes in which something was to be had: this year above the year before."""
    year, before = told.year, told.year - 1
    with_money = [theme for theme in told.themes if theme.money[year] or theme.money[before]]
    return [
        (
            challenge_name(theme.challenge),
            [
                ("money__awarded", theme.money[year], f"{year}: {_said(theme, year)}"),
                ("money__asked", theme.money[before], f"{before}: {_said(theme, before)}"),
            ],
        )
        for theme in sorted(with_money, key=lambda theme: -theme.money[year])[:MOST_BARS]
    ]


def _said(theme: Theme, year: int) -> str:
    return f"{amount(theme.money[year])}, {count(theme.counts[year], 'regeling', 'regelingen')}"


def _leads(told: Trends) -> list[tuple[str, charts.Numbers]]:
    known = [lead for lead in told.leads if lead.middle is not None]
    return [
        (
            source_name(lead.source) if lead.source else "Alle bronnen",
            [("money__awarded", lead.middle or 0, f"{lead.middle} dagen, {lead.number} regelingen")],
        )
        for lead in known[:MOST_BARS]
    ]


def _rows(request: RequestContext, query: TrendsQuery, told: Trends) -> Iterator[Row]:
    """The rows behind a number: where each is read, and its cells; without a number those of every one."""
    year = query.jaar or told.year
    for trend in [query.rijen] if query.rijen else Trend:
        if trend == Trend.DECIDED:
            yield from (_of_outcome(request, told, fact) for fact in told.outcomes(query.thema))
            continue
        calls = told.calls(year, query.thema, query.bron)
        for row, adds in amounts(calls):
            if (trend == Trend.MONEY and row.budget is None) or (trend == Trend.LEAD and row.days is None):
                continue
            yield _of_call(request, told, trend, row, adds)


def _of_call(request: RequestContext, told: Trends, trend: Trend, row: CallRow, adds: Any) -> Row:
    path = f"/regelingen/{row.number}"
    money = (row.budget, adds) if trend == Trend.MONEY else (None, None)
    days = (row.closes, row.days) if trend == Trend.LEAD else (row.closes, None)
    return path, (
        trend.label, row.title, _themes(told, row.opgaven), source_name(row.source) if row.source else "", row.day,
        *days, *money, "", f"{request.site.settings.base_url}{path}",
    )  # fmt: skip


def _of_outcome(request: RequestContext, told: Trends, fact: Fact) -> Row:
    said = "toegekend" if fact.figure == Figure.WON else "afgewezen"
    return fact.address, (
        Trend.DECIDED.label, fact.what, _themes(told, fact.opgaven), "", fact.day, None, None, fact.amount, None, said,
        f"{request.site.settings.base_url}{fact.address}",
    )  # fmt: skip


def _themes(told: Trends, opgaven: frozenset[str]) -> str:
    tops = {top for own in opgaven for top in told.above.get(own, ())}
    return ", ".join(challenge_name(theme.challenge) for theme in told.themes if theme.challenge.id in tops)


def as_file(request: RequestContext) -> Response:
    """The rows behind a number, or behind all of a year."""
    query, told = _told(request)
    return request.file(f"ontwikkelingen-{told.year}", COLUMNS, (cells for _, cells in _rows(request, query, told)))
