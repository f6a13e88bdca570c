"""What was logged can be corrected and taken back by who wrote it, with its history; and dossiers can end without result."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import Session, select

from db.models import (
    Commitment,
    ContactMoment,
    Dossier,
    DossierMoment,
    LobbyAgenda,
    LobbyAgendaItem,
    LogEntry,
    Moment,
    Outcome,
    Stake,
)
from db.vocabulary import Visibility
from db.vocabulary_lobby import AgendaState, CommitmentState, LoggedKind, OutcomeResult, Stage, StakeRole
from tests.make.lobby import Cast, gather
from tracker.care.erasure import erase_person
from tracker.errors import ChangedMeanwhile, Incomplete, NotAllowed, NotFound
from tracker.lobby import contacts, dossier_ends, dossiers, history, moments, resolutions
from tracker.lobby.audience import name_readers
from tracker.lobby.contacts import ContactFields, Office, edit_contact, log_contact
from tracker.lobby.dossier_list import DossierFilter, dossiers_in
from tracker.lobby.log import dossier_for
from tracker.lobby.resolutions import AgendaDecision
from tracker.lobby.timeline import timeline
from tracker.rights import viewer_of

pytestmark = pytest.mark.one_database  # rules of the lobby on plain rows

TODAY = date(2026, 5, 29)
OFFICE = Office("Ministerie van VRO", "Directeur Woningbouw", "K. Naria-Vogel")


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    return gather(session, now)


def logged(cast: Cast, dossier: Dossier | None = None, visibility: str = Visibility.REGION) -> ContactMoment:
    fields = ContactFields(
        TODAY, "KANARIE te veel gezegd", dossier_id=dossier.id if dossier else None, visibility=visibility
    )
    return log_contact(cast.deed(), fields, OFFICE)


def lines(cast: Cast, dossier: Dossier, by: object = None) -> str:
    return " | ".join(e.text for e in timeline(cast.session, dossier, viewer_of(by or cast.lobbyist)))


def test_a_contact_is_corrected_with_what_stood_there(cast: Cast) -> None:
    dossier = cast.open()
    contact = logged(cast, dossier)
    promised = contacts.commit_to(cast.deed(), contact, "Stuurt de brief", None)
    new = ContactFields(
        TODAY - timedelta(days=2), "Gevraagd om regie", visibility=Visibility.OWN, dossier_id=dossier.id
    )
    edit_contact(cast.deed(), contact, new, Office("VNG", "adviseur"), contact.version)
    assert (contact.message, contact.day, contact.visibility) == ("Gevraagd om regie", date(2026, 5, 27), "own")
    assert promised.visibility == "own", "a promise is seen by no more people than its talk"
    ((change, who),) = history.history_of(cast.session, viewer_of(cast.lobbyist), LoggedKind.CONTACT, contact.id)
    assert (who, change.at) == ("lobbyist amsterdam", cast.now)
    assert change.before.splitlines() == [
        "met: K. Naria-Vogel, Directeur Woningbouw, Ministerie van VRO", "datum: 29 mei 2026",
        "gebracht: KANARIE te veel gezegd", "zichtbaar voor: MRA",
    ]  # fmt: skip
    assert history.history_of(cast.session, viewer_of(cast.haarlem), LoggedKind.CONTACT, contact.id) == []
    assert ("Gesprek met" in lines(cast, dossier), "Directeur" in lines(cast, dossier, cast.haarlem)) == (False, False)
    with pytest.raises(ChangedMeanwhile):
        edit_contact(cast.deed(), contact, new, OFFICE, 1)


def test_the_history_of_a_contact_names_no_dossier_that_its_owner_hid(cast: Cast) -> None:
    secret = cast.open("KANARIE samen", cast.haarlem, visibility=Visibility.OWN)
    merged, hidden, group, kept = (cast.open(f"Open {n}", cast.haarlem) for n in range(4))
    talks = [logged(cast, dossier, Visibility.OWN) for dossier in (merged, hidden, group, kept)]
    dossier_ends.merge(cast.deed(cast.haarlem), merged, secret, merged.version)
    for dossier, level in ((hidden, Visibility.OWN), (group, Visibility.GROUP)):
        renamed = dossiers.DossierFields("KANARIE titel", visibility=level, group_lobbyists=True)
        dossiers.edit(cast.deed(cast.haarlem), dossier, renamed, dossier.version)
    said = []
    for talk in talks:
        cast.session.refresh(talk)
        edit_contact(cast.deed(), talk, ContactFields(TODAY, talk.message), OFFICE, talk.version)
        ((change, _),) = history.history_of(cast.session, viewer_of(cast.reader), LoggedKind.CONTACT, talk.id)
        said.append(change.before)
    assert "KANARIE" not in " ".join(said)
    assert (said[0], "Open 3" in said[3]) == ("dossier: een dossier van een ander, niet voor iedereen hier", True)


def test_only_who_wrote_it_corrects_it_and_never_wider_than_the_dossier(cast: Cast) -> None:
    contact, new = logged(cast), ContactFields(TODAY, "x", visibility=Visibility.REGION)
    for by in (cast.haarlem, cast.reader):
        with pytest.raises(NotAllowed):
            edit_contact(cast.deed(by), contact, new, OFFICE, contact.version)
        with pytest.raises(NotAllowed):
            history.withdraw(cast.deed(by), contact, contact.version)
    hidden = logged(cast, visibility=Visibility.OWN)
    with pytest.raises(NotFound):
        history.withdraw(cast.deed(cast.haarlem), hidden, hidden.version)
    private = cast.open(visibility=Visibility.OWN)
    wider = ContactFields(TODAY, "x", visibility=Visibility.REGION, dossier_id=private.id)
    with pytest.raises(Incomplete):
        edit_contact(cast.deed(), contact, wider, OFFICE, contact.version)


def test_what_is_withdrawn_is_nowhere_but_in_the_history(cast: Cast) -> None:
    dossier = cast.open()
    contact = logged(cast, dossier)
    contacts.commit_to(cast.deed(), contact, "KANARIE belofte", None)
    stake = contacts.stake_for(cast.deed(), dossier, contacts.stakeholder_for(cast.deed(), OFFICE), StakeRole.ALLY, 5, 1, "KANARIE bron", Visibility.REGION)  # fmt: skip
    outcome = moments.record_outcome(cast.deed(), dossier, "KANARIE vraag", OutcomeResult.PARTLY, TODAY, "passage")
    note = dossiers.note(cast.deed(), dossier, "KANARIE notitie", Visibility.REGION)
    for row in (contact, stake, outcome):
        history.withdraw(cast.deed(), row, row.version)
    history.withdraw_note(cast.deed(), note)
    for model in (ContactMoment, Commitment, Stake, Outcome):
        assert cast.session.exec(select(model)).all() == []
    for by in (cast.lobbyist, cast.haarlem):
        assert "KANARIE" not in lines(cast, dossier, by), "also the log is not shown with it"
        assert "Directeur Woningbouw" not in lines(cast, dossier, by)
    kept = history.history_in(cast.session, viewer_of(cast.lobbyist), dossier)
    assert sum("KANARIE" in change.before for change, _ in kept) == 5
    assert history.history_in(cast.session, viewer_of(cast.haarlem), dossier) == []


def test_a_name_is_erased_from_the_history_too(cast: Cast) -> None:
    contact = logged(cast)
    history.withdraw(cast.deed(), contact, contact.version)
    erase_person(cast.session, contacts.stakeholder_for(cast.deed(), OFFICE), cast.now)
    change = history.history_of(cast.session, viewer_of(cast.lobbyist), LoggedKind.CONTACT, contact.id)[0][0]
    assert "Naria" not in change.before


def test_promises_outcomes_and_stakes_are_corrected(cast: Cast) -> None:
    dossier = cast.open()
    promised = contacts.commit_to(cast.deed(), logged(cast, dossier), "Stuurt de brif", None)
    contacts.edit_commitment(
        cast.deed(), promised, contacts.CommitmentFields("Stuurt de brief", TODAY), promised.version
    )
    contacts.close_commitment(cast.deed(), promised, CommitmentState.KEPT, promised.version)
    contacts.close_commitment(cast.deed(), promised, CommitmentState.OPEN, promised.version)
    assert (promised.text, promised.due_on, promised.closed_at) == ("Stuurt de brief", TODAY, None)
    outcome = moments.record_outcome(cast.deed(), dossier, "Vraag", OutcomeResult.PARTLY, TODAY, "passage")
    later = cast.deed()
    moments.edit_outcome(later, outcome, moments.OutcomeFields("Onze vraag", OutcomeResult.NOT, TODAY), outcome.version)
    with pytest.raises(Incomplete):
        moments.edit_outcome(later, outcome, moments.OutcomeFields("x", OutcomeResult.PARTLY, TODAY), outcome.version)
    who = contacts.stakeholder_for(cast.deed(), OFFICE)
    for stance in (1, -1):
        contacts.stake_for(cast.deed(), dossier, who, StakeRole.ALLY, 5, stance, "Debat")
    texts = " ".join(c.before for c, _ in history.history_in(cast.session, viewer_of(cast.lobbyist), dossier))
    for said in ("toezegging: Stuurt de brif", "verzoek: Vraag", "houding: 1"):
        assert said in texts


def test_a_dossier_lets_go_of_a_moment_and_leaves_an_agenda_that_is_a_draft(cast: Cast) -> None:
    dossier = cast.open()
    moment = Moment(title="Debat", ends_on=TODAY, participant_id="amsterdam", visibility=Visibility.REGION)
    cast.session.add(moment)
    cast.session.flush()
    moments.hook(cast.deed(), dossier, f"moment:{moment.id}")
    moments.unhook(cast.deed(), dossier, moment.id)
    dossiers.lobby_agenda(cast.deed(cast.coordinator), 2026)
    dossiers.put_on_agenda(cast.deed(), dossier, 2026)
    dossiers.take_off_agenda(cast.deed(), dossier, 2026)
    assert cast.session.exec(select(DossierMoment)).all() == cast.session.exec(select(LobbyAgendaItem)).all() == []


def test_a_dossier_is_parked_and_taken_up_again(cast: Cast) -> None:
    dossier, viewer = cast.open(), viewer_of(cast.lobbyist)

    def listed(day: date = TODAY, **wanted: bool) -> int:
        return dossiers_in(cast.session, viewer, DossierFilter(**wanted), day).total

    with pytest.raises(Incomplete):
        dossier_ends.park(cast.deed(), dossier, TODAY, dossier.version)
    dossier_ends.park(cast.deed(), dossier, date(2026, 9, 1), dossier.version)
    assert (listed(), listed(parked=True), listed(date(2026, 9, 1))) == (0, 1, 1)
    dossier_ends.park(cast.deed(), dossier, None, dossier.version)
    assert listed() == 1


def test_only_an_empty_dossier_is_thrown_away(cast: Cast) -> None:
    empty, full = cast.open("Test bedrag"), cast.open("Vol")
    logged(cast, full)
    with pytest.raises(Incomplete, match="alleen een leeg dossier"):
        dossier_ends.delete(cast.deed(), full, full.version)
    with pytest.raises(NotAllowed):
        dossier_ends.delete(cast.deed(cast.haarlem), empty, empty.version)
    dossier_ends.delete(cast.deed(), empty, empty.version)
    with pytest.raises(NotFound):
        dossier_for(cast.session, viewer_of(cast.lobbyist), empty.id)
    assert [
        row.dossier.title for row in dossiers_in(cast.session, viewer_of(cast.lobbyist), DossierFilter(), TODAY).rows
    ] == ["Vol"]


def test_two_dossiers_become_one_and_nothing_is_seen_by_more_people(cast: Cast) -> None:
    wide, narrow = cast.open("Dubbel"), cast.open("Blijft", visibility=Visibility.OWN)
    contact = logged(cast, wide)
    dossiers.note(cast.deed(), wide, "Oude notitie")
    who = contacts.stakeholder_for(cast.deed(), OFFICE)
    for place, stance in ((wide, 1), (narrow, -1)):
        contacts.stake_for(cast.deed(), place, who, StakeRole.ALLY, 5, stance, "Debat")
    dossier_ends.merge(cast.deed(), wide, narrow, wide.version)
    cast.session.expire_all()
    assert (contact.dossier_id, contact.visibility) == (narrow.id, "own")
    assert [s.stance for s in cast.session.exec(select(Stake).where(Stake.dossier_id == narrow.id))] == [-1]
    assert dossier_for(cast.session, viewer_of(cast.lobbyist), wide.id).id == narrow.id
    assert "Oude notitie" in lines(cast, narrow)
    with pytest.raises(NotFound):
        dossier_for(cast.session, viewer_of(cast.haarlem), wide.id)
    adopted = cast.open("Met standpunt")
    cast.adopted(adopted, TODAY)
    with pytest.raises(Incomplete, match="standpunten"):
        dossier_ends.merge(cast.deed(), adopted, narrow, adopted.version)
    assert cast.session.exec(select(LogEntry).where(LogEntry.dossier_id == wide.id)).all(), "the log stays where it was"
    assert narrow.stage == Stage.SPOTTED


def test_what_is_for_one_group_is_merged_into_no_group_with_others_in_it(cast: Cast) -> None:
    ours = cast.open("Voor ons", visibility=Visibility.GROUP)
    name_readers(cast.deed(), ours, cast.haarlem.email)
    said = ContactFields(TODAY, "KANARIE", dossier_id=ours.id, visibility=Visibility.GROUP)
    contact = log_contact(cast.deed(cast.haarlem), said, OFFICE)
    parties = cast.open("De coalitie", visibility=Visibility.GROUP, group_parties=True)
    lobbyists = cast.open("Alle lobbyisten", visibility=Visibility.REGION, group_lobbyists=True)
    named = cast.open("Op naam", visibility=Visibility.GROUP)
    name_readers(cast.deed(), named, f"{cast.haarlem.email} {cast.reader.email}")
    for other in (parties, lobbyists, named):
        with pytest.raises(Incomplete, match="contacten voor de groep"):
            dossier_ends.merge(cast.deed(), ours, other, ours.version)
        assert contact.dossier_id == ours.id
    name_readers(cast.deed(), ours, f"{cast.haarlem.email} {cast.reader.email}")
    dossier_ends.merge(cast.deed(), ours, named, ours.version)
    assert contact.dossier_id == named.id


def test_nothing_comes_on_a_dossier_that_is_thrown_away_at_the_same_moment(cast: Cast) -> None:
    dossier = cast.open()
    cast.session.connection().execute(  # somebody threw it away after this person's page was made
        update(Dossier).where(Dossier.id == dossier.id).values(deleted_at=cast.now)
    )
    for deed in (
        lambda: log_contact(cast.deed(), ContactFields(TODAY, "x", dossier_id=dossier.id), OFFICE),
        lambda: dossiers.note(cast.deed(), dossier, "Een notitie"),
    ):
        with pytest.raises(NotFound):
            deed()


def test_what_stands_on_an_adopted_agenda_goes_into_no_other_dossier(cast: Cast) -> None:
    dossier, private = cast.open("Op de agenda"), cast.open("Van ons", visibility=Visibility.OWN)
    dossiers.put_on_agenda(cast.deed(cast.coordinator), dossier, 2026)
    agenda = cast.session.get_one(LobbyAgenda, 2026)
    given = AgendaDecision("MRA-5", TODAY)
    taken = resolutions.decide_agenda(cast.deed(cast.coordinator), agenda, AgendaState.ADOPTED, given, agenda.version)
    resolutions.confirm(cast.deed(cast.second), taken)
    with pytest.raises(Incomplete, match="vastgestelde lobbyagenda van 2026"):
        dossier_ends.merge(cast.deed(), dossier, private, dossier.version)


def test_the_title_of_what_was_merged_is_told_to_who_could_see_it(cast: Cast) -> None:
    wide = cast.open("Blijft")
    for title, visibility in (("KANARIEGEHEIM", Visibility.OWN), ("Ook dubbel", Visibility.REGION)):
        goes = cast.open(title, visibility=visibility)
        dossier_ends.merge(cast.deed(), goes, wide, goes.version)
    seen = lines(cast, wide, cast.haarlem)
    assert ("Samengevoegd met: een ander dossier" in seen, "Samengevoegd met: Ook dubbel" in seen) == (True, True)
    assert "KANARIEGEHEIM" not in seen


def test_a_contact_stays_on_a_dossier_that_was_hidden_from_who_edits_it(cast: Cast) -> None:
    dossier = cast.open()
    fields = ContactFields(TODAY, "Gevraagd om regie", dossier_id=dossier.id)
    contact = log_contact(cast.deed(cast.haarlem), fields, OFFICE)
    dossiers.edit(cast.deed(), dossier, dossiers.DossierFields(dossier.title), dossier.version)
    cast.session.refresh(contact)
    better = ContactFields(TODAY, "Gevraagd om meer regie", dossier_id=dossier.id)
    edit_contact(cast.deed(cast.haarlem), contact, better, OFFICE, contact.version)
    assert (contact.message, contact.dossier_id) == ("Gevraagd om meer regie", dossier.id)
    wide = ContactFields(TODAY, "Gedeeld", dossier_id=dossier.id, visibility=Visibility.REGION)
    with pytest.raises(Incomplete, match="niet ruimer"):
        edit_contact(cast.deed(cast.haarlem), contact, wide, OFFICE, contact.version)
    edit_contact(cast.deed(cast.haarlem), contact, ContactFields(TODAY, "Los"), OFFICE, contact.version)
    assert contact.dossier_id is None
    with pytest.raises(NotFound):
        edit_contact(cast.deed(cast.haarlem), contact, better, OFFICE, contact.version)
