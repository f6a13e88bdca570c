"""Match the calls that need it: read a batch, compute with no transaction open, store the batch."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Engine, Text, cast, delete, func, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from db.models import Call, Challenge, Match, Revision
from db.session import reading, writing
from tracker.calls.eligibility import CorrectedEligibility, corrected
from tracker.challenges.agenda import shipped_rows
from tracker.matching import CallMatches, CallText, ChallengeText, installed, model_name
from tracker.matching.ranking import lean_again
from tracker.matching.vector_store import read_kept, store_kept

if TYPE_CHECKING:
    from tracker.matching import Matcher

BATCH = 40  # stored together: some twenty seconds of work where texts are new
Progress = Callable[[int, int], None]
Part = tuple[int, int]  # the first, second, ... of so many
WHOLE: Part = (1, 1)
Make = Callable[[Sequence[ChallengeText]], "Matcher"]
_TOLD, _LISTS = ("id", "name", "goal", "parent_id"), ("words_nl", "words_en", "words_not")
_TEXTS = select_columns(
    *(getattr(Challenge, name) for name in _TOLD), *(cast(getattr(Challenge, name), Text) for name in _LISTS)
).order_by(col(Challenge.agenda_id), col(Challenge.position))


def quiet(_done: int, _of: int) -> None:
    """Nobody is watching."""


@dataclass(frozen=True)
class MatchingResult:
    """How much work a run of matching was."""

    calls: int
    matches: int


@dataclass(frozen=True)
class MatchingRun:
    """What one run of matching works with; `key` names the model and the agenda, `encoder` whose vectors are kept."""

    engine: Engine
    matcher: "Matcher"
    key: str
    encoder: str | None
    now: datetime


def match_calls(
    engine: Engine, model: str, make: Make, now: datetime, rebuild: bool = False, progress: Progress = quiet,
    encoder: str | None = None, part: Part = WHOLE,
) -> MatchingResult:  # fmt: skip
    """Match every call that is new, changed, or was matched with another model or agenda; all of them on rebuild.

    A re-match replaces matches and touches neither verdicts nor what was told; what people said moves what each reader
    sees as before. The matcher is made only when a call waits for it, since loading a model takes seconds. ``part``:
    only the calls of one part of so many, while others do the rest; who finishes last works out what readers lean to.
    """
    with reading(engine) as session:
        challenges = challenge_texts(session)
        key = matched_with(model, challenges)
        pending = session.exec(select(Call.id).where(*_which(key, rebuild, part)).order_by(col(Call.id))).all()
    total = 0
    if pending:
        run = MatchingRun(engine, make(challenges), key, encoder, now)
        for start in range(0, len(pending), BATCH):
            total += _match_batch(run, pending[start : start + BATCH])
            progress(min(start + BATCH, len(pending)), len(pending))
    if part == WHOLE or not _still_waiting(engine, key):
        lean_again(engine, now, encoder)
    return MatchingResult(len(pending), total)


def _still_waiting(engine: Engine, key: str) -> bool:
    with reading(engine) as session:
        return session.exec(select(Call.id).where(*_which(key, rebuild=False)).limit(1)).first() is not None


def match_with_model(
    engine: Engine, now: datetime, rebuild: bool = False, progress: Progress = quiet, part: Part = WHOLE
) -> MatchingResult:
    """The same with the matcher that comes with the program: sentence vectors where the model is there, else words."""
    from tracker.matching import Matcher, embedder  # with its weights: only for what matches

    model = model_name(installed())

    def make(texts: Sequence[ChallengeText]) -> Matcher:
        return Matcher(texts, embedder())

    return match_calls(engine, model, make, now, rebuild, progress, installed(), part)


def waiting_calls(session: Session) -> int:
    """How many calls are new or changed since they were matched, or were matched with another model or agenda."""
    key = matched_with(model_name(installed()), challenge_texts(session))
    return session.exec(select(func.count()).select_from(Call).where(*_which(key, rebuild=False))).one()


def challenge_texts(session: Session) -> tuple[ChallengeText, ...]:
    """The opgaven that have words of their own, as the matcher reads them."""
    return _read_texts(tuple(map(tuple, session.connection().execute(_TEXTS))))


@lru_cache(maxsize=2)
def _read_texts(rows: tuple[tuple[Any, ...], ...]) -> tuple[ChallengeText, ...]:
    """From the rows of all opgaven: the same until one of them is changed, and pages ask for them."""
    return tuple(texts_of([Challenge(**_fields(row)) for row in rows]))


def _fields(row: tuple[Any, ...]) -> dict[str, Any]:
    told, lists = row[: len(_TOLD)], row[len(_TOLD) :]
    return dict(zip(_TOLD, told, strict=True)) | dict(zip(_LISTS, map(json.loads, lists), strict=True))


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


def call_text(row: Call) -> CallText:
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
        conditions=row.particulars.get("conditions") or "",
        targets=tuple(row.particulars.get("targets") or ()),
    )


@lru_cache(maxsize=2)
def matched_with(model: str, challenges: tuple[ChallengeText, ...]) -> str:
    """A key that changes when the model or any opgave's words do."""
    texts = json.dumps([vars(c) for c in challenges], default=list, sort_keys=True, ensure_ascii=False)
    return f"{model}/{hashlib.sha256(texts.encode()).hexdigest()[:16]}"


def _which(key: str, rebuild: bool, part: Part = WHOLE) -> Iterator[ColumnElement[bool]]:
    yield col(Call.joined_into).is_(None)
    if part != WHOLE:
        yield col(Call.id) % part[1] == part[0] - 1
    if not rebuild:
        yield or_(col(Call.matched_with) != key, _newest_revision() > col(Call.matched_revision))


def _newest_revision() -> ColumnElement[int]:
    newest = select(func.max(Revision.id)).where(col(Revision.call_id) == col(Call.id))
    return func.coalesce(newest.scalar_subquery(), 0)


def _match_batch(run: MatchingRun, ids: Sequence[int]) -> int:
    with reading(run.engine) as session:
        rows = session.exec(select(Call, _newest_revision()).where(col(Call.id).in_(ids))).all()
        calls = [call_text(row) for row, _ in rows]
        said = corrected(session, ids)
        stored = read_kept(session, ids, run.encoder)
    results = run.matcher.match(calls, stored.vectors)
    with writing(run.engine) as session:
        for (_, revision), result in zip(rows, results, strict=True):
            _store(session, run, result, revision, said.get(int(result.call_id)))
        store_kept(session, results, stored, run.encoder)
    return sum(len(result.matches) for result in results)


def _store(
    session: Session,
    run: MatchingRun,
    result: CallMatches,
    revision: int,
    said: CorrectedEligibility | None,
) -> None:
    call = session.get_one(Call, int(result.call_id))
    why = "; ".join(filter(None, (result.eligible_why, result.area)))
    shown = (str(result.eligible), result.estimate, why)
    call.eligible, call.eligible_estimate, call.eligible_why = said.over(*shown) if said else shown
    call.matched_with, call.matched_revision = run.key, revision
    session.exec(delete(Match).where(col(Match.call_id) == call.id))
    for scored in result.matches:
        session.add(
            Match(
                call_id=call.id, challenge_id=scored.challenge_id, score=scored.score, topic=scored.topic,
                reasons=list(scored.reasons), model=run.matcher.model, at=run.now,
            )
        )  # fmt: skip
