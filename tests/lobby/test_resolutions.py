"""What carries the MRA's name needs its body and two people; it can be put right and taken back, and that stays to read."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, select

from db.models import AuditEntry, Dossier, DossierReader, Identity, LobbyAgenda, Position, Resolution
from db.rights import wider
from db.session import writing
from db.vocabulary import Role, Visibility
from db.vocabulary_audit import Action
from db.vocabulary_lobby import AgendaState, Gremium, PartyKind, PartyStance, PositionState, ResolutionKind
from notifications.wording import short_day
from tests.make.lobby import Cast, gather
from tests.make.pages import make_user
from tracker.errors import ChangedMeanwhile, Incomplete, MoveNotAllowed, NotAllowed, NotFound, PositionNotAllowed
from tracker.lobby import coalition, dossiers, due, positions, resolutions
from tracker.lobby.positions import Adoption, Wording, draft, holds_on
from tracker.lobby.resolutions import AgendaDecision
from tracker.lobby.worklist import open_matters
from tracker.people.on_record import put_on_record
from tracker.rights import viewer_of

pytestmark = pytest.mark.one_database  # on PostgreSQL in make prove

MAY = date(2026, 5, 1)
BOARD = Adoption(Gremium.BOARD, "B-1", MAY, MAY)


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    return gather(session, now)


def test_one_person_alone_adopts_no_mra_position(cast: Cast) -> None:
    concept = draft(cast.deed(), cast.open(), Wording(public="Ja"))
    proposed = resolutions.adopt(cast.deed(cast.coordinator), concept, BOARD)
    with pytest.raises(NotAllowed, match="tweede mens"):
        resolutions.confirm(cast.deed(cast.coordinator), proposed)
    with pytest.raises(NotAllowed, match="coördinator"):
        resolutions.confirm(cast.deed(cast.lobbyist), proposed)
    assert (concept.state, concept.gremium) == (PositionState.DRAFT, None)
    resolutions.confirm(cast.deed(cast.second), proposed)
    assert (concept.state, concept.decision, holds_on(concept, MAY)) == (PositionState.ADOPTED, "B-1", True)
    with pytest.raises(MoveNotAllowed, match="al beslist"):
        resolutions.confirm(cast.deed(cast.second), proposed)


def test_only_the_owner_of_the_dossier_proposes_what_the_mra_says(cast: Cast) -> None:
    """L15: a coordinator of another participant replaced the MRA position alone."""
    dossier, other = cast.open(), make_user(cast.session, cast.now, Role.COORDINATOR, "haarlem")
    first = cast.adopted(dossier, MAY)
    theirs = draft(cast.deed(other), dossier, Wording(public="KAAPSTANDPUNT"))
    decision = Adoption(Gremium.BOARD, "onbekend", MAY, date(2026, 5, 20))
    with pytest.raises(NotAllowed, match="organisatie van wie het is"):
        resolutions.adopt(cast.deed(other), theirs, decision, succeeds=first)
    with pytest.raises(NotAllowed):
        resolutions.withdraw(cast.deed(other), first, Gremium.BOARD, "B-2", MAY, "Weg ermee")
    for deed in (
        lambda: dossiers.edit(cast.deed(other), dossier, dossiers.DossierFields("Anders"), dossier.version),
        lambda: dossiers.edit(
            cast.deed(other), dossier, dossiers.DossierFields(dossier.title, visibility="public"), dossier.version
        ),
        lambda: coalition.join(cast.deed(other), dossier, "Ons bedrijf", PartyKind.COMPANY, MAY),
    ):
        with pytest.raises(NotAllowed):
            deed()
    assert positions.position_on(cast.session, dossier, date(2026, 5, 29), viewer_of(other)) == first


@pytest.mark.parametrize("dossier_for", Visibility)
@pytest.mark.parametrize("draft_for", [Visibility.OWN, Visibility.GROUP])
@pytest.mark.parametrize("reads_along", [False, True])
def test_what_waits_is_known_to_who_works_on_it_and_may_read_it(
    cast: Cast, dossier_for: Visibility, draft_for: Visibility, reads_along: bool
) -> None:
    """A coordinator of any organisation read in it what no body had adopted yet, and could let it pass."""
    if wider(draft_for, dossier_for):
        return
    other = make_user(cast.session, cast.now, Role.COORDINATOR, "haarlem")
    dossier = cast.open(visibility=dossier_for)
    if reads_along:
        cast.session.add(DossierReader(dossier_id=dossier.id, user_id=other.id))
    concept = draft(cast.deed(), dossier, Wording(public="KANARIE"), draft_for)
    proposed = resolutions.adopt(cast.deed(cast.coordinator), concept, BOARD)
    knows = reads_along and draft_for == Visibility.GROUP
    assert resolutions.seconds(cast.session, proposed) == [cast.second, *([other] if knows else [])]
    everything = due.lobby_due(cast.session, cast.deed().today)
    listed = open_matters(cast.session, viewer_of(other), everything, cast.deed().today)
    assert [matter.due.kind for matter in listed] == (["to_confirm"] if knows else [])
    if not knows:
        for deed in (resolutions.confirm, resolutions.drop):
            with pytest.raises(NotFound):
                deed(cast.deed(other), proposed)
    else:
        resolutions.confirm(cast.deed(other), proposed)
    assert (proposed.confirmed_by == other.id) == knows


@pytest.mark.parametrize("way", ["same mailbox", "made later", "another address since"])
def test_the_second_person_is_no_other_account_of_the_first(cast: Cast, way: str) -> None:
    concept = draft(cast.deed(), cast.open(), Wording(public="Ja"))
    address = cast.coordinator.email.replace("@", "+2@") if way == "same mailbox" else "derde@amsterdam.nl"
    third = make_user(cast.session, cast.now, Role.COORDINATOR, email=address)
    proposed = resolutions.adopt(cast.deed(cast.coordinator), concept, BOARD)
    later = cast.now + timedelta(minutes=1)
    if way == "made later":
        third.created_at = later
    elif way == "another address since":
        third.address_since = later
    assert third not in resolutions.seconds(cast.session, proposed)
    with pytest.raises(NotAllowed, match="eigen postbus"):
        resolutions.confirm(cast.deed(third), proposed)


@pytest.mark.parametrize("first", [True, False])
def test_who_let_the_other_in_is_no_second_person_unless_the_employer_knows_both(cast: Cast, first: bool) -> None:
    maker, made = (cast.coordinator, cast.second) if first else (cast.second, cast.coordinator)
    line = {"actor": f"user {maker.id}", "object": f"user {made.id}", "result": "", "origin": ""}
    cast.session.add(AuditEntry(at=cast.now, action=Action.PERSON_ADDED, **line))
    proposed = resolutions.adopt(
        cast.deed(cast.coordinator), draft(cast.deed(), cast.open(), Wording(public="Ja")), BOARD
    )
    assert resolutions.seconds(cast.session, proposed) == []
    with pytest.raises(NotAllowed, match="niet zelf heeft toegelaten"):
        resolutions.confirm(cast.deed(cast.second), proposed)
    for number, user in enumerate((maker, made)):
        one = {"issuer": "p", "subject": str(number), "user_id": user.id, "linked_at": cast.now, "last_at": cast.now}
        cast.session.add(Identity(**one))
    resolutions.confirm(cast.deed(cast.second), proposed)


@pytest.mark.parametrize(("through", "allowed"), [(["third"], False), (["third", "fourth"], False), ([], True)])
def test_nor_who_let_the_other_in_through_accounts_of_its_making(cast: Cast, through: list[str], allowed: bool) -> None:
    """Whom the same administrator let in are two people here: in many organisations one lets in everybody."""
    between = [make_user(cast.session, cast.now, Role.ADMINISTRATOR, email=f"{name}@amsterdam.nl") for name in through]
    boss = make_user(cast.session, cast.now, Role.ADMINISTRATOR, email="baas@amsterdam.nl")
    way = [cast.coordinator, *between, cast.second] if between else [boss, cast.second]
    for maker, made in [*pairwise(way), (boss, cast.coordinator)]:
        put_on_record(cast.session, cast.now, Action.PERSON_ADDED, f"user {made.id}", actor=f"user {maker.id}")
    proposed = resolutions.adopt(
        cast.deed(cast.coordinator), draft(cast.deed(), cast.open(), Wording(public="Ja")), BOARD
    )
    assert (cast.second in resolutions.seconds(cast.session, proposed)) == allowed


def test_no_number_tells_that_something_lies_between_which_one_may_not_see(cast: Cast) -> None:
    dossier = cast.open()
    cast.adopted(dossier, MAY)
    own = draft(cast.deed(cast.haarlem), dossier, Wording(public="Haarlem"))
    resolutions.adopt(cast.deed(cast.haarlem), own, Adoption(Gremium.EXECUTIVE, "C1", MAY, MAY))
    draft(cast.deed(), dossier, Wording(internal="Een"))
    second = draft(cast.deed(cast.coordinator), dossier, Wording(public="Twee"))
    later = Adoption(Gremium.BOARD, "B2", date(2026, 5, 20), date(2026, 5, 20))
    first = positions.position_on(cast.session, dossier, MAY, viewer_of(cast.reader))
    cast.adopt(second, later, succeeds=first)
    told = [positions.called(p) for p in positions.ledger(cast.session, dossier, viewer_of(cast.reader))]
    assert told == ["standpunt 2", "standpunt 1"]
    assert positions.called(own) == "standpunt van besluit C1"
    day = cast.now.date()
    assert positions.called(draft(cast.deed(), dossier, Wording(internal="x"))) == f"concept van {short_day(day)}"


def test_a_wrong_number_is_put_right_and_what_stood_there_stays(cast: Cast) -> None:
    position = cast.adopted(cast.open(), MAY)
    right = Adoption(Gremium.BOARD, "MRA-2026-21", MAY, date(2026, 5, 2), date(2026, 12, 31))
    proposed = resolutions.correct(cast.deed(cast.coordinator), position, right, "Tikfout")
    assert position.decision == "MRA-2026-12"
    resolutions.confirm(cast.deed(cast.second), proposed)
    assert (position.decision, position.valid_from, position.valid_to) == (
        "MRA-2026-21",
        date(2026, 5, 2),
        date(2026, 12, 31),
    )
    steps = resolutions.history_of(cast.session, position_id=position.id)
    assert [(s.kind, s.decision, s.before.get("decision"), s.reason) for s in steps] == [
        ("adoption", "MRA-2026-12", None, ""),
        ("correction", "MRA-2026-21", "MRA-2026-12", "Tikfout"),
    ]


def test_a_mandate_taken_back_ends_on_its_day_and_stays_true_of_the_days_before(cast: Cast) -> None:
    dossier = cast.open()
    position = cast.adopted(dossier, MAY)
    day = date(2026, 5, 20)
    proposed = resolutions.withdraw(cast.deed(cast.coordinator), position, Gremium.BOARD, "B-9", day, "Rijk besliste")
    assert holds_on(position, day)
    resolutions.confirm(cast.deed(cast.second), proposed)
    assert [holds_on(position, d) for d in (date(2026, 5, 19), day)] == [True, False]
    assert positions.designation(position, day) == "ingetrokken standpunt"
    with pytest.raises(PositionNotAllowed, match="geldt al niet meer"):
        resolutions.withdraw(cast.deed(cast.coordinator), position, Gremium.BOARD, "B-9", day, "Nogmaals")


def test_an_own_body_decides_alone_and_is_seen_as_it_chooses(cast: Cast) -> None:
    dossier = cast.open()
    own = draft(cast.deed(cast.haarlem), dossier, Wording(public="Haarlem vindt", internal="Geheim"))
    college = Adoption(Gremium.EXECUTIVE, "C1", MAY, MAY)
    taken = resolutions.adopt(cast.deed(cast.haarlem), own, college)
    assert (taken.confirmed_by, own.state, own.visibility) == (None, PositionState.ADOPTED, Visibility.OWN)
    with pytest.raises(NotFound):
        resolutions.withdraw(cast.deed(cast.coordinator), own, Gremium.EXECUTIVE, "C2", MAY, "Niet van ons")
    resolutions.correct(cast.deed(cast.haarlem), own, Adoption(Gremium.COUNCIL, "R1", MAY, MAY), "Het was de raad")
    resolutions.withdraw(cast.deed(cast.haarlem), own, Gremium.COUNCIL, "R2", date(2026, 5, 9), "Achterhaald")
    assert (own.gremium, own.decision, own.ended_on) == (Gremium.COUNCIL, "R1", date(2026, 5, 9))


def test_what_follows_what_is_said_and_offered_by_line(cast: Cast) -> None:
    """L16: the form offered the MRA position to a decision of a college."""
    dossier = cast.open()
    ours = cast.adopted(dossier, MAY)
    assert positions.succeedable(cast.session, dossier.id, "haarlem") == []
    assert positions.succeedable(cast.session, dossier.id, positions.REGION_LINE) == [ours]
    own = draft(cast.deed(cast.haarlem), dossier, Wording(public="Haarlem vindt"))
    college = Adoption(Gremium.EXECUTIVE, "H-1", MAY, date(2026, 5, 20))
    with pytest.raises(PositionNotAllowed, match="alleen het eigen standpunt van dezelfde deelnemer"):
        resolutions.adopt(cast.deed(cast.haarlem), own, college, succeeds=ours)


def test_an_own_position_that_differs_and_a_dissent_are_contradictions(cast: Cast) -> None:
    dossier = cast.open()
    ours = cast.adopted(dossier, MAY, public="Een waarborgfonds")
    own = draft(cast.deed(cast.haarlem), dossier, Wording(public="een  Waarborgfonds"))
    college = Adoption(Gremium.EXECUTIVE, "H-1", MAY, MAY)
    resolutions.adopt(cast.deed(cast.haarlem), own, college, visibility=Visibility.REGION)
    today = cast.deed().today

    def flags(viewer: object) -> list[tuple[str, str, str]]:
        found = coalition.contradictions_in(cast.session, dossier, viewer, today)
        return [(flag.left, flag.right, flag.why) for flag in found]

    assert flags(viewer_of(cast.lobbyist)) == []
    other = draft(cast.deed(cast.haarlem), dossier, Wording(public="Eerst een toets"))
    later = Adoption(Gremium.EXECUTIVE, "H-2", date(2026, 5, 20), date(2026, 5, 20))
    resolutions.adopt(cast.deed(cast.haarlem), other, later, succeeds=own)
    assert flags(viewer_of(cast.lobbyist)) == []  # for its own organisation alone
    assert [left for left, _, _ in flags(viewer_of(cast.haarlem))] == ["Haarlem"]
    resolutions.dissent(cast.deed(cast.haarlem), ours, "Wil eerst een toets")
    assert flags(viewer_of(cast.lobbyist)) == [("Haarlem", "MRA-standpunt 1", "deelt het niet: Wil eerst een toets")]
    assert [d.id for d, _ in coalition.flags_for(cast.session, viewer_of(cast.haarlem), today)] == [dossier.id] * 2
    resolutions.dissent(cast.deed(cast.haarlem), ours, "")
    assert positions.dissenters(cast.session, ours) == []


def test_dissent_has_its_reason_and_is_of_who_takes_part(cast: Cast) -> None:
    concept = draft(cast.deed(), cast.open(), Wording(public="Ja"))
    with pytest.raises(Incomplete, match="waarom"):
        resolutions.adopt(cast.deed(cast.coordinator), concept, BOARD, {"haarlem": " "})
    cast.adopt(concept, BOARD, dissenting={"haarlem": "Wil eerst een toets"})
    assert [(p.id, why) for p, why in positions.dissenters(cast.session, concept)] == [
        ("haarlem", "Wil eerst een toets")
    ]


def test_who_is_concerned_is_told_and_who_can_confirm_is_asked(cast: Cast) -> None:
    dossier = cast.open(lobbyist_id=cast.lobbyist.id)
    party = coalition.join(cast.deed(), dossier, "", PartyKind.PARTICIPANT, MAY, "haarlem")
    coalition.say(cast.deed(), party, PartyStance.AGREES, MAY)
    concept = draft(cast.deed(), dossier, Wording(public="KANARIE", internal="KANARIE"))
    proposed = resolutions.adopt(cast.deed(cast.coordinator), concept, BOARD)
    today = cast.deed().today
    assert [(i.kind, i.user_id) for i in due.lobby_due(cast.session, today)] == [("to_confirm", cast.second.id)]
    resolutions.confirm(cast.deed(cast.second), proposed)
    told = due.lobby_due(cast.session, today)
    assert {(i.kind, i.user_id) for i in told} == {
        ("decided", cast.lobbyist.id),
        ("decided", cast.coordinator.id),
        ("decided", cast.haarlem.id),
    }
    assert not any("KANARIE" in i.title for i in told)
    assert due.lobby_due(cast.session, today + timedelta(days=2)) == []


def test_a_draft_that_was_rewritten_meanwhile_is_not_adopted(cast: Cast) -> None:
    dossier = cast.open()
    concept = draft(cast.deed(), dossier, Wording(public="Ja"))
    proposed = resolutions.adopt(cast.deed(cast.coordinator), concept, BOARD)
    draft(cast.deed(), dossier, Wording(public="Nee"))
    with pytest.raises(PositionNotAllowed, match="nieuw concept"), cast.session.begin_nested():
        resolutions.confirm(cast.deed(cast.second), proposed)
    cast.session.expire_all()
    resolutions.drop(cast.deed(cast.second), proposed)
    assert resolutions.open_of(cast.session, position_id=concept.id) is None


def test_the_joint_agenda_is_adopted_noted_corrected_and_withdrawn_by_two(cast: Cast) -> None:
    by, second = cast.deed(cast.coordinator), cast.deed(cast.second)
    agenda = dossiers.lobby_agenda(by, 2026)
    adopted, noted = AgendaDecision("MRA-5", date(2026, 2, 1)), AgendaDecision("AV-2", date(2026, 3, 1))
    with pytest.raises(MoveNotAllowed):
        resolutions.decide_agenda(by, agenda, AgendaState.NOTED, noted, 1)
    with pytest.raises(Incomplete, match="besluit"):
        resolutions.decide_agenda(by, agenda, AgendaState.ADOPTED, AgendaDecision(" ", date(2026, 2, 1)), 1)
    with pytest.raises(NotAllowed):
        resolutions.decide_agenda(cast.deed(), agenda, AgendaState.ADOPTED, adopted, 1)
    proposed = resolutions.decide_agenda(by, agenda, AgendaState.ADOPTED, adopted, 1)
    with pytest.raises(ChangedMeanwhile):
        resolutions.decide_agenda(by, agenda, AgendaState.ADOPTED, adopted, 1)
    with pytest.raises(NotAllowed, match="tweede mens"):
        resolutions.confirm(by, proposed)
    assert agenda.state == AgendaState.DRAFT
    resolutions.confirm(second, proposed)
    assert (agenda.state, agenda.adopted_on) == (AgendaState.ADOPTED, date(2026, 2, 1))
    resolutions.confirm(second, resolutions.decide_agenda(by, agenda, AgendaState.NOTED, noted, agenda.version))
    better = AgendaDecision("AV-3", date(2026, 3, 2), "Tikfout")
    resolutions.confirm(second, resolutions.correct_agenda(by, agenda, better, agenda.version))
    assert agenda.noted_on == date(2026, 3, 2)
    back = AgendaDecision("MRA-9", date(2026, 4, 1), "Andere keuze")
    resolutions.confirm(second, resolutions.withdraw_agenda(by, agenda, back, agenda.version))
    assert (agenda.state, agenda.adopted_on) == (AgendaState.DRAFT, None)
    steps = resolutions.history_of(cast.session, agenda_year=2026)
    assert [s.kind for s in steps] == ["adoption", "noting", "correction", "withdrawal"]
    assert steps[2].before["noted_on"] == "2026-03-01"


def test_nothing_private_comes_on_the_joint_agenda_and_nothing_after_its_adoption(cast: Cast) -> None:
    for visibility in (Visibility.OWN, Visibility.GROUP):
        with pytest.raises(NotAllowed, match="iedereen in de MRA"):
            dossiers.put_on_agenda(cast.deed(cast.coordinator), cast.open(visibility=visibility), 2026)
    shared = cast.open("Gedeeld")
    dossiers.put_on_agenda(cast.deed(cast.coordinator), shared, 2026)
    agenda = cast.session.get_one(LobbyAgenda, 2026)
    given = AgendaDecision("MRA-5", date(2026, 2, 1))
    taken = resolutions.decide_agenda(cast.deed(cast.coordinator), agenda, AgendaState.ADOPTED, given, agenda.version)
    resolutions.confirm(cast.deed(cast.second), taken)
    with pytest.raises(NotAllowed, match="vastgesteld"):
        dossiers.put_on_agenda(cast.deed(cast.coordinator), cast.open("Later"), 2026)
    with pytest.raises(Incomplete, match="lobbyagenda van 2026"):
        dossiers.edit(cast.deed(), shared, dossiers.DossierFields("Gedeeld"), shared.version)


def test_a_resolution_once_settled_is_kept_by_the_database(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        cast.adopted(cast.open(), MAY)
        settled = session.exec(select(Resolution)).one()
        assert (settled.kind, settled.confirmed_by) == (ResolutionKind.ADOPTION, cast.second.id)
    for statement in ("UPDATE resolution SET decision = 'x'", "DELETE FROM resolution"):
        with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
            connection.exec_driver_sql(statement)


def test_of_two_who_confirm_at_once_one_is_refused(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        concept = draft(cast.deed(), cast.open(), Wording(public="Ja"))
        proposed = resolutions.adopt(cast.deed(cast.coordinator), concept, BOARD)
    for times in (1, 2):
        with writing(engine) as session:
            cast.session = session
            row = session.get_one(Resolution, proposed.id)
            if times == 1:
                resolutions.confirm(cast.deed(cast.second), row)
            else:
                with pytest.raises(MoveNotAllowed), session.begin_nested():
                    resolutions.drop(cast.deed(cast.second), row)
    with writing(engine) as session:
        assert session.get_one(Position, concept.id).state == PositionState.ADOPTED
        assert session.get_one(Dossier, concept.dossier_id).version >= 3
