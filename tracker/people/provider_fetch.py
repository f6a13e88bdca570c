"""Ask a provider something over the network: over https, by the rules of what goes out."""

from typing import Protocol
from urllib.parse import urlsplit

from scrapers.outgoing import PATIENCE, NoAnswer, Outgoing, pair_of


class Fetch(Protocol):
    """Status and body of an answer. Raises NoAnswer."""

    def __call__(self, url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        """GET without a body, POST with one."""


def guarded_fetch(outgoing: Outgoing, patience: float = PATIENCE) -> Fetch:
    """A fetch that reaches what may be reached; without TLS only the private host:port pairs of FETCH_ALLOW."""

    def fetch(url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        parts = urlsplit(url)
        if parts.scheme != "https" and pair_of(parts) not in outgoing.allow:
            raise NoAnswer(f"{parts.hostname or url}: no https address")
        return outgoing.ask(url, body, headers, patience)

    return fetch
