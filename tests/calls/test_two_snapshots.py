"""From 13 March to 29 May 2026: the real spider, two real snapshots of the EU portal, and what changed between them."""

import os
import signal
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.last_seen import last_seen
from db.models import Call, Revision, Sighting
from db.session import writing
from db.status import status_of
from db.vocabulary import Status
from tests.crawling.test_simulated_portal import simulator
from tracker.calls.ingest import ingest
from tracker.calls.plan import IngestResult
from tracker.settings import Settings
from tracker.sources.crawl import crawl

pytestmark = pytest.mark.slow
MARCH, MAY = datetime(2026, 3, 13, 7, tzinfo=UTC), datetime(2026, 5, 29, 7, tzinfo=UTC)


@pytest.fixture
def both(engine: Engine, shared: Path) -> tuple[IngestResult, IngestResult]:
    """Both snapshots, crawled and stored."""
    later = shared / "real/eu-snapshots/grants_2026-05-29.json"
    with simulator(shared, "2026-03-13", "--swap", str(later)) as (address, process):
        march = stored(engine, address, MARCH)
        os.kill(process, signal.SIGUSR1)
        return march, stored(engine, address, MAY)


def stored(engine: Engine, address: str, now: datetime) -> IngestResult:
    settings = Settings(source_roots={"eu_portal": f"http://{address}"}, fetch_allow=(address,))
    found = crawl("eu_portal", settings, [], now)
    with writing(engine) as session:
        return ingest(session, found, now)


def changed(session: Session, *fields: str, **where: Any) -> list[Revision]:
    rows = select(Revision).filter_by(kind="changed", **where)
    return list(session.exec(rows.where(col(Revision.field).in_(fields)) if fields else rows))


def test_what_changed_between_march_and_may(session: Session, both: tuple[IngestResult, IngestResult]) -> None:
    march, may = both
    assert (len(march.new), march.judgement.complete) == (932, True)
    assert (len(may.new), len(may.gone), len(may.back), may.held) == (222, 0, 0, 0)
    assert may.judgement.complete, may.judgement.why
    in_march = {id_ for id_, seen in last_seen(session, session.exec(select(Sighting))).items() if seen == MARCH}
    of_march = select(Sighting.call_id).where(col(Sighting.id).in_(in_march))
    unlisted = session.exec(select(Call).where(col(Call.id).in_(of_march))).all()
    assert len(unlisted) == 443
    assert Counter(status_of(call, MAY) for call in unlisted) == {Status.CLOSED: 443}
    assert len(changed(session, "closes")) == 6
    assert all(r.telling for r in changed(session, "closes"))
    assert len(changed(session, "source_word")) == 97
    assert not any(r.telling for r in changed(session, "source_word", "summary"))
    # Two openings differ in the files; one of them only in its seconds, and the portal gives a day.
    assert [(r.old, r.new) for r in changed(session, "opens")] == [([{"day": "2026-04-08"}], [{"day": "2026-04-22"}])]
    told = Counter(r.field for r in changed(session, telling=True))
    assert told == {"closes": 6, "opens": 1}
