"""What an opgave would match with the words in its form: a bounded set of calls, scored as the matcher would."""

from collections.abc import Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, Text, cast, func, or_
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from db.models import Call, Challenge, Match
from db.queries import IDS
from db.search import asked_of_each, hits_of_each
from db.status import NOW, moments_of, standing
from tracker.matching import installed
from tracker.matching.beside import ProcessBeside, module
from tracker.matching.preview_scores import Answerer, Question
from tracker.matching.run import call_text, challenge_text, challenge_texts
from tracker.matching.search import SHOWN_FROM, by_ids
from tracker.matching.texts import ChallengeText
from tracker.matching.vector_store import stored_rows

WITH_WORDS, MATCHED, NEWEST = 30, 20, 20  # how many calls of each sort are looked at
PATIENCE = 2.5  # seconds a form waits; the first time, reading the model takes longer


def scorer_beside() -> ProcessBeside[Question, dict[int, float]]:
    """The scorer in a process of its own; it begins with the first question."""
    return ProcessBeside(*module("tracker.matching.preview_scores"))


class PreviewScorer:
    """Scores one edit at a time, in a thread of its own, so that a form never waits long for a model."""

    def __init__(self, scorer: Answerer | None = None, patience: float = PATIENCE) -> None:
        self.patience = patience
        self._scorer: Answerer = scorer or scorer_beside()
        self._thread = ThreadPoolExecutor(1, "trial")
        self._latest: Future[dict[int, float]] | None = None

    def scores(self, question: Question) -> dict[int, float]:
        """Call -> score for this opgave; empty where it takes too long, or somebody typed on meanwhile."""
        if self._latest is not None:
            self._latest.cancel()
        self._latest = latest = self._thread.submit(self._scorer, question)
        try:
            return latest.result(self.patience)
        except (TimeoutError, CancelledError):
            return {}


@dataclass(frozen=True)
class WordsPreview:
    """The calls that would match, strongest first, and how they stand to what matches now."""

    calls: list[Call] = field(default_factory=list)
    scores: dict[int, float] = field(default_factory=dict)
    words: dict[int, list[str]] = field(default_factory=dict)
    new: frozenset[int] = frozenset()
    lost: list[Call] = field(default_factory=list)
    weak: int = 0  # calls with the words that would stay below the threshold
    looked_at: int = 0

    @property
    def scored(self) -> bool:
        """Whether there was time to score; else the words alone are shown."""
        return bool(self.scores)


def preview_words(session: Session, trials: PreviewScorer, edited: Challenge, now: datetime) -> WordsPreview:
    """Try an opgave as it stands in a form; nothing of it is kept."""
    matched = _matched(session, edited.id, now)
    newest = session.exec(select(Call.id).where(standing(now)).order_by(col(Call.first_seen).desc()).limit(NEWEST))
    others = [*matched, *newest]
    words, ranked = _with_words(session, [*edited.words_nl, *edited.words_en], others, now)
    calls = {call.id: call for call in by_ids(session, list(dict.fromkeys([*ranked, *others])))}
    scores = _scored(session, trials, edited, list(calls.values()))
    if not scores:
        found = [calls[i] for i in words]
        return WordsPreview(found, {}, words, frozenset(words) - set(matched), looked_at=0)
    fits = sorted((i for i in calls if scores[i] >= SHOWN_FROM), key=lambda i: (-scores[i], i))
    return WordsPreview(
        calls=[calls[i] for i in fits],
        scores=scores,
        words=words,
        new=frozenset(fits) - set(matched),
        lost=[calls[i] for i in matched if i in calls and scores[i] < SHOWN_FROM],
        weak=sum(i in words and scores[i] < SHOWN_FROM for i in calls),
        looked_at=len(calls),
    )


def _with_words(
    session: Session, words: Sequence[str], others: Sequence[int], now: datetime
) -> tuple[dict[int, list[str]], list[int]]:
    """The standing calls with most of the words and, among some others, all that have one: their words; and which
    have most."""
    told = list(dict.fromkeys(words))
    dialect = session.connection().dialect
    asked = {"asked": asked_of_each((word.strip("*") for word in told), dialect), "ids": others, **moments_of(now)}
    rows = session.connection().execute(_standing_with(dialect.name), asked).all()
    having = {row.call_id: [told[number] for number in sorted(map(int, row.words.split(",")))] for row in rows}
    return having, [row.call_id for row in rows if row.place <= WITH_WORDS]


@cache
def _standing_with(dialect: str) -> Select[Any]:
    """Those with most words first, of as many the newest."""
    hit = hits_of_each(dialect)
    numbers = func.aggregate_strings(cast(hit.c.number, Text), ",").label("words")
    having = sql_select(hit.c.call_id, numbers, func.count().label("many")).group_by(hit.c.call_id).subquery()
    place = func.row_number().over(order_by=(having.c.many.desc(), having.c.call_id.desc())).label("place")
    stand = sql_select(having.c.call_id, having.c.words, place).join(Call, col(Call.id) == having.c.call_id)
    ranked = stand.where(standing(NOW)).subquery()
    chosen = or_(ranked.c.place <= WITH_WORDS, ranked.c.call_id.in_(IDS))
    return sql_select(ranked).where(chosen).order_by(ranked.c.place)


def _matched(session: Session, challenge_id: str, now: datetime) -> list[int]:
    query = (
        select(Match.call_id)
        .join(Call, col(Call.id) == col(Match.call_id))
        .where(Match.challenge_id == challenge_id, col(Match.score) >= SHOWN_FROM, standing(now))
        .order_by(col(Match.score).desc(), col(Match.call_id))
    )
    return list(session.exec(query.limit(MATCHED)))


def _scored(session: Session, trials: PreviewScorer, edited: Challenge, calls: Sequence[Call]) -> dict[int, float]:
    """What a topic means depends on the others: they all take part."""
    parent = session.get(Challenge, edited.parent_id) if edited.parent_id else None
    edit = challenge_text(edited, parent.name if parent else None)
    if not calls or not (edit.words_nl or edit.words_en):
        return {}
    kept = [(row.texts, row.vectors) for row in stored_rows(session, [call.id for call in calls], installed())]
    return trials.scores(
        Question(_with(edit, challenge_texts(session)), edited.id, [call_text(call) for call in calls], kept)
    )


def _with(edit: ChallengeText, texts: tuple[ChallengeText, ...]) -> tuple[ChallengeText, ...]:
    """The opgaven with one as it is edited, in its place."""
    if all(text.id != edit.id for text in texts):
        return *texts, edit
    return tuple(edit if text.id == edit.id else text for text in texts)
