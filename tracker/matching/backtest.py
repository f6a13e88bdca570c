"""What a subscription would have sent over the stored history, and what a changed word does to that."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import Engine
from sqlmodel import col, select

from db.models import Call, Challenge, Match
from db.session import reading
from db.vocabulary import Nature
from notifications import wording
from tracker.errors import NotPossible


@dataclass(frozen=True)
class BacktestCall:
    """One call that would have been told."""

    id: int
    title: str
    first_seen: str
    score: float


@dataclass
class Backtest:
    """The calls told per ISO week; with changed words also what those bring and cost."""

    opgave: str
    since: date
    calls: list[BacktestCall] = field(default_factory=list)
    weeks: dict[str, int] = field(default_factory=dict)
    gained: list[BacktestCall] = field(default_factory=list)
    lost: list[BacktestCall] = field(default_factory=list)
    changed: bool = False


def backtest(
    engine: Engine, opgave: str, since: date, now: datetime, more: tuple[str, ...] = (), less: tuple[str, ...] = ()
) -> Backtest:
    """Calls first seen from ``since`` that match the opgave; matched anew where words are added or taken away.

    Raises NotPossible when there is no such opgave.
    """
    from tracker.matching import DIGEST_THRESHOLD

    start = wording.start_of_day(since)
    seen = select(Call).where(col(Call.joined_into).is_(None), Call.nature == Nature.CALL)
    seen = seen.where(Call.first_seen >= start, Call.first_seen <= now).order_by(col(Call.first_seen), col(Call.id))
    with reading(engine) as session:
        challenge = session.get(Challenge, opgave)
        if challenge is None:
            raise NotPossible(f"no opgave {opgave!r}")
        rows = list(session.exec(seen))
        scores = dict(session.exec(select(Match.call_id, Match.score).where(Match.challenge_id == opgave)).all())
    before = _above(rows, scores, DIGEST_THRESHOLD)
    result = Backtest(challenge.name or opgave, since, before, _weeks(before), changed=bool(more or less))
    if result.changed:
        after = _above(rows, _rescore(engine, opgave, rows, more, less), DIGEST_THRESHOLD)
        result.gained = _without(after, before)
        result.lost = _without(before, after)
    return result


def _above(rows: list[Call], scores: dict[int, float], threshold: float) -> list[BacktestCall]:
    return [
        BacktestCall(row.id, row.title, wording.local_day(row.first_seen).isoformat(), round(scores[row.id], 3))
        for row in rows
        if scores.get(row.id, 0.0) >= threshold
    ]


def _without(calls: list[BacktestCall], others: list[BacktestCall]) -> list[BacktestCall]:
    ids = {call.id for call in others}
    return [call for call in calls if call.id not in ids]


def _weeks(calls: list[BacktestCall]) -> dict[str, int]:
    weeks = ("{}-W{:02}".format(*date.fromisoformat(call.first_seen).isocalendar()[:2]) for call in calls)
    return dict(sorted(Counter(weeks).items()))


def _rescore(
    engine: Engine, opgave: str, rows: list[Call], more: tuple[str, ...], less: tuple[str, ...]
) -> dict[int, float]:
    from tracker.matching import Matcher, embedder, installed
    from tracker.matching.run import call_text, challenge_text, challenge_texts
    from tracker.matching.vector_store import read_kept

    with reading(engine) as session:
        texts = {text.id: text for text in challenge_texts(session)}
        if opgave not in texts:  # it has no words yet
            texts[opgave] = challenge_text(session.get_one(Challenge, opgave), None)
        kept = read_kept(session, [row.id for row in rows], installed()).vectors
    changed = texts[opgave]
    dutch = tuple(word for word in (*changed.words_nl, *more) if word not in less)
    english = tuple(word for word in changed.words_en if word not in less)
    texts[opgave] = replace(changed, words_nl=dutch, words_en=english)
    scores, _ = Matcher(list(texts.values()), embedder()).scores([call_text(row) for row in rows], kept)
    column = list(texts).index(opgave)
    return {row.id: float(of_call[column]) for row, of_call in zip(rows, scores, strict=True)}


def lines(result: Backtest) -> list[str]:
    """For people."""
    text_lines = [f"{result.opgave}: {len(result.calls)} calls since {result.since}, in {len(result.weeks)} weeks"]
    text_lines += [f"  {week}: {number}" for week, number in result.weeks.items()]
    text_lines += [f"  {call.first_seen} {call.score:.2f} {call.title[:100]}" for call in result.calls]
    if result.changed:
        text_lines.append(f"with the changed words: {len(result.gained)} more, {len(result.lost)} fewer")
        for sign, calls in (("+", result.gained), ("-", result.lost)):
            text_lines += [f"  {sign} {call.score:.2f} {call.title[:100]}" for call in calls]
    return text_lines
