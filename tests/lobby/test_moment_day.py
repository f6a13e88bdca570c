"""Until when a moment of a source can be influenced: its word ends it, its silence moves nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from db.models import Call, Dossier, Moment
from db.vocabulary import Status
from scrapers.listing import Listing
from tests.make.crawls import closes, make_listing, store
from tests.make.lobby import Cast, gather
from tracker.calls.merge import join
from tracker.lobby import due, moments
from tracker.lobby.timeline import timeline
from tracker.rights import viewer_of

pytestmark = pytest.mark.one_database  # rules of the lobby on plain rows

TODAY = date(2026, 5, 29)


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    return gather(session, now)


def hooked(cast: Cast, listing: Listing) -> tuple[Dossier, Moment]:
    """A dossier that hooks on to a consultation which a source told of."""
    store(cast.session, [listing], cast.now, source="internetconsultatie")
    call = cast.session.exec(select(Call).order_by(col(Call.id).desc())).first()
    assert call is not None
    dossier = cast.open(lobbyist_id=cast.lobbyist.id)
    return dossier, moments.hook(cast.deed(), dossier, f"call:{call.id}")


def consulted(**fields: object) -> Listing:
    usual = {"source": "internetconsultatie", "nature": "moment", "title": "Wet collectieve warmte"}
    return make_listing(77, **{**usual, "deadlines": [closes("2026-06-12", kind="consultation")], **fields})


def shown(cast: Cast) -> list[tuple[date | None, bool]]:
    found = moments.upcoming(cast.session, viewer_of(cast.lobbyist), TODAY)
    return [(m.ends_on, m.unnamed) for m in found if m.title == "Wet collectieve warmte"]


def reminded(cast: Cast) -> list[date]:
    return [d.due for d in due.lobby_due(cast.session, cast.now.date()) if d.kind == "moment"]


@pytest.mark.parametrize("word", ["withdrawn", "closed", "converted"])
def test_nobody_is_reminded_of_a_consultation_that_its_source_ended(cast: Cast, word: str) -> None:
    dossier, _ = hooked(cast, consulted())
    assert (reminded(cast), shown(cast)) == ([date(2026, 6, 12)], [(date(2026, 6, 12), False)])
    store(cast.session, [consulted(source_word=word)], cast.now + timedelta(1), source="internetconsultatie")
    assert (reminded(cast), shown(cast)) == ([], [])
    [line] = [line for line in timeline(cast.session, dossier, viewer_of(cast.lobbyist)) if line.what == "moment"]
    assert line.text == f"Wet collectieve warmte ({Status(word).label})", "the dossier still tells what became of it"


def test_a_last_day_that_a_source_no_longer_names_stands_and_says_so(cast: Cast) -> None:
    """Silence moves no date: the newest one it named is kept, not the one of the day somebody hooked on."""
    dossier, moment = hooked(cast, consulted())
    later = consulted(deadlines=[closes("2026-06-20", kind="consultation")])
    store(cast.session, [later], cast.now + timedelta(1), source="internetconsultatie")
    store(cast.session, [consulted(deadlines=[])], cast.now + timedelta(2), source="internetconsultatie")
    kept = cast.session.get_one(Call, moment.call_id).closes_at
    assert kept == datetime(2026, 6, 20, 22, tzinfo=UTC)  # the midnight after it, in Amsterdam
    assert (reminded(cast), shown(cast)) == ([date(2026, 6, 20)], [(date(2026, 6, 20), True)])
    [line] = [line for line in timeline(cast.session, dossier, viewer_of(cast.lobbyist)) if line.what == "moment"]
    assert line.day == date(2026, 6, 20)


def test_a_source_that_says_there_is_no_last_day_is_believed(cast: Cast) -> None:
    hooked(cast, consulted())
    endless = consulted(deadlines=[{"kind": "rolling", "text": "doorlopend"}])
    store(cast.session, [endless], cast.now + timedelta(1), source="internetconsultatie")
    assert (reminded(cast), shown(cast)) == ([], [(None, False)])


def test_a_moment_follows_its_call_into_the_one_it_was_joined_with(cast: Cast) -> None:
    _, moment = hooked(cast, consulted())
    other = make_listing(5, source="rijksoverheid", nature="moment", title="Iets", deadlines=[closes("2026-06-12")])
    store(cast.session, [other], cast.now, source="rijksoverheid")
    into = cast.session.exec(select(Call.id).order_by(col(Call.id).desc())).first() or 0
    join(cast.session, moment.call_id or 0, into, cast.now)
    moved = consulted(deadlines=[closes("2026-06-25", kind="consultation")])
    store(cast.session, [moved], cast.now + timedelta(1), source="internetconsultatie")
    assert reminded(cast) == [date(2026, 6, 25)]
