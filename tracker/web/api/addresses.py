"""The addresses of the API: its description, and the list of all, read from the router, which has each once."""

from collections.abc import Mapping
from functools import lru_cache
from http import HTTPStatus

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.routing import compile_path

from tracker.web.api import common_grants, deeds, own
from tracker.web.api.description import document
from tracker.web.api.routing import ALLOWANCE, OWN, ROOT, problem
from tracker.web.api.v1 import router
from tracker.web.frame.route import Guard, Route

WRITTEN_BY = (own, deeds)  # importing them puts their addresses on the router


@router.get("/openapi.json", include_in_schema=False)
def show(request: Request) -> Response:
    """The description, for everybody; other programs may read it from a page of theirs."""
    settings = request.app.state.site.settings
    written = _written(settings.base_url.rstrip("/"), settings.mail_from)
    return Response(written, media_type="application/json", headers={"Access-Control-Allow-Origin": "*"})


@lru_cache(4)
def _written(base: str, mail: str) -> bytes:
    """Written once: it takes half a second and 15 MiB."""
    return bytes(JSONResponse(document(router, base, mail)).body)


def _route(route: APIRoute) -> Route:
    [method] = (route.methods or set()) - {"HEAD"}
    return Route(method, f"{ROOT}{route.path}", router, None, Guard.KEY if OWN in route.tags else Guard.TOKEN)


ROUTES = [*common_grants.ROUTES, *(_route(route) for route in router.routes if isinstance(route, APIRoute))]


def refused(request: Request, status: int, headers: Mapping[str, str], said: object) -> Response:
    """A refusal, with what is left of the allowance, and every method of an address that several routes share."""
    told = {**request.scope.get(ALLOWANCE, {}), **headers}
    if status == HTTPStatus.METHOD_NOT_ALLOWED:  # Starlette names those of the first route alone
        there = {route.method for route in ROUTES if compile_path(route.path)[0].match(request.url.path)}
        told["Allow"] = ", ".join(sorted(there | ({"HEAD"} if "GET" in there else set())))
    return problem(status, told, said)
