"""Trying an opgave's words before they are kept: scored as the matcher would, within bounds of number and time."""

from contextlib import closing
from datetime import datetime
from threading import Event

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import Call, Challenge, Match
from db.session import reading, writing
from tests.make.crawls import make_listing, store
from tracker.challenges.agenda import load_agendas
from tracker.matching import DIGEST_THRESHOLD, Embedder
from tracker.matching.preview_scores import Question, Scorer
from tracker.matching.preview_words import PreviewScorer, preview_words, scorer_beside
from tracker.matching.run import challenge_texts, match_with_model
from tracker.matching.texts import Vectors
from tracker.matching.vectors import CachedEncoder

pytestmark = pytest.mark.one_database  # it only reads

BY_WORDS = PreviewScorer(Scorer(None), 60)


@pytest.fixture
def filled(session: Session, now: datetime) -> Session:
    load_agendas(session)
    titles = (
        "Subsidie voor fietsparkeren bij stations",
        "Regeling circulaire ambachtscentra",
        "Visserijfonds voor kotters",
    )
    store(session, [make_listing(n, title=title, summary=title) for n, title in enumerate(titles)], now)
    session.commit()
    return session


def edited(session: Session, **fields: object) -> Challenge:
    return Challenge(**{**session.get_one(Challenge, "A20-1-circulair").model_dump(), **fields})


def test_it_says_what_fits_what_is_new_and_what_falls_out(filled: Session, now: datetime) -> None:
    ids = {title: i for i, title in filled.exec(select(Call.id, Call.title))}
    circular = ids["Regeling circulaire ambachtscentra"]
    filled.add(Match(call_id=circular, challenge_id="A20-1-circulair", score=0.9, topic=0.9, model="m", at=now))
    filled.flush()
    found = preview_words(filled, BY_WORDS, edited(filled, words_nl=["fietsparkeren"], words_en=[]), now)
    assert [call.title for call in found.calls] == ["Subsidie voor fietsparkeren bij stations"]
    assert found.new == {ids["Subsidie voor fietsparkeren bij stations"]}
    assert [call.id for call in found.lost] == [circular]
    assert found.looked_at == 3


def test_nothing_of_a_trial_is_kept(filled: Session, now: datetime) -> None:
    preview_words(filled, BY_WORDS, edited(filled, words_nl=["fietsparkeren"], name="Anders"), now)
    filled.flush()
    assert filled.get_one(Challenge, "A20-1-circulair").name == "Circulaire economie"
    assert filled.exec(select(Match)).all() == []


def test_most_words_stand_first_whatever_number_of_calls_has_one(session: Session, now: datetime) -> None:
    load_agendas(session)
    titles = ["Fiets en lopen naar het station", *(f"Fiets {n}" for n in range(299)), "Visserij"]
    store(session, [make_listing(n, title=title, summary="") for n, title in enumerate(titles)], now)
    change = edited(session, words_nl=["lopen*", "fiets*", '"', "station"], words_en=[])
    found = preview_words(session, PreviewScorer(lambda _question: {}, 60), change, now)
    assert found.calls[0].title == "Fiets en lopen naar het station"
    assert found.words[found.calls[0].id] == ["lopen*", "fiets*", "station"]
    assert all("Fiets" in call.title for call in found.calls)


def test_opgaven_read_anew_are_those_that_were_changed(filled: Session) -> None:
    kept = {text.id: text for text in challenge_texts(filled)}
    filled.get_one(Challenge, "A20-1-circulair").words_en = ["reuse"]
    filled.flush()
    changed = [text for text in challenge_texts(filled) if text != kept[text.id]]
    assert [(text.id, text.words_en) for text in changed] == [("A20-1-circulair", ("reuse",))]


def test_an_opgave_without_words_fits_nothing(filled: Session, now: datetime) -> None:
    found = preview_words(filled, BY_WORDS, edited(filled, words_nl=[], words_en=[]), now)
    assert (found.calls, found.scored) == ([], False)


OVER = Event()


def slow(_question: Question) -> dict[int, float]:
    """Takes its time, as the real one does the first time: until it is let go."""
    OVER.wait(60)
    raise AssertionError


def test_a_form_does_not_wait_for_a_slow_model_and_shows_the_words(filled: Session, now: datetime) -> None:
    OVER.clear()  # as it was left on the other database
    found = preview_words(
        filled, PreviewScorer(slow, 0.05), edited(filled, words_nl=["fietsparkeren"], words_en=[]), now
    )
    OVER.set()
    assert not found.scored
    assert [call.title for call in found.calls] == ["Subsidie voor fietsparkeren bij stations"]


def test_what_was_encoded_once_is_kept() -> None:
    import numpy as np

    asked: list[list[str]] = []

    class Counting:
        name = "counting"

        def encode(self, texts: list[str]) -> Vectors:
            asked.append(texts)
            return np.ones((len(texts), 2), np.float32)

    kept: Embedder = CachedEncoder(Counting(), {})
    kept.encode(["a", "b", "a"])
    assert kept.encode(["b", "c"]).shape == (2, 2)
    assert asked == [["a", "b"], ["c"]]


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_trial_and_the_round_after_saving_say_the_same(engine: Engine, now: datetime) -> None:
    """With the real model: what the form promises is what the next round stores."""
    titles = (
        "Subsidie voor fietsparkeren bij stations",
        "Regeling circulaire ambachtscentra",
        "Reuse of building materials in cities",
    )
    with writing(engine) as session:
        load_agendas(session)
        store(session, [make_listing(n, title=title, summary=title) for n, title in enumerate(titles)], now)
    beside = scorer_beside()
    with reading(engine) as session, closing(beside):
        change = edited(session, words_nl=["fietsparkeren", "circulair*"])
        promised = preview_words(session, PreviewScorer(beside, 120), change, now)
    with writing(engine) as session:
        session.get_one(Challenge, "A20-1-circulair").words_nl = ["fietsparkeren", "circulair*"]
    match_with_model(engine, now)
    with reading(engine) as session:
        query = select(Match.call_id, Match.score).where(Match.challenge_id == "A20-1-circulair")
        stored = dict(session.exec(query.where(col(Match.score) >= DIGEST_THRESHOLD)).all())
    assert promised.scored
    assert {call.id: pytest.approx(promised.scores[call.id], abs=1e-4) for call in promised.calls} == stored
