"""Contacts name the office first, tell who was there already, and reveal no more than one may see."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from db.models import Commitment, ContactMoment, LogEntry, Stake, Stakeholder
from db.vocabulary import Visibility
from db.vocabulary_lobby import CommitmentState, StakeRole
from tests.make.lobby import Cast, gather
from tracker.care.erasure import erase_person
from tracker.errors import ChangedMeanwhile, Incomplete, NotAllowed, NotFound
from tracker.lobby import contacts, dossiers
from tracker.lobby.contacts import CommitmentFields, ContactFields, Office, log_contact
from tracker.lobby.timeline import timeline
from tracker.rights import Deed, viewer_of

pytestmark = pytest.mark.one_database  # rules of the lobby on plain rows

TODAY = date(2026, 5, 29)
OFFICE = Office("Ministerie van VRO", "Directeur Woningbouw")


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    return gather(session, now)


def test_a_contact_needs_three_words_and_the_rest_has_a_default(cast: Cast) -> None:
    contact = log_contact(cast.deed(), ContactFields(TODAY, "Meer regie gevraagd"), OFFICE)
    assert (contact.kind, contact.visibility, contact.participant_id) == ("talk", "own", "amsterdam")
    for office, message in ((Office(" "), "x"), (OFFICE, " ")):
        with pytest.raises(Incomplete):
            log_contact(cast.deed(), ContactFields(TODAY, message), office)
    with pytest.raises(NotAllowed):
        log_contact(cast.deed(cast.reader), ContactFields(TODAY, "x"), OFFICE)


def test_what_came_of_a_talk_is_not_due_before_it(cast: Cast) -> None:
    before = TODAY - timedelta(days=365)
    with pytest.raises(Incomplete, match=r"29 mei 2025 ligt vóór het contact van 29 mei 2026\."):
        log_contact(cast.deed(), ContactFields(TODAY, "x", follow_up="Bellen", follow_up_on=before), OFFICE)
    contact = log_contact(cast.deed(), ContactFields(TODAY, "x", follow_up="Bellen", follow_up_on=TODAY), OFFICE)
    with pytest.raises(Incomplete):
        contacts.commit_to(cast.deed(), contact, "Een brief", before)
    promise = contacts.commit_to(cast.deed(), contact, "Een brief", TODAY)
    with pytest.raises(Incomplete):
        contacts.edit_commitment(cast.deed(), promise, CommitmentFields("Een brief", before), promise.version)
    contacts.edit_commitment(cast.deed(), promise, CommitmentFields("Een nota", TODAY), promise.version)
    assert promise.text == "Een nota"
    planned = ContactFields(TODAY + timedelta(days=9), "x", follow_up="Agenda sturen", follow_up_on=TODAY)
    assert log_contact(cast.deed(), planned, OFFICE).follow_up_on == TODAY


def test_the_log_names_the_office_and_never_the_person(cast: Cast) -> None:
    dossier = cast.open()
    office = Office("Ministerie van VRO", "Directeur Woningbouw", "K. Naria-Vogel")
    log_contact(cast.deed(), ContactFields(TODAY, "x", dossier_id=dossier.id), office)
    texts = " ".join(e.text for e in cast.session.exec(select(LogEntry)))
    assert "Directeur Woningbouw, Ministerie van VRO" in texts
    assert "Naria" not in texts


def test_a_person_is_kept_with_a_purpose_and_an_end(cast: Cast) -> None:
    log_contact(cast.deed(), ContactFields(TODAY, "x"), Office("VRO", "Directeur", "K. Naria"))
    kept = cast.session.exec(select(Stakeholder)).one()
    assert (kept.purpose, kept.retain_until) == ("Lobbycontact in functie", date(2028, 5, 28))
    kept.retain_until = None
    with pytest.raises(IntegrityError):
        cast.session.flush()


def test_an_office_is_one_row_also_where_an_erased_person_held_it(cast: Cast) -> None:
    person, nobody = Office("VRO", "Directeur", "K. Naria"), Office("VRO", "Directeur")
    for _ in range(2):  # and again after the first is erased: two rows without a name may lie side by side
        erase_person(cast.session, contacts.stakeholder_for(cast.deed(), person), cast.now)
    kept = contacts.stakeholder_for(cast.deed(), nobody)
    assert contacts.stakeholder_for(cast.deed(), nobody) is kept
    assert len(cast.session.exec(select(Stakeholder)).all()) == 2


def test_a_private_dossier_takes_no_contact_from_outside(cast: Cast) -> None:
    dossier = cast.open(visibility=Visibility.OWN)
    with pytest.raises(NotFound):
        log_contact(cast.deed(cast.haarlem), ContactFields(TODAY, "x", dossier_id=dossier.id), OFFICE)
    assert cast.session.exec(select(ContactMoment)).all() == []


def test_what_one_types_in_a_shared_dossier_stays_within_the_own_organisation(cast: Cast) -> None:
    session, now, dossier = cast.session, cast.now, cast.open()
    contact = log_contact(Deed(session, cast.haarlem, now), ContactFields(TODAY, "x", dossier_id=dossier.id), OFFICE)
    promised = contacts.commit_to(Deed(session, cast.haarlem, now), contact, "Stuurt de brief", None)
    office = contacts.stakeholder_for(Deed(session, cast.haarlem, now), OFFICE)
    stake = contacts.stake_for(Deed(session, cast.haarlem, now), dossier, office, StakeRole.ALLY, 5, None, "")
    note = dossiers.note(Deed(session, cast.haarlem, now), dossier, "Geheime notitie")
    for row in (contact, promised, stake, note):
        assert (row.participant_id, row.visibility) == ("haarlem", "own"), row
    session.flush()
    seen = [[line.text for line in timeline(session, dossier, viewer_of(u))] for u in (cast.haarlem, cast.lobbyist)]
    assert ["Geheime notitie" in texts for texts in seen] == [True, False]


@pytest.mark.parametrize(
    ("dossier_is", "row_is"),
    [(Visibility.OWN, Visibility.REGION), (Visibility.OWN, Visibility.PUBLIC), (Visibility.REGION, Visibility.PUBLIC)],
)
def test_nothing_is_seen_by_more_people_than_its_dossier(
    cast: Cast, dossier_is: Visibility, row_is: Visibility
) -> None:
    session, by, now, dossier = cast.session, cast.lobbyist, cast.now, cast.open(visibility=dossier_is)
    office = contacts.stakeholder_for(Deed(session, by, now), OFFICE)
    told = ContactFields(TODAY, "x", dossier_id=dossier.id, visibility=row_is)
    for act in (
        lambda: log_contact(Deed(session, by, now), told, OFFICE),
        lambda: contacts.stake_for(Deed(session, by, now), dossier, office, StakeRole.ALLY, 5, None, "", row_is),
        lambda: dossiers.note(Deed(session, by, now), dossier, "x", row_is),
    ):
        with pytest.raises(
            Incomplete, match=f"niet ruimer zichtbaar zijn dan het dossier: {dossier_is.label}"
        ) as error:
            act()
        assert error.value.field == "visibility"
    assert session.exec(select(ContactMoment.id)).all() == session.exec(select(Stake.id)).all() == []
    dossiers.note(Deed(session, by, now), dossier, "x", dossier_is)


def test_a_stake_that_was_shared_stays_so_until_said_otherwise(cast: Cast) -> None:
    session, by, now, dossier = cast.session, cast.lobbyist, cast.now, cast.open()
    office = contacts.stakeholder_for(Deed(session, by, now), OFFICE)
    seen = []
    for visibility in (Visibility.REGION, None, Visibility.OWN):
        stake = contacts.stake_for(Deed(session, by, now), dossier, office, StakeRole.ALLY, 5, None, "", visibility)
        seen.append(stake.visibility)
    assert seen == ["mra", "mra", "own"]


def test_a_dossier_that_is_narrowed_takes_along_what_others_shared_in_it(cast: Cast) -> None:
    session, now, dossier, other = cast.session, cast.now, cast.open(), cast.open("Blijft gedeeld")
    rows: list[ContactMoment | Commitment | Stake] = []
    for place in (dossier, other):
        told = ContactFields(TODAY, "x", dossier_id=place.id, visibility=Visibility.REGION)
        contact = log_contact(Deed(session, cast.haarlem, now), told, OFFICE)
        office = contacts.stakeholder_for(Deed(session, cast.haarlem, now), OFFICE)
        given = StakeRole.ALLY, 5, None, "", Visibility.REGION
        stake = contacts.stake_for(Deed(session, cast.haarlem, now), place, office, *given)
        rows += [contact, contacts.commit_to(Deed(session, cast.haarlem, now), contact, "Stuurt de brief", None), stake]
    fields = dossiers.DossierFields("Nu van ons", visibility=Visibility.OWN)
    versions = [row.version for row in rows]
    dossiers.edit(Deed(session, cast.lobbyist, now), dossier, fields, dossier.version)
    session.expire_all()
    assert [row.visibility for row in rows] == ["own"] * 3 + ["mra"] * 3
    assert [row.version - version for row, version in zip(rows, versions, strict=True)] == [1] * 3 + [0] * 3
    assert {row.participant_id for row in rows} == {"haarlem"}
    back = dossiers.DossierFields("Weer gedeeld", visibility=Visibility.REGION)
    dossiers.edit(Deed(session, cast.lobbyist, now), dossier, back, dossier.version)
    session.expire_all()
    assert [row.visibility for row in rows[:3]] == ["own"] * 3, "who wrote it decides whether to share it again"


def test_a_stance_needs_its_public_source(cast: Cast) -> None:
    dossier = cast.open()
    office = contacts.stakeholder_for(cast.deed(), OFFICE)
    for influence, stance, source in ((11, None, ""), (5, 3, "x"), (5, 1, " ")):
        with pytest.raises(Incomplete):
            contacts.stake_for(cast.deed(), dossier, office, StakeRole.DECIDES, influence, stance, source)
    contacts.stake_for(cast.deed(), dossier, office, StakeRole.DECIDES, 9, -1, "Kamerbrief 12")
    contacts.stake_for(cast.deed(), dossier, office, StakeRole.ALLY, 8, 2, "Debat 3 mei")
    stake = cast.session.exec(select(Stake)).one()
    assert (stake.role, stake.influence, stake.stance, stake.version) == ("ally", 8, 2, 2)


def test_one_stakeholder_is_an_ally_here_and_an_opponent_there(cast: Cast) -> None:
    office = contacts.stakeholder_for(cast.deed(), OFFICE)
    here, there = cast.open("Hier"), cast.open("Daar")
    contacts.stake_for(cast.deed(), here, office, StakeRole.ALLY, 5, 2, "s")
    contacts.stake_for(cast.deed(), there, office, StakeRole.OPPONENT, 9, -2, "s")
    seen = [contacts.map_of(cast.session, d, viewer_of(cast.lobbyist))[0][0].stance for d in (here, there)]
    assert seen == [2, -2]


def test_a_promise_is_watched_until_it_is_kept(cast: Cast) -> None:
    dossier = cast.open()
    contact = log_contact(cast.deed(), ContactFields(TODAY, "x", dossier_id=dossier.id), OFFICE)
    promised = contacts.commit_to(cast.deed(), contact, "Stuurt de brief", date(2026, 6, 30))
    contacts.close_commitment(cast.deed(), promised, CommitmentState.KEPT, 1)
    assert promised.closed_at == cast.now
    with pytest.raises(ChangedMeanwhile):
        contacts.close_commitment(cast.deed(), promised, CommitmentState.BROKEN, 1)
