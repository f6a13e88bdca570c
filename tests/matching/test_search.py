"""Search finds the same calls on both databases, whatever the spelling."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from db.models import Agenda, Call, Challenge
from db.queries import CallFilter, calls_for
from db.search import in_other_language, matching, programmes, read_translations
from db.search_words import WORDS, fold, forms, searchable
from db.vocabulary import Eligibility
from tests.make.crawls import make_listing, store
from tests.make.found import found_ids
from tracker.matching.search import PersonalFilter, find, found_apart
from tracker.web.calls import filter_form

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
        ("regeling of subsidie voor een café", {3}),
        ("regeling", {1}),
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
        ("' UNION SELECT --", set()),
        ("haven*) OR (", {4}),  # "or" says nothing of a call
    ],
)
def test_a_question_finds(calls: Session, now: datetime, question: str, found: set[int]) -> None:
    titles = {CALLS[n][1] for n in found}
    hits = found_ids(calls, question, now)
    assert set(calls.exec(select(Call.title).where(Call.id.in_(hits)))) == titles  # type: ignore[union-attr]


def test_words_in_the_title_come_first(session: Session, now: datetime) -> None:
    listed = [make_listing(1, title="Waterstof"), make_listing(2, title="Anders", summary="waterstof")]
    store(session, listed, now)
    assert found_ids(session, "waterstof", now) == [1, 2]


def test_the_index_follows_a_change(session: Session, now: datetime) -> None:
    store(session, [make_listing(1, title="Molens")], now)
    store(session, [make_listing(1, title="Sluizen")], now)
    assert found_ids(session, "molens", now) == []
    assert found_ids(session, "sluis", now) == [1]


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
    found = [form for word in dict.fromkeys(WORDS.findall(fold(text))) for form in forms(word, "nl")]
    assert dict.fromkeys(searchable("nl", text).split()) == dict.fromkeys(" ".join(found).split())


TOPICS = {
    1: ("HORIZON-CL5-2027-07-D3-16", "Tandem photovoltaics", ("Horizon Europe",), "Better solar cells."),
    2: ("HORIZON-CL5-2027-08-D3-07", "Heat networks of cities", ("Horizon Europe",), "District heating for all."),
    3: (
        "LIFE-2026-CET-LOCAL",
        "Local heating plans",
        ("LIFE",),
        "Municipalities plan; quality of life, and a district.",
    ),
    4: ("CEF-T-2026-AFIFGEN", "Charging infrastructure", ("Connecting Europe Facility",), "Along the main roads."),
}


@pytest.fixture
def topics(session: Session, now: datetime) -> Session:
    """Four topics of the EU portal, a Dutch scheme, and an opgave that says what its words are called in English."""
    listed = [
        make_listing(
            50129690 + n, title=title, language="en", references=(code,), code=code, programme=named, summary=text
        )
        for n, (code, title, named, text) in TOPICS.items()
    ]
    scheme = make_listing(9, title="Regeling stadswarmtenetten", summary="Fietsinfrastructuur langs het spoor.")
    store(session, [*listed, scheme], now)
    session.add(Agenda(id="A", name="Agenda", valid_from=now.date()))
    session.flush()
    called = {"warmtenet": ["district heating"], "zonnepanelen": ["photovoltaic*"], "brede weg": ["main roads"]}
    session.add(Challenge(id="A-1", agenda_id="A", kind="line", status="official", translations=called))
    session.flush()
    return session


def titles(session: Session, question: str, now: datetime) -> list[str]:
    return [call.title for call in find(session, CallFilter(text=question), now).calls]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("HORIZON-CL5-2027-07-D3-16", {1}),
        ("cl5-2027-07-d3", {1}),
        ("CL5-2027", {1, 2}),
        ("HORIZON CL5 2027", {1, 2}),
        ("CL5", {1, 2}),
        ("D3-07", {2}),  # and not the one that has 07 before its D3
        ("50129691", {1}),
        ("life-2026-cet", {3}),
        ("CEF", {4}),
        ("cef 2026", {4}),
        ("zonnepaneel", {1}),
        ("warmtenet", {2, 9}),
        ("brede weg", {4}),
        ("district heating", {2, 3, 9}),  # the words anywhere; and what the opgave calls it in Dutch
        ('"district heating"', {2}),
        ('"quality of life" plan', {3}),
        ('"life of quality"', set()),
        ("2021-2027", set()),
        ("infrastructuur", {9}),
        ("fiets", {9}),
        ("infrastructuur fietsen", {9}),
    ],
)
def test_what_a_fundraiser_types_finds(topics: Session, now: datetime, question: str, found: set[int]) -> None:
    expected = {TOPICS[n][1] if n in TOPICS else "Regeling stadswarmtenetten" for n in found}
    assert set(titles(topics, question, now)) == expected


def test_a_compound_that_is_typed_finds_its_halves(session: Session, now: datetime) -> None:
    store(session, [make_listing(1, title="Meer ruimte voor de fiets: infrastructuur in de wijk")], now)
    assert found_ids(session, "fietsinfrastructuur", now) == [1]


@pytest.mark.parametrize("title", ["Besparen van energie tegen armoede", "Energie for people in poverty"])
def test_a_compound_finds_halves_that_no_dictionary_has_and_what_they_are_called(
    session: Session, now: datetime, title: str
) -> None:
    store(session, [make_listing(1, title=title, language="en" if "people" in title else "nl")], now)
    assert titles(session, "energiearmoede", now) == [title]


def test_code_then_programme_or_title_then_the_text_stands_first(topics: Session, now: datetime) -> None:
    store(topics, [make_listing(7, title="Long-lifetime materials", language="en")], now)
    topics.exec(select(Call).where(Call.title == "Long-lifetime materials")).one().eligible = Eligibility.SELF
    topics.flush()
    assert titles(topics, "LIFE", now) == ["Local heating plans", "Long-lifetime materials"]
    assert titles(topics, "heating district", now)[-1] == "Heat networks of cities"
    store(topics, [make_listing(8, title="Over HORIZON-CL5-2027-07-D3-16", summary="Vragen.")], now)
    assert titles(topics, "HORIZON-CL5-2027-07-D3-16", now)[0] == "Tandem photovoltaics"


def test_it_is_said_what_else_was_looked_for(topics: Session) -> None:
    called = read_translations(topics)
    assert in_other_language("warmtenetten amsterdam", called) == ["district heating"]
    assert in_other_language('"warmtenetten"', called) == []


def test_calls_of_a_programme(topics: Session, now: datetime) -> None:
    assert programmes(topics) == ["Connecting Europe Facility", "Horizon Europe", "LIFE"]
    found = find(topics, CallFilter(programmes=("LIFE", "Connecting Europe Facility")), now)
    assert {call.title for call in found.calls} == {"Local heating plans", "Charging infrastructure"}
    both = find(topics, CallFilter(programmes=("Horizon Europe",), text="heat"), now, personal=PersonalFilter())
    assert [call.title for call in both.calls] == ["Heat networks of cities"]


def test_the_programmes_to_choose_from_follow_what_sources_say_and_rest_otherwise(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    options, read = filter_form.Programmes(), []
    monkeypatch.setattr(filter_form, "programmes", lambda session: read.append(1) or programmes(session))
    listed = {"title": "Tandem photovoltaics", "language": "en"}
    store(session, [make_listing(1, programme=("LIFE",), **listed)], now)
    assert options.options(session) == [("LIFE", "LIFE")]
    store(session, [make_listing(1, programme=("LIFE",), **listed)], now + timedelta(days=1))
    assert options.options(session) == [("LIFE", "LIFE")]
    assert len(read) == 1  # it says nothing new
    store(session, [make_listing(1, programme=("Interreg",), **listed)], now + timedelta(days=2))
    assert options.options(session) == [("Interreg", "Interreg")]


def test_a_translation_finds_as_soon_as_it_is_written(topics: Session, now: datetime) -> None:
    assert titles(topics, "batterijtje", now) == []
    opgave = topics.get_one(Challenge, "A-1")
    opgave.translations = {**opgave.translations, "batterijtje": ["solar cells"]}
    topics.add(opgave)
    topics.flush()
    assert titles(topics, "batterijtje", now) == ["Tandem photovoltaics"]


def test_beginnings_of_words_have_an_index_of_their_own(session: Session) -> None:
    if session.connection().dialect.name == "sqlite":
        made = session.connection().exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'search_call'").scalar()
        assert "prefix='4 5 6'" in made


def test_what_belongs_to_no_opgave_finds_english_calls_too(topics: Session) -> None:
    assert "citizens" in in_other_language("burgers", read_translations(topics))


def test_where_nothing_has_all_words_each_is_counted_by_itself(topics: Session, now: datetime) -> None:
    def apart(question: str, **narrowed: object) -> list[tuple[str, int]]:
        return found_apart(topics, CallFilter(text=question, **narrowed), now)  # type: ignore[arg-type]

    assert titles(topics, "warmtenet fietsbrug zonnepaneel", now) == []
    assert apart("warmtenet fietsbrug zonnepaneel") == [("zonnepaneel", 1), ("fiets", 1), ("warmtenet", 2)]
    assert apart('"district heating" LIFE-2026-CET-LOCAL') == [('"district heating"', 1), ("life-2026-cet-local", 1)]
    assert apart("warmtenet zonnepaneel", languages=("nl",)) == [("warmtenet", 1)]
    assert apart("fietsbrug") == [("fiets", 1)]  # of a compound that nothing has, its halves
    assert apart("grant voor de fietsbrug") == [("fiets", 1)]


def test_what_still_closes_comes_first_and_no_page_of_all_leaves_any_out(session: Session, now: datetime) -> None:
    store(session, [make_listing(n, title=f"Regeling {n}") for n in range(9)], now)
    rows = session.exec(select(Call).order_by(Call.id)).all()  # type: ignore[arg-type]
    for day, call in zip((3, -3, 5, -5, None, 1, -1, None, 2), rows, strict=True):
        call.closes_at = call.first_gate_at = None if day is None else now + timedelta(days=day)
    session.flush()
    whole = [call.id for call in find(session, CallFilter(), now, most=30).calls]
    assert whole[:4] == [rows[at].id for at in (5, 8, 0, 2)]
    for most in (1, 2, 3, 4, 5, 8):
        pages = [find(session, CallFilter(), now, page=page, most=most) for page in range(1, 10)]
        assert [call.id for page in pages for call in page.calls] == whole[: most * 9]
        assert {page.total for page in pages} == {9}
