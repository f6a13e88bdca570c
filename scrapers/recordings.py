"""Replay a source from recorded pages, without a network: an index.json says which file answers which request."""

import json
import re
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo

from scrapy import Request
from scrapy.http import HtmlResponse, JsonResponse, Response, TextResponse, XmlResponse

from scrapers.copies import one_a_call, unread_calls
from scrapers.crawled import Crawled, Page, Remark, Remembered, Unreadable
from scrapers.listing import AMSTERDAM, Listing
from scrapers.pages import Event, PageReading
from scrapers.shape import Shape
from scrapers.source import Context, Source

Key = tuple[str, str, tuple[tuple[str, str], ...]]
DATES = re.compile(r"\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:?\d\d)?)?|\d{1,2}-\d{1,2}-\d{4}( [\d:]+)?")
KINDS = {"json": JsonResponse, "html": HtmlResponse, "xml": XmlResponse, "rss": XmlResponse, "atom": XmlResponse}
MORNING = time(8, 0)


def request_key(method: str, url: str) -> Key:
    """What two requests have in common that ask the same on different days: dates in the address do not count."""
    parts = urlsplit(url)
    query = tuple(sorted((k, DATES.sub("DATE", v)) for k, v in parse_qsl(parts.query, keep_blank_values=True)))
    return method.upper(), DATES.sub("DATE", f"{parts.netloc}{unquote(parts.path)}"), query


def holds(body: bytes, parts: Iterable[str]) -> bool:
    """Whether a request's body has all of these in it: what tells questions apart that go to one address."""
    return all(part.encode() in body for part in parts)


class Recording:
    """The answers of one folder. Answers to the same question are given in turn, the last one for ever."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.index: dict[str, Any] = json.loads((folder / "index.json").read_text("utf-8"))
        self.answers: dict[Key, deque[dict[str, Any]]] = {}
        for answer in self.index["answers"]:
            self.answers.setdefault(request_key(answer.get("method", "GET"), answer["url"]), deque()).append(answer)

    @property
    def now(self) -> datetime:
        """Eight in the morning of the recording's day, in Amsterdam."""
        day = date.fromisoformat(self.index["day"])
        return datetime.combine(day, MORNING, ZoneInfo(AMSTERDAM)).astimezone(UTC)

    @property
    def since(self) -> datetime | None:
        """From when a stream's recording reaches, where it says so."""
        day = self.index.get("since")
        return datetime.combine(date.fromisoformat(day), MORNING, ZoneInfo(AMSTERDAM)) if day else None

    def answer(self, request: Request) -> Response:
        """The recorded answer, or a 404 for what was not recorded."""
        queue = self.answers.get(request_key(request.method, request.url), deque())
        fitting = [answer for answer in queue if holds(request.body, answer.get("holds", ()))]
        if not fitting:
            return TextResponse(request.url, status=404, request=request)
        if len(fitting) > 1:
            queue.remove(fitting[0])
        return self._response(fitting[0], request)

    def _response(self, answer: Mapping[str, Any], request: Request) -> Response:
        headers = answer.get("headers", {})
        body = (self.folder / answer["file"]).read_bytes() if answer.get("file") else b""
        media_type = headers.get("Content-Type", "")
        kind = next((k for word, k in KINDS.items() if word in media_type), TextResponse)
        return kind(request.url, status=answer.get("status", 200), headers=headers, body=body, request=request)


def replay(source: type[Source], folder: Path, now: datetime | None = None) -> Crawled:
    """Read a whole source from its recording, paging and details included, as ``now`` or on the recording's day."""
    return replay_from(source, Recording(folder), now=now)


def replay_shaped(
    source: type[Source], folder: Path, options: Mapping[str, Any] | None = None, now: datetime | None = None
) -> tuple[Crawled, Shape]:
    """The same, and what the rows look like."""
    shape = Shape()
    return replay_from(source, Recording(folder), options, now, shape), shape


def replay_from(
    source: type[Source], recording: Recording, options: Mapping[str, Any] | None = None,
    now: datetime | None = None, shape: Shape | None = None,
) -> Crawled:  # fmt: skip
    """The same from a recording at hand; every row is shown to ``shape``."""
    moment = now or recording.now
    events: list[Event] = []
    reading = PageReading(source(Context(moment, recording.since, options or {})), lambda: moment, events.append)
    reading.source.observe = shape.add if shape else reading.source.observe
    waiting = deque(reading.source.start())
    while waiting:
        request = waiting.popleft()
        if reading.stuck and not request.meta.get("detail"):
            continue
        answer = recording.answer(request)
        if answer.status in (200, 304, *request.meta.get("handle_httpstatus_list", ())):
            assert isinstance(answer, TextResponse)
            waiting.extend(reading.take(answer))
        else:
            reading.fail(request, f"HTTP {answer.status}")
    reading.end()
    return as_crawled(reading, events, moment)


def as_crawled(reading: PageReading, events: list[Event], moment: datetime) -> Crawled:
    """The events of a reading, sorted."""
    listings = one_a_call(event for event in events if isinstance(event, Listing))
    return Crawled(
        source=reading.source.name,
        kind=reading.source.kind,
        started_at=moment,
        finished_at=moment,
        listings=tuple(listings),
        pages=tuple(e for e in events if isinstance(e, Page)),
        unreadable=tuple(unread_calls((e for e in events if isinstance(e, Unreadable)), listings)),
        remembered=tuple(e for e in events if isinstance(e, Remembered)),
        remarks=tuple(e.line for e in events if isinstance(e, Remark)),
        stopped=reading.stopped,
        unchanged=reading.all_unchanged,
        total=reading.source.own_count,
    )
