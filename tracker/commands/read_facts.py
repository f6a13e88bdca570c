"""read-facts: read dates and amounts from given texts, by the very functions of a crawl."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from pydantic import BaseModel, ConfigDict, ValidationError

from tracker.commands.context import answer, context_of
from tracker.errors import INCOMPLETE, CommandFailed

if TYPE_CHECKING:  # the weights and word lists are read only where texts are
    from scrapers.facts.facts import Asked, Facts, Shown, Value

KEYS = {
    "opens": "opens",
    "closes": "closes",
    "budget": "budget_eur",
    "max_amount": "max_per_project_eur",
    "rate": "funding_rate_pct",
}


app = typer.Typer()


class Given(BaseModel):
    """One line of the file."""

    model_config = ConfigDict(strict=True)

    id: str
    text: str
    language: Literal["nl", "en"] | None = None
    read_on: str | None = None


@app.command()
def read_facts(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Texts, JSON lines: id, text, language, read_on.")],
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Read dates and amounts from texts: what would be shown as a fact, and what a person would be asked."""
    today = context_of(context).now.today
    try:
        lines = file.read_bytes().split(b"\n")
    except OSError as error:
        raise CommandFailed(f"cannot read {file}: {error.strerror}") from error
    read, unread = [], 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            read.append(read_line(line, today))
        except (ValueError, ValidationError) as error:
            unread += 1
            typer.echo(f"line {number} cannot be read: {reason(error)}", err=True)
    answer(read, as_json, [line for facts in read for line in lines_of(facts)])
    if unread:
        raise typer.Exit(INCOMPLETE)


def read_line(line: bytes, today: date) -> dict[str, Any]:
    """What one line of the file says; ValueError where it is not as it should be."""
    from scrapers.facts.language import language_of
    from scrapers.facts.read import read_facts as read_text

    given = Given.model_validate(json.loads(line.decode("utf-8-sig")))
    _storable(given)
    read_on = _day(given.read_on) if given.read_on else today
    facts = read_text(given.text, given.language or language_of(given.text), read_on)
    return {"id": given.id, **as_json_object(facts)}


def _storable(given: Given) -> None:
    """Half a letter (a lone surrogate) can be neither printed nor stored. Raises ValueError."""
    for name, value in (("id", given.id), ("text", given.text)):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError as error:
            raise ValueError(f"{name}: half a letter at place {error.start}") from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"read_on: {text!r} is no day such as 2026-05-29") from error


def as_json_object(facts: "Facts") -> dict[str, Any]:
    """The form that design and documentation promise."""
    answers: dict[str, Shown | Asked] = {**facts.shown, **facts.asked}
    return {
        "shown": {key: number(facts.shown[name].value) if name in facts.shown else None for name, key in KEYS.items()},
        "asked": {KEYS[name]: [number(value) for value in answer.values] for name, answer in facts.asked.items()},
        "sentences": {key: answers[name].sentence for name, key in KEYS.items() if name in answers},
    }


def number(value: "Value") -> str | int | float:
    """A day as text, an amount or a percentage as a number of JSON."""
    if not isinstance(value, Decimal):
        return value.isoformat()
    return int(value) if value == int(value) else float(value)


def reason(error: Exception) -> str:
    """Why a line cannot be read, in one line."""
    if isinstance(error, ValidationError):
        if any(not wrong["loc"] for wrong in error.errors()):
            return "no JSON object"
        return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())[:200]
    return str(error).splitlines()[0][:200]


def lines_of(facts: dict[str, Any]) -> list[str]:
    """For people: the id, what is shown, what is asked, each with its sentence."""
    lines = [facts["id"]]
    for key, value in facts["shown"].items():
        if value is not None:
            lines.append(f"  {key}: {value}  [{facts['sentences'][key]}]")
    for key, values in facts["asked"].items():
        lines.append(f"  {key}? {' or '.join(map(str, values))}  [{facts['sentences'][key]}]")
    return lines
