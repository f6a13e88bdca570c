"""What a digest names, sets aside and leaves for later; told means named."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.models import Call, Deadline, Revision, Sighting, Told, User
from db.session import reading, writing
from db.vocabulary import Cadence, DeadlineKind, Say, ToldKind
from notifications.catalogue import read_catalogue
from notifications.places import Candidate, Place, place
from tests.make.mail_cases import deliveries, follow, make_agenda, make_call, make_reader, plan_at, update
from tests.make.pages import visit
from tracker.matching.unjudged import waiting_for
from tracker.matching.verdicts import judge
from tracker.rights import viewer_of

pytestmark = (
    pytest.mark.one_database
)  # what is told and when; what planning asks of a database test_plan.py asks of both

MONDAY = timedelta(days=3)  # after the Friday of ``now``


@pytest.fixture
def agenda(engine: Engine, now: datetime) -> Engine:
    make_agenda(engine)
    make_call(engine, now, "Voorbij", closes=date(2026, 5, 1))
    return engine


def told_as(engine: Engine, call: int) -> list[str]:
    with reading(engine) as session:
        return sorted(set(session.exec(select(Told.kind).where(Told.call_id == call)).all()))


def test_what_is_set_aside_is_counted_once_and_named_when_it_turns_out_to_be_for_us(
    agenda: Engine, now: datetime
) -> None:
    make_reader(agenda, now)
    make_call(agenda, now, "Voor ons", eligible="self")
    other = make_call(agenda, now, "Voor bedrijven", eligible="no")
    plan_at(agenda, now)
    assert told_as(agenda, other) == [ToldKind.SET_ASIDE]
    make_call(agenda, now, "Ook voor ons", eligible="self")
    plan_at(agenda, now + MONDAY)
    assert "niets voor een gemeente" not in deliveries(agenda)[-1].text
    update(agenda, other, eligible="partner")
    plan_at(agenda, now + MONDAY + timedelta(days=1))
    assert "* Voor bedrijven" in deliveries(agenda)[-1].text


def test_what_does_not_say_for_whom_it_is_is_never_told_first_and_set_aside_where_it_fits_little(
    agenda: Engine, now: datetime, tmp_path: Path
) -> None:
    reader = make_reader(agenda, now)
    make_call(agenda, now, "Voor ons")
    make_call(agenda, now, "Past goed", eligible="unknown", score=0.9, summary="Wat het is.")
    aside = [
        make_call(agenda, now, "Past weinig", eligible="unknown", score=0.6, summary="Wat het is."),
        make_call(agenda, now, "Alleen een titel", eligible="unknown", score=0.75),
    ]
    plan_at(agenda, now)
    mail = deliveries(agenda)[-1].text
    assert mail.index("KIES EERST (1)") < mail.index("NIET BEKEND VOOR WIE (1)") < mail.index("* Past goed")
    assert all(told_as(agenda, call) == [ToldKind.SET_ASIDE] for call in aside)
    assert "gemeente, of weinig van bekend of passend: 2 regelingen" in mail
    link = re.search(r"https://kansenradar.example(/regelingen\?set_aside=\S+)", mail)
    assert link is not None
    with reading(agenda) as session:
        user = session.get_one(User, reader)
    with visit(agenda, now, tmp_path, user) as visitor:
        page = visitor.get(link[1]).text
    assert all(title in page for title in ("Past weinig", "Alleen een titel"))
    assert "Past goed" not in page
    assert "Voor ons" not in page


@pytest.mark.parametrize(
    ("eligible", "fit", "followed", "weak"),
    [
        ("self", 0.3, False, False), ("partner", 0.6, False, False), ("partner", 0.4, False, True),
        ("partner", 0.4, True, False), ("no", 0.3, False, False),
    ],
)  # fmt: skip
def test_a_partner_hears_of_what_fits_at_least_half(
    agenda: Engine, now: datetime, eligible: str, fit: float, followed: bool, weak: bool
) -> None:
    number = make_call(agenda, now, eligible=eligible)
    with reading(agenda) as session:
        call = read_catalogue(session, now, 0.0).calls[number]
    assert Candidate(call, fit, followed).is_weak is weak


@pytest.mark.parametrize(
    ("fit", "followed", "stands"),
    [(0.65, False, Place.CHOOSE), (0.55, False, Place.OURS), (0.55, True, Place.CHOOSE)],
)
def test_a_full_place_is_for_what_three_of_five_readers_would_want(
    agenda: Engine, now: datetime, fit: float, followed: bool, stands: Place
) -> None:
    number = make_call(agenda, now, eligible="self")
    with reading(agenda) as session:
        call = read_catalogue(session, now, 0.0).calls[number]
    placing = place([Candidate(call, fit, followed)], most=6, today=now.date(), until=now.date())
    assert placing.named == {number: stands}


def test_who_asks_for_everything_hears_of_what_is_said_to_be_for_governments_whatever_it_is_about(
    agenda: Engine, now: datetime
) -> None:
    make_reader(agenda, now)
    make_reader(agenda, now, "an@haarlem.example", filter={"challenges": ["wonen"]})
    make_call(agenda, now, "Vergunningen", score=0.1, eligible="self", eligible_estimate=False)
    make_call(agenda, now, "Geschat", score=0.1, eligible="self", eligible_estimate=True)
    plan_at(agenda, now)
    [mail] = deliveries(agenda)
    assert mail.address == "jan@haarlem.example"
    assert "* Vergunningen" in mail.text
    assert "* Geschat" not in mail.text
    words = "open voor overheden; past bij geen opgave sterk"
    assert (mail.text.count(words), mail.html.count(f"{words}</span>")) == (1, 1)  # in the lighter type
    plan_at(agenda, now + MONDAY)
    assert len(deliveries(agenda)) == 1


def test_what_is_said_to_be_for_governments_waits_for_a_word_too_and_says_why(
    agenda: Engine, now: datetime, tmp_path: Path
) -> None:
    reader = make_reader(agenda, now)
    other = make_reader(agenda, now, "an@haarlem.example", filter={"challenges": ["wonen"]})
    make_call(agenda, now, "Vergunningen", score=0.1, eligible="self", eligible_estimate=False)
    make_call(agenda, now, "Past beter", score=0.5, eligible="self", eligible_estimate=False)
    make_call(agenda, now, "Geschat", score=0.1, eligible="self", eligible_estimate=True)
    with reading(agenda) as session:
        users = [session.get_one(User, number) for number in (reader, other)]
        titles = dict(session.exec(select(Call.id, Call.title)).all())
        order = [titles[number] for number in waiting_for(session, viewer_of(users[0]), now)]
    assert order == ["Past beter", "Vergunningen"]
    words = '<span class="quiet">open voor overheden; past bij geen opgave sterk</span>'
    with visit(agenda, now, tmp_path, users[0]) as visitor:
        assert visitor.get("/").text.count(words) == 1
        assert visitor.get("/regelingen").text.count(words) == 1
    with visit(agenda, now, tmp_path, users[1]) as visitor:
        assert "Vergunningen" not in visitor.get("/").text


def test_the_link_of_what_waits_opens_exactly_that_also_when_it_was_named_since(
    agenda: Engine, now: datetime, tmp_path: Path
) -> None:
    reader, other = make_reader(agenda, now), make_reader(agenda, now, "an@haarlem.example", most=100)
    calls = {make_call(agenda, now, f"Regeling {n:02}", eligible="partner") for n in range(20)}
    plan_at(agenda, now)
    first, _ = deliveries(agenda)
    with reading(agenda) as session:
        named = set(session.exec(select(Told.call_id).where(Told.delivery_id == first.id)))
        users = [session.get_one(User, number) for number in (reader, other)]
    plan_at(agenda, now + MONDAY)
    link = re.search(r"https://kansenradar.example(/regelingen\?waiting=\S+)", first.text)
    assert link is not None
    for user, expected in zip(users, (calls - named, set()), strict=True):
        with visit(agenda, now, tmp_path, user) as visitor:
            page = visitor.get(link[1]).text
        assert {int(number) for number in re.findall(r'href="/regelingen/(\d+)"', page)} == expected


def test_every_named_call_has_its_code_money_and_closing_and_ways_to_judge_and_to_ask_why(
    agenda: Engine, now: datetime
) -> None:
    make_reader(agenda, now, most=1)
    calls = [
        make_call(agenda, now, f"Nummer {n}", eligible=who, max_amount=(n + 1) * 1_000_000, summary="Wat het is.")
        for n, who in enumerate(["self", "self", "partner", "unknown"])
    ]
    plan_at(agenda, now)
    mail = deliveries(agenda)[-1]
    assert [len(set(re.findall(rf"/regelingen/({call})/waarom", mail.html))) for call in calls] == [1] * 4
    for part in (mail.text, mail.html):
        links = set(re.findall(r"/oordeel/([\w.-]+)", part))
        assert len(links) == 4
        assert all(f"€ {n + 1} mln" in part for n in range(4))
        assert part.count("1 december 2026") >= 4


def test_only_what_a_public_body_cannot_use_is_no_reason_for_a_mail(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now)
    call = make_call(agenda, now, "Voor bedrijven", eligible="no")
    assert plan_at(agenda, now).digests == 0
    assert told_as(agenda, call) == []


def test_who_asks_for_it_by_filter_gets_it_by_name(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now, filter={"eligible": ["no"]})
    make_call(agenda, now, "Voor bedrijven", eligible="no")
    plan_at(agenda, now)
    assert "* Voor bedrijven" in deliveries(agenda)[-1].text


def test_what_one_joins_as_a_partner_is_told_first_only_where_it_fits_very_well(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now)
    for title, score, eligible in (("Sterk", 0.92, "partner"), ("Minder", 0.85, "partner"), ("Zelf", 0.6, "self")):
        make_call(agenda, now, title, score=score, eligible=eligible)
    plan_at(agenda, now)
    chosen, partner = deliveries(agenda)[-1].text.split("ALS PARTNER (1)")
    assert ["* Sterk" in chosen, "* Zelf" in chosen, "* Minder" in partner] == [True, True, True]


def test_a_topic_stands_with_its_code_and_topics_of_one_call_stand_together(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now, most=1)
    for n, title in enumerate(["Eerst", "Buurtwarmte", "Los", "Renovatie", "Isolatie"]):
        umbrella = "Schone energie" if title not in ("Eerst", "Los") else None
        call = make_call(
            agenda, now, title, score=0.95 - n / 20, eligible="self", call_title=umbrella, budget=6_000_000
        )
        with writing(agenda) as session:
            session.add(
                Sighting(
                    source="eu_portal", external_id=str(n), call_id=call, url="https://e.example", fields={},
                    fingerprint=str(n), references=[f"LIFE-2026-{n}"], first_seen=now, last_seen=now,
                )
            )  # fmt: skip
    plan_at(agenda, now)
    text = deliveries(agenda)[-1].text
    lines = [line for line in text.splitlines() if line.startswith(("* ", "Eén oproep"))]
    assert lines == [
        "* Eerst [LIFE-2026-0]",
        "Eén oproep, 3 onderwerpen: Schone energie, sluit dinsdag 1 december 2026, 17:00 (Brussel)",
        "* Buurtwarmte [LIFE-2026-1]",
        "* Renovatie [LIFE-2026-3]",
        "* Isolatie [LIFE-2026-4]",
        "* Los [LIFE-2026-2]",
    ]
    assert text.count("budget € 6 mln voor 3 onderwerpen samen") == 3


@pytest.mark.parametrize(("days", "said"), [(4, "vandaag: opent vandaag"), (5, "nu open: opende op 2 juni 2026")])
def test_what_does_not_open_for_months_waits_and_its_opening_is_told_to_who_knew_it(
    agenda: Engine, now: datetime, days: int, said: str
) -> None:
    make_reader(agenda, now, most=1)
    far = make_call(agenda, now, "In 2027", closes=date(2027, 9, 1), eligible="self", source_word="announced")
    near = make_call(agenda, now, "In juni", closes=date(2026, 9, 1), eligible="self", source_word="announced")
    for call, day in ((far, date(2027, 4, 20)), (near, date(2026, 6, 2))):
        with writing(agenda) as session:
            session.add(
                Deadline(call_id=call, kind=DeadlineKind.OPENS, day=day, zone="Europe/Brussels", modified_at=now)
            )
    plan_at(agenda, now)
    first = deliveries(agenda)[-1].text
    assert "* In juni" in first
    assert "In 2027" not in first
    assert "Daarnaast 1 regeling voor uw opgaven aangekondigd" in first
    update(agenda, near, source_word="open")
    plan_at(agenda, now + timedelta(days=days))
    opened = deliveries(agenda)[-1].text
    assert "NU OF BINNENKORT OPEN (1)" in opened
    assert f"{said}; sluit dinsdag 1 september 2026" in opened
    assert plan_at(agenda, now + timedelta(days=days + 1)).digests == 0


@pytest.mark.parametrize(
    ("eligible", "found", "again"),
    [
        ("self", "", True), ("partner", "", False), ("unknown", "", False),
        ("partner", "followed", True), ("partner", "relevant", True),
    ],
)  # fmt: skip
def test_what_was_named_and_opens_is_named_again_only_where_it_is_ours_or_followed_or_found_relevant(
    agenda: Engine, now: datetime, eligible: str, found: str, again: bool
) -> None:
    reader = make_reader(agenda, now)
    call = make_call(agenda, now, "Straks", closes=date(2026, 9, 1), eligible=eligible, source_word="announced")
    with writing(agenda) as session:
        opens = date(2026, 7, 20)
        session.add(Deadline(call_id=call, kind=DeadlineKind.OPENS, day=opens, zone="Europe/Brussels", modified_at=now))
    plan_at(agenda, now)
    assert "* Straks" in deliveries(agenda)[-1].text
    if found == "followed":
        follow(agenda, reader, call, now)
    if found == "relevant":
        with writing(agenda) as session:
            judge(session, session.get_one(User, reader), call, "circulair", Say.YES, now)
    plan_at(agenda, now + timedelta(days=40))  # within a fortnight of its opening
    assert any("Straks" in mail.text for mail in deliveries(agenda)[1:]) is again


def test_topics_of_one_call_that_open_together_say_when_they_close(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now, most=1)
    for title in ("Buurtwarmte", "Isolatie"):
        call = make_call(
            agenda, now, title, closes=date(2026, 9, 1), source_word="announced", call_title="Schone energie"
        )
        opens = date(2026, 6, 30)
        with writing(agenda) as session:
            session.add(
                Deadline(call_id=call, kind=DeadlineKind.OPENS, day=opens, zone="Europe/Brussels", modified_at=now)
            )
    plan_at(agenda, now)
    plan_at(agenda, now + timedelta(days=20))  # a fortnight ahead
    html = deliveries(agenda)[-1].html
    head = (
        "Eén oproep, 2 onderwerpen: Schone energie, opent dinsdag 30 juni 2026; sluit dinsdag 1 september 2026, 17:00"
    )
    assert html.count(head) == html.count("1 september 2026") == 1


def test_what_opens_soon_says_when_it_closes_with_its_hour(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now)
    call = make_call(agenda, now, "Straks", closes=date(2026, 9, 1), eligible="self", source_word="announced")
    with writing(agenda) as session:
        session.add(
            Deadline(
                call_id=call, kind=DeadlineKind.OPENS, day=date(2026, 7, 20), zone="Europe/Brussels", modified_at=now
            )
        )
    plan_at(agenda, now)
    plan_at(agenda, now + timedelta(days=40))
    text = deliveries(agenda)[-1].text
    assert "NU OF BINNENKORT OPEN (1)" in text
    assert "opent maandag 20 juli 2026; sluit dinsdag 1 september 2026, 17:00 (Brussel)" in text


def test_a_subject_counts_what_is_named_and_calls_nothing_a_choice_that_only_opens(
    agenda: Engine, now: datetime
) -> None:
    make_reader(agenda, now)
    for n in range(3):
        call = make_call(agenda, now, f"Straks {n}", closes=date(2026, 9, 1), eligible="self", source_word="announced")
        with writing(agenda) as session:
            day = date(2026, 7, 20)
            session.add(
                Deadline(call_id=call, kind=DeadlineKind.OPENS, day=day, zone="Europe/Brussels", modified_at=now)
            )
    plan_at(agenda, now)
    later = now + timedelta(days=40)
    make_call(agenda, later, "Nieuw", closes=date(2026, 12, 1), eligible="self")
    for n in range(7):
        make_call(agenda, later, f"Voor anderen {n}", closes=date(2026, 12, 1), eligible="no")
    plan_at(agenda, later)
    mail = deliveries(agenda)[-1]
    assert mail.subject.startswith("Kansenradar: 1 kans om eerst te kiezen: Nieuw; 3 nu of binnenkort open")
    named = [line[2:] for line in mail.text.splitlines() if line.startswith("* ")]
    assert sorted(named) == ["Nieuw", "Straks 0", "Straks 1", "Straks 2"]
    assert "Voor anderen" not in mail.text
    assert "Waarschijnlijk niets voor een gemeente: 7 regelingen" in mail.text


def test_a_followed_call_that_vanishes_is_told_the_next_working_day_and_once(agenda: Engine, now: datetime) -> None:
    reader = make_reader(agenda, now, every=Cadence.WEEK)
    call = make_call(agenda, now, "Klimaatplan", eligible="self")
    plan_at(agenda, now)
    follow(agenda, reader, call, now)
    update(agenda, call, not_listed_since=now + timedelta(days=4))
    plan_at(agenda, now + timedelta(days=5))
    mail = deliveries(agenda)[-1]
    assert mail.subject == "Niet meer vermeld bij de bron: Klimaatplan"
    assert told_as(agenda, call) == [ToldKind.GONE, ToldKind.NEW]
    before = len(deliveries(agenda))
    for day in (6, 7, 10):
        plan_at(agenda, now + timedelta(days=day))
    assert all("Klimaatplan" not in mail.text for mail in deliveries(agenda)[before:])


def test_a_followed_call_that_closes_early_is_told_and_one_that_closes_on_its_day_is_not(
    agenda: Engine, now: datetime
) -> None:
    reader = make_reader(agenda, now, every=Cadence.WEEK)
    early, on_its_day = (make_call(agenda, now, title, closes=date(2026, 6, day), eligible="self")
                         for title, day in (("Op is op", 30), ("Gewoon", 2)))  # fmt: skip
    plan_at(agenda, now)
    for call in (early, on_its_day):
        follow(agenda, reader, call, now)
    with writing(agenda) as session:
        row = session.get_one(Call, early)
        row.source_word, row.version = "closed", 2
        session.add(
            Revision(
                call_id=early, kind="changed", field="source_word", old="open", new="closed", telling=True, version=2,
                at=now + timedelta(days=4),
            )
        )  # fmt: skip
    plan_at(agenda, now + timedelta(days=5))
    subjects = [mail.subject for mail in deliveries(agenda)]
    assert "Nu gesloten: Op is op" in subjects
    assert "Nu gesloten: Gewoon" not in subjects


def test_while_calls_are_matched_a_digest_waits_an_hour_and_a_reminder_does_not(agenda: Engine, now: datetime) -> None:
    reader = make_reader(agenda, now)
    make_call(agenda, now, "Nieuw", eligible="self")
    near = make_call(agenda, now, "Gevolgd", closes=date(2026, 6, 28), eligible="self")
    follow(agenda, reader, near, now - timedelta(days=9))
    assert plan_at(agenda, now + MONDAY, matching_since=now - timedelta(minutes=60)).digests == 0
    assert plan_at(agenda, now + MONDAY, matching_since=now + timedelta(minutes=1)).digests == 1
