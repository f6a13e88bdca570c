"""People's verdicts in the order of calls: what is like the rejected sinks, what anyone wants never does.

A match keeps what the matcher said beside the score that verdicts leave it, so nothing is lost when one is taken back.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import Match, TeamMember, Verdict
from db.session import reading, writing
from db.vocabulary import Say, Visibility
from tracker.matching import DIGEST_THRESHOLD
from tracker.matching.texts import reason
from tracker.matching.vector_store import wholes
from tracker.matching.verdict_ranking import RELEVANT, WANTED, ActiveVerdict, RankedPair, after_verdicts

BATCH = 500
VerdictsByChallenge = Mapping[str, Sequence[ActiveVerdict]]  # the verdicts that count, by opgave
MovedPairs = Mapping[tuple[str, str], RankedPair]  # the pairs that verdicts moved, by call and opgave


def active_verdicts(session: Session, encoder: str | None) -> VerdictsByChallenge:
    """Per opgave the active verdicts that move its ranking, with the vectors of the calls they are about.

    A "yes" counts, whoever said it. A "no" counts for an opgave when its team said so: a member, or anyone where there
    is no team yet, or a person who said it for the whole team. A private word of one organisation does neither: others
    would see what it moved. Said of a call as a whole, it is about the opgaven that the call is matched with.
    """
    active = select(Verdict).where(col(Verdict.undone_at).is_(None), Verdict.say != Say.LATER)
    verdicts = session.exec(active.order_by(col(Verdict.id))).all()
    if not verdicts:
        return {}
    teams, about = _teams(session), _about(session)
    vectors = wholes(session, select(Verdict.call_id).where(col(Verdict.undone_at).is_(None)), encoder)
    by_challenge: dict[str, list[ActiveVerdict]] = defaultdict(list)
    for v in verdicts:
        for challenge in (v.challenge_id,) if v.challenge_id else about[v.call_id]:
            if _counts(v, teams[challenge]):
                verdict = ActiveVerdict(str(v.call_id), challenge, v.say, v.reason, v.at, vectors.get(v.call_id))
                by_challenge[challenge].append(verdict)
    return by_challenge


def _teams(session: Session) -> Mapping[str, set[int]]:
    teams: dict[str, set[int]] = defaultdict(set)
    for challenge, user in session.exec(select(TeamMember.challenge_id, TeamMember.user_id)):
        teams[challenge].add(user)
    return teams


def _about(session: Session) -> Mapping[int, list[str]]:
    """The opgaven that calls judged as a whole are matched with, by the matcher's own word."""
    about: dict[int, list[str]] = defaultdict(list)
    judged_whole = select(Verdict.call_id).where(col(Verdict.undone_at).is_(None), col(Verdict.challenge_id).is_(None))
    rows = select(Match.call_id, Match.challenge_id, Match.score, Match.said)
    for call, challenge, score, own_score in session.exec(rows.where(col(Match.call_id).in_(judged_whole))):
        if (score if own_score is None else own_score) >= DIGEST_THRESHOLD:
            about[call].append(challenge)
    return about


def _counts(verdict: Verdict, team: set[int]) -> bool:
    if verdict.visibility == Visibility.OWN:
        return False
    return verdict.say == Say.YES or not team or verdict.team or verdict.user_id in team


def moved_pairs(pairs: Iterable[RankedPair], by: VerdictsByChallenge, now: datetime) -> MovedPairs:
    """The pairs that verdicts move, with the score they are left, by call and opgave."""
    judged: dict[str, list[RankedPair]] = defaultdict(list)
    for pair in pairs:
        if pair.challenge_id in by:
            judged[pair.challenge_id].append(pair)
    after = [pair for challenge, some in judged.items() for pair in after_verdicts(some, by[challenge], now)]
    return {(pair.call_id, pair.challenge_id): pair for pair in after if pair.because}


def rank_again(engine: Engine, now: datetime, encoder: str | None) -> int:
    """Give every match the score that verdicts leave it; how many changed. Nothing is sent or told by it."""
    with reading(engine) as session:
        by = active_verdicts(session, encoder)
        changed = _unwanted_moves(session, by)
        changed += [change for each in by for change in _of_challenge(session, each, by, now, encoder)]
    for start in range(0, len(changed), BATCH):
        with writing(engine) as session:
            for number, pair in changed[start : start + BATCH]:
                _write(session, number, pair, now)
    return len(changed)


Change = tuple[int | None, RankedPair]  # the match to change, none where people made the link themselves


def _unwanted_moves(session: Session, by: VerdictsByChallenge) -> list[Change]:
    """Matches of opgaven without a verdict left that still stand moved."""
    left = select(Match).where(col(Match.said).is_not(None), col(Match.challenge_id).not_in(list(by)))
    return [(row.id, _ranked(row)) for row in session.exec(left)]


def _of_challenge(
    session: Session, challenge: str, by: VerdictsByChallenge, now: datetime, encoder: str | None
) -> list[Change]:
    rows = session.exec(select(Match).where(Match.challenge_id == challenge)).all()
    vectors = wholes(session, select(Match.call_id).where(Match.challenge_id == challenge), encoder)
    pairs = {str(row.call_id): _ranked(row, vectors.get(row.call_id)) for row in rows}
    after = moved_pairs(pairs.values(), by, now)
    changes: list[Change] = []
    for row in rows:
        call = str(row.call_id)
        pair = after.get((call, challenge), pairs[call])
        if abs(pair.score - row.score) > 1e-6 or (pair.because is None) != (row.said is None):
            changes.append((row.id, pair))
    linked = [v for v in by[challenge] if v.say == Say.YES and v.call_id not in pairs]
    return changes + [(None, RankedPair(v.call_id, challenge, WANTED, None, RELEVANT)) for v in linked]


def _ranked(row: Match, vector: Any = None) -> RankedPair:
    return RankedPair(str(row.call_id), row.challenge_id, row.score if row.said is None else row.said, vector)


def _write(session: Session, number: int | None, pair: RankedPair, now: datetime) -> None:
    row = session.get(Match, number) if number is not None else _new_link(session, pair, now)
    if row is None:
        return  # matched anew meanwhile, with the verdicts of then
    own_score = row.score if row.said is None else row.said
    row.said = own_score if pair.because else None
    row.score = pair.score
    row.reasons = with_verdict(row.reasons, pair, own_score)
    session.add(row)


def _new_link(session: Session, pair: RankedPair, now: datetime) -> Match | None:
    matched = select(Match.id).where(Match.call_id == int(pair.call_id), Match.challenge_id == pair.challenge_id)
    if session.exec(matched).first() is not None:
        return None
    return Match(call_id=int(pair.call_id), challenge_id=pair.challenge_id, score=0.0, model="", at=now)


def with_verdict(reasons: Iterable[dict[str, Any]], pair: RankedPair, own_score: float) -> list[dict[str, Any]]:
    """Reasons with the one that people gave in front, where there is one."""
    others = [each for each in reasons if each.get("kind") != "verdict"]
    if not pair.because:
        return others
    text = f"{pair.because[0].upper()}{pair.because[1:]}."
    return [reason("verdict", pair.score - own_score, "", "", "", text), *others]
