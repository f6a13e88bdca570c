"""How pages are fetched: only public addresses, only the source's own hosts, by its robots file and at its pace."""

import asyncio
from datetime import datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from scrapers.addresses import AddressRefused, is_inside, is_public, proxy_authorization
from scrapers.letters import by_its_mark
from scrapers.settings import LONGEST_WAIT, ROBOTS_BYTES

NO_ANSWER = (
    IgnoreRequest,
    OSError,
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)


class ForbiddenByRobots(IgnoreRequest):
    """The site's robots.txt says no, or could not be read."""


class HostRefused(IgnoreRequest):
    """A page or redirect leads away from the source's own hosts, or to something else than http and https."""


def guard_connections(reactor: Any, allowed: frozenset[tuple[str, int]]) -> None:
    """Check every address at the moment of connecting, so that no name, redirect or second answer of a DNS slips by.

    Allowed pairs may be names too: then what the name resolves to is allowed for that port.
    """
    connect, known = reactor.connectTCP, set(allowed)

    class Resolved:
        def __init__(self, receiver: Any, port: int) -> None:
            self.receiver, self.port = receiver, port
            self.resolutionBegan = receiver.resolutionBegan
            self.resolutionComplete = receiver.resolutionComplete

        def addressResolved(self, address: Any) -> None:  # noqa: N802 - Twisted's name
            known.add((address.host, self.port))
            self.receiver.addressResolved(address)

    def learn_names() -> None:
        resolver = reactor.nameResolver

        def resolve(receiver: Any, name: str, portNumber: int = 0, *rest: Any, **named: Any) -> Any:  # noqa: N803
            if (name.lower(), portNumber) in allowed:
                receiver = Resolved(receiver, portNumber)
            return resolver.resolveHostName(receiver, name, portNumber, *rest, **named)

        reactor.installNameResolver(_Resolver(resolve))

    def connect_checked(host: str, port: int, *rest: Any, **named: Any) -> Any:
        if (host, port) not in known and not is_public(host):
            raise AddressRefused(f"{host}:{port} is a private address")
        return connect(host, port, *rest, **named)

    reactor.connectTCP = connect_checked
    reactor.callWhenRunning(learn_names)  # Scrapy puts a resolver of its own in place when it starts


class _Resolver:
    def __init__(self, resolve: Any) -> None:
        self.resolveHostName = resolve


def host_and_port(url: str) -> tuple[str, int]:
    """Lower-case host and port of an http or https URL; ``HostRefused`` for anything else."""
    parts = urlsplit(url)
    try:
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    except (KeyError, ValueError) as error:
        raise HostRefused(f"{url[:200]} is no http or https address") from error
    return (parts.hostname or "").lower(), port


class OwnHostsOnly:
    """Refuses requests, redirects included, that leave the hosts of the source (with or without www.)."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "OwnHostsOnly":
        return cls(crawler)

    def process_request(self, request: Request, spider: Spider | None = None) -> None:
        """Refuse before any connection is made."""
        host, port = host_and_port(request.url)
        own: frozenset[tuple[str, int]] = self.crawler.spider.own_hosts  # type: ignore[union-attr]
        if (host.removeprefix("www."), port) not in own:
            raise HostRefused(f"{request.url[:200]} is not on a host of this source")


class ThroughProxy:
    """Hands requests to the proxy of the settings, where there is one; it resolves the names and checks the addresses.

    What can be seen here is refused here: an address that is not public, and names that only exist inside. What
    FETCH_ALLOW names is of the own network, and is asked directly.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "ThroughProxy":
        return cls(crawler)

    def process_request(self, request: Request, spider: Spider | None = None) -> None:
        """Name the proxy, and who we are there, on this request alone."""
        driver: Any = self.crawler.spider
        pair = host_and_port(request.url)
        if not driver.proxy or pair in driver.asked_directly:
            return
        if is_inside(pair[0]):
            raise HostRefused(f"{request.url[:200]} is inside")
        parts = urlsplit(driver.proxy)
        request.meta["proxy"] = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        request.headers.update(proxy_authorization(driver.proxy))


