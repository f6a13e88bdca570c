"""What a reader taught: more or never like a call, kinds that repeated rejections lower, and putting those back."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from db.models import Call, Lesson, User
from db.search_words import STEMMERS, WORDS, fold, stem
from db.vocabulary import LessonKind, NoReason
from tracker.matching import installed
from tracker.matching.ranking import lean_now, rejections_for
from tracker.matching.sentences import small_words
from tracker.matching.verdict_ranking import kinds

SHARED_BY = 0.6  # the share of a kind's titles that must hold a word to name it by
LONG_ENOUGH, MOST_WORDS = 4, 5


@dataclass(frozen=True)
class TaughtKind:
    """A kind of call that stands lower for a reader: by which rejections, and what their titles share."""

    reason: NoReason
    calls: tuple[Call, ...]  # the newest rejection first
    shared: tuple[str, ...]

    @property
    def name(self) -> str:
        """What the titles share; else the newest of them."""
        return " ".join(self.shared) or self.calls[0].title


def teach(session: Session, user: User, call_id: int, kind: LessonKind, now: datetime) -> Lesson:
    """Ask for more, or never more, like a call; an earlier lesson on it no longer stands.

    It is a wish of one person and no verdict: nothing of it stands at the call, for colleagues or in any count. Who
    never wants its like is done with the call itself, too (tracker/matching/verdict_ranking.py).
    """
    _end(session, user, [call_id], now, (LessonKind.MORE, LessonKind.NEVER))
    lesson = _lesson(user, call_id, kind, now)
    session.add(lesson)
    session.flush()
    lean_now(session, user, now, installed())
    return lesson


def undo_lesson(session: Session, user: User, lesson: Lesson, now: datetime) -> None:
    """Take a lesson back, and all that it moved."""
    lesson.undone_at = now
    session.flush()
    lean_now(session, user, now, installed())


def put_back(session: Session, user: User, calls: Iterable[int], now: datetime) -> None:
    """Let rejections of these calls say nothing of others, for this reader alone; the verdicts stay."""
    numbers = list(dict.fromkeys(calls))
    _end(session, user, numbers, now, (LessonKind.RESET,))
    session.add_all(_lesson(user, number, LessonKind.RESET, now) for number in numbers)
    session.flush()
    lean_now(session, user, now, installed())


def lessons_of(session: Session, user_id: int) -> list[tuple[Lesson, Call]]:
    """What a reader asked for by hand and still stands, the newest first."""
    query = select(Lesson, Call).join(Call, col(Call.id) == col(Lesson.call_id))
    query = query.where(Lesson.user_id == user_id, col(Lesson.undone_at).is_(None))
    return list(session.exec(query.order_by(col(Lesson.at).desc(), col(Lesson.id).desc())).all())


def kinds_of(session: Session, user_id: int, now: datetime) -> list[TaughtKind]:
    """The kinds that stand lower for this reader by what the reader and the own team said."""
    groups = kinds(rejections_for(session, user_id, installed()), now)
    if not groups:
        return []
    ids = {int(word.call_id) for group in groups for word in group}
    calls = {call.id: call for call in session.exec(select(Call).where(col(Call.id).in_(ids)))}
    return [
        TaughtKind(NoReason(group[0].reason or ""), members, shared_words(members))
        for group in groups
        if (members := tuple(calls[int(word.call_id)] for word in group if int(word.call_id) in calls))
    ]


def shared_words(calls: Sequence[Call]) -> tuple[str, ...]:
    """The words that most of these titles have, in one form or another, as the first has them."""
    stems = Counter(stem for call in calls for stem in _title_stems(call).values())
    enough = max(2, SHARED_BY * len(calls))
    return tuple(word for word, stem in _title_stems(calls[0]).items() if stems[stem] >= enough)[:MOST_WORDS]


def _title_stems(call: Call) -> dict[str, str]:
    """The words of a title that say something, each with its stem; one word a stem."""
    stop, words = small_words()["stop"], WORDS.findall(fold(call.title))
    telling = (word for word in words if len(word) >= LONG_ENOUGH and word not in stop)
    language = call.language if call.language in STEMMERS else "en"
    by_stem = {stem(word, language): word for word in reversed(list(telling))}
    return {word: key for key, word in reversed(by_stem.items())}


def _lesson(user: User, call_id: int, kind: LessonKind, now: datetime) -> Lesson:
    return Lesson(call_id=call_id, user_id=user.id, participant_id=user.participant_id, kind=kind, at=now)


def _end(session: Session, user: User, calls: Sequence[int], now: datetime, of: Sequence[LessonKind]) -> None:
    mine = select(Lesson).where(Lesson.user_id == user.id, col(Lesson.undone_at).is_(None))
    for lesson in session.exec(mine.where(col(Lesson.call_id).in_(calls), col(Lesson.kind).in_(of))):
        lesson.undone_at = now
    session.flush()
