"""The command line: the door where the environment and the clock are read."""

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlalchemy.exc import OperationalError

from tracker.clock import Clock
from tracker.commands import administration, calendar
from tracker.commands.door import FAILED, WRONG_USAGE, CommandFailed, Door
from tracker.settings import PREFIX, Settings, ValidationError

app = typer.Typer(
    name="kansenradar",
    help="Subsidiekansen en lobby van de Metropoolregio Amsterdam: ophalen, matchen, mailen, plannen.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for subject in (administration, calendar):
    subject.register(app)


def moment(text: str) -> datetime:
    """An ISO moment; without an offset it is Amsterdam wall time."""
    from zoneinfo import ZoneInfo

    try:
        parsed = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no ISO moment, such as 2026-05-29T07:30") from error
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=ZoneInfo("Europe/Amsterdam"))).astimezone(UTC)


@app.callback()
def root(
    context: typer.Context,
    now: Annotated[
        str | None, typer.Option("--now", metavar="ISO", help="Set the clock of this command, for trials and repairs.")
    ] = None,
) -> None:
    """Read the settings and the clock, once."""
    fixed = moment(now) if now else None
    if fixed:
        typer.echo(f"clock set to {fixed.isoformat()}; it is not compared with the sources' clocks", err=True)
    context.obj = Door(Settings(), Clock(fixed))


def main() -> None:
    """Run a command; whatever goes wrong ends in one clear line and an exit code."""
    try:
        app()
    except CommandFailed as error:
        stop(str(error), error.code)
    except ValidationError as error:
        stop("; ".join(f"setting {PREFIX}{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()), WRONG_USAGE)
    except OperationalError as error:
        stop(f"database: {str(error.orig).splitlines()[0]}", FAILED)


def stop(line: str, code: int) -> None:
    """Say what went wrong in one line on standard error, and end."""
    typer.echo(f"kansenradar: {line}", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
