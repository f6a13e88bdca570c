"""Whom an account is of: the region, an opgave, a participant or a deelregio, by the end of its address."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import Session

from db.models import Challenge, Participant
from db.region_served import region
from tracker.account.subregions import subregions
from tracker.challenges.agenda import below
from tracker.errors import NotFound

OPGAVEN, DEELNEMERS, DEELREGIOS = "opgaven", "deelnemers", "deelregios"


@dataclass(frozen=True)
class AccountSubject:
    """Its name and address, and which rows it counts: of these opgaven, of these carriers; None: whatever it is.

    ``challenge``: the opgave it is of; ``opgaven`` has those below it too. Of carriers no opgaven are asked.
    """

    name: str
    path: str = ""
    challenge: Challenge | None = None
    opgaven: Collection[str] | None = None
    carriers: Collection[str] | None = None


def subject_of(session: Session, path: str) -> AccountSubject:
    """The subject that the end of an address names, or NotFound."""
    kind, _, key = path.partition("/")
    if not path:
        return AccountSubject(region().full)
    if kind == OPGAVEN and (challenge := session.get(Challenge, key)):
        return AccountSubject(challenge.name or challenge.id, path, challenge, below(session, (challenge.id,)))
    if kind == DEELNEMERS and (participant := session.get(Participant, key)):
        return AccountSubject(participant.name, path, carriers=[participant.id])
    if kind == DEELREGIOS:
        for subregion in subregions(session):
            if subregion.id == key:
                return AccountSubject(f"deelregio {subregion.name}", path, carriers=subregion.members)
    raise NotFound
