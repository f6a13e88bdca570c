"""import: calls, people and contacts from a file, all rows or none."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from db.session import writing
from tracker.calendar.decision_clock import replan_moved
from tracker.commands.context import CommandContext, answer, context_of
from tracker.commands.match import match_waiting
from tracker.errors import FAILED, WRONG_USAGE, CommandFailed, NotPossible
from tracker.exchange.import_calls import NotImported, import_calls, import_people
from tracker.exchange.import_contacts import import_contacts
from tracker.exchange.rows import MOST_BYTES, NotReadable, rows_of
from tracker.people.subscriptions import find_user

app = typer.Typer()

KINDS = ("calls", "people", "contacts")
FORMATS = ("jsonl", "csv", "xlsx")


@app.command("import")
def import_rows(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="What: calls or contacts, as export writes them, or people.")],
    file: Annotated[Path, typer.Argument(help="The file; - for standard input.")],
    as_format: Annotated[str | None, typer.Option("--format", help="jsonl, csv or xlsx; else by its name.")] = None,
    user: Annotated[
        str | None, typer.Option("--user", help="Address of who does this; contacts become theirs.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Take in calls, contacts, or people with their subscriptions; the same file twice brings nothing new.

    Calls: title and url, and what else 'export calls' gives. People: email, name, role, participant, opgaven, every.
    Contacts: day, organisation and message, and what else 'export contacts' gives; never the name of a person.
    """
    form = as_format or file.suffix.lstrip(".").lower() or "jsonl"
    if kind == "contacts" and not user:
        raise CommandFailed("contacts are somebody's: name who logs them with --user EMAIL", WRONG_USAGE)
    if kind not in KINDS or form not in FORMATS:
        there = f"there are {', '.join(KINDS)}; from {', '.join(FORMATS)}"
        raise CommandFailed(f"cannot import {kind} from {form!r}; {there}", WRONG_USAGE)
    try:
        done = _store(context_of(context), kind, _content(file), form, user)
    except NotImported as error:
        typer.echo(str(error), err=True)
        raise CommandFailed(f"nothing imported from {file}: correct the rows above") from error
    except (NotReadable, NotPossible) as error:
        raise CommandFailed(f"nothing imported from {file}: {error}", FAILED) from error
    if kind == "calls":
        match_waiting(context_of(context))
    said = {"rows": done.rows, "new": done.new, "changed": done.changed, "known": done.known}
    answer(said, as_json, [f"{done.rows} rows: {done.new} new, {done.changed} changed, {done.known} known already"])


def _content(file: Path) -> bytes:
    try:
        if str(file) == "-":
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise CommandFailed(f"cannot read {file}: {error.strerror}") from error


def _store(command: CommandContext, kind: str, content: bytes, form: str, email: str | None) -> Any:
    rows = rows_of(content, form)
    with writing(command.engine) as session:
        who = find_user(session, email) if email else None
        if kind == "contacts" and who is not None:
            return import_contacts(session, rows, who, command.now.instant)
        if kind == "people":
            return import_people(session, rows, command.now.instant)
        imported = import_calls(session, rows, who, command.now.instant)
        replan_moved(session, command.now.instant)
        return imported
