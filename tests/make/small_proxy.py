"""A forward proxy on this machine: CONNECT for https, whole addresses for http, a name and password, names of its own."""

import base64
import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


@dataclass
class SmallProxy:
    """``leads`` says to which port here a host leads; what is not in it is refused. ``asked`` is what it was told."""

    port: int
    known: str = "wij:geheim!"
    leads: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """With the name and password that it takes."""
        return f"http://{self.known.replace('!', '%21')}@127.0.0.1:{self.port}"

    def lets_in(self, header: str | None) -> bool:
        return header == f"Basic {base64.b64encode(self.known.encode()).decode()}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _port_of(self, host: str | None) -> int:
        """Where it leads; 0, and an answer, where it leads nowhere."""
        proxy: SmallProxy = self.server.proxy  # type: ignore[attr-defined]
        proxy.asked.append(f"{self.command} {self.path}")
        if not proxy.lets_in(self.headers["Proxy-Authorization"]):
            self._refuse(407)
        elif not proxy.leads.get(host or ""):
            self._refuse(502)
        else:
            return proxy.leads[host or ""]
        return 0

    def _refuse(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def do_CONNECT(self) -> None:
        self.close_connection = True
        if port := self._port_of(self.path.rpartition(":")[0]):
            with socket.create_connection(("127.0.0.1", port)) as there:
                self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
                threading.Thread(target=_carry, args=(there, self.connection), daemon=True).start()
                _carry(self.connection, there)

    def _whole(self) -> None:
        parts = urlsplit(self.path)
        if port := self._port_of(parts.hostname):
            passed_on = {name: value for name, value in self.headers.items() if name != "Proxy-Authorization"}
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            there = HTTPConnection("127.0.0.1", port)
            there.request(self.command, f"{parts.path or '/'}?{parts.query}", body or None, passed_on)
            answer = there.getresponse()
            content = answer.read()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.headers.get("Content-Type", "text/plain"))
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            there.close()

    do_GET = do_POST = _whole

    def log_message(self, *_: Any) -> None: ...


def _carry(source: socket.socket, to: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            to.sendall(data)
        to.shutdown(socket.SHUT_WR)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    proxy: SmallProxy

    def handle_error(self, request: Any, client_address: Any) -> None: ...


@contextmanager
def proxying(**leads: int) -> Iterator[SmallProxy]:
    """A running proxy; ``portal_example=8000`` leads portal.example to that port."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.proxy = SmallProxy(server.server_address[1], leads={n.replace("_", "."): port for n, port in leads.items()})
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server.proxy
    finally:
        server.shutdown()
        server.server_close()
