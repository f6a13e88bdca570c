"""One line a request and one a failure, without anything that somebody typed, is called or holds as a key."""

import json
import logging
import re
import secrets
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from notifications.message import without_addresses
from tracker import __version__
from tracker.web.frame.metrics import Metrics, method_of

LOG = logging.getLogger("kansenradar.request")
NOTES = "kansenradar"  # of the scope: what a page adds to the line of its request
HERE = "/tracker/", "/notifications/", "/db/"
TOLD_IN_FULL = 600.0  # seconds after which a failure is told with its place again
MOST_FAILURES = 200
FIELDS = ("request", "method", "route", "status", "ms", "actor")


def described(error: BaseException) -> str:
    """What failed and where, and no word of what it failed on: those of a database repeat what was stored."""
    kinds, places = [], list[str]()
    seen: BaseException | None = error
    while seen is not None:
        kinds.append(type(seen).__name__)
        places += [_place(frame) for frame in traceback.extract_tb(seen.__traceback__) if _is_ours(frame)]
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return f"{' from '.join(dict.fromkeys(kinds))} at {' < '.join(reversed(places[-4:])) or 'a library'}"


def _is_ours(frame: traceback.FrameSummary) -> bool:
    return any(room in frame.filename for room in HERE)


def _place(frame: traceback.FrameSummary) -> str:
    return f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"


class PlainLines(logging.Formatter):
    """``2026-05-29T07:30:00+0000 INFO kansenradar.request GET /regelingen 200 34 ms`` and so on."""

    converter = staticmethod(time.gmtime)

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever the record holds; a failure by its kind and place."""
        at = self.formatTime(record, "%Y-%m-%dT%H:%M:%SZ")
        return f"{at} {record.levelname} {record.name} {said(record)}"


class JsonLines(PlainLines):
    """The same as one object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """One JSON object."""
        fields = {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        at = self.formatTime(record, "%Y-%m-%dT%H:%M:%SZ")
        line = {"time": at, "level": record.levelname, "logger": record.name, "message": said(record), **fields}
        return json.dumps(line, ensure_ascii=False)


def said(record: logging.LogRecord) -> str:
    """What a record says, in one line, masked where it is not one of our own request lines."""
    message = " ".join(record.getMessage().split())
    failure = f" {described(record.exc_info[1])}" if record.exc_info and record.exc_info[1] else ""
    return message + failure if hasattr(record, "request") else without_addresses(masked_keys(message)) + failure


def masked_keys(text: str) -> str:
    """Links to sign in, to leave, to judge or of a feed lose their key."""
    return re.sub(r"(/(?:inloggen/link|afmelden|oordeel|kalender/feed)/)[^\s\"']+", r"\1<…>", text)


def set_up_logs(form: str) -> None:
    """Every line of this process on standard error, as ``text`` or ``json``."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if form == "json" else PlainLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("kansenradar").setLevel(logging.INFO)


class RequestLog:
    """Times each request, gives it a name, logs it, and logs a failure once in full and then by one line."""

    def __init__(self, app: ASGIApp, metrics: Metrics, seconds: Callable[[], float] = time.perf_counter) -> None:
        self.app, self.metrics, self.seconds = app, metrics, seconds
        self._told: OrderedDict[str, float] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer, and write down how that went."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        notes: dict[str, Any] = scope.setdefault(NOTES, {})
        name, begun, status = secrets.token_hex(8), self.seconds(), [500]

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                status[0] = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = name
            await send(message)

        try:
            await self.app(scope, receive, named)
        except Exception as error:
            self._failed(name, error)
        finally:
            self._done(scope, notes, name, status[0], self.seconds() - begun)

    def _done(self, scope: Scope, notes: dict[str, Any], name: str, status: int, took: float) -> None:
        route = notes.get("route") or _pattern(scope)
        method = method_of(str(scope["method"]))
        self.metrics.count(method, route, status, took)
        line = {
            "request": name, "method": method, "route": route, "status": status, "ms": round(took * 1000),
            "actor": notes.get("actor", "-"),
        }  # fmt: skip
        LOG.info("%(request)s %(method)s %(route)s %(status)s %(ms)s ms actor %(actor)s", line, extra=line)

    def _failed(self, name: str, error: Exception) -> None:
        what, now = described(error), self.seconds()
        again = now - self._told.get(what, float("-inf")) < TOLD_IN_FULL
        if not again:
            self._told[what] = now
        while len(self._told) > MOST_FAILURES:
            self._told.popitem(last=False)
        LOG.error("%s failed%s: %s", name, " again" if again else "", what.partition(" at ")[0] if again else what)


def _pattern(scope: Scope) -> str:
    """The pattern of the address, never the address: that may hold a key."""
    if scope["path"].startswith("/static/"):
        return "/static"
    return str(getattr(scope.get("route"), "path", "") or "-")


class OnlyKnownSchema:
    """Answers 503 with the reason while the database is of another version than this process."""

    def __init__(self, app: ASGIApp, trouble: Callable[[], str]) -> None:
        self.app, self.trouble = app, trouble

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application's answer, or the reason why there is none."""
        asks = scope["type"] == "http" and not is_bare(scope["path"])
        why = await run_in_threadpool(self.trouble) if asks else ""
        if not why:
            await self.app(scope, receive, send)
            return
        scope.setdefault(NOTES, {})["route"] = "-"
        kind, body = "text/plain", f"Even niet beschikbaar: {why}. Een beheerder moet het opnieuw starten."
        if scope["path"] == "/health/ready":
            said = {"status": "broken", "broken": ["schema"], "version": __version__, "why": why}
            kind, body = "application/json", json.dumps(said)
        await PlainTextResponse(body, 503, {"Retry-After": "60"}, kind)(scope, receive, send)


def is_bare(path: str) -> bool:
    """Whether an address answers without the database."""
    return path in ("/health/live", "/robots.txt", "/metrics") or path.startswith("/static/")
