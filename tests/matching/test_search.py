"""Search finds the same calls on both databases, whatever the spelling."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from db.models import Call
from db.queries import CallFilter, calls_for
from db.search import WORDS, fold, matching, parts, search, searchable, stem
from tests.make.crawls import make_listing, store

CALLS = {
    1: ("nl", "Regeling circulaire fietsroutes", "Subsidies voor gemeenten; energie-transitie in wijken"),
    2: ("en", "Innovative batteries for waterborne transport", "Municipalities may join as a partner"),
    3: ("nl", "Café Fryslân: duurzame horeca", "Opgaven voor ondernemers, € 2.500 per deelnemer"),
    4: ("nl", "Waterstof in de haven", "C++ en R&D; 'aanhalingstekens' \"dubbel\" en 50%"),
}


@pytest.fixture
def calls(session: Session, now: datetime) -> Session:
    listed = [make_listing(n, language=lang, title=t, summary=s) for n, (lang, t, s) in CALLS.items()]
    store(session, listed, now)
    return session


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("fietsroute", {1}),
        ("fiets", {1}),
        ("subsidie gemeente", {1}),
        ("energietransitie", {1}),
        ("energie-transitie", {1}),
        ("cafe fryslan", {3}),
        ("CAFÉ", {3}),
        ("opgave", {3}),
        ("battery", {2}),
        ("water", {2, 4}),
        ("municipality partner", {2}),
        ("niets hiervan", set()),
        ('R&D "', {4}),
        ("!!!", set()),
        ("' OR 1=1 --", set()),
        ("haven*) OR (", set()),
    ],
)
def test_a_question_finds(calls: Session, question: str, found: set[int]) -> None:
    titles = {CALLS[n][1] for n in found}
    hits = search(calls, question)
    assert set(calls.exec(select(Call.title).where(Call.id.in_(hits)))) == titles  # type: ignore[union-attr]


def test_words_in_the_title_come_first(session: Session, now: datetime) -> None:
    listed = [make_listing(1, title="Waterstof"), make_listing(2, title="Anders", summary="waterstof")]
    store(session, listed, now)
    assert search(session, "waterstof") == [1, 2]


def test_the_index_follows_a_change(session: Session, now: datetime) -> None:
    store(session, [make_listing(1, title="Molens")], now)
    store(session, [make_listing(1, title="Sluizen")], now)
    assert search(session, "molens") == []
    assert search(session, "sluis") == [1]


def test_a_question_without_words_finds_nothing_and_an_empty_one_everything(calls: Session) -> None:
    assert len(calls.exec(select(Call).where(matching("  "))).all()) == 4
    assert calls.exec(select(Call).where(matching("&"))).all() == []


def test_the_filter_searches_too(calls: Session, now: datetime) -> None:
    found = calls.exec(calls_for(CallFilter(text="haven"), now)).all()
    assert [call.title for call in found] == ["Waterstof in de haven"]


def test_folding_takes_accents_and_case_away() -> None:
    assert fold("Één Ïsland Straße ﬁets") == "een island strasse fiets"
    assert searchable("nl", None, "") == ""


@given(st.text(alphabet="abcxyzéß€09-–_ .,/\n'", max_size=60))
def test_the_quick_way_to_find_words_finds_the_same(text: str) -> None:
    found = [stem(part, "nl") for word in dict.fromkeys(WORDS.findall(fold(text))) for part in parts(word)]
    assert dict.fromkeys(searchable("nl", text).split()) == dict.fromkeys(" ".join(found).split())
