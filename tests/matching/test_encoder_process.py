"""The encoder beside the pages: what it says, when it ends, and that the pages do not carry it."""

import os
import subprocess
import sys

import numpy as np
import pytest

from tracker.matching.encoder_process import EncoderProcess
from tracker.matching.vectors import embedder

CHILD = """
import os, sys
import numpy as np
from multiprocessing.connection import Connection
from tracker.matching.encoder_process import answer
class Lengths:
    name = "lengths"
    def encode(self, texts):
        return np.array([[len(text), os.getpid()] for text in texts], np.float64)
answer(Connection(int(sys.argv[2])), Lengths(), float(sys.argv[1]))
"""


def lengths(idle: float) -> EncoderProcess:
    """Two numbers a text: its length, and the process that counted."""
    return EncoderProcess("lengths", (sys.executable, "-c", CHILD, str(idle)))


def child_of(beside: EncoderProcess) -> subprocess.Popen[bytes]:
    assert beside.process is not None
    return beside.process


def test_it_computes_in_another_process_and_stays_for_the_next_question() -> None:
    beside = lengths(idle=30)
    first, second = beside.encode(["a", "bcd"]), beside.encode(["ef"])
    assert [row[0] for row in (*first, *second)] == [1, 3, 2]
    assert first[0][1] == second[0][1] != os.getpid()
    child_of(beside).kill()
    child_of(beside).wait()
    assert beside.encode(["gh"])[0][1] != first[0][1]  # another one answers
    beside.close()


def test_it_ends_when_nobody_asks_and_begins_again_when_somebody_does() -> None:
    beside = lengths(idle=0.1)
    beside.encode(["a"])
    assert child_of(beside).wait(120) == 0
    assert beside.encode(["ab"])[0][0] == 2
    assert child_of(beside).wait(120) == 0


def test_it_ends_with_what_it_is_beside() -> None:
    beside = lengths(idle=600)
    beside.encode(["a"])
    beside.close()  # as when the pages die: nothing holds the other end any more
    assert child_of(beside).returncode == 0


def test_a_child_that_cannot_answer_is_told() -> None:
    beside = EncoderProcess("broken", (sys.executable, "-c", "raise SystemExit"))
    with pytest.raises(RuntimeError, match="ended before it answered"):
        beside.encode(["a"])
    beside.close()


@pytest.mark.slow
def test_it_says_what_the_encoder_here_says() -> None:
    beside, here = EncoderProcess("real"), embedder()
    texts = ["warmtenet", "circular economy"]
    assert here is not None
    assert np.array_equal(beside.encode(texts), here.encode(texts))
    beside.close()
