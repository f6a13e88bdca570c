"""What the second reader makes of borderline matches: one question a match, answered with a sentence of the call.

Off where the organisation has set no reader. It moves no score: its word stands beside the match, as its own. What it
cannot quote from the call is thrown away. Each match is asked about once for a text of the call, within what a day may
cost, those that a public body can use best first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field, ValidationError
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from db.models import Call, Challenge, Match, SecondOpinion, Sighting
from db.queries import BY_HAND
from db.session import reading
from db.status import next_gate_expression, standing
from db.vocabulary import Eligibility
from tracker.calls.reader_endpoint import LONGEST_TEXT, AskingRound, Endpoint, ask_each, calls_left, object_in, quoted
from tracker.matching import DIGEST_THRESHOLD
from tracker.matching.search import chance_of_use

NEAR = 0.12  # how far from the threshold a score is still borderline
MOST_A_ROUND = 25
LONGEST_SENTENCE = 500  # characters
QUESTION = (
    "Would this call give money for work on the subject below? value is yes or no. sentence is the one sentence of the"
    " text that shows it best.\n\nSubject: {name}. {goal}"
)


class ProposedOpinion(BaseModel):
    """What the second reader answers."""

    value: Literal["yes", "no"]
    sentence: str = Field(max_length=5000)


@dataclass(frozen=True)
class BorderlineMatch:
    """A match to be asked about: the public text of its call, and the question."""

    call_id: int
    challenge_id: str
    revision: int
    question: str
    text: str


def ask_opinions(engine: Engine, endpoint: Endpoint, now: datetime) -> AskingRound:
    """Ask about borderline matches as far as the day allows."""

    def keep(session: Session, match: BorderlineMatch, content: str) -> bool:
        return session.merge(_opinion(match, content, endpoint.model, now)).fits is not None

    with reading(engine) as session:
        waiting = list(_borderline(session, now, min(MOST_A_ROUND, calls_left(session, endpoint, now))))
    return ask_each(engine, endpoint, now, waiting, keep)


def _borderline(session: Session, now: datetime, most: int) -> Iterator[BorderlineMatch]:
    """Matches near the threshold of calls that sources tell of, and that were not asked about with this text."""
    asked = select(SecondOpinion.revision).where(
        SecondOpinion.call_id == Match.call_id, SecondOpinion.challenge_id == Match.challenge_id
    )
    public = select(Sighting.call_id).where(Sighting.source != BY_HAND)
    query = (
        select(Match, Call, Challenge)
        .join(Call, col(Call.id) == col(Match.call_id))
        .join(Challenge, col(Challenge.id) == col(Match.challenge_id))
        .where(col(Match.score).between(DIGEST_THRESHOLD - NEAR, DIGEST_THRESHOLD + NEAR), standing(now))
        .where(Call.summary != "", Call.eligible != Eligibility.NO, col(Call.id).in_(public))
        .where(func.coalesce(asked.scalar_subquery(), -1) != Call.matched_revision)
        .order_by(chance_of_use().desc(), func.abs(Match.score - DIGEST_THRESHOLD), next_gate_expression(now))
        .order_by(col(Match.id))
    )
    for match, call, challenge in session.exec(query.limit(most)):
        question = QUESTION.format(name=challenge.name or "", goal=challenge.goal)
        text = f"{call.title}\n{call.summary}"[:LONGEST_TEXT]
        yield BorderlineMatch(match.call_id, match.challenge_id, call.matched_revision, question, text)


def _opinion(match: BorderlineMatch, content: str, model: str, now: datetime) -> SecondOpinion:
    """What is kept: its word with a sentence that stands in the call, or only that it was asked."""
    try:
        proposed = ProposedOpinion.model_validate_json(object_in(content))
        sentence = quoted(proposed.sentence, match.text)
    except ValidationError:
        sentence = ""
    return SecondOpinion(
        call_id=match.call_id, challenge_id=match.challenge_id, revision=match.revision, model=model, at=now,
        fits=proposed.value == "yes" if sentence else None, sentence=sentence[:LONGEST_SENTENCE],
    )  # fmt: skip


def opinions_on(session: Session, call: Call) -> dict[str, SecondOpinion]:
    """Opgave -> what the second reader quoted of the call as it was last matched."""
    rows = select(SecondOpinion).where(SecondOpinion.call_id == call.id, col(SecondOpinion.fits).is_not(None))
    current = session.exec(rows.where(SecondOpinion.revision == call.matched_revision))
    return {row.challenge_id: row for row in current}
