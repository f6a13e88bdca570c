"""The EU portal's spider against a simulator that serves two real snapshots; skipped where that is absent."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scrapers.crawled import Crawled
from tracker.settings import Settings
from tracker.sources.crawl import crawl

pytestmark = pytest.mark.slow


@contextmanager
def simulator(shared: Path, day: str, *options: str) -> Iterator[tuple[str, int]]:
    port = 20_000 + os.getpid() % 20_000
    snapshot = shared / f"real/eu-snapshots/grants_{day}.json"
    command = [sys.executable, str(shared / "sim/eu_portal.py"), str(snapshot), "--port", str(port), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        assert server.stdout
        server.stdout.readline()
        yield f"127.0.0.1:{port}", server.pid
        server.terminate()


def crawled(address: str) -> Crawled:
    settings = Settings(source_roots={"eu_portal": f"http://{address}"}, fetch_allow=(address,))
    return crawl("eu_portal", settings, [], datetime(2026, 5, 29, 6, tzinfo=UTC))


def test_both_snapshots_are_read_whole(shared: Path) -> None:
    later = shared / "real/eu-snapshots/grants_2026-05-29.json"
    with simulator(shared, "2026-03-13", "--swap", str(later)) as (address, process):
        march = crawled(address)
        os.kill(process, signal.SIGUSR1)
        may = crawled(address)
    assert (len(march.listings), march.stopped, march.unreadable) == (932, "", ())
    assert (len(may.listings), may.stopped, may.unreadable) == (711, "", ())
    before, after = ({c.external_id for c in found.listings} for found in (march, may))
    assert (len(after - before), len(before - after)) == (222, 443)


def test_an_index_that_leaves_out_topics_at_random_is_asked_again_until_they_are_there(shared: Path) -> None:
    with simulator(shared, "2026-05-29", "--flap", "0.05") as (address, _):
        found = crawled(address)
    assert found.stopped == ""
    assert len(found.listings) > 700
