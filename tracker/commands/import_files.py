"""import: calls, people and contacts from a file, all rows or none; and who won before, from CORDIS's files."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine

from db.session import reading, writing
from tracker.calendar.decision_clock import replan_moved
from tracker.commands.context import AsJson, CommandContext, answer, context_of
from tracker.commands.match import match_waiting
from tracker.errors import FAILED, WRONG_USAGE, CommandFailed, NotPossible
from tracker.exchange import import_contacts, import_cordis, import_people
from tracker.exchange.cordis_files import WrongFile, read_cordis
from tracker.exchange.import_calls import CALL_COLUMNS, import_calls
from tracker.exchange.rows import MOST_BYTES, READERS, Imported, NotImported, Row, rows_of
from tracker.people.subscriptions import find_user

app = typer.Typer()

COLUMNS = {"calls": CALL_COLUMNS, "people": import_people.COLUMNS, "contacts": import_contacts.HEADS}
KINDS = (*COLUMNS, "cordis")


@app.command("import")
def import_rows(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="What: calls or contacts, as export writes them; people; cordis.")],
    file: Annotated[Path, typer.Argument(help="The file; - for standard input; for cordis an archive or folder.")],
    as_format: Annotated[str | None, typer.Option("--format", help="jsonl, csv or xlsx; else by its name.")] = None,
    user: Annotated[
        str | None, typer.Option("--user", help="Address of who does this; contacts become theirs.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take in calls, contacts, or people with their subscriptions; the same file twice brings nothing new.

    Calls: title and url, and what else 'export calls' gives. People: email, name, role, participant, opgaven, every.
    Contacts: day, organisation and message, and what else 'export contacts' gives; never the name of a person.
    Cordis: the published archive of HORIZON's or H2020's projects, or its folder; replaces what was read of it before.
    """
    if kind == "cordis":
        _replace_past_winners(context_of(context), file, as_json)
        return
    form = as_format or file.suffix.lstrip(".").lower() or "jsonl"
    if kind == "contacts" and not user:
        raise CommandFailed("contacts are somebody's: name who logs them with --user EMAIL", WRONG_USAGE)
    if kind not in KINDS or form not in READERS:
        there = f"there are {', '.join(KINDS)}; from {', '.join(READERS)}"
        raise CommandFailed(f"cannot import {kind} from {form!r}; {there}", WRONG_USAGE)
    command, content = context_of(context), _content(file)
    engine, now = command.engine, command.now.instant
    try:
        done = _store(engine, kind, rows_of(content, form, COLUMNS[kind]), user, now)
    except NotImported as error:
        typer.echo(str(error), err=True)
        raise CommandFailed(f"nothing imported from {file}: correct the rows above") from error
    except NotPossible as error:
        raise CommandFailed(f"nothing imported from {file}: {error}", FAILED) from error
    if kind == "calls":
        match_waiting(command)
    counts = {"rows": done.rows, "new": done.new, "changed": done.changed, "known": done.known}
    answer(counts, as_json, [f"{done.rows} rows: {done.new} new, {done.changed} changed, {done.known} known already"])


def _replace_past_winners(command: CommandContext, file: Path, as_json: bool) -> None:
    engine, now = command.engine, command.now.instant
    with reading(engine) as session:
        region = import_cordis.region_of(session)
    try:
        read = read_cordis(file, region)
    except WrongFile as error:
        raise CommandFailed(f"nothing imported from {file}: {error}", FAILED) from error
    with writing(engine) as session:
        import_cordis.replace_programme(session, read, file.resolve().name, now)
    counts = {
        "programme": read.code, "day": read.content_day, "projects": len(read.projects), "partners": read.partners,
        "persons": read.persons, "without_project": read.without_project,
    }  # fmt: skip
    lines = [
        f"{read.code} as of {read.content_day}: {len(read.projects)} projects, {read.partners} partners in the region",
        f"left out: {read.persons} natural persons, {read.without_project} projects of which the file tells nothing",
    ]
    answer(counts, as_json, lines)


def _content(file: Path) -> bytes:
    try:
        if str(file) == "-":
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise CommandFailed(f"cannot read {file}: {error.strerror}") from error


def _store(engine: Engine, kind: str, rows: list[Row], email: str | None, now: datetime) -> Imported:
    with writing(engine) as session:
        user = find_user(session, email) if email else None
        if kind == "contacts" and user is not None:
            return import_contacts.import_contacts(session, rows, user, now)
        if kind == "people":
            return import_people.import_people(session, rows, now)
        imported = import_calls(session, rows, user, now)
        replan_moved(session, now)
        return imported
