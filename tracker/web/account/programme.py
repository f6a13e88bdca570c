"""A programme of which results were read: who here won in it, an organisation's projects, and all of it as a file."""

from typing import Annotated, Any

from pydantic import Field, PrivateAttr
from starlette.responses import Response

from db.models import PastProgramme
from db.vocabulary_winners import PastKind, PastProgrammeCode, PastRole, PastStatus
from tracker.account import past_winners
from tracker.account.past_winners import Win
from tracker.web.frame.context import RequestContext
from tracker.web.frame.lists import ListQuery

COLUMNS = (
    *(
        "organisatie",
        "soort",
        "plaats",
        "rol",
        "project",
        "titel",
        "onderwerp",
        "onderwerplijn",
        "van",
        "tot en met",
        "stand",
    ),
    *("samen met", "EU-bijdrage in euro", "uitgestapt", "project in euro", "vindplaats"),
)


class ProgrammeQuery(ListQuery):
    """Narrowed to a topic line, or to one organisation by its number at the publisher."""

    lijn: Annotated[str, Field(max_length=200)] = ""
    wie: Annotated[str, Field(max_length=200)] = ""
    _path: str = PrivateAttr("")

    def address(self, page: int = 1, path: str = "") -> str:
        """The same question on another page of this programme."""
        return super().address(page, path or self._path)

    def of(self, organisation: str) -> str:
        """The projects of one organisation, in the same line."""
        return self.model_copy(update={"wie": organisation}).address()

    @property
    def files(self) -> tuple[str, str]:
        """Where all that the filter means is had as a file: the address without its end, and the question."""
        return self._path, self.address(1).partition("?")[2]


def _programme(request: RequestContext) -> tuple[PastProgramme, ProgrammeQuery]:
    programme, query = request.named(PastProgramme, "code"), request.read_query(ProgrammeQuery)
    query._path = f"/programmas/{programme.code}"
    return programme, query


def show(request: RequestContext) -> Response:
    """Organisations with totals; with one of them its projects."""
    programme, query = _programme(request)
    session, code = request.session, programme.code
    asked = (session, code, query.lijn)
    wins = past_winners.wins(*asked, query.wie, query.page) if query.wie else None
    return request.page(
        "account/programme.html",
        programme=programme,
        name=PastProgrammeCode(code).label,
        query=query,
        wins=wins,
        listed=wins or past_winners.organisations(*asked, query.page),
        totals=past_winners.totals(*asked),
        lines=[(line, line) for line in past_winners.lines_of(session, code)],
    )


def as_file(request: RequestContext) -> Response:
    """A row an organisation and project; amounts are numbers and days are days."""
    programme, query = _programme(request)
    found = past_winners.wins(request.session, programme.code, query.lijn, query.wie, None)
    return request.file(f"programma-{programme.code.lower()}", COLUMNS, map(_cells, found.rows))


def _cells(win: Win) -> tuple[Any, ...]:
    partner, project = win.partner, win.project
    return (
        partner.name, PastKind(partner.kind).label, partner.city, PastRole(partner.role).label, project.acronym,
        project.title, project.topic, project.line, project.starts_on, project.ends_on,
        PastStatus(project.status).label, "; ".join(win.beside), partner.contribution,
        "ja" if partner.left_early else "nee", project.total_cost, win.address,
    )  # fmt: skip
