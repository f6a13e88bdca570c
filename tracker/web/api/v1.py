"""The API for other programs, read only, by the NLGov REST API Design Rules: calls, opgaven and sources as JSON."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, Field
from sqlmodel import col, select
from starlette.responses import JSONResponse, Response

from db.models import Agenda, Challenge
from db.queries import live_call
from tracker.calls.records import records
from tracker.matching.search import find
from tracker.web.calls.filter_form import ListQuery
from tracker.web.frame import forms
from tracker.web.frame.context import NotThere, RequestContext
from tracker.web.sources.sources import Health, health

VERSION = "1.0.0"
ROOT = "/api/v1"
MOST = 100
PROBLEM = "application/problem+json"
HEADERS = {"API-Version": VERSION, "Cache-Control": "no-store"}
# Problem types are not pages of ours; the status says what kind it is (RFC 9457, 4.2.1).
TITLES = {
    401: "Niet ingelogd",
    404: "Bestaat niet",
    405: "Deze methode kan hier niet",
    422: "Een parameter klopt niet",
    429: "Te veel verzoeken",
    500: "Er ging iets mis",
    503: "Even niet beschikbaar",
}


class PageQuery(ListQuery):
    """The filter of the page Regelingen, with how many to a page."""

    at_least: Decimal | None = None  # a program writes a point
    limit: Annotated[int, Field(ge=1, le=MOST, description="hoeveel regelingen per bladzijde")] = 30


class NoQuery(BaseModel):
    """No parameters at all."""


def problem(status: int, errors: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None) -> Response:
    """A refusal as RFC 9457 says it, with each wrong parameter by name."""
    said: dict[str, Any] = {"status": status, "title": TITLES.get(status, "Dit verzoek klopt niet")}
    if errors:
        said["errors"] = [{"in": "query", "name": name, "detail": text} for name, text in errors.items()]
    return JSONResponse(said, status, headers={**HEADERS, **(headers or {})}, media_type=PROBLEM)


def calls(request: RequestContext) -> Response:
    """The calls of a filter, a page at a time."""
    query, errors = forms.asked_for(PageQuery, request.query)
    if query is None:
        return problem(422, errors)
    found = find(
        request.session, query.wanted(), request.viewer, request.now.instant, query.order, query.page, query.limit
    )
    return _answer(
        {
            "total": found.total,
            "page": query.page,
            "pages": max(1, -(-found.total // query.limit)),
            "items": list(records(request.session, found.calls, request.now.instant)),
        }
    )


def call(request: RequestContext) -> Response:
    """One call; one that was joined into another answers as that other."""
    found = live_call(request.session, request.params["call_id"])
    if found is None:
        raise NotThere
    return _plain(request, lambda: next(iter(records(request.session, [found], request.now.instant))))


def challenges(request: RequestContext) -> Response:
    """The opgaven of every agenda."""
    rows = request.session.exec(select(Challenge).order_by(col(Challenge.agenda_id), col(Challenge.position)))
    return _plain(request, lambda: {"items": [challenge_record(row) for row in rows]})


def challenge(request: RequestContext) -> Response:
    """One opgave."""
    row = request.session.get(Challenge, request.params["challenge_id"])
    if row is None:
        raise NotThere
    return _plain(request, lambda: challenge_record(row))


def challenge_record(row: Challenge) -> dict[str, Any]:
    """An opgave with its words; a name that nobody knows yet is null."""
    return {
        "id": row.id,
        "agenda": row.agenda_id,
        "parent": row.parent_id,
        "number": row.number,
        "name": row.name,
        "goal": row.goal,
        "status": row.status,
        "words_nl": row.words_nl,
        "words_en": row.words_en,
        "words_not": row.words_not,
    }


def agendas(request: RequestContext) -> Response:
    """The editions of the agenda."""
    rows = request.session.exec(select(Agenda).order_by(col(Agenda.valid_from))).all()
    listed = [{"id": a.id, "name": a.name, "valid_from": a.valid_from.isoformat()} for a in rows]
    return _plain(request, lambda: {"items": listed})


def sources(request: RequestContext) -> Response:
    """How fresh each source is."""
    return _plain(
        request, lambda: {"items": [source_record(one) for one in health(request.session, request.now.instant)]}
    )


def source_record(one: Health) -> dict[str, Any]:
    """A source: moments in UTC, and what is wrong in words or an empty text."""
    whole = one.complete.finished_at.isoformat(timespec="seconds") if one.complete else None
    return {"source": one.name, "last_complete": whole, "calls": one.calls, "trouble": one.trouble}


def _plain(request: RequestContext, make: Callable[[], Any]) -> Response:
    """For an address that takes no parameters: one that was given is refused, so that nobody thinks it works."""
    _, errors = forms.asked_for(NoQuery, request.query)
    return problem(422, errors) if errors else _answer(make())


def _answer(body: Any) -> Response:
    return JSONResponse(body, headers=HEADERS)
