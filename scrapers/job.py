"""What the tracker asks of a crawling child: which source, when, how and where to leave what it finds."""

from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from db.region import Region
from scrapers.crawled import KnownPage


class Job(BaseModel):
    """What the parent asks of the child. ``remembered`` is url -> (etag, last-modified)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    spool: Path
    now: datetime
    user_agent: str
    root: str = ""
    since: datetime | None = None
    fetch_allow: tuple[str, ...] = ()
    proxy: str = Field(default="", repr=False)  # http://user:password@host:port, which resolves names itself
    remembered: dict[str, tuple[str | None, str | None]] = {}
    options: dict[str, Any] = {}
    region: Region | None = None  # whom the source is read for; none: the usual one
    settings: dict[str, Any] = {}
    absentees: tuple[tuple[str, str], ...] = ()  # id and page of calls that would be gone if they are absent once more
    known: tuple[KnownPage, ...] = ()  # calls that are not over, whose pages may be read also where no list shows them
    fewest: int = 0  # with less than this in the list the crawl is not complete
    sample: int = 0  # ask no more than so many lists and as many pages of one row, and note what the rows look like
