"""The child that crawls one source: a job on stdin, a spool folder full of events, and no database."""

import json
import re
import resource
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import DontCloseSpider, DownloadCancelledError, IgnoreRequest, ResponseDataLossError
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from db.region_served import serve
from db.vocabulary import SourceKind
from scrapers import sources
from scrapers.absence import Asking
from scrapers.addresses import pairs
from scrapers.crawled import Page, Remark, Unreadable
from scrapers.fetch import guard_connections, host_and_port
from scrapers.job import Job
from scrapers.known_pages import KnownPages
from scrapers.listing import Listing
from scrapers.pages import Event, PageReading, as_page, text_header
from scrapers.settings import LONGEST_WAIT, MEMORY_BYTES, PAGE_BYTES, scrapy_settings
from scrapers.shape import Shape
from scrapers.source import Context, Source, first_line
from scrapers.spool import Spool

MOVED_FOR_GOOD = {301, 308}
MOST_FAILED = 3  # lists in a row, or pages of single calls; the others would fail too
TWISTED = re.compile(r"\[?<twisted\.[\w.]+ ")  # failures inside failures: the words are enough


class SourceSpider(Spider):
    """Carries a Source's requests to the network and its answers to a PageReading."""

    name = "source"
    handle_httpstatus_list = (304,)

    def __init__(self, job: Job, source: Source, spool: Spool, **rest: Any) -> None:
        super().__init__(**rest)
        self.job, self.source, self.spool = job, source, spool
        self.started = monotonic()
        self.reading = PageReading(source, self.now, self.keep)
        self.asking, self.asked = Asking(self.reading, job.absentees, job.fewest), False
        self.known_pages = KnownPages(self.reading, job.known)
        self.fetch_allow = frozenset(pair.lower() for pair in job.fetch_allow)
        self.shape = Shape()
        self.sent = {"list": 0, "detail": 0}
        if job.sample:
            source.observe = self.shape.add
        self.proxy, self.asked_directly = job.proxy, pairs(job.fetch_allow)
        self.own_hosts = own_hosts(job.root or source.root, source.hosts)
        self.wait = 0.0
        self.failed_in_a_row = {"list": 0, "detail": 0}
        self.come_back_at: datetime | None = None
        self.moved = ""

    def now(self) -> datetime:
        """The moment the parent gave, plus what has passed since: a set clock runs on."""
        return self.job.now + timedelta(seconds=monotonic() - self.started)

    def backoff(self, times: int) -> float:
        """Seconds before the n-th repetition."""
        return self.source.pace * 2.0**times if not self.fetch_allow else 0.2

    def come_back(self, seconds: float) -> None:
        """The source asked not to be asked again for so long."""
        self.wait = max(self.wait, seconds)
        self.come_back_at = max(self.come_back_at or self.now(), self.now() + timedelta(seconds=seconds))

    def patience(self, request: Request) -> float:
        """Seconds to leave the source alone before this page; IgnoreRequest where that is for this whole crawl.

        Where lists keep failing nothing is asked any more, where pages of single calls do, no more of those.
        """
        wait = (self.come_back_at - self.now()).total_seconds() if self.come_back_at else 0.0
        if wait > LONGEST_WAIT:
            raise IgnoreRequest("not asked any more: the source wants patience")
        if max(self.failed_in_a_row["list"], self.failed_in_a_row[kind_of(request)]) >= MOST_FAILED:
            raise IgnoreRequest("not asked any more: the source keeps failing")
        if self.reading.stuck and kind_of(request) == "list":
            raise IgnoreRequest("not asked any more: the source gives the same answer to other questions")
        return wait

    def most_retries(self, request: Request, slow: bool, usual: int) -> int:
        """How often a page is asked again: not while its like fails, and a page that took its whole minute once."""
        if self.failed_in_a_row[kind_of(request)]:
            return 0
        return min(usual, int(kind_of(request) == "list")) if slow else usual

    def count_failure(self, request: Request) -> None:
        """A page did not come; each counts once, whoever hears of it first."""
        if not request.meta.get("counted"):
            request.meta["counted"] = True
            self.failed_in_a_row[kind_of(request)] += 1

    async def start(self) -> AsyncIterator[Any]:
        for request in self.source.start():
            if self.may_ask(request):
                yield self.outgoing(request)

    def may_ask(self, request: Request) -> bool:
        """Whether one more page may be asked; always, but for a sample: so many lists, so many pages of one row."""
        kind = kind_of(request)
        self.sent[kind] += 1
        return not self.job.sample or self.sent[kind] <= self.job.sample

    def outgoing(self, request: Request) -> Request:
        """The same request at the root that the settings name, with what is remembered of the address."""
        sent = request.replace(
            url=elsewhere(request.url, self.source.root, self.job.root),
            callback=self.answered,
            errback=self.failed,
            dont_filter=True,
            meta={**request.meta, "asked": request},
        )
        if self.source.kind is SourceKind.CATALOGUE or request.method != "GET":
            return sent  # one page that says "unchanged" would leave a hole in the list; a search has no one answer
        etag, modified = self.job.remembered.get(request.url, (None, None))
        if etag:
            sent.headers["If-None-Match"] = etag
        if modified:
            sent.headers["If-Modified-Since"] = modified
        return sent

    def answered(self, answer: Response) -> Iterator[Request]:
        """Callback of every request."""
        asked: Request = answer.meta["asked"]
        if why := no_answer(answer):
            self.count_failure(asked)
            self.reading.fail(asked, why)
            return
        self.failed_in_a_row[kind_of(asked)] = 0
        self.note_move(answer.meta, answer.url, asked)
        url = elsewhere(answer.url, self.job.root, self.source.root) if self.job.root else answer.url
        if self.job.sample:
            media_type = text_header(answer, "Content-Type")
            answered = {"method": asked.method, "url": url, "status": answer.status, "media_type": media_type}
            self.spool.add("answer", {**answered, "sha256": sha256(answer.body).hexdigest()})
        # Read the page to its end at once: a source keeps its place between pages, and Scrapy would read two by turns.
        for request in list(self.reading.take(as_page(answer, url, asked))):
            if self.may_ask(request):
                yield self.outgoing(request)
        self.tell_progress()

    def tell_progress(self) -> None:
        """For the parent, and for a person who watches."""
        self.spool.add("progress", {"pages": self.reading.answers, "listings": self.reading.listed})
        print(json.dumps({"pages": self.reading.answers, "listings": self.reading.listed}), flush=True)

    def note_move(self, meta: Mapping[str, Any], target: str, asked: Request) -> None:
        """A list that moved for good is told to a person: one day the old address will answer no more.

        Also where we may not follow, such as to another host.
        """
        if MOVED_FOR_GOOD & set(meta.get("redirect_reasons", ())) and kind_of(asked) == "list":
            old, new = (url.partition("?")[0][:200] for url in (meta["redirect_urls"][0], target))
            self.moved = self.moved or f"{old} -> {new}"

    def failed(self, failure: Failure) -> None:
        """Errback of every request, also of those that a limit or a refusal stopped."""
        request: Request = failure.request  # type: ignore[attr-defined]
        asked: Request = request.meta["asked"]
        self.note_move(request.meta, request.url, asked)
        if kind_of(asked) == "list" or is_trouble(failure.value):
            self.count_failure(request)
        if "absentee" not in asked.meta:
            self.reading.fail(asked, by_way_of(request.meta.get("proxy", ""), self.failure_line(failure.value)))

    def failure_line(self, error: BaseException | None) -> str:
        """One line on why a page did not come."""
        if isinstance(error, HttpError):
            later = f", and asks to come back in {self.wait:.0f} seconds" if self.wait else ""
            target = text_header(error.response, "Location")[:200]
            return f"HTTP {error.response.status}" + (f" to {target}" if target else "") + later
        if isinstance(error, DownloadCancelledError) or "DOWNLOAD_MAXSIZE" in str(error):
            return f"larger than {PAGE_BYTES // 2**20} MiB"
        if isinstance(error, ResponseDataLossError):
            return "the answer breaks off"
        if isinstance(error, IgnoreRequest):
            return " ".join(str(error).split())[:300] or "refused by a limit of ours"
        return TWISTED.sub("", first_line(error)).rstrip(">]") if error else "failed"

    def on_error(self, failure: Failure, response: Response, spider: Spider) -> None:
        """Something in reading went wrong that nobody foresaw."""
        error = failure.value or Exception("unknown")
        place, line = f"page {self.source.pages}", first_line(error)
        if isinstance(error, OSError):  # the spool's disk: no network fails while a page is read
            place, line = "this machine", error.strerror or line
        self.reading.stop(f"{place}: {line}")

    def on_idle(self) -> None:
        """The list has been read: ask, once, for single calls that it lacks; DontCloseSpider where there are any."""
        if self.asked or self.job.sample:
            return
        self.asked = True
        requests = [self.outgoing(request) for request in self.known_pages.requests()]
        requests += [self.outgoing(request).replace(callback=self.told_of_one) for request in self.asking.requests()]
        engine: Any = self.crawler.engine
        for request in requests:
            engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def told_of_one(self, answer: Response) -> None:
        """Callback of a request for one call."""
        asked: Request = answer.meta["asked"]
        url = elsewhere(answer.url, self.job.root, self.source.root) if self.job.root else answer.url
        if not no_answer(answer):
            self.asking.hear(as_page(answer, url, asked), asked.meta["absentee"])

    def on_close(self, spider: Spider, reason: str) -> None:
        """Write how it ended."""
        if reason != "finished":
            self.reading.stop(f"ended early: {reason}")
        if not self.job.sample:
            self.known_pages.end()
            self.reading.end()
        self.spool.add("end", self.ending())

    def ending(self) -> dict[str, Any]:
        """How the reading ended."""
        reading = self.reading
        return {
            "stopped": reading.stopped,
            "unchanged": reading.all_unchanged,
            "skew": reading.skew,
            "finished_at": self.now(),
            "come_back_at": self.come_back_at,
            "moved": self.moved,
            "unlisted": [page.external_id for page in self.known_pages.unlisted()],
            "unconfirmed": sorted(self.asking.unconfirmed),
            "total": self.source.own_count,
            "shape": self.shape.as_json(),
            "peak_kib": peak_memory(),
        }

    def keep(self, event: Event) -> None:
        """Into the spool at once."""
        if isinstance(event, Listing):
            self.spool.add("listing", event.as_json())
        elif isinstance(event, Page):
            self.spool.keep(event.sha256, event.body)
            self.spool.add("page", {**asdict(event), "body": None})
        elif isinstance(event, Remark):
            self.spool.add("remark", asdict(event))
        else:
            self.spool.add("unreadable" if isinstance(event, Unreadable) else "remembered", asdict(event))


