"""What happened to a call, what a subscription would have sent, and whether a database may send at all."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.models import (
    Attempt,
    Call,
    Crawl,
    Deadline,
    Delivery,
    Lease,
    Match,
    Pause,
    Sighting,
    Suppression,
    Told,
    Verdict,
)
from db.session import reading, writing
from db.vocabulary import DeadlineKind, DeliveryState, ToldKind
from notifications.brakes import resume, standing_pause
from notifications.outbox import address_hash
from tests.make.mail_cases import THRESHOLD, deliveries, make_agenda, make_call, make_reader, plan_at, settle_all
from tracker.errors import NotPossible
from tracker.mailing.copy_guard import check_not_a_copy
from tracker.mailing.release import NothingToRelease, retry_delivery, unsuppress
from tracker.mailing.trace import trace
from tracker.matching.backtest import backtest

pytestmark = pytest.mark.one_database  # it only reads


@pytest.fixture
def agenda(engine: Engine) -> Engine:
    make_agenda(engine)
    return engine


def why(engine: Engine, text: str, now: datetime) -> list[tuple[str, str]]:
    with reading(engine) as session:
        return [(step.stage, step.said) for step in trace(session, text, now, THRESHOLD)]


def said(engine: Engine, text: str, now: datetime, stage: str) -> str:
    return " | ".join(line for name, line in why(engine, text, now) if name == stage)


def test_a_call_nobody_collected_is_said_so_with_which_sources_were_whole(agenda: Engine, now: datetime) -> None:
    with writing(agenda) as session:
        session.add(Crawl(source="rvo", started_at=now, finished_at=now, complete=True))
        session.add(Crawl(source="eu_portal", started_at=now, finished_at=now, complete=False, why="page 3: HTTP 502"))
    (step,) = why(agenda, "HORIZON-2099-X", now)
    assert step[0] == "niet opgehaald"
    assert "volledig opgehaald: rvo" in step[1]
    assert "eu_portal: bladzijde 3: de site antwoordt HTTP 502" in step[1]


def test_a_late_and_a_joined_call_are_told_by_identifier_address_and_title(agenda: Engine, now: datetime) -> None:
    kept = make_call(agenda, now, "Houtbouw in de regio", published_on=date(2026, 5, 9), url="https://e.example/hout")
    gone = make_call(agenda, now, "Houtbouw (dubbel)")
    with writing(agenda) as session:
        session.get_one(Call, gone).joined_into = kept
    for name in (f"X-{kept}", "https://e.example/hout", "houtbouw in de", str(kept)):
        assert said(agenda, name, now, "opgehaald").endswith("laat, 20 dagen na publicatie"), name
        assert said(agenda, name, now, "samengevoegd") == f"met {gone}: Houtbouw (dubbel)"
    assert why(agenda, "Houtbouw (dubbel)", now)[0][1].startswith(f"{kept}: ")


def test_a_weak_match_is_told_with_score_and_threshold(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now)
    make_call(agenda, now, "Zwak", score=0.31)
    assert said(agenda, "Zwak", now, "niet gematcht") == "Circulair: past 31%, telt vanaf 50% (t)"
    assert "boven de drempel" in said(agenda, "Zwak", now, "niet gemaild")


def test_who_was_mailed_when_and_who_not_and_why(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now, "wel@x.example")
    other = make_reader(agenda, now, "filter@x.example", filter={"challenges": ["wonen"]})
    no = make_reader(agenda, now, "nee@x.example")
    call = make_call(agenda, now, "Houtbouw")
    with writing(agenda) as session:
        session.add(Verdict(call_id=call, challenge_id="circulair", user_id=no, participant_id="haarlem",
                            say="no", reason="off_topic", at=now))  # fmt: skip
    plan_at(agenda, now)
    assert said(agenda, "Houtbouw", now, "gemaild") == (
        "wel@x.example, als eerste vermelding, aangenomen, 29 mei 2026, 08:00, mail 1, kies eerst, plaats 1 van 1"
    )
    not_mailed = said(agenda, "Houtbouw", now, "niet gemaild")
    assert "filter@x.example: geen abonnement op deze opgave, of het filter sluit de regeling uit" in not_mailed
    assert "nee@x.example: beoordeeld als niet voor ons" in not_mailed
    assert other


def test_what_naming_a_call_said_of_its_opening_is_no_second_place_in_the_mail(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now)
    opened = now - timedelta(days=20)
    call = make_call(agenda, now, "Houtbouw", opens_at=opened)
    with writing(agenda) as session:
        session.add(Deadline(call_id=call, kind=DeadlineKind.OPENS, day=opened.date(), modified_at=now))
    plan_at(agenda, now)
    with reading(agenda) as session:
        kinds = {told.kind for told in session.exec(select(Told)).all()}
    assert ToldKind.OPENING in kinds, "that it is open is remembered"
    assert said(agenda, "Houtbouw", now, "gemaild").count("jan@haarlem.example") == 1
    assert "opent binnenkort" not in said(agenda, "Houtbouw", now, "gemaild")


def test_a_mail_that_still_waits_told_nothing_yet_and_what_was_only_counted_says_so(
    agenda: Engine, now: datetime
) -> None:
    make_reader(agenda, now)
    make_call(agenda, now, "Houtbouw", eligible="self")
    make_call(agenda, now, "Voor bedrijven", eligible="no")
    plan_at(agenda, now, leaves=False)
    stages = [stage for stage, _ in why(agenda, "Houtbouw", now)]
    assert "wacht" in stages
    assert "gemaild" not in stages
    assert "apart gezet" in [stage for stage, _ in why(agenda, "Voor bedrijven", now)]
    assert "zelden iets voor een gemeente" in said(agenda, "Voor bedrijven", now, "niet gemaild")


def test_a_mail_that_failed_and_a_call_that_waits_are_told(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now)
    make_call(agenda, now, "Houtbouw")
    plan_at(agenda, now, leaves=False)
    settle_all(agenda, DeliveryState.FAILED, now)
    assert "jan@haarlem.example, als eerste vermelding, mislukt" in said(agenda, "Houtbouw", now, "niet aangekomen")
    assert said(agenda, "Houtbouw", now, "niet gemaild") == "jan@haarlem.example: staat in het volgende overzicht"
    make_call(agenda, now, "Te veel tegelijk", held=True)
    assert "wacht op vrijgave" in said(agenda, "Te veel tegelijk", now, "niet gemaild")


def test_trying_tells_what_would_have_been_sent_and_what_a_changed_word_does(agenda: Engine, now: datetime) -> None:
    make_call(
        agenda, now - timedelta(days=20), "Biobased isolatie voor scholen", search_text="biobased isolatie scholen"
    )
    make_call(agenda, now - timedelta(days=5), "Circulair bouwen met hout")
    make_call(agenda, now - timedelta(days=400), "Van lang geleden")
    with writing(agenda) as session:
        for row in session.exec(select(Match).where(Match.call_id == 1)):
            session.delete(row)
    tried = backtest(agenda, "circulair", date(2026, 1, 1), now)
    assert ([one.title for one in tried.calls], tried.weeks) == (["Circulair bouwen met hout"], {"2026-W21": 1})
    changed = backtest(agenda, "circulair", date(2026, 1, 1), now, more=("biobased", "biobased isolatie"))
    assert changed.changed
    assert [one.title for one in changed.gained] == ["Biobased isolatie voor scholen"]
    with pytest.raises(NotPossible):
        backtest(agenda, "bestaat-niet", date(2026, 1, 1), now)


def start(engine: Engine, folder: Path, now: datetime) -> str:
    with writing(engine) as session:
        return check_not_a_copy(session, folder, now)


def note_attempt(engine: Engine, now: datetime) -> None:
    """One more mail left: the number that this machine remembers grows."""
    with writing(engine) as session:
        number = len(session.exec(select(Attempt)).all()) + 1
        mail = session.exec(select(Delivery)).first()
        assert mail is not None
        session.add(Attempt(delivery_id=mail.id, number=number, started_at=now, finished_at=now))


def test_a_copy_and_an_old_backup_start_paused_and_the_one_that_sends_does_not(
    agenda: Engine, now: datetime, tmp_path: Path
) -> None:
    make_reader(agenda, now)
    make_call(agenda, now)
    plan_at(agenda, now)
    assert start(agenda, tmp_path / "here", now) == ""
    note_attempt(agenda, now)
    note_attempt(agenda, now)
    assert start(agenda, tmp_path / "here", now) == ""
    with writing(agenda) as session:  # the same database put back as it was one mail ago
        session.delete(session.exec(select(Attempt).order_by(Attempt.id.desc())).first())  # type: ignore[union-attr]
    assert "teruggezet uit een back-up" in start(agenda, tmp_path / "here", now)
    with writing(agenda) as session:
        assert standing_pause(session) is not None
        resume(session, "beheerder", now)
        for lease in session.exec(select(Lease)):  # nobody works on it any more
            lease.until = now - timedelta(days=400)
    assert "hierheen gekopieerd van elders" in start(agenda, tmp_path / "elsewhere", now)
    with writing(agenda) as session:
        assert [pause.everything for pause in session.exec(select(Pause))] == [True, True]


def test_a_held_mail_and_a_refused_address_are_let_through_on_record(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now)
    make_call(agenda, now)
    plan_at(agenda, now, leaves=False)
    settle_all(agenda, DeliveryState.HELD, now)
    with writing(agenda) as session:
        session.add(Suppression(address_hash=address_hash("weg@x.example"), reason="550", since=now))
    with writing(agenda) as session:
        retry_delivery(session, 1, now, "user 1", "test")
        assert unsuppress(session, " Weg@x.example", now, "user 1", "test") == 1
    assert (deliveries(agenda)[0].state, deliveries(agenda)[0].finished_at) == (DeliveryState.DEFERRED, None)
    with writing(agenda) as session, pytest.raises(NothingToRelease):
        unsuppress(session, "weg@x.example", now, "user 1", "test")
    with writing(agenda) as session, pytest.raises(NothingToRelease):
        retry_delivery(session, 99, now, "user 1", "test")
    from db.models import AuditEntry

    with reading(agenda) as session:
        assert [row.action for row in session.exec(select(AuditEntry))] == ["mail retried", "suppression lifted"]
        assert len(session.exec(select(Sighting)).all()) == 1
