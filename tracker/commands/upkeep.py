"""backup, restore, check, prune: keep what there is, and see that it is whole."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from db.session import writing
from tracker.commands.context import AsJson, CommandContext, answer, context_of
from tracker.database import migrate_database
from tracker.errors import FAILED, CommandFailed
from tracker.mailing.copy_guard import check_not_a_copy
from tracker.operations.backup import restore_backup, write_backup
from tracker.operations.progress import progress
from tracker.operations.upkeep import findings, tidy
from tracker.sources.crawl import crawlable

app = typer.Typer()

File = Annotated[Path, typer.Argument(help="The file, such as kansenradar-2026-05-29.zip.")]


@app.command()
def backup(context: typer.Context, file: File) -> None:
    """Write the whole database to one file, while others go on working."""
    command = context_of(context)
    try:
        with progress("backing up") as show:
            counts = write_backup(command.engine, file, command.now.instant, show)
        _mark(command).write_text(command.now.instant.isoformat(), "utf-8")
    except OSError as error:
        raise CommandFailed(f"cannot write the backup: {error}") from error
    typer.echo(f"{file}: {sum(counts.values())} rows of {len(counts)} tables")


def _mark(command: CommandContext) -> Path:
    """When the last backup was made, beside the database."""
    command.settings.data_dir.mkdir(parents=True, exist_ok=True)
    return command.settings.data_dir / "last-backup"


@app.command()
def restore(context: typer.Context, file: File) -> None:
    """Fill a new database from a backup, of either kind of database; sending starts paused."""
    command = context_of(context)
    engine = migrate_database(command.settings, typer.echo)
    with progress("restoring") as show:
        restored = restore_backup(engine, file, command.now.instant, show)
    with writing(engine) as session:  # so that one 'resume' is enough
        check_not_a_copy(session, command.settings.data_dir, command.now.instant)
    typer.echo(f"{sum(restored['rows'].values())} rows restored, as of {restored['made_at']}; sending is paused")


@app.command()
def check(context: typer.Context, as_json: AsJson = False) -> None:
    """See whether database, sources, clock and backup are in order; exit code 1 when something is broken."""
    command = context_of(context)
    on, compare = crawlable(command.settings), not command.clock.is_set
    results = findings(command.engine, command.now.instant, _last_backup(command), compare_clocks=compare, on=on)
    lines = [f"{'BROKEN' if f.broken else 'ok':<7} {f.what}: {f.said}" for f in results]
    answer([vars(f) for f in results], as_json, lines)
    if any(f.broken for f in results):
        raise typer.Exit(FAILED)


def _last_backup(command: CommandContext) -> datetime | None:
    try:
        return datetime.fromisoformat(_mark(command).read_text("utf-8").strip()).astimezone(UTC)
    except (OSError, ValueError):
        return None


@app.command()
def prune(context: typer.Context) -> None:
    """Delete old pages, empty old mails, erase persons past their last day; the clock does it once a day."""
    command = context_of(context)
    pages, mails = timedelta(days=command.settings.snapshot_days), timedelta(days=command.settings.mail_days)
    with writing(command.engine) as session:
        tidied = tidy(session, pages, mails, command.now)
    typer.echo(tidied)
