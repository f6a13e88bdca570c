"""Plan 10,000 digests on PostgreSQL with one worker, with two and with four, each a process of its own.

The wall clock between the first digest that stands in the database and the last, since what more processes save is
time and not work; the server of the database shares the cores with them. Mail goes to a port where nobody listens.
"""

import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

from db.migrate import upgrade
from db.session import open_engine
from tests.bench.planning import CALLS, NOW, world
from tests.bench.row import Row
from tests.bench.search import postgresql
from tests.make.clocks import FakedClock, settings, start, wait_for

PEOPLE, WORKERS = 10_000, (1, 2, 4)
PATIENCE = 1_800  # seconds


def bench(people: int = PEOPLE) -> Iterator[Row]:
    """Each a run of its own: the seconds, and how many times as fast as with one worker."""
    found = {workers: seconds_with(workers, people) for workers in WORKERS}
    for workers in WORKERS[1:]:
        alone, together = found[WORKERS[0]], found[workers]
        what = f"plan {people:,} digests over {CALLS} calls on PostgreSQL, {workers} workers"
        yield Row(what, f"{together:.1f} s by the clock", f"one worker {alone:.1f} s", alone / together, aim=None)


def seconds_with(workers: int, people: int) -> float:
    """How long so many processes took."""
    with tempfile.TemporaryDirectory() as name, postgresql() as url:
        folder, engine = Path(name), open_engine(url)
        upgrade(engine)
        world(engine, people)
        clock = FakedClock(folder, "in python")
        clock.stand_at(NOW)
        ours = settings(url, folder, KANSENRADAR_MAIL_URL="smtp://127.0.0.1:9?tls=none", KANSENRADAR_BASE_URL="https://k.example",
                        KANSENRADAR_MAIL_FROM="kansenradar@k.example", OMP_NUM_THREADS="1", **clock.settings)  # fmt: skip
        with running(ours, folder / "said", ["schedule"] + ["worker"] * workers):
            wait_for(lambda: _planned(engine), PATIENCE)
            began, before = time.monotonic(), _planned(engine)
            wait_for(lambda: _planned(engine) >= people, PATIENCE)
            took = time.monotonic() - began
        engine.dispose()
    return took * people / (people - before)


@contextmanager
def running(environment: dict[str, str], said: Path, commands: Sequence[str]) -> Iterator[None]:
    """These commands, until the work is done."""
    parts: list[subprocess.Popen[bytes]] = []
    try:
        parts += [start(environment, command, said=said, module="tests.make.quick_queue") for command in commands]
        yield
    finally:
        for part in parts:
            part.kill()
            part.wait()


def _planned(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM delivery WHERE kind = 'digest'")).scalar_one())
