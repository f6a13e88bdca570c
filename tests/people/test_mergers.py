"""A participant that merged: what it kept is its successor's on the day, once, and nobody loses sight of anything."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlmodel import Session, SQLModel, col, select

from db.models import (
    AuditEntry,
    CoalitionMember,
    Cofunding,
    ContactMoment,
    Dossier,
    Identity,
    LogEntry,
    Participant,
    Position,
    Stakeholder,
    User,
)
from db.rights import may_see, visible
from db.vocabulary import Role, Visibility
from db.vocabulary_audit import Action
from db.vocabulary_lobby import DossierKind, PartyKind
from tests.make.lobby import Cast, gather
from tests.make.pages import make_user
from tracker.applications import stages
from tracker.clock import Now
from tracker.errors import MoveNotAllowed, NotAllowed
from tracker.lobby import coalition, contacts, dossiers, positions
from tracker.operations.upkeep import tidy
from tracker.people import mergers
from tracker.people.mergers import hand_over_due, kept_by
from tracker.people.on_record import put_on_record
from tracker.rights import Deed, may_change, viewer_of

pytestmark = pytest.mark.one_database  # on PostgreSQL in make prove

BEFORE, DAY = datetime(2026, 12, 31, 12, tzinfo=UTC), datetime(2027, 1, 1, 3, tzinfo=UTC)


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    cast = gather(session, now)
    session.commit()
    return cast


def keep_something(cast: Cast) -> tuple[User, Dossier, ContactMoment]:
    """What a lobbyist of Wijdemeren keeps to her own organisation."""
    wil = make_user(cast.session, cast.now, Role.LOBBYIST, "wijdemeren")
    dossier = cast.open("Plassen", by=wil, visibility=Visibility.OWN, lobbyist_id=wil.id)
    deed = Deed(cast.session, wil, cast.now)
    dossiers.note(deed, dossier, "Alleen voor ons", Visibility.OWN)
    positions.draft(deed, dossier, positions.Wording(internal="Ons concept"))
    fields = contacts.ContactFields(date(2026, 5, 20), "Vertrouwelijk", "talk", dossier.id, visibility=Visibility.OWN)
    contact = contacts.log_contact(deed, fields, contacts.Office("Ministerie van VRO", "Directeur", "J. Jansen"))
    application = stages.start(deed, cast.call, "wijdemeren", Visibility.OWN)
    for party, amount in (("wijdemeren", 1000), ("hilversum", 500)):
        of = {"dossier_id": application.id, "participant_id": party, "year": 2027, "visibility": Visibility.OWN}
        cast.session.add(Cofunding(**of, amount=Decimal(amount)))
    coalition.join(cast.deed(), cast.open(), "", PartyKind.PARTICIPANT, date(2026, 5, 1), "wijdemeren")
    cast.session.flush()
    return wil, dossier, contact


def test_on_the_day_everything_is_the_successors_and_nothing_is_out_of_reach(cast: Cast) -> None:
    session = cast.session
    wil, dossier, contact = keep_something(cast)
    heir = make_user(session, cast.now, Role.LOBBYIST, "hilversum")
    contacts.stakeholder_for(
        Deed(session, heir, cast.now), contacts.Office("Ministerie van VRO", "Directeur", "J. Jansen")
    )
    assert hand_over_due(session, BEFORE, "clock") == []
    assert not may_see(session, viewer_of(heir), dossier)

    assert [(g.id, i.id) for g, i in hand_over_due(session, DAY, "clock")] == [("wijdemeren", "hilversum")]
    session.expire_all()
    for row in (dossier, contact):
        assert may_see(session, viewer_of(heir), row)
        assert may_change(viewer_of(heir), row)
    assert session.get_one(User, wil.id).participant_id == "hilversum"
    told = session.exec(
        select(LogEntry.text).where(visible(viewer_of(heir), LogEntry), LogEntry.dossier_id == dossier.id)
    )
    lines = list(told)
    assert "Alleen voor ons" in lines
    assert any("opgegaan in Hilversum" in line for line in lines)
    assert session.exec(
        select(Position).where(visible(viewer_of(heir), Position), Position.dossier_id == dossier.id)
    ).one()
    assert session.get_one(Stakeholder, contact.stakeholder_id).participant_id == "hilversum"
    assert session.exec(select(Cofunding.amount)).all() == [Decimal(1500)]


def test_a_coalition_goes_on_with_the_successor_and_what_was_said_keeps_its_name(cast: Cast) -> None:
    session = cast.session
    keep_something(cast)
    hand_over_due(session, DAY, "clock")
    members = session.exec(select(CoalitionMember.party_id, CoalitionMember.joined_on, CoalitionMember.left_on)).all()
    assert sorted(members) == [
        ("hilversum", date(2027, 1, 1), None),
        ("wijdemeren", date(2026, 5, 1), date(2027, 1, 1)),
    ]


def test_it_happens_once_with_a_list_of_what_went_and_by_the_clock(cast: Cast) -> None:
    session = cast.session
    keep_something(cast)
    gone = session.get_one(Participant, "wijdemeren")
    before = {what: number for what, number in kept_by(session, gone).items() if number}
    tidy(session, {"snapshot_days": 9, "mail_days": 9}, Now(DAY), "clock")
    tidy(session, {"snapshot_days": 9, "mail_days": 9}, Now(DAY), "clock")
    session.expire_all()
    assert gone.handed_over == before
    assert before == {"dossiers": 1, "aanvragen": 1, "mensen": 1, "contacten": 1, "standpunten": 1}
    assert not any(kept_by(session, gone).values())
    lines = select(AuditEntry.result).where(AuditEntry.action == "files handed over")
    assert session.exec(lines).one().startswith("to hilversum: ")


def test_no_table_of_files_is_forgotten() -> None:
    """Whoever adds a table that somebody owns says whether its rows go along."""
    from tracker.people.mergers import STAYS, _owning_tables

    owned = {t.name for t in SQLModel.metadata.sorted_tables if "participant_id" in t.c and "visibility" in t.c}
    assert owned - {t.name for t in _owning_tables()} <= STAYS
    assert {"dossier", "contact_moment", "position", "user", "log_entry", "stakeholder"} <= {
        t.name for t in _owning_tables()
    }


def test_what_ended_without_a_successor_stays_and_a_chain_ends_at_who_is_there(cast: Cast) -> None:
    session = cast.session
    keep_something(cast)
    session.get_one(Participant, "hilversum").valid_to = date(2027, 1, 1)
    assert hand_over_due(session, DAY, "clock") == []
    session.get_one(Participant, "hilversum").merged_into = "haarlem"
    assert {(g.id, i.id) for g, i in hand_over_due(session, DAY, "clock")} == {
        ("hilversum", "haarlem"), ("wijdemeren", "haarlem"),
    }  # fmt: skip
    owners = session.exec(select(Dossier.participant_id).where(col(Dossier.kind) == DossierKind.APPLICATION)).all()
    assert set(owners) == {"haarlem"}


def test_what_one_administrator_says_of_a_merger_waits_for_a_second(cast: Cast) -> None:
    session = cast.session
    keep_something(cast)
    boss, other, own = (
        make_user(session, cast.now, Role.ADMINISTRATOR, p) for p in ("hilversum", "haarlem", "wijdemeren")
    )
    gone = session.get_one(Participant, "wijdemeren")
    mergers.say(Deed(session, boss, cast.now), gone)
    session.flush()
    assert hand_over_due(session, DAY, "clock") == []
    with pytest.raises(NotAllowed):
        mergers.confirm(Deed(session, boss, cast.now), gone)
    mergers.confirm(Deed(session, other, cast.now), gone)
    with pytest.raises(MoveNotAllowed):
        mergers.confirm(Deed(session, other, cast.now), gone)
    assert mergers.due(session, DAY.date()) == [gone]
    session.get_one(Participant, "hilversum").valid_to = date(2027, 1, 1)
    session.get_one(Participant, "hilversum").merged_into = "haarlem"
    mergers.say(Deed(session, other, cast.now), session.get_one(Participant, "hilversum"))
    assert hand_over_due(session, DAY, "clock") == [], "a chain stops where the next step waits"
    mergers.say(Deed(session, own, cast.now), gone)
    assert mergers.waits(gone), "its own administrator, whom anybody may have made, says so with a second, too"


@pytest.mark.parametrize(
    ("let_in", "allowed"),
    [
        ([("boss", "own")], True),  # the others came by the command line
        ([("boss", "own"), ("boss", "other")], False),
        ([("boss", "own"), ("own", "other")], False),
        ([("boss", "own"), ("own", "between"), ("between", "other")], False),
        ([("between", "own"), ("boss", "other")], True),
    ],
)
def test_two_accounts_that_go_back_to_one_administrator_are_not_two_people_where_files_go_over(
    cast: Cast, let_in: list[tuple[str, str]], allowed: bool
) -> None:
    """Where a participant has no administrator, one of elsewhere lets its people in, and could be all of them."""
    session, names = cast.session, ("boss", "own", "other", "between")
    people = {name: make_user(session, cast.now, Role.ADMINISTRATOR, "hilversum", f"{name}@x.nl") for name in names}
    for maker, made in let_in:
        put_on_record(
            session, cast.now, Action.PERSON_ADDED, f"user {people[made].id}", actor=f"user {people[maker].id}"
        )
    gone = session.get_one(Participant, "wijdemeren")
    mergers.say(Deed(session, people["own"], cast.now), gone)
    session.flush()
    second = Deed(session, people["other"], cast.now)
    if allowed:
        mergers.confirm(second, gone)
        return
    with pytest.raises(NotAllowed, match="dezelfde beheerder"):
        mergers.confirm(second, gone)
    for number, user in enumerate(people.values()):
        known = {"issuer": "p", "subject": str(number), "user_id": user.id, "linked_at": cast.now, "last_at": cast.now}
        session.add(Identity(**known))
    mergers.confirm(second, gone)
