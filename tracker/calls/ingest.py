"""Store one crawl, in the caller's transaction: read what is remembered, decide, write once.

    crawled.listings            | compare with the known sightings -> new, changed, unchanged, back, missing
    new                         | recognise -> a known call under another id or address
    changed                     | sort_out -> only a mirror's copy: unchanged; begins anew: a round of its own
    a field lost by too many    | a different crawl: nothing but the crawl itself is written
    new                         | link_by_reference -> a call that another source named, or a new call
    missing                     | absent three times, not over, not denied by its source -> gone
    changed, linked, gone, back | merge before and after -> changes -> revisions, dates, agreements
    new, changed                | decide_questions -> asked, worded anew, raised no more
    damped before, stands still | late_revisions
    odd: amounts, dates, types  | waits as it was, with a remark
    odd: doorless or renamed    | held from mail
    all of it                   | Plan -> store.write

Everything between ``store.memory`` and ``store.write`` decides and touches nothing; store.py reads and writes and
decides nothing. The caller begins and ends the transaction (``db.session.writing``); a kill leaves nothing of a crawl.
"""

from datetime import datetime

from sqlmodel import Session

from db import bulk
from scrapers.crawled import Crawled
from tracker.calls import cross_check, floods, losses, recollection, store
from tracker.calls.completeness import judge
from tracker.calls.plan import IngestResult, decide
from tracker.calls.recognition import recognise, sort_out
from tracker.calls.sightings import compare


def ingest(session: Session, crawled: Crawled, now: datetime) -> IngestResult:
    """Store a crawl, judged by its source's past; ``now`` is aware, in UTC."""
    with bulk.uncollected():
        bulk.one_at_a_time(session)
        floods.release_due(session, now)
        known = store.known_sightings(session, crawled.source)
        comparison = compare(crawled, known)
        comparison = recognise(comparison, recollection.absent(session, crawled.source, comparison, known))
        memory = store.memory(session, crawled, comparison, now)
        comparison = sort_out(crawled.source, comparison, memory.states, now)
        memory = losses.with_losses(session, crawled.source, comparison, memory, now)
        judgement = cross_check.with_remark(session, crawled, judge(crawled, memory.history), now)
        plan = decide(crawled, comparison, memory, judgement, now)
        store.write(session, plan)
    session.expire_all()
    return plan.result
