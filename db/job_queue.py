"""The queue on PostgreSQL: procrastinate's tables beside ours, and asking for a job. SQLite has none.

Which version its tables have stands in the comment on its first table, since procrastinate keeps no note of it itself.
"""

from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

PREFIX = "procrastinate_"  # of its tables, which are no tables of ours
FIRST = "procrastinate_jobs"
ASKED = "jobs asked for"  # in a session: what to ask for once it has committed


def has_queue(engine: Engine) -> bool:
    """Whether this kind of database has a queue."""
    return engine.dialect.name == "postgresql"


def queue_version(connection: Connection) -> str | None:
    """The version of the queue's tables: none where they are not there, empty where somebody else made them."""
    if connection.scalar(text("SELECT to_regclass(:first)"), {"first": FIRST}) is None:
        return None
    return connection.scalar(text("SELECT obj_description(to_regclass(:first), 'pg_class')"), {"first": FIRST}) or ""


def queue_is_ready(engine: Engine) -> bool:
    """Whether the queue's tables are those that this code knows; true where the database needs none."""
    if not has_queue(engine):
        return True
    with engine.connect() as connection:
        return queue_version(connection) == _steps()[-1].stem


def bring_queue_up_to_date(connection: Connection) -> None:
    """Make the queue's tables, or bring them up to date, in the caller's transaction; ValueError if they are newer."""
    if connection.dialect.name != "postgresql":
        return
    there, steps = queue_version(connection), _steps()
    if there is not None and there > steps[-1].stem:
        raise ValueError(f"the queue has version {there}, this program knows {steps[-1].stem}: use a newer one")
    missing = [_folder() / "schema.sql"] if there is None else [step for step in steps if step.stem > there]
    cursor = connection.connection.cursor()  # the driver's own takes a whole file of statements
    for file in missing:
        cursor.execute(file.read_text("utf-8"))
    cursor.execute(f"COMMENT ON TABLE {FIRST} IS '{steps[-1].stem}'")
    cursor.close()


def _folder() -> Path:
    """Where procrastinate keeps its SQL; found without importing it, which takes a second."""
    package = find_spec("procrastinate")
    assert package is not None
    assert package.submodule_search_locations
    return Path(package.submodule_search_locations[0]) / "sql"


def _steps() -> list[Path]:
    """Its migrations, oldest first; each is named after the version it leads to."""
    return sorted((_folder() / "migrations").glob("*.sql"))


def jobs_by_state(session: Session) -> dict[tuple[str, str], float]:
    """How many jobs there are of a lane and a state (todo, doing, failed); none where the database has no queue.

    Those that wait for one that is being done count as well; what was done well is forgotten at once.
    """
    if not has_queue(session.get_bind().engine):
        return {}
    counted = text("SELECT queue_name, status::text, count(*) FROM procrastinate_jobs GROUP BY queue_name, status")
    return {(lane, state): float(number) for lane, state, number in session.connection().execute(counted)}


def ask(engine: Engine, job: str, queue: str) -> None:
    """Ask for a job, unless it waits already. That fails in silence: the clock asks again within a minute."""
    from procrastinate import SyncPsycopgConnector
    from procrastinate.exceptions import ProcrastinateException
    from procrastinate.jobs import Job
    from procrastinate.manager import JobManager

    wanted = Job(id=None, queue=queue, lock=None, queueing_lock=job, task_name=job)
    with suppress(ProcrastinateException, SQLAlchemyError), engine.begin() as connection:
        JobManager(SyncPsycopgConnector()).defer_job(wanted, connection=connection.connection.driver_connection)


def ask_after(session: Session, job: str, queue: str) -> None:
    """Ask for a job as soon as what this session does is committed: begun before that, it would not see it."""
    if not has_queue(session.get_bind().engine):
        return
    session.info.setdefault(ASKED, set()).add((job, queue))
    if not event.contains(session, "after_commit", _ask_now):
        event.listen(session, "after_commit", _ask_now)


def _ask_now(session: Session) -> None:
    if session.in_nested_transaction():
        return
    for job, queue in session.info.pop(ASKED, ()):
        ask(session.get_bind().engine, job, queue)
