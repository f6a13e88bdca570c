"""Source: what every source shares. A source says where its rows are, reads one row, and points to the next page."""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from scrapy import Request
from scrapy.http import TextResponse

from db.vocabulary import SourceForm, SourceKind
from scrapers.crawled import KnownPage, Remark, Unreadable
from scrapers.letters import breaks_off
from scrapers.links import path_without_session
from scrapers.listing import AMSTERDAM, Listing

Found = Listing | Unreadable | Remark | Request
CUT = "the page breaks off"
MANY = 5  # so many rows are the same in two answers by no chance; fewer only in three
FIRST_WINDOW, OVERLAP = timedelta(days=90), timedelta(days=2)


class SourceIncomplete(Exception):
    """The source cannot be read to its end; the message is the one line that says why ("page 3: not JSON")."""


class SourceStuck(SourceIncomplete):
    """The source gives other questions the same answer: asking on brings nothing."""


class RowSkipped(ValueError):
    """This row is not for us, and a person should know why; the message says so."""


class RowUnreadable(ValueError):
    """This row is not as expected; the message says how. It costs only itself."""


@dataclass(frozen=True)
class Context:
    """What a source is handed: the moment (aware, UTC), since when a stream is asked, and its options from outside.

    ``known``: by id, the calls of this source that are not over; empty where it does not read known pages.
    """

    now: datetime
    since: datetime | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    known: Mapping[str, KnownPage] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The day of reading, in Amsterdam: the same notion of a day as everywhere."""
        return self.now.astimezone(ZoneInfo(AMSTERDAM)).date()

    @property
    def window_start(self) -> datetime:
        """From when a stream is read: two days before its last complete crawl, or ninety days back."""
        return (self.since - OVERLAP) if self.since else self.now - FIRST_WINDOW


class Source:
    """One place we look. Subclasses give the names below, ``start``, ``rows``, ``read`` and perhaps ``next_page``.

    Addresses are always those of the source itself; fetching maps ``root`` to another root when a setting says so.
    """

    name: ClassVar[str]
    kind: ClassVar[SourceKind]
    publisher: ClassVar[str]
    root: ClassVar[str]
    language: ClassVar[str] = "nl"
    hosts: ClassVar[tuple[str, ...]] = ()  # further hosts this source may send us to
    on: ClassVar[bool] = True  # off: only when a setting asks for it
    lists_calls: ClassVar[bool] = True  # no: what it lists is kept elsewhere, such as the meetings of councils
    asks_robots: ClassVar[bool] = True  # no: an owner decided so by turning the source on
    can_be_asked: ClassVar[bool] = False  # for one call by name, see ``ask_for``
    reads_known_pages: ClassVar[bool] = False  # those of ``wants_again`` also where no list shows them
    lists_what_is_open: ClassVar[bool] = False  # so a known page that is open and that no list shows was left out
    asks_again: ClassVar[bool] = False  # the same question on purpose, so the same answer says nothing
    pace: ClassVar[float] = 1.0  # seconds between two requests
    max_pages: ClassVar[int] = 400
    form: ClassVar[SourceForm] = SourceForm.EXACT
    promises: ClassVar[str] = ""  # Dutch, for the screen: what stands here once it was read to its end
    unseen: ClassVar[str] = ""  # and what cannot be seen here, however well it is read

    def __init__(self, context: Context) -> None:
        self.context = context
        self.pages = 0
        self.own_count: int | None = None  # how many rows there are, as the source itself says
        self.observe: Callable[[Any], None] = lambda _: None  # told of every row, for comparing shapes
        self._asked: set[tuple[str, str, bytes]] = set()
        self._listed: set[Hashable] = set()
        self._answer: tuple[Any, list[str | None]] = (None, [])  # to which question, and the ids of its rows
        self._same = 0

    def start(self) -> Iterable[Request]:
        """The first requests."""
        return [Request(self.root)]

    def rows(self, page: TextResponse) -> Iterable[Any]:
        """Where the listings are: rows to read, or requests for pages that each hold one listing."""
        raise NotImplementedError

    def identify(self, row: Any) -> str | None:
        """The external id of a row, also where the rest of it cannot be read."""
        return None

    def read(self, row: Any) -> Listing | None:
        """One row, or the page of one row -> one Listing; none for a row that is not for us."""
        raise NotImplementedError

    def without(self, request: Request, why: str) -> Listing | None:
        """What can be told of a row whose page cannot be had; none: it is unreadable."""
        return None

    def next_page(self, page: TextResponse) -> Request | Iterable[Request] | None:
        """The request for the next page of rows, or several."""
        return None

    def ask_for(self, external_id: str, url: str) -> Request | None:
        """How to ask for one call that the list no longer shows, by its id and page; none where that is not possible.

        Of a source that ``can_be_asked`` no call is taken for gone before it said so itself, by 404, 410 or ``answer``.
        """
        return None

    def shows_the_newest(self) -> bool:
        """Whether its lists are feeds, from which what is older drops off: what they lack was not left out."""
        return False

    def wants_again(self, page: KnownPage) -> bool:
        """Whether a known page is to be read though no list shows it."""
        return self.lists_what_is_open

    def answer(self, page: TextResponse, external_id: str) -> Iterable[Any]:
        """What was asked for, as rows to read: none where the source has no such call any more.

        Raises SourceIncomplete where the page does not say.
        """
        return [page]

    def parse_answer(self, page: TextResponse, external_id: str) -> Iterator[Listing | Unreadable | Remark]:
        """What a source answered when it was asked for one call."""
        for row in self.answer(page, external_id):
            yield from self._read(row, page.url)

    def why_incomplete(self) -> str:
        """Asked at the end: empty, or one line on why this was not all."""
        return ""

    def address(self, path: str) -> str:
        """A path of this source as an absolute address."""
        return urljoin(self.root, path)

    def parse(self, page: TextResponse) -> Iterator[Found]:
        """What one fetched page holds, and what to ask next."""
        if page.meta.get("detail"):
            yield from self._read(page, page.url)
            return
        self._count(page)
        keys: list[str | None] = []
        for number, row in enumerate(self.rows(page), 1):
            if isinstance(row, Request):
                row.meta["detail"] = True
                keys.append(row.meta.get("external_id") or row.url)
                yield row
            elif isinstance(row, Remark):
                yield row
            else:
                for read in self._read(row, f"{page.url} row {number}"):
                    keys.append(None if isinstance(read, Remark) else read.external_id)
                    yield read
        if breaks_off(page.body):
            raise SourceIncomplete(f"page {self.pages}: {CUT}")
        self._compare_answers(page, keys)
        following = self.next_page(page)
        yield from (following,) if isinstance(following, Request) else following or ()

    def _compare_answers(self, page: TextResponse, keys: list[str | None]) -> None:
        """A source that does not heed what it is asked would be asked for ever: SourceStuck."""
        answer = (page.meta.get("asked_for"), keys)
        same = bool(keys) and any(keys) and answer == self._answer and not self.asks_again
        self._answer, self._same = answer, self._same + 1 if same else 0
        if self._same >= (1 if len(keys) >= MANY else 2):
            raise SourceStuck(f"page {self.pages}: the same {len(keys)} rows as the page before, asked no further")

    def new_among(self, keys: Iterable[Hashable]) -> set[Hashable]:
        """The keys of a page's rows that no page before it had; SourceStuck where it has rows, and none is new."""
        listed = set(keys)
        new = listed - self._listed
        self._listed |= listed
        if listed and not new:
            raise SourceStuck(f"page {self.pages}: paging leads back to rows seen before")
        return new

    def _count(self, page: TextResponse) -> None:
        asked = page.request
        assert asked is not None
        key = (asked.method, asked.url, asked.body)
        if key in self._asked:
            raise SourceIncomplete(f"page {self.pages + 1}: paging leads back to a page seen before ({asked.url})")
        self._asked.add(key)
        self.pages += 1
        if self.pages > self.max_pages:
            raise SourceIncomplete(f"more than {self.max_pages} pages")

    def _read(self, row: Any, where: str) -> Iterator[Listing | Unreadable | Remark]:
        known: str | None = None
        self.observe(row)
        try:
            known = self.identify(row)
            if isinstance(row, TextResponse) and breaks_off(row.body):
                raise RowUnreadable(CUT)
            listing = self.read(row)
        except RowSkipped as error:
            yield Remark(f"{known or where}: {first_line(error)}")
        except Exception as error:  # one row must never cost another
            yield Unreadable(where=where, why=first_line(error), external_id=known)
        else:
            if listing is not None:
                yield listing


