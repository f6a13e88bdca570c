"""export: what is in the database, for others to work with."""

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import Session

from db.queries import CallFilter, Viewer
from db.session import reading, writing
from db.vocabulary import Status
from db.vocabulary_audit import Action
from tracker.commands.context import CommandContext, context_of
from tracker.errors import WRONG_USAGE, CommandFailed
from tracker.exchange.dutch_heads import heads_of, in_dutch
from tracker.exchange.export_answers import answers
from tracker.exchange.export_lobby import KINDS as OF_LOBBY
from tracker.exchange.export_lobby import SHEETS
from tracker.exchange.tables import FORMATS, call_columns, calls
from tracker.people.on_record import put_on_record
from tracker.people.subscriptions import find_user
from tracker.rights import viewer_of

app = typer.Typer()


OF_PEOPLE = {**OF_LOBBY, "answers": answers}
KINDS = ("calls", *OF_PEOPLE)


@app.command()
def export(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help=f"What: {', '.join(KINDS)}.")],
    as_format: Annotated[str, typer.Option("--format", help="jsonl, csv or xlsx.")] = "jsonl",
    to: Annotated[Path | None, typer.Option("--to", help="A file; standard output if none.")] = None,
    open_only: Annotated[bool, typer.Option("--open", help="Calls: only what can still be applied for.")] = False,
    seen_by: Annotated[
        str, typer.Option("--as", metavar="EMAIL", help="What this person may see; without it, what is public.")
    ] = "",
) -> None:
    """Export calls, or what people keep; no internal wording, no person's name, and only what is public by default."""
    if kind not in KINDS or as_format not in FORMATS:
        there = f"there are {', '.join(KINDS)}; as {', '.join(FORMATS)}"
        raise CommandFailed(f"cannot export {kind} as {as_format}; {there}", WRONG_USAGE)
    if open_only and kind != "calls":
        raise CommandFailed(f"--open goes with calls, not with {kind}", WRONG_USAGE)
    command = context_of(context)
    with reading(command.engine) as session:
        viewer = _viewer(session, seen_by)
        rows = _rows(session, kind, viewer, command.now.instant, open_only)
        columns = call_columns(command.now.instant) if kind == "calls" else heads_of(kind)
        if as_format != "jsonl":
            rows = in_dutch(kind, rows)
        written = FORMATS[as_format](rows, SHEETS.get(kind, "regelingen"), columns)
    if kind != "calls":  # those are public as they are
        _put_on_record(command, kind, viewer)
    _write(written, to)


def _put_on_record(command: CommandContext, kind: str, viewer: Viewer) -> None:
    """What people keep leaves only with a line in the audit log."""
    seen_by = f"user {viewer.user_id}" if viewer.user_id else "everybody"
    with writing(command.engine) as session:
        put_on_record(session, command.now.instant, Action(f"export {kind}"), f"what {seen_by} may see")


def _viewer(session: Session, email: str) -> Viewer:
    """Nobody in particular, or the person who is named. Raises CommandFailed for one who is not there any more."""
    return viewer_of(find_user(session, email)) if email else Viewer()


def _rows(session: Session, kind: str, viewer: Viewer, now: datetime, open_only: bool) -> Iterator[dict[str, Any]]:
    if kind != "calls":
        return OF_PEOPLE[kind](session, viewer, now)
    running = (Status.EXPECTED, Status.ANNOUNCED, Status.OPEN)
    return calls(session, CallFilter(status=running if open_only else ()), now)


def _write(written: bytes, to: Path | None) -> None:
    if to is None:
        sys.stdout.buffer.write(written)
        sys.stdout.buffer.flush()
        return
    try:
        to.write_bytes(written)
    except OSError as error:
        raise CommandFailed(f"cannot write {to}: {error.strerror}") from error
