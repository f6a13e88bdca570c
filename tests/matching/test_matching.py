"""The matcher as a whole: what it says, why, and what it does with bad input."""

import json
from pathlib import Path

import pytest

from tests.make.pace import seconds_of
from tracker.matching import DIGEST_THRESHOLD, MODEL, CallText, ChallengeText, Matcher, embedder
from tracker.matching.corpus import challenges_of

AGENDA = Path(__file__).parents[2] / "tracker" / "agendas" / "mra" / "agenda-2020-2024.yaml"
FIETS = CallText(
    "1",
    "Kleine infrastructuur: snelfietsroutes en fietsenstallingen",
    "Gemeenten en de provincie kunnen subsidie aanvragen voor de aanleg van doorfietsroutes. "
    "Ook fietsenstallingen bij stations komen in aanmerking voor een bijdrage van de provincie.",
    language="nl",
    publisher="Provincie Noord-Holland",
)
CIRCULAR = CallText(
    "2",
    "Circular cities: living labs for reuse and repair of textile waste in regions",
    "Cities and regions will demonstrate circular economy solutions for textile waste with local authorities. "
    "Projects are expected to deploy reuse, repair and recycling systems at city scale.",
    call="Circular economy and bioeconomy sectors",
    type="HORIZON Innovation Actions",
    programme=("Horizon Europe (HORIZON)",),
    language="en",
)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(challenges_of(AGENDA), embedder())


@pytest.fixture(scope="module")
def by_words() -> Matcher:
    return Matcher(challenges_of(AGENDA), None)


def test_a_dutch_and_an_english_call_meet_their_opgave(matcher: Matcher) -> None:
    fiets, circular = matcher.match([FIETS, CIRCULAR])
    assert fiets.matches[0].challenge_id == "A20-3-fiets"
    assert circular.matches[0].challenge_id == "A20-1-circulair"
    assert circular.matches[0].score >= DIGEST_THRESHOLD
    assert fiets.eligible == "self"
    assert fiets.area == "provincie Noord-Holland"


def test_every_match_says_why_from_both_sides_in_dutch(matcher: Matcher) -> None:
    match = matcher.match([CIRCULAR])[0].matches[0]
    assert {reason["kind"] for reason in match.reasons} == {"title", "sentence"}
    sentence = next(r for r in match.reasons if r["kind"] == "sentence")
    assert sentence["call"] in CIRCULAR.text
    assert sentence["call"].endswith(".")
    assert sentence["challenge"]
    assert sentence["text"].startswith("De zin")
    json.dumps(match.reasons)


def test_a_programme_a_kind_of_action_or_one_general_word_is_no_reason(matcher: Matcher) -> None:
    call = CallText(
        "3", "Strategic projects", "Projects work on storage. They are large and they run for several years.",
        type="LIFE Project Grants", programme=("Programme for the Environment and Climate Action (LIFE)",), language="en",
    )  # fmt: skip
    for match in matcher.match([call])[0].matches:
        assert all("LIFE" not in reason["call"] for reason in match.reasons)
        assert all(reason["challenge"] != "storage" for reason in match.reasons)


def test_one_call_alone_scores_as_it_does_among_others(matcher: Matcher) -> None:
    alone, _ = matcher.scores([FIETS])
    among, _ = matcher.scores([CIRCULAR, FIETS, CIRCULAR])
    assert alone[0] == pytest.approx(among[1], abs=1e-5)


def test_without_the_encoder_the_words_decide_and_the_model_says_so(by_words: Matcher) -> None:
    found = by_words.match([FIETS, CIRCULAR])
    assert found[0].matches[0].challenge_id == "A20-3-fiets"
    assert found[1].matches[0].challenge_id == "A20-1-circulair"
    assert found[0].model.startswith(MODEL)
    assert "lexicon only" in found[0].model
    assert all(r["kind"] in ("title", "sentence") for m in found[0].matches for r in m.reasons)


def test_the_identifier_is_not_scored_on(matcher: Matcher) -> None:
    named = CallText("LIFE-2026-SAP-CLIMA-CCA", "A title", "A text.")
    other = CallText("EDF-2026-RA", "A title", "A text.")
    first, second = matcher.scores([named])[0], matcher.scores([other])[0]
    assert (first == second).all()


ODD_CHALLENGES = (
    ChallengeText("empty", ""),
    ChallengeText("stop", "de het een", "the of and", ("de", "het", "*", "a*"), ("the", "and")),
    ChallengeText("signs", ".*(", "", (".*(", "C++", "[", "\\"), ("R&D", "(?:", "%s")),
)


@pytest.mark.parametrize("mode", ["vectors", "words"])
def test_an_opgave_without_sense_matches_nothing_and_breaks_nothing(mode: str) -> None:
    odd = Matcher(ODD_CHALLENGES, embedder() if mode == "vectors" else None)
    for found in odd.match([FIETS, CIRCULAR]):
        assert all(match.score < DIGEST_THRESHOLD for match in found.matches)
    programming = CallText("3", "Courses in C++ for R&D", "The course teaches C++ to R&D departments of companies.")
    named = {r["challenge"] for m in odd.match([programming])[0].matches for r in m.reasons}
    assert all("C++" in words or "R&D" in words for words in named)


ODD_CALLS = (
    CallText("", "", ""),
    CallText(
        "mojibake", "RÃ©gion â€“ circular economy", "CafÃ© and â€œcircularâ€\x9d economy â€” reuse of textiles " * 3
    ),
    CallText("german", "Förderung der Kreislaufwirtschaft in Städten", "Gemeinden können Mittel beantragen."),
    CallText("odd", "\x00\ufffd \u202e İİİ 🚲🚲", "\u0130" * 500 + " fietspad \ud7ff"),
)


@pytest.mark.parametrize("call", ODD_CALLS, ids=lambda c: c.id or "empty")
def test_an_odd_call_breaks_nothing_and_does_not_match_everything(
    call: CallText, matcher: Matcher, by_words: Matcher
) -> None:
    for one in (matcher, by_words):
        found = one.match([call])[0]
        assert sum(m.score >= DIGEST_THRESHOLD for m in found.matches) <= 4


def test_a_call_of_a_hundred_thousand_words_is_read_in_a_moment(matcher: Matcher) -> None:
    long = CallText("long", "Circular economy", "circular economy and reuse of textile waste in cities " * 12_500)
    short = CallText("short", "Circular economy", "circular economy and reuse of textile waste in cities " * 1_250)
    usual = seconds_of(lambda: matcher.match([short]), goes=2)
    found = []
    assert seconds_of(lambda: found.extend(matcher.match([long]))) < 20 * usual  # ten times the words
    assert found[0].matches[0].challenge_id == "A20-1-circulair"


def test_no_calls_and_no_opgaven_give_nothing(matcher: Matcher) -> None:
    assert matcher.match([]) == []
    assert Matcher((), None).match([FIETS])[0].matches == []
    assert Matcher((), embedder()).match([FIETS])[0].matches == []
