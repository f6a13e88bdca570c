"""How long a command takes to start, and what the clock and the pages weigh in one process that has nothing to do."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.bench.row import Row
from tests.conftest import ROOT
from tests.make.browser import free_port

TIMES, IDLE, MIB = 5, 30, 200
COMMANDS = (("--version",), ("--help",), ("sources", "--json"))


def bench() -> Iterator[Row]:
    """Processor time of a start against that of an interpreter which imports typer alone."""
    with tempfile.TemporaryDirectory() as folder:
        _took(folder, "init")
        bare = _median(folder, [sys.executable, "-c", "import typer"])
        for arguments in COMMANDS:
            ours = _median(folder, [sys.executable, "-m", "tracker", *arguments])
            yield Row(
                f"start of `kansenradar {' '.join(arguments)}`",
                f"{ours:.2f} s",
                f"typer alone {bare:.2f} s",
                bare / ours,
            )
        weight = _idle(folder)
        yield Row(f"memory of `run` after {IDLE} s with nothing to do", f"{weight:.0f} MiB", f"{MIB} MiB", MIB / weight)


def _median(folder: str, command: list[str]) -> float:
    return median(_seconds(folder, command) for _ in range(TIMES))


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
