"""The matcher: calls and opgaven in, scores with reasons out; pure, deterministic, the same with one call or many."""

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tracker.matching import eligibility, scoring, weights, why
from tracker.matching.agenda import phrases_of, words_of
from tracker.matching.area import area
from tracker.matching.features import fingerprints
from tracker.matching.fit import Array, sigmoid
from tracker.matching.prepare import PreparedBatch, prepare_agenda, prepare_batch
from tracker.matching.texts import CallMatches, CallText, ChallengeText, Embedder, Reason, Scored, Vectors
from tracker.matching.vectors import CachedEncoder
from tracker.matching.weights import Weights

BATCH = 64


@cache
def fitted() -> Weights:
    """The weights of the project's file."""
    return weights.load(weights.FILE, {mode: scoring.names(mode) for mode in ("vectors", "words")})


DIGEST_THRESHOLD = fitted().threshold
MODEL = f"kansenradar-{fitted().version}"
LEXICON_ONLY = f"{MODEL} lexicon only"


def model_name(encoder: str | None) -> str:
    """The matcher's name and version with that of its sentence encoder, as kept with every match."""
    return f"{MODEL} {encoder}" if encoder else LEXICON_ONLY


FLOOR = 0.02  # scores below are not said: a call has an opinion on a few opgaven, not on all
REASONS_FROM = 0.05


class Matcher:
    """Matches calls with one agenda; make one per agenda, because preparing its opgaven takes about a second."""

    def __init__(
        self, challenges: Sequence[ChallengeText], embedder: Embedder | None, use: Weights | None = None
    ) -> None:
        self.challenges = tuple(challenges)
        self.model = model_name(embedder.name if embedder else None)
        self._weights = use or fitted()
        self._embedder = embedder
        self._mode = "vectors" if embedder else "words"
        self._known = prepare_agenda(self.challenges, embedder)
        self._blank = np.array([not (words_of(c) or phrases_of(c)) for c in self.challenges], bool)
        self._kinds = why.kind_weights(self._weights.stages[self._mode])
        self._background = self._weights.background[None, :].astype(np.float32)

    def match(self, calls: Sequence[CallText], kept: dict[bytes, Vectors] | None = None) -> list[CallMatches]:
        """For each call, in the order given: who may apply, where, and the opgaven it matters to with why.

        `kept` holds vectors of this encoder by `text_key`: a text among them is not encoded again; new ones join them.
        """
        return [found for ready, scores in self._batches(calls, kept) for found in self._said(ready, scores)]

    def scores(self, calls: Sequence[CallText]) -> tuple[Array, list[str]]:
        """The score of every pair and the eligibility of every call, without reasons: for measuring."""
        batches = [
            (s.score, [eligibility.answer(r, e).eligible for r, e in zip(ready.readings, s.eligible, strict=True)])
            for ready, s in self._batches(calls)
        ]
        if not batches:
            return np.zeros((0, len(self.challenges))), []
        return np.vstack([s for s, _ in batches]), [name for _, names in batches for name in names]

    def _batches(
        self, calls: Sequence[CallText], kept: dict[bytes, Vectors] | None = None
    ) -> Iterator[tuple[PreparedBatch, scoring.Scores]]:
        stages = self._weights.stages[self._mode]
        encoder = self._embedder if self._embedder is None or kept is None else CachedEncoder(self._embedder, kept)
        ids = [c.id for c in self.challenges]
        for start in range(0, len(calls), BATCH):
            ready = prepare_batch(calls[start : start + BATCH], self._known, encoder, self._background)
            vectors = ready.vectors if self._embedder else None
            own_heads = (
                scoring.own_heads(ids, self._weights.heads, ready.cues, ready.vectors)
                if self._embedder
                else np.full((len(ready.readings), len(ids)), np.nan)
            )
            scores = scoring.score(ready.pairs[self._mode], own_heads, ready.cues, vectors, stages, self._mode)
            scores.score[self._nothing_met(ready)] = 0.0
            yield ready, scores

    def _nothing_met(self, ready: PreparedBatch) -> NDArray[np.bool_]:
        """Pairs with nothing to say: an opgave whose words make no sense; without vectors, a pair without a word."""
        if self._mode == "words":
            return np.asarray(ready.pairs["words"][:, :, :3].sum(axis=2) == 0)
        return np.tile(self._blank, (len(ready.readings), 1))

    def _said(self, ready: PreparedBatch, scores: scoring.Scores) -> Iterator[CallMatches]:
        vectors = None if ready.encoded is None else fingerprints(ready.encoded)
        for row, reading in enumerate(ready.readings):
            answer = eligibility.answer(reading, scores.eligible[row])
            order = np.argsort(-scores.score[row], kind="stable")
            matches = [self._scored(ready, scores, row, int(n)) for n in order if scores.score[row, n] >= FLOOR]
            yield CallMatches(
                call_id=reading.call.id,
                eligible=answer.eligible,
                estimate=answer.estimate,
                eligible_why=answer.because,
                area=area(reading.texts["title"], reading.texts["text"], reading.call.publisher, reading.language),
                matches=matches,
                model=self.model,
                embedded=() if ready.encoded is None else tuple(ready.encoded.texts[row]),
                vector=None if vectors is None else vectors[row],
            )

    def _scored(self, ready: PreparedBatch, scores: scoring.Scores, row: int, number: int) -> Scored:
        score = float(scores.score[row, number])
        reasons = self._reasons(ready, row, number) if score >= REASONS_FROM else []
        return Scored(self.challenges[number].id, score, float(sigmoid(scores.topic[row, number])), reasons)

    def _reasons(self, ready: PreparedBatch, row: int, number: int) -> list[Reason]:
        challenge, stages = self.challenges[number], self._weights.stages[self._mode]
        reading, pairs = ready.readings[row], ready.pairs[self._mode][row, number]
        head = self._weights.heads.get(challenge.id)
        topic = stages.topic if head else stages.topic_new
        reasons = why.by_words(reading, number, pairs, topic) + why.by_programme(reading, self._kinds)
        if ready.encoded is not None and self._known.phrases is not None and self._known.words is not None:
            reasons += why.by_title(reading, pairs, challenge, topic) + why.by_sentence(
                reading, ready.encoded, row, challenge, number, stages, self._known.phrases, self._known.words, head
            )
        return why.sorted_reasons(reasons)
