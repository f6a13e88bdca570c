"""Ask a provider something over the network: only allowed addresses, in time, no redirects, and no endless answers."""

import socket
import ssl
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any, Protocol
from urllib.parse import urlsplit

from scrapers.addresses import AddressRefused, is_public, pairs

PATIENCE = 5.0  # seconds for each step of a conversation
MOST_BYTES = 500_000


class NoAnswer(Exception):
    """The provider is away, too slow, or not one that may be asked; the message names its host and what happened."""


class Fetch(Protocol):
    """Status and body of an answer. Raises NoAnswer."""

    def __call__(self, url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        """GET without a body, POST with one."""


def guarded_fetch(allow: tuple[str, ...], patience: float = PATIENCE) -> Fetch:
    """A fetch that reaches what a crawl may reach: public addresses, and the private host:port pairs of FETCH_ALLOW."""
    allowed = pairs(allow)

    def fetch(url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        if parts.scheme not in ("https", "http") or (parts.scheme == "http" and (host, port) not in allowed):
            raise NoAnswer(f"{host or url}: no https address")
        connection = _connection(parts.scheme, host, port, allowed, patience)
        path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        try:
            method = "GET" if body is None else "POST"
            connection.request(method, path, body, {"Host": parts.netloc, **(headers or {})})
            answer = connection.getresponse()
            content = _in_time(answer, 2 * patience)
        except (OSError, HTTPException, AddressRefused, ValueError) as error:
            raise NoAnswer(f"{host}: {type(error).__name__} {error}".strip()) from error
        finally:
            connection.close()
        if len(content) > MOST_BYTES:
            raise NoAnswer(f"{host}: an answer of more than {MOST_BYTES // 1000} kB")
        return answer.status, content

    return fetch


def _in_time(answer: HTTPResponse, seconds: float) -> bytes:
    """What came, up to one byte more than is taken; an answer that dribbles in is given up."""
    content, until = b"", time.monotonic() + seconds
    while len(content) <= MOST_BYTES and (piece := answer.read1(MOST_BYTES + 1 - len(content))):
        content += piece
        if time.monotonic() > until:
            raise TimeoutError("too slow")
    return content


def _connection(
    scheme: str, host: str, port: int, allowed: frozenset[tuple[str, int]], patience: float
) -> HTTPConnection:
    made: HTTPConnection = (
        HTTPSConnection(host, port, timeout=patience, context=ssl.create_default_context())
        if scheme == "https"
        else HTTPConnection(host, port, timeout=patience)
    )
    made._create_connection = _to_allowed(host, allowed)  # type: ignore[attr-defined]  # http.client's own seam
    return made


def _to_allowed(host: str, allowed: frozenset[tuple[str, int]]) -> Callable[..., socket.socket]:
    """As socket.create_connection, to an address that was looked at: a name cannot lead elsewhere afterwards."""

    def connect(address: tuple[str, int], timeout: float, _source: Any = None, **_: Any) -> socket.socket:
        found = socket.getaddrinfo(*address, type=socket.SOCK_STREAM)
        reachable = [where[4] for where in found if (host, address[1]) in allowed or is_public(str(where[4][0]))]
        if not reachable:
            raise AddressRefused(f"{host}:{address[1]} is a private address")
        return socket.create_connection((str(reachable[0][0]), address[1]), timeout)

    return connect
