"""The brief before a talk: one page, whatever there is to say, with what its reader may see."""

import json
from datetime import date, datetime
from pathlib import Path

import pytest
import typst
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import ContactMoment, Delivery, User
from db.session import reading, writing
from db.vocabulary import Visibility
from db.vocabulary_lobby import StakeRole
from notifications.outbox import put
from tests.make.lobby import Cast, gather
from tests.make.mail_cases import MAILER
from tests.make.pages import visit
from tracker.clock import Clock
from tracker.exchange.brief import TEMPLATE, as_pdf, brief_for
from tracker.lobby import contacts, history
from tracker.lobby.contacts import ContactFields, Office, log_contact
from tracker.mailing.brief_mail import brief_mail
from tracker.mailing.run import rewrite_outdated
from tracker.organisations import register
from tracker.rights import viewer_of

pytestmark = pytest.mark.one_database

TODAY = date(2026, 5, 29)
HEAT, LONG = Office("Ministerie van Warmte", "directeur Warmte"), "een heel lang verhaal " * 90


def talked(cast: Cast, dossiers: int = 1, words: str = "Gesproken", visibility: Visibility = Visibility.REGION) -> int:
    """Talks, stances and promises in so many dossiers; gives the organisation."""
    for number in range(dossiers):
        fields = {"message_nl": words, "request": words, "requested_amount": 1_000_000, "visibility": visibility}
        dossier = cast.open(f"Dossier {number} {words}"[:200], **fields)
        told = ContactFields(date(2026, 5, 1), words, dossier_id=dossier.id, reply=words, visibility=visibility)
        contact = log_contact(cast.deed(), told, HEAT)
        for _ in range(3):
            contacts.commit_to(cast.deed(), contact, words, date(2026, 5, 1))
        office = contacts.stakeholder_for(cast.deed(), HEAT)
        contacts.stake_for(cast.deed(), dossier, office, StakeRole.DECIDES, 9, -1, words[:200], visibility)
    found = register.find(cast.session, viewer_of(cast.lobbyist), HEAT.organisation, TODAY)
    assert found is not None
    return found.id


@pytest.mark.parametrize(("dossiers", "words"), [(0, "kort"), (1, "kort"), (8, LONG)])
def test_it_is_one_page_however_much_there_is(
    session: Session, now: datetime, tmp_path: Path, dossiers: int, words: str
) -> None:
    cast = gather(session, now)
    log_contact(cast.deed(), ContactFields(TODAY, words), HEAT)
    here = register.organisation_for(session, viewer_of(cast.lobbyist), talked(cast, dossiers, words))
    said = brief_for(session, viewer_of(cast.lobbyist), here, {}, TODAY)
    pdf = as_pdf(said)
    assert b"pdfuaid" in pdf
    assert pdf.startswith(b"%PDF")

    (tmp_path / "brief.typ").write_bytes(TEMPLATE.read_bytes())
    (tmp_path / "words.json").write_text(json.dumps(said), "utf-8")
    pages = typst.compile(str(tmp_path / "brief.typ"), root=str(tmp_path), format="svg")
    assert not isinstance(pages, list) or len(pages) == 1
    shown = [each["title"] for each in said["dossiers"]]
    assert len(shown) >= min(dossiers, 2)
    assert all(f"Dossier {number}" in f"{shown}{said['more']}" for number in range(min(dossiers, 4)))


def test_a_colleague_is_mailed_what_that_colleague_may_see(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        organisation = talked(cast)
        dossier = cast.open("KANARIE", by=cast.haarlem, visibility=Visibility.GROUP, group_lobbyists=True)
        told = ContactFields(TODAY, "KANARIE", dossier_id=dossier.id, visibility=Visibility.GROUP)
        log_contact(cast.deed(cast.haarlem), told, HEAT)
    path = f"/organisaties/{organisation}/kort"
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        assert "KANARIE" in visitor.get(path).text
        assert visitor.get(f"{path}.pdf").headers["content-type"] == "application/pdf"
        sent = [
            visitor.send_form(path, colleague=user.id).status_code
            for user in (cast.lobbyist, cast.reader, cast.haarlem)
        ]  # type: ignore[attr-defined]
    assert sent == [303, 303, 422], "to oneself and to colleagues"
    with reading(engine) as session:
        mails = {mail.user_id: mail.text + mail.html for mail in session.exec(select(Delivery))}
    assert "KANARIE" in mails[cast.lobbyist.id]
    assert "KANARIE" not in mails[cast.reader.id]
    assert "Dossier 0" in mails[cast.reader.id]
    assert f"omdat {cast.lobbyist.name} het u stuurde" in mails[cast.reader.id]


def test_a_brief_that_waits_says_what_its_reader_may_see_when_it_leaves(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        organisation = talked(cast)
        told = ContactFields(TODAY, "KANARIE bericht", reply="KANARIE", visibility=Visibility.REGION)
        secret = log_contact(cast.deed(), told, HEAT).id
        here = register.organisation_for(session, viewer_of(cast.lobbyist), organisation)
        for to in (cast.reader, cast.coordinator):
            put(session, [brief_mail(session, MAILER, cast.lobbyist, to, here, now)], MAILER.key, MAILER.domain)

    def texts(user: User) -> list[tuple[str, bool]]:
        with reading(engine) as session:
            rows = session.exec(select(Delivery).where(Delivery.user_id == user.id).order_by(col(Delivery.id)))
            return [(row.state, "KANARIE" in row.text + row.html) for row in rows]

    rewrite_outdated(engine, MAILER, Clock(now))
    assert texts(cast.reader) == [("planned", True)], "what is so stays"
    with writing(engine) as session:
        cast.session = session
        row = session.get_one(ContactMoment, secret)
        history.withdraw(cast.deed(), row, row.version)
        session.get_one(User, cast.coordinator.id).participant_id = "haarlem"
    rewrite_outdated(engine, MAILER, Clock(now))
    assert texts(cast.reader) == [("cancelled", True), ("planned", False)]
    assert texts(cast.coordinator) == [("cancelled", True)]
