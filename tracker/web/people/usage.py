"""Beheer: how much each participant uses it, in counts, as a page and as a file."""

from typing import ClassVar

from starlette.responses import Response

from tracker.people.usage import DAYS, Usage, usage
from tracker.web.frame.context import RequestContext
from tracker.web.frame.lists import ListQuery

COLUMNS = (
    *("deelnemer", "mensen", "logden in", "abonnementen"),
    *("overzichten verstuurd", "oordelen", "contacten vastgelegd"),
)


class UsageQuery(ListQuery):
    PATH: ClassVar[str] = "/beheer/gebruik"


def show(request: RequestContext) -> Response:
    """The counts."""
    query = request.read_query(UsageQuery)
    rows = usage(request.session, request.now.instant)
    return request.page(
        "people/usage.html", query=query, rows=[_cells(row) for row in rows], columns=COLUMNS, days=DAYS
    )


def as_file(request: RequestContext) -> Response:
    """The same as a file."""
    request.read_query(UsageQuery)
    return request.file("gebruik", COLUMNS, [_cells(row) for row in usage(request.session, request.now.instant)])


def _cells(row: Usage) -> tuple[object, ...]:
    return (
        row.participant.name, row.people, row.signed_in, row.subscriptions, row.digests, row.verdicts, row.contacts
    )  # fmt: skip
