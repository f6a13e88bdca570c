"""People beat the machine: what verdicts do to the ranking of later calls."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
import pytest

from tracker.matching import CallText, Matcher, embedder
from tracker.matching.vectors import packed_rows, unpacked_rows
from tracker.matching.verdict_ranking import DEEPEST, ActiveVerdict, RankedPair, after_verdicts, alike_to

NOW = datetime(2026, 5, 29, 6, 0, tzinfo=UTC)
TEXTS = {
    "heat-1": "Subsidie voor warmtepompen in het mkb. Ondernemers kopen een warmtepomp voor hun bedrijfspand.",
    "heat-2": "Warmtepomp voor ondernemers. Bedrijven krijgen subsidie voor een warmtepomp in hun pand.",
    "heat-3": "Subsidie warmtepomp bedrijven. Het mkb koopt met subsidie een warmtepomp.",
    "heat-4": "Nieuwe ronde warmtepompen voor bedrijven. Ondernemers vragen subsidie aan voor een warmtepomp.",
    "bike": "Doorfietsroutes in de regio. Gemeenten leggen snelle fietsroutes aan.",
}


@cache
def vector(name: str) -> bytes:
    """By the real encoder, read when a test first asks: collecting tests does not wait for it."""
    texts = [CallText(key, text.split(".")[0], text) for key, text in TEXTS.items()]
    (read,) = [match for match in Matcher((), embedder()).match(texts) if match.call_id == name]
    assert read.vector is not None
    return packed_rows([read.vector])


def ranked(name: str, score: float = 0.6, challenge: str = "energie") -> RankedPair:
    return RankedPair(name, challenge, score, vector(name))


def no(name: str, reason: str = "not_eligible", challenge: str | None = "energie", days: int = 10) -> ActiveVerdict:
    return ActiveVerdict(name, challenge, "no", reason, NOW - timedelta(days=days), vector(name))


def yes(name: str) -> ActiveVerdict:
    return ActiveVerdict(name, "energie", "yes", None, NOW - timedelta(days=3), vector(name))


def scores(pairs: list[RankedPair]) -> dict[str, float]:
    return {pair.call_id: pair.score for pair in pairs}


@pytest.fixture(scope="module")
def rejected() -> list[ActiveVerdict]:
    """Three calls about heat pumps that nobody here can use."""
    return [no("heat-1"), no("heat-2"), no("heat-3")]


def test_calls_like_those_rejected_with_one_reason_sink_and_say_why(rejected: list[ActiveVerdict]) -> None:
    found = after_verdicts([ranked("heat-4"), ranked("bike", 0.5)], rejected, NOW)
    assert [pair.call_id for pair in found] == ["bike", "heat-4"]
    assert found[0].score == 0.5
    assert "afgewezen" in (found[1].because or "")


def test_one_rejection_alone_sinks_nothing_else() -> None:
    assert scores(after_verdicts([ranked("heat-4")], [no("heat-1")], NOW)) == {"heat-4": 0.6}


def test_what_anyone_marked_as_relevant_never_sinks(rejected: list[ActiveVerdict]) -> None:
    found = after_verdicts([ranked("heat-4")], [*rejected, yes("heat-4")], NOW)
    assert found[0].score >= 0.6


def test_nor_does_what_is_at_least_as_close_to_a_wanted_call(rejected: list[ActiveVerdict]) -> None:
    wanted = replace(yes("heat-4"), call_id="other")
    assert scores(after_verdicts([ranked("heat-4")], [*rejected, wanted], NOW)) == {"heat-4": 0.6}


def test_a_rejected_pair_sinks_at_once_whatever_the_reason_and_whatever_the_new_score() -> None:
    for reason in ("not_eligible", "too_late"):
        found = after_verdicts([ranked("heat-1", 0.99)], [no("heat-1", reason)], NOW)[0]
        assert found.score == pytest.approx(0.99 * (1 - DEEPEST))
        assert "niet voor ons" in (found.because or "")


@pytest.mark.parametrize("reason", ["too_late", "no_capacity", "other"])
def test_a_reason_of_the_day_says_nothing_of_the_next_call(reason: str) -> None:
    verdicts = [no(name, reason) for name in ("heat-1", "heat-2", "heat-3")]
    assert scores(after_verdicts([ranked("heat-4")], verdicts, NOW)) == {"heat-4": 0.6}


def test_rejections_for_another_opgave_do_not_count() -> None:
    verdicts = [no(name, challenge="fiets") for name in ("heat-1", "heat-2", "heat-3")]
    assert scores(after_verdicts([ranked("heat-4")], verdicts, NOW)) == {"heat-4": 0.6}


def test_old_rejections_weigh_less(rejected: list[ActiveVerdict]) -> None:
    fresh = after_verdicts([ranked("heat-4")], rejected, NOW)[0].score
    old = after_verdicts([ranked("heat-4")], [replace(v, at=NOW - timedelta(days=900)) for v in rejected], NOW)[0].score
    assert fresh < old


def test_without_vectors_or_verdicts_nothing_moves(rejected: list[ActiveVerdict]) -> None:
    bare = RankedPair("heat-4", "energie", 0.6)
    assert after_verdicts([bare], rejected, NOW) == [bare]
    assert after_verdicts([ranked("bike")], [], NOW)[0].score == 0.6


def test_the_vector_of_a_call_has_length_one() -> None:
    assert np.allclose([np.linalg.norm(unpacked_rows(vector(name))) for name in TEXTS], 1, atol=1e-3)


def test_the_pairs_of_one_call_share_what_it_is_like() -> None:
    """At 5,000 calls with ten pairs each, a row of numbers a pair was ten times what the calls are."""
    said = [no("heat-1"), no("heat-2")]
    one, other, apart = alike_to([ranked("heat-3"), ranked("heat-3", challenge="wonen"), ranked("bike")], said, NOW)
    assert one is other
    assert list(one) != list(apart)
