"""The network: what is kept and refused, who sees which name, what one page of a subject brings together, and its files."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.models import (
    ActivityGuest,
    Agenda,
    Call,
    Challenge,
    Match,
    Membership,
    NetworkActivity,
    Organisation,
    Participant,
    Stakeholder,
    SubjectContact,
)
from db.region import USUAL
from db.region_folder import RegionUnreadable
from db.search_index import index_words
from db.search_words import searchable
from db.session import reading, writing
from db.vocabulary import Visibility
from db.vocabulary_care import InformedWay
from db.vocabulary_knowledge import PublicationKind
from db.vocabulary_organisations import OrganisationKind
from tests.make.lobby import Cast, gather
from tests.make.pages import visit
from tracker.care.access import access_export, access_export_person
from tracker.care.erasure import erase_person, erase_user
from tracker.care.informing import tell, untold
from tracker.care.retention import sweep
from tracker.clock import Now
from tracker.errors import ChangedMeanwhile, Incomplete, NotAllowed, NotFound, Refused
from tracker.knowledge import publications
from tracker.knowledge.publications import PublicationFields, Upload
from tracker.network import activities, contact_persons, memberships, search
from tracker.network.activities import ActivityFields
from tracker.network.contact_persons import ContactPerson, ContactPersonFields, ContactPersonFilter
from tracker.network.memberships import MembershipFields, MembershipFilter
from tracker.network.subject_page import subject_page
from tracker.network.subjects import subjects
from tracker.organisations import register
from tracker.organisations.load import load_organisations
from tracker.rights import viewer_of

pytestmark = pytest.mark.one_database  # plain rows and the clause of visibility, which test_rights.py asks on both

DAY, SINCE = date(2026, 5, 20), date(2024, 1, 1)
CONSENT = {"consent_on": DAY, "consent_how": "per mail", "visibility": Visibility.REGION}
HVA = {"organisation": "Hogeschool Amstel", "office": "lector Energie"}
PERSON = {**HVA, "person": "Xantippe Quibbelstra", "address": "x@hogeschool.example"}


@pytest.fixture
def cast(engine: Engine, now: datetime) -> Iterator[Cast]:
    with writing(engine) as session:
        yield gather(session, now)


def asked(cast: Cast, **said: Any) -> SubjectContact:
    return contact_persons.add(cast.deed(), ContactPersonFields(**{"subject": "Warmtenetten", **said}))


def known(session: Session, cast: Cast, user: Any = None, **wanted: Any) -> list[ContactPerson]:
    viewer = viewer_of(user or cast.haarlem)
    return contact_persons.contact_persons(session, viewer, ContactPersonFilter(**wanted), cast.now.date())


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("person", {"subject": " "}, "subject"),
    ("person", {"subject": "warmte, water"}, "subject"),
    ("person", {"organisation": ""}, "organisation"),
    ("person", {"challenge": "A99"}, "challenge"),
    ("person", {"colleague": 1}, "colleague"),
    ("person", {**PERSON, "visibility": "mra"}, "consent_on"),
    ("person", {**PERSON, **CONSENT, "consent_how": ""}, "consent_on"),
    ("person", {**PERSON, **CONSENT, "consent_on": date(2030, 1, 1)}, "consent_on"),
    ("person", {"organisation": "", "office": "", "colleague": 999}, "colleague"),
    ("member", {"network": ""}, "network"),
    ("member", {"network": "hogeschool amstel"}, "network"),
    ("member", {"starts_on": None}, "starts_on"),
    ("member", {"ends_on": date(2023, 1, 1)}, "ends_on"),
    ("activity", {"title": ""}, "title"),
    ("activity", {"last_day": date(2026, 5, 1)}, "last_day"),
    ("activity", {"subregion": "Nergens"}, "subregion"),
    ("activity", {"attendance": -1}, "attendance"),
    ("activity", {"url": "javascript:alert(1)"}, "url"),
    ("activity", {"guests": "\n".join(f"Bedrijf {n}" for n in range(101))}, "guests"),
]


def test_what_cannot_be_says_at_which_field_and_leaves_nothing(cast: Cast) -> None:
    there = len(cast.session.exec(select(Organisation)).all())
    usual = {"organisation": "Hogeschool Amstel", "network": "Netwerk Warmte", "starts_on": SINCE}
    for add, said, field in WRONG:
        adding = {
            "person": lambda said=said: asked(cast, **{**HVA, **said}),
            "member": lambda said=said: memberships.add(cast.deed(), MembershipFields(**{**usual, **said})),
            "activity": lambda said=said: activities.add(
                cast.deed(), ActivityFields(**{"title": "Dag", "day": DAY, **said})
            ),
        }
        with pytest.raises(Refused) as refused, cast.session.begin_nested():
            adding[add]()
        assert list(refused.value.errors) == [field], said
        cast.session.expire_all()
        for model in (SubjectContact, Membership, NetworkActivity, ActivityGuest, Stakeholder):
            assert cast.session.exec(select(model)).all() == [], said
        assert len(cast.session.exec(select(Organisation)).all()) == there, said


def test_a_name_reaches_the_region_with_consent_only_and_goes_when_it_is_erased(cast: Cast) -> None:
    mine = asked(cast, **PERSON, subject="Geheim onderwerp")
    assert known(cast.session, cast) == []
    assert subjects(cast.session, viewer_of(cast.haarlem)) == []
    with pytest.raises(NotFound):
        contact_persons.contact_person_for(cast.session, viewer_of(cast.haarlem), mine.id)
    shared = asked(cast, **PERSON, **CONSENT)
    seen = known(cast.session, cast)[0]
    assert (seen.person, seen.address, seen.must_be_told) == (PERSON["person"], PERSON["address"], False)
    assert known(cast.session, cast, cast.lobbyist)[0].must_be_told
    assert [one.person.person for one in untold(cast.session, viewer_of(cast.lobbyist))] == [PERSON["person"]]
    who = cast.session.get_one(Stakeholder, shared.stakeholder_id)
    tell(cast.deed(), who, InformedWay.MAIL, None)
    assert not known(cast.session, cast, cast.lobbyist)[0].must_be_told
    assert len(access_export_person(cast.session, who)["subject_contact"]) == 2
    erase_person(cast.session, who, cast.now)
    left = known(cast.session, cast)[0]
    assert (left.office, left.person, left.address) == ("lector Energie", "", "")


def test_the_address_of_an_office_is_kept_without_a_name_and_reaches_the_region_with_consent_only(cast: Cast) -> None:
    asked(cast, **HVA, address="energie@hogeschool.example")
    shared = asked(cast, **HVA, subject="Water", visibility=Visibility.REGION)  # says no address: what is known stays
    addresses = [one.address for one in known(cast.session, cast, cast.lobbyist)]
    assert addresses == ["energie@hogeschool.example"] * 2
    assert [one.address for one in known(cast.session, cast)] == [""]
    fields = ContactPersonFields(subject="Water", **HVA, **CONSENT, address="lector@hogeschool.example")
    contact_persons.change(cast.deed(), shared, fields, shared.version)
    assert [one.address for one in known(cast.session, cast)] == ["lector@hogeschool.example"]
    where = cast.session.get_one(Stakeholder, shared.stakeholder_id)
    assert where.retain_until is not None
    sweep(cast.session, {"snapshot_days": 730, "mail_days": 400}, Now(cast.now + timedelta(days=800)))
    assert (where.address, where.retain_until, where.office) == ("", None, "lector Energie")


def test_the_page_of_a_subject_lists_what_names_it_before_what_fits_its_opgave(cast: Cast) -> None:
    _subregion(cast)
    told(cast)
    session, now = cast.session, cast.now
    for title, score in (("Past het best", 0.99), ("Warmtenetten in de wijk", 0.6)):
        call = Call(
            title=title, language="nl", url="https://e.example", source_word="open", search_text=searchable("nl", title),
            closes_at=now + timedelta(days=90), first_seen=now, last_seen=now,
        )  # fmt: skip
        session.add(call)
        session.flush()
        index_words(session.connection(), [call.id])
        session.add(Match(call_id=call.id, challenge_id="A20-1", score=score, reasons=[], model="t", at=now))
    session.flush()
    page = subject_page(session, viewer_of(cast.haarlem), "warmtenetten", now)
    assert [call.title for call in page.calls] == ["Warmtenetten in de wijk"]
    beside = [(opgave.id, [call.title for call in calls]) for opgave, calls in page.beside]
    assert beside == [("A20-1", ["Past het best"])]


def test_a_colleague_is_asked_until_the_account_ends(cast: Cast) -> None:
    asked(cast, colleague=cast.reader.id, **CONSENT)
    assert known(cast.session, cast)[0].person == cast.reader.name
    assert len(access_export(cast.session, cast.reader)["subject_contact"]) == 1
    cast.reader.deactivated_at = cast.now
    assert known(cast.session, cast) == []
    erase_user(cast.session, cast.reader, cast.now)
    assert cast.session.exec(select(SubjectContact)).all() == []


def test_only_the_own_organisation_changes_it_and_nobody_undoes_another(cast: Cast) -> None:
    row = asked(cast, **HVA, visibility=Visibility.REGION)
    fields = ContactPersonFields("Warmtenetten", **HVA, ended_on=DAY, visibility=Visibility.REGION)
    with pytest.raises(NotAllowed):
        contact_persons.change(cast.deed(cast.haarlem), row, fields, row.version)
    with pytest.raises(NotAllowed):
        contact_persons.add(cast.deed(cast.reader), fields)
    seen = row.version
    contact_persons.change(cast.deed(), row, fields, seen)
    with pytest.raises(ChangedMeanwhile):
        contact_persons.remove(cast.deed(), row, seen)
    assert (known(cast.session, cast), len(known(cast.session, cast, ended=True))) == ([], 1)
    contact_persons.remove(cast.deed(), row, row.version)
    assert known(cast.session, cast, ended=True) == []


def test_memberships_hold_from_a_day_until_a_day_and_follow_organisations_that_become_one(cast: Cast) -> None:
    def part(organisation: str, **days: Any) -> Membership:
        return memberships.add(cast.deed(), MembershipFields(organisation, "Regio Economic Board", **days))

    first = part("Hogeschool Amstel", starts_on=SINCE, ends_on=date(2024, 12, 31))
    board = cast.session.get_one(Organisation, first.network_id)
    assert board.kind == OrganisationKind.BOARD
    part("Hogeschool Amstel", starts_on=date(2025, 1, 1))
    with pytest.raises(Incomplete, match="al deel"):
        part("hogeschool amstel", starts_on=date(2026, 1, 1))
    part("Amstelhogeschool", starts_on=date(2023, 1, 1), ends_on=date(2023, 6, 1))
    viewer = viewer_of(cast.haarlem)

    def there(**wanted: Any) -> list[str]:
        return [t.organisation.name for t in memberships.memberships(cast.session, viewer, MembershipFilter(**wanted))]

    assert there(on=DAY) == there(on=date(2024, 12, 31)) == ["Hogeschool Amstel"]
    assert (there(on=date(2022, 1, 1)), len(there())) == ([], 3)
    assert there(text="hógeschool-amstel Boards", on=DAY) == ["Hogeschool Amstel"], "found as everywhere we search"
    assert there(text="hogeschool zuid", on=DAY) == []
    old = register.find(cast.session, viewer_of(cast.coordinator), "Amstelhogeschool", DAY)
    assert old
    register.merge(cast.deed(cast.coordinator), old, cast.session.get_one(Organisation, first.organisation_id))
    assert there(organisation=first.organisation_id) == ["Hogeschool Amstel"] * 3


def told(cast: Cast) -> None:
    """One subject in three spellings: on a contact, an activity and a publication; and something of Amsterdam alone."""
    asked(cast, **HVA, visibility=Visibility.REGION, challenge="A20-1")
    asked(cast, organisation="Kanarie Fonds", office="directie")
    memberships.add(cast.deed(), MembershipFields("Hogeschool Amstel", "Netwerk Warmte", starts_on=SINCE))
    said = {
        "subjects": "warmtenetten, water",
        "guests": "Hogeschool Amstel\nWaterschap Veld",
        "result": "Samen verder.",
    }
    activities.add(cast.deed(), ActivityFields("Werkbezoek", DAY, subregion="Amsterdam", attendance=12, **said))
    activities.add(cast.deed(), ActivityFields("Kanariedag", DAY, subjects="warmtenetten", visibility=Visibility.OWN))
    study = PublicationFields(PublicationKind.STUDY, "Warmte", "Wat werkt.", "Amsterdam", 2025, subjects="WARMTENETTEN")
    publications.add(cast.deed(), study, Upload("nota.txt", b"Tekst", 100))


def test_one_page_brings_together_what_one_may_see_of_a_subject(cast: Cast) -> None:
    _subregion(cast)
    told(cast)
    cast.open("Regie op warmte")
    cast.open("Kanarie", visibility=Visibility.OWN)
    page = subject_page(cast.session, viewer_of(cast.haarlem), "warmtenetten", cast.now)
    assert [person.organisation for person in page.contacts] == ["Hogeschool Amstel"]
    assert [one.name for one in page.organisations] == ["Hogeschool Amstel", "Waterschap Veld"]
    assert [taken.network.name for taken in page.memberships] == ["Netwerk Warmte"]
    assert [activity.row.title for activity in page.activities] == ["Werkbezoek"]
    assert [row.title for row in page.publications] == ["Warmte"]
    assert [opgave.id for opgave in page.opgaven] == ["A20-1"]
    assert [dossier.title for dossier in page.dossiers] == ["Regie op warmte"]
    own = subject_page(cast.session, viewer_of(cast.lobbyist), "warmtenetten", cast.now)
    assert (len(own.contacts), len(own.activities), len(own.dossiers)) == (2, 2, 2)
    counts = {
        s.key: (s.contacts, s.activities, s.publications) for s in subjects(cast.session, viewer_of(cast.haarlem))
    }
    assert counts == {"warmtenetten": (1, 1, 1), "water": (0, 1, 0)}
    with pytest.raises(NotFound):
        subject_page(cast.session, viewer_of(cast.haarlem), "iets-anders", cast.now)


def _subregion(cast: Cast) -> None:
    cast.session.get_one(Participant, "amsterdam").subregion = "Amsterdam"
    cast.session.flush()


def test_the_pages_and_files_tell_the_same_to_whom_may_see_it(
    cast: Cast, engine: Engine, now: datetime, tmp_path: Path
) -> None:
    _subregion(cast)
    told(cast)
    cast.session.commit()
    with visit(engine, now, tmp_path, cast.haarlem) as visitor:
        for path in (
            "/netwerk",
            "/netwerk/onderwerpen/warmtenetten",
            "/netwerk/contactpersonen",
            "/netwerk/activiteiten",
        ):
            assert "anarie" not in visitor.get(path).text, path
        assert visitor.get("/netwerk/onderwerpen/WARMTENETTEN").status_code == 404
        rows = json.loads(visitor.get("/netwerk/activiteiten.json?subregion=Amsterdam").text)
        assert [(row["wie kwam"], row["aantal mensen"]) for row in rows] == [("Hogeschool Amstel, Waterschap Veld", 12)]
        lines = json.loads(visitor.get("/netwerk.json?onderwerp=warmtenetten").text)
        assert {line["wat"] for line in lines} >= {
            "contactpersoon",
            "organisatie",
            "lidmaatschap",
            "activiteit",
            "publicatie",
        }
        assert visitor.get("/netwerk/contactpersonen/1").status_code == 404
        organisation = next(line["vindplaats"] for line in lines if line["wat"] == "organisatie").partition("/org")[2]
        shown = visitor.get(f"/org{organisation}").text
        assert "Netwerk Warmte" in shown
        assert "Werkbezoek" in shown


def test_a_form_counts_once_and_says_what_somebody_else_changed(
    cast: Cast, engine: Engine, now: datetime, tmp_path: Path
) -> None:
    cast.session.commit()
    form = {"title": "Dag van de warmte", "kind": "theme", "day": "2026-06-01", "visibility": "mra"}
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        made = visitor.send_form("/netwerk/activiteiten/nieuw", **form).headers["location"].partition("?")[0]
        seen = visitor.seen_on(f"{made}/bijwerken")
        later = {**form, "result": "Drie afspraken.", "seen": seen}
        assert visitor.send_form(f"{made}/bijwerken", **later).status_code == 303
        assert visitor.send_form(f"{made}/bijwerken", **{**later, "result": "Vier."}).status_code == 409
        refused = visitor.send_form("/netwerk/activiteiten/nieuw", **{**form, "visibility": "group"})
        assert refused.status_code == 422
        assert "Drie afspraken." in visitor.get(made).text
        assert visitor.send_form(f"{made}/weg", seen=visitor.seen_on(made, f"{made}/weg")).status_code == 303
    with reading(engine) as session:
        assert session.exec(select(NetworkActivity)).all() == session.exec(select(ActivityGuest)).all() == []


def test_an_organisation_of_the_region_comes_with_its_kind(cast: Cast, now: datetime, tmp_path: Path) -> None:
    assert load_organisations(cast.session, now, USUAL / "organisations.yaml") > 10
    found = register.find(cast.session, viewer_of(cast.reader), "AEB", DAY)
    assert found
    assert found.kind == OrganisationKind.BOARD
    (tmp_path / "organisations.yaml").write_text("bakkers:\n- {code: x, name: Bakker}\n")
    with pytest.raises(RegionUnreadable, match="bakkers is no kind of organisation"):
        load_organisations(cast.session, now, tmp_path / "organisations.yaml")


def test_one_search_finds_subject_person_and_activity_for_who_may_see_them(cast: Cast) -> None:
    asked(cast, **PERSON)
    asked(cast, organisation="TU Dam", visibility=Visibility.REGION)
    activities.add(cast.deed(), ActivityFields("Warmtenetdag", DAY, visibility=Visibility.OWN))

    def found(user: Any, question: str) -> list[int]:
        return [hits.total for hits in search.search(cast.session, viewer_of(user), question, cast.now.date())]

    assert (found(cast.lobbyist, "warmtenetten"), found(cast.haarlem, "warmtenetten")) == ([1, 2, 1], [1, 1])
    assert (found(cast.lobbyist, "xantippe"), found(cast.haarlem, "xantippe"), found(cast.lobbyist, "!!")) == (
        [1],
        [],
        [],
    )


def test_a_subject_that_is_not_there_leads_to_the_opgave_of_that_name(
    cast: Cast, engine: Engine, now: datetime, tmp_path: Path
) -> None:
    cast.session.add(Agenda(id="a", name="A", valid_from=SINCE))
    cast.session.flush()
    cast.session.add(Challenge(id="a-1", agenda_id="a", kind="line", status="official", name="Duurzaam bouwen"))
    cast.session.commit()
    with visit(engine, now, tmp_path, cast.haarlem) as visitor:
        one, more = visitor.get("/netwerk?text=bouwen").text, visitor.get("/netwerk?text=fiets+bouwen").text
    assert ('href="/opgaven/a-1"' in one, "Haal een woord weg" in one) == (True, False)
    assert ('href="/opgaven/a-1"' in more, "Haal een woord weg" in more) == (False, True)
    assert 'href="/zoeken?text=bouwen"' in one
