"""The matcher: calls and opgaven in, scores with reasons out; pure, deterministic, the same with one call or many."""

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np

from tracker.matching import eligibility, scoring, weights, why
from tracker.matching.agenda import phrases_of, words_of
from tracker.matching.area import area
from tracker.matching.distances import Usual, distances, usual_among
from tracker.matching.fit import Array, sigmoid
from tracker.matching.model_names import FILE, model_name
from tracker.matching.neighbours import UNKNOWN, near, who_may_apply
from tracker.matching.prepare import PreparedBatch, prepare_agenda, prepare_batch
from tracker.matching.texts import CallMatches, CallText, ChallengeText, Embedder, Reason, Scored, Vectors
from tracker.matching.vectors import CachedEncoder
from tracker.matching.weights import NOT_MEASURED, Weights

BATCH = 64


@cache
def fitted() -> Weights:
    """The weights of the project's file."""
    return weights.load(FILE, {mode: scoring.names(mode) for mode in ("vectors", "words")})


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
        self._known = prepare_agenda(self.challenges, self._ready_made(embedder))
        self._usual = self._measured()
        self._blank = np.array([not (words_of(c) or phrases_of(c)) for c in self.challenges], bool)

    def _ready_made(self, embedder: Embedder | None) -> Embedder | None:
        """The encoder with the phrases of the shipped agenda at hand, where they are of this very encoder."""
        if embedder is None or embedder.name != self._weights.about.get("encoder"):
            return embedder
        return CachedEncoder(embedder, dict(self._weights.phrases))

    def _measured(self) -> Usual:
        """How near labelled calls usually are to each opgave of this agenda."""
        known, wholes = self._known, self._weights.labelled.wholes
        if known.phrases is None or known.words is None:
            return NOT_MEASURED
        return usual_among(wholes, known.phrases, known.words, known.count)

    def match(self, calls: Sequence[CallText], kept: dict[bytes, Vectors] | None = None) -> list[CallMatches]:
        """For each call, in the order given: who may apply, where, and the opgaven it matters to with why.

        `kept` holds vectors of this encoder by `text_key`: a text among them is not encoded again; new ones join them.
        """
        return [found for ready, scores in self._batches(calls, kept) for found in self._said(ready, scores)]

    def scores(self, calls: Sequence[CallText], kept: dict[bytes, Vectors] | None = None) -> tuple[Array, list[str]]:
        """The score of every pair and the eligibility of every call, without reasons: for measuring."""
        batches = [
            (s.score, [eligibility.measured(r, e) for r, e in zip(ready.readings, s.eligible, strict=True)])
            for ready, s in self._batches(calls, kept)
        ]
        if not batches:
            return np.zeros((0, len(self.challenges))), []
        return np.vstack([s for s, _ in batches]), [name for _, names in batches for name in names]

    def scores_alone(self, calls: Sequence[CallText]) -> Array:
        """The score of every pair and nothing else: who may apply takes two fifths of the time of both."""
        return np.vstack([np.zeros((0, len(self.challenges))), *(s.score for _, s in self._batches(calls))])

    def _batches(
        self, calls: Sequence[CallText], kept: dict[bytes, Vectors] | None = None
    ) -> Iterator[tuple[PreparedBatch, scoring.Scores]]:
        stages, known = self._weights.stages[self._mode], self._weights
        encoder = self._embedder if self._embedder is None or kept is None else CachedEncoder(self._embedder, kept)
        ids = [c.id for c in self.challenges]
        for start in range(0, len(calls), BATCH):
            ready = prepare_batch(calls[start : start + BATCH], self._known, encoder)
            pairs, vectors = ready.pairs[self._mode], None
            apart = scoring.none_apart(pairs)
            nearest = np.full((len(ready.cues), len(scoring.ELIGIBLE)), UNKNOWN)
            if self._embedder:
                own, vectors = scoring.own_features(ids, known, ready.cues, ready.vectors), ready.vectors
                labelled = near(known.labelled, ids, ready.calls, ready.wholes, ready.siblings)
                apart = distances(pairs, ready.pairs["middle"], self._usual)
                pairs = scoring.with_labels(pairs, own, labelled)
                nearest = who_may_apply(known.labelled, ready.calls, ready.siblings)
            scores = scoring.score(pairs, apart, ready.cues, vectors, nearest, stages, self._mode)
            scores.score[:, self._blank] = 0.0
            yield ready, scores

    def _said(self, ready: PreparedBatch, scores: scoring.Scores) -> Iterator[CallMatches]:
        why_of = self._reasons(ready, scores)
        for row, reading in enumerate(ready.readings):
            answer = eligibility.answer(reading, scores.eligible[row])
            order = np.argsort(-scores.score[row], kind="stable")
            matches = [self._scored(scores, row, int(n), why_of) for n in order if scores.score[row, n] >= FLOOR]
            yield CallMatches(
                call_id=reading.call.id,
                eligible=answer.eligible,
                estimate=answer.estimate,
                eligible_why=answer.because,
                area=area(reading.texts["title"], reading.texts["text"], reading.call.publisher, reading.language),
                matches=matches,
                model=self.model,
                embedded=() if ready.encoded is None else tuple(ready.encoded.texts[row]),
                vector=None if ready.encoded is None else ready.calls[row],
            )

    def _scored(
        self, scores: scoring.Scores, row: int, number: int, why_of: dict[tuple[int, int], list[Reason]]
    ) -> Scored:
        topic = float(sigmoid(scores.topic[row, number]))
        found = why_of.get((row, number), [])
        return Scored(self.challenges[number].id, float(scores.score[row, number]), topic, found)

    def _of_topic(self, rows: Array, names: Sequence[str]) -> Array:
        """What each feature adds by way of the topic: the trees of the topic, told for the same pairs."""
        first = names.index("words_title")
        size = len(scoring.pair_names(self._mode))
        shares = np.zeros(rows.shape)
        shares[:, first : first + size] = self._weights.stages[self._mode].topic.shares(rows[:, first : first + size])
        return shares

    def _reasons(self, ready: PreparedBatch, scores: scoring.Scores) -> dict[tuple[int, int], list[Reason]]:
        """Why, for the pairs of a batch that are worth it: what the trees' paths say of each feature, once for all."""
        stages, names = self._weights.stages[self._mode], scoring.names(self._mode)["final"]
        places = np.nonzero(scores.score >= REASONS_FROM)
        rows = scoring.final_rows(scores.topic, scores.pairs, scores.apart, scores.of_call, *places)
        shares = stages.final.shares(rows) / stages.drawn + self._of_topic(rows, names)
        return {
            (row, n): why.reasons(
                ready.readings[row], n, self.challenges[n], why.by_feature(names, share),
                self._weights.words.get(self.challenges[n].id, {}),
            )
            for row, n, share in zip(*(place.tolist() for place in places), shares, strict=True)
        }  # fmt: skip
