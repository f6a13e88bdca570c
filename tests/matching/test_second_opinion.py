"""The second reader on borderline matches, against a scripted endpoint: bounded, quoting or thrown away, moving nothing."""

import json
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from werkzeug import Request, Response

from db.models import Call, Match, ReaderUse, SecondOpinion, User
from db.session import writing
from tests.make.mail_cases import make_agenda, make_call, make_reader
from tests.make.pages import visit
from tracker.calls.reader_endpoint import Endpoint
from tracker.matching import DIGEST_THRESHOLD
from tracker.matching.second_opinion import NEAR, ask_opinions

pytestmark = pytest.mark.one_database  # its SQL stands in rooms whose own tests run on both

SENTENCE = "Gemeenten krijgen geld om gebouwen te slopen en het materiaal opnieuw te gebruiken."
SUMMARY = f"Over deze regeling. {SENTENCE} Aanvragen kan tot het einde van het jaar."


@pytest.fixture
def sent(httpserver: HTTPServer) -> list[dict[str, Any]]:
    """What the endpoint was sent; it answers with what the test puts in ``answers``."""
    bodies: list[dict[str, Any]] = []

    def answer(request: Request) -> Response:
        bodies.append(request.get_json())
        content = httpserver.answers.pop(0) if httpserver.answers else "{}"  # type: ignore[attr-defined]
        body = {"choices": [{"message": {"content": content}}], "usage": {"total_tokens": 900}}
        return content if isinstance(content, Response) else Response(json.dumps(body), content_type="application/json")

    httpserver.answers = []  # type: ignore[attr-defined]
    httpserver.expect_request("/v1/chat/completions", method="POST").respond_with_handler(answer)
    return bodies


@pytest.fixture
def endpoint(httpserver: HTTPServer) -> Endpoint:
    return Endpoint(httpserver.url_for("/v1"), "geheim", "klein", 10, Decimal(1), Decimal(5))


@pytest.fixture
def calls(engine: Engine, now: datetime) -> list[int]:
    """Calls at, just under, well above and well under the threshold, and one that no public body can use."""
    make_agenda(engine)
    scores = (DIGEST_THRESHOLD, DIGEST_THRESHOLD - NEAR / 2, DIGEST_THRESHOLD + NEAR * 2, DIGEST_THRESHOLD - NEAR * 2)
    ids = [
        make_call(engine, now, f"Regeling {n}", score=max(score, 0.01), summary=SUMMARY, eligible="self")
        for n, score in enumerate(scores)
    ]
    return [*ids, make_call(engine, now, "Voor bedrijven", score=DIGEST_THRESHOLD, summary=SUMMARY, eligible="no")]


def said(value: str, sentence: str | None = SENTENCE) -> str:
    return json.dumps({"value": value, "sentence": sentence})


def opinions(engine: Engine) -> list[SecondOpinion]:
    with Session(engine) as session:
        return list(session.exec(select(SecondOpinion).order_by(col(SecondOpinion.call_id))))


def test_only_borderline_matches_are_asked_once_and_no_score_moves(
    engine: Engine, now: datetime, calls: list[int], endpoint: Endpoint, sent: list[Any], httpserver: HTTPServer
) -> None:
    httpserver.answers = [said("yes"), said("no")]  # type: ignore[attr-defined]
    with Session(engine) as session:
        before = session.exec(select(Match.call_id, Match.score)).all()
    outcome = ask_opinions(engine, endpoint, now)
    assert (outcome.asked, outcome.used, outcome.stopped) == (2, 2, "")
    assert [(o.call_id, o.fits, o.sentence) for o in opinions(engine)] == [
        (calls[0], True, SENTENCE),
        (calls[1], False, SENTENCE),
    ]
    assert all(SUMMARY in body["messages"][1]["content"] for body in sent)
    assert ask_opinions(engine, endpoint, now).asked == 0
    with writing(engine) as session:
        assert session.exec(select(Match.call_id, Match.score)).all() == before
        session.get_one(Call, calls[0]).matched_revision += 1  # a new text, matched again
    assert ask_opinions(engine, endpoint, now).asked == 1


@pytest.mark.parametrize(
    "answer",
    [
        said("yes", "Gemeenten krijgen geld om te bouwen."),
        said("yes", None),
        said("yes", "om"),
        said("misschien"),
        "Ja, dit past.",
        "",
    ],
)
def test_what_it_cannot_quote_is_thrown_away_and_not_shown(
    engine: Engine,
    now: datetime,
    calls: list[int],
    endpoint: Endpoint,
    sent: list[Any],
    httpserver: HTTPServer,
    tmp_path: Path,
    answer: str,
) -> None:
    httpserver.answers = [answer]  # type: ignore[attr-defined]
    outcome = ask_opinions(engine, replace(endpoint, most_calls=1), now)
    assert (outcome.asked, outcome.used, outcome.thrown_away) == (1, 0, 1)
    assert [(o.fits, o.sentence) for o in opinions(engine)] == [(None, "")]
    with Session(engine) as session:
        user = session.get_one(User, make_reader(engine, now))
    with visit(engine, now, tmp_path, user) as visitor:
        assert "Tweede lezer" not in visitor.get(f"/regelingen/{calls[0]}").text


def test_a_day_is_bounded_and_a_failure_stops_and_counts(
    engine: Engine, now: datetime, calls: list[int], endpoint: Endpoint, sent: list[Any], httpserver: HTTPServer
) -> None:
    httpserver.answers = [Response("traag", status=503), said("yes")]  # type: ignore[attr-defined]
    outcome = ask_opinions(engine, endpoint, now)
    assert (outcome.asked, "gave no answer" in outcome.stopped) == (0, True)
    two = replace(endpoint, most_calls=2)
    assert ask_opinions(engine, two, now).asked == 1  # one of the two went to the failure
    assert ask_opinions(engine, two, now).asked == 0
    with Session(engine) as session:
        assert session.exec(select(ReaderUse.calls)).one() == 2


def test_its_word_is_shown_as_its_own_with_the_sentence(
    engine: Engine,
    now: datetime,
    calls: list[int],
    endpoint: Endpoint,
    sent: list[Any],
    httpserver: HTTPServer,
    tmp_path: Path,
) -> None:
    httpserver.answers = [said("no"), said("yes")]  # type: ignore[attr-defined]
    ask_opinions(engine, endpoint, now)
    with Session(engine) as session:
        user = session.get_one(User, make_reader(engine, now))
    with visit(engine, now, tmp_path, user) as visitor:
        page = visitor.get(f"/regelingen/{calls[0]}").text
    assert "Tweede lezer (klein), op de grens gevraagd: gaat hier niet over" in page
    assert f'<q lang="nl">{SENTENCE}</q>' in page
