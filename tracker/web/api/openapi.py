"""The document that describes the API, from its filter's model and these shapes; a test holds it to the routes."""

from typing import Any

from starlette.responses import JSONResponse, Response

from db.vocabulary import Status
from tracker.web.api import v1
from tracker.web.frame.context import RequestContext

TEXT, NUMBER, YES_OR_NO = {"type": "string"}, {"type": "number"}, {"type": "boolean"}
WHOLE = {"type": "integer"}
MOMENT = {"type": "string", "format": "date-time"}
DAY = {"type": "string", "format": "date"}


def _list(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


def _maybe(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "type": [one["type"], "null"]}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties, "additionalProperties": False}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _page_of(name: str) -> dict[str, Any]:
    return _object(items=_list(_ref(name)))


SCHEMAS: dict[str, Any] = {
    "Regeling": _object(
        id=WHOLE, source=TEXT, external_id=TEXT, sources=_list(TEXT), url=TEXT, title=TEXT, language=TEXT,
        status={"type": "string", "enum": [status.value for status in Status]}, instrument=TEXT,
        deadlines=_list(_ref("Termijn")), amounts=_ref("Bedragen"), applicants=_list(TEXT),
        opgaven=_list(_ref("Match")), first_seen=MOMENT, last_seen=MOMENT, nature=TEXT, publisher=_maybe(TEXT),
        programme=_list(TEXT), eligible=TEXT, summary=TEXT, held=YES_OR_NO, sightings=_list(_ref("Vermelding")),
        status_remark=TEXT, gate=_maybe(MOMENT), sentences=_list(_ref("Zin")), asked=_list(_ref("Vraag")),
    ),
    "Termijn": _object(
        kind=TEXT, at=_maybe(MOMENT), date=_maybe(DAY), assumed=YES_OR_NO, text=TEXT, sentence=TEXT, certainty=NUMBER
    ),
    "Zin": _object(field=TEXT, sentence=TEXT, certainty=NUMBER),
    "Vraag": _object(field=TEXT, readings=_list(TEXT), sentence=TEXT, why=TEXT, doubted=YES_OR_NO),
    "Bedragen": _object(
        budget=_maybe(NUMBER), min=_maybe(NUMBER), max=_maybe(NUMBER), rate=_maybe(NUMBER), text=_maybe(TEXT)
    ),
    "Match": _object(id=TEXT, score=NUMBER, reasons=_list({"type": "object"})),
    "Vermelding": _object(source=TEXT, external_id=TEXT, url=_maybe(TEXT)),
    "Regelingen": _object(total=WHOLE, page=WHOLE, pages=WHOLE, items=_list(_ref("Regeling"))),
    "Opgave": _object(
        id=TEXT, agenda=TEXT, parent=_maybe(TEXT), number=_maybe(TEXT), name=_maybe(TEXT), goal=TEXT, status=TEXT,
        words_nl=_list(TEXT), words_en=_list(TEXT), words_not=_list(TEXT),
    ),
    "Opgaven": _page_of("Opgave"),
    "Agenda": _object(id=TEXT, name=TEXT, valid_from=DAY),
    "Agendas": _page_of("Agenda"),
    "Bron": _object(source=TEXT, last_complete=_maybe(MOMENT), calls=WHOLE, trouble=TEXT),
    "Bronnen": _page_of("Bron"),
    "Probleem": {
        "type": "object",
        "required": ["status", "title"],
        "properties": {
            "status": WHOLE,
            "title": TEXT,
            "errors": _list(_object(**{"in": TEXT, "name": TEXT, "detail": TEXT})),
        },
        "additionalProperties": False,
    },
}  # fmt: skip

IN_PATH = {"call_id": {"type": "integer", "minimum": 0, "maximum": 999_999_999}, "challenge_id": TEXT}
# path under the root -> the shape of its answer, what it is, and whether it takes the filter of Regelingen
PATHS: dict[str, tuple[str, str, bool]] = {
    "/regelingen": ("Regelingen", "Regelingen bij een filter, per bladzijde", True),
    "/regelingen/{call_id}": ("Regeling", "Eén regeling", False),
    "/agendas": ("Agendas", "De edities van de MRA Agenda", False),
    "/opgaven": ("Opgaven", "De opgaven van alle edities", False),
    "/opgaven/{challenge_id}": ("Opgave", "Eén opgave", False),
    "/bronnen": ("Bronnen", "Hoe actueel elke bron is", False),
}


def show(request: RequestContext) -> Response:
    """The document, for everybody; other programs may read it from a page of theirs."""
    settings = request.site.settings
    found = document(settings.base_url.rstrip("/"), settings.mail_from)
    return JSONResponse(found, headers={**v1.HEADERS, "Access-Control-Allow-Origin": "*"})


def document(base: str, mail: str) -> dict[str, Any]:
    """OpenAPI 3.1. The session's cookie is what lets somebody in, as on the pages."""
    secure = base.startswith("https://")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Kansenradar",
            "version": v1.VERSION,
            "description": "Regelingen, opgaven en bronnen van Kansenradar, om te lezen.",
            "contact": {"name": "Beheer van Kansenradar", "email": mail, "url": f"{base}/toegankelijkheid"},
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "servers": [{"url": f"{base}{v1.ROOT}"}],
        "tags": [{"name": "Lezen", "description": "Alles is alleen te lezen."}],
        "security": [{"sessie": []}],
        "paths": {path: {"get": _operation(path, *told)} for path, told in PATHS.items()},
        "components": {
            "schemas": SCHEMAS,
            "headers": {"API-Version": {"description": "Versie van de API", "schema": TEXT}},
            "securitySchemes": {
                "sessie": {"type": "apiKey", "in": "cookie", "name": f"{'__Host-' if secure else ''}kansenradar"}
            },
        },
    }


def _operation(path: str, answer: str, summary: str, filtered: bool) -> dict[str, Any]:
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": kind}
        for name, kind in IN_PATH.items()
        if f"{{{name}}}" in path
    ]
    refused = [401, 422, 429, *([404] if in_path else [])]
    return {
        "operationId": answer[0].lower() + answer[1:],
        "summary": summary,
        "description": f"{summary}.",
        "tags": ["Lezen"],
        "parameters": in_path + (parameters() if filtered else []),
        "responses": {
            "200": _response("Gevonden", "application/json", answer),
            **{str(status): _response(v1.TITLES[status], v1.PROBLEM, "Probleem") for status in sorted(refused)},
        },
    }


def _response(description: str, kind: str, shape: str) -> dict[str, Any]:
    return {
        "description": description,
        "headers": {"API-Version": {"$ref": "#/components/headers/API-Version"}},
        "content": {kind: {"schema": _ref(shape)}},
    }


def parameters() -> list[dict[str, Any]]:
    """The parameters of the list, from the model that checks them; a list is a parameter given more than once."""
    schema = v1.PageQuery.model_json_schema()
    return [
        {"name": name, "in": "query", "required": False, "explode": True, "schema": _inlined(field, schema["$defs"])}
        for name, field in schema["properties"].items()
    ]


def _inlined(found: Any, named: dict[str, Any]) -> Any:
    if isinstance(found, list):
        return [_inlined(one, named) for one in found]
    if not isinstance(found, dict):
        return found
    if "$ref" in found:
        return {k: v for k, v in named[found["$ref"].rsplit("/", 1)[1]].items() if k in ("type", "enum")}
    return {key: _inlined(value, named) for key, value in found.items() if key not in ("title", "default")}
