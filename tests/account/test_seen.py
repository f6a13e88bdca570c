"""Of the calls that sources named an account asks the number, and reads their rows only for who wants them."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import Session

from db.models import Challenge, Match
from db.vocabulary_account import Figure
from notifications.wording import local_day
from tests.make.lobby import Cast, gather
from tracker.account import report
from tracker.account.subjects import subject_of
from tracker.rights import viewer_of


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    made = gather(session, now)
    for key, above in (("A20-1-a", "A20-1"), ("A20-1-b", "A20-1"), ("A20-2", None)):
        session.add(Challenge(id=key, agenda_id="A20", parent_id=above, kind="line", status="official", name=key))
    session.flush()
    for key, score in (("A20-1-a", 0.9), ("A20-1-b", 0.8), ("A20-2", 0.01)):
        session.add(Match(call_id=made.call.id, challenge_id=key, score=score, model="t", at=now))
    session.flush()
    return made


def accounts(cast: Cast) -> tuple[report.RegionAccount, list[report.Account]]:
    """That of the region, and of each opgave its own."""
    today = local_day(cast.now)
    who, span = viewer_of(cast.lobbyist), report.year_span(today.year, today, today)
    region, *of = (
        report.account_of(cast.session, who, subject_of(cast.session, path), span)
        for path in ("", "opgaven/A20-1", "opgaven/A20-1-a", "opgaven/A20-1-b", "opgaven/A20-2")
    )
    assert isinstance(region, report.RegionAccount)
    return region, of


def test_a_call_that_fits_two_opgaven_below_one_counts_once_for_it(cast: Cast) -> None:
    region, own = accounts(cast)
    assert {row.id: found.counts[Figure.SEEN] for row, found in region.by_challenge} == {
        "A20-1": 1, "A20-1-a": 1, "A20-1-b": 1,
    }, "what hardly fits is no line"  # fmt: skip
    assert [account.now.counts[Figure.SEEN] for account in own] == [1, 1, 1, 0]
    assert [len(account.of(Figure.SEEN)) for account in own] == [1, 1, 1, 0]
    assert own[1].of(Figure.SEEN)[0].opgaven == {"A20-1-a", "A20-1-b"}, "a row tells all that it fits"


def test_the_year_before_counts_what_was_seen_then(cast: Cast) -> None:
    cast.call.first_seen = cast.now - timedelta(days=365)
    cast.session.flush()
    region, own = accounts(cast)
    for account in (region, own[0]):
        assert (account.now.counts[Figure.SEEN], account.before.counts[Figure.SEEN]) == (0, 1)
        assert account.of(Figure.SEEN) == []


def test_no_title_of_a_call_is_read_for_the_numbers_alone(cast: Cast) -> None:
    read: list[str] = []
    engine = cast.session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda _c, _k, statement, *_: read.append(statement))

    def titles() -> int:
        return sum("call.title" in one and "verdict" not in one for one in read)

    region, _ = accounts(cast)
    assert (region.now.counts[Figure.SEEN], titles()) == (1, 0)
    assert [row.what for row in region.of(Figure.SEEN)] == [cast.call.title]
    assert titles() == 1, "the rows are read for who asks for them"
