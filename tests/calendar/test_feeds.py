"""Calendar feeds: at secret addresses, gone when they should be, the same instant everywhere, nothing private."""

import gzip
import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import icalendar
import pytest
from sqlalchemy import Engine, insert
from sqlmodel import Session, select

from db.models import CalendarFeed, Call, Crawl, Deadline, Dossier, Follow, Position, Revision, User
from db.session import writing
from db.vocabulary import RevisionKind, Role
from db.vocabulary_calendar import FeedScope
from notifications.wording import full_moment
from tests.make.pages import Visitor, make_user, visit
from tests.make.planning_world import BRUSSELS_17, NOW, add_call, add_deadline, settle_world
from tracker.calendar.decision_clock import DecisionRoute, start_clock
from tracker.calendar.events import all_deadlines
from tracker.calendar.feeds import open_feed
from tracker.rights import Deed

pytestmark = pytest.mark.one_database  # it only reads


@pytest.fixture
def people(engine: Engine) -> dict[str, User]:
    with writing(engine) as session:
        return settle_world(session)


@pytest.fixture
def address(engine: Engine, people: dict[str, User]) -> str:
    """A personal feed of the coordinator, who follows one call."""
    with writing(engine) as session:
        call = add_call(session)
        add_deadline(session, call, BRUSSELS_17, assumed=True)
        session.add(Follow(user_id=people["coordinator"].id, call_id=call.id, at=NOW))
        return feed(session, people["coordinator"])


def feed(session: Session, user: User, scope: FeedScope = FeedScope.PERSONAL, **about: object) -> str:
    _, token = open_feed(session, user, scope, "termijnen", NOW, **about)  # type: ignore[arg-type]
    return f"/kalender/feed/{token}.ics"


@pytest.fixture
def anonymous(engine: Engine, tmp_path: Path) -> Iterator[Visitor]:
    """A calendar program: no cookie, no session."""
    with visit(engine, NOW, tmp_path) as visitor:
        yield visitor


def events(text: str) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(text).walk("VEVENT"))


def changed(session: Session) -> None:
    """What every round that changes calls leaves behind."""
    session.add(Crawl(source="x", started_at=NOW, finished_at=NOW, complete=True, why=""))


AGENTS = [
    "Google-Calendar-Importer",
    "Microsoft.Exchange/15.20 (Windows NT 10.0; Win64; x64)",
    "iOS/17.5 (21F79) dataaccessd/1.0",
    "",
]


