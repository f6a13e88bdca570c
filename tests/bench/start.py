"""How long a command takes to start, and what the clock and the pages weigh in one process that has nothing to do."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.bench.row import Row, of_ratios
from tests.conftest import ROOT
from tests.make.browser import free_port

TIMES, IDLE, MIB = 5, 30, 200
DAY_TICKS, DAY_PAGES = 1440, 300
COMMANDS = (("--version",), ("--help",), ("sources", "--json"))


def bench() -> Iterator[Row]:
    """Processor time of a start against that of an interpreter which imports typer alone."""
    with tempfile.TemporaryDirectory() as folder:
        _took(folder, "init")
        for arguments in COMMANDS:
            yield _beside_typer(folder, arguments)
        weight = _idle(folder)
        yield Row(f"memory of `run` after {IDLE} s with nothing to do", f"{weight:.0f} MiB", f"{MIB} MiB", MIB / weight)
    rested, later = _day()
    work = f"memory of clock and pages after a simulated day of {DAY_TICKS:,} minutes, {DAY_PAGES} pages and its mail"
    yield Row(work, f"{later:.0f} MiB ({rested:.0f} when each page was opened once)", f"{MIB} MiB", MIB / later)


def _beside_typer(folder: str, arguments: tuple[str, ...]) -> Row:
    pairs = [
        (
            _seconds(folder, [sys.executable, "-m", "tracker", *arguments]),
            _seconds(folder, [sys.executable, "-c", "import typer"]),
        )
        for _ in range(TIMES)
    ]
    ours, bare = (median(pair[side] for pair in pairs) for side in (0, 1))
    return of_ratios(
        f"start of `kansenradar {' '.join(arguments)}`", f"{ours:.2f} s", f"typer alone {bare:.2f} s",
        (bare / ours for ours, bare in pairs), aim=None,
    )  # fmt: skip


def _day() -> tuple[float, float]:
    """MiB when each page was opened, and after the day."""
    command = [sys.executable, "-m", "tests.make.long_day", str(DAY_TICKS), str(DAY_PAGES)]
    said = subprocess.run(command, cwd=ROOT, env=_environment(), capture_output=True, text=True, check=True)
    rested, later = json.loads(said.stdout.splitlines()[-1])
    return rested, later


def _took(folder: str, *arguments: str) -> float:
    return _seconds(folder, [sys.executable, "-m", "tracker", *arguments])


def _seconds(folder: str, command: list[str]) -> float:
    before = os.times()
    subprocess.run(command, cwd=folder, env=_environment(), check=True, capture_output=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def _environment(**more: str) -> dict[str, str]:
    mine = {name: value for name, value in os.environ.items() if not name.startswith("KANSENRADAR_")}
    return {**mine, "PYTHONPATH": str(ROOT), **more}


def _idle(folder: str) -> float:
    """Resident MiB of the process, with every source off."""
    from scrapers.sources import names

    off = _environment(KANSENRADAR_SOURCES_OFF=",".join(names()))
    process = subprocess.Popen(
        [sys.executable, "-m", "tracker", "run", "--port", str(free_port())],
        cwd=folder,
        env=off,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        time.sleep(IDLE)
        said = Path(f"/proc/{process.pid}/status").read_text()
        return int(next(line for line in said.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024
    finally:
        process.terminate()
        process.wait(30)
