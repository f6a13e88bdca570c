"""A person can be shown what is kept, and be erased while the record stays."""

import json
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, SQLModel, select

from db.models import (
    CalendarFeed,
    ContactMoment,
    Delivery,
    LogEntry,
    MagicLink,
    MailText,
    Stakeholder,
    Subscription,
    User,
    WebSession,
)
from db.session import writing
from db.vocabulary import Cadence, DeliveryState, MailKind
from notifications import outbox
from tests.letters.test_outbox import make_mail
from tests.make.lobby import Cast, gather
from tracker.clock import Now
from tracker.errors import KeptByHold
from tracker.lobby import dossiers, due, positions
from tracker.lobby.contacts import ContactFields, Office, log_contact
from tracker.people import privacy
from tracker.people.privacy import GONE, access_export, access_export_person, erase_person, erase_user, sweep
from tracker.rights import Deed

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


def test_an_erased_person_is_gone_from_every_table_and_the_record_stays(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        _cast, person = with_person(session, now)
        report = erase_person(session, person, now)
    everything = dump(engine).casefold()
    assert "naria" not in everything
    assert (report.texts, report.left) == (3, [])
    with writing(engine) as session:
        contact = session.exec(select(ContactMoment)).one()
        assert contact.message == f"Met {GONE} gesproken over regie"
        assert session.exec(select(Stakeholder)).one().office == "Directeur Woningbouw"
        assert session.exec(select(LogEntry).where(LogEntry.redacted_at == now)).one().text == f"{GONE} belde"


def test_what_cannot_be_struck_is_reported_for_a_person_to_read(session: Session, now: datetime) -> None:
    cast, person = with_person(session, now)
    dossier = cast.open("Naria-Vogel heeft bezwaar")
    positions.draft(Deed(session, cast.lobbyist, now), dossier, positions.Wording(internal=f"{NAME} wil dit niet"))
    assert erase_person(session, person, now).left == [
        "dossier 2, title",
        "log_entry 4, text",
        "position 1, internal_wording",
    ]


def test_a_hold_keeps_a_person(session: Session, now: datetime) -> None:
    _cast, person = with_person(session, now)
    person.hold = "Woo-verzoek 2026-14"
    session.flush()
    with pytest.raises(KeptByHold, match="Woo-verzoek 2026-14"):
        erase_person(session, person, now)
    assert sweep(session, "clock", Now(now + timedelta(days=9999))) == []
    assert person.person == NAME


def test_the_sweep_erases_on_the_day_after_the_last(session: Session, now: datetime) -> None:
    _cast, person = with_person(session, now)
    person.retain_until = date(2026, 6, 1)
    session.flush()
    assert sweep(session, "clock", Now(datetime.fromisoformat("2026-06-01T21:30:00+00:00"))) == []
    assert len(sweep(session, "clock", Now(datetime.fromisoformat("2026-06-01T22:30:00+00:00")))) == 1
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


def test_every_free_text_of_people_is_looked_through() -> None:
    looked = {m.__tablename__: set(c) for m, c in {**privacy.TEXTS, **privacy.FIXED}.items()}
    lobby = {
        "contact_moment",
        "commitment",
        "dossier",
        "outcome",
        "stake",
        "coalition_stance",
        "log_entry",
        "application",
        "sign_off_round",
    }
    long = {t: {c.name for c in SQLModel.metadata.tables[t].columns if str(c.type) == "TEXT"} for t in lobby}
    assert {t: c - looked[t] for t, c in long.items() if c - looked[t]} == {}
    assert looked["correction"] == looked["dismissal"] == {"reason"}
