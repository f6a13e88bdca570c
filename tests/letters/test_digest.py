"""What stands in a digest, in which order, and what it says beside calls."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.models import Call, Commitment, Deadline, Delivery, Follow, MailText, Revision, User
from db.session import reading, writing
from db.vocabulary import DeliveryState, Status, ToldKind
from notifications.call_card import call_card
from notifications.catalogue import read_catalogue
from notifications.digest import Coverage, Digest, Item, Reason
from notifications.headlines import subject_of
from notifications.message import MOST_SUBJECT
from notifications.places import DecisionWindow, Place
from tests.make.mail_cases import deliveries, make_agenda, make_call, make_reader, plan_at, settle_all
from tests.make.pages import visit
from tests.make.planning_world import settle_world
from tracker.care.retention import Swept, sweep
from tracker.clock import Now
from tracker.errors import NotPossible
from tracker.lobby.contacts import ContactFields, Office, commit_to, log_contact
from tracker.people.subscriptions import choose_reminders
from tracker.rights import Deed

pytestmark = pytest.mark.one_database  # it only reads


@pytest.fixture
def agenda(engine: Engine, now: datetime) -> Engine:
    make_agenda(engine)
    make_call(engine, now, "Voorbij", closes=date(2026, 5, 1))
    return engine


def titles(mail: Delivery) -> list[str]:
    return [line[2:] for line in mail.text.splitlines() if line.startswith("* ")]


def test_what_is_worth_most_stands_first_and_what_governments_cannot_use_is_only_counted(
    agenda: Engine, now: datetime
) -> None:
    make_reader(agenda, now)
    plan_at(agenda, now)
    make_call(agenda, now, "Niet voor ons", closes=date(2026, 10, 1), score=0.99, eligible="no")
    make_call(agenda, now, "Zwak", closes=date(2026, 11, 1), score=0.55, eligible="self")
    make_call(agenda, now, "Sterk en later", closes=date(2026, 12, 1), score=0.92, eligible="self")
    make_call(agenda, now, "Als partner", closes=date(2026, 11, 1), score=0.99, eligible="partner")
    plan_at(agenda, now + timedelta(days=3))
    mail = deliveries(agenda)[-1]
    assert titles(mail) == ["Sterk en later", "Als partner", "Zwak"]
    assert "Waarschijnlijk niets voor een gemeente: 1 regeling" in mail.text
    counted = "2 kansen om eerst te kiezen, zoals Sterk en later; 1 ook zelf aan te vragen"
    assert mail.subject == f"Kansenradar: {counted}; eerste go/no-go 7 okt"


def test_the_chosen_stand_in_full_and_the_others_of_ours_on_one_line(agenda: Engine, now: datetime) -> None:
    make_reader(agenda, now, most=2)
    for n in range(5):
        make_call(agenda, now, f"Nummer {n}", score=0.7 + n / 20, eligible="self")
    plan_at(agenda, now)
    mail = deliveries(agenda)[-1]
    assert titles(mail) == ["Nummer 4", "Nummer 3", "Nummer 2", "Nummer 1", "Nummer 0"]
    chosen, others = mail.text.split("OOK ZELF AAN TE VRAGEN (3)")
    assert "KIES EERST (2)" in chosen
    assert "Nummer 2" in others
    assert "Nummer 3" not in others


def test_a_deadline_too_near_to_decide_says_so_in_text_and_html(engine: Engine) -> None:
    now = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    make_agenda(engine, participant=False)
    with writing(engine) as session:
        settle_world(session)
    make_reader(engine, now)
    make_call(engine, now, "Te dichtbij", closes=date(2026, 11, 26))
    make_call(engine, now, "Ver weg", closes=date(2027, 9, 1), eligible="self")
    make_call(engine, now, "Voor anderen", closes=date(2026, 11, 26), eligible="no")
    plan_at(engine, now)
    mail = deliveries(engine)[-1]
    near, far = (mail.text.split(f"* {title}")[1].split("* ")[0] for title in ("Te dichtbij", "Ver weg"))
    assert "LET OP: waarschijnlijk te laat voor " in near
    assert "op een aangenomen ritme" in near
    assert "<b>Let op: waarschijnlijk te laat" in mail.html  # what rests on an assumed rhythm is never told in red
    assert "LET OP" not in far
    assert re.search(r"Go/no-go uiterlijk: \d+ [a-z]+ 202\d, met een eigen bijdrage \(aangenomen ritme\)\n", far)
    assert mail.text.count("LET OP") == mail.html.count("Let op: waarschijnlijk te laat voor ") == 1
    assert re.search(r"; eerste go/no-go \d+ [a-z]{3} \(aangenomen ritme\)$", mail.subject)


@pytest.mark.parametrize(
    ("windows", "said"),
    [
        ([DecisionWindow(date(2026, 6, 9), assumed=True)], "; eerste go/no-go 9 jun (aangenomen ritme)"),
        (
            [DecisionWindow(date(2026, 6, 9)), DecisionWindow(date(2026, 6, 12), assumed=True)],
            "; eerste go/no-go 9 jun",
        ),
        ([DecisionWindow(date(2026, 6, 9), assumed=True), DecisionWindow(date(2026, 6, 9))], "; eerste go/no-go 9 jun"),
        ([DecisionWindow(date(2026, 6, 9), "te laat"), DecisionWindow()], ""),
    ],
)
def test_the_subject_says_where_its_day_is_assumed(
    agenda: Engine, now: datetime, windows: list[DecisionWindow], said: str
) -> None:
    number = make_call(agenda, now)
    with reading(agenda) as session:
        call = read_catalogue(session, now, 0.0).calls[number]
    items = tuple(Item(call, ToldKind.NEW, window=window) for window in windows)
    digest = Digest(now, items, (), Coverage())
    number = "2 kansen om eerst te kiezen, zoals " if len(items) > 1 else "1 kans om eerst te kiezen: "
    assert subject_of(digest, "kop") == f"{number}Circulair bouwen{said}"
    assert subject_of(digest, "kop", "vandaag: Ander") == f"vandaag: Ander; en kop{said}"


def test_a_subject_that_would_not_fit_cuts_its_title_and_keeps_every_number_and_the_assumed_day(
    agenda: Engine, now: datetime
) -> None:
    number = make_call(agenda, now, "Transition to low-temperature heating solutions in multi-apartment buildings")
    with reading(agenda) as session:
        call = read_catalogue(session, now, 0.0).calls[number]
    window = DecisionWindow(date(2026, 9, 1), assumed=True)
    places = (Place.CHOOSE, Place.OURS, Place.PARTNER, Place.CHANGED, Place.CLOSING, Place.OPENING)
    digest = Digest(now, tuple(Item(call, ToldKind.NEW, place=at, window=window) for at in places), (), Coverage())
    for due in ("", "morgen: Transition to low-temperature heating solutions"):
        subject = subject_of(digest, "1 kans om eerst te kiezen, 1 gewijzigd, 9 sluiten binnenkort", due)
        assert subject.endswith("; eerste go/no-go 1 sep (aangenomen ritme)")
        assert len(f"Kansenradar: {subject}") <= MOST_SUBJECT
    assert "…; 1 ook zelf aan te vragen; 1 als partner; 1 gewijzigd; 1 sluit binnenkort; 1 nu " in subject_of(
        digest, ""
    )


def test_a_title_in_a_subject_begins_with_a_capital_and_the_call_keeps_the_title_of_its_source(
    agenda: Engine, now: datetime
) -> None:
    make_reader(agenda, now)
    make_call(agenda, now, "circular cities")
    plan_at(agenda, now)
    mail = deliveries(agenda)[-1]
    assert mail.subject.startswith("Kansenradar: 1 kans om eerst te kiezen: Circular cities")
    assert "* circular cities" in mail.text


def test_nothing_is_still_to_be_decided_on_a_call_that_its_source_closed(engine: Engine) -> None:
    now = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    make_agenda(engine, participant=False)
    with writing(engine) as session:
        settle_world(session)
    person = make_reader(engine, now)
    call = make_call(engine, now, "Te dichtbij", closes=date(2026, 11, 26))
    with writing(engine) as session:
        session.add(Follow(user_id=person, call_id=call, at=now))
    plan_at(engine, now)
    assert "LET OP: waarschijnlijk te laat voor " in deliveries(engine)[-1].text
    with writing(engine) as session:
        row = session.get_one(Call, call)
        row.source_word, row.version = "closed", row.version + 1
        change = {"kind": "changed", "field": "source_word", "old": "open", "new": "closed", "telling": True}
        session.add(Revision(call_id=call, at=now, version=row.version, **change))
    plan_at(engine, now + timedelta(days=1))
    mail = deliveries(engine)[-1]
    assert "gesloten volgens de bron" in mail.text
    for words in ("LET OP", "te laat voor", "go/no-go"):
        assert words.casefold() not in (mail.subject + mail.text + mail.html).casefold()


def test_a_call_that_is_over_by_its_source_has_no_days_left(agenda: Engine, now: datetime) -> None:
    number = make_call(agenda, now, closes=date(2027, 3, 1), source_word="closed")
    with reading(agenda) as session:
        call = read_catalogue(session, now, 0.0).calls[number]
    said = call_card(Item(call, ToldKind.CHANGED), now, "https://e.example")
    assert (said.left, said.when, said.later, said.soon) == ("", "gesloten", "", False)


def test_opgaven_that_the_same_words_met_stand_together(agenda: Engine, now: datetime) -> None:
    number = make_call(agenda, now)
    with reading(agenda) as session:
        call = read_catalogue(session, now, 0.0).calls[number]
    met = [("Energie", ("“warmte”",), 0.9), ("Wonen", ("woningbouw",), 0.8), ("Klimaat", ("“warmte”",), 0.7)]
    reasons = tuple(Reason(name, name, words, (), score) for name, words, score in met)
    card = call_card(Item(call, ToldKind.NEW, reasons), now, "https://e.example")
    assert [(each.name, each.words) for each in card.reasons] == [
        ("Energie · Klimaat", "“warmte”"),
        ("Wonen", "woningbouw"),
    ]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"source_word": "not_listed", "not_listed_since": datetime(2026, 6, 1, tzinfo=UTC)},
         "sluit dinsdag 9 juni 2026, 17:00 (Brussel) (bij de bron niet meer vermeld sinds 1 juni 2026)"),
        ({"source_word": "announced"}, "sluit dinsdag 9 juni 2026, 17:00"),
    ],
)  # fmt: skip
def test_an_opening_that_has_passed_is_not_said_to_come(
    agenda: Engine, now: datetime, fields: dict[str, Any], said: str
) -> None:
    number = make_call(agenda, now, closes=date(2026, 6, 9), **fields)
    with writing(agenda) as session:
        opening = {"kind": "opens", "day": date(2026, 3, 1), "modified_at": now}
        session.add(Deadline(call_id=number, **opening))
    with reading(agenda) as session:
        call = read_catalogue(session, now, 0.0).calls[number]
    assert call.status is not Status.OPEN
    card = call_card(Item(call, ToldKind.CHANGED), datetime(2026, 6, 2, 6, tzinfo=UTC), "https://e.example")
    assert "opent" not in card.when + card.later
    assert card.when.startswith(said)


def test_the_lobby_stands_in_a_digest_with_what_is_to_be_done_and_not_what_was_brought(
    agenda: Engine, now: datetime
) -> None:
    person = make_reader(agenda, now)
    with writing(agenda) as session:
        user = session.get_one(User, person)
        contact = log_contact(Deed(session, user, now), ContactFields(now.date(), "KANARIE"), Office("VRO"))
        commit_to(Deed(session, user, now), contact, "Brief", date(2026, 6, 5))
    make_call(agenda, now)
    plan_at(agenda, now)
    mail = next(one for one in deliveries(agenda) if one.kind == "digest")
    assert "UW LOBBY (1)" in mail.text
    assert "vrijdag 5 juni 2026: Toezegging afhandelen: Brief (met VRO)" in mail.text
    assert all(f"https://kansenradar.example/contacten/{contact.id}" in part for part in (mail.text, mail.html))
    assert "KANARIE" not in mail.text + mail.html + mail.subject


def test_something_due_in_the_lobby_is_mailed_once_on_its_day(agenda: Engine, now: datetime) -> None:
    person = make_reader(agenda, now)
    with writing(agenda) as session:
        user = session.get_one(User, person)
        contact = log_contact(Deed(session, user, now), ContactFields(now.date(), "x"), Office("VRO"))
        commit_to(Deed(session, user, now - timedelta(days=20)), contact, "Brief", date(2026, 6, 5))
        assert session.exec(select(Commitment)).one()
    for hours in range(0, 24 * 8, 6):
        plan_at(agenda, now + timedelta(hours=hours))
    assert [one.subject for one in deliveries(agenda) if "Toezegging" in one.text] == [
        f"{left}: Toezegging afhandelen: Brief (met VRO)" for left in ("nog 7 dagen", "morgen", "vandaag")
    ]


def in_doubt(engine: Engine, now: datetime) -> int:
    """The newest mail was tried for the last time, and nobody knows whether it arrived."""
    settle_all(engine, DeliveryState.AMBIGUOUS, now)
    return deliveries(engine)[-1].id


def test_a_digest_that_may_be_lost_is_named_once_in_the_next_and_can_be_read(
    agenda: Engine, now: datetime, tmp_path: Path
) -> None:
    """Its calls count as told and are not told again; the reader gets a link to the mail itself."""
    person, other = make_reader(agenda, now), make_reader(agenda, now, "piet@haarlem.example")
    make_call(agenda, now, "Houtbouw")
    plan_at(agenda, now, leaves=False)
    lost = next(one for one in deliveries(agenda) if one.user_id == person).id
    in_doubt(agenda, now + timedelta(hours=1))
    assert plan_at(agenda, now + timedelta(days=3)).digests == 2
    mail = next(one for one in deliveries(agenda)[2:] if one.user_id == person)
    assert f"Uw overzicht van vrijdag 29 mei 2026 is misschien niet aangekomen. Lees het na: {BASE}{lost}" in mail.text
    assert f"{BASE}{lost}" in mail.html
    assert mail.subject == "Kansenradar: een eerder overzicht kwam misschien niet aan"
    assert "Houtbouw" not in mail.text
    assert plan_at(agenda, now + timedelta(days=4)).digests == 0
    with writing(agenda) as session:
        readers = [session.get_one(User, one) for one in (person, other)]
    for reader, status in zip(readers, (200, 404), strict=True):  # read now, and after the time that texts are kept
        with visit(agenda, now, tmp_path, reader) as visitor:
            page = visitor.get(f"/abonnementen/overzicht/{lost}")
            assert (page.status_code, "Houtbouw" in page.text) == (status, status == 200)
    with writing(agenda) as session:
        emptied = sweep(session, {"mail_days": 0}, Now(now + timedelta(days=400)), only=["mail_texts"])
        assert emptied == [Swept("mail_texts", 4)]
    with visit(agenda, now, tmp_path, readers[0]) as visitor:
        assert "wordt niet langer bewaard" in visitor.get(f"/abonnementen/overzicht/{lost}").text


BASE = "https://kansenradar.example/abonnementen/overzicht/"


def test_reminders_come_at_the_days_a_person_chose(agenda: Engine, now: datetime, tmp_path: Path) -> None:
    person = make_reader(agenda, now)
    call = make_call(agenda, now, closes=date(2026, 9, 1))
    with writing(agenda) as session:
        session.add(Follow(user_id=person, call_id=call, at=now))
        user = session.get_one(User, person)
    with visit(agenda, now, tmp_path, user) as visitor:
        seen = lambda: visitor.seen_on("/abonnementen", "/abonnementen/herinneringen")  # noqa: E731
        assert visitor.send_form("/abonnementen/herinneringen", days=["7", "30"], seen=seen()).status_code == 303  # type: ignore[attr-defined]
        assert visitor.send_form("/abonnementen/herinneringen", days=["9999"], seen=seen()).status_code == 422  # type: ignore[attr-defined]
    with writing(agenda) as session:
        assert session.get_one(User, person).reminder_days == [30, 7]
    with writing(agenda) as session:
        choose_reminders(session, session.get_one(User, person), [21, 7, 0], now)
        with pytest.raises(NotPossible):
            choose_reminders(session, session.get_one(User, person), [-1], now)
    for day in (0, *range(70, 97)):
        plan_at(agenda, datetime(2026, 5, 29, 6, tzinfo=UTC) + timedelta(days=day))
    sent = [mail for mail in deliveries(agenda) if mail.kind == "reminder"]
    assert [mail.subject.partition(":")[0] for mail in sent] == ["nog 21 dagen", "nog 7 dagen", "vandaag"]
    assert sent[-1].subject.startswith("vandaag: ")
    with writing(agenda) as session:
        choose_reminders(session, session.get_one(User, person), [], now)
        assert session.get_one(User, person).reminders is False


HOSTILE = "{{7*7}} <script>x</script>\r\nBcc: dief@x.example\u2028X: y\u0085\x00 " + "w" * 10_000


def test_a_hostile_title_and_two_thousand_calls_stay_one_mail_under_90_kb(agenda: Engine, now: datetime) -> None:
    from notifications.message import as_bytes

    person = make_reader(agenda, now, most=100)
    plan_at(agenda, now)
    make_call(agenda, now, HOSTILE.replace("\x00", ""), closes=date(2026, 6, 10))
    template = make_call(agenda, now, "Spoed 0", closes=date(2026, 6, 12))
    copies(agenda, template, 2_000)
    assert plan_at(agenda, now + timedelta(days=3)).digests == 1
    mail = deliveries(agenda)[-1]
    with writing(agenda) as session:
        text = session.get_one(MailText, mail.id)
    whole = as_bytes({**mail.headers, "Subject": mail.subject}, mail.planned_at, mail.message_id, text.text, text.html)
    assert len(whole) < 90_000
    assert len(mail.subject) <= 200
    head = whole.split(b"\r\n\r\n", 1)[0]
    assert not re.search(rb"^Bcc", head, re.MULTILINE)
    assert "{{7*7}}" in text.text
    assert "<script>" not in text.html
    assert "regelingen wachten op een volgend overzicht: " in text.text
    assert mail.user_id == person


def copies(engine: Engine, call: int, number: int) -> None:
    """As many calls as asked for, each as this one."""
    from sqlalchemy import insert

    from db.models import Call, Deadline, Match

    with writing(engine) as session:
        rows = {model: session.exec(select(model).where(key == call)).one() for model, key in (
            (Call, Call.id), (Deadline, Deadline.call_id), (Match, Match.call_id))}  # fmt: skip
        for model, row in rows.items():
            values = row.model_dump()
            key = "id" if model is Call else "call_id"
            if model is not Call:
                values.pop("id")
            made = [values | {key: call + n} for n in range(1, number + 1)]
            session.connection().execute(insert(model), made)
