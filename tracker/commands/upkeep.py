"""backup, restore, check, prune: keep what there is, and see that it is whole."""

from pathlib import Path
from typing import Annotated

import typer

from db.models import Run
from db.session import writing
from tracker.care.retention import dry_run
from tracker.commands.context import AsJson, CommandContext, answer, context_of
from tracker.database import engine_of, place_of
from tracker.errors import FAILED, CommandFailed
from tracker.mailing.copy_guard import check_not_a_copy
from tracker.operations.backup import write_backup
from tracker.operations.installation import belongings_of, opens, take_belongings
from tracker.operations.progress import progress
from tracker.operations.restore import restore_backup
from tracker.operations.upkeep import Finding, findings, old_letters, tidy
from tracker.operations.wrong_settings import wrong_settings
from tracker.people.data_register import days_set
from tracker.watch.look import BACKUP
from tracker.watch.note import watched_of

app = typer.Typer()

File = Annotated[Path, typer.Argument(help="The file, such as kansenradar-2026-05-29.zip.")]


@app.command()
def backup(context: typer.Context, file: File) -> None:
    """Write the whole installation to one file, while others go on working."""
    command = context_of(context)
    try:
        with progress("backing up") as show:
            belongings = belongings_of(command.settings)
            counts = write_backup(command.engine, file, command.now.instant, show, belongings)
        with writing(command.engine) as session:
            session.add(Run.done(BACKUP, command.now.instant.isoformat(), command.now.instant, outcome=str(file)))
    except OSError as error:
        raise CommandFailed(f"cannot write the backup: {error}") from error
    typer.echo(f"{file}: {sum(counts.values())} rows of {len(counts)} tables, {len(belongings.watched)} watched pages")
    if not belongings.passphrase:
        typer.echo("keys and settings are left out: set BACKUP_PASSPHRASE, or keep them apart", err=True)


@app.command()
def restore(context: typer.Context, file: File) -> None:
    """Fill a new database from a backup, of either kind of database; sending starts paused."""
    command = context_of(context)
    opens(file, command.settings)
    engine = engine_of(command.settings)
    typer.echo(f"restoring into {place_of(engine)}")
    with progress("restoring") as show:
        restored = restore_backup(engine, file, command.now.instant, show)
    with writing(engine) as session:  # so that one 'resume' is enough
        check_not_a_copy(session, command.settings.data_dir, command.now.instant)
    for line in take_belongings(file, command.settings):
        typer.echo(line)
    typer.echo(f"{sum(restored['rows'].values())} rows restored, as of {restored['made_at']}; sending is paused")


@app.command()
def check(context: typer.Context, as_json: AsJson = False) -> None:
    """See whether database, sources, clock and backup are in order; exit code 1 when something is broken."""
    command = context_of(context)
    watched = watched_of(command.settings, certificate=True)
    results = findings(command.engine, command.now.instant, watched, compare_clocks=not command.clock.is_set)
    results = _settings(command) + results
    lines = [f"{'BROKEN' if f.broken else 'ok':<7} {f.what}: {f.said}" for f in results]
    answer([vars(f) for f in results], as_json, lines)
    if any(f.broken for f in results):
        raise typer.Exit(FAILED)


def _settings(command: CommandContext) -> list[Finding]:
    """What `run` would refuse to start with, first; one line where there is nothing."""
    wrong = [Finding("settings", str(refusal), True) for refusal in wrong_settings(command.settings, command.engine)]
    return wrong or [Finding("settings", "ok")]


@app.command()
def prune(
    context: typer.Context,
    dry: Annotated[bool, typer.Option("--dry-run", help="Tell what would go, and keep it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let go of all data past its term, a line for each kind; the clock does it once a day. A hold stops it."""
    command = context_of(context)
    days, letters = days_set(command.settings), old_letters(command.settings.mail, remove=not dry)
    with writing(command.engine) as session:
        swept = (dry_run if dry else tidy)(session, days, command.now, letters=letters)
    answer([vars(one) for one in swept], as_json, [one.line() for one in swept])
