"""A person can be shown what is kept, and be erased while the record stays."""

import io
import json
import zipfile
from datetime import date, datetime, timedelta

import openpyxl
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel, select

import tracker.care.places
from db.models import (
    CalendarFeed,
    ContactMoment,
    Delivery,
    Dossier,
    Hold,
    KeptForm,
    LogEntry,
    MagicLink,
    MailText,
    Participant,
    Stakeholder,
    Subscription,
    User,
    WebSession,
    WooDecision,
)
from db.session import writing
from db.vocabulary import Cadence, DeliveryState, MailKind
from notifications import outbox
from tests.letters.test_outbox import make_mail
from tests.make.lobby import Cast, gather
from tracker.care.access import access_export, access_export_person, as_one_file
from tracker.care.erasure import erase_person, erase_user, preview
from tracker.care.places import named, places
from tracker.care.retention import sweep
from tracker.care.spelling import GONE, spelled
from tracker.clock import Now
from tracker.errors import KeptByHold
from tracker.lobby import dossiers, due, positions
from tracker.lobby.contacts import ContactFields, Office, log_contact, stakeholder_for
from tracker.rights import Deed, viewer_of

NAME = "Karlijn Naria-Vogel"


def dump(engine: Engine) -> str:
    """Every value of every table, as one text."""
    with engine.connect() as connection:
        return "\n".join(
            str(tuple(row))
            for table in SQLModel.metadata.sorted_tables
            for row in connection.execute(text(f'SELECT * FROM "{table.name}"'))
        )


def with_person(session: Session, now: datetime) -> tuple[Cast, Stakeholder]:
    cast = gather(session, now)
    dossier = cast.open()
    office = Office("Ministerie van VRO", "Directeur Woningbouw", NAME, "k.naria@minvro.example")
    said = ContactFields(
        date(2026, 5, 20),
        f"Met {NAME} gesproken over regie",
        dossier_id=dossier.id,
        reply=f"{NAME.upper()} komt erop terug",
    )
    log_contact(Deed(session, cast.lobbyist, now), said, office)
    dossiers.note(Deed(session, cast.lobbyist, now), dossier, f"{NAME} belde")
    return cast, session.exec(select(Stakeholder)).one()