class Politeness:
    """Obeys robots.txt (an unreadable one means no) and keeps the pace: the source's, or a longer crawl-delay."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.agent: str = crawler.settings["USER_AGENT"]
        self.rules: dict[str, Protego] = {}
        self.unread: dict[str, Exception] = {}  # hosts whose robots.txt could not be had: that is asked once a crawl
        self.last: dict[str, float] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Politeness":
        return cls(crawler)

    async def process_request(self, request: Request, spider: Spider | None = None) -> None:
        """Wait until it is our turn; ``ForbiddenByRobots``, or ``IgnoreRequest`` once the source is left alone."""
        host_and_port(request.url)
        netloc = urlsplit(request.url).netloc
        driver: Any = self.crawler.spider
        delay = max(self._pace(netloc), driver.patience(request))
        if not request.meta.get("robots") and driver.source.asks_robots:
            rules = await self._rules_of(request.url, netloc)
            if not rules.can_fetch(request.url, self.agent):
                raise ForbiddenByRobots(f"robots.txt of {netloc} forbids {request.url[:200]}")
            delay = max(delay, min(rules.crawl_delay(self.agent) or 0.0, LONGEST_WAIT))
        await asyncio.sleep(max(0.0, self.last.get(netloc, 0.0) + delay - monotonic()))
        self.last[netloc] = monotonic()

    def _pace(self, netloc: str) -> float:
        spider: Any = self.crawler.spider
        return 0.0 if netloc.lower() in spider.fetch_allow else float(spider.source.pace)

    async def _rules_of(self, url: str, netloc: str) -> Protego:
        if netloc in self.unread:
            raise self.unread[netloc]
        if netloc not in self.rules:
            try:
                self.rules[netloc] = await self._asked_of(f"{urlsplit(url).scheme}://{netloc}/robots.txt", netloc)
            except NO_ANSWER as error:
                self.unread[netloc] = error
                raise
        return self.rules[netloc]

    async def _asked_of(self, address: str, netloc: str) -> Protego:
        asked = Request(address, meta={"robots": True}, callback=NO_CALLBACK, dont_filter=True)
        engine: Any = self.crawler.engine
        try:
            answer: Response = await engine.download_async(asked)
        except IgnoreRequest as error:
            raise ForbiddenByRobots(f"robots.txt of {netloc} could not be read: {error}") from error
        if answer.status >= 500 or answer.status == 429 or 300 <= answer.status < 400:
            raise ForbiddenByRobots(f"robots.txt of {netloc} answers HTTP {answer.status}: not asked further")
        return Protego.parse(by_its_mark(answer.body[:ROBOTS_BYTES]) if answer.status == 200 else "")


def seconds_to_wait(retry_after: str, now: datetime) -> float | None:
    """A Retry-After header in seconds from now: none where it is absent, past, negative or no sense."""
    text = retry_after.strip()
    try:
        wait = float(text) if text.isdigit() else (parsedate_to_datetime(text) - now).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(wait, 86_400.0) if wait > 0 else None


class PatientRetry(RetryMiddleware):
    """Scrapy's retry, that waits: as long as the source asks, else a little longer each time."""

    async def process_response(  # type: ignore[override]
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Request | Response:
        """Retry after the wait, or give the answer through where the wait is too long for this crawl."""
        if response.status not in self.retry_http_codes:
            return response
        driver: Any = self.crawler.spider
        asked = seconds_to_wait((response.headers.get("Retry-After") or b"").decode("latin-1"), driver.now())
        if asked is not None and asked > LONGEST_WAIT:
            driver.come_back(asked)
            return response
        again = super().process_response(request, response)
        if isinstance(again, Request):
            await asyncio.sleep(asked if asked is not None else driver.backoff(again.meta["retry_times"]))
        elif asked is not None:
            driver.come_back(asked)
        return again

    def _retry(self, request: Request, reason: Any) -> Request | None:
        """Ahead of all other pages, so that a page that fails is known to fail before the next is asked."""
        driver: Any = self.crawler.spider
        most = driver.most_retries(request, slow=isinstance(reason, DownloadTimeoutError), usual=self.max_retry_times)
        again = super()._retry(request.replace(meta={**request.meta, "max_retry_times": most}), reason)
        if again is None:  # known here and now, before the next page is on its way
            driver.count_failure(request)
        return again
