"""The queue on PostgreSQL: its tables, who asks for a job and when, ticks, and the work of a process that is gone."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, text

from db.job_queue import FIRST, _steps, queue_is_ready
from db.migrate import SchemaTooNew, upgrade
from db.schema import up_to_date
from db.session import reading, writing
from notifications import outbox
from tests.letters.test_outbox import DOMAIN, KEY, make_mail
from tracker.clock import Clock
from tracker.operations.workers import KINDS, QueuedJobs
from tracker.settings import Settings
from tracker.web.frame.metrics import Metrics, exposed

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def jobs(engine: Engine, now: datetime, tmp_path: Path) -> QueuedJobs:
    return QueuedJobs(Settings(data_dir=tmp_path, _env_file=None), engine, Clock(now), print)


def waiting(engine: Engine) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT queueing_lock, status FROM procrastinate_jobs ORDER BY id"))
        return [(row[0], row[1]) for row in rows]


def test_an_upgrade_brings_the_queue_along_and_refuses_a_newer_one(engine: Engine) -> None:
    assert up_to_date(engine)
    with engine.begin() as connection:
        connection.execute(text(f"COMMENT ON TABLE {FIRST} IS '{_steps()[-2].stem}'"))
    assert not up_to_date(engine)
    upgrade(engine)
    assert queue_is_ready(engine)
    with engine.begin() as connection:
        connection.execute(text(f"COMMENT ON TABLE {FIRST} IS '99.00.00_01_of_tomorrow'"))
    with pytest.raises(SchemaTooNew, match="the queue has version 99"):
        upgrade(engine)


def test_who_puts_mail_in_the_outbox_asks_for_sending_once_it_is_committed(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        outbox.put(session, [make_mail(now)], KEY, DOMAIN)
        session.rollback()
    assert waiting(engine) == []
    with writing(engine) as session:
        outbox.put(session, [make_mail(now)], KEY, DOMAIN)
        with session.begin_nested():
            outbox.put(session, [make_mail(now, "piet@x.example")], KEY, DOMAIN)
        assert waiting(engine) == []
    with writing(engine) as session:
        outbox.put(session, [make_mail(now, "anna@x.example")], KEY, DOMAIN)
    assert waiting(engine) == [("send", "todo")]


def test_figures_tell_how_many_jobs_wait(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        outbox.put(session, [make_mail(now)], KEY, DOMAIN)
    with reading(engine) as session:
        figures = exposed(Metrics(), session, now).decode()
    (family,) = [family for family in text_string_to_metric_families(figures) if family.name == "kansenradar_jobs"]
    assert [(sample.labels, sample.value) for sample in family.samples] == [({"lane": "mail", "state": "todo"}, 1)]


def test_a_clock_that_jumps_asks_for_one_tick_and_the_autumn_night_for_each_minute_once(jobs: QueuedJobs) -> None:
    ticks, night = jobs._ticks(), datetime(2026, 10, 24, 23, 59, 30, tzinfo=UTC)
    each = sorted(kind.name for kind in KINDS.values() if kind.every)

    def asked(at: datetime) -> list[tuple[str, datetime]]:
        found = ticks.get_previous_tasks(at.timestamp())
        return sorted((task.task.name, datetime.fromtimestamp(moment, UTC)) for task, moment in found)

    for shift in (timedelta(), 40 * 24 * 60 * MINUTE, -120 * MINUTE):
        assert [name for name, _ in asked(night + shift)] == each
    plans = [moment for n in range(240) for name, moment in asked(night + n * MINUTE) if name == "plan"]
    assert plans == [night.replace(second=0) + n * MINUTE for n in range(240)]


def test_what_a_dead_process_had_in_hand_is_begun_again_unless_it_waits_already(
    engine: Engine, jobs: QueuedJobs
) -> None:
    async def two_dead_and_one_waiting() -> None:
        async with jobs.app.open_async():
            worker = await jobs.app.job_manager.register_worker()
            for name in ("rvo", "eu_portal"):
                await jobs.ask("source", name, name=name, since="")
                assert await jobs.app.job_manager.fetch_job(["long"], worker)
            await jobs.revive()
            assert waiting(engine) == [("source rvo", "doing"), ("source eu_portal", "doing")]
            await jobs.ask("source", "rvo", name="rvo", since="")
            await jobs.app.job_manager.prune_stalled_workers(0)
            await jobs.revive()

    asyncio.run(two_dead_and_one_waiting())
    assert sorted(waiting(engine)) == [("source eu_portal", "todo"), ("source rvo", "todo")]


def test_every_source_is_a_job_and_none_is_asked_for_twice(engine: Engine, jobs: QueuedJobs) -> None:
    async def ask() -> None:
        async with jobs.app.open_async():
            await jobs.ask_sources(["rvo", "eu_portal"])
            worker = await jobs.app.job_manager.register_worker()
            assert await jobs.app.job_manager.fetch_job(["long"], worker)
            await jobs.ask_sources(["rvo", "eu_portal"])
            await jobs.ask_matching(1000)
            await jobs.ask_matching(10)

    asyncio.run(ask())
    assert waiting(engine) == [
        ("source rvo", "doing"), ("source eu_portal", "todo"), *((f"shard {n}/4", "todo") for n in (1, 2, 3, 4)),
    ]  # fmt: skip


def test_a_job_that_fails_is_told_and_only_what_no_later_one_does_is_tried_again(
    engine: Engine, jobs: QueuedJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: str, **__: str) -> None:
        raise TimeoutError

    monkeypatch.setattr(jobs, "child", fails)
    monkeypatch.setattr(jobs, "bounces", fails)

    async def work() -> None:
        async with jobs.app.open_async():
            await jobs.ask("source", "rvo", name="rvo", since="")
            await jobs.ask("bounces")
            for lane in ("long", "clock"):
                await jobs.app.run_worker_async(
                    queues=[lane], wait=False, listen_notify=False, delete_jobs="successful"
                )

    asyncio.run(work())
    assert waiting(engine) == [("source rvo", "todo")]
    with engine.connect() as connection:
        keys = connection.execute(text("SELECT key FROM alert ORDER BY key")).scalars().all()
    assert keys == ["clock:bounces", "clock:source rvo"]
