"""Run by a Python that has dlt: merge the same rows with its SCD2 strategy into SQLite, and print the seconds of processor time."""

import json
import sys
import time
from pathlib import Path

import dlt

folder = Path(sys.argv[1])
pipeline = dlt.pipeline(
    "calls",
    destination=dlt.destinations.sqlalchemy(f"sqlite:///{folder / 'dlt.db'}"),
    pipelines_dir=str(folder / "dlt"),
)
seconds = {}
for work, name in (("new", "first"), ("unchanged", "first"), ("5 % changed", "later")):
    rows = [json.loads(line) for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines()]
    started = time.process_time()
    pipeline.run(rows, table_name="calls", write_disposition={"disposition": "merge", "strategy": "scd2"})
    seconds[work] = time.process_time() - started
print(json.dumps(seconds))
