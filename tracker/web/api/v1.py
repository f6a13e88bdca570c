"""The API for other programs, read only, by the NLGov REST API Design Rules: calls, opgaven and sources as JSON."""

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, HTTPException, Path, Request
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from sqlmodel import Session, col, select
from starlette.responses import JSONResponse, Response

from db.models import Agenda, Call, Challenge
from db.queries import Viewer, live_call
from db.rights import has_role
from db.session import reading
from db.vocabulary import Role
from tracker.calls.records import records
from tracker.clock import Now
from tracker.matching.search import find
from tracker.settings import Settings
from tracker.web.api import answers
from tracker.web.calls.filter_form import ListQuery
from tracker.web.frame import forms
from tracker.web.frame.sessions import cookie_name, find_signed, viewer_of
from tracker.web.frame.site import Site
from tracker.web.sources.sources import SourceRow, source_rows

VERSION = "1.0.0"
ROOT = "/api/v1"
MOST = 100
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
Query = TypeVar("Query", bound=BaseModel)
PROBLEM = "application/problem+json"
HEADERS = {"API-Version": VERSION, "Cache-Control": "no-store"}
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


@dataclass(frozen=True)
class Reader:
    """Who reads, when, the transaction to read in, and the settings that say which sources are on."""

    session: Session
    viewer: Viewer
    now: Now
    settings: Settings


def _counted(request: Request, response: Response) -> None:
    """One more request from there; an answer of ours says its version."""
    origin = request.client.host if request.client else "unknown"
    cookie = request.cookies.get(cookie_name(request.app.state.site.secure), "")
    if not request.app.state.limits.allows("read", origin, cookie):
        raise HTTPException(429, headers={"Retry-After": "60"})
    response.headers.update(HEADERS)


def _reader(request: Request) -> Iterator[Reader]:
    """Somebody who is signed in, as on the pages; the transaction ends before the answer leaves."""
    site: Site = request.app.state.site
    now = site.clock.now()
    with reading(site.engine) as session:
        viewer = viewer_of(find_signed(session, request.cookies.get(cookie_name(site.secure)), now.instant))
        if not has_role(viewer, Role.READER):
            raise HTTPException(401, headers={"WWW-Authenticate": "Cookie"})
        yield Reader(session, viewer, now, site.settings)


AReader = Annotated[Reader, Depends(_reader, scope="function")]


def _checked(model: type[Query]) -> Callable[[Request, Reader], Query]:
    """The parameters as this model; one that it does not know is refused, so that nobody thinks it works."""

    def check(request: Request, _reader: AReader) -> Query:
        query, errors = forms.asked_for(model, request.query_params)
        if query is None:
            raise HTTPException(422, errors)
        return query

    return check


PlainQuery = Annotated[NoQuery, Depends(_checked(NoQuery))]


def _known_call(call_id: Annotated[int, Path(ge=0, le=999_999_999)], reader: AReader) -> Call:
    """The call of an id, or the one it was joined into."""
    call = live_call(reader.session, call_id)
    if call is None:
        raise HTTPException(404)
    return call


def _known_challenge(challenge_id: str, reader: AReader) -> Challenge:
    challenge = reader.session.get(Challenge, challenge_id)
    if challenge is None:
        raise HTTPException(404)
    return challenge


def problem(status: int, headers: Mapping[str, str], errors: object = None) -> Response:
    """A refusal as RFC 9457 says it, with each wrong parameter by name."""
    content: dict[str, Any] = {"status": status, "title": TITLES.get(status, "Dit verzoek klopt niet")}
    if isinstance(errors, dict):
        content["errors"] = [{"in": "query", "name": name, "detail": text} for name, text in errors.items()]
    return JSONResponse(content, status, headers={**HEADERS, **headers}, media_type=PROBLEM)


def _parameters() -> dict[str, Any]:
    """The parameters of the list, from the model that checks them; a list is a parameter given more than once."""
    schema = PageQuery.model_json_schema()
    optional = {"in": "query", "required": False, "explode": True}
    fields = {name: _inlined(field, schema["$defs"]) for name, field in schema["properties"].items()}
    return {"parameters": [{"name": name, **optional, "schema": field} for name, field in fields.items()]}


