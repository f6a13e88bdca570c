"""Calls are matched when they need it, and a re-match touches only matches."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.models import Call, Challenge, Match, Revision
from db.session import writing
from db.vocabulary import RevisionKind
from tracker.challenges.agenda import load_agendas
from tracker.matching import Matcher, model_name
from tracker.matching.run import MatchingResult, call_text, match_calls, shipped_challenges

WORDS = model_name(None)


def by_words(texts: Any) -> Matcher:
    return Matcher(texts, None)


def make_call(session: Session, now: datetime, title: str) -> Call:
    call = Call(title=title, language="nl", url="https://e.nl/x", first_seen=now, last_seen=now)
    session.add(call)
    session.flush()
    revise(session, call, now)
    return call


def revise(session: Session, call: Call, now: datetime) -> None:
    assert call.id
    session.add(Revision(call_id=call.id, at=now, kind=RevisionKind.NEW))
    session.flush()


@pytest.fixture
def call_id(engine: Engine, now: datetime) -> int:
    with writing(engine) as session:
        load_agendas(session)
        call = make_call(session, now, "Subsidie warmtenetten en aardgasvrije wijken voor gemeenten")
        assert call.id
        return call.id


def test_a_new_call_is_matched_once(engine: Engine, now: datetime, call_id: int) -> None:
    first = match_calls(engine, WORDS, by_words, now)
    assert first.calls == 1
    assert match_calls(engine, WORDS, by_words, now) == MatchingResult(0, 0)
    with Session(engine) as session:
        best = session.exec(select(Match).order_by(Match.score.desc())).first()
    assert best
    assert best.challenge_id == "A20-1-energie"
    assert best.model.startswith("kansenradar-")
    assert "warmtenet" in str(best.reasons)


def test_a_changed_call_is_matched_again(engine: Engine, now: datetime, call_id: int) -> None:
    match_calls(engine, WORDS, by_words, now)
    with writing(engine) as session:
        call = session.get_one(Call, call_id)
        call.title = "Subsidie snelle fietsroutes voor gemeenten"
        revise(session, call, now)
    assert match_calls(engine, WORDS, by_words, now).calls == 1
    with Session(engine) as session:
        assert "A20-1-energie" not in session.exec(select(Match.challenge_id)).all()


def test_an_edited_opgave_matches_all_calls_again(engine: Engine, now: datetime, call_id: int) -> None:
    match_calls(engine, WORDS, by_words, now)
    with writing(engine) as session:
        session.get_one(Challenge, "A20-3-fiets").words_nl = ["fiets*", "warmtenet*"]
    assert match_calls(engine, WORDS, by_words, now).calls == 1


def test_rebuild_matches_everything_and_gives_the_same(engine: Engine, now: datetime, call_id: int) -> None:
    before = match_calls(engine, WORDS, by_words, now)
    assert match_calls(engine, WORDS, by_words, now, rebuild=True) == before
    with Session(engine) as session:
        assert len(session.exec(select(Match)).all()) == before.matches


def test_only_opgaven_with_words_are_matched() -> None:
    assert {c.id for c in shipped_challenges()} == {c.id for c in shipped_challenges() if c.words_nl}
    assert len(shipped_challenges()) == 28


def test_what_a_source_calls_its_target_groups_reaches_the_matcher() -> None:
    filed = Call(id=1, title="T", language="nl", particulars={"targets": ["ondernemer"]})
    assert call_text(filed).targets == ("ondernemer",)
