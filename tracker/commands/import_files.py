"""import: calls, people and contacts from a file, all rows or none."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from tracker.commands.context import Door, answer, door
from tracker.commands.match import match_waiting
from tracker.errors import FAILED, WRONG_USAGE, CommandFailed

KINDS = ("calls", "people", "contacts")
FORMATS = ("jsonl", "csv", "xlsx")


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command("import")(import_rows)


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
    from tracker.exchange.import_calls import NotImported
    from tracker.exchange.rows import NotReadable
    from tracker.people.subscriptions import NotPossible

    try:
        done = _store(door(context), kind, _content(file), form, user)
    except NotImported as error:
        typer.echo(str(error), err=True)
        raise CommandFailed(f"nothing imported from {file}: correct the rows above") from error
    except (NotReadable, NotPossible) as error:
        raise CommandFailed(f"nothing imported from {file}: {error}", FAILED) from error
    if kind == "calls":
        match_waiting(door(context))
    said = {"rows": done.rows, "new": done.new, "changed": done.changed, "known": done.known}
    answer(said, as_json, [f"{done.rows} rows: {done.new} new, {done.changed} changed, {done.known} known already"])


def _content(file: Path) -> bytes:
    from tracker.exchange.rows import MOST_BYTES

    try:
        if str(file) == "-":
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise CommandFailed(f"cannot read {file}: {error.strerror}") from error


def _store(here: Door, kind: str, content: bytes, form: str, email: str | None) -> Any:
    from db.session import writing
    from tracker.calendar.decision_clock import replan_moved
    from tracker.exchange.import_calls import import_calls, import_people
    from tracker.exchange.import_contacts import import_contacts
    from tracker.exchange.rows import rows_of
    from tracker.people.subscriptions import find_user

    rows = rows_of(content, form)
    with writing(here.engine) as session:
        who = find_user(session, email) if email else None
        if kind == "contacts" and who is not None:
            return import_contacts(session, rows, who, here.clock.now())
        if kind == "people":
            return import_people(session, rows, here.clock.now())
        done = import_calls(session, rows, who, here.clock.now())
        replan_moved(session, here.clock.now())
        return done
