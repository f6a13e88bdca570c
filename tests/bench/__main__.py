"""Run every benchmark of this folder and print one table; `python -m tests.bench [NAME ...]`.

`python -m tests.bench curves` and `year` draw and simulate; they take long and are not part of the table.
"""

import importlib
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

NO_ROWS = {"__main__", "row", "peer", "picture", "curves", "year"}


def main(names: list[str]) -> None:
    here = Path(__file__).parent
    found = sorted(p.stem for p in here.glob("*.py") if p.stem not in NO_ROWS)
    print(f"{_machine()}; {_load()}\n")
    print("| work | measured | limit or peer | ratio (lowest to highest) | aim |\n|---|---|---|---|---|")
    for name in names or found:
        for row in importlib.import_module(f"tests.bench.{name}").bench():
            print(row.as_line(), flush=True)
    print(f"\n{_load()}")


def _machine() -> str:
    info = Path("/proc/cpuinfo")
    models = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
    cores = f"{os.cpu_count()} cores" + (f" of {models[0]}" if models else "")
    return f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}, {cores}"


def _load() -> str:
    """The hour, how busy the machine is, and how fast: two runs compare by what the same fixed work cost in each."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return f"{datetime.now(UTC):%d %b %Y %H:%M} UTC, load {load}, ten million additions {_additions():.2f} s"


def _additions() -> float:
    """Processor time of ten million additions in plain Python, in seconds."""
    start, total = process_time(), 0
    for number in range(10_000_000):
        total += number
    return process_time() - start


if __name__ == "__main__":
    main(sys.argv[1:])
