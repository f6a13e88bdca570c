"""Open the database that the settings name, with one clear line where that fails."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from shutil import disk_usage

from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlmodel import Session, select

from db.job_queue import queue_is_ready
from db.models import KeptRegion, Participant
from db.region import SHIPPED, USUAL, Region
from db.region_folder import RegionUnreadable, folder_of, read_region
from db.region_served import serve
from db.schema import newest_schema, schema_of
from db.session import open_engine
from tracker.errors import WRONG_USAGE, CommandFailed
from tracker.settings import Settings

NO_ROOM = 64 * 1024  # bytes: the files beside SQLite's need as much


def open_database(settings: Settings) -> Engine:
    """An engine on a database with the newest schema; CommandFailed says in one line what is wrong."""
    engine = engine_of(settings)
    schema = schema_at(engine)
    if not schema:
        raise CommandFailed(f"there is no database at {place_of(engine)}: run 'kansenradar init' first")
    if schema != newest_schema():
        must_be_ours(schema)
        raise CommandFailed(
            f"the database has schema {schema}, not yet {newest_schema()}: run 'kansenradar init' first"
        )
    if not queue_is_ready(engine):
        raise CommandFailed("the database lacks the queue of this version: run 'kansenradar init' first")
    _serve_its_region(engine, settings)
    return engine


def read_folder(name: str) -> Region:
    """A region by the path of its folder or the name of one that ships; CommandFailed says what is wrong in it."""
    try:
        return read_region(folder_of(name))
    except RegionUnreadable as error:
        raise CommandFailed(str(error), WRONG_USAGE) from error


def kept_region(engine: Engine) -> KeptRegion | None:
    """The region that a database is of; none before one was kept."""
    with Session(engine, expire_on_commit=False) as session:
        kept = session.exec(select(KeptRegion)).first()
        session.expunge_all()
        return kept


def keep_region(session: Session, chosen: Region, folder: Path, now: datetime) -> None:
    """Remember of which region this database is, as it is described today."""
    place = folder.name if folder.parent == SHIPPED else str(folder.resolve())
    described = chosen.model_dump(mode="json")
    session.merge(KeptRegion(id=chosen.id, folder=place, described=described, loaded_at=now))


def region_of(engine: Engine) -> str:
    """The id of its region; empty for a database that is not filled yet. One from before there were more is usual."""
    kept = kept_region(engine)
    with Session(engine) as session:
        return kept.id if kept else USUAL.name if session.exec(select(Participant.id)).first() else ""


def must_be_of(engine: Engine, chosen: Region) -> None:
    """CommandFailed where a database is of another region: agendas, bodies and people of two would mix."""
    kept = region_of(engine)
    if kept and kept != chosen.id:
        raise CommandFailed(
            f"{place_of(engine)} is of the region {kept}, not of {chosen.id}: give that a database of its own",
            WRONG_USAGE,
        )


def _serve_its_region(engine: Engine, settings: Settings) -> None:
    """What was kept, or the folder that a setting names: that may be newer."""
    if settings.region:
        chosen = read_folder(settings.region)
        must_be_of(engine, chosen)
        serve(chosen)
    elif kept := kept_region(engine):
        serve(Region(**kept.described))


def must_be_ours(schema: str) -> None:
    """CommandFailed where a newer version wrote the database, or one from before the baseline."""
    from db.migrate import SchemaUnknown, must_be_known  # what migrates weighs 8 MiB

    try:
        must_be_known(schema)
    except SchemaUnknown as error:
        raise CommandFailed(f"cannot open the database: {error}") from error


def migrate_database(settings: Settings, say: Callable[[str], None] = lambda _: None) -> Engine:
    """Create or upgrade the database; safe to repeat, and while another process does the same.

    ``say`` hears which one was made where there was none: a working folder that was mistaken shows.
    """
    from db.migrate import SchemaUnknown, upgrade

    engine = engine_of(settings)
    try:
        is_new = not schema_of(engine)
        upgrade(engine)
    except (DatabaseError, SchemaUnknown) as error:
        raise CommandFailed(f"cannot open the database: {_why(error, engine)}") from error
    if is_new:
        say(f"made {place_of(engine)}")
    return engine


def place_of(engine: Engine) -> str:
    """Where a database is, for people: the file, or the server's address without a password."""
    url = engine.url
    return str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


def must_be_whole(engine: Engine) -> None:
    """CommandFailed where the database's file is damaged: what is left of it must not be planned or mailed."""
    try:
        with engine.connect().execution_options(read_only=True) as connection:
            trouble = damage(connection)
    except DatabaseError as error:
        trouble = _why(error, engine)
    if trouble:
        raise CommandFailed(f"the database is damaged: {trouble}; nothing is sent from it, restore the last backup")


def damage(connection: Connection) -> str:
    """What is wrong with a SQLite file, in one line; PostgreSQL looks after its own."""
    if connection.dialect.name != "sqlite":
        return ""
    report = [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check"))]
    if report != ["ok"]:
        return report[0].splitlines()[-1]
    orphans = len(connection.execute(text("PRAGMA foreign_key_check")).all())
    return f"{orphans} rows point nowhere" if orphans else ""


def engine_of(settings: Settings) -> Engine:
    """An engine on the database of the settings, whatever is in it; CommandFailed where it cannot be opened."""
    try:
        url = make_url(settings.database)
        if url.get_backend_name() not in ("sqlite", "postgresql", "postgres"):
            raise CommandFailed(f"cannot open the database: {url.get_backend_name()} is neither sqlite nor postgresql")
        if url.get_backend_name() == "sqlite" and url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        return open_engine(settings.database)
    except (ArgumentError, ImportError, OSError, ValueError) as error:  # ValueError: a port that is no number
        raise CommandFailed(f"cannot open the database: {_first_line(error)}") from error


def schema_at(engine: Engine) -> str:
    """The schema of the database, empty where there is none; CommandFailed where it cannot be reached."""
    try:
        return schema_of(engine)
    except DatabaseError as error:
        raise CommandFailed(f"cannot open the database: {_why(error, engine)}") from error


def _why(error: Exception, engine: Engine) -> str:
    """SQLite calls a disk without room an I/O error, even where somebody only reads."""
    place = Path(str(engine.url.database)).parent if engine.dialect.name == "sqlite" else None
    full = place is not None and place.is_dir() and disk_usage(place).free < NO_ROOM
    return f"{_first_line(error)} (its disk is full)" if full else _first_line(error)


def _first_line(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return str(cause).splitlines()[0]
