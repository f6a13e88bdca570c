"""export: what is in the database, for others to work with."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from tracker.commands.door import WRONG_USAGE, CommandFailed, door

KINDS = ("calls",)
FORMATS = ("jsonl", "csv", "xlsx")


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(export)


def export(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="What: calls.")],
    as_format: Annotated[str, typer.Option("--format", help="jsonl, csv or xlsx.")] = "jsonl",
    to: Annotated[Path | None, typer.Option("--to", help="A file; standard output if none.")] = None,
    open_only: Annotated[bool, typer.Option("--open", help="Only what can still be applied for.")] = False,
) -> None:
    """Export calls with deadlines, amounts, matches and sources."""
    if kind not in KINDS or as_format not in FORMATS:
        raise CommandFailed(f"cannot export {kind} as {as_format}: {KINDS} as {FORMATS}", WRONG_USAGE)
    from db.queries import OpportunityFilter, Viewer
    from db.session import reading
    from db.vocabulary import Status
    from tracker.export import FORMATS as WRITERS
    from tracker.export import calls

    here = door(context)
    running = (Status.EXPECTED, Status.ANNOUNCED, Status.OPEN)
    wanted = OpportunityFilter(status=running if open_only else ())
    with reading(here.engine) as session:
        written = WRITERS[as_format](calls(session, wanted, Viewer(), here.clock.now()))
    _write(written, to)


def _write(written: bytes, to: Path | None) -> None:
    if to is None:
        sys.stdout.buffer.write(written)
        sys.stdout.buffer.flush()
        return
    try:
        to.write_bytes(written)
    except OSError as error:
        raise CommandFailed(f"cannot write {to}: {error.strerror}") from error
