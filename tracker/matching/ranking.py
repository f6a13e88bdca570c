"""What people said, kept as the scores it leaves for each reader: a person's own words, and those of the own team.

A match keeps what the matcher said of it, for everybody. Beside it stands, per reader, what that reader's organisation
made of it; nobody else's mail or page changes by it.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, delete
from sqlmodel import Session, col, select

from db.models import Call, Leaning, Lesson, Match, TeamMember, User, Verdict
from db.session import one_at_a_time, reading, writing
from db.status import standing
from db.vocabulary import LessonKind, Say
from tracker.matching.texts import Vectors
from tracker.matching.vector_store import wholes
from tracker.matching.verdict_ranking import LASTING, RELEVANT, WANTED, ActiveVerdict, RankedPair, after_verdicts


@dataclass(frozen=True)
class SaidWord:
    """A verdict or lesson with who said it."""

    word: ActiveVerdict
    user_id: int
    participant_id: str
    team: bool


@dataclass(frozen=True)
class Audience:
    """Everybody who reads, and who is in the team of which opgave."""

    participants: Mapping[int, str]
    teams: Mapping[str, Collection[int]]

    def hears(self, user: int, said: SaidWord) -> bool:
        """Whether a word counts for this reader: an own one, or a colleague's of the same organisation, said for all
        of it or about an opgave that both are in the team of."""
        if said.user_id == user:
            return True
        if said.participant_id != self.participants.get(user):
            return False
        return said.team or any(user in team and said.user_id in team for team in self._teams_about(said))

    def _teams_about(self, said: SaidWord) -> Iterable[Collection[int]]:
        about = said.word.challenge_id
        return self.teams.values() if about is None else filter(None, [self.teams.get(about)])


def rejections_for(session: Session, user: int, encoder: str | None) -> list[ActiveVerdict]:
    """The rejections for a lasting reason that count for this reader, without what the reader put back."""
    lasting = col(Verdict.undone_at).is_(None), Verdict.say == Say.NO, col(Verdict.reason).in_(sorted(LASTING))
    rows = session.exec(select(Verdict).where(*lasting).order_by(col(Verdict.id))).all()
    if not rows:
        return []
    audience, put_back = _audience(session), _put_back(session)
    heard = _heard([_said_word(row, None) for row in rows], audience, user, put_back)
    if not any(count > 1 for count in Counter(word.reason for word in heard).values()):
        return heard  # one teaches nothing of others: no vector is needed, nor numpy with it
    vectors = wholes(session, select(Verdict.call_id).where(*lasting), encoder)
    return _heard([_said_word(row, vectors.get(row.call_id)) for row in rows], audience, user, put_back)


def lean_again(engine: Engine, now: datetime, encoder: str | None) -> int:
    """Work out anew, for every reader, what was said: how many scores it moves. Nothing is sent or told by it."""
    with reading(engine) as session:
        audience, said = _audience(session), _said(session, encoder)
        known = set(session.exec(select(Leaning.user_id).distinct()))
        readers = {user for user in audience.participants if any(audience.hears(user, each) for each in said)}
        rows = _leanings(session, sorted(readers), said, audience, now, encoder)
    with writing(engine) as session:
        one_at_a_time(session, "leanings")
        _replace(session, readers | known, rows)
    return len(rows)


def lean_now(session: Session, user: User, now: datetime, encoder: str | None) -> None:
    """The same for who said something just now and the colleagues who hear it, in the caller's transaction."""
    audience, said = _audience(session), _said(session, encoder)
    mine = [each for each in said if each.user_id == user.id]
    colleagues = {id_ for id_, participant in audience.participants.items() if participant == user.participant_id}
    readers = {user.id} | {id_ for id_ in colleagues if any(audience.hears(id_, each) for each in mine)}
    _replace(session, readers, _leanings(session, sorted(readers), said, audience, now, encoder))


def _audience(session: Session) -> Audience:
    people = select(User.id, User.participant_id).where(col(User.deactivated_at).is_(None))
    teams: dict[str, set[int]] = defaultdict(set)
    for challenge, user in session.exec(select(TeamMember.challenge_id, TeamMember.user_id)):
        teams[challenge].add(user)
    return Audience(dict(session.exec(people).all()), teams)


