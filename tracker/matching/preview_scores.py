"""What one opgave of an edited agenda scores on some calls; what computes is loaded with the first question."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from tracker.matching.beside import answer
from tracker.matching.texts import CallText, ChallengeText, Embedder, Vectors

if TYPE_CHECKING:
    from tracker.matching import Matcher
    from tracker.matching.vectors import CachedEncoder

MOST_KEPT = 20_000  # texts, some 2 KiB each


@dataclass(frozen=True)
class Question:
    """The agenda as edited, the opgave that is asked about, and the calls.

    ``kept``: per call the keys of its texts and their vectors, as stored when it was matched; encoding one anew takes
    half a second.
    """

    challenges: tuple[ChallengeText, ...]
    challenge_id: str
    calls: Sequence[CallText]
    kept: Sequence[tuple[bytes, bytes]] = ()


Answerer = Callable[[Question], dict[int, float]]  # call -> score, 0 to 1


class Scorer:
    """Answers here; vectors stay for the next question, since while somebody types one text of hundreds changes.

    The matcher stays too: while nobody types it is the same for every opgave, and to make one takes most of the time.
    """

    def __init__(self, encoder: Embedder | None) -> None:
        self._encoder = encoder
        self._kept: dict[bytes, Vectors] = {}
        self._matcher: Matcher | None = None

    def __call__(self, question: Question) -> dict[int, float]:
        """Call -> score for the opgave that is asked about."""
        from tracker.matching import Matcher

        encoder = self._with_kept(question)
        if self._matcher is None or self._matcher.challenges != question.challenges:
            self._matcher = Matcher(question.challenges, encoder)
        scores = self._matcher.scores_alone(question.calls)
        column = [challenge.id for challenge in question.challenges].index(question.challenge_id)
        return {int(call.id): float(row[column]) for call, row in zip(question.calls, scores, strict=True)}

    def _with_kept(self, question: Question) -> "CachedEncoder | None":
        from tracker.matching.vectors import CachedEncoder, split_keys, unpacked_rows

        if self._encoder is None:
            return None
        if len(self._kept) > MOST_KEPT:
            self._kept.clear()
        for texts, vectors in question.kept:
            self._kept.update(zip(split_keys(texts), unpacked_rows(vectors), strict=True))
        return CachedEncoder(self._encoder, self._kept)


if __name__ == "__main__":
    from tracker.matching.vectors import embedder

    answer(Connection(int(sys.argv[1])), Scorer(embedder()))
