"""Dossiers move along allowed paths, keep their history and lose nothing when two people are at work."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Alias, Engine
from sqlalchemy.exc import DatabaseError
from sqlalchemy.sql.visitors import iterate
from sqlmodel import Session, select

from db.models import Call, ContactMoment, Deadline, Dossier, LobbyAgendaItem, LogEntry, Revision, User
from db.rights import visible
from db.session import writing
from db.vocabulary import DeadlineKind, RevisionKind, Role, Visibility
from db.vocabulary_lobby import Gremium, LogKind, PartyKind, Result, Stage
from tests.make.lobby import Cast, gather
from tests.make.pages import make_user
from tracker import rights
from tracker.errors import (
    ChangedMeanwhile,
    Incomplete,
    MoveNotAllowed,
    NotAllowed,
    NotFound,
    ParticipantGone,
)
from tracker.lobby import coalition, dossiers, log, positions, resolutions
from tracker.lobby.audience import name_readers
from tracker.lobby.timeline import timeline
from tracker.people import participants
from tracker.rights import Deed

pytestmark = pytest.mark.one_database  # on PostgreSQL in make prove


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    return gather(session, now)


def test_a_dossier_moves_only_along_the_allowed_stages(cast: Cast) -> None:
    dossier = cast.open()
    with pytest.raises(MoveNotAllowed, match="niet naar 'actief', wel naar 'verkennen', 'gestopt'"):
        dossiers.move(cast.deed(), dossier, Stage.ACTIVE, dossier.version)
    cast.walk(dossier, Stage.EXPLORING, Stage.DRAFTING)
    assert dossier.stage == Stage.DRAFTING


def test_no_stage_is_a_dead_end_before_the_end() -> None:
    reachable, fresh = {Stage.SPOTTED}, {Stage.SPOTTED}
    while fresh:
        fresh = {to for stage in fresh for to in dossiers.MOVES[stage]} - reachable
        reachable |= fresh
    assert reachable == set(Stage)


def test_a_dossier_is_adopted_only_with_a_position_that_holds_today(cast: Cast) -> None:
    dossier = cast.open()
    cast.walk(dossier, Stage.EXPLORING, Stage.DRAFTING)
    with pytest.raises(MoveNotAllowed, match="standpunt dat vandaag geldt"):
        cast.walk(dossier, Stage.ADOPTED)
    cast.adopted(dossier, date(2026, 5, 1), date(2026, 5, 20))
    with pytest.raises(MoveNotAllowed, match="standpunt dat vandaag geldt"):
        cast.walk(dossier, Stage.ADOPTED)
    cast.adopted(dossier, date(2026, 5, 21))
    cast.walk(dossier, Stage.ADOPTED, Stage.ACTIVE)
    assert dossier.stage == Stage.ACTIVE


def test_closing_asks_what_it_brought(cast: Cast) -> None:
    dossier = cast.open()
    cast.adopted(dossier, date(2026, 5, 1))
    cast.walk(dossier, Stage.EXPLORING, Stage.DRAFTING, Stage.ADOPTED, Stage.ACTIVE)
    with pytest.raises(MoveNotAllowed, match="met het resultaat"):
        cast.walk(dossier, Stage.CLOSED)
    with pytest.raises(Incomplete):
        dossiers.close(cast.deed(), dossier, Result.PARTLY, dossier.version)
    dossiers.close(cast.deed(), dossier, Result.PARTLY, dossier.version, "Bijlage 3", Decimal("1250000.50"))
    assert (dossier.stage, dossier.result_amount) == (Stage.CLOSED, Decimal("1250000.50"))


def test_the_second_of_two_people_is_told_and_nothing_is_lost(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        dossier = cast.open()
        seen = dossier.version
    fields = dossiers.DossierFields(title="Eerste", visibility=Visibility.REGION)
    with writing(engine) as session:
        dossiers.edit(Deed(session, cast.lobbyist, now), session.get_one(Dossier, dossier.id), fields, seen)
    other = dossiers.DossierFields(title="Tweede", visibility=Visibility.REGION)
    with pytest.raises(ChangedMeanwhile), writing(engine) as session:
        dossiers.edit(Deed(session, cast.coordinator, now), session.get_one(Dossier, dossier.id), other, seen)
    with writing(engine) as session:
        assert session.get_one(Dossier, dossier.id).title == "Eerste"
        texts = [e.text for e in session.exec(select(LogEntry).order_by(LogEntry.id))]
    assert texts == ["Meer regie op warmtenetten", "titel: was 'Meer regie op warmtenetten'"]


def test_the_log_can_only_grow(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        gather(session, now).open()
    for change in (
        "UPDATE log_entry SET text = 'anders'",
        "DELETE FROM log_entry",
        "UPDATE log_entry SET user_id = 2, redacted_at = at",
    ):
        with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
            connection.exec_driver_sql(change)


def test_a_reader_opens_nothing_and_another_organisation_changes_nothing(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        cast.open(by=cast.reader)
    dossier = cast.open()
    with pytest.raises(NotAllowed):
        dossiers.move(cast.deed(cast.haarlem), dossier, Stage.EXPLORING, dossier.version)
    secret = cast.open("Eigen", visibility=Visibility.OWN)
    with pytest.raises(NotFound):
        dossiers.move(cast.deed(cast.haarlem), secret, Stage.EXPLORING, secret.version)
    with pytest.raises(NotFound):
        log.dossier_for(cast.session, rights.viewer_of(cast.haarlem), secret.id)


def test_a_refused_dossier_leaves_nothing(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
    for wrong in ({"challenges": ["nergens"]}, {"calls": [999]}, {"participants": ["wijdemeren", "atlantis"]}):
        with pytest.raises((NotFound, ParticipantGone)), writing(engine) as session:
            dossiers.open_dossier(Deed(session, cast.lobbyist, now), dossiers.DossierFields(title="T"), **wrong)
    with pytest.raises(Incomplete), writing(engine) as session:
        dossiers.open_dossier(Deed(session, cast.lobbyist, now), dossiers.DossierFields(title="  "))
    with writing(engine) as session:
        assert session.exec(select(Dossier)).all() == []
        assert session.exec(select(LogEntry)).all() == []


def test_the_timeline_is_one_list_of_log_changes_dates_and_moments(cast: Cast) -> None:
    dossier = cast.open()
    cast.session.add(
        Revision(
            call_id=cast.call.id,
            at=datetime(2026, 5, 31, 23, 5, tzinfo=UTC),  # 1 June in Amsterdam
            kind=RevisionKind.CHANGED,
            field="deadline",
            telling=True,
        )
    )
    cast.session.add(
        Deadline(
            call_id=cast.call.id,
            kind=DeadlineKind.CLOSES,
            day=date(2026, 10, 1),
            hour="17:00",
            modified_at=cast.now,
        )
    )
    cast.session.flush()
    dossiers.move(
        Deed(cast.session, cast.lobbyist, cast.now + timedelta(days=5)), dossier, Stage.EXPLORING, dossier.version
    )
    lines = timeline(cast.session, dossier, rights.viewer_of(cast.haarlem))
    assert [(line.day, line.word) for line in lines] == [
        (date(2026, 5, 29), "geopend"),
        (date(2026, 6, 1), "regeling gewijzigd"),
        (date(2026, 6, 3), "fase"),
        (date(2026, 10, 1), "regeling sluit"),
    ]


def test_what_stood_in_a_dossier_stays_with_whoever_saw_it_when_it_is_opened_in_the_same_press(cast: Cast) -> None:
    def told(before: Visibility, after: Visibility, by: User) -> bool:
        dossier = cast.open("KANARIE titel", visibility=before, group_parties=True)
        coalition.join(cast.deed(), dossier, "", PartyKind.PARTICIPANT, date(2026, 5, 1), "haarlem")
        neat = dossiers.DossierFields("Nette titel", visibility=after, group_parties=True)
        dossiers.edit(cast.deed(), dossier, neat, dossier.version)
        lines = timeline(cast.session, dossier, rights.viewer_of(by))
        return any("KANARIE titel" in line.text for line in lines if line.word == LogKind.EDITED.label)

    own, group, mra = Visibility.OWN, Visibility.GROUP, Visibility.REGION
    outside = make_user(cast.session, cast.now, Role.LOBBYIST, "hilversum")
    assert [told(before, after, cast.haarlem) for before, after in ((own, group), (own, mra))] == [False, False]
    assert [told(group, mra, by) for by in (outside, cast.lobbyist)] == [False, True]
    assert [told(before, own, cast.lobbyist) for before in (own, mra)] == [True, True]
    assert told(mra, mra, outside), "what everybody saw, everybody may see again"


@pytest.mark.parametrize("together", [True, False], ids=["one press", "two presses"])
def test_who_is_let_into_a_group_later_does_not_read_what_stood_there(cast: Cast, together: bool) -> None:
    dossier = cast.open("KANARIE titel", visibility=Visibility.GROUP)
    coalition.join(cast.deed(), dossier, "", PartyKind.PARTICIPANT, date(2026, 5, 1), "haarlem")
    neat = dossiers.DossierFields("Nette titel", visibility=Visibility.GROUP, group_parties=together)
    dossiers.edit(cast.deed(), dossier, neat, dossier.version)
    if not together:
        name_readers(cast.deed(), dossier, cast.haarlem.email)
    read = {
        by.id: " | ".join(line.text for line in timeline(cast.session, dossier, rights.viewer_of(by)))
        for by in (cast.haarlem, cast.lobbyist)
    }
    assert "KANARIE" not in read[cast.haarlem.id]
    assert "KANARIE" in read[cast.lobbyist.id]


def test_what_an_own_body_adopted_for_its_own_stays_so_when_the_dossier_is_edited(cast: Cast) -> None:
    dossier = cast.open()
    own = positions.draft(cast.deed(), dossier, positions.Wording(public="KANARIE"))
    college = positions.Adoption(Gremium.EXECUTIVE, "C1", date(2026, 5, 1), date(2026, 5, 1))
    resolutions.adopt(cast.deed(), own, college)
    dossiers.edit(cast.deed(), dossier, dossiers.DossierFields("Ander", visibility=Visibility.REGION), dossier.version)
    assert own.visibility == Visibility.OWN
    wide = positions.draft(cast.deed(), dossier, positions.Wording(public="Gedeeld"))
    later = positions.Adoption(Gremium.EXECUTIVE, "C2", date(2026, 5, 9), date(2026, 5, 9))
    resolutions.adopt(cast.deed(), wide, later, succeeds=own, visibility=Visibility.REGION)
    dossiers.edit(cast.deed(), dossier, dossiers.DossierFields("Ander"), dossier.version)
    cast.session.refresh(wide)
    assert wide.visibility == Visibility.OWN, "and is seen by no more people than its dossier"


def test_the_lobby_agenda_rolls_over_and_the_past_year_stays(cast: Cast) -> None:
    going, done = cast.open("Gaat door"), cast.open("Is klaar")
    for dossier in (going, done):
        dossiers.put_on_agenda(cast.deed(cast.coordinator), dossier, 2026)
    cast.walk(done, Stage.STOPPED)
    taken = dossiers.roll_over(cast.deed(cast.coordinator), 2026)
    again = dossiers.roll_over(cast.deed(cast.coordinator), 2026)
    items = {(i.year, i.dossier_id, i.rolled_over) for i in cast.session.exec(select(LobbyAgendaItem))}
    assert [d.title for d in taken] == [d.title for d in again] == ["Gaat door"]
    assert items == {(2026, going.id, False), (2026, done.id, False), (2027, going.id, True)}


def test_a_participant_that_is_gone_is_refused_with_where_it_went(cast: Cast) -> None:
    with pytest.raises(ParticipantGone, match="Wijdemeren bestaat sinds 1 jan 2027 niet meer en opgegaan in Hilversum"):
        participants.participant_on(cast.session, "wijdemeren", date(2027, 1, 1))
    assert participants.participant_on(cast.session, "wijdemeren", date(2026, 12, 31)).id == "wijdemeren"


def test_a_changed_call_is_flagged_until_people_looked(cast: Cast) -> None:
    dossier = cast.open()
    cast.session.get_one(Call, cast.call.id).version = 3
    cast.session.flush()
    assert dossiers.see_calls_as_they_are(cast.deed(), dossier) == 1
    assert dossiers.see_calls_as_they_are(cast.deed(), dossier) == 0


def test_an_administrator_does_not_read_other_peoples_files(cast: Cast) -> None:
    secret = cast.open("Eigen", visibility=Visibility.OWN)
    admin = make_user(cast.session, cast.now, Role.ADMINISTRATOR, "zaanstad")
    with pytest.raises(NotFound):
        log.dossier_for(cast.session, rights.viewer_of(admin), secret.id)


def test_what_another_person_may_see_is_asked_of_the_same_tables(cast: Cast) -> None:
    def tables(user: User) -> set[int]:
        clause = visible(rights.viewer_of(user), ContactMoment)
        return {id(each) for each in iterate(clause) if isinstance(each, Alias)}

    assert tables(cast.lobbyist) == tables(make_user(cast.session, cast.now, Role.LOBBYIST, "zaanstad"))
    assert tables(cast.lobbyist)  # else there is nothing to share