def by_way_of(proxy: str, why: str) -> str:
    """Why a page did not come that was asked of a proxy: it may be the proxy's fault, and not the site's."""
    host = urlsplit(proxy).hostname
    if proxy and "407" in why:
        return f"the proxy {host} does not take our name and password (HTTP 407)"
    return f"asked by the proxy {host}: {why}" if proxy else why


def kind_of(request: Request) -> str:
    """Whether a request is for the page of a single call, or for a list, to which all else counts."""
    return "detail" if request.meta.get("detail") or "absentee" in request.meta else "list"


def is_trouble(error: BaseException | None) -> bool:
    """Whether a page failed in a way that the next will too; that one page is refused or not there says nothing."""
    if isinstance(error, HttpError):
        return error.response.status >= 500 or error.response.status in (408, 429)
    return not isinstance(error, IgnoreRequest)


def no_answer(answer: Response) -> str:
    """Empty, or one line on a status that Scrapy lets pass and that gives no whole page: a challenge, a part, nothing.

    304 is an answer only where somebody asked whether a page has changed.
    """
    assert answer.request
    asked = answer.request.headers
    if answer.status == 304:
        conditional = b"If-None-Match" in asked or b"If-Modified-Since" in asked
        return "" if conditional else "HTTP 304, though nobody asked whether it changed"
    return f"HTTP {answer.status}: no whole page" if 200 < answer.status < 300 and answer.status != 203 else ""


