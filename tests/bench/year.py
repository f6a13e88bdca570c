"""A simulated year: its crawls, mails and megabytes, and that nothing came twice.

`python -m tests.bench.year [EVERY]` lives on the project's own recording; with SNAPSHOTS in the environment (a folder that
holds the two snapshots of the portal and the changes between them) on those, crawled each so many days.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

from db.migrate import upgrade
from db.session import open_engine
from tests.calls.test_forty_days import recorded_days, snapshot_days
from tests.make.seasons import live, seasons


def main(every: int) -> None:
    """One line of what the year was."""
    shared = os.environ.get("SNAPSHOTS")
    days = list(snapshot_days(Path(shared), 77) if shared else recorded_days())
    with tempfile.TemporaryDirectory() as folder:
        file, began = Path(folder) / "year.db", time.process_time()
        engine = open_engine(f"sqlite:///{file}")
        upgrade(engine)
        year = live(engine, seasons(days), every, file)
        engine.dispose()
        size = file.stat().st_size / 2**20
    print(f"{year.crawls} crawls: {year.calls} calls, {year.changed} changes, {year.told} times told as new")
    print(f"mails: {dict(year.mails)}; database {size:.0f} MiB, by month {year.sizes}")
    print(f"{time.process_time() - began:.0f} s of processor time; came twice: {year.doubled or 'nothing'}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
