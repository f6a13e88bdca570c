"""The command line: the door where the environment and the clock are read."""

import os
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer
from typer.exceptions import TyperException

from tracker import __version__
from tracker.clock import Clock
from tracker.commands.context import CommandContext
from tracker.commands.group import CommandGroup
from tracker.errors import FAILED, CommandFailed, NotPossible

ZONES = ("Europe/Amsterdam", "Europe/Brussels")
FOR_ALL = ("--now", "--config")
EARLIEST_YEAR, LATEST_YEAR = 1990, 2100  # where a set clock may stand: the years that dates of calls may have

app = typer.Typer(
    name="kansenradar",
    cls=CommandGroup,
    help="Subsidiekansen en lobby van een regio: ophalen, matchen, mailen, plannen.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,  # a box around an error breaks the one clear line over several
)


def moment(text: str) -> datetime:
    """An ISO moment; without an offset it is Amsterdam wall time."""
    from zoneinfo import ZoneInfo

    try:
        parsed = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no ISO moment, such as 2026-05-29T07:30") from error
    if not EARLIEST_YEAR <= parsed.year <= LATEST_YEAR:
        raise typer.BadParameter(f"{text!r} is not between {EARLIEST_YEAR} and {LATEST_YEAR}")
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=ZoneInfo("Europe/Amsterdam"))).astimezone(UTC)


def know_the_zones() -> None:
    """Fail at once where the zones our times are in are not on this machine: every hour would be a guess."""
    from zoneinfo import ZoneInfo

    for zone in ZONES:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError) as error:
            raise CommandFailed(f"no time zone {zone} on this machine: install the package tzdata") from error


def for_all_first(arguments: list[str]) -> list[str]:
    """``--now`` and ``--config`` belong to every command and may also stand behind one: bring them to the front."""
    first, rest, left = [], [], iter(arguments)
    for argument in left:
        if argument in FOR_ALL:
            first += [argument, *[value for value in [next(left, None)] if value is not None]]
        elif argument.startswith(tuple(f"{name}=" for name in FOR_ALL)):
            first.append(argument)
        else:
            rest.append(argument)
    return first + rest


def say_version(asked: bool) -> None:
    """The version, for who asks a question about it."""
    if asked:
        typer.echo(f"kansenradar {__version__}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    now: Annotated[
        str | None, typer.Option("--now", metavar="ISO", help="Set the clock of this command, for trials and repairs.")
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=say_version, help="Say which version this is, and end.")
    ] = False,
    config: Annotated[
        str | None, typer.Option("--config", metavar="FILE", help="The file of settings; .env without it.")
    ] = None,
) -> None:
    """Read the settings and the clock, once."""
    from tracker.settings import CONFIG, read_settings

    if config is not None:
        os.environ[CONFIG] = os.path.abspath(config)  # for the processes that we start, too

    fixed = moment(now) if now is not None else None
    if fixed:
        typer.echo(f"clock set to {fixed.isoformat()}; it is not compared with the sources' clocks", err=True)
    settings = read_settings()
    if settings.region:  # else the database knows, or nobody chose
        from db.region_served import serve
        from tracker.database import read_folder

        serve(read_folder(settings.region))
    context.obj = CommandContext(settings, Clock(fixed))
    context.call_on_close(context.obj.close)


def main() -> None:
    """Run a command; whatever goes wrong ends in one clear line and an exit code.

    Linear algebra gets one thread, before numpy loads: on a machine with other work the threads of small products wait
    for each other, and matching went at a sixth of its speed (14 against 85 calls a second, 2026-11-26).
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.umask(os.umask(0o077) | 0o077)  # what we write is for its owner
    try:
        know_the_zones()  # before the code of a command, whose imports need them
        sys.exit(app(for_all_first(sys.argv[1:]), standalone_mode=False))  # the code of a typer.Exit, else none
    except TyperException as error:
        typer.echo(wrong_usage(error), err=True)
        sys.exit(error.exit_code)
    except typer.Abort:
        stop("broken off", FAILED)
    except NotPossible as error:
        stop(str(error), error.code)
    except Exception as error:  # the one command that runs: SQLAlchemy is imported only where it was needed
        stop(database_trouble(error), FAILED)


def wrong_usage(error: TyperException) -> str:
    """What is wrong and where there is help, in one line; or the help itself, where nothing was asked."""
    context: typer.Context | None = getattr(error, "ctx", None)
    message = error.format_message()
    if context is not None and message == context.get_help():
        return message
    line = " ".join(message.split()).rstrip(".")
    return f"kansenradar: {line}; see '{context.command_path if context else 'kansenradar'} --help'"


def database_trouble(error: Exception) -> str:
    """A full disk, a lock or a lost server as one line; anything else is a fault of ours and keeps its traceback."""
    from sqlalchemy.exc import DBAPIError

    if not isinstance(error, DBAPIError):
        raise error
    return f"database: {str(error.orig).splitlines()[0]}"


def stop(line: str, code: int) -> None:
    """Say what went wrong in one line on standard error, and end."""
    typer.echo(f"kansenradar: {line}", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
