"""Settings, database and clock in, ASGI application out."""

import asyncio
import importlib
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, quote

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from db.rights import has_role
from db.session import one_at_a_time, reading, tried_again, writing
from db.vocabulary import Role
from tracker.clock import Clock, Now
from tracker.errors import NotFound, NotPossible
from tracker.mailing.keys import signing_keys
from tracker.matching.preview_words import PreviewScorer
from tracker.people.provider_fetch import Fetch, guarded_fetch
from tracker.people.provider_talk import ProviderTalk
from tracker.people.providers import read_providers
from tracker.settings import Settings
from tracker.watch.note import standing
from tracker.watch.schema import SchemaWatch
from tracker.web.api import common_grants, v1
from tracker.web.api.addresses import refused
from tracker.web.api.routing import ROOT, invalid, problem
from tracker.web.frame.context import Handler, RequestContext, Signed
from tracker.web.frame.deeds import Stored, put_on_record
from tracker.web.frame.forms import InvalidForm
from tracker.web.frame.lanes import in_lane
from tracker.web.frame.metrics import Metrics
from tracker.web.frame.presses import NOBODY, Mark, keep, key_of, new_mark, once, page_behind, read_mark, token_of
from tracker.web.frame.readiness import Banner, banners, heartbeat
from tracker.web.frame.request_log import NOTES, OnlyKnownSchema, RequestLog
from tracker.web.frame.route import Guard, Route
from tracker.web.frame.safety import MOST_BYTES, SAFE_METHODS, Limits, PlainCharacters, SafeAnswers, is_ours, plain
from tracker.web.frame.sessions import cookie_name, find_signed, viewer_of
from tracker.web.frame.site import STATIC, Site, StaticFiles
from tracker.web.menu import menu_for
from tracker.web.people.demo import DEMO_ROUTES, DemoDesk
from tracker.web.people.provider_login import Providers
from tracker.web.routes import ROUTES

PATIENCE_SECONDS = 20  # for a body that dribbles in
FILES_AT = "/documenten", "/kennishuis/nieuw", "/bijwerken"
PATIENCE_WITH_FILE = 120  # where a file may come, over a slow line
MOST_FIELDS = 2000
BAD = 400  # from this status on nothing was done
TITLES = {
    400: "Dit verzoek klopt niet",
    403: "Dit verzoek kwam niet van onze pagina",
    404: "Deze pagina is er niet",
    405: "Dat kan hier niet",
    408: "Dit duurde te lang",
    413: "Dit is te groot",
    422: "Dit verzoek klopt niet",
    429: "Even wachten",
    500: "Er ging iets mis",
    503: "Even niet beschikbaar",
}


UNTRUSTED = (
    "X-Forwarded-For arrives from {0}, which KANSENRADAR_TRUSTED_PROXIES does not name: all who come through it are "
    "counted, and logged, as one address"
)


@dataclass
class ToldOnce:
    """What was said on the error output and need not be said again, for as long as the pages run."""

    untrusted_proxy: bool = False


def build(
    settings: Settings,
    engine: Engine,
    clock: Clock,
    limits: Limits | None = None,
    scorer: PreviewScorer | None = None,
    fetch: Fetch | None = None,
    desk: DemoDesk | None = None,
) -> ASGIApp:
    """The application; CommandFailed where a provider's settings are wrong.

    FastAPI's own pages stay off: the API describes itself at its own address.
    """
    providers = Providers(read_providers(settings), ProviderTalk(fetch or guarded_fetch(settings.outgoing)))
    schema, metrics = SchemaWatch(engine), Metrics()
    parts: dict[type[Any], Any] = {PreviewScorer: scorer or PreviewScorer(), Providers: providers, Metrics: metrics}
    site = Site(settings, engine, clock, parts, desk is not None)
    site.templates.globals["menu_for"] = menu_for
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    counted = limits or Limits()
    app.state.site, app.state.limits = site, counted
    if desk is not None:
        site.parts[DemoDesk] = desk
    for route in [*ROUTES, *(DEMO_ROUTES if desk else [])]:
        if not isinstance(route.handler, APIRouter):
            app.add_route(route.path, _endpoint(site, route, counted), methods=[route.method])
    app.include_router(v1.router, prefix=ROOT)
    app.include_router(common_grants.router)
    app.mount("/static", StaticFiles(directory=STATIC))
    for kind in (HTTPException, NotFound, Exception):
        app.add_exception_handler(kind, _refusal(site))
    app.add_exception_handler(RequestValidationError, invalid)
    limited = PlainCharacters(_limited(app, settings.document_megabytes * 2**20, error_page(site, 413, {})))
    whole = SafeAnswers(OnlyKnownSchema(limited, schema.trouble))
    return RequestLog(_wrapped(whole, settings.asgi_wrap), metrics)


def _wrapped(app: ASGIApp, by: str) -> ASGIApp:
    """The application inside something that an administrator chose, such as what makes traces of it."""
    if not by:
        return app
    module, _, name = by.partition(":")
    try:
        wrapped: ASGIApp = getattr(importlib.import_module(module), name)(app)
    except (ImportError, AttributeError, TypeError) as error:
        raise NotPossible(f"setting ASGI_WRAP: {by!r} cannot wrap the pages: {error}") from error
    return wrapped


