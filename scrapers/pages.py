"""Reading a source page by page, without any plumbing: the same for the network and for a recording."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime

from scrapy import Request
from scrapy.http import HtmlResponse, Response, TextResponse

from db.vocabulary import SourceKind, Status
from scrapers.crawled import Page, Remark, Remembered, Unreadable
from scrapers.letters import encoding_of, is_web_page
from scrapers.listing import ONLY_TITLE, Listing, plain_line
from scrapers.settings import CRAWL_BYTES
from scrapers.source import RowSkipped, Source, SourceIncomplete, SourceStuck

ENDED = {Status.CLOSED, Status.WITHDRAWN, Status.CONVERTED}
Event = Listing | Unreadable | Remark | Page | Remembered


class PageReading:
    """Takes the pages of one source and hands every listing, page and unreadable row to ``keep``."""

    def __init__(self, source: Source, now: Callable[[], datetime], keep: Callable[[Event], None]) -> None:
        self.source, self.now, self.keep = source, now, keep
        self.stopped = ""
        self.stuck = False  # the source does not heed what it is asked
        self.skew: float | None = None
        self.answers = self.unchanged = self.bytes = self.listed = self.unread = 0
        self._known: dict[str, set[str]] = {}  # what was said of each call
        self._unreadable: set[tuple[str, str]] = set()
        self._asked: set[str] = set()
        self.owed: dict[str, None] = {}  # calls of which only the title was read
        self.over: set[str] = set()  # calls of which their source says that they are over
        self.list_unchanged = False

    def stop(self, why: str) -> None:
        """This was not all; the first reason counts. It may quote the source, so it is made one line to be printed."""
        self.stopped = self.stopped or plain_line(why)

    def take(self, page: TextResponse) -> Iterator[Request]:
        """Read one page; what comes out are the requests to make next."""
        self.answers += 1
        self._compare_clocks(page)
        self._remember(page)
        if page.status == 304:
            self.unchanged += 1
            self.list_unchanged = self.list_unchanged or not page.meta.get("detail")
            return
        self.bytes += len(page.body)
        if self.bytes > CRAWL_BYTES:
            self.stop(f"more than {CRAWL_BYTES // 2**20} MiB in all")
            return
        sha256 = self._keep_page(page)
        try:
            for row in self.source.parse(page):
                if isinstance(row, Request):
                    row.meta["listed_on"] = sha256
                    self._asked.add(row.meta.get("external_id") or "")
                    yield row
                elif isinstance(row, Unreadable) and page.meta.get("unlisted"):
                    self.remark(f"{row.external_id}: not on the list, {row.why}")
                else:
                    self._keep_row(row, sha256)
        except SourceIncomplete as error:
            self.stuck = self.stuck or isinstance(error, SourceStuck)
            self.stop(str(error))

    def take_answer(self, page: TextResponse, external_id: str) -> bool:
        """What a source says when it is asked for one call; whether it says that there is none."""
        self.bytes += len(page.body)
        if self.bytes > CRAWL_BYTES:
            return False
        sha256 = self._keep_page(page)
        try:
            rows = list(self.source.parse_answer(page, external_id))
        except (SourceIncomplete, ValueError, LookupError, TypeError, AttributeError):  # an oddity costs itself only
            return False
        for listing in rows:
            if isinstance(listing, Listing):
                self._keep_row(listing, sha256)
        return not rows

    def has_listed(self, external_id: str) -> bool:
        """Whether the list has shown this call."""
        return external_id in self._known

    def has_asked(self, external_id: str) -> bool:
        """Whether the list has shown the page of this call, readable or not."""
        return external_id in self._asked

    def fail(self, request: Request, why: str) -> None:
        """A page could not be fetched: the page of one listing costs that listing, any other the rest."""
        if request.meta.get("unlisted"):
            self.remark(f"{request.meta.get('external_id')}: not on the list, {why}")
        elif request.meta.get("detail"):
            self._keep_row(self._instead(request, why), request.meta.get("listed_on", ""))
        else:
            self.stop(f"page {self.source.pages + 1}: {why}")

    def _instead(self, request: Request, why: str) -> Listing | Unreadable | Remark:
        """What the list told of a row whose page cannot be had."""
        known = request.meta.get("external_id")
        unread = Unreadable(where=request.url, why=why, external_id=known)
        try:
            return self.source.without(request, why) or unread
        except RowSkipped as error:
            return Remark(f"{known}: {error}")
        except (ValueError, LookupError):  # the item itself is not as expected
            return unread

    def end(self) -> None:
        """Everything that was asked has been answered or has failed."""
        if not self.stopped:
            self.stop(self.source.why_incomplete())
        if self.owed:
            self.remark(f"{len(self.owed)} read by their title alone, such as {next(iter(self.owed))}")
        nothing = not (self.listed or self.unread or self.unchanged)
        if not self.stopped and nothing and self.source.kind is SourceKind.CATALOGUE:
            self.stop("an empty result: the source lists nothing at all")

    @property
    def all_unchanged(self) -> bool:
        """Whether every answer was a 304."""
        return bool(self.answers) and self.answers == self.unchanged and not self.stopped

    def remark(self, line: str) -> None:
        """A person should know this; the reading is whole all the same. It may quote the source."""
        self.keep(Remark(plain_line(line)))

    def _keep_row(self, row: Listing | Unreadable | Remark, sha256: str) -> None:
        if isinstance(row, Remark):
            self.remark(row.line)
            return
        if isinstance(row, Listing) and row.source_word in ENDED:
            self.over.add(row.external_id)
        if isinstance(row, Listing) and any(line.startswith(ONLY_TITLE) for line in row.review):
            self.owed[row.external_id] = None
        if isinstance(row, Unreadable):
            if (row.where, row.why) not in self._unreadable:  # a second pass meets it again
                self._unreadable.add((row.where, row.why))
                self.unread += 1
                self.keep(replace(row, where=plain_line(row.where), why=plain_line(row.why)))
        else:
            variants, words = self._known.setdefault(row.external_id, set()), words_of(row)
            self.listed += not variants
            if words not in variants:  # copies that say other things are weighed at the end, see copies.py
                variants.add(words)
                self.keep(row if row.snapshot else row.model_copy(update={"snapshot": sha256}))

    def _keep_page(self, page: TextResponse) -> str:
        sha256 = hashlib.sha256(page.body).hexdigest()
        self.keep(Page(page.url, sha256, text_header(page, "Content-Type"), page.body, self.now()))
        return sha256

    def _remember(self, page: TextResponse) -> None:
        etag, modified = text_header(page, "ETag"), text_header(page, "Last-Modified")
        if etag or modified:
            self.keep(Remembered(page.url, etag or None, modified or None))

    def _compare_clocks(self, page: TextResponse) -> None:
        if self.skew is None and (stamp := text_header(page, "Date")):
            try:
                self.skew = (self.now() - parsedate_to_datetime(stamp)).total_seconds()
            except (ValueError, TypeError):
                return


def words_of(listing: Listing) -> str:
    """The same for two listings that say the same, wherever they were read."""
    return hashlib.sha256(listing.model_dump_json(exclude={"snapshot", "evidence"}).encode()).hexdigest()


def text_header(page: Response, name: str) -> str:
    """A header of an answer as a line of text, empty where it is absent; at most 1,000 characters."""
    return plain_line((page.headers.get(name) or b"").decode("latin-1")[:1000])


def as_page(answer: Response, url: str, asked: Request) -> TextResponse:
    """An answer with the source's own address; what is not text is offered as text all the same."""
    kind = type(answer) if isinstance(answer, TextResponse) else TextResponse
    kind = HtmlResponse if is_web_page(answer.body) else kind
    encoding = encoding_of(answer.body, answer.encoding if isinstance(answer, TextResponse) else "")
    return kind(
        url=url, status=answer.status, headers=answer.headers, body=answer.body, request=asked, encoding=encoding
    )
