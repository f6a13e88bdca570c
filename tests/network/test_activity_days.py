"""Activities stand in the calendar, its feeds and the digest: one's own and the region's, for who may see them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import Challenge, Delivery, MailText, NetworkActivity, Participant, User
from db.session import reading, writing
from db.vocabulary import Visibility
from db.vocabulary_calendar import EntryKind, FeedScope
from tests.make.lobby import Cast, gather
from tests.make.mail_cases import make_agenda, make_reader, plan_at
from tests.make.pages import visit
from tracker.calendar.activity_days import days_of
from tracker.calendar.everything import Wanted, planned
from tracker.calendar.feeds import open_feed
from tracker.clock import Now
from tracker.errors import Incomplete, NotAllowed
from tracker.mailing.activity_news import news_of
from tracker.network import activities
from tracker.network.activities import ActivityFields
from tracker.rights import Deed, viewer_of

pytestmark = pytest.mark.one_database

MONDAY = datetime(2026, 6, 1, 6, tzinfo=UTC)  # 08:00 in Amsterdam
DAY = date(2026, 6, 18)
ONLY = frozenset({EntryKind.ACTIVITY})


@pytest.fixture
def cast(engine: Engine) -> Iterator[Cast]:
    with writing(engine) as session:
        yield gather(session, MONDAY)


def add(cast: Cast, title: str = "Warmtedag", **said: Any) -> NetworkActivity:
    return activities.add(cast.deed(), ActivityFields(**{"title": title, "day": DAY, **said}))


def days(session: Session, user: User, **wanted: Any) -> list[tuple[str, date]]:
    asked = Wanted(ONLY, **wanted)
    found = planned(session, viewer_of(user), Now(MONDAY), date(2026, 6, 1), date(2026, 7, 31), asked)
    return [(entry.title, entry.day) for entry in found]


def test_each_day_of_it_stands_there_and_of_a_long_one_the_first_and_last() -> None:
    assert days_of(DAY, None) == days_of(DAY, DAY) == [DAY]
    assert days_of(DAY, date(2026, 6, 20)) == [DAY, date(2026, 6, 19), date(2026, 6, 20)]
    assert days_of(DAY, date(2026, 9, 1)) == [DAY, date(2026, 9, 1)]


def test_the_calendar_shows_ones_own_and_the_regions(cast: Cast) -> None:
    add(cast, last_day=date(2026, 6, 19), challenge="A20-1")
    add(cast, "Kanariedag", visibility=Visibility.OWN)
    add(cast, "Van juni", day=date(2026, 5, 30), last_day=date(2026, 6, 1))
    shared = [("Van juni", date(2026, 6, 1)), ("Warmtedag", DAY), ("Warmtedag", date(2026, 6, 19))]
    session = cast.session
    assert days(session, cast.haarlem) == shared
    assert days(session, cast.reader) == [*shared, ("Kanariedag", DAY)]
    assert days(session, cast.haarlem, participant="haarlem") == shared, "what is the region's is everybody's"
    assert days(session, cast.haarlem, participant="hilversum") == []
    assert len(days(session, cast.haarlem, person=cast.lobbyist.id)) == 3
    about = Wanted().calls.model_copy(update={"challenges": ("A20-1",)})
    assert days(session, cast.haarlem, calls=about) == shared[1:]
    about = Wanted().calls.model_copy(update={"text": "juni"})
    assert days(session, cast.haarlem, calls=about) == shared[:1]


def test_the_page_and_the_feeds_hold_it_and_say_that_it_is_off(cast: Cast, engine: Engine, tmp_path: Path) -> None:
    row = add(cast, place="Pakhuis", last_day=date(2026, 6, 19))
    add(cast, "Kanariedag", visibility=Visibility.OWN)
    tokens = {
        (who, scope): open_feed(cast.session, user, scope, "x", MONDAY)[1]
        for who, user in (("ours", cast.lobbyist), ("theirs", cast.haarlem))
        for scope in (FeedScope.PERSONAL, FeedScope.TEAM, FeedScope.ALL)
    }
    address = f"/netwerk/activiteiten/{row.id}"
    cast.session.commit()

    def events(visitor: Any, who: str, scope: FeedScope) -> dict[str, list[Any]]:
        told = icalendar.Calendar.from_ical(visitor.get(f"/kalender/feed/{tokens[who, scope]}.ics").text)
        found: dict[str, list[Any]] = {}
        for event in (each for each in told.walk("VEVENT") if str(each["uid"]).startswith("activiteit-")):
            found.setdefault(str(event["summary"]).partition(": ")[2], []).append(event)
        return found

    with visit(engine, MONDAY, tmp_path, cast.lobbyist) as visitor:
        assert {name: len(e) for name, e in events(visitor, "ours", FeedScope.TEAM).items()} == {
            "Warmtedag": 2, "Kanariedag": 1,
        }  # fmt: skip
        assert set(events(visitor, "ours", FeedScope.PERSONAL)) == {"Warmtedag", "Kanariedag"}
        assert set(events(visitor, "theirs", FeedScope.PERSONAL)) == set()
        assert set(events(visitor, "theirs", FeedScope.TEAM)) == set(events(visitor, "theirs", FeedScope.ALL))
        first, second = events(visitor, "theirs", FeedScope.ALL)["Warmtedag"]
        assert (first["dtstart"].dt, second["dtstart"].dt) == (DAY, date(2026, 6, 19))
        assert "Pakhuis" in str(first["description"])
        assert first["uid"] != second["uid"]
        for view in ("maand&month=2026-06", "lijst", "kwartalen&show=activity"):
            assert "Warmtedag" in visitor.get(f"/kalender?view={view}").text, view
        seen = visitor.seen_on(address, f"{address}/doorgang")
        assert visitor.send_form(f"{address}/doorgang", seen=seen, off="true").status_code == 303  # type: ignore[attr-defined]
        off = events(visitor, "theirs", FeedScope.ALL)["Warmtedag"][0]
        assert (str(off["status"]), off["uid"]) == ("CANCELLED", first["uid"])
        assert int(off["sequence"]) > int(first["sequence"])
        assert "gaat niet door" in visitor.get(address).text
        assert "gaat niet door" in visitor.get("/kalender?view=maand&month=2026-06").text
        assert "Warmtedag" not in visitor.get("/kalender?view=lijst").text


def test_what_was_is_not_called_off_and_nobody_calls_off_anothers(cast: Cast) -> None:
    past = add(cast, day=date(2026, 5, 1))
    with pytest.raises(Incomplete):
        activities.call_off(cast.deed(), past, past.version)
    with pytest.raises(NotAllowed):
        activities.call_off(cast.deed(cast.haarlem), past, past.version)


def at(days_on: int) -> datetime:
    return MONDAY + timedelta(days=days_on)


@pytest.mark.parametrize(
    ("since", "today", "changed", "said"),
    [
        (-1, 0, {}, "Nieuw"),
        (0, 1, {}, ""),
        (8, 9, {}, ""),
        (8, 11, {}, "Nog 6 dagen"),
        (11, 12, {}, ""),
        (15, 16, {}, "Morgen"),
        (16, 17, {}, ""),
        (0, 2, {"moved_at": at(1), "was_on": date(2026, 6, 10)}, "Verplaatst (was 10 jun)"),
        (2, 3, {"moved_at": at(1), "was_on": date(2026, 6, 10)}, ""),
        (0, 2, {"off_at": at(1)}, "Gaat niet door"),
        (-1, 2, {"off_at": at(1)}, ""),
        (2, 16, {"off_at": at(1)}, ""),
    ],
)
def test_each_piece_of_news_is_told_once(since: int, today: int, changed: dict[str, Any], said: str) -> None:
    known = {"title": "W", "kind": "theme", "day": DAY, "participant_id": "x", "added_by": 1, "added_at": at(0)}
    assert news_of(NetworkActivity(**known, **changed), at(since), Now(at(today))) == said


def mails(engine: Engine) -> dict[str, str]:
    """The last digest of each by the first name in it."""
    with reading(engine) as session:
        rows = session.exec(select(Delivery.address, MailText.text).join(MailText).order_by(col(Delivery.id))).all()
        return {address: " ".join(text.split()) for address, text in rows}


def test_the_digest_tells_who_may_see_it_and_asked_for_it(engine: Engine) -> None:
    make_agenda(engine)
    circulair = {"filter": {"challenges": ["circulair"]}}
    make_reader(engine, MONDAY, **circulair)
    make_reader(engine, MONDAY, "els@haarlem.example", filter={"challenges": ["wonen"]})
    far = make_reader(engine, MONDAY, "far@veraf.example", **circulair)
    with writing(engine) as session:
        session.add(Participant(id="veraf", name="Veraf", kind="municipality", subregion="Ver"))
        session.get_one(Participant, "haarlem").subregion = "Kennemerland"
        session.flush()
        session.get_one(User, far).participant_id = "veraf"
        keeper = User(
            email="k@haarlem.example", name="K", role="fundraiser", participant_id="haarlem", created_at=MONDAY
        )
        session.add(keeper)
        session.flush()
        deed = Deed(session, keeper, MONDAY)
        assert session.get(Challenge, "circulair")
        for title, said in (
            ("Over circulair", {"challenge": "circulair", "place": "De Hallen"}),
            ("Van iedereen", {}),
            ("Van Kennemerland", {"subregion": "Kennemerland"}),
            ("Alleen van ons", {"visibility": Visibility.OWN}),
        ):
            activities.add(deed, ActivityFields(**{"title": title, "day": DAY, **said}))
    plan_at(engine, MONDAY)
    told = mails(engine)
    jan, els, veraf = (told[f"{name}.example"] for name in ("jan@haarlem", "els@haarlem", "far@veraf"))
    assert "HET NETWERK (4)" in jan
    assert "Nieuw, themabijeenkomst in De Hallen op donderdag 18 juni 2026: Over circulair" in jan
    assert ("Over circulair" in els, "Alleen van ons" in els, "Van Kennemerland" in els) == (False, True, True)
    assert ("Over circulair" in veraf, "Alleen van ons" in veraf, "Van Kennemerland" in veraf) == (True, False, False)
    plan_at(engine, MONDAY + timedelta(days=1))
    assert mails(engine) == told, "no mail for what was told"
