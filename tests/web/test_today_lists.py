"""Vandaag and Beoordelen: what stands first, and how many there are."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from db.models import Body, Call, Commitment, Dossier, Follow, Meeting, User
from db.queries import Viewer
from db.session import reading, writing
from db.vocabulary import Role
from db.vocabulary_lobby import ApplicationStage
from notifications.catalogue import read_catalogue
from notifications.places import Candidate
from tests.make.mail_cases import deliveries, make_agenda, make_call, make_reader, plan_at
from tests.make.pages import make_user, visit
from tests.make.planning_world import settle_world
from tracker.calendar.bodies import BodyCalendar, body_calendar
from tracker.calendar.latest_go import late_until
from tracker.calendar.papers import PapersDue, papers_due
from tracker.clock import Now
from tracker.mailing.digest_context import read_digest_context
from tracker.matching.unjudged import waiting_for
from tracker.web.today import Section, reads_along
from tracker.workdays import DAY, NATIONAL

pytestmark = pytest.mark.one_database  # it only reads


def test_a_list_that_is_cut_says_how_many_there_are_and_what_one_follows_stands_first(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    make_agenda(engine)
    reader = make_reader(engine, now)
    for n in range(20):
        make_call(engine, now, f"Regeling {n:02}", closes=date(2026, 6, 5), eligible="partner")
    make_call(engine, now, "Voor bedrijven", closes=date(2026, 6, 2), eligible="no")
    followed = make_call(engine, now, "Gevolgd", closes=date(2026, 6, 12), eligible="self")
    with writing(engine) as session:
        session.add(Follow(user_id=reader, call_id=followed, at=now))
    with reading(engine) as session:
        user = session.get_one(User, reader)
        session.expunge_all()
    with visit(engine, now, tmp_path, user) as visitor:
        page = visitor.get("/").text
    part = page.split('id="sluit"')[1].split("</section>")[0]
    assert '<span class="quiet figure">21</span>' in part
    assert "En nog 9: alle open regelingen" in part
    assert re.findall(r">(Gevolgd|Regeling \d\d|Voor bedrijven)<", part)[:2] == ["Gevolgd", "Regeling 00"]
    assert "Voor bedrijven" not in part


def test_what_closes_next_counts_also_where_the_first_way_in_is_past_and_the_last_is_far(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    make_agenda(engine)
    reader = make_reader(engine, now)
    with_second, far = (
        make_call(engine, now, title, closes=date(2026, 6, 12), eligible="self") for title in ("Tweede", "Ver")
    )
    with writing(engine) as session:
        session.get_one(Call, with_second).first_gate_at = now - DAY
        session.get_one(Call, with_second).closes_at = now + 60 * DAY
        session.get_one(Call, far).first_gate_at = session.get_one(Call, far).closes_at = now + 60 * DAY
        user = session.get_one(User, reader)
        session.flush()
        session.expunge(user)
    with visit(engine, now, tmp_path, user) as visitor:
        part = visitor.get("/").text.split('id="sluit"')[1].split("</section>")[0]
    assert re.findall(r">(Tweede|Ver)<", part) == ["Tweede"]


def test_what_one_never_wants_again_stands_in_no_list_of_ones_own_day(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    make_agenda(engine)
    reader = make_reader(engine, now)
    call = make_call(engine, now, "Nooit meer", closes=date(2026, 6, 5), eligible="self")
    with reading(engine) as session:
        user = session.get_one(User, reader)
        session.expunge_all()
    with visit(engine, now, tmp_path, user) as visitor:
        assert "Nooit meer" in visitor.get("/").text
        visitor.send_form(f"/regelingen/{call}/les", kind="never", back="/")
        assert "Nooit meer" not in visitor.get("/").text
        assert "Er wacht niets op uw oordeel" in visitor.get("/beoordelen").text
        visitor.send_form("/lessen/1/ongedaan")
        assert "Nooit meer" in visitor.get("/").text


def test_what_we_can_use_is_judged_before_what_only_fits(engine: Engine, now: datetime) -> None:
    make_agenda(engine)
    make_call(engine, now, "Voor anderen", score=0.99, eligible="no")
    make_call(engine, now, "Als partner", score=0.9, eligible="partner")
    make_call(engine, now, "Zelf", score=0.8, eligible="self")
    with reading(engine) as session:
        titles = dict(session.exec(select(Call.id, Call.title).order_by(col(Call.id))).all())
        order = [titles[number] for number in waiting_for(session, Viewer(user_id=1, participant_id="haarlem"), now)]
    assert order == ["Zelf", "Als partner", "Voor anderen"]


def test_what_waits_stands_as_in_the_mail_and_the_first_says_why_with_the_day_that_mail_and_page_name(
    engine: Engine, tmp_path: Path
) -> None:
    now = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    make_agenda(engine, participant=False)
    with writing(engine) as session:
        settle_world(session)
    reader = make_reader(engine, now, most=1)
    calls = {
        "Past, en op tijd": make_call(engine, now, "Past, en op tijd", date(2027, 9, 1), score=0.95),
        "Alleen volgend": make_call(engine, now, "Alleen volgend", date(2027, 9, 1), score=0.9, eligible="partner"),
        "Als partner": make_call(engine, now, "Als partner", date(2027, 9, 1), score=0.9, eligible="partner"),
        "Opent nog": make_call(engine, now, "Opent nog", date(2027, 6, 1), score=0.99, source_word="announced"),
        "Te laat": make_call(engine, now, "Te laat", date(2026, 11, 26), score=0.99),
    }
    with writing(engine) as session:
        session.add(Follow(user_id=reader, call_id=calls["Alleen volgend"], at=now))
    with reading(engine) as session:
        user, catalogue = session.get_one(User, reader), read_catalogue(session, now, 0.5)
        windows = read_digest_context(session, (), Now(now)).windows(Viewer(participant_id="haarlem"))
        session.expunge_all()
        late = late_until("haarlem", body_calendar(session), now.date())
        order = waiting_for(session, Viewer(reader, Role.FUNDRAISER, "haarlem"), now, late_until=late)
    weighed = {
        call.id: Candidate(call, call.matches[0].score, call.id == calls["Alleen volgend"], windows(call))
        for call in catalogue.calls.values()
    }
    assert order == list(calls.values()) == sorted(order, key=lambda number: weighed[number].order)
    plan_at(engine, now)
    said = re.search(
        r"Go/no-go uiterlijk: (.*, met een eigen bijdrage) \(aangenomen ritme\)", deliveries(engine)[-1].text
    )
    assert said is not None
    with visit(engine, now, tmp_path, user) as visitor:
        part = visitor.get("/").text.split('id="wacht"')[1].split("</section>")[0]
        head = visitor.get(f"/regelingen/{calls['Past, en op tijd']}").text
        card = visitor.get("/beoordelen").text
        place = visitor.get(f"/regelingen/{calls['Past, en op tijd']}/waarom").text
        closing = visitor.get("/").text.split('id="sluit"')[1].split("</section>")[0]
        late = visitor.get(f"/regelingen/{calls['Te laat']}").text
    why = "past 95% bij Circulair; waarschijnlijk zelf aan te vragen; go/no-go uiterlijk"
    assert f"Eerst, want: {why} {said[1]} (aangenomen ritme)" in part
    assert part.count("Eerst, want") == 1
    assert f"Eerst, want: {why} {said[1]} (aangenomen ritme)" in card
    assert f"Wat nu haar plaats bepaalt: {why} {said[1]} (aangenomen ritme)." in place
    too_late = re.search(r"Waarschijnlijk te laat voor [^<,]+, op een aangenomen ritme", late)
    assert too_late is not None
    assert too_late[0] in closing
    assert "In de volgorde van uw mail: eerst wat het best past" in part
    assert f"<dt>Besluit</dt><dd>Go/no-go uiterlijk {said[1]}" in head


def test_who_gets_no_mail_is_not_told_of_its_order(engine: Engine, now: datetime, tmp_path: Path) -> None:
    make_agenda(engine)
    make_call(engine, now)
    with writing(engine) as session:
        person = make_user(session, now, Role.FUNDRAISER, "haarlem")
    with visit(engine, now, tmp_path, person) as visitor:
        part = visitor.get("/").text.split('id="wacht"')[1].split("</section>")[0]
    assert "Eerst wat het best past" in part
    assert "uw mail" not in part


@pytest.mark.parametrize(
    ("role", "first"),
    [
        (Role.READER, "lobby"),
        (Role.FUNDRAISER, "wacht"),
        (Role.LOBBYIST, "lobby"),
        (Role.COORDINATOR, "stukken"),
        (Role.ADMINISTRATOR, "beheer"),
    ],
)
def test_vandaag_opens_with_the_day_of_ones_role(
    engine: Engine, now: datetime, tmp_path: Path, role: Role, first: str
) -> None:
    make_agenda(engine)
    make_call(engine, now, "Te beoordelen", eligible="self")
    with writing(engine) as session:
        person = make_user(session, now, role, "haarlem")
        session.add(Body(id="mra", name="MRA Bestuur", kind="board", weekday=1, paper_days=7))
        session.flush()
        session.add(Meeting(body_id="mra", day=date(2026, 6, 5), papers_on=date(2026, 5, 29), modified_at=now))
        owed = {"owner_id": person.id, "due_on": date(2026, 5, 29), "created_at": now, "participant_id": "haarlem"}
        session.add(Commitment(text="Bel terug", **owed))
    with visit(engine, now, tmp_path, person) as visitor:
        page = visitor.get("/").text
    parts = re.findall(r'<section aria-labelledby="([\w-]+)"', page)
    assert parts[0] == first
    assert ("wacht" in parts) == (role != Role.READER)
    if role == Role.COORDINATOR:
        assert "Stukken voor MRA Bestuur" in page
        assert "aangenomen ritme" not in page.split('id="stukken"')[1].split("</section>")[0]


def test_vandaag_shows_the_applications_that_one_runs_until_they_are_over(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    make_agenda(engine)
    call = make_call(engine, now, "Warmte", closes=date(2026, 9, 1), eligible="self")
    with writing(engine) as session:
        people = [make_user(session, now, Role.FUNDRAISER, "haarlem", email) for email in ("een@h.nl", "twee@h.nl")]
    with visit(engine, now, tmp_path, people[0]) as visitor:
        visitor.send_form(f"/regelingen/{call}/aanvraag")
        part = visitor.get("/").text.split('id="lopend"')[1].split("</section>")[0]
        assert 'href="/aanvragen/1">Warmte</a>' in part
        assert "1 sep" in part
        with writing(engine) as session:
            session.get_one(Dossier, 1).stage = ApplicationStage.DROPPED
        assert 'id="lopend"' not in visitor.get("/").text
        with writing(engine) as session:
            session.get_one(Dossier, 1).stage = ApplicationStage.SIGNAL
    with visit(engine, now, tmp_path, people[1]) as colleague:
        assert 'id="lopend"' not in colleague.get("/").text


def test_who_has_nothing_on_their_name_reads_the_calls_first() -> None:
    ours, theirs = ({"mine": mine, "late": [], "coming": ["debat"]} for mine in (["bellen"], []))
    assert [reads_along([Section("", context)]) for context in (ours, theirs)] == [False, True]


def test_papers_that_only_an_assumed_meeting_asks_for_are_never_late() -> None:
    body = Body(id="b", name="B", kind="board", weekday=1)
    for assumed in (True, False):
        papers = PapersDue(date(2026, 5, 28), body, date(2026, 6, 5), assumed)
        assert papers.late(date(2026, 5, 29)) is not assumed
    known = BodyCalendar({"b": body}, {}, NATIONAL, {})
    (first,) = known.meetings("b", date(2026, 5, 1), date(2026, 5, 31))[:1]
    assert first.assumed
    before, after = (
        {each.meets_on for each in papers_due(known, "", first.papers_on + days * DAY, date(2026, 6, 30))}
        for days in (0, 1)
    )
    assert first.day in before - after, "what a rhythm asked for yesterday is no fact that was missed"
