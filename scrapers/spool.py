"""The folder in which a crawling child leaves what it found, event by event, so that a killed one leaves its part."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

EVENTS = "events.jsonl"


class Spool:
    """Writes events as JSON lines and bodies as files named by their hash."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.events = (folder / EVENTS).open("a", encoding="utf-8")

    def add(self, kind: str, fields: dict[str, Any]) -> None:
        """One event, flushed at once."""
        self.events.write(json.dumps({"kind": kind, **fields}, ensure_ascii=False, default=str) + "\n")
        self.events.flush()

    def keep(self, sha256: str, body: bytes) -> None:
        """The bytes of one page."""
        (self.folder / sha256).write_bytes(body)


def read_events(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The events of a spool; a line that was cut off by a kill ends the reading."""
    path = folder / EVENTS
    if not path.is_file():
        return
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            try:
                event = json.loads(line)
                yield event.pop("kind"), event
            except (ValueError, KeyError, AttributeError):
                return
