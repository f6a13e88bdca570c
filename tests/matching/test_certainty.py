"""How sure the matcher is of an opgave: by graded calls, and by what people here said of it."""

from datetime import datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from db.models import Challenge, User
from db.queries import Viewer
from db.session import writing
from db.vocabulary import NoReason, Role, Say, Visibility
from tests.make.mail_cases import make_agenda, make_call, make_reader
from tracker.challenges.agenda import load_agendas
from tracker.matching.certainty import Certainty, certainty
from tracker.matching.verdicts import judge

pytestmark = pytest.mark.one_database  # counting on plain rows


def test_an_opgave_of_the_shipped_agenda_has_labels_and_a_new_one_has_none(session: Session) -> None:
    load_agendas(session)
    energy, new = session.get_one(Challenge, "A20-1-energie"), session.get_one(Challenge, "A25-2")
    assert certainty(session, Viewer(), energy).labelled > 20
    assert certainty(session, Viewer(), new) == Certainty(0, 0, 0)
    assert certainty(session, Viewer(), new).word == "alleen op woorden en strekking"


def test_verdicts_on_the_subject_count_and_others_do_not(engine: Engine, now: datetime) -> None:
    make_agenda(engine)
    strong = [make_call(engine, now, f"Sterk {n}") for n in range(4)]
    weak = make_call(engine, now, "Zwak", score=0.01)
    person = make_reader(engine, now)
    with writing(engine) as session:
        user = session.get_one(User, person)
        judge(session, user, strong[0], None, Say.YES, now)
        judge(session, user, strong[1], "circulair", Say.NO, now, NoReason.OFF_TOPIC)
        judge(session, user, strong[2], "circulair", Say.NO, now, NoReason.TOO_SMALL)  # says nothing of the subject
        judge(session, user, strong[3], None, Say.YES, now, visibility=Visibility.OWN)
        judge(session, user, weak, "circulair", Say.YES, now)
        judge(session, user, weak, None, Say.NO, now, NoReason.OFF_TOPIC)  # of a call as a whole that matches nothing
        challenge = session.get_one(Challenge, "circulair")
        own = certainty(session, Viewer(person, Role.FUNDRAISER, "haarlem"), challenge)
        others = certainty(session, Viewer(99, Role.FUNDRAISER, "zaanstad"), challenge)
    assert (own.judged, own.agreed) == (4, 2)
    assert (others.judged, others.agreed) == (3, 1)


@pytest.mark.parametrize(
    ("certainty", "word"),
    [
        (Certainty(30, 0, 0), "redelijk"),
        (Certainty(6, 0, 0), "onzeker"),
        (Certainty(0, 10, 9), "meestal goed"),
        (Certainty(30, 10, 7), "redelijk"),
        (Certainty(30, 10, 3), "vaak mis"),
        (Certainty(30, 7, 0), "redelijk"),
    ],
)
def test_many_verdicts_outweigh_the_labels(certainty: Certainty, word: str) -> None:
    assert certainty.word == word