@pytest.mark.parametrize("agent", AGENTS)
def test_calendar_programs_read_a_feed_without_a_cookie(address: str, anonymous: Visitor, agent: str) -> None:
    answer = anonymous.get(address, headers={"User-Agent": agent, "Accept": "*/*"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "private" in answer.headers["cache-control"]
    assert "noindex" in answer.headers["x-robots-tag"]
    assert [event["summary"] for event in events(answer.text)] == ["Sluit: Warmte in de wijk"]


def test_an_unchanged_feed_answers_304_and_a_head_has_no_body(address: str, anonymous: Visitor) -> None:
    first = anonymous.get(address)
    again = anonymous.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert anonymous.get(address).content == first.content
    assert anonymous.head(address).content == b""
    assert anonymous.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_deadline_that_moves_is_the_same_event_with_a_higher_sequence(
    address: str, anonymous: Visitor, engine: Engine
) -> None:
    first = anonymous.get(address)
    with writing(engine) as session:
        row = session.exec(select(Deadline)).one()
        row.at, row.version, row.modified_at = BRUSSELS_17 + timedelta(days=7), 2, NOW + timedelta(minutes=1)
        session.add(row)
        changed(session)
    moved = anonymous.get(address, headers={"If-None-Match": first.headers["etag"]})
    before, after = events(first.text)[0], events(moved.text)[0]
    assert moved.status_code == 200
    assert before["uid"] == after["uid"]
    assert after["sequence"] > before["sequence"]
    assert after["last-modified"].dt > before["last-modified"].dt
    assert after["dtstart"].dt == BRUSSELS_17 + timedelta(days=7)


def test_a_cancelled_deadline_stays_for_thirty_days_and_comes_back_under_its_own_name(
    address: str, engine: Engine, tmp_path: Path
) -> None:
    def cancel(at: datetime | None, version: int) -> None:
        with writing(engine) as session:
            row = session.exec(select(Deadline)).one()
            row.cancelled_at, row.version, row.modified_at = at, version, NOW
            session.add(row)
            changed(session)

    def seen(at: datetime) -> list[tuple[str, str, int]]:
        with visit(engine, at, tmp_path) as visitor:
            return [(str(e["uid"]), str(e["status"]), e["sequence"]) for e in events(visitor.get(address).text)]

    ((uid, _, _),) = seen(NOW)
    cancel(NOW, 2)
    assert seen(NOW + timedelta(days=29)) == [(uid, "CANCELLED", 2)]
    assert seen(NOW + timedelta(days=31)) == []
    cancel(None, 3)
    assert seen(NOW + timedelta(days=31)) == [(uid, "CONFIRMED", 3)]


def test_a_withdrawn_call_reaches_every_copy_as_a_newer_event(address: str, engine: Engine, tmp_path: Path) -> None:
    def seen() -> tuple[str, int, datetime]:
        with visit(engine, NOW, tmp_path) as visitor:
            (event,) = events(visitor.get(address).text)
            return str(event["status"]), event["sequence"], event["last-modified"].dt

    _, sequence, modified = seen()
    later = modified + timedelta(days=3)
    with writing(engine) as session:
        call = session.exec(select(Call)).one()
        call.source_word, call.version = "withdrawn", call.version + 1
        session.add(Revision(call_id=call.id, at=later, kind=RevisionKind.CHANGED, field="source_word", telling=True))
    assert seen() == ("CANCELLED", sequence + 1, later)


def test_a_feed_dies_when_its_address_is_renewed_or_it_is_ended(
    engine: Engine, people: dict[str, User], tmp_path: Path, anonymous: Visitor
) -> None:
    with visit(engine, NOW, tmp_path, people["coordinator"]) as me:
        page = me.send_form("/kalender/abonneren", scope="personal")
        first = _address(page.text)  # type: ignore[attr-defined]
        assert anonymous.get(first).status_code == 200
        page = me.send_form("/kalender/abonneren/1/vernieuwen")
        second = _address(page.text)  # type: ignore[attr-defined]
        assert (anonymous.get(first).status_code, anonymous.get(second).status_code) == (404, 200)
        me.send_form("/kalender/abonneren/1/stoppen")
        assert anonymous.get(second).status_code == 404


def _address(page: str) -> str:
    start = page.index("/kalender/feed/")
    return page[start : page.index("<", start)]


@pytest.mark.parametrize("change", ["deactivated", "moved"])
def test_a_feed_dies_when_its_owner_leaves(
    engine: Engine, address: str, people: dict[str, User], anonymous: Visitor, change: str
) -> None:
    assert anonymous.get(address).status_code == 200
    with writing(engine) as session:
        user = session.get_one(User, people["coordinator"].id)
        if change == "deactivated":
            user.deactivated_at = NOW
        else:
            user.participant_id = "haarlem"
        session.add(user)
    assert anonymous.get(address).status_code == 404


def test_a_guessed_address_is_the_404_of_a_page_that_does_not_exist(address: str, anonymous: Visitor) -> None:
    wrong = anonymous.get(address[:-6] + "xx.ics")
    assert wrong.status_code == 404
    assert wrong.text == anonymous.get("/bestaat-niet").text


def test_the_address_is_kept_as_a_hash_and_logged_nowhere(
    engine: Engine, address: str, anonymous: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    token = address.rsplit("/", 1)[1].removesuffix(".ics")
    with caplog.at_level(logging.DEBUG):
        anonymous.get(address)
    with writing(engine) as session:
        kept = session.exec(select(CalendarFeed)).one()
        assert token not in repr(kept.model_dump())
    assert token not in "\n".join(r.getMessage() for r in caplog.records if not r.name.startswith("httpx"))


def test_nobody_can_renew_or_end_another_persons_feed(
    engine: Engine, address: str, people: dict[str, User], tmp_path: Path, anonymous: Visitor
) -> None:
    with visit(engine, NOW, tmp_path, people["fundraiser"]) as other:
        for deed in ("vernieuwen", "stoppen"):
            assert other.send_form(f"/kalender/abonneren/1/{deed}").status_code == 404  # type: ignore[attr-defined]
        assert "/kalender/abonneren/1/" not in other.get("/kalender/abonneren").text
    assert anonymous.get(address).status_code == 200


def test_a_team_feed_holds_milestones_of_the_own_organisation_only(
    engine: Engine, people: dict[str, User], anonymous: Visitor
) -> None:
    with writing(engine) as session:
        row = add_deadline(session, add_call(session), BRUSSELS_17)
        start_clock(Deed(session, people["coordinator"], NOW), row, DecisionRoute("amsterdam"), "amsterdam")
        ours = feed(session, people["fundraiser"], FeedScope.TEAM)
        theirs = feed(session, people["haarlem"], FeedScope.TEAM)
    assert "Mijlpaal: het college van Amsterdam" in anonymous.get(ours).text
    other = anonymous.get(theirs).text
    assert "Mijlpaal" not in other
    assert "UID:deadline" not in other


def test_nothing_of_a_dossier_reaches_a_feed(
    engine: Engine, address: str, people: dict[str, User], anonymous: Visitor
) -> None:
    secret = "Onze geheime terugvalpositie"
    with writing(engine) as session:
        row = add_deadline(session, add_call(session), BRUSSELS_17)
        dossier = Dossier(title=secret, goal=secret, participant_id="amsterdam", opened_at=NOW)
        session.add(dossier)
        session.flush()
        author = people["coordinator"].id
        told = {"internal_wording": secret, "red_lines": secret, "created_at": NOW, "created_by": author}
        session.add(Position(dossier_id=dossier.id, number=1, participant_id="amsterdam", **told))
        start_clock(
            Deed(session, session.get_one(User, author), NOW), row, DecisionRoute("amsterdam"), "amsterdam", dossier.id
        )
        wide = feed(session, people["coordinator"], FeedScope.TEAM)
    for one in (address, wide):
        assert "geheime" not in anonymous.get(one).text


def test_a_filter_feed_holds_what_the_list_of_the_same_filter_shows(
    engine: Engine, people: dict[str, User], anonymous: Visitor
) -> None:
    with writing(engine) as session:
        add_deadline(session, add_call(session, "Nederlands"), BRUSSELS_17)
        add_deadline(session, add_call(session, "English", language="en"), BRUSSELS_17)
        one = feed(session, people["reader"], FeedScope.FILTER, call_filter={"languages": ["en"]})
    assert [str(e["summary"]) for e in events(anonymous.get(one).text)] == ["Sluit: English"]


def test_an_impossible_deadline_leaves_the_feed_whole(
    engine: Engine, people: dict[str, User], anonymous: Visitor
) -> None:
    with writing(engine) as session:
        for title in ("Goed", "\x00\x01", "Ook goed\r\nATTENDEE:mailto:x@y.example"):
            add_deadline(session, add_call(session, title.replace("\x00", "\x02")), BRUSSELS_17)
        one = feed(session, people["reader"], FeedScope.FILTER)
    found = events(anonymous.get(one).text)
    expected = ["Sluit:", "Sluit: Goed", "Sluit: Ook goed ATTENDEE:mailto:x@y.example"]
    assert sorted(str(e["summary"]) for e in found) == expected


# Every copy of a deadline says the same instant, in every season.

SEASONS = [
    (datetime(2026, 12, 15, 16, 0, tzinfo=UTC), "dinsdag 15 december 2026, 17:00 (Brussel)"),
    (datetime(2027, 3, 26, 16, 0, tzinfo=UTC), "vrijdag 26 maart 2027, 17:00 (Brussel)"),
    (datetime(2027, 3, 29, 15, 0, tzinfo=UTC), "maandag 29 maart 2027, 17:00 (Brussel)"),
    (datetime(2027, 7, 1, 15, 0, tzinfo=UTC), "donderdag 1 juli 2027, 17:00 (Brussel)"),
    (datetime(2027, 10, 31, 16, 0, tzinfo=UTC), "zondag 31 oktober 2027, 17:00 (Brussel)"),
]


@pytest.mark.parametrize(("at", "said"), SEASONS)
def test_page_calendar_feed_file_and_single_event_say_the_same_instant(
    engine: Engine, people: dict[str, User], tmp_path: Path, at: datetime, said: str
) -> None:
    with writing(engine) as session:
        call = add_call(session)
        row = add_deadline(session, call, at, hour="17:00")
        one = feed(session, people["reader"], FeedScope.FILTER)
        content, _ = all_deadlines(session, NOW, "https://kansenradar.test")
    with visit(engine, NOW, tmp_path, people["reader"]) as me:
        assert said in me.get(f"/regelingen/{call.id}").text
        month = me.get(f"/kalender?month={at:%Y-%m}&show=deadline").text
        copies = [me.get(one).text, me.get(f"/termijnen/{row.id}.ics").text, content.decode()]
    cell = month[month.index(f'<time datetime="{at.date()}"') :]
    assert "17:00" in cell[: cell.index("</td>")]
    for copy in copies:
        (event,) = events(copy)
        assert event["dtstart"].dt == at
        assert said in event["description"]
    assert said == full_moment(at, "Europe/Brussels")


@pytest.mark.slow
def test_a_feed_of_ten_thousand_deadlines_is_there_in_time_and_size(
    engine: Engine, people: dict[str, User], anonymous: Visitor
) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("measured on SQLite; tests/bench/feeds.py measures more")
    call = Call(title="x", language="nl", url="https://e.example", first_seen=NOW, last_seen=NOW).model_dump()
    closes = Deadline(call_id=1, kind="closes", zone="Europe/Brussels", modified_at=NOW).model_dump()
    numbers = range(1, 10_001)
    with writing(engine) as session:
        calls = [call | {"id": n, "title": f"Regeling {n}"} for n in numbers]
        dates = [{"id": n, "call_id": n, "at": BRUSSELS_17 + timedelta(hours=n)} for n in numbers]
        session.connection().execute(insert(Call), calls)
        session.connection().execute(insert(Deadline), [closes | row | {"day": date(2027, 3, 30)} for row in dates])
        one = feed(session, people["reader"], FeedScope.FILTER)
    content = anonymous.get(one).content
    assert content.count(b"BEGIN:VEVENT") == 10_000
    assert len(gzip.compress(content)) < 2_000_000


def test_rights_of_a_feed_page(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as session:
        user = make_user(session, NOW, Role.READER)
    with visit(engine, NOW, tmp_path) as stranger:
        assert stranger.get("/kalender/abonneren", follow_redirects=False).headers["location"].startswith("/inloggen")
    with visit(engine, NOW, tmp_path, user) as me:
        assert me.get("/kalender/abonneren").status_code == 200
        assert me.send_form("/kalender/abonneren", scope="challenge", challenge="bestaat-niet").status_code == 422  # type: ignore[attr-defined]
