"""How sure the matcher is of one opgave: graded calls it was fitted on, and how often people here agree with it."""

from dataclasses import dataclass

from sqlmodel import Session, col, or_, select

from db.models import Challenge, Match, Verdict
from db.queries import Viewer
from db.rights import visible
from db.vocabulary import NoReason, Say
from tracker.matching import DIGEST_THRESHOLD
from tracker.matching.model_names import labelled_calls

MANY_LABELS, SOME_LABELS = 20, 5
ENOUGH_JUDGED = 8  # from so many verdicts on what people here say outweighs the labels
MOSTLY, HALF = 0.8, 0.6


@dataclass(frozen=True)
class Certainty:
    """``labelled``: graded calls that matter to the opgave. ``judged``: verdicts here that say whether the subject was
    right, of which the matcher said the same in ``agreed``."""

    labelled: int
    judged: int
    agreed: int

    @property
    def word(self) -> str:
        """In Dutch, for its page."""
        if self.judged >= ENOUGH_JUDGED:
            share = self.agreed / self.judged
            return "meestal goed" if share >= MOSTLY else "redelijk" if share >= HALF else "vaak mis"
        if self.labelled >= MANY_LABELS:
            return "redelijk"
        return "onzeker" if self.labelled >= SOME_LABELS else "alleen op woorden en strekking"


def certainty(session: Session, viewer: Viewer, challenge: Challenge) -> Certainty:
    """Of one opgave, by the verdicts that this viewer may see."""
    labelled = labelled_calls().get(challenge.id, 0)
    says = list(_says(session, viewer, challenge))
    agreed = sum(wanted == (score >= DIGEST_THRESHOLD) for wanted, score in says)
    return Certainty(labelled, len(says), agreed)


def _says(session: Session, viewer: Viewer, challenge: Challenge) -> list[tuple[bool, float]]:
    """Whether people found the subject right, and the matcher's score. A "no" tells that of its subject only where it
    says so; a word on a call as a whole tells it of the opgaven that the call matches."""
    told = or_(Verdict.say == Say.YES, Verdict.reason == NoReason.OFF_TOPIC)
    same = (col(Match.call_id) == col(Verdict.call_id)) & (col(Match.challenge_id) == challenge.id)
    query = select(Verdict.say, Verdict.challenge_id, Match.score).outerjoin(Match, same)
    query = query.where(told, col(Verdict.undone_at).is_(None), visible(viewer, Verdict))
    rows = session.exec(query.where(or_(Verdict.challenge_id == challenge.id, col(Verdict.challenge_id).is_(None))))
    return [
        (say == Say.YES, score or 0.0)
        for say, about, score in rows
        if about is not None or (score or 0.0) >= DIGEST_THRESHOLD
    ]
