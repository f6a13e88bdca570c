"""What is called new, how old what was read is, and that a date that came back is told."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.models import Call, Crawl, Delivery, Match, Sighting, Subscription
from db.session import writing
from db.vocabulary import Cadence
from scrapers import sources
from scrapers.recordings import Recording, replay
from tests.make.mail_cases import (
    MAILER,
    THRESHOLD,
    deliveries,
    make_agenda,
    make_call,
    make_reader,
    move_deadline,
    plan_at,
)
from tracker.calls.ingest import ingest
from tracker.challenges.agenda import load_agendas
from tracker.mailing.plan import plan
from tracker.matching import Matcher, model_name
from tracker.matching.run import match_calls
from tracker.operations.demo import RECORDINGS

pytestmark = (
    pytest.mark.one_database
)  # what is told and when; what planning asks of a database test_plan.py asks of both

MONDAY = datetime(2026, 6, 1, 6, tzinfo=UTC)


@pytest.fixture
def agenda(engine: Engine, now: datetime) -> Engine:
    make_agenda(engine)
    make_call(engine, now, "Voorbij", closes=date(2026, 5, 1))
    return engine


def crawl(engine: Engine, at: datetime, source: str = "eu_portal", complete: bool = True) -> None:
    with writing(engine) as session:
        session.add(Crawl(source=source, started_at=at, finished_at=at, complete=complete))


def from_source(engine: Engine, call: int, source: str) -> None:
    with writing(engine) as session:
        row = session.exec(select(Sighting).where(Sighting.call_id == call)).one()
        row.source = source
        session.add(row)


def marked(mail: Delivery) -> set[str]:
    """The titles of the calls that a mail calls new."""
    blocks = mail.text.split("\n* ")[1:]
    return {block.splitlines()[0] for block in blocks if "nieuw" in block.lower().split("http")[0]}


def test_only_what_appeared_at_a_known_source_since_the_last_digest_and_is_open_is_new(
    agenda: Engine, now: datetime
) -> None:
    make_reader(agenda, now, most=9)
    crawl(agenda, now - timedelta(days=9))
    make_call(agenda, now - timedelta(days=5), "Eerste mail")
    plan_at(agenda, now)
    assert marked(deliveries(agenda)[-1]) == set()
    crawl(agenda, now + timedelta(hours=5), "rvo")
    make_call(agenda, now + timedelta(hours=6), "Vers")
    make_call(agenda, now + timedelta(hours=6), "Nog niet open", source_word="announced")
    make_call(agenda, now - timedelta(days=5), "Pas nu vergeleken")
    from_source(agenda, make_call(agenda, now + timedelta(hours=4), "Voorraad van rvo", date(2026, 11, 9)), "rvo")
    plan_at(agenda, MONDAY)
    mail = deliveries(agenda)[-1]
    assert marked(mail) == {"Vers"}
    assert all(title in mail.text for title in ("* Nog niet open", "* Pas nu vergeleken", "Voorraad van rvo"))
    assert "Nieuwe bron: RVO; wat daar al stond, heet hier niet nieuw." in mail.text
    make_call(agenda, MONDAY + timedelta(hours=1), "Morgen")
    plan_at(agenda, MONDAY + timedelta(days=1))
    assert "Nieuwe bron" not in deliveries(agenda)[-1].text


def test_who_subscribed_before_the_first_round_gets_the_same_first_mail_as_who_did_after_it(
    agenda: Engine, now: datetime
) -> None:
    """The first round is still being matched when the first mail falls due: it waits, and knows all when it leaves."""
    make_reader(agenda, now - timedelta(days=30), "eerder@haarlem.example")
    crawl(agenda, now - timedelta(minutes=5))
    for n in range(3):
        make_call(agenda, now - timedelta(minutes=9), f"Vergeleken {n}", eligible="self")
    assert plan_at(agenda, now, matching_since=now - timedelta(minutes=60)).digests == 0
    for n in range(3):
        make_call(agenda, now - timedelta(minutes=9), f"Later vergeleken {n}", eligible="self", score=0.95)
    assert plan_at(agenda, now + timedelta(minutes=10)).digests == 1
    make_reader(agenda, now + timedelta(minutes=12), "later@haarlem.example")
    assert plan_at(agenda, now + timedelta(minutes=12)).digests == 1
    one, two = (
        [line for line in mail.text.splitlines() if "http" not in line and "Stand van" not in line]
        for mail in deliveries(agenda)
    )
    assert one == two
    assert "\n".join(one).count("ergeleken") == 6


@pytest.mark.slow
def test_so_it_is_with_what_the_sources_were_recorded_to_say(engine: Engine) -> None:
    """The sources' own formats, read, stored and matched as in a first round; one subscribed before it, one after."""
    at = Recording(RECORDINGS / "eu_portal").now
    make_agenda(engine, challenges=())
    with writing(engine) as session:
        load_agendas(session)
    wanted: dict[str, Any] = {"every": Cadence.WEEK, "filter": {"challenges": ["A20-1-energie", "A20-1-circulair"]}}
    make_reader(engine, at - timedelta(days=1), "eerder@haarlem.example", **wanted)
    assert plan_at(engine, at - timedelta(hours=12)).digests == 0
    for name in ("eu_portal", "rvo"):
        with writing(engine) as session:
            assert ingest(session, replay(sources.load(name), RECORDINGS / name, now=at), at).new
    assert plan_at(engine, at + timedelta(minutes=5), matching_since=at - timedelta(days=2)).digests == 0
    assert match_calls(engine, model_name(None), lambda texts: Matcher(texts, None), at).calls > 50
    assert plan_at(engine, at + timedelta(minutes=10)).digests == 1
    make_reader(engine, at + timedelta(minutes=15), "later@haarlem.example", **wanted)
    assert plan_at(engine, at + timedelta(minutes=20)).digests == 1
    one, two = deliveries(engine)
    assert one.subject == two.subject
    said, again = (
        [line for line in mail.text.splitlines() if "http" not in line and "Stand van" not in line]
        for mail in (one, two)
    )
    assert said == again
    assert sum(line.startswith("* ") for line in said) > 5


