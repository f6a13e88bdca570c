"""What many calls have is found by other statements than what few have, and is the same, in the same order."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import Session, col, func

from db.models import Call
from db.models.columns import table
from db.queries import CallFilter, calls_for
from db.search import how_many, read_translations
from db.search_index import index_words
from db.search_words import search_words
from db.status import IS_CALL
from db.vocabulary import Eligibility, Nature, Status
from tests.bench.pages import fill
from tracker.challenges.agenda import load_agendas
from tracker.matching import search
from tracker.matching.search import FoundCalls, find

CALLS, FEW = 240, 10_000
QUESTIONS = (
    "warmtenetten", "district heating", "heat", '"district heating"', "fietsparkeren Almere", "circulaire", "energy",
    "HORIZON-CL5-2027-7", "CL5-2027", "horizon 2027", "europese commissie", "in de stad", "niksniks", "warmtenetten 2027",
)  # fmt: skip
BROAD = ("warmtenetten", "district heating", "heat", "circulaire", "energy")
TITLES = ("A district heating network", "Heating in each district", "Warmtenet", "Heat")


@pytest.fixture
def many(session: Session, now: datetime) -> Session:
    """Calls that run, have closed, have no date, are said to be open still, are moments, or were joined into one."""
    load_agendas(session)
    fill(session, CALLS)
    for n in range(10, CALLS + 1):
        title = f"{TITLES[n % 4]} {n}"
        values = {"eligible": list(Eligibility)[n % 4], "closes_at": now + timedelta(days=n - 150)}
        if n % 3 == 0:
            code = f"HORIZON-CL5-2027-{n:02d}"
            values |= {"title": title, "search_text": search_words("en", title, ["LIFE"], (code,))}
        if n % 7 == 0:
            values |= {"closes_at": None, "first_gate_at": None}
        if n % 5 == 0:
            values |= {"source_word": Status.OPEN, "last_seen": now}
        if n % 11 == 0:
            values |= {"nature": Nature.MOMENT} if n % 2 else {"joined_into": 1}
        session.connection().execute(update(table(Call)).where(table(Call).c.id == n).values(values))
    index_words(session.connection(), range(1, CALLS + 1))
    session.expire_all()
    return session


@pytest.mark.parametrize("question", QUESTIONS)
def test_it_is_the_same_whichever_way_it_is_found(
    many: Session, now: datetime, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    ways = []
    for few in (FEW, 0):
        monkeypatch.setattr(search, "FEW", few)
        ways.append([_told(found) for found in _all_ways(many, now, question)])
    assert ways[0] == ways[1]


def _all_ways(session: Session, now: datetime, question: str) -> list[FoundCalls]:
    asked = CallFilter(text=question)
    return [find(session, asked, now, order, page, 10) for order in ("", *search.ORDERS) for page in (1, 2, 5)]


def _told(found: FoundCalls) -> tuple[int, list[int]]:
    return found.total, [call.id for call in found.calls]


@pytest.mark.parametrize("status", [(Status.OPEN,), (Status.ANNOUNCED,), (Status.OPEN, Status.NOT_LISTED)])
@pytest.mark.parametrize("question", QUESTIONS)
def test_what_stands_is_what_has_the_words_and_that_status(
    many: Session, now: datetime, question: str, status: tuple[Status, ...]
) -> None:
    wanted, names = CallFilter(text=question, status=status), read_translations(many)
    having = set(many.exec(calls_for(wanted, now, 0, names).where(IS_CALL).with_only_columns(col(Call.id))))
    found = find(many, wanted, now, most=CALLS)
    assert ({call.id for call in found.calls}, found.total) == (having, len(having))


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_index_counts_what_the_calls_say(many: Session, now: datetime, question: str) -> None:
    names = read_translations(many)
    having = calls_for(CallFilter(text=question), now, 0, names).where(IS_CALL).order_by(None)
    total = many.exec(having.with_only_columns(func.count())).one()
    counted = how_many(many, question, names, few=0)
    assert counted == (total if question in BROAD else counted and total)


def test_of_a_broad_word_no_call_is_read_that_has_closed(many: Session, now: datetime) -> None:
    connection = many.connection()
    if connection.dialect.name != "sqlite":
        return
    asked = search.Question(
        search.SortBasis(now, CallFilter(text="warmtenetten"), read_translations(many), None, search.ANYWHERE),
        (IS_CALL,), search.ORDERS["words"], 1, 10,
    )  # fmt: skip
    put = str(asked.one_page(asked.first()).compile(connection, compile_kwargs={"render_postcompile": True}))
    nothing = (None,) * put.count("?")  # a plan needs no values
    plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {put}", nothing)]
    assert "SEARCH call USING COVERING INDEX ix_call_standing (closes_at>?)" in plan
