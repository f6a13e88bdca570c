"""Match the calls that need it: read a batch, compute with no transaction open, store the batch."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Engine, delete, func, or_
from sqlmodel import Session, col, select

from db.models import Challenge, Match, Opportunity, Revision
from db.session import reading, writing
from tracker.agenda import shipped_rows
from tracker.matching import CallMatches, CallText, ChallengeText, Matcher, embedder, installed, model_name

BATCH = 200
Progress = Callable[[int, int], None]
Make = Callable[[Sequence[ChallengeText]], Matcher]


def quiet(_done: int, _of: int) -> None:
    """Nobody is watching."""


@dataclass(frozen=True)
class Matched:
    """How much work a round of matching was."""

    calls: int
    matches: int


@dataclass(frozen=True)
class Waiting:
    """A call to match, and its newest revision when it was read."""

    call: CallText
    revision: int


def match_calls(
    engine: Engine, model: str, make: Make, now: datetime, rebuild: bool = False, progress: Progress = quiet
) -> Matched:
    """Match every call that is new, changed, or was matched with another model or agenda; all of them on rebuild.

    A re-match replaces matches and touches neither verdicts nor what was told. The matcher is made only when a call
    waits for it, since loading a model takes seconds.
    """
    with reading(engine) as session:
        challenges = challenge_texts(session)
        key = matched_with(model, challenges)
        waiting = list(session.exec(select(Opportunity.id).where(*_which(key, rebuild)).order_by(col(Opportunity.id))))
    if not waiting:
        return Matched(0, 0)
    total, matcher = 0, make(challenges)
    for start in range(0, len(waiting), BATCH):
        total += _match_batch(engine, matcher, key, [i for i in waiting[start : start + BATCH] if i], now)
        progress(min(start + BATCH, len(waiting)), len(waiting))
    return Matched(len(waiting), total)


def match_with_model(engine: Engine, now: datetime, rebuild: bool = False, progress: Progress = quiet) -> Matched:
    """The same with the matcher that comes with the program: sentence vectors where the model is there, else words."""
    model = model_name(installed())
    return match_calls(engine, model, lambda texts: Matcher(texts, embedder()), now, rebuild, progress)


def challenge_texts(session: Session) -> list[ChallengeText]:
    """The opgaven that have words of their own, as the matcher reads them."""
    return texts_of(session.exec(select(Challenge).order_by(col(Challenge.agenda_id), col(Challenge.position))).all())


def shipped_challenges() -> list[ChallengeText]:
    """The same, as they come with the program: what labelled calls are measured with, whatever a database holds."""
    return texts_of(shipped_rows())


def texts_of(rows: Sequence[Challenge]) -> list[ChallengeText]:
    """Opgaven without words of their own are left out."""
    names = {row.id: row.name for row in rows}
    return [challenge_text(row, names.get(row.parent_id or "")) for row in rows if row.words_nl or row.words_en]


def challenge_text(row: Challenge, parent_name: str | None) -> ChallengeText:
    """One opgave as the matcher reads it."""
    return ChallengeText(
        id=row.id,
        name=row.name or "",
        goal=row.goal,
        words_nl=tuple(row.words_nl),
        words_en=tuple(row.words_en),
        words_not=tuple(row.words_not),
        parent_name=parent_name,
    )


def call_text(row: Opportunity) -> CallText:
    """One call as the matcher reads it."""
    return CallText(
        id=str(row.id),
        title=row.title,
        text=row.summary,
        call=row.call_title,
        destination=row.destination,
        type=row.type_of_action,
        programme=tuple(row.programme),
        language=row.language,
        publisher=row.publisher,
        applicants=tuple(row.applicants),
    )


def matched_with(model: str, challenges: Sequence[ChallengeText]) -> str:
    """A key that changes when the model or any opgave's words do."""
    texts = json.dumps([vars(c) for c in challenges], default=list, sort_keys=True, ensure_ascii=False)
    return f"{model}/{hashlib.sha256(texts.encode()).hexdigest()[:16]}"


def _which(key: str, rebuild: bool) -> Iterator[ColumnElement[bool]]:
    yield col(Opportunity.joined_into).is_(None)
    if not rebuild:
        yield or_(col(Opportunity.matched_with) != key, _newest_revision() > col(Opportunity.matched_revision))


def _newest_revision() -> ColumnElement[int]:
    newest = select(func.max(Revision.id)).where(col(Revision.opportunity_id) == col(Opportunity.id))
    return func.coalesce(newest.scalar_subquery(), 0)


def _match_batch(engine: Engine, matcher: Matcher, key: str, ids: list[int], now: datetime) -> int:
    with reading(engine) as session:
        question = select(Opportunity, _newest_revision()).where(col(Opportunity.id).in_(ids))
        waiting = [Waiting(call_text(row), revision) for row, revision in session.exec(question)]
    found = matcher.match([w.call for w in waiting])
    with writing(engine) as session:
        for one, result in zip(waiting, found, strict=True):
            _store(session, result, one.revision, key, matcher.model, now)
    return sum(len(result.matches) for result in found)


def _store(session: Session, found: CallMatches, revision: int, key: str, model: str, now: datetime) -> None:
    call = session.get_one(Opportunity, int(found.call_id))
    call.eligible, call.eligible_why = found.eligible, "; ".join(filter(None, (found.eligible_why, found.area)))
    call.matched_with, call.matched_revision = key, revision
    session.exec(delete(Match).where(col(Match.opportunity_id) == call.id))
    for scored in found.matches:
        session.add(
            Match(
                opportunity_id=int(found.call_id),
                challenge_id=scored.challenge_id,
                score=scored.score,
                topic=scored.topic,
                reasons=list(scored.reasons),
                model=model,
                at=now,
            )
        )
