"""A simulated year: its crawls, mails and megabytes, and that nothing came twice.

`python -m tests.bench.year [EVERY]` lives on the project's own recording; with SNAPSHOTS in the environment (a folder that
holds the two snapshots of the portal, the changes between them and the texts of topics) on those, crawled each so
many days.
"""

import gzip
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from db.migrate import upgrade
from db.session import open_engine
from tests.calls.test_forty_days import recorded_days, snapshot_days
from tests.make.seasons import live, seasons


def main(every: int) -> None:
    """One line of what the year was."""
    shared = os.environ.get("SNAPSHOTS")
    days = list(_snapshots(Path(shared)) if shared else recorded_days())
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


def _snapshots(folder: Path) -> Iterator[Any]:
    """Their days with the texts of the topics, which the snapshots themselves lack; without one nothing is told."""
    texts = _texts(folder / "real/eu-snapshots/topics_with_full_text_2026-08-10.jsonl.gz")
    for now, results in snapshot_days(folder, 77):
        for data in (result["metadata"] for result in results):
            if text := texts.get(data["identifier"][0].upper()):
                data["descriptionByte"] = [text]
        yield now, results


def _texts(file: Path) -> dict[str, str]:
    """Identifier -> text, of a file of objects that follow each other without a line between them."""
    with gzip.open(file, "rt", encoding="utf-8-sig") as opened:
        written = opened.read().strip()
    decoder, texts = json.JSONDecoder(), {}
    while written:
        topic, end = decoder.raw_decode(written)
        texts[topic["topicId"].upper()] = topic.get("description") or ""
        written = written[end:].lstrip()
    return texts


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