def _said(session: Session, encoder: str | None) -> list[SaidWord]:
    """Every standing verdict and lesson, with the vectors of the calls they are about."""
    verdicts = select(Verdict).where(col(Verdict.undone_at).is_(None), Verdict.say != Say.LATER)
    lessons = select(Lesson).where(col(Lesson.undone_at).is_(None), Lesson.kind != LessonKind.RESET)
    rows = [*session.exec(verdicts.order_by(col(Verdict.id))), *session.exec(lessons.order_by(col(Lesson.id)))]
    if not rows:
        return []
    about = select(Verdict.call_id).where(col(Verdict.undone_at).is_(None))
    vectors = {
        **wholes(session, about, encoder),
        **wholes(session, select(Lesson.call_id).where(col(Lesson.undone_at).is_(None)), encoder),
    }
    return [_said_word(row, vectors.get(row.call_id)) for row in rows]


def _said_word(row: Verdict | Lesson, vector: Vectors | None) -> SaidWord:
    if isinstance(row, Lesson):
        word = ActiveVerdict(str(row.call_id), None, row.kind, None, row.at, vector)
        return SaidWord(word, row.user_id, row.participant_id, team=False)
    word = ActiveVerdict(str(row.call_id), row.challenge_id, row.say, row.reason, row.at, vector)
    return SaidWord(word, row.user_id, row.participant_id, row.team)


def _put_back(session: Session) -> Mapping[int, Collection[str]]:
    """Per reader the calls whose rejection teaches that reader nothing any more."""
    resets: dict[int, set[str]] = defaultdict(set)
    rows = select(Lesson.user_id, Lesson.call_id).where(
        Lesson.kind == LessonKind.RESET, col(Lesson.undone_at).is_(None)
    )
    for user, call in session.exec(rows):
        resets[user].add(str(call))
    return resets


def _heard(
    said: Sequence[SaidWord], audience: Audience, user: int, put_back: Mapping[int, Collection[str]]
) -> list[ActiveVerdict]:
    """A rejection that was put back still holds for its own call, and says nothing of others."""
    back = put_back.get(user, ())
    words = [each.word for each in said if audience.hears(user, each)]
    return [_alone(word) if word.say == Say.NO and word.call_id in back else word for word in words]


def _alone(word: ActiveVerdict) -> ActiveVerdict:
    return ActiveVerdict(word.call_id, word.challenge_id, word.say, word.reason, word.at)


def _leanings(
    session: Session,
    readers: Sequence[int],
    said: Sequence[SaidWord],
    audience: Audience,
    now: datetime,
    encoder: str | None,
) -> list[Leaning]:
    if not readers or not said:
        return []
    pairs, put_back = _pairs(session, now, encoder), _put_back(session)
    return [
        leaning for user in readers for leaning in _of_reader(user, pairs, _heard(said, audience, user, put_back), now)
    ]


def _pairs(session: Session, now: datetime, encoder: str | None) -> list[RankedPair]:
    """The matches of calls that still stand, as the matcher left them."""
    stands = select(Call.id).where(standing(now))
    rows = session.exec(select(Match.call_id, Match.challenge_id, Match.score).where(col(Match.call_id).in_(stands)))
    vectors = wholes(session, stands, encoder)
    return [RankedPair(str(call), challenge, score, vectors.get(call)) for call, challenge, score in rows]


def _of_reader(
    user: int, pairs: Sequence[RankedPair], words: Sequence[ActiveVerdict], now: datetime
) -> Iterable[Leaning]:
    """What the words move, and the links that people made where the matcher saw none."""
    moved = [pair for pair in after_verdicts(pairs, words, now) if pair.because]
    known = {(pair.call_id, pair.challenge_id) for pair in pairs}
    made = {(word.call_id, word.challenge_id) for word in words if word.say == Say.YES and word.challenge_id}
    moved += [RankedPair(call, str(challenge), WANTED, None, RELEVANT) for call, challenge in sorted(made - known)]
    for pair in moved:
        yield Leaning(
            user_id=user, call_id=int(pair.call_id), challenge_id=pair.challenge_id, score=pair.score,
            because=pair.because or "",
        )  # fmt: skip


def _replace(session: Session, readers: Collection[int], rows: Iterable[Leaning]) -> None:
    session.exec(delete(Leaning).where(col(Leaning.user_id).in_(list(readers))))
    session.add_all(rows)
    session.flush()


def leanings_of(session: Session, users: Collection[int]) -> dict[int, list[Leaning]]:
    """Per reader what was moved."""
    by_user: dict[int, list[Leaning]] = defaultdict(list)
    rows = select(Leaning).where(col(Leaning.user_id).in_(list(users))).order_by(col(Leaning.id))
    for row in session.exec(rows):
        by_user[row.user_id].append(row)
    return by_user
