"""What can be asked of a list: how many, from where, what changed since; and the filter of the page Regelingen."""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, HTTPException, Path, Request
from pydantic import AwareDatetime, BaseModel, Field
from starlette.datastructures import ImmutableMultiDict

from tracker.web.api.caller import AnyCaller, Caller
from tracker.web.calls.filter_form import Filter
from tracker.web.frame import forms

MOST = 100
RowNumber = Annotated[int, Path(ge=0, le=999_999_999)]
Query = TypeVar("Query", bound=BaseModel)
Item = TypeVar("Item")


class NoQuery(BaseModel):
    """No parameters at all."""


class ListQuestion(BaseModel):
    """What every list takes."""

    limit: Annotated[int, Field(ge=1, le=MOST, description="hoeveel per antwoord")] = 30
    cursor: Annotated[
        str, Field(max_length=200, description="waar het vorige antwoord ophield: de waarde van next")
    ] = ""
    changed_since: Annotated[
        AwareDatetime | None, Field(description="alleen wat sinds dit moment is gewijzigd of weg is")
    ] = None

    @property
    def after(self) -> str:
        """The key of the last row that was given; an empty text at the start."""
        return opened(self.cursor)


class CallQuestion(ListQuestion, Filter):
    """The filter of the page Regelingen, read through by number."""

    at_least: Decimal | None = None  # a program writes a point


@dataclass(frozen=True)
class Slice(Generic[Item]):
    """A part of a list, and the key to go on from; none where it ends."""

    rows: list[Item]
    next: str | None


def sliced(rows: list[Item], limit: int, key: Callable[[Item], object]) -> Slice[Item]:
    """The first ``limit`` of rows, of which one more was asked for than that."""
    given = rows[:limit]
    return Slice(given, closed(str(key(given[-1]))) if len(rows) > limit else None)


def closed(key: str) -> str:
    """A key as programs hold it: nothing to read or to make up."""
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def opened(cursor: str) -> str:
    """The key in a cursor of ours; a 400 for any other text."""
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise HTTPException(400, {"cursor": "Neem de waarde van next uit het vorige antwoord."}) from error


def number_in(cursor: str) -> int:
    """The number to go on behind, of a list whose rows have numbers; 0 at the start."""
    key = opened(cursor)
    if not re.fullmatch(r"[0-9]{0,9}", key):
        raise HTTPException(400, {"cursor": "Neem de waarde van next uit het vorige antwoord."})
    return int(key or 0)


def checked(model: type[Query]) -> Callable[[Request, Caller], Query]:
    """The parameters as this model; one that it does not know is refused, so that nobody thinks it works."""

    def check(request: Request, _caller: AnyCaller) -> Query:
        pairs = ((_field(name), value) for name, value in request.query_params.multi_items())
        query, errors = forms.asked_for(model, ImmutableMultiDict(list(pairs)))
        if query is None:
            raise HTTPException(400, {_parameter(name): text for name, text in errors.items()})
        return query

    return check


def _field(name: str) -> str:
    """closesAfter -> closes_after; one with a line in it, or what only our pages read, is none of ours."""
    if "_" in name or name == "gedaan":
        return f" {name}"
    return re.sub(r"[A-Z]", lambda capital: f"_{capital[0].lower()}", name)


def _parameter(name: str) -> str:
    return name[1:] if name.startswith(" ") else re.sub(r"_([a-z])", lambda letter: letter[1].upper(), name)


def parameters(model: type[BaseModel]) -> dict[str, Any]:
    """The parameters in the description, from the model that checks them; a list is one given more than once."""
    schema = model.model_json_schema()
    optional = {"in": "query", "required": False, "explode": True}
    fields = {name: _inlined(field, schema.get("$defs", {})) for name, field in schema["properties"].items()}
    return {"parameters": [{"name": _parameter(n), **optional, **_told(field)} for n, field in fields.items()]}


def _told(field: dict[str, Any]) -> dict[str, Any]:
    said = field.pop("description", None)
    return {"schema": field, **({"description": said} if said else {})}


def _inlined(schema: Any, named: dict[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_inlined(part, named) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {k: v for k, v in named[schema["$ref"].rsplit("/", 1)[1]].items() if k in ("type", "enum")}
    return {key: _inlined(value, named) for key, value in schema.items() if key not in ("title", "default")}


PlainQuery = Annotated[NoQuery, Depends(checked(NoQuery))]
AList = Annotated[ListQuestion, Depends(checked(ListQuestion))]
