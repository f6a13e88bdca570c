"""How the API answers: in one form, with an ETag, its version, and what is left of the allowance."""

import hashlib
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tracker.web.frame import forms

VERSION = "1.0.0"
ROOT = "/api/v1"
PROBLEM = "application/problem+json"
HEADERS = {"API-Version": VERSION, "Cache-Control": "no-store"}
PUBLIC, OWN = "Openbaar", "Eigen"  # what an address is for: everybody, or whoever has a key
ALLOWANCE = "allowance"  # in the scope of a request: what stands in its answer of how much may still be asked
TITLES = {
    400: "Een parameter of veld klopt niet",
    401: "Geen geldige sleutel",
    403: "Deze sleutel mag dit niet",
    404: "Bestaat niet",
    405: "Deze methode kan hier niet",
    409: "Intussen gewijzigd",
    413: "Dit is te groot",
    422: "Dit kan zo niet",
    429: "Te veel verzoeken",
    500: "Er ging iets mis",
    503: "Even niet beschikbaar",
}


class TaggedRoute(APIRoute):
    """A route whose answers say their version and ETag; who has one already gets a 304. GET answers HEAD too."""

    def __init__(self, path: str, endpoint: Any, **more: Any) -> None:
        super().__init__(path, endpoint, **more)
        if "GET" in (self.methods or ()):
            self.methods = {"GET", "HEAD"}

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own, and the tag behind it."""
        answer = super().get_route_handler()

        async def tagged(request: Request) -> Response:
            response = await answer(request)
            response.headers.update({**HEADERS, **request.scope.get(ALLOWANCE, {})})
            readable = request.method in ("GET", "HEAD") and response.status_code == 200
            return _with_tag(request, response) if readable else response

        return tagged


def _with_tag(request: Request, response: Response) -> Response:
    tag = f'"{hashlib.sha256(response.body).hexdigest()[:32]}"'
    response.headers["ETag"] = tag
    known = {part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")}
    if not known & {tag, "*"}:
        return response
    kept = {name: value for name, value in response.headers.items() if not name.startswith("content-")}
    return Response(status_code=304, headers=kept)


def problem(status: int, headers: Mapping[str, str], said: object = None) -> Response:
    """A refusal as RFC 9457 says it: a sentence, or each wrong parameter or field by its name."""
    title = TITLES.get(status, "Dit verzoek klopt niet")
    content: dict[str, Any] = {"status": status, "title": title, "detail": title}
    if isinstance(said, dict):
        content |= {"detail": " ".join(said.values()), "errors": [_wrong("query", n, t) for n, t in said.items()]}
    elif isinstance(said, list):
        content |= {"detail": " ".join(error["detail"] for error in said), "errors": said}
    elif isinstance(said, str) and status in (403, 409, 422):
        content["detail"] = said
    return JSONResponse(content, status, headers={**HEADERS, **headers}, media_type=PROBLEM)


async def invalid(request: Request, error: Exception) -> Response:
    """A body that is no JSON, or not as described: 400, with every field that is wrong; a 401 where no key is shown."""
    assert isinstance(error, RequestValidationError)
    if OWN in getattr(request.scope.get("route"), "tags", ()) and not request.headers.get("authorization"):
        return problem(401, {"WWW-Authenticate": "Bearer", **request.scope.get(ALLOWANCE, {})})
    wrong = [_wrong("body", ".".join(map(str, e["loc"][1:])), forms.message(e)) for e in error.errors()]
    return problem(400, request.scope.get(ALLOWANCE, {}), wrong)


def _wrong(where: str, name: str, detail: str) -> dict[str, str]:
    return {"in": where, "name": name, "detail": detail}
