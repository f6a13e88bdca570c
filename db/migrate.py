"""Bring a database to the newest schema, or refuse one that is newer than this code or older than its baseline."""

import re

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from db.job_queue import bring_queue_up_to_date
from db.schema import MIGRATIONS

BEFORE_BASELINE = re.compile(r"00[0-9]{2}")  # the running numbers of revisions until November 2026


class SchemaUnknown(Exception):
    """A schema that this program cannot bring up to date; the message says in one line what can be done."""


class SchemaTooNew(SchemaUnknown):
    """Written by a newer version of this program."""


class SchemaTooOld(SchemaUnknown):
    """Written before the baseline, from which migrations are kept."""


def upgrade(engine: Engine, to: str = "head") -> None:
    """Run the migrations that are missing, up to a revision, in one transaction; a second process waits its turn.

    At the newest revision the queue's own tables follow. Raises SchemaUnknown when the database is ahead of the code,
    or older than the baseline.
    """
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(7208001)"))
        for revision in MigrationContext.configure(connection).get_current_heads():
            must_be_known(revision)
        command.upgrade(alembic_config(connection), to)
        if to == "head":
            _bring_queue_along(connection)


def _bring_queue_along(connection: Connection) -> None:
    try:
        bring_queue_up_to_date(connection)
    except ValueError as error:
        raise SchemaTooNew(str(error)) from error


def must_be_known(revision: str) -> None:
    """Old code must not touch a newer schema, and nothing leads from before the baseline to it.

    Raises SchemaTooNew or SchemaTooOld.
    """
    if revision in {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}:
        return
    if BEFORE_BASELINE.fullmatch(revision):
        raise SchemaTooOld(
            f"schema {revision} is older than the baseline: carry calls and contacts over with 'export' of the version "
            "that wrote it and 'import' here; the other kinds can be exported, not imported"
        )
    raise SchemaTooNew(f"the database has schema {revision}, which this version does not know: use a newer one")


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration, on a connection that is already in a transaction."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
