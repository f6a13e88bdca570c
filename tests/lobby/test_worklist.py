"""The page of what is open: nothing overdue drops off, each sees what they may, the coordinator the team's."""

import re
from datetime import date, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session

from db.models import User
from db.session import writing
from db.vocabulary import Visibility
from tests.make.lobby import Cast, gather
from tests.make.pages import visit
from tracker.lobby.contacts import ContactFields, Office, log_contact
from tracker.lobby.due import lobby_due
from tracker.lobby.worklist import AHEAD, Narrowed, choices_of, left_in_team, open_matters
from tracker.rights import viewer_of

pytestmark = pytest.mark.one_database  # it only reads

TODAY = date(2026, 5, 29)


def follow_up(cast: Cast, by: User, what: str, day: date, visibility: Visibility = Visibility.OWN) -> None:
    fields = ContactFields(min(TODAY, day), "x", follow_up=what, follow_up_on=day, visibility=visibility)
    log_contact(cast.deed(by), fields, Office("Ministerie van VRO"))


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    cast = gather(session, now)
    follow_up(cast, cast.lobbyist, "Bellen", TODAY - timedelta(days=90))
    follow_up(cast, cast.haarlem, "KANARIE", TODAY - timedelta(days=90))
    follow_up(cast, cast.haarlem, "Samen bellen", TODAY + timedelta(days=90), Visibility.REGION)
    return cast


def test_each_sees_what_may_be_seen_and_what_is_late_first(cast: Cast) -> None:
    def abouts(user: User) -> list[tuple[str, bool]]:
        return [
            (m.due.about, m.late)
            for m in open_matters(cast.session, viewer_of(user), lobby_due(cast.session, TODAY, AHEAD), TODAY)
        ]

    assert abouts(cast.coordinator) == [
        ("Bellen (met Ministerie van VRO)", True), ("Samen bellen (met Ministerie van VRO)", False),
    ]  # fmt: skip
    assert [late for _, late in abouts(cast.haarlem)] == [True, False]


def test_what_another_organisation_shares_takes_no_question_each(cast: Cast) -> None:
    """Each asked for its dossier: with sixty of them a page took twice as long for everybody but its owner."""
    bind, viewer = cast.session.get_bind(), viewer_of(cast.haarlem)
    asked: list[str] = []
    event.listen(bind, "before_cursor_execute", lambda *said: asked.append(said[2]))
    counts = []
    for number in range(1, 4):
        day = TODAY + timedelta(days=number)
        fields = ContactFields(TODAY, "Gesproken", "talk", cast.open().id, "", "Bellen", day, Visibility.REGION)
        log_contact(cast.deed(), fields, Office("Ministerie van VRO"))
        cast.session.commit()
        with Session(bind) as another:
            due = [item for item in lobby_due(another, TODAY, AHEAD) if item.dossier_id]
            asked.clear()
            assert len(open_matters(another, viewer, due, TODAY)) == number
        counts.append(sum("FROM dossier" in each for each in asked))
    assert counts == [1, 1, 1]


def test_the_coordinator_is_told_how_much_is_late_with_the_own_team(cast: Cast) -> None:
    days = (TODAY, TODAY - timedelta(days=91))
    due = lobby_due(cast.session, TODAY)
    assert [left_in_team(cast.session, viewer_of(cast.coordinator), due, day).late for day in days] == [1, 0]


def test_it_is_narrowed_by_person_organisation_and_kind(cast: Cast) -> None:
    matters = open_matters(cast.session, viewer_of(cast.coordinator), lobby_due(cast.session, TODAY, AHEAD), TODAY)
    by = [
        Narrowed(person=cast.lobbyist.id), Narrowed(participant="haarlem"), Narrowed(kind="mandate"),
        Narrowed(organisation="Ministerie van VRO"),
    ]  # fmt: skip
    assert [sum(narrowed.holds(m) for m in matters) for narrowed in by] == [1, 1, 0, 2]
    choices = choices_of(cast.session, matters)
    assert choices["organisation"] == [("Ministerie van VRO",) * 2]
    assert choices["kind"] == [("follow_up", "Vervolgactie")]


def test_the_page_starts_at_ones_own_work_and_vandaag_keeps_it(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        follow_up(cast, cast.lobbyist, "Bellen", TODAY - timedelta(days=90))
        follow_up(cast, cast.haarlem, "Samen bellen", TODAY, Visibility.REGION)
        lobbyist, coordinator = cast.lobbyist, cast.coordinator
        session.expunge_all()
    with visit(engine, now, tmp_path, lobbyist) as visitor:
        mine = visitor.get("/openstaand").text
        assert "Bellen (met Ministerie van VRO)" in mine
        assert "te laat" in mine
        assert "Samen bellen" not in mine
        assert "Samen bellen" in visitor.get("/openstaand?everybody=true").text
        assert "Vervolgactie: Bellen" in visitor.get("/").text
        assert visitor.get("/openstaand?person=wie").status_code == 200
    with visit(engine, now, tmp_path, coordinator) as visitor:
        assert "1 zaak van uw organisatie is te laat" in visitor.get("/").text


def test_a_long_list_is_given_in_pages(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        for n in range(30):
            follow_up(cast, cast.lobbyist, f"Bellen {n:02}", TODAY + timedelta(days=n))
        lobbyist = cast.lobbyist
        session.expunge_all()
    with visit(engine, now, tmp_path, lobbyist) as visitor:
        first = visitor.get("/openstaand").text
        second = visitor.get(unescape(re.findall(r'href="([^"]+)" rel="next"', first)[0])).text
        assert visitor.get("/openstaand?page=99").text.count("Bellen") == second.count("Bellen")
    pages = [re.findall(r"Bellen \d\d", text) for text in (first, second)]
    assert [len(set(page)) for page in pages] == [25, 5], "each row names every colleague: fifty of them weigh too much"
    assert len({*pages[0], *pages[1]}) == 30
    assert all("30 van 30" in text for text in (first, second))
    assert 'rel="next"' not in second
