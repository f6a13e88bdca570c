"""Two containers that share a name are not one machine, and a process whose schema went on does nothing more."""

import asyncio
import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import select

from db.leases import is_dead, take, this_machine, this_process
from db.models import Alert, Crawl, Lease
from db.session import reading, writing
from tests.conftest import ROOT
from tracker.clock import Clock
from tracker.operations.jobs import TABLE
from tracker.operations.scheduler import LEASE, Scheduler
from tracker.settings import Settings
from tracker.sources.rounds import crawl_sources
from tracker.watch.look import Watched
from tracker.watch.machine import Machine
from tracker.watch.note import STILL_SAID, note
from tracker.watch.schema import EVERY


@pytest.mark.skipif(not shutil.which("unshare") or os.geteuid() != 0, reason="needs unshare and root")
def test_a_process_of_another_namespace_is_never_taken_for_a_dead_one_of_ours(engine: Engine) -> None:
    script = "from db.leases import this_process; print(this_process(), flush=True); input()"
    inside = ["unshare", "--pid", "--fork", "--mount-proc", sys.executable, "-c", script]
    with ExitStack() as both:  # at once: a namespace that is gone leaves its number to the next
        run = partial(subprocess.Popen, inside, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        containers = [both.enter_context(run()) for _ in range(2)]
        there, again = (said.stdout.readline().strip() for said in containers)
        for container in containers:
            container.stdin.close()
    assert there.rpartition(":")[2] == again.rpartition(":")[2] == "1"  # each the first of its own
    assert there.partition("/")[0] == this_machine().partition("/")[0]  # and all of one name
    assert len({there, again, this_process()}) == 3
    assert is_dead(there) is False
    with writing(engine) as session:
        assert take(session, "x", there) == 1
        assert take(session, "x", again) is None
        assert take(session, "x", this_process()) is None


def test_a_round_that_another_process_served_meanwhile_is_not_asked_again(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        session.add(Crawl(source="rvo", started_at=now, finished_at=now, complete=True, seen=5))
    asked = list(crawl_sources(engine, Settings(_env_file=None), ["rvo"], now, True, lambda _: None, now))
    assert asked == []
    with writing(engine) as session:  # and it is free for the next
        assert take(session, "crawl rvo", "elsewhere:1") is not None


def test_a_clock_whose_schema_went_on_stops_and_says_so_until_it_is_started_again(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    scheduler = Scheduler(Settings(data_dir=tmp_path, sources_off=(), _env_file=None), engine, Clock(now), print)
    seconds, done = [0.0], list[str]()
    scheduler.schema.count = lambda: seconds[0]

    async def part(name: str) -> None:
        done.append(name)

    for name in ("tell_the_time", *(kind.name for kind in TABLE)):
        setattr(scheduler, name, lambda name=name: part(name))
    asyncio.run(scheduler.tick())
    assert done[-2:] == ["send", "tidy"]
    done.clear()
    with writing(engine) as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = 'of_tomorrow'"))
    seconds[0] += EVERY
    asyncio.run(scheduler.tick())
    asyncio.run(scheduler.tick())
    assert done == []
    with reading(engine) as session:
        (alert,) = session.exec(select(Alert)).all()
        assert (alert.key, alert.times, alert.ended_at) == (f"schema:{this_process()}", 2, None)
        assert alert.line.startswith("de database heeft schema of_tomorrow")
    with writing(engine) as session:  # the next clock has the lease at once
        assert take(session, LEASE, "elsewhere:1") is not None
        assert session.get_one(Lease, LEASE).holder == "elsewhere:1"
    note(engine, now + STILL_SAID, Watched(Machine()))
    with reading(engine) as session:
        assert session.exec(select(Alert.ended_at)).one() is None
    note(engine, now + 2 * STILL_SAID, Watched(Machine()))  # nobody says so any more
    with reading(engine) as session:
        assert session.exec(select(Alert.ended_at)).one() is not None
