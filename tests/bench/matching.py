"""Matching: new calls in full, calls whose vectors are kept, and calls by words alone, in processor time of one core."""

import time
from collections.abc import Callable, Iterator

from tests.bench.row import FEWEST, Row, at_least
from tracker.matching import CallText, Matcher, embedder
from tracker.matching.run import shipped_challenges
from tracker.matching.texts import Vectors

NEW, MANY, AIM = 12, 500, 2.0
SENTENCES = (
    "Municipalities and regions test new ways of heating whole districts with waste heat from industry and data centres.",
    "The expected outcome is a lower use of raw materials in construction and a market for used parts of buildings.",
    "Proposals should explain how citizens take part and how results are used by other cities after the project ends.",
    "Gemeenten en provincies werken samen aan snelle fietsroutes, betaalbare woningen en een schone logistiek.",
)


def bench() -> Iterator[Row]:
    """With the agenda that comes with the program."""
    full, words = Matcher(shipped_challenges(), embedder()), Matcher(shipped_challenges(), None)
    calls, kept = [_call(n) for n in range(NEW)], dict[bytes, Vectors]()
    full.match(calls, kept)
    new = [_per_second(lambda: full.match(calls, {}), NEW) for _ in range(FEWEST)]
    again = [_per_second(lambda: full.match(calls, kept), NEW) for _ in range(FEWEST)]
    by_words = [_per_second(lambda: words.match([_call(n) for n in range(MANY)]), MANY) for _ in range(FEWEST)]
    yield at_least(f"match with reasons, new call x {len(full.challenges)} opgaven", new, AIM, "/s")
    yield at_least("match with reasons, vectors kept", again, 20, "/s")
    yield at_least("match with reasons, by words alone", by_words, 200, "/s")


def _call(number: int) -> CallText:
    """Some 1,100 characters, each call its own."""
    turned = SENTENCES[number % 4 :] + SENTENCES[: number % 4]
    text = " ".join(f"{sentence} ({number})" for sentence in (*turned, *turned, *turned[:2]))
    return CallText(str(number), f"Call {number} for regions and their heat", text, type="HORIZON Innovation Actions")


def _per_second(work: Callable[[], object], calls: int) -> float:
    begun = time.process_time()
    work()
    return calls / (time.process_time() - begun)
