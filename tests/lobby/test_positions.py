"""Positions are succeeded, never edited; only what was adopted and still holds may be called an MRA-standpunt."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, select

from db.models import Dossier, Position
from db.session import writing
from db.vocabulary import Visibility
from db.vocabulary_lobby import Gremium, PositionState
from tests.make.lobby import Cast, gather
from tracker.errors import Incomplete, NotAllowed, PositionNotAllowed
from tracker.lobby import positions
from tracker.lobby.positions import Adoption, Wording, designation, draft, exportable, holds_on, position_on
from tracker.lobby.resolutions import adopt
from tracker.rights import Deed, viewer_of

pytestmark = pytest.mark.one_database  # on PostgreSQL in make prove

MAY = date(2026, 5, 1)


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    return gather(session, now)


def test_a_draft_is_rewritten_by_a_new_draft(cast: Cast) -> None:
    dossier = cast.open()
    for text in ("Een", "Twee"):
        draft(cast.deed(), dossier, Wording(internal=text))
    found = positions.ledger(cast.session, dossier, viewer_of(cast.lobbyist))
    assert [(p.number, p.state, p.internal_wording) for p in found] == [
        (2, PositionState.DRAFT, "Twee"),
        (1, PositionState.REPLACED, "Een"),
    ]


def test_the_words_and_the_decision_never_change(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        cast.adopted(cast.open(), MAY)
    for change in ("internal_wording = 'x'", "red_lines = ''", "valid_to = '2030-01-01'", "decision = 'ander'"):
        with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE position SET {change}")
    with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM position")


def test_a_second_position_may_not_hold_in_the_same_days(cast: Cast) -> None:
    dossier = cast.open()
    cast.adopted(dossier, MAY, date(2026, 5, 20))
    second = draft(cast.deed(cast.coordinator), dossier, Wording(internal="x"))
    overlapping = Adoption(Gremium.BOARD, "B2", MAY, date(2026, 5, 20))
    with pytest.raises(PositionNotAllowed, match="geldt al standpunt 1"):
        adopt(cast.deed(cast.coordinator), second, overlapping)
    cast.adopt(second, Adoption(Gremium.BOARD, "B2", MAY, date(2026, 5, 21)))
    assert second.state == PositionState.ADOPTED


def test_what_did_we_say_then_answers_for_any_date(cast: Cast) -> None:
    dossier = cast.open()
    first = cast.adopted(dossier, date(2026, 1, 10), date(2026, 12, 31))
    second = draft(cast.deed(cast.coordinator), dossier, Wording(public="Nieuw"))
    decision = Adoption(Gremium.BOARD, "B7", date(2026, 5, 20), date(2026, 5, 25), date(2026, 6, 30))
    cast.adopt(second, decision, succeeds=first)
    said = [
        p and p.number
        for day in (
            date(2026, 1, 9),
            date(2026, 1, 10),
            date(2026, 5, 24),
            date(2026, 5, 25),
            date(2026, 6, 30),
            date(2026, 7, 1),
        )
        for p in [position_on(cast.session, dossier, day, viewer_of(cast.haarlem))]
    ]
    assert said == [None, 1, 1, 2, 2, None]


def test_only_a_standing_adopted_position_is_called_mra_standpunt(cast: Cast) -> None:
    dossier = cast.open()
    concept = draft(cast.deed(), dossier, Wording(internal="x"))
    assert designation(concept, MAY) == "concept"
    adopted = cast.adopted(dossier, date(2026, 5, 10), date(2026, 5, 20))
    names = {d: designation(adopted, date(2026, 5, d)) for d in (9, 10, 20, 21)}
    assert names == {
        9: "vastgesteld, geldt vanaf 10 mei 2026",
        10: "MRA-standpunt",
        20: "MRA-standpunt",
        21: "verlopen standpunt",
    }


def test_a_participants_own_body_makes_no_mra_standpunt(cast: Cast) -> None:
    dossier = cast.open()
    cast.adopted(dossier, MAY)
    own = draft(cast.deed(cast.haarlem), dossier, Wording(public="Haarlem vindt"))
    adopt(cast.deed(cast.haarlem), own, Adoption(Gremium.EXECUTIVE, "C1", MAY, MAY))
    assert designation(own, date(2026, 5, 29), "Haarlem") == "standpunt van Haarlem"
    assert position_on(cast.session, dossier, MAY, viewer_of(cast.haarlem), "haarlem") == own


def test_an_expired_mandate_blocks_export(cast: Cast) -> None:
    adopted = cast.adopted(cast.open(), MAY, date(2026, 5, 20))
    assert exportable(adopted, date(2026, 5, 20)) == "Openbare tekst"
    with pytest.raises(PositionNotAllowed, match="het mandaat gold tot en met 20 mei 2026"):
        exportable(adopted, date(2026, 5, 21))
    with pytest.raises(PositionNotAllowed, match="geldt nog niet"):
        exportable(adopted, date(2026, 4, 30))


def test_a_succeeded_position_says_until_when_it_held(cast: Cast) -> None:
    dossier = cast.open()
    first = cast.adopted(dossier, date(2026, 5, 1), date(2026, 12, 31))
    second = positions.draft(cast.deed(cast.coordinator), dossier, positions.Wording(public="Nieuw"))
    decision = positions.Adoption(Gremium.BOARD, "MRA-13", date(2026, 5, 20), date(2026, 5, 20))
    cast.adopt(second, decision, succeeds=first)
    with pytest.raises(PositionNotAllowed, match="gold tot en met 19 mei 2026"):
        positions.exportable(first, date(2026, 5, 29))
    with pytest.raises(PositionNotAllowed, match="geldt nog niet"):
        positions.exportable(first, date(2026, 4, 30))


def test_a_draft_never_leaves_the_house(cast: Cast) -> None:
    concept = draft(cast.deed(), cast.open(), Wording(public="Bijna"))
    with pytest.raises(PositionNotAllowed, match="niet vastgesteld"):
        exportable(concept, MAY)


def test_a_decision_needs_its_facts_and_a_coordinator(cast: Cast) -> None:
    dossier = cast.open()
    concept = draft(cast.deed(), dossier, Wording(internal="x"))
    wrong = [
        (Adoption(Gremium.BOARD, "B", date(2026, 6, 1), date(2026, 6, 1)), PositionNotAllowed),
        (Adoption(Gremium.BOARD, "B", MAY, MAY - timedelta(days=1)), PositionNotAllowed),
        (Adoption(Gremium.BOARD, "B", MAY, MAY, MAY - timedelta(days=1)), PositionNotAllowed),
        (Adoption(Gremium.BOARD, " ", MAY, MAY), Incomplete),
    ]
    for decision, refusal in wrong:
        with pytest.raises(refusal):
            adopt(cast.deed(cast.coordinator), concept, decision)
    with pytest.raises(NotAllowed, match="coördinator"):
        adopt(cast.deed(), concept, Adoption(Gremium.BOARD, "B", MAY, MAY))
    assert concept.state == PositionState.DRAFT


def test_dissenting_participants_stand_with_the_position(cast: Cast) -> None:
    dossier = cast.open()
    concept = draft(cast.deed(cast.coordinator), dossier, Wording(internal="x"))
    decision = Adoption(Gremium.BOARD, "B", MAY, MAY)
    cast.adopt(concept, decision, dissenting={"haarlem": "Wil eerst een toets"})
    assert [(p.name, why) for p, why in positions.dissenters(cast.session, concept)] == [
        ("Haarlem", "Wil eerst een toets")
    ]


def test_of_two_people_adopting_at_once_one_is_refused(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        dossier = cast.open()
        words = Wording(internal="x")
        ours = draft(Deed(session, cast.coordinator, now), dossier, words)
        theirs = draft(Deed(session, cast.haarlem, now), dossier, words)
    decision = Adoption(Gremium.EXECUTIVE, "C", MAY, MAY)
    with writing(engine) as session:
        adopt(Deed(session, cast.haarlem, now), session.get_one(Position, theirs.id), decision)
    with pytest.raises(PositionNotAllowed), writing(engine) as session:
        adopt(Deed(session, cast.haarlem, now), session.get_one(Position, theirs.id), decision)
    with writing(engine) as session:
        assert session.get_one(Position, ours.id).state == PositionState.DRAFT
        assert session.get_one(Dossier, dossier.id).version == 4


def test_a_private_position_is_not_seen_from_outside(cast: Cast) -> None:
    dossier = cast.open(visibility=Visibility.OWN)
    cast.adopted(dossier, MAY)
    assert positions.ledger(cast.session, dossier, viewer_of(cast.haarlem)) == []
    assert len(cast.session.exec(select(Position)).all()) == 1


DAYS = st.integers(0, 20).map(lambda n: MAY + timedelta(days=n))


@given(st.lists(st.tuples(DAYS, st.none() | DAYS), max_size=6))
def test_no_day_ever_has_two_positions_of_one_line(periods: list[tuple[date, date | None]]) -> None:
    kept: list[Position] = []
    for start, last in periods:
        if (last and last < start) or positions.overlapping(kept, positions.REGION_LINE, start, last):
            continue
        kept.append(
            Position(
                dossier_id=1, number=len(kept), participant_id="a", state=PositionState.ADOPTED, gremium=Gremium.BOARD,
                valid_from=start, valid_to=last, created_by=1, created_at=datetime(2026, 5, 1),  # noqa: DTZ001
            )
        )  # fmt: skip
    for n in range(45):
        assert sum(holds_on(p, MAY + timedelta(days=n)) for p in kept) <= 1
