"""What a crawl raises for a person to look at, and when that is over."""

from datetime import datetime

from sqlmodel import Session, col, func, select

from db.models import Call, Sighting
from notifications.alerts import end_alert, raise_alert
from notifications.reasons import in_dutch
from notifications.wording import count as count_of
from scrapers.crawled import Crawled
from tracker.calls.completeness import Judgement

HELD, DIFFERENT, SHRUNK, MOVED = "flood", "different", "shrunk", "moved"


def note(session: Session, crawled: Crawled, judgement: Judgement, now: datetime) -> None:
    """Raise and end the alerts of a source by its newest crawl; one that is not whole shows nothing to be back."""
    note_move(session, crawled, now)
    source = crawled.source
    standing = {DIFFERENT: bool(judgement.lost), SHRUNK: judgement.shrunk}
    for kind, stands in standing.items():
        if stands:
            raise_alert(session, f"{kind}:{source}", in_dutch(judgement.why), now, judgement.why)
        elif judgement.complete:
            end_alert(session, f"{kind}:{source}", now)
    note_held(session, source, now)


def note_move(session: Session, crawled: Crawled, now: datetime) -> None:
    """Tell a person of an address that moved for good, until a crawl finds it where it is looked for."""
    key = f"{MOVED}:{crawled.source}"
    if crawled.moved:
        raise_alert(session, key, f"{crawled.source} is voorgoed verhuisd: {crawled.moved}", now)
    elif not crawled.stopped:
        end_alert(session, key, now)


def note_held(session: Session, source: str, now: datetime) -> None:
    """Tell a person that calls of a source are held from mail, until none is."""
    of_source = col(Call.id).in_(select(Sighting.call_id).where(Sighting.source == source))
    count = session.exec(select(func.count()).select_from(Call).where(col(Call.held), of_source)).one()
    key = f"{HELD}:{source}"
    if count:
        waiting = count_of(count, "regeling met opvallend nieuws wacht", "regelingen met opvallend nieuws wachten")
        raise_alert(session, key, f"{source}: {waiting} met mail", now)
    else:
        end_alert(session, key, now)
