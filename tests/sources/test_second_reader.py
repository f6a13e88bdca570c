"""The second reader against a scripted endpoint: it must quote, it only proposes, and a day's calls and euros are bounded."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from werkzeug import Request, Response

from db.models import Call, Correction, Question, ReaderUse
from tests.make.crawls import make_listing, store
from tracker.calls.reader_endpoint import Endpoint
from tracker.sources.second_reader import read_questions

pytestmark = pytest.mark.one_database  # its SQL stands in rooms whose own tests run on both

SENTENCE = "Aanvragen kan tot 1 oktober 2026, of tot 1 november 2026 voor wie samenwerkt."
PATH = "/v1/chat/completions"


class Script:
    """What the endpoint says, in order, and what it was sent."""

    def __init__(self, server: HTTPServer) -> None:
        self.answers: list[Any] = []
        self.sent: list[dict[str, Any]] = []
        self.keys: list[str] = []
        server.expect_request(PATH, method="POST").respond_with_handler(self._answer)

    def _answer(self, request: Request) -> Response:
        self.sent.append(request.get_json())
        self.keys.append(request.headers.get("Authorization", ""))
        said = self.answers.pop(0)
        if isinstance(said, Response):
            return said
        content = said if isinstance(said, str) else json.dumps(said)
        body = {"choices": [{"message": {"content": content}}], "usage": {"total_tokens": 1000}}
        return Response(json.dumps(body), content_type="application/json")


@pytest.fixture
def script(httpserver: HTTPServer) -> Script:
    return Script(httpserver)


@pytest.fixture
def endpoint(httpserver: HTTPServer) -> Endpoint:
    return Endpoint(httpserver.url_for("/v1"), "geheim", "klein", 10, Decimal(1), Decimal(5))


@pytest.fixture
def asked(engine: Engine, now: datetime) -> Iterator[Session]:
    """Two calls of which a source leaves something open, and one that a person typed in."""
    question = {"field": "closes", "sentence": SENTENCE, "readings": ["2026-09-30", "2026-10-31"]}
    money = {"field": "budget", "sentence": "Er is 2,5 miljoen euro, of meer.", "readings": ["2500000"]}
    with Session(engine) as session:
        listings = [make_listing(n, deadlines=(), questions=(q,)) for n, q in ((1, question), (2, money))]
        store(session, listings, now)
        store(session, [make_listing(3, deadlines=(), questions=(question,), source="handmatig")], now, "handmatig")
        yield session


def questions(session: Session) -> list[Question]:
    session.expire_all()
    return list(session.exec(select(Question).order_by(col(Question.id))))


def test_a_quoted_reading_is_a_proposal_and_no_fact(
    asked: Session, engine: Engine, script: Script, endpoint: Endpoint, now: datetime
) -> None:
    script.answers = [
        {"value": "2026-09-30", "sentence": SENTENCE},
        '```json\n{"value": 2500000, "sentence": "Er is 2,5 miljoen  euro, of meer."}\n```',
    ]
    outcome = read_questions(engine, endpoint, now)
    assert (outcome.asked, outcome.used, outcome.stopped) == (2, 2, "")
    first, second, typed = questions(asked)
    assert first.proposal == {"value": "2026-09-30", "sentence": SENTENCE, "model": "klein"}
    assert second.proposal is not None
    assert second.proposal["value"] == "2500000"
    assert (typed.proposal, typed.read_at) == (None, None)  # what a person typed does not go out
    assert all(call.closes_at is None and call.budget is None for call in asked.exec(select(Call)))
    assert asked.exec(select(Correction)).all() == []
    assert script.keys == ["Bearer geheim"] * 2
    assert (script.sent[0]["model"], SENTENCE in script.sent[0]["messages"][1]["content"]) == ("klein", True)
    assert read_questions(engine, endpoint, now).asked == 0  # each question once


@pytest.mark.parametrize(
    "said",
    [
        {"value": "2026-09-30", "sentence": "Aanvragen kan tot en met 30 september 2026."},  # nobody wrote that
        {"value": "2026-09-30", "sentence": "kan"},
        {"value": "binnenkort", "sentence": SENTENCE},
        {"value": "2026-13-45", "sentence": SENTENCE},
        {"value": None, "sentence": None},
        {"value": ["2026-09-30"], "sentence": SENTENCE},
        "Ik denk 30 september.",
        "",
    ],
)
def test_what_is_not_in_the_text_or_no_value_is_thrown_away(
    asked: Session, engine: Engine, script: Script, endpoint: Endpoint, now: datetime, said: Any
) -> None:
    script.answers = [said]
    outcome = read_questions(engine, replace(endpoint, most_calls=1), now)
    assert (outcome.asked, outcome.used, outcome.thrown_away) == (1, 0, 1)
    assert questions(asked)[0].proposal is None


def test_a_day_has_so_many_calls_and_euros_and_the_next_day_anew(
    asked: Session, engine: Engine, script: Script, endpoint: Endpoint, now: datetime
) -> None:
    script.answers = [{"value": "2026-09-30", "sentence": SENTENCE}] * 3
    one = replace(endpoint, most_calls=1, euros_per_million=Decimal(10))
    assert read_questions(engine, one, now).asked == 1
    assert read_questions(engine, one, now).asked == 0
    use = asked.exec(select(ReaderUse)).one()
    assert (use.calls, use.tokens, use.euros) == (1, 1000, Decimal("0.01"))
    dear = replace(endpoint, euros_per_million=Decimal(125))  # a second call might cost more than the day has left
    asked.rollback()
    assert read_questions(engine, dear, now + timedelta(days=1)).asked == 1
    assert read_questions(engine, dear, now + timedelta(days=1)).asked == 0


@pytest.mark.parametrize(
    "failure",
    [
        Response("traag", status=503),
        Response("nee", status=401),
        Response("{}", content_type="application/json"),
        Response("<html>", content_type="text/html"),
        Response("", status=302, headers={"Location": "http://127.0.0.1:1/elders"}),
        Response("x" * 300_000),
    ],
    ids=["503", "401", "no choices", "no JSON", "redirect", "too long"],
)
def test_a_failure_stops_the_round_counts_and_is_tried_again(
    asked: Session, engine: Engine, script: Script, endpoint: Endpoint, now: datetime, failure: Response
) -> None:
    script.answers = [failure]
    outcome = read_questions(engine, endpoint, now)
    assert (outcome.asked, "gave no answer" in outcome.stopped) == (0, True)
    assert asked.exec(select(ReaderUse.calls)).one() == 1
    assert questions(asked)[0].read_at is None
    script.answers = [{"value": None, "sentence": None}] * 2
    asked.rollback()
    assert read_questions(engine, endpoint, now).asked == 2


def test_a_text_that_changed_is_read_anew(
    asked: Session, engine: Engine, script: Script, endpoint: Endpoint, now: datetime
) -> None:
    script.answers = [{"value": "2026-09-30", "sentence": SENTENCE}, {"value": None, "sentence": None}]
    read_questions(engine, endpoint, now)
    other = {
        "field": "closes",
        "sentence": "Aanvragen kan tot 1 december 2026, denken wij.",
        "readings": ["2026-11-30"],
    }
    store(asked, [make_listing(1, deadlines=(), questions=(other,))], now + timedelta(days=1))
    assert (questions(asked)[0].proposal, questions(asked)[0].read_at) == (None, None)
    script.answers = [{"value": "2026-11-30", "sentence": other["sentence"]}]
    asked.rollback()
    assert read_questions(engine, endpoint, now + timedelta(days=1)).used == 1
