"""Reports that were kept: the list, one with what changed since the last, and keeping one."""

from datetime import date
from decimal import Decimal
from typing import ClassVar

from pydantic import BaseModel
from starlette.responses import Response

from db.lists import listed
from db.models import AccountReport
from db.vocabulary import Visibility
from db.vocabulary_account import Figure
from tracker.account import kept_sheet, releases, report, reports, sheet
from tracker.account.periods import name_of_report
from tracker.errors import NotFound
from tracker.rights import may_change
from tracker.web.frame.actions import PageOf, no_subject, participants
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState, ForWhom, Line, SeenForm
from tracker.web.frame.lists import ListQuery

ROWS = ("wat", "onderwerp", "deelnemer", "dag", "bedrag in euro", "vindplaats")
COLUMNS = ("verslag", "periode", "stand van kennis", "bewaard op", "zichtbaar voor", *(f.label for f in Figure))


class ReportsQuery(ListQuery):
    PATH: ClassVar[str] = "/verantwoording/verslagen"


class ReportQuery(ListQuery):
    """Which page of what is otherwise since; every list of it is paged alike."""


class KeepForm(BaseModel):
    """What an account page shows, to keep as it stands."""

    subject: Line = ""
    first: date
    last: date
    known_on: date
    visibility: ForWhom = Visibility.OWN


def _index(request: RequestContext, _: None, state: FormState) -> Response:
    query = request.read_query(ReportsQuery)
    rows = reports.reports_in(request.session, request.viewer)
    return request.page(
        "account/reports.html", state=state, query=query, listed=listed(rows, query.page), period_of=name_of_report
    )


def as_file(request: RequestContext) -> Response:
    """Every report one may see, with its figures."""
    request.read_query(ReportsQuery)
    rows = reports.reports_in(request.session, request.viewer)
    return request.file("verslagen", COLUMNS, [_cells(row) for row in rows])


def _cells(row: AccountReport) -> tuple[object, ...]:
    found = reports.figures_of(row)
    return (
        row.name, name_of_report(row), row.known_on, row.made_at, Visibility(row.visibility).label,
        *(report.said(found, figure) for figure in Figure),
    )  # fmt: skip


def _of(request: RequestContext) -> AccountReport:
    return reports.report_for(request.session, request.viewer, request.params["report_id"])


def _before(request: RequestContext, row: AccountReport) -> AccountReport | None:
    """The report before it, of the same organisation and for the same people."""
    return request.session.get(AccountReport, row.previous_id) if row.previous_id else None


def as_pdf(request: RequestContext) -> Response:
    """One report on paper."""
    row = _of(request)
    names = dict(participants(request.session))
    written = kept_sheet.as_pdf(request.session, row, _before(request, row), request.now.today, names)
    return request.download(f"verslag-{row.id}.pdf", written)


def rows_as_file(request: RequestContext) -> Response:
    """Every row that one report counted."""
    row, names = _of(request), dict(participants(request.session))
    base = request.site.settings.base_url
    found = reports.rows_of(request.session, row, request.now.today)
    lines = [
        (
            Figure(figure).label, what, names.get(carrier, carrier), date.fromisoformat(day),
            Decimal(euros) if euros else None, f"{base}{address}",
        )
        for (figure, address, carrier, day, euros), what in found
    ]  # fmt: skip
    return request.file(f"verslag-{row.id}", ROWS, lines)


def _show(request: RequestContext, row: AccountReport, state: FormState) -> Response:
    session, today = request.session, request.now.today
    before = _before(request, row)
    ledger = reports.ledger_for(session, row)
    since = reports.changed_since(ledger, row, today)
    corrected = reports.changed_since(ledger, before, today) if before else None
    return request.page(
        "account/report.html",
        state=state,
        row=row,
        standing=releases.standing_of(session, request.user, row),
        before=before,
        period_of=name_of_report,
        report=report,
        goals=reports.goals_of(row),
        number=sheet.number,
        now_then=[(row, reports.figures_of(row)), *([(before, reports.figures_of(before))] if before else [])],
        told=reports.differences(row, before) if before else [],
        corrected=corrected,
        since=since,
        query=request.read_query(ReportQuery),
        listed=listed,
        pages=listed(range(max(since.longest, corrected.longest if corrected else 0))).pages,
        figure=Figure,
        day_of=date.fromisoformat,
        names=dict(participants(session)),
        may_change=may_change(request.viewer, row),
    )


index = PageOf(no_subject, _index, lambda _: ReportsQuery.PATH)
show = PageOf(_of, _show, lambda row: f"/verantwoording/verslagen/{row.id}")


@index.form(KeepForm)
def keep(request: RequestContext, _: None, form: KeepForm) -> str:
    """Keep an account as it stands."""
    if form.last < form.first:
        raise NotFound
    made = reports.keep(request.deed, form.subject, form.first, form.last, form.known_on, form.visibility)
    return f"/verantwoording/verslagen/{made.id}"


@show.form(SeenForm, done="verwijderd")
def remove(request: RequestContext, row: AccountReport, form: SeenForm) -> str:
    """Take a report away."""
    reports.remove(request.deed, row, form.seen)
    return ReportsQuery.PATH
