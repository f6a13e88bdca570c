"""Listings and crawls with good defaults, for tests of everything that is stored."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from db.vocabulary import SourceKind
from scrapers.crawled import Crawled
from scrapers.listing import Listing
from tracker.calls.ingest import ingest
from tracker.calls.plan import IngestResult


def make_listing(number: int | str = 1, **fields: Any) -> Listing:
    """A call of the catalogue "rvo" that closes on 1 October 2026 at 17:00, unless told otherwise."""
    usual = {
        "source": "rvo",
        "external_id": str(number),
        "url": f"https://www.example.nl/regeling/{number}",
        "title": f"Regeling {number}",
        "language": "nl",
        "deadlines": (closes("2026-10-01", "17:00"),),
    }
    return Listing.model_validate(usual | fields)


def closes(day: str, hour: str | None = None, kind: str = "closes", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "day": day, "hour": hour, **more}


def make_crawled(listings: list[Listing], now: datetime, source: str = "rvo", **fields: Any) -> Crawled:
    """A catalogue read to its end in a minute."""
    usual: dict[str, Any] = {"kind": SourceKind.CATALOGUE, "started_at": now - timedelta(minutes=1), "finished_at": now}
    return Crawled(source=source, listings=tuple(listings), **(usual | fields))


def store(session: Session, listings: list[Listing], now: datetime, source: str = "rvo", **fields: Any) -> IngestResult:
    """One crawl into the database, committed."""
    result = ingest(session, make_crawled(listings, now, source, **fields), now)
    session.commit()
    return result
