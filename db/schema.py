"""Which schema a database has and which is the newest here, told without what migrates (it weighs 8 MiB)."""

import re
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from db.job_queue import queue_is_ready

MIGRATIONS = Path(__file__).parent / "migrations"
SAID = re.compile(r"^(revision|down_revision)\b[^=]*=\s*[\"']([\w-]+)[\"']", re.MULTILINE)


def schema_of(engine: Engine) -> str:
    """The schema a database has, by its revision; empty where nothing of ours is in it yet."""
    with engine.execution_options(read_only=True).connect() as connection:
        return schema_on(connection)


def schema_on(connection: Connection) -> str:
    """The same, on a connection that is open."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return ",".join(sorted(connection.scalars(text("SELECT version_num FROM alembic_version"))))


@cache
def newest_schema() -> str:
    """The schema that this code knows as the newest: the revision that no other follows."""
    said = [SAID.findall(file.read_text("utf-8")) for file in sorted((MIGRATIONS / "versions").glob("*.py"))]
    followed = {name for pairs in said for what, name in pairs if what == "down_revision"}
    return ",".join(name for pairs in said for what, name in pairs if what == "revision" and name not in followed)


def up_to_date(engine: Engine) -> bool:
    """Whether the database has the newest schema this code knows, and the newest tables of the queue."""
    return schema_of(engine) == newest_schema() and queue_is_ready(engine)
