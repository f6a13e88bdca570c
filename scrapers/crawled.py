"""What one crawl of one source brought back: listings, the bytes they were read from, and how it ended."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from db.vocabulary import SourceKind
from scrapers.listing import Listing


@dataclass(frozen=True)
class Page:
    """Bytes that a source showed; ``sha256`` is of the bytes after decompression."""

    url: str
    sha256: str
    media_type: str
    body: bytes
    fetched_at: datetime


@dataclass(frozen=True)
class Unreadable:
    """One row that could not be read: it costs only itself, and its call is never gone for it."""

    where: str
    why: str
    external_id: str | None = None


@dataclass(frozen=True)
class Remark:
    """What a person should know of a reading that is whole all the same, in one line."""

    line: str


class KnownPage(NamedTuple):
    """A call that is not over, as its source showed it before.

    ``missed``: how many lists in a row have lacked it. ``poor``: whether only its title was read, and its page is owed.
    """

    external_id: str
    url: str
    title: str = ""
    publisher: str = ""
    published_on: date | None = None
    missed: int = 0
    poor: bool = False


@dataclass(frozen=True)
class Remembered:
    """What to send along when this address is asked again."""

    url: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True)
class Crawled:
    """One crawl, before anybody judged or stored it.

    ``stopped`` is empty when the source was read to its end in the expected format, else one line saying what was
    wrong ("page 3: HTTP 500"). ``unchanged`` means that the source said so itself (304): nothing new, nothing gone.
    ``skew_seconds`` is our clock minus the source's Date header. ``come_back_at``: before that moment (UTC) the source
    does not want to be asked again. ``moved``: "old -> new" where it says that a list's address moved for good.
    ``unconfirmed``: ids that the list lacks and that the source, which can be asked, did not say to be gone.
    ``unlisted``: ids of pages that the list no longer links to and that are still there. ``remarks``: lines that leave
    the crawl whole. ``total``: how many rows there are by the source's own count, none where it
    gives none.
    """

    source: str
    kind: SourceKind
    started_at: datetime
    finished_at: datetime
    listings: tuple[Listing, ...] = ()
    pages: tuple[Page, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    remembered: tuple[Remembered, ...] = ()
    stopped: str = ""
    unchanged: bool = False
    skew_seconds: float | None = field(default=None)
    come_back_at: datetime | None = None
    moved: str = ""
    unconfirmed: frozenset[str] = frozenset()
    unlisted: frozenset[str] = frozenset()
    remarks: tuple[str, ...] = ()
    total: int | None = None