def test_a_digest_that_could_not_wait_for_the_matching_says_so(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now - timedelta(days=30))
    crawl(agenda, now - timedelta(hours=2))
    make_call(agenda, now, "Bekend")
    make_call(agenda, now, "Onbekend", matched_with="")
    plan_at(agenda, now, matching_since=now - timedelta(minutes=60))
    assert "1 regeling is nog niet met de opgaven vergeleken" in deliveries(agenda)[-1].text


def test_the_age_of_what_was_read_is_told_and_a_late_source_by_name(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now)
    crawl(agenda, now - timedelta(days=31))
    make_call(agenda, now)
    plan_at(agenda, now)
    assert "0 van 1 bron compleet (te laat: EU-portaal sinds 28 april 2026); laatste ronde 28 april 2026, 08:00." in (
        deliveries(agenda)[-1].text
    )


def test_a_source_that_is_on_and_was_never_read_counts(agenda: Engine, now: datetime) -> None:
    from dataclasses import replace

    make_reader(agenda, now)
    crawl(agenda, now)
    make_call(agenda, now)
    plan(agenda, replace(MAILER, sources_on=("eu_portal", "rvo")), now, THRESHOLD)
    assert "1 van 2 bronnen compleet (te laat: RVO nog nooit); laatste ronde 08:00." in deliveries(agenda)[-1].text


def test_who_was_told_a_date_is_told_of_its_return_in_the_next_mail(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now)
    call = make_call(agenda, now, closes=date(2026, 10, 1))
    plan_at(agenda, now)
    move_deadline(agenda, call, date(2026, 9, 20), now + timedelta(hours=2))
    plan_at(agenda, MONDAY)
    assert "sluit nu 20 september 17:00, was 1 oktober 17:00" in deliveries(agenda)[-1].text
    move_deadline(agenda, call, date(2026, 10, 1), MONDAY + timedelta(hours=2), damped=True)
    assert plan_at(agenda, MONDAY + timedelta(days=1)).digests == 1
    assert "sluit nu 1 oktober 17:00, was 20 september 17:00" in deliveries(agenda)[-1].text
    for days in (2, 3):
        assert plan_at(agenda, MONDAY + timedelta(days=days)).digests == 0


def test_a_date_that_goes_to_and_fro_is_told_when_it_stays(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now)
    call = make_call(agenda, now, closes=date(2026, 10, 1))
    plan_at(agenda, now)
    days = [date(2026, 9, 20), date(2026, 10, 1)] * 4
    for number, day in enumerate(days):
        at = MONDAY + timedelta(days=number - 1)
        move_deadline(agenda, call, day, at, damped=number > 0)
        plan_at(agenda, at + timedelta(hours=2))
    assert sum("GEWIJZIGD" in mail.text for mail in deliveries(agenda)) <= 2


def test_the_days_before_closing_by_which_a_call_is_named_are_a_setting(agenda: Engine, now: datetime) -> None:
    """Both fit on forty lines but for one: what would be named too late in the next digest goes first."""
    from dataclasses import replace

    make_reader(agenda, now, most=1)
    for n in range(45):
        make_call(agenda, now, f"Sterk {n:02}", closes=date(2026, 12, 1), score=0.99, eligible="self")
    make_call(agenda, now, "Zwak en nader", closes=date(2026, 8, 20), score=0.6, eligible="self")
    with writing(agenda) as session:
        session.add(Subscription(user_id=1, participant_id="haarlem", every="week", filter={}, created_at=now))
    plan(agenda, replace(MAILER, named_before=90), now, THRESHOLD)
    assert any("* Zwak en nader" in mail.text for mail in deliveries(agenda)[:1])
    with writing(agenda) as session:
        assert session.exec(select(Call).where(Call.title == "Zwak en nader")).one()
        assert session.exec(select(Match)).first()