def test_an_erased_person_is_gone_from_every_table_and_the_record_stays(
    engine: Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    once = tracker.care.places.tables_with_text
    monkeypatch.setattr(tracker.care.places, "tables_with_text", lambda: (read.append(1), once())[1])
    with writing(engine) as session:
        _cast, person = with_person(session, now)
        report = erase_person(session, person, now)
    everything = dump(engine).casefold()
    assert "naria" not in everything
    assert (report.texts, report.left) == (3, [])
    assert len(read) == 1, "all texts are read once, however much must be said of them"
    with writing(engine) as session:
        contact = session.exec(select(ContactMoment)).one()
        assert contact.message == f"Met {GONE} gesproken over regie"
        assert session.exec(select(Stakeholder)).one().office == "Directeur Woningbouw"
        assert session.exec(select(LogEntry).where(LogEntry.redacted_at == now)).one().text == f"{GONE} belde"


def test_words_that_never_change_lose_the_name_and_a_surname_alone_is_for_a_person(
    session: Session, now: datetime
) -> None:
    cast, person = with_person(session, now)
    dossier = cast.open("Naria-Vogel heeft bezwaar")
    draft = positions.draft(
        Deed(session, cast.lobbyist, now), dossier, positions.Wording(internal=f"{NAME} wil dit niet")
    )
    doubtful = preview(session, person, now).doubtful
    assert [place.name for place in doubtful] == ["dossier 2, title", "log_entry 4, text"]
    report = erase_person(session, person, now, also=doubtful[:1])
    assert report.left == ["log_entry 4, text"]
    assert draft.internal_wording == f"{GONE} wil dit niet"
    assert session.get_one(Dossier, 2).title == f"{GONE} heeft bezwaar"
    draft.internal_wording = "Iets anders"  # for any other reason the database still refuses
    with pytest.raises(DBAPIError, match="append-only"):
        session.flush()


@pytest.mark.parametrize(
    ("written", "there"),
    [
        ("André d'Hont-Bos", True),
        ("ANDRE  D’HONT‑BOS", True),
        ("Andr\u0065\u0301 d&#39;Hont-Bos", True),
        ("Andr%C3%A9+d%27Hont-Bos", True),
        ("Andr&eacute;&nbsp;d&#x27;Hont-Bos", True),
        ("André\nd'Hont-Bos", True),
        ("André d'Hont-Bosman", False),
        ("Andrés d'Hont-Bos", False),
    ],
)
def test_a_name_is_found_however_it_is_written(written: str, there: bool) -> None:
    assert bool(spelled("André d'Hont-Bos").search(f"Met {written}, dinsdag")) is there


def test_the_same_person_at_two_offices_is_erased_at_both_but_not_where_a_hold_says_so(
    session: Session, now: datetime
) -> None:
    cast, person = with_person(session, now)
    other, third = (
        stakeholder_for(cast.deed(cast.haarlem), Office(place, "Adviseur", NAME.upper()))
        for place in ("TNO", "Deltares")
    )
    session.add(
        Hold(
            stakeholder_id=third.id, reason="Rechtszaak", until=date(2026, 12, 31),
            participant_id="haarlem", set_by=cast.haarlem.id, set_at=now,
        )
    )  # fmt: skip
    session.flush()
    report = erase_person(session, person, now)
    assert (person.person, other.person, third.person) == ("", "", NAME.upper())
    assert report.held == [f"stakeholder {third.id}: Rechtszaak, tot en met 31-12-2026"]


def test_a_word_that_is_no_name_is_left_where_it_stands(session: Session, now: datetime) -> None:
    """One word, a street and a town can be anybody's; the same person's address at another office is theirs."""
    cast = gather(session, now)
    office = Office("Zaanstad", "Secretariaat", "Griffie", "Weesperplein 8, 1018 XA Amsterdam, griffie@zaan.example")
    person = stakeholder_for(cast.deed(cast.haarlem), office)
    stakeholder_for(cast.deed(), Office("Diemen", "Chef", "GRIFFIE", "post@diemen.example"))
    dossier = cast.open("Warmte in Amsterdam, via de Griffie of griffie@zaan.example, post@diemen.example")
    report = erase_person(session, person, now)
    assert dossier.title == f"Warmte in Amsterdam, via de Griffie of {GONE}, {GONE}"
    assert f"dossier {dossier.id}, title" in report.left
    assert (person.person, session.get_one(Participant, "amsterdam").name) == ("", "Amsterdam")


def test_a_hold_keeps_a_person(session: Session, now: datetime) -> None:
    _cast, person = with_person(session, now)
    person.hold = "Woo-verzoek 2026-14"
    session.flush()
    with pytest.raises(KeptByHold, match="Woo-verzoek 2026-14"):
        erase_person(session, person, now)
    (swept,) = sweep(session, {}, Now(now + timedelta(days=9999)), only=["persons"])
    assert (swept.count, swept.held) == (0, "stakeholder 1: Woo-verzoek 2026-14")
    assert person.person == NAME


def test_the_sweep_erases_on_the_day_after_the_last(session: Session, now: datetime) -> None:
    _cast, person = with_person(session, now)
    person.retain_until = date(2026, 6, 1)
    session.flush()
    for moment, gone in (("2026-06-01T21:30:00+00:00", 0), ("2026-06-01T22:30:00+00:00", 1)):
        (swept,) = sweep(session, {}, Now(datetime.fromisoformat(moment)), only=["persons"])
        assert swept.count == gone
    assert (person.person, person.retain_until) == ("", None)


def test_an_erased_user_is_gone_and_the_log_keeps_a_pseudonym(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        cast, _person = with_person(session, now)
        user = session.get_one(User, cast.lobbyist.id)
        user.name, user.email = "Pieter Kanarie", "pieter.kanarie@amsterdam.example"
        dossiers.note(Deed(session, user, now), cast.open("Tweede"), "Pieter Kanarie belt terug")
        session.add_all(
            [
                Subscription(user_id=user.id, participant_id="amsterdam", every=Cadence.DAY, created_at=now, name="Pieter Kanarie"),
                WebSession(token_hash="a", user_id=user.id, created_at=now, expires_at=now),
                MagicLink(token_hash="b", address_hash="c", user_id=user.id, requested_at=now, expires_at=now),
                CalendarFeed(token_hash="d", user_id=user.id, participant_id="amsterdam", scope="personal", name="van Pieter Kanarie", created_at=now),
                Delivery(
                    key="k", message_id="m", kind=MailKind.DIGEST, user_id=user.id, address=user.email, subject="Voor Pieter Kanarie",
                    headers={"To": user.email}, written=MailText(text="Dag Pieter Kanarie", html="<p>Pieter Kanarie"), sha256="x", planned_at=now,
                    not_before=now, expires_at=now, next_attempt_at=now,
                ),
            ]
        )  # fmt: skip
        session.flush()
        erase_user(session, user, now)
    assert "kanarie" not in dump(engine).casefold()
    with writing(engine) as session:
        mail = session.exec(select(Delivery)).one()
        erased = session.get_one(User, cast.lobbyist.id)
        log = session.exec(select(LogEntry).where(LogEntry.user_id == erased.id)).all()
        assert (mail.state, mail.text) == (DeliveryState.CANCELLED, "")
        assert erased.name == f"gewist {erased.id}"
        assert len(log) == 5
        assert session.exec(select(WebSession)).all() == []
        assert [d for d in due.lobby_due(session, now.date()) if d.user_id == erased.id] == []


def test_access_tells_everything_and_no_secret(session: Session, now: datetime) -> None:
    cast, person = with_person(session, now)
    session.add(WebSession(token_hash="GEHEIM", user_id=cast.lobbyist.id, created_at=now, expires_at=now))
    mails = [
        make_mail(now, key=kind, kind=kind, user_id=cast.lobbyist.id, text=f"Tekst {kind}")
        for kind in (MailKind.DIGEST, MailKind.SIGN_IN)
    ]
    outbox.put(session, mails, b"key", "kansenradar.example")
    session.flush()
    mine = access_export(session, cast.lobbyist)
    assert [row["text"] for row in mine["mail_text"]] == ["Tekst digest"]  # one to sign in holds a secret
    assert {"user", "contact_moment", "log_entry", "web_session", "dossier"} <= set(mine) | {"dossier"}
    assert len(mine["log_entry"]) == 3
    assert "GEHEIM" not in json.dumps(mine, default=str)
    theirs = access_export_person(session, person)
    assert theirs["stakeholder"][0]["person"] == NAME
    assert len(theirs["contact_moment"]) == 1


def test_access_by_an_administrator_tells_no_file_of_others(session: Session, now: datetime) -> None:
    """Neither what somebody wrote where they worked before, nor mails, nor what hangs on a file without saying whose."""
    cast, person = with_person(session, now)
    hidden = cast.open("GEHEIM " + NAME, by=cast.haarlem, visibility="own")
    shared = cast.open("Gedeeld", by=cast.haarlem)
    positions.draft(
        cast.deed(cast.haarlem), shared, positions.Wording(internal=f"GEHEIM {NAME} geeft toe", public="Ja")
    )
    session.add(WooDecision(dossier_id=hidden.id, piece="x", seal="x", verdict="share", struck=[["GEHEIM " + NAME, "x"]], user_id=cast.haarlem.id, at=now))  # fmt: skip
    mail = make_mail(now, key="a", kind=MailKind.DIGEST, user_id=cast.haarlem.id, text=f"GEHEIM, zegt {NAME}")
    outbox.put(session, [mail], b"key", "kansenradar.example")
    session.add(KeptForm(user_id=cast.haarlem.id, path="/x", fields=[["title", f"GEHEIM {NAME}"]], at=now))
    session.flush()
    cast.haarlem.participant_id = "amsterdam"  # moved
    viewer = viewer_of(cast.lobbyist)
    for told in (access_export(session, cast.haarlem, viewer), access_export_person(session, person, viewer)):
        assert "GEHEIM" not in json.dumps(told, default=str)
    assert "GEHEIM" in json.dumps(access_export(session, cast.haarlem), default=str)


def test_access_is_one_file_in_three_forms_and_says_where_else_the_name_stands(session: Session, now: datetime) -> None:
    cast, person = with_person(session, now)
    cast.open("Gesprek met " + NAME, by=cast.haarlem, visibility="own")
    everything = access_export_person(session, person)
    assert len(everything["mentions"]) == 3  # what stands in the talk itself is there already
    of_amsterdam = access_export_person(session, person, viewer_of(cast.lobbyist))
    assert len(of_amsterdam["mentions"]) == 1
    packed = zipfile.ZipFile(io.BytesIO(as_one_file(everything, now)))
    assert json.loads(packed.read("gegevens.json"))["stakeholder"][0]["person"] == NAME
    page = packed.read("gegevens.html").decode()
    assert "Grondslag: taak van algemeen belang" in page
    assert NAME in page
    book = openpyxl.load_workbook(io.BytesIO(packed.read("gegevens.xlsx")))
    assert {"stakeholder", "contact_moment", "mentions"} <= set(book.sheetnames)


def test_a_name_with_a_letter_that_is_two_as_a_small_one_is_found_and_its_town_alone_is_not(
    session: Session, now: datetime
) -> None:
    cast = gather(session, now)
    named_here, of_town = (cast.open(title, by=cast.lobbyist) for title in ("Gesprek met Jan Weiß", "Wat Hauss wil"))
    found = places(session, named("Jan Weiß", "jan@hauss.example"))
    assert {place.key for place in found if place.table == "dossier"} == {(named_here.id,)}
    assert of_town.id not in {place.dossier_id for place in found}
    handed = access_export(session, cast.lobbyist, found=found)
    assert [line["text"] for line in handed["mentions"] if "dossier" in line["place"]] == ["Gesprek met Jan Weiß"]
