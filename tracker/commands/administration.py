"""init: migrate, after a backup, and load what ships with the program."""

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine

from db.region import USUAL
from db.region_folder import ORGANISATIONS, folder_of
from db.region_served import region as served
from db.region_served import serve
from db.schema import newest_schema
from db.session import writing
from tracker.calendar.decision_clock import replan_meetings
from tracker.calendar.load_bodies import load_bodies
from tracker.challenges.agenda import load_agendas
from tracker.commands.context import CommandContext, context_of
from tracker.database import (
    engine_of,
    keep_region,
    kept_region,
    migrate_database,
    must_be_of,
    must_be_ours,
    place_of,
    read_folder,
    schema_at,
)
from tracker.errors import CommandFailed
from tracker.operations.backup import write_backup
from tracker.operations.installation import belongings_of
from tracker.operations.progress import progress
from tracker.organisations.load import load_organisations
from tracker.people.participants import load_participants
from tracker.watch.machine import close_files, data_folders

app = typer.Typer()


@app.command()
def init(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    no_backup: Annotated[bool, typer.Option("--no-backup", help="Upgrade without a backup before it.")] = False,
    region: Annotated[
        str, typer.Option("--region", metavar="FOLDER", help="Of which region: a folder of data, or one that ships.")
    ] = "",
) -> None:
    """Create or upgrade the database, a backup first, and load agendas, participants and bodies; safe to repeat."""
    command = context_of(context)
    before = _schema_before(command)
    folder = region or command.settings.region
    if folder:
        read_folder(folder)
    if dry_run:
        typer.echo(_would(command, before, no_backup))
        return
    if before not in ("", newest_schema()):
        must_be_ours(before)
        _back_up_first(command, no_backup)
    engine = migrate_database(command.settings, typer.echo)
    if before not in ("", newest_schema()):
        typer.echo(f"upgraded from schema {before} to {newest_schema()}")
    closed = close_files(data_folders(command.settings))
    added = _load(command, engine, folder)
    typer.echo(f"database ready for {served().name}; added {added}" + (f"; closed {closed} files" if closed else ""))


def _schema_before(command: CommandContext) -> str:
    """The schema that is there, empty where there is no database; a file is not made by looking."""
    url = command.settings.database
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        return ""
    return schema_at(engine_of(command.settings))


def _would(command: CommandContext, before: str, no_backup: bool) -> str:
    url, newest = command.settings.database, newest_schema()
    if not before:
        return f"would make {url.removeprefix('sqlite:///') if 'sqlite' in url else 'the database'}, schema {newest}"
    where = place_of(engine_of(command.settings))
    if before == newest:
        return f"{where} has schema {newest}, the newest: nothing to upgrade"
    must_be_ours(before)
    first = "" if no_backup else f"write {_place(command)}, then "
    return f"would {first}upgrade {where} from schema {before} to {newest}"


def _place(command: CommandContext) -> Path:
    return command.settings.data_dir / "backups" / f"before-{newest_schema()}-{command.now.instant:%Y%m%dT%H%M%S}.zip"


def _back_up_first(command: CommandContext, no_backup: bool) -> None:
    """So that an upgrade can be taken back: `restore` fills a database of the old version and brings it up to date."""
    if no_backup:
        return
    path = _place(command)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with progress("backing up") as show:
            belongings = belongings_of(command.settings)
            write_backup(engine_of(command.settings), path, command.now.instant, show, belongings)
    except OSError as error:
        why = error.strerror or error
        raise CommandFailed(f"nothing was upgraded, as no backup can be written first: {why} (--no-backup)") from error
    typer.echo(f"backup before the upgrade: {path}")


def _load(command: CommandContext, engine: Engine, wanted: str) -> str:
    folder = _folder(engine, wanted)
    chosen = read_folder(str(folder))
    must_be_of(engine, chosen)
    serve(chosen)
    with writing(engine) as session:
        keep_region(session, chosen, folder, command.now.instant)
        challenges = load_agendas(session, folder)
        participants = load_participants(session, folder / "participants.yaml")
        organisations = load_organisations(session, command.now.instant)
        if (own := folder / ORGANISATIONS).is_file():
            organisations += load_organisations(session, command.now.instant, own)
        bodies = load_bodies(session, folder / "bodies.yaml")
        replan_meetings(session, command.now.instant)
    return f"{challenges} opgaven, {participants} participants, {organisations} organisations and {bodies} bodies"


def _folder(engine: Engine, wanted: str) -> Path:
    """The folder that was asked for, or the one that was kept; CommandFailed where that is no longer there."""
    if wanted:
        return folder_of(wanted)
    kept = kept_region(engine)
    folder = folder_of(kept.folder) if kept else USUAL
    if not folder.is_dir():
        raise CommandFailed(f"the folder of the region is no longer at {folder}: name its new place with --region")
    return folder