# What libraries say, in words by which somebody can act.
PLAIN_WORDS = (
    (r"Cannot use (css|xpath) on a Selector of type 'json'", "JSON, or nothing, came where a page was expected"),
    (
        r"ConnectionLost|ConnectionDone|ResponseFailed|ConnectionResetError",
        "the site broke off before its answer was whole",
    ),
    (r"ConnectionRefusedError", "the site refuses the connection"),
    (r"DNSLookupError|gaierror|CannotResolveHostError", "the name of the site leads nowhere"),
    (r"^TimeoutError|TCPTimedOutError|DownloadTimeoutError", "the site did not answer in time"),
    # A certificate that does not fit stays in the library's words, which say what is wrong with it.
    (
        r"^(?!.*(?:certificate verify failed|VerificationError)).*(?:DownloadFailedError|ConnectError|NoRouteError)",
        "no connection with the site was made",
    ),
    (r"brotli|while decompressing|BadGzipFile|ZstdError", "the answer could not be unpacked"),
)


def first_line(error: BaseException) -> str:
    """An error in one line a person can read."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"[:300]
    text = " ".join(str(error).split())[:300]
    if isinstance(error, (RowUnreadable, RowSkipped, SourceIncomplete)):
        return text
    whole = f"{type(error).__name__}: {text}"
    return next((words for pattern, words in PLAIN_WORDS if re.search(pattern, whole)), whole)


def one(page: Any, css: str) -> str:
    """The text at a CSS query that must match exactly once."""
    texts = [text for text in (" ".join(t.split()) for t in page.css(css).getall()) if text]
    if len(texts) != 1:
        raise RowUnreadable(f"{css!r} found {len(texts)} times, expected once")
    return texts[0]


def maybe(page: Any, css: str) -> str | None:
    """The text at a CSS query that may match once or not at all; the first where it matches oftener."""
    return next(filter(None, (" ".join(t.split()) for t in page.css(css).getall())), None)


def path_of(url: str) -> str:
    """The path of an address, whole or relative, without a session; empty where there is none."""
    try:
        path = path_without_session(urlsplit(url).path).rstrip("/")
    except ValueError:  # "http://[x"
        return ""
    return path if path.startswith("/") else ""
