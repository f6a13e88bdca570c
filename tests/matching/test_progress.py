"""A first matching of many calls: pages say how far it is, and answer and write while it computes."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from db.models import Call, Match, User
from db.session import reading, writing
from tests.make.pages import make_user, visit
from tests.matching.test_run import WORDS, make_call
from tracker.challenges.agenda import load_agendas
from tracker.matching import Matcher
from tracker.matching import run as matching_run
from tracker.matching.progress import MatchingProgress, matching_progress
from tracker.matching.run import match_calls

CALLS = 6


@pytest.fixture
def reader(engine: Engine, now: datetime) -> User:
    with writing(engine) as session:
        load_agendas(session)
        for n in range(CALLS):
            make_call(session, now, f"Subsidie warmtenetten voor gemeenten {n}")
        user = make_user(session, now)
        session.expunge_all()
        return user


def progress_of(engine: Engine) -> MatchingProgress | None:
    with reading(engine) as session:
        return matching_progress(session)


def test_pages_answer_and_people_sign_in_while_calls_are_matched(
    engine: Engine, now: datetime, tmp_path: Path, reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching_run, "BATCH", 2)
    pages: list[str] = []

    class MatcherInUse(Matcher):
        """A matcher during whose work somebody signs in, which is written, and opens pages."""

        def match(self, *given: Any, **more: Any) -> Any:
            with visit(engine, now, tmp_path, reader) as visitor:
                pages.extend(visitor.get(path).text for path in ("/", "/regelingen"))
            return super().match(*given, **more)

    assert match_calls(engine, WORDS, lambda texts: MatcherInUse(texts, None), now).calls == CALLS
    assert len(pages) == CALLS
    for number, page in enumerate(pages):
        assert f"{number // 2 * 2} van {CALLS} regelingen zijn naast de opgaven gelegd" in page
    assert progress_of(engine) is None
    with reading(engine) as session:
        assert len(set(session.exec(select(Match.call_id)))) == CALLS
    with visit(engine, now, tmp_path, reader) as visitor:
        assert "naast de opgaven gelegd" not in visitor.get("/").text


def test_a_call_joined_into_another_waits_for_nothing(engine: Engine, now: datetime, reader: User) -> None:
    with writing(engine) as session:
        first, second = session.exec(select(Call).order_by(col(Call.id)).limit(2)).all()
        second.joined_into = first.id
    assert progress_of(engine) == MatchingProgress(CALLS - 1, CALLS - 1)
