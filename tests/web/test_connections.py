"""Clients that send or read byte by byte, over real sockets: each is let go in time, and others are answered meanwhile."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from db.session import open_engine
from tests.make.pages import BASE, settings_for
from tracker.clock import Clock
from tracker.commands.context import CommandContext
from tracker.commands.serve import page_server
from tracker.settings import Settings
from tracker.web.app import build
from tracker.web.frame.connections import MOST_CONNECTIONS, BoundedConnection

MOST = 20
BIG = b"x" * 40_000_000


class Hasty(BoundedConnection):
    """The same with less patience."""

    headers_seconds = 0.6
    reading_seconds = 0.6


class Steady(BoundedConnection):
    """Patience for a machine that is busy with other things, and less than a test of steady clients takes as a whole."""

    headers_seconds = 3
    reading_seconds = 3


class Patient(BoundedConnection):
    """The same with more patience than a test takes: only room counts."""

    headers_seconds = 60
    reading_seconds = 60


async def big(scope: Any, receive: Any, send: Any) -> None:
    """An answer that does not fit in any buffer between us and the client."""
    del scope, receive
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": BIG})


@contextmanager
def serving(app: Any, kind: type[BoundedConnection], keep_alive: int = 10) -> Iterator[tuple[str, int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    more = {"timeout_keep_alive": keep_alive, "limit_concurrency": MOST, "log_level": "critical", "lifespan": "off"}
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, http=kind, ws="none", **more))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.02)
    yield "127.0.0.1", port
    server.should_exit = True
    server.force_exit = True
    thread.join(10)


@pytest.fixture
def app(tmp_path: Path, sqlite_template: Path, now: Any) -> Iterator[Any]:
    path = tmp_path / "pages.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = open_engine(f"sqlite:///{path}")
    yield build(settings_for(tmp_path), engine, Clock(now))
    engine.dispose()


def ended(client: socket.socket, within: float) -> bool:
    """Whether the other side hangs up within so many seconds, while we send a byte now and then."""
    deadline = time.monotonic() + within
    client.settimeout(0.1)
    while time.monotonic() < deadline:
        try:
            client.sendall(b"a")
            if client.recv(65536) == b"":
                return True
        except TimeoutError:
            continue
        except OSError:
            return True
    return False


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        b"GET /nergens HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n",
        b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nX-Slow: ",
    ],
    ids=["nothing", "headers", "a body nobody asked for", "a second request"],
)
def test_a_request_that_never_ends_is_let_go(app: Any, begun: bytes) -> None:
    with serving(app, Hasty) as address, socket.create_connection(address) as client:
        client.sendall(begun)
        assert ended(client, 60)


def all_read(client: socket.socket, pause: float = 0) -> int:
    """How much comes until the other side hangs up or has said everything."""
    read = 0
    client.settimeout(60)
    try:
        while part := client.recv(2_000_000):
            read += len(part)
            time.sleep(pause)
            if read > len(BIG):
                break
    except ConnectionResetError:
        pass
    return read


def test_an_answer_that_nobody_reads_is_let_go() -> None:
    lost = threading.Event()

    class Told(Hasty):
        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            lost.set()

    with serving(big, Told) as address, socket.create_connection(address) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert lost.wait(60)
        assert all_read(client) < len(BIG)


def test_a_slow_but_steady_reader_gets_everything() -> None:
    begun = time.monotonic()
    with serving(big, Steady) as address, socket.create_connection(address) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert all_read(client, pause=0.2) > len(BIG)
    assert time.monotonic() - begun > Steady.reading_seconds  # as a whole it took longer than one may be silent


def status(client: HTTPConnection) -> int:
    client.request("GET", "/health/live")
    answer = client.getresponse()
    answer.read()
    return answer.status


SLOW = {
    "headers": b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: a",
    "a form": b"POST /inloggen HTTP/1.1\r\nHost: kansenradar.test\r\nOrigin: https://kansenradar.test\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nemail=",
}


@pytest.mark.parametrize("what", SLOW)
def test_however_many_dribble_others_are_answered(app: Any, what: str) -> None:
    """Three times as many as the server takes, patient as it is: each newcomer takes the place of who waits longest."""
    with serving(app, Patient) as address, ExitStack() as open_ones:
        for _ in range(MOST * 3):
            client = open_ones.enter_context(socket.create_connection(address))
            client.sendall(SLOW[what])
        time.sleep(0.5)  # what was begun for those who went comes to its end
        for _ in range(5):
            with closing(HTTPConnection(*address, timeout=60)) as client_in_good_faith:
                assert status(client_in_good_faith) == 200


def test_who_keeps_a_connection_open_between_requests_is_not_cut_off(app: Any) -> None:
    with serving(app, Steady) as address, closing(HTTPConnection(*address, timeout=60)) as client:
        for _ in range(4):
            assert status(client) == 200
            time.sleep(1)


def test_the_pages_are_served_over_such_connections(tmp_path: Path, sqlite_template: Path, now: Any) -> None:
    settings = Settings(base_url=BASE, data_dir=tmp_path, database_url=f"sqlite:///{sqlite_template}", _env_file=None)
    config = page_server(CommandContext(settings, Clock(now)), "127.0.0.1", 8000).config
    assert config.http is BoundedConnection
    assert (config.ws, config.limit_concurrency) == ("none", MOST_CONNECTIONS)