def _limited(app: ASGIApp, of_file: int, too_large: Response) -> ASGIApp:
    """Bodies are small, but for the few forms that take a file."""
    usual, large = (RequestBodyLimitMiddleware(app, most) for most in (MOST_BYTES, of_file + MOST_BYTES))

    async def limited(scope: Scope, receive: Receive, send: Send) -> None:
        takes_file = scope["type"] == "http" and scope["path"].endswith(FILES_AT)
        refused = False

        async def told(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and message["status"] == too_large.status_code:
                refused = True
                told_so = problem(413, {}) if scope["path"].startswith(ROOT) else too_large
                await told_so(scope, receive, send)
            elif not refused:
                await send(message)

        await (large if takes_file else usual)(scope, receive, told)

    return limited


def _endpoint(site: Site, route: Route, limits: Limits) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        origin = request.client.host if request.client else "unknown"
        _tell_of_untrusted_proxy(site, request, origin)
        request.scope.setdefault(NOTES, {})["route"] = route.path
        if not limits.allows(route.limit, origin, request.cookies.get(cookie_name(site.secure), "")):
            raise HTTPException(429, headers={"Retry-After": "60"})
        if route.method not in SAFE_METHODS and route.guard is not Guard.NONE:
            _refuse_foreign(request, site)
        form = FormData() if route.method in SAFE_METHODS else await _read_form(request)
        if route.bare:
            return _bare(site, route, request, form, origin)
        try:
            return await in_lane(route.method, route.path, lambda: _answer(site, route, request, form, origin))
        finally:
            await form.close()  # the files in it

    return endpoint


def _tell_of_untrusted_proxy(site: Site, request: Request, origin: str) -> None:
    """Once: behind a proxy that is not trusted all people share one address, and so one allowance."""
    named = request.headers.get("x-forwarded-for")
    told = site.part(ToldOnce)
    if named and origin not in {part.strip() for part in named.split(",")} and not told.untrusted_proxy:
        told.untrusted_proxy = True
        print(UNTRUSTED.format(origin), file=sys.stderr, flush=True)


def _bare(site: Site, route: Route, request: Request, form: FormData, origin: str) -> Response:
    """An answer without the database, which may be away: its handler's session is bound to none."""
    assert not isinstance(route.handler, APIRouter)
    return route.handler(_context(site, request, form, origin, Session(), site.clock.now(), None))


def _refuse_foreign(request: Request, site: Site) -> None:
    if not is_ours(request.headers, site.settings.base_url):
        raise HTTPException(403)


async def _read_form(request: Request) -> FormData:
    """The fields of a form; a file only where the form is multipart."""
    try:
        patience = PATIENCE_WITH_FILE if request.url.path.endswith(FILES_AT) else PATIENCE_SECONDS
        async with asyncio.timeout(patience):
            if request.headers.get("content-type", "").startswith("multipart/form-data"):
                return _plain(await request.form(max_files=1, max_fields=MOST_FIELDS))
            body = await request.body()
    except TimeoutError as error:
        raise HTTPException(408) from error
    except ClientDisconnect as error:
        raise HTTPException(400) from error
    return _urlencoded(body) if _is_form(request) else FormData()


def _is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")


def _urlencoded(body: bytes) -> FormData:
    try:
        return _plain(FormData([*parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)]))
    except ValueError as error:
        raise HTTPException(422) from error


def _plain(form: FormData) -> FormData:
    return FormData([(plain(name), plain(v) if isinstance(v, str) else v) for name, v in form.multi_items()])


def _answer(site: Site, route: Route, request: Request, form: FormData, origin: str) -> Response:
    """Again where somebody else stored the same meanwhile: nothing was kept, and now the handler sees it."""
    return tried_again(lambda: _attempt(site, route, request, form, origin), route.writes)


def _attempt(site: Site, route: Route, request: Request, form: FormData, origin: str) -> Response:
    """Let the handler answer within one transaction; an invalid form leaves nothing of it, and has a page."""
    now = site.clock.now()
    opened = writing if route.writes else reading
    try:
        with opened(site.engine) as session:
            return _within(site, route, request, form, origin, session, now)
    except InvalidForm as error:
        with reading(site.engine) as session:
            signed = find_signed(session, request.cookies.get(cookie_name(site.secure)), now.instant)
            context = _context(site, request, form, origin, session, now, signed)
            return context.page("frame/refused.html", 422, errors=error.errors)


def _within(
    site: Site, route: Route, request: Request, form: FormData, origin: str, session: Session, now: Now
) -> Response:
    """Find out who asks, hold it against the route, and let the handler answer."""
    signed = find_signed(session, request.cookies.get(cookie_name(site.secure)), now.instant)
    if signed is not None:
        request.scope[NOTES]["actor"] = signed.user.id
    mark = None if route.method in SAFE_METHODS else read_mark(form.get("csrf"), signing_keys(site.settings))
    kept = _kept_for_later(route, request, form, session, now, signed, mark)
    turned_away = kept or _turned_away(route, request, signed, form)
    if turned_away is not None:
        return turned_away
    handler, context = route.handler, _context(site, request, form, origin, session, now, signed)
    assert not isinstance(handler, APIRouter)  # that answers by itself
    act = partial(_on_record, route, context, handler)
    if not route.writes or route.method in SAFE_METHODS:
        return act()
    one_at_a_time(session, request.url.path)
    if mark is None or mark.user_id != (context.viewer.user_id or NOBODY):
        return act()
    key = key_of(mark, request.url.path, form)
    return once(session, key, now.instant, page_behind(request.headers), act)


