"""Verantwoording: of the region, an opgave or a participant in a year, as a page, as PDF and as a workbook."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from pydantic import BaseModel, Field
from starlette.responses import Response

from db.lists import listed
from db.models import Challenge, Participant
from db.region_served import region as served
from db.vocabulary_account import Figure
from tracker.account import report, sheet
from tracker.account.facts import Span
from tracker.account.report import Account
from tracker.web.frame import actions
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import InvalidForm
from tracker.web.frame.phrases import challenge_name

COLUMNS = ("wat", "onderwerp", "deelnemer", "dag", "bedrag in euro", "opgaven", "vindplaats")


class AccountQuery(BaseModel):
    """Which calendar year, as it was known on which day, and of which figure the rows are shown."""

    jaar: Annotated[int | None, Field(ge=2001, le=2100)] = None
    stand: date | None = None
    rijen: Figure | None = None
    page: Annotated[int, Field(ge=1, le=100_000)] = 1

    def address(self, path: str, **other: object) -> str:
        """The same question elsewhere, or with another figure."""
        asked = {**self.model_dump(mode="json", exclude_none=True, exclude={"page"}), **other}
        kept = {name: value for name, value in asked.items() if value is not None}
        return f"{path}?{urlencode(kept)}" if kept else path


@dataclass(frozen=True)
class Subject:
    """Whom an account is of: its name, where its page is, and the account itself."""

    name: str
    path: str
    account: Account
    query: AccountQuery
    challenge: Challenge | None = None
    participant: Participant | None = None


def _span(request: RequestContext) -> tuple[AccountQuery, Span]:
    query, today = request.read_query(AccountQuery), request.now.today
    if query.stand and query.stand > today:
        raise InvalidForm({"stand": "Wat na vandaag bekend wordt, is nog niet te tonen."})
    return query, report.year_span(query.jaar or today.year, query.stand or today, today)


def _region(request: RequestContext) -> Subject:
    query, span = _span(request)
    return Subject(served().full, "/verantwoording", report.of_region(request.session, request.viewer, span), query)


def _challenge(request: RequestContext) -> Subject:
    query, span = _span(request)
    challenge = request.named(Challenge, "challenge_id")
    account = report.of_challenge(request.session, request.viewer, challenge, span)
    path = f"/verantwoording/opgaven/{challenge.id}"
    return Subject(challenge_name(challenge), path, account, query, challenge=challenge)


def _participant(request: RequestContext) -> Subject:
    query, span = _span(request)
    participant = request.named(Participant, "participant_id")
    account = report.of_participant(request.session, request.viewer, participant, span)
    path = f"/verantwoording/deelnemers/{participant.id}"
    return Subject(participant.name, path, account, query, participant=participant)


def _page(request: RequestContext, subject: Subject) -> Response:
    chosen = subject.query.rijen
    return request.page(
        "account/accounts.html",
        subject=subject,
        account=subject.account,
        query=subject.query,
        report=report,
        number=sheet.number,
        listed=listed(subject.account.of(chosen) if chosen else [], subject.query.page),
        names=dict(actions.participants(request.session)),
        lines=sheet.LINES,
    )


def _pdf(request: RequestContext, subject: Subject) -> Response:
    names = dict(actions.participants(request.session))
    file = f"verantwoording-{subject.path.rsplit('/', 1)[-1]}-{subject.account.year}.pdf"
    disposition = {"Content-Disposition": f'attachment; filename="{file}"'}
    written = sheet.as_pdf(subject.account, subject.name, names)
    return Response(written, media_type="application/pdf", headers={**disposition, **request.answer_headers})


def _excel(request: RequestContext, subject: Subject) -> Response:
    names, rows = dict(actions.participants(request.session)), []
    for figure in [subject.query.rijen] if subject.query.rijen else Figure:
        rows += [
            (
                row.figure.label, row.what, names.get(row.carrier, row.carrier), row.day, row.amount,
                ", ".join(sorted(row.opgaven)), f"{request.site.settings.base_url}{row.address}",
            )
            for row in subject.account.of(figure)
        ]  # fmt: skip
    return request.file("verantwoording", COLUMNS, rows)


def region(request: RequestContext) -> Response:
    """The report of a year: figures, a line an opgave and a participant."""
    return _page(request, _region(request))


def region_pdf(request: RequestContext) -> Response:
    """The report of a year on paper."""
    return _pdf(request, _region(request))


def region_excel(request: RequestContext) -> Response:
    """Every row behind it."""
    return _excel(request, _region(request))


def challenge(request: RequestContext) -> Response:
    """Of one opgave, with its goals."""
    return _page(request, _challenge(request))


def challenge_pdf(request: RequestContext) -> Response:
    """The sheet of an opgave for a council."""
    return _pdf(request, _challenge(request))


def challenge_excel(request: RequestContext) -> Response:
    """Every row of an opgave."""
    return _excel(request, _challenge(request))


def participant(request: RequestContext) -> Response:
    """Of what one participant carries."""
    return _page(request, _participant(request))


def participant_pdf(request: RequestContext) -> Response:
    """The sheet of a participant for its council."""
    return _pdf(request, _participant(request))


def participant_excel(request: RequestContext) -> Response:
    """Every row of a participant."""
    return _excel(request, _participant(request))