def elsewhere(url: str, root: str, other: str) -> str:
    """An address under one root as the same address under another."""
    if not other or not url.startswith(root.rstrip("/")):
        return url
    return other.rstrip("/") + url[len(root.rstrip("/")) :]


def own_hosts(root: str, further: tuple[str, ...]) -> frozenset[tuple[str, int]]:
    """Host (without www.) and port of everything a source may be asked at."""
    host, port = host_and_port(root)
    own = {(host.removeprefix("www."), port)}
    for name in (host, *further) if port in (80, 443) else further:
        own |= {(name.removeprefix("www."), 80), (name.removeprefix("www."), 443)}
    return frozenset(own)


def crawl(job: Job) -> None:
    """Crawl one source to its end; whatever happens stands in the spool."""
    serve(job.region)
    source = sources.load(job.source, job.options)(
        Context(job.now, job.since, job.options, {page.external_id: page for page in job.known})
    )
    process = AsyncCrawlerProcess({**scrapy_settings(job.user_agent), **job.settings}, install_root_handler=False)
    crawler = process.create_crawler(SourceSpider)
    from twisted.internet import reactor

    through = frozenset({host_and_port(job.proxy)} if job.proxy else ())
    guard_connections(reactor, pairs(job.fetch_allow) | through)
    process.crawl(crawler, job=job, source=source, spool=Spool(job.spool))
    crawler.signals.connect(_forward_error, signal=signals.spider_error)
    crawler.signals.connect(_forward_close, signal=signals.spider_closed)
    crawler.signals.connect(_forward_idle, signal=signals.spider_idle)
    process.start()


def _forward_error(failure: Failure, response: Response, spider: Any) -> None:
    spider.on_error(failure, response, spider)


def _forward_close(spider: Any, reason: str) -> None:
    spider.on_close(spider, reason)


def _forward_idle(spider: Any) -> None:
    spider.on_idle()


def main() -> int:
    """Read the job from stdin, bound our memory, crawl."""
    job = Job.model_validate_json(sys.stdin.buffer.read())
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    crawl(job)
    return 0


def peak_memory() -> int:
    """Of this process alone, in KiB: ``ru_maxrss`` would begin at the size of the process that started it."""
    status = Path("/proc/self/status")
    peak = re.search(r"VmHWM:\s+(\d+) kB", status.read_text("ascii")) if status.exists() else None
    return int(peak[1]) if peak else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
