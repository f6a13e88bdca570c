"""A local HTTP server that plays sources: each path has a function that answers as badly as a test wants."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    at: float


Answer = Callable[["PlayedRequest"], None]


class PlayedRequest(BaseHTTPRequestHandler):
    """One request, with short ways to answer it."""

    protocol_version = "HTTP/1.1"
    asked: Asked
    extra: tuple[tuple[str, str], ...] | list[tuple[str, str]] = ()

    def send(self, body: bytes | str = b"", status: int = 200, kind: str = "text/plain", **headers: str) -> None:
        data = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        for name, value in self.extra:
            self.send_header(name, value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def open_ended(self, kind: str = "application/json", **headers: str) -> None:
        """Headers of an answer without a length, that ends when the connection does."""
        self.send_response(200)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Connection", "close")
        self.close_connection = True
        self.end_headers()

    def _play(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        query = {k: v[0] for k, v in parse_qs(parts.query).items()}
        server: Any = self.server
        self.asked = Asked(self.command, parts.path, query, dict(self.headers), monotonic())
        server.played.asked.append(self.asked)
        self.body = body
        answer = server.played.answers.get(parts.path) or server.played.answers.get("*")
        try:
            answer(self) if answer else self.send("not found", 404)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_GET = do_POST = _play

    def log_message(self, *args: Any) -> None:
        return


@dataclass
class Played:
    """The server as a test sees it."""

    port: int
    host: str = "127.0.0.1"
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def pages(self) -> list[Asked]:
        return [a for a in self.asked if a.path != "/robots.txt"]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    address_family = socket.AF_INET
    played: Played

    def handle_error(self, request: Any, client_address: Any) -> None:
        return


class _Server6(_Server):
    address_family = socket.AF_INET6


@contextmanager
def playing(tls: ssl.SSLContext | None = None, by_ipv6: str = "") -> Iterator[Played]:
    """A running server; answers are set by path on the result. ``by_ipv6``: on ::1 alone, under this name."""
    server = _Server6(("::1", 0), PlayedRequest) if by_ipv6 else _Server(("127.0.0.1", 0), PlayedRequest)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.played = Played(server.server_address[1], by_ipv6 or "127.0.0.1")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.played
    finally:
        server.shutdown()
        server.server_close()


def recorded(folder: Path, pages: dict[str, tuple[str, bytes | str]], **index: Any) -> Path:
    """A recording made on the spot: address -> media type and body."""
    answers = []
    for number, (url, (kind, body)) in enumerate(pages.items()):
        (folder / f"{number}").write_bytes(body.encode() if isinstance(body, str) else body)
        answers.append({"url": url, "file": f"{number}", "headers": {"Content-Type": kind}})
    (folder / "index.json").write_text(json.dumps({"day": "2026-05-29", "answers": answers, **index}))
    return folder


SEARCH = "/search-api/prod/rest/search"


def topic(number: int, **changed: Any) -> dict[str, Any]:
    """One result of the EU portal; ``changed`` replaces fields of its metadata."""
    metadata: dict[str, Any] = {
        "identifier": [f"TEST-2026-{number:03}"],
        "ccm2Id": [str(5000 + number)],
        "REFERENCE": [f"{5000 + number}TOPICSen"],
        "title": [f"Topic {number}"],
        "type": ["1"],
        "status": ["31094502"],
        "startDate": ["2026-03-01T00:00:00.000+0000"],
        "deadlineDate": ["2026-09-01T00:00:00.000+0000"],
    }
    return {"reference": f"{5000 + number}TOPICSen", "metadata": {**metadata, **changed}}


def portal(topics: list[dict[str, Any]], size: int = 3) -> Answer:
    """An answer function that pages through these topics as the portal does."""

    def answer(call: PlayedRequest) -> None:
        number = int(call.asked.query["pageNumber"])
        some = topics[(number - 1) * size : number * size]
        whole = {"totalResults": len(topics), "pageNumber": number, "pageSize": size, "results": some}
        call.send(json.dumps(whole), kind="application/json")

    return answer
