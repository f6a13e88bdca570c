"""Bring a database to the newest schema, or refuse one that is newer than this code."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

MIGRATIONS = Path(__file__).parent / "migrations"


class SchemaTooNew(Exception):
    """The database was written by a newer version of this program."""


def upgrade(engine: Engine) -> None:
    """Run the migrations that are missing, in one transaction; a second process waits its turn.

    Raises SchemaTooNew when the database is ahead of the code.
    """
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(7208001)"))
        refuse_newer(connection)
        command.upgrade(alembic_config(connection), "head")


def refuse_newer(connection: Connection) -> None:
    """Old code must not touch a newer schema."""
    known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    current = MigrationContext.configure(connection).get_current_heads()
    unknown = [revision for revision in current if revision not in known]
    if unknown:
        raise SchemaTooNew(f"the database has schema {unknown[0]}, which this version does not know")


def up_to_date(engine: Engine) -> bool:
    """Whether the database has the newest schema this code knows."""
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_heads()
    return tuple(current) == tuple(ScriptDirectory(str(MIGRATIONS)).get_heads())


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration, on a connection that is already in a transaction."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