def _inlined(schema: Any, named: dict[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_inlined(part, named) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {k: v for k, v in named[schema["$ref"].rsplit("/", 1)[1]].items() if k in ("type", "enum")}
    return {key: _inlined(value, named) for key, value in schema.items() if key not in ("title", "default")}


class ReadRoute(APIRoute):
    """A GET that also answers HEAD, as our pages do."""

    def __init__(self, path: str, endpoint: Any, **more: Any) -> None:
        super().__init__(path, endpoint, **more)
        self.methods = {"GET", "HEAD"}


REFUSED: dict[int | str, dict[str, Any]] = {
    status: {"model": answers.Problem, "description": TITLES[status]} for status in (401, 404, 422, 429)
}
router = APIRouter(
    route_class=ReadRoute,
    default_response_class=JSONResponse,
    dependencies=[Depends(_counted)],
    generate_unique_id_function=lambda route: route.name,
)


def _get(path: str, name: str, summary: str, can_miss: bool = False, **more: Any) -> Callable[[Endpoint], Endpoint]:
    """An address that is read, with what the description says of it."""
    refused = {status: refusal for status, refusal in REFUSED.items() if can_miss or status != 404}
    more |= {"description": f"{summary}.", "response_description": "Gevonden", "tags": ["Lezen"]}
    return router.get(path, name=name, summary=summary, responses=refused, **more)


@router.get("/openapi.json", include_in_schema=False)
def show(request: Request, response: Response) -> dict[str, Any]:
    """The description, for everybody; other programs may read it from a page of theirs."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    settings = request.app.state.site.settings
    return document(settings.base_url.rstrip("/"), settings.mail_from)


@_get("/regelingen", "regelingen", "Regelingen bij een filter, per bladzijde", openapi_extra=_parameters())
def calls(reader: AReader, query: Annotated[PageQuery, Depends(_checked(PageQuery))]) -> answers.CallPage:
    """The calls of a filter, a page at a time."""
    now = reader.now.instant
    hits = find(reader.session, query.wanted(), now, query.order or "", query.page, query.limit)
    pages = max(1, -(-hits.total // query.limit))
    items = list(records(reader.session, hits.calls, now))
    return answers.CallPage(total=hits.total, page=query.page, pages=pages, items=items)


@_get("/regelingen/{call_id:id}", "regeling", "Eén regeling", can_miss=True)
def call(reader: AReader, known: Annotated[Call, Depends(_known_call)], _: PlainQuery) -> answers.CallAnswer:
    """One call; one that was joined into another answers as that other."""
    return answers.CallAnswer(**next(iter(records(reader.session, [known], reader.now.instant))))


@_get("/agendas", "agendas", "De edities van de MRA Agenda")
def agendas(reader: AReader, _: PlainQuery) -> answers.AgendaList:
    """The editions of the agenda."""
    rows = reader.session.exec(select(Agenda).order_by(col(Agenda.valid_from)))
    return answers.AgendaList(
        items=[answers.AgendaAnswer(id=row.id, name=row.name, valid_from=row.valid_from.isoformat()) for row in rows]
    )


@_get("/opgaven", "opgaven", "De opgaven van alle edities")
def challenges(reader: AReader, _: PlainQuery) -> answers.ChallengeList:
    """The opgaven of every agenda."""
    rows = reader.session.exec(select(Challenge).order_by(col(Challenge.agenda_id), col(Challenge.position)))
    return answers.ChallengeList(items=[challenge_answer(row) for row in rows])


@_get("/opgaven/{challenge_id}", "opgave", "Eén opgave", can_miss=True)
def challenge(known: Annotated[Challenge, Depends(_known_challenge)], _: PlainQuery) -> answers.ChallengeAnswer:
    """One opgave."""
    return challenge_answer(known)


def challenge_answer(row: Challenge) -> answers.ChallengeAnswer:
    """An opgave with its words."""
    kept = row.model_dump(include=set(answers.ChallengeAnswer.model_fields))
    return answers.ChallengeAnswer(agenda=row.agenda_id, parent=row.parent_id, **kept)


@_get("/bronnen", "bronnen", "Hoe actueel elke bron is")
def sources(reader: AReader, _: PlainQuery) -> answers.SourceList:
    """How fresh each source is that was ever asked, what it promises and what it cannot see."""
    rows = source_rows(reader.session, reader.settings, reader.now.instant)
    return answers.SourceList(items=[source_answer(row) for row in rows if row.last])


def source_answer(row: SourceRow) -> answers.SourceAnswer:
    """A source; moments in UTC."""
    covered, whole = row.covered, row.covered.health.last_complete
    return answers.SourceAnswer(
        source=row.name,
        form=covered.form.value,
        state=covered.state.value,
        last_complete=whole.isoformat(timespec="seconds") if whole else None,
        calls=row.calls,
        trouble=row.trouble,
        promises=covered.promises,
        unseen=covered.unseen,
    )


def document(base: str, mail: str) -> dict[str, Any]:
    """OpenAPI 3.1, from the routes and their answers. The session's cookie lets somebody in, as on the pages."""
    described = [copy(route) for route in router.routes if isinstance(route, APIRoute)]
    for route in described:
        route.methods = {"GET"}  # HEAD goes without saying
    api = get_openapi(
        title="Kansenradar",
        version=VERSION,
        description="Regelingen, opgaven en bronnen van Kansenradar, om te lezen.",
        routes=described,
        tags=[{"name": "Lezen", "description": "Alles is alleen te lezen."}],
        servers=[{"url": f"{base}{ROOT}"}],
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
    )
    for responses in (path["get"]["responses"] for path in api["paths"].values()):
        for status, response in responses.items():
            response["headers"] = {"API-Version": {"$ref": "#/components/headers/API-Version"}}
            if status != "200":
                response["content"] = {PROBLEM: response["content"].pop("application/json")}
    # not handed in above: FastAPI refuses an address such as kansenradar@localhost, our default
    api["info"]["contact"] = {"name": "Beheer van Kansenradar", "email": mail, "url": f"{base}/toegankelijkheid"}
    cookie = {"type": "apiKey", "in": "cookie", "name": cookie_name(base.startswith("https://"))}
    api["components"]["headers"] = {"API-Version": {"description": "Versie van de API", "schema": {"type": "string"}}}
    api["components"]["securitySchemes"] = {"sessie": cookie}
    return {**api, "security": [{"sessie": []}]}
