"""Run by a Python that has changedetection.io: its check of each page, without the network; prints the seconds of each round."""

import contextlib
import io
import json
import os
import sys
import tempfile
import time
from pathlib import Path

with contextlib.redirect_stderr(io.StringIO()):
    from changedetectionio.processors.text_json_diff.processor import perform_site_check
    from changedetectionio.store import ChangeDetectionStore
    from loguru import logger

logger.remove()
rounds, pages = int(sys.argv[1]), [Path(name).read_bytes() for name in sys.argv[2:]]
store = ChangeDetectionStore(
    datastore_path=tempfile.mkdtemp(dir=tempfile.gettempdir()), include_default_watches=False, version_tag="bench"
)
watched = [store.add_watch(url=f"https://page.example/{number}") for number in range(len(pages))]


def check(watch: str, body: bytes) -> None:
    """What a worker does with a page once it is fetched."""
    handler = perform_site_check(datastore=store, watch_uuid=watch)
    handler.fetcher.raw_content, handler.fetcher.content = body, body.decode("utf-8", "replace")
    handler.fetcher.headers, handler.fetcher.status_code = {"Content-Type": "text/html"}, 200
    handler.run_changedetection(watch=store.data["watching"][watch], force_reprocess=True)


def whole_round() -> float:
    started = time.process_time()
    for watch, body in zip(watched, pages, strict=True):
        check(watch, body)
    return time.process_time() - started


whole_round()
print(json.dumps([whole_round() for _ in range(rounds)]), flush=True)
os._exit(0)  # its threads would go on
