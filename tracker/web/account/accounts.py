"""Verantwoording: of the region, an opgave, participant or deelregio, as a page, as PDF and as a file."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from pydantic import BaseModel, Field
from starlette.responses import Response

from db.lists import listed
from db.vocabulary_account import Figure, Part
from tracker.account import periods, report, reports, sheet, subjects
from tracker.account.facts import Span
from tracker.account.report import Account
from tracker.account.subjects import AccountSubject
from tracker.errors import Incomplete
from tracker.web.frame import actions
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import InvalidForm
from tracker.web.frame.phrases import challenge_name

# By what the address names; of the region it names nothing.
KINDS = {"challenge_id": subjects.OPGAVEN, "participant_id": subjects.DEELNEMERS, "subregion": subjects.DEELREGIOS}
COLUMNS = ("wat", "onderwerp", "deelnemer", "dag", "bedrag in euro", "opgaven", "vindplaats")


class AccountQuery(BaseModel):
    """Which period, as it was known on which day, and of which figure the rows are shown.

    ``van`` and ``tot``, both counted, go before the year and its part.
    """

    jaar: Annotated[int | None, Field(ge=2001, le=2100)] = None
    deel: Part = Part.YEAR
    van: date | None = None
    tot: date | None = None
    stand: date | None = None
    rijen: Figure | None = None
    page: Annotated[int, Field(ge=1, le=100_000)] = 1

    def address(self, path: str, **other: object) -> str:
        """The same question elsewhere, or with another figure."""
        mine = self.model_dump(mode="json", exclude_none=True, exclude_defaults=True, exclude={"page"})
        kept = {name: value for name, value in {**mine, **other}.items() if value is not None}
        return f"{path}?{urlencode(kept)}" if kept else path

    def span(self, today: date) -> Span:
        """The days it means. Raises Incomplete in Dutch."""
        known = self.stand or today
        if self.van is None and self.tot is None:
            return periods.span_of(self.jaar or today.year, self.deel, known, today)
        if self.van is None or self.tot is None:
            raise Incomplete("Geef beide dagen, van en tot en met.", "tot" if self.tot is None else "van")
        return periods.free_span(self.van, self.tot, known, today)


@dataclass(frozen=True)
class Subject:
    """Whom an account is of: its name, where its page is, and the account itself."""

    name: str
    path: str
    account: Account
    query: AccountQuery
    of: AccountSubject

    @property
    def both(self) -> list[dict[str, object]]:
        """Its period and the same a year before, as an address asks for them."""
        spans = self.account.span, periods.year_before(self.account.span)
        if periods.part_of(spans[0]) is None:
            return [{"van": span.first, "tot": span.last} for span in spans]
        return [{"jaar": span.first.year} for span in spans]


def _subject(request: RequestContext) -> Subject:
    query, today = request.read_query(AccountQuery), request.now.today
    if query.stand and query.stand > today:
        raise InvalidForm({"stand": "Wat na vandaag bekend wordt, is nog niet te tonen."})
    try:
        span = query.span(today)
    except Incomplete as error:
        raise InvalidForm(error.errors) from error
    end = next((f"{kind}/{request.params[name]}" for name, kind in KINDS.items() if name in request.params), "")
    of = subjects.subject_of(request.session, end)
    account = report.account_of(request.session, request.viewer, of, span)
    name = challenge_name(of.challenge) if of.challenge else of.name
    return Subject(name, f"/verantwoording/{end}".rstrip("/"), account, query, of)


def show(request: RequestContext) -> Response:
    """Its figures, those of the year before, its goals, and a line an opgave and a participant of the region."""
    subject = _subject(request)
    chosen = subject.query.rijen
    return request.page(
        "account/accounts.html",
        subject=subject,
        account=subject.account,
        query=subject.query,
        report=report,
        number=sheet.number,
        part=periods.part_of(subject.account.span),
        kept=reports.reports_in(request.session, request.viewer, subject.of.path),
        end=subject.of.path,
        listed=listed(subject.account.of(chosen) if chosen else [], subject.query.page),
        names=dict(actions.participants(request.session)),
        lines=sheet.LINES,
    )


def as_pdf(request: RequestContext) -> Response:
    """The sheet for a council."""
    subject, names = _subject(request), dict(actions.participants(request.session))
    period = "-".join(subject.account.period.split()).replace("/", "")
    file = f"verantwoording-{subject.path.rsplit('/', 1)[-1]}-{period}.pdf"
    return request.download(file, sheet.as_pdf(subject.account, subject.name, names))


def as_file(request: RequestContext) -> Response:
    """Every row behind it, or those of one figure."""
    subject, names, rows = _subject(request), dict(actions.participants(request.session)), []
    for figure in [subject.query.rijen] if subject.query.rijen else Figure:
        rows += [
            (
                row.figure.label, row.what, names.get(row.carrier, row.carrier), row.day, row.amount,
                ", ".join(sorted(row.opgaven)), f"{request.site.settings.base_url}{row.address}",
            )
            for row in subject.account.of(figure)
        ]  # fmt: skip
    return request.file("verantwoording", COLUMNS, rows)
