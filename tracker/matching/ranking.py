"""What people said, kept as the scores it leaves for each reader: a person's own words, and those of the own team.

A match keeps what the matcher said of it, for everybody. Beside it stands, per reader, what that reader's organisation
made of it; nobody else's mail or page changes by it.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from sqlalchemy import ColumnElement, Engine, and_, delete, or_, true
from sqlmodel import Session, col, select

from db.models import Call, CallVectors, Leaning, Lesson, Match, TeamMember, User, Verdict
from db.session import one_at_a_time, reading, writing
from db.status import standing
from db.vocabulary import LessonKind, Say
from tracker.matching.vector_store import wholes
from tracker.matching.verdict_ranking import LASTING, RELEVANT, WANTED, ActiveVerdict, RankedPair, after_verdicts

# calls that are weighed and scores that are stored at once: what twenty people say must not fill the pages' memory
AT_ONCE = 250


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
    own = select(User.participant_id).where(User.id == user).scalar_subquery()
    lasting = (
        col(Verdict.undone_at).is_(None),
        col(Verdict.say) == Say.NO,
        col(Verdict.reason).in_(sorted(LASTING)),
        or_(col(Verdict.user_id) == user, col(Verdict.participant_id) == own),
    )
    rows = session.exec(select(Verdict).where(*lasting).order_by(col(Verdict.id))).all()
    if not rows:
        return []
    audience, put_back = _audience(session), _put_back(session)
    heard = _heard([_said_word(row, None) for row in rows], audience, user, put_back)
    if not any(count > 1 for count in Counter(word.reason for word in heard).values()):
        return heard  # one teaches nothing of others: no vector is needed
    vectors = wholes(session, select(Verdict.call_id).where(*lasting), encoder)
    return _heard([_said_word(row, vectors.get(row.call_id)) for row in rows], audience, user, put_back)


def lean_again(engine: Engine, now: datetime, encoder: str | None) -> int:
    """Work out anew, for every reader, what was said: how many scores it moves. Nothing is sent or told by it."""
    with reading(engine) as session:
        audience, said = _audience(session), _said(session, encoder)
        known = set(session.exec(select(Leaning.user_id).distinct()))
        readers = {user for user in audience.participants if any(audience.hears(user, each) for each in said)}
        rows = list(_leanings(session, sorted(readers), said, audience, now, encoder))
    with writing(engine) as session:
        one_at_a_time(session, "leanings")
        _replace(session, readers | known, rows)
    return len(rows)


def lean_now(session: Session, user: User, now: datetime, encoder: str | None) -> None:
    """The same for who said something just now and the colleagues who hear it, in the caller's transaction."""
    audience = _audience(session)
    colleagues = [id_ for id_, participant in audience.participants.items() if participant == user.participant_id]
    said = _said(session, encoder, {user.id, *colleagues}, user.participant_id)
    mine = [each for each in said if each.user_id == user.id]
    readers = {user.id} | {id_ for id_ in colleagues if any(audience.hears(id_, each) for each in mine)}
    _replace(session, readers, _leanings(session, sorted(readers), said, audience, now, encoder))


def _audience(session: Session) -> Audience:
    people = select(User.id, User.participant_id).where(col(User.deactivated_at).is_(None))
    teams: dict[str, set[int]] = defaultdict(set)
    for challenge, user in session.exec(select(TeamMember.challenge_id, TeamMember.user_id)):
        teams[challenge].add(user)
    return Audience(dict(session.exec(people).all()), teams)


