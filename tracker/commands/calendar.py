"""ical: the deadlines as a calendar file."""

from pathlib import Path
from typing import Annotated

import typer

from tracker.commands.context import door
from tracker.errors import CommandFailed


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(ical)


def ical(
    context: typer.Context,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write to this file instead of the screen.")
    ] = None,
) -> None:
    """Write the deadlines of all calls as an iCalendar file, one event each."""
    from db.session import reading
    from tracker.calendar.events import all_deadlines

    opened = door(context)
    with reading(opened.engine) as session:
        content, events = all_deadlines(session, opened.clock.now().instant, opened.settings.base_url)
    if out is None:
        typer.echo(content, nl=False)
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        raise CommandFailed(f"cannot write {out}: {error.strerror}") from error
    typer.echo(f"{events} deadlines written to {out}")
