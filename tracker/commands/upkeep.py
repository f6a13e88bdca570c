"""backup, restore, check, prune: keep what there is, and see that it is whole."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from tracker.commands.context import Door, answer, door
from tracker.errors import FAILED, CommandFailed

Json = Annotated[bool, typer.Option("--json", help="For machines.")]
File = Annotated[Path, typer.Argument(help="The file, such as kansenradar-2026-05-29.zip.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (backup, restore, check, prune):
        app.command()(command)


def backup(context: typer.Context, file: File) -> None:
    """Write the whole database to one file, while others go on working."""
    from tracker.operations.backup import write_backup
    from tracker.operations.progress import progress

    here = door(context)
    try:
        with progress("backing up") as show:
            counts = write_backup(here.engine, file, here.clock.now().instant, show)
        _mark(here).write_text(here.clock.now().instant.isoformat(), "utf-8")
    except OSError as error:
        raise CommandFailed(f"cannot write the backup: {error}") from error
    typer.echo(f"{file}: {sum(counts.values())} rows of {len(counts)} tables")


def _mark(here: Door) -> Path:
    """When the last backup was made, beside the database."""
    here.settings.data_dir.mkdir(parents=True, exist_ok=True)
    return here.settings.data_dir / "last-backup"


def restore(context: typer.Context, file: File) -> None:
    """Fill a new database from a backup, of either kind of database; sending starts paused."""
    from db.session import writing
    from tracker.database import migrate_database
    from tracker.mailing.copy_guard import check_not_a_copy
    from tracker.operations.backup import NotRestorable, restore_backup
    from tracker.operations.progress import progress

    here = door(context)
    engine = migrate_database(here.settings)
    try:
        with progress("restoring") as show:
            said = restore_backup(engine, file, here.clock.now().instant, show)
        with writing(engine) as session:  # so that one 'resume' is enough
            check_not_a_copy(session, here.settings.data_dir, here.clock.now().instant)
    except NotRestorable as error:
        raise CommandFailed(str(error)) from error
    typer.echo(f"{sum(said['rows'].values())} rows restored, as of {said['made_at']}; sending is paused")


def check(context: typer.Context, as_json: Json = False) -> None:
    """See whether database, sources, clock and backup are in order; exit code 1 when something is broken."""
    from tracker.operations.upkeep import findings

    here = door(context)
    found = findings(here.engine, here.clock.now().instant, _last_backup(here), compare_clocks=not here.clock.is_set)
    lines = [f"{'BROKEN' if f.broken else 'ok':<7} {f.what}: {f.said}" for f in found]
    answer([vars(f) for f in found], as_json, lines)
    if any(f.broken for f in found):
        raise typer.Exit(FAILED)


def _last_backup(here: Door) -> datetime | None:
    try:
        return datetime.fromisoformat(_mark(here).read_text("utf-8").strip()).astimezone(UTC)
    except (OSError, ValueError):
        return None


def prune(context: typer.Context) -> None:
    """Delete old pages, empty old mails, erase persons past their last day; the clock does it once a day."""
    from db.session import writing
    from tracker.operations.upkeep import tidy

    here = door(context)
    pages, mails = timedelta(days=here.settings.snapshot_days), timedelta(days=here.settings.mail_days)
    with writing(here.engine) as session:
        said = tidy(session, pages, mails, here.clock.now().instant)
    typer.echo(said)
