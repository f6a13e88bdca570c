"""ical: the deadlines as a calendar file."""

from pathlib import Path
from typing import Annotated

import typer

from db.session import reading
from tracker.calendar.events import all_deadlines
from tracker.commands.context import context_of
from tracker.errors import CommandFailed

app = typer.Typer()


@app.command()
def ical(
    context: typer.Context,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write to this file instead of the screen.")
    ] = None,
) -> None:
    """Write the deadlines of all calls as an iCalendar file, one event each."""
    command = context_of(context)
    with reading(command.engine) as session:
        content, events = all_deadlines(session, command.now.instant, command.settings.base_url)
    if out is None:
        typer.echo(content, nl=False)
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        raise CommandFailed(f"cannot write {out}: {error.strerror}") from error
    typer.echo(f"{events} deadlines written to {out}")
