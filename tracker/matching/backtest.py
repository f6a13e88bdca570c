"""What a subscription would have sent over the stored history, and what a changed word does to that."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

from sqlalchemy import Engine
from sqlmodel import Session, col, select

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

    start = datetime.combine(since, time(), wording.AMSTERDAM)
    with reading(engine) as session:
        challenge = session.get(Challenge, opgave)
        if challenge is None:
            raise NotPossible(f"no opgave {opgave!r}")
        rows = list(session.exec(_seen_since(start, now)))
        stored = _stored(session, opgave)
    told = [_tried(row, stored[row.id]) for row in rows if row.id and stored.get(row.id, 0.0) >= DIGEST_THRESHOLD]
    tried = Backtest(challenge.name or opgave, since, told, _weeks(told))
    if more or less:
        tried.changed = True
        scores = _rescore(engine, challenge.id, rows, more, less)
        known = {one.id for one in told}
        fresh = {row.id: _tried(row, scores[row.id]) for row in rows if row.id and scores[row.id] >= DIGEST_THRESHOLD}
        tried.gained = [one for number, one in fresh.items() if number not in known]
        tried.lost = [one for one in told if one.id not in fresh]
    return tried


def _seen_since(start: datetime, now: datetime):  # type: ignore[no-untyped-def]
    call = Call
    seen = select(call).where(col(call.joined_into).is_(None), call.nature == Nature.CALL)
    return seen.where(call.first_seen >= start, call.first_seen <= now).order_by(col(call.first_seen), col(call.id))


def _stored(session: Session, opgave: str) -> dict[int, float]:
    return dict(session.exec(select(Match.call_id, Match.score).where(Match.challenge_id == opgave)).all())


def _tried(row: Call, score: float) -> BacktestCall:
    return BacktestCall(row.id, row.title, wording.local_day(row.first_seen).isoformat(), round(score, 3))


def _weeks(told: list[BacktestCall]) -> dict[str, int]:
    counted = Counter("{}-W{:02}".format(*date.fromisoformat(one.first_seen).isocalendar()[:2]) for one in told)
    return dict(sorted(counted.items()))


def _rescore(
    engine: Engine, opgave: str, rows: list[Call], more: tuple[str, ...], less: tuple[str, ...]
) -> dict[int | None, float]:
    from tracker.matching import Matcher, embedder
    from tracker.matching.run import call_text, challenge_text, challenge_texts

    with reading(engine) as session:
        texts = challenge_texts(session)
        if all(one.id != opgave for one in texts):  # it has no words yet
            texts.append(challenge_text(session.get_one(Challenge, opgave), None))
    changed = [
        replace(one, words_nl=tuple(w for w in (*one.words_nl, *more) if w not in less),
                words_en=tuple(w for w in one.words_en if w not in less)) if one.id == opgave else one
        for one in texts
    ]  # fmt: skip
    place = [one.id for one in changed].index(opgave)
    scores, _ = Matcher(changed, embedder()).scores([call_text(row) for row in rows])
    return {row.id: float(scores[number][place]) for number, row in enumerate(rows)}


def lines(tried: Backtest) -> list[str]:
    """For people."""
    said = [f"{tried.opgave}: {len(tried.calls)} calls since {tried.since}, in {len(tried.weeks)} weeks"]
    said += [f"  {week}: {number}" for week, number in tried.weeks.items()]
    said += [f"  {one.first_seen} {one.score:.2f} {one.title[:100]}" for one in tried.calls]
    if tried.changed:
        said.append(f"with the changed words: {len(tried.gained)} more, {len(tried.lost)} fewer")
        said += [f"  + {one.score:.2f} {one.title[:100]}" for one in tried.gained]
        said += [f"  - {one.score:.2f} {one.title[:100]}" for one in tried.lost]
    return said
