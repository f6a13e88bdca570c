"""Agendas and participants come in once and are never overwritten."""

from datetime import date

from sqlmodel import Session, select

from db.giver import slug
from db.models import Challenge, Participant
from tracker.challenges.agenda import load_agendas
from tracker.people.participants import load_participants, takes_part


def test_loading_twice_adds_once_and_keeps_what_people_changed(session: Session) -> None:
    first = load_agendas(session)
    challenge = session.get_one(Challenge, "A20-2-wonen")
    challenge.name = "Wonen"
    session.commit()
    assert first == 43
    assert load_agendas(session) == 0
    assert session.get_one(Challenge, "A20-2-wonen").name == "Wonen"


def test_unknown_ambitions_have_no_name(session: Session) -> None:
    load_agendas(session)
    nameless = session.exec(select(Challenge.id).where(Challenge.status == "unknown").order_by(Challenge.id)).all()
    assert list(nameless) == [f"A25-{n}" for n in range(2, 9)]


def test_every_opgave_has_a_dutch_goal_and_words(session: Session) -> None:
    load_agendas(session)
    lines = session.exec(select(Challenge).where(Challenge.kind == "line")).all()
    assert len(lines) == 28
    assert all(line.goal and line.words_nl and line.words_en for line in lines)


def test_participants_have_validity_dates(session: Session) -> None:
    load_participants(session)
    assert load_participants(session) == 0
    everyone = session.exec(select(Participant)).all()
    assert sum(takes_part(p, date(2026, 12, 31)) for p in everyone) == 33
    assert sum(takes_part(p, date(2027, 1, 1)) for p in everyone) == 32
    assert session.get_one(Participant, "wijdemeren").merged_into == "hilversum"


def test_slugs_are_plain() -> None:
    assert [slug("Gooise Meren"), slug("Côte d'Or")] == ["gooise-meren", "cote-d-or"]
