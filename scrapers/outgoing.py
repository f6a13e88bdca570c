"""Ask another site something: only allowed addresses, in time, no redirects, no endless answers, and by the proxy.

For what is no crawl: those go out by fetch.py, by the same rules.
"""

import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import SplitResult, urlsplit

from scrapers.addresses import AddressRefused, Pair, is_inside, is_public, proxy_authorization

PATIENCE = 5.0  # seconds for each step of a conversation
MOST_BYTES = 500_000
PORTS = {"http": 80, "https": 443}


class NoAnswer(OSError):
    """The site is away, too slow, or not one that may be asked; the message names its host and what happened."""


@dataclass(frozen=True)
class Outgoing:
    """How this installation goes out: the private host:port pairs that it may reach, and the proxy for all else."""

    allow: frozenset[Pair] = frozenset()
    proxy: str = field(default="", repr=False)  # http://user:password@host:port, which resolves names itself

    def with_own(self, url: str) -> "Outgoing":
        """The same, that may reach this address inside, too: the administrator named it, and nobody else can."""
        own = pair_of(urlsplit(url))
        return replace(self, allow=self.allow | {own}) if is_inside(own[0]) or not self.proxy else self

    def ask(
        self, url: str, body: bytes | None = None, headers: dict[str, str] | None = None,
        patience: float = PATIENCE, most: int = MOST_BYTES,
    ) -> tuple[int, bytes]:  # fmt: skip
        """Status and body of the answer; GET without a body, POST with one. Raises NoAnswer."""
        parts = urlsplit(url)
        host, port = pair_of(parts)
        by_proxy = bool(self.proxy) and (host, port) not in self.allow
        try:
            if by_proxy:
                status, content = self._by_proxy(parts, body, headers or {}, patience, most)
            else:
                status, content = self._directly(parts, body, headers or {}, patience, most)
        except (OSError, HTTPException, AddressRefused, ValueError) as error:
            way = f" by the proxy {urlsplit(self.proxy).hostname}" if by_proxy else ""
            raise NoAnswer(f"{host}{way}: {type(error).__name__} {error}".strip()) from error
        if len(content) > most:
            raise NoAnswer(f"{host}: an answer of more than {most // 1000} kB")
        return status, content

    def _directly(
        self, parts: SplitResult, body: bytes | None, headers: dict[str, str], patience: float, most: int
    ) -> tuple[int, bytes]:
        host, port = pair_of(parts)
        connection = _connection(parts.scheme, host, port, patience)
        connection._create_connection = _to_allowed(host, self.allow)  # type: ignore[attr-defined]  # http.client's own seam
        return _conversation(connection, _path_of(parts), body, {"Host": _netloc(parts), **headers}, most)

    def _by_proxy(
        self, parts: SplitResult, body: bytes | None, headers: dict[str, str], patience: float, most: int
    ) -> tuple[int, bytes]:
        """In a tunnel for https, whose certificate is checked here; else the proxy is asked for the whole address."""
        host, port = pair_of(parts)
        if is_inside(host):
            raise AddressRefused(f"{host}:{port} is a private address")
        there, known = urlsplit(self.proxy), proxy_authorization(self.proxy)
        connection = _connection(parts.scheme, str(there.hostname), there.port or 0, patience)
        headers, target = {"Host": _netloc(parts), **headers}, _path_of(parts)
        if parts.scheme == "https":
            connection.set_tunnel(host, port, known)
        else:
            headers, target = headers | known, f"http://{_netloc(parts)}{target}"
        status, content = _conversation(connection, target, body, headers, most)
        if status == 407:
            raise OSError("407 Proxy Authentication Required")
        return status, content


def pair_of(parts: SplitResult) -> Pair:
    """Host and port of an address. Raises NoAnswer where it is none of the web."""
    try:
        return (parts.hostname or "").lower(), parts.port or PORTS[parts.scheme]
    except (KeyError, ValueError) as error:
        raise NoAnswer(f"{parts.hostname or parts.path}: no http or https address") from error


def _netloc(parts: SplitResult) -> str:
    return parts.netloc.rpartition("@")[2]


def _path_of(parts: SplitResult) -> str:
    return f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"


def _conversation(
    connection: HTTPConnection, target: str, body: bytes | None, headers: dict[str, str], most: int
) -> tuple[int, bytes]:
    try:
        connection.request("GET" if body is None else "POST", target, body, headers)
        answer = connection.getresponse()
        return answer.status, _in_time(answer, most, 2 * float(connection.timeout or PATIENCE))
    finally:
        connection.close()


def _in_time(answer: HTTPResponse, most: int, seconds: float) -> bytes:
    """What came, up to one byte more than is taken; an answer that dribbles in is given up."""
    content, until = b"", time.monotonic() + seconds
    while len(content) <= most and (piece := answer.read1(most + 1 - len(content))):
        content += piece
        if time.monotonic() > until:
            raise TimeoutError("too slow")
    return content


def _connection(scheme: str, host: str, port: int, patience: float) -> HTTPConnection:
    if scheme == "https":
        return HTTPSConnection(host, port, timeout=patience, context=ssl.create_default_context())
    return HTTPConnection(host, port, timeout=patience)


def _to_allowed(host: str, allowed: frozenset[Pair]) -> Callable[..., socket.socket]:
    """As socket.create_connection, to an address that was looked at: a name cannot lead elsewhere afterwards."""

    def connect(address: Pair, timeout: float, _source: Any = None, **_: Any) -> socket.socket:
        found = [str(where[4][0]) for where in socket.getaddrinfo(*address, type=socket.SOCK_STREAM)]
        named = (host, address[1]) in allowed
        reachable = [one for one in found if named or is_public(one) or (one, address[1]) in allowed]
        if not reachable:
            raise AddressRefused(
                f"{host}:{address[1]} is a private address (FETCH_ALLOW names those that may be asked)"
            )
        return socket.create_connection((reachable[0], address[1]), timeout)

    return connect
