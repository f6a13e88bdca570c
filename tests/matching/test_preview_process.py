"""The scorer beside the pages: what it says, when it ends, and that the pages do not carry what computes."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tracker.matching import CallText, ChallengeText, embedder
from tracker.matching.beside import ProcessBeside
from tracker.matching.likeness import Compared, likeness
from tracker.matching.preview_scores import Question, Scorer
from tracker.matching.preview_words import scorer_beside

CHILD = """
import os, sys
from multiprocessing.connection import Connection
from tracker.matching.beside import answer
def lengths(question):
    return {n: len(call.title) for n, call in enumerate(question.calls)} | {-1: os.getpid()}
answer(Connection(int(sys.argv[2])), lengths, float(sys.argv[1]))
"""
COMPUTES = """
import sys
import tracker.commands.serve
print([name for name in sys.argv[1:] if name in sys.modules])
"""
Beside = ProcessBeside[Question, dict[int, float]]
ROW, OTHER = bytes([0, 60, *[0] * 766]), bytes([0, 0, 0, 60, *[0] * 764])  # of length one, and across each other
JUDGED = Compared([ROW, OTHER, None], [ROW, None], [0.0, 1.0])
JUDGES = f"""
import sys
from tracker.matching.likeness import Compared, likeness
print([list(row) for row in likeness({JUDGED})], "numpy" in sys.modules)
"""
WARM = ChallengeText("warm", "Warmte", words_nl=("warmtenet",))


def lengths(idle: float) -> Beside:
    """A number a call, the length of its title; and under -1 the process that counted."""
    return ProcessBeside(sys.executable, "-c", CHILD, str(idle))


def about(*titles: str) -> Question:
    return Question([WARM], "warm", [CallText(str(n), title, title) for n, title in enumerate(titles)])


def child_of(beside: Beside) -> subprocess.Popen[bytes]:
    assert beside.process is not None
    return beside.process


def test_it_computes_in_another_process_and_stays_for_the_next_question() -> None:
    beside = lengths(idle=30)
    first, second = beside(about("a", "bcd")), beside(about("ef"))
    assert (first[0], first[1], second[0]) == (1, 3, 2)
    assert first[-1] == second[-1] != os.getpid()
    child_of(beside).kill()
    child_of(beside).wait()
    assert beside(about("gh"))[-1] != first[-1]  # another one answers
    beside.close()


def test_it_ends_when_nobody_asks_and_begins_again_when_somebody_does() -> None:
    beside = lengths(idle=0.1)
    beside(about("a"))
    assert child_of(beside).wait(120) == 0
    assert beside(about("ab"))[0] == 2
    assert child_of(beside).wait(120) == 0


def test_it_ends_with_what_it_is_beside() -> None:
    beside = lengths(idle=600)
    beside(about("a"))
    beside.close()  # as when the pages die: nothing holds the other end any more
    assert child_of(beside).returncode == 0


def test_a_child_that_cannot_answer_is_told() -> None:
    beside = Beside(sys.executable, "-c", "raise SystemExit")
    with pytest.raises(RuntimeError, match="ended before it answered"):
        beside(about("a"))
    beside.close()


def test_the_pages_begin_without_what_computes() -> None:
    """15 MiB, 10 more with the weights: of 250 that the pages may hold."""
    weighty = ["numpy", "tracker.matching.weights", "openpyxl", "docx", "scrapy", "twisted"]
    command = [sys.executable, "-c", COMPUTES, *weighty]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "[]"


@pytest.mark.slow
def test_it_says_what_is_said_here() -> None:
    beside, question = (
        scorer_beside(),
        about("Subsidie voor een warmtenet", "Visserijfonds voor kotters"),
    )
    assert beside(question) == Scorer(embedder())(question)
    beside.close()


def test_what_a_verdict_says_of_others_is_computed_beside_a_page_too() -> None:
    """The first verdict or lesson gave the pages numpy for good: 15 MiB."""
    said = subprocess.run([sys.executable, "-c", JUDGES], cwd=ROOT, capture_output=True, text=True, check=True)
    here = [list(row) for row in likeness(JUDGED)]
    assert here == [[1.0, 0.0], [0.0, 0.0], [0.0, 0.0]]
    assert said.stdout.strip() == f"{here} False"