def _said(
    session: Session, encoder: str | None, people: Collection[int] = (), participant: str | None = None
) -> list[SaidWord]:
    """Every standing verdict and lesson with the vectors of the calls they are about; or of these people and what was
    said for this participant."""
    verdicts: list[ColumnElement[bool]] = [col(Verdict.undone_at).is_(None), col(Verdict.say) != Say.LATER]
    lessons: list[ColumnElement[bool]] = [col(Lesson.undone_at).is_(None), col(Lesson.kind) != LessonKind.RESET]
    if participant is not None:
        verdicts.append(or_(col(Verdict.user_id).in_(people), col(Verdict.participant_id) == participant))
        lessons.append(or_(col(Lesson.user_id).in_(people), col(Lesson.participant_id) == participant))
    rows = [
        *session.exec(select(Verdict).where(*verdicts).order_by(col(Verdict.id))),
        *session.exec(select(Lesson).where(*lessons).order_by(col(Lesson.id))),
    ]
    if not rows:
        return []
    vectors = {
        **wholes(session, select(Verdict.call_id).where(*verdicts), encoder),
        **wholes(session, select(Lesson.call_id).where(*lessons), encoder),
    }
    return [_said_word(row, vectors.get(row.call_id)) for row in rows]


def _said_word(row: Verdict | Lesson, vector: bytes | None) -> SaidWord:
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
    return replace(word, vector=None)


def _leanings(
    session: Session,
    readers: Sequence[int],
    said: Sequence[SaidWord],
    audience: Audience,
    now: datetime,
    encoder: str | None,
) -> Iterator[Leaning]:
    """Rows of the table, some calls after the other."""
    if not said:
        return
    put_back = _put_back(session)
    heard = {user: _heard(said, audience, user, put_back) for user in readers}
    known: set[tuple[str, str]] = set()
    for pairs in _pairs(session, now, encoder):
        known |= {(pair.call_id, pair.challenge_id) for pair in pairs}
        for user, words in heard.items():
            yield from (_row(user, pair) for pair in after_verdicts(pairs, words, now) if pair.because)
    for user, words in heard.items():
        yield from (_row(user, pair) for pair in _made(words, known))


def _pairs(session: Session, now: datetime, encoder: str | None) -> Iterator[list[RankedPair]]:
    """The matches of calls that still stand, as the matcher left them."""
    matched = select(Match.call_id).distinct()
    ids = session.exec(select(Call.id).where(standing(now), col(Call.id).in_(matched)).order_by(col(Call.id))).all()
    of_call = col(CallVectors.call_id) == col(Match.call_id)
    ours = true() if encoder is None else col(CallVectors.model) == encoder
    vector = and_(of_call, ours)
    rows = select(Match.call_id, Match.challenge_id, Match.score, CallVectors.whole).outerjoin(CallVectors, vector)
    for at in range(0, len(ids), AT_ONCE):
        found = session.exec(rows.where(col(Match.call_id).in_(ids[at : at + AT_ONCE])))
        yield [RankedPair(str(call), challenge, score, whole) for call, challenge, score, whole in found]


def _made(words: Iterable[ActiveVerdict], known: Collection[tuple[str, str]]) -> Iterator[RankedPair]:
    """The links that people made where the matcher saw none."""
    made = {(word.call_id, word.challenge_id) for word in words if word.say == Say.YES and word.challenge_id}
    for call, challenge in sorted(made - set(known)):
        yield RankedPair(call, challenge, WANTED, None, RELEVANT)


def _row(user: int, pair: RankedPair) -> Leaning:
    return Leaning(
        user_id=user, call_id=int(pair.call_id), challenge_id=pair.challenge_id, score=pair.score,
        because=pair.because or "",
    )  # fmt: skip


def _replace(session: Session, readers: Collection[int], rows: Iterable[Leaning]) -> None:
    session.exec(delete(Leaning).where(col(Leaning.user_id).in_(list(readers))))
    left = iter(rows)
    while some := list(islice(left, AT_ONCE)):
        session.add_all(some)
        session.flush()


def leanings_of(session: Session, users: Collection[int]) -> dict[int, list[Leaning]]:
    """Per reader what was moved."""
    by_user: dict[int, list[Leaning]] = defaultdict(list)
    rows = select(Leaning).where(col(Leaning.user_id).in_(list(users))).order_by(col(Leaning.id))
    for row in session.exec(rows):
        by_user[row.user_id].append(row)
    return by_user
