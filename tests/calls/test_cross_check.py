"""What an aggregator names of another source is compared with it, and never becomes a call of its own."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from db.models import Call, Crawl
from scrapers.listing import Listing
from tests.make.crawls import closes, make_listing, store

pytestmark = pytest.mark.one_database  # rules on plain rows

LACKS = "eu_portal lacks 1 that stand here: LIFE-2026-NEW (Regeling 2)"


def named(number: int, code: str, day: str = "2026-10-01") -> Listing:
    """What the aggregator names of the portal."""
    dates = (closes(day, "17:00"),)
    return make_listing(number, source="euroaccess", references=(code,), deadlines=dates, compared_with="eu_portal")


def remark(session: Session) -> str:
    session.expire_all()
    return (
        session.exec(select(Crawl.why).where(Crawl.source == "euroaccess").order_by(col(Crawl.id).desc())).first() or ""
    )


def test_what_the_portal_lacks_is_a_remark_and_no_call(session: Session, now: datetime) -> None:
    portal = make_listing(9, source="eu_portal", references=["LIFE-2026-X"])
    store(session, [portal], now, source="eu_portal")
    over = named(3, "LIFE-2025-OVER", "2026-05-01")  # what is over the portal need not list
    result = store(session, [named(1, "life-2026-x"), named(2, "LIFE-2026-NEW"), over], now, source="euroaccess")
    assert (result.new, result.seen, remark(session)) == ((), 3, LACKS)
    assert len(session.exec(select(Call.id)).all()) == 1


def test_nothing_is_said_to_be_lacking_before_the_portal_was_seen_whole(session: Session, now: datetime) -> None:
    store(session, [], now, source="eu_portal", stopped="page 1: HTTP 500")
    store(session, [named(2, "LIFE-2026-NEW")], now, source="euroaccess")
    assert remark(session) == ""


def test_many_that_are_lacking_are_named_in_part(session: Session, now: datetime) -> None:
    store(session, [make_listing(9, source="eu_portal")], now, source="eu_portal")
    store(session, [named(n, f"CODE-2026-{n}") for n in range(8)], now + timedelta(hours=1), source="euroaccess")
    assert remark(session).startswith("eu_portal lacks 8 that stand here: CODE-2026-0 (Regeling 0); CODE-2026-1")
    assert remark(session).endswith("; CODE-2026-4 (Regeling 4) and 3 more")
