"""Compare what one source names of another with what that other lists: what it lacks is a remark for the administrator.

A listing that is ``compared_with`` another source never becomes a call of its own.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, select

from db.bulk import chunks
from db.models import Crawl, Reference, Sighting
from scrapers.crawled import Crawled
from scrapers.listing import Listing, plain_line
from tracker.calls.completeness import Judgement
from tracker.calls.identity import same_reference

MOST_NAMED = 5


def with_remark(session: Session, crawled: Crawled, judgement: Judgement, now: datetime) -> Judgement:
    """The judgement of a crawl, with what other sources lack of it; an incomplete crawl says only why it is that."""
    if not judgement.complete:
        return judgement
    by_source: dict[str, list[Listing]] = defaultdict(list)
    for listing in crawled.listings:
        if listing.compared_with and is_running(listing, now):
            by_source[listing.compared_with].append(listing)
    remarks = [lacking(session, source, named) for source, named in sorted(by_source.items())]
    return replace(judgement, why=plain_line("; ".join(filter(None, [judgement.why, *remarks]))))


def is_running(listing: Listing, now: datetime) -> bool:
    """Whether one of its dates is still to come: what is over, a list of open calls may leave out."""
    return any(deadline.over_at and deadline.over_at > now for deadline in listing.deadlines)


def lacking(session: Session, source: str, named: Iterable[Listing]) -> str:
    """Which of these calls the source does not know by their reference; nothing before it was seen whole once."""
    complete = select(Crawl.id).where(Crawl.source == source, col(Crawl.complete)).limit(1)
    if session.exec(complete).first() is None:
        return ""
    by_reference = {same_reference(name): listing for listing in named for name in listing.references[:1]}
    for some in chunks(by_reference.copy()):
        known = select(Reference.reference).join(Sighting, col(Sighting.id) == col(Reference.sighting_id))
        for reference in session.exec(known.where(Sighting.source == source, col(Reference.reference).in_(some))):
            by_reference.pop(reference, None)
    if not by_reference:
        return ""
    names = [f"{listing.references[0]} ({listing.title[:80]})" for listing in by_reference.values()]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"{source} lacks {len(names)} that stand here: {'; '.join(names[:MOST_NAMED])}{more}"