def _on_record(route: Route, context: RequestContext, handler: Handler) -> Response:
    """Let the handler answer, and leave a line in the audit log of what it stored."""
    stored = Stored(context.session)
    answer = handler(context)
    if route.writes and answer.status_code < BAD:
        put_on_record(context, route.path, stored)
    return answer


def _kept_for_later(
    route: Route, request: Request, form: FormData, session: Session, now: Now, signed: Signed | None, mark: Mark | None
) -> Response | None:
    """Where a form comes from a page of an earlier sign-in: keep what was typed, and say where it is."""
    if mark is None or route.role is None or not route.writes or mark.user_id == NOBODY:
        return None
    if signed is not None and (signed.user.id != mark.user_id or mark.token == signed.csrf):
        return None
    kept = keep(session, mark, request.url.path, form, now.instant)
    if signed is None:
        return RedirectResponse("/inloggen?next=/getypt" if kept else "/inloggen", 303)
    return RedirectResponse("/getypt", 303) if kept else None


def _turned_away(route: Route, request: Request, signed: Signed | None, form: FormData) -> Response | None:
    viewer = viewer_of(signed)
    if not has_role(viewer, route.role):
        if signed is not None:
            raise HTTPException(404)
        if _is_api(request):
            raise HTTPException(401, headers={"WWW-Authenticate": "Cookie"})
        return _to_sign_in(request)
    guarded = route.guard is Guard.TOKEN and signed is not None and route.method not in SAFE_METHODS
    token = token_of(form.get("csrf") or request.headers.get("x-csrf-token"))
    if guarded and signed is not None and token != signed.csrf:
        raise HTTPException(403)
    return None


def _to_sign_in(request: Request) -> Response:
    where = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    back = quote(where) if request.method in SAFE_METHODS else "/"
    return RedirectResponse(f"/inloggen?next={back}", 303)


def _silent_since(session: Session, signed: Signed | None) -> datetime | None:
    """For the banner of everybody who is signed in: since when nothing is gathered and mailed."""
    beat = heartbeat(session) if signed is not None else None
    return beat.last if beat is not None and beat.stale else None


def _broken(session: Session, signed: Signed | None) -> list[Banner]:
    """For the banner of coordinators and administrators: what is broken, as noted by the clock."""
    looks_after = signed is not None and has_role(viewer_of(signed), Role.COORDINATOR)
    return banners(standing(session)) if looks_after else []


def _context(
    site: Site, request: Request, form: FormData, origin: str, session: Session, now: Now, signed: Signed | None
) -> RequestContext:
    return RequestContext(
        site=site,
        method=request.method,
        path=request.url.path,
        params=dict(request.path_params),
        query=request.query_params,
        form=form,
        headers=request.headers,
        origin=origin,
        session=session,
        now=now,
        viewer=viewer_of(signed),
        signed=signed,
        cookies=request.cookies,
        around=partial(_around, site, session, signed),
    )


def _around(site: Site, session: Session, signed: Signed | None) -> dict[str, Any]:
    """What stands around every page; only asked for one, since an answer without a page needs neither key nor query."""
    mark = new_mark(signed.csrf if signed else "", viewer_of(signed).user_id)
    return {
        "csrf": mark.sealed(signing_keys(site.settings)),
        "clock_since": _silent_since(session, signed),
        "broken": _broken(session, signed),
    }


def _refusal(site: Site) -> Callable[[Request, Exception], Awaitable[Response]]:
    """One page for every refusal; it knows nothing of the request, so that two of the same kind are equal."""

    async def refusal(request: Request, error: Exception) -> Response:
        status, headers = _status_of(error)
        if _is_api(request):
            return refused(request, status, headers, getattr(error, "detail", None))
        return error_page(site, status, headers)

    return refusal


def _status_of(error: Exception) -> tuple[int, dict[str, str]]:
    if isinstance(error, HTTPException):
        return error.status_code, dict(error.headers or {})
    if isinstance(error, NotFound):
        return 404, {}
    return 503 if isinstance(error, OperationalError) else 500, {"Retry-After": "30"}


def _is_api(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def error_page(site: Site, status: int, headers: dict[str, str]) -> Response:
    """The page of a refusal or failure."""
    title = TITLES.get(status, TITLES[400])
    nobody: dict[str, Any] = {"me": None, "path": "", "csrf": "", "done": "", "clock_since": None, "broken": []}
    nobody |= {"demo": site.demo, "today": None}
    page = site.render("frame/error.html", {"status": status, "title": title, **nobody})
    return HTMLResponse(page, status, headers=headers)
