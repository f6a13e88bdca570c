"""The description of the API: OpenAPI 3.1, made from the routes and their answers."""

from copy import copy
from typing import Any

from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from db.vocabulary import ApiScope
from tracker.web.api.routing import OWN, PROBLEM, PUBLIC, ROOT, VERSION

TAGS = [
    {"name": PUBLIC, "description": "Voor iedereen, zonder sleutel: regelingen, opgaven, agenda's en bronnen."},
    {"name": OWN, "description": "Met een sleutel: wat de eigenaar daarvan zelf mag zien en doen."},
]
RATE = {
    "RateLimit-Limit": "Hoeveel verzoeken er mogen binnen het venster",
    "RateLimit-Remaining": "Hoeveel er daarvan over zijn",
    "RateLimit-Reset": "Over hoeveel seconden er weer een bij komt",
}
KEY = "sleutel"


def document(router: APIRouter, base: str, mail: str) -> dict[str, Any]:
    """What the API offers, at this base address; who has questions writes to ``mail``."""
    described = [copy(route) for route in router.routes if isinstance(route, APIRoute)]
    for route in described:
        route.methods = (route.methods or set()) - {"HEAD"}  # that goes without saying
    api = get_openapi(
        title="Kansenradar",
        version=VERSION,
        description="Regelingen, opgaven en bronnen van Kansenradar, en met een sleutel het eigen werk.",
        routes=described,
        tags=TAGS,
        servers=[{"url": f"{base}{ROOT}"}],
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
    )
    _tell_of_headers(api)
    # not handed in above: FastAPI refuses an address such as kansenradar@localhost, our default
    api["info"]["contact"] = {"name": "Beheer van Kansenradar", "email": mail, "url": f"{base}/toegankelijkheid"}
    scopes = ", ".join(f"{scope.value} ({scope.label})" for scope in ApiScope)
    api["components"]["securitySchemes"] = {
        KEY: {
            "type": "http",
            "scheme": "bearer",
            "description": f"Een sleutel van /account/sleutels. Kan gelden voor: {scopes}.",
        }
    }
    return {**api, "security": [{}, {KEY: []}]}


def _tell_of_headers(api: dict[str, Any]) -> None:
    texts = {"API-Version": "Versie van de API", **RATE}
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in texts}
    for method, operation in (pair for path in api["paths"].values() for pair in path.items()):
        if method == "get":
            operation["responses"].pop("422", None)  # FastAPI's own; what is asked wrongly is a 400 here
        for status, response in operation["responses"].items():
            response["headers"] = dict(headers)
            if int(status) >= 400:
                response["content"] = {PROBLEM: response["content"].pop("application/json")}
    api["components"]["headers"] = {n: {"description": text, "schema": {"type": "string"}} for n, text in texts.items()}
    for unused in ("HTTPValidationError", "ValidationError"):
        api["components"]["schemas"].pop(unused, None)
