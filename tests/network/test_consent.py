"""Consent of a contact person has a history, which outlives the contact and the person and tells no name."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import ContactConsent, Stakeholder, SubjectContact
from db.session import writing
from db.vocabulary import Visibility
from tests.make.lobby import Cast, gather
from tests.make.pages import visit
from tracker.care.access import access_export, access_export_person
from tracker.care.erasure import erase_person, erase_user
from tracker.errors import ChangedMeanwhile, Incomplete, NotAllowed
from tracker.network import consent, contact_persons
from tracker.network.contact_persons import ContactPersonFields
from tracker.rights import Deed

DAY, TODAY = date(2026, 5, 20), date(2026, 5, 29)
WHO = {
    "organisation": "Hogeschool Amstel",
    "office": "lector",
    "person": "Xantippe Quibbelstra",
    "address": "x@h.example",
}
GIVEN = {"consent_on": DAY, "consent_how": "per mail", "visibility": Visibility.REGION}


@pytest.fixture
def cast(session: Session, now: datetime) -> Iterator[Cast]:
    return gather(session, now)


def fields(**said: Any) -> ContactPersonFields:
    return ContactPersonFields(**{"subject": "Warmtenetten", **WHO, **GIVEN, **said})


def lines(session: Session) -> list[tuple[date, str, date | None, str]]:
    rows = session.exec(select(ContactConsent).order_by(col(ContactConsent.id)))
    return [(row.given_on, row.given_how, row.withdrawn_on, row.withdrawn_how) for row in rows]


def test_each_time_it_is_given_changed_or_withdrawn_stays_with_who_wrote_it_down(cast: Cast) -> None:
    row = contact_persons.add(cast.deed(), fields())
    contact_persons.change(cast.deed(), row, fields(note="Bel gerust"), row.version)
    assert lines(cast.session) == [(DAY, "per mail", None, "")], "another word on the contact is no other consent"
    contact_persons.change(cast.deed(cast.coordinator), row, fields(consent_how="aan de telefoon"), row.version)
    assert lines(cast.session)[0][2:] == (TODAY, consent.OTHERWISE)
    seen = row.version
    with pytest.raises(NotAllowed):
        consent.withdraw(cast.deed(cast.haarlem), row, TODAY, "per mail", seen)
    for day, how in ((date(2026, 5, 1), "per mail"), (TODAY + timedelta(days=1), "per mail"), (TODAY, " ")):
        with pytest.raises(Incomplete), cast.session.begin_nested():
            consent.withdraw(cast.deed(), row, day, how, row.version)
        cast.session.expire_all()
    consent.withdraw(cast.deed(), row, date(2026, 5, 28), "per brief", row.version)
    assert (row.consent_on, row.consent_how, row.visibility) == (None, "", Visibility.OWN)
    with pytest.raises(ChangedMeanwhile):
        consent.withdraw(cast.deed(), row, TODAY, "nog eens", seen)
    told = consent.history(cast.session, row)
    assert [(line.row.given_how, line.row.withdrawn_how) for line in told] == [
        ("aan de telefoon", "per brief"), ("per mail", consent.OTHERWISE),
    ]  # fmt: skip
    assert [(line.recorded_by, line.withdrawn_by) for line in told] == [
        (cast.coordinator.name, cast.lobbyist.name), (cast.lobbyist.name, cast.coordinator.name),
    ]  # fmt: skip


def test_somebody_else_ends_it_and_what_was_taken_away_is_still_proof(cast: Cast) -> None:
    row = contact_persons.add(cast.deed(), fields())
    contact_persons.change(cast.deed(), row, fields(person="Iemand Anders", address="i@h.example"), row.version)
    assert [line[3] for line in lines(cast.session)] == [consent.SOMEBODY_ELSE, ""]
    assert len(consent.history(cast.session, row)) == 1, "of this person alone"
    contact_persons.remove(cast.deed(), row, row.version)
    assert lines(cast.session)[1][2:] == (TODAY, consent.TAKEN_AWAY)
    again = contact_persons.add(cast.deed(), fields(person="Iemand Anders", address="i@h.example"))
    assert len(consent.history(cast.session, again)) == 2, "also of the contact that was taken away"


def test_it_is_in_the_access_export_and_outlives_who_is_erased(cast: Cast) -> None:
    session = cast.session
    row = contact_persons.add(cast.deed(), fields(consent_how="per mail van Xantippe Quibbelstra"))
    colleague = contact_persons.add(
        cast.deed(),
        ContactPersonFields("Water", colleague=cast.reader.id, **GIVEN),  # type: ignore[arg-type]
    )
    who, asked, reader = session.get_one(Stakeholder, row.stakeholder_id), colleague.id, cast.reader.id
    assert len(access_export_person(session, who)["contact_consent"]) == 1
    assert len(access_export(session, cast.reader)["contact_consent"]) == 1
    erase_person(session, who, cast.now)
    erase_user(session, cast.reader, cast.now)
    session.expire_all()
    assert session.get(SubjectContact, asked) is None
    kept = session.exec(select(ContactConsent).order_by(col(ContactConsent.id))).all()
    assert [(one.stakeholder_id, one.user_id, one.given_on) for one in kept] == [
        (who.id, None, DAY), (None, reader, DAY),
    ]  # fmt: skip
    assert "Quibbelstra" not in str([one.model_dump() for one in kept])


@pytest.mark.one_database
def test_the_page_shows_it_and_takes_it_back(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        row = contact_persons.add(Deed(session, cast.lobbyist, now), fields())
        session.flush()
        address, lobbyist, haarlem = f"/netwerk/contactpersonen/{row.id}", cast.lobbyist, cast.haarlem
        session.expunge_all()
    with visit(engine, now, tmp_path, haarlem) as visitor:
        assert WHO["person"] in visitor.get("/netwerk/contactpersonen").text
    with visit(engine, now, tmp_path, lobbyist) as visitor:
        assert f"vastgelegd door {lobbyist.name}" in visitor.get(address).text
        action = f"{address}/toestemming-ingetrokken"
        seen = visitor.seen_on(address, action)
        refused = visitor.send_form(action, seen=seen, withdrawn_on="2026-05-28", withdrawn_how="")
        assert refused.status_code == 422  # type: ignore[attr-defined]
        done = visitor.send_form(action, seen=seen, withdrawn_on="2026-05-28", withdrawn_how="per mail")
        assert done.status_code == 303  # type: ignore[attr-defined]
        page = visitor.get(address).text
        assert "Gold van 20 mei 2026 tot 28 mei 2026" in page
        assert action not in page
    with visit(engine, now, tmp_path, haarlem) as visitor:
        assert WHO["person"] not in visitor.get("/netwerk/contactpersonen").text
