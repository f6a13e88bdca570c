"""Whom an account is of: the region, an opgave, a participant or a deelregio, by the end of its address."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import Session

from db.models import Challenge, Participant
from db.queries import Viewer
from db.region_served import region
from db.vocabulary_account import Figure
from tracker.account import report
from tracker.account.facts import Fact, Span, facts
from tracker.account.figures import carried_by, serving
from tracker.account.report import Account
from tracker.account.seen import seen_rows
from tracker.account.subregions import Subregion, subregions
from tracker.challenges.agenda import below
from tracker.errors import NotFound

OPGAVEN, DEELNEMERS, DEELREGIOS = "opgaven", "deelnemers", "deelregios"


@dataclass(frozen=True)
class AccountSubject:
    """One of the four; all none: the region."""

    name: str
    path: str = ""
    challenge: Challenge | None = None
    participant: Participant | None = None
    subregion: Subregion | None = None


def subject_of(session: Session, path: str) -> AccountSubject:
    """The subject that the end of an address names, or NotFound."""
    kind, _, key = path.partition("/")
    if not path:
        return AccountSubject(region().full)
    if kind == OPGAVEN and (challenge := session.get(Challenge, key)):
        return AccountSubject(challenge.name or challenge.id, path, challenge=challenge)
    if kind == DEELNEMERS and (participant := session.get(Participant, key)):
        return AccountSubject(participant.name, path, participant=participant)
    if kind == DEELREGIOS:
        for subregion in subregions(session):
            if subregion.id == key:
                return AccountSubject(f"deelregio {subregion.name}", path, subregion=subregion)
    raise NotFound


def account_of(session: Session, viewer: Viewer, subject: AccountSubject, span: Span) -> Account:
    """Its account over a span, as far as this viewer may see it."""
    if subject.challenge is not None:
        return report.of_challenge(session, viewer, subject.challenge, span)
    if subject.participant is not None:
        return report.of_participant(session, viewer, subject.participant, span)
    if subject.subregion is not None:
        return report.of_subregion(session, viewer, subject.subregion, span)
    return report.of_region(session, viewer, span)


def _members(subject: AccountSubject) -> Collection[str] | None:
    if subject.subregion is not None:
        return subject.subregion.members
    return [subject.participant.id] if subject.participant else None


def counted(session: Session, viewer: Viewer, subject: AccountSubject, span: Span) -> list[Fact]:
    """The rows that its account counts, figure by figure, without working out its figures and the year before."""
    rows, seen = facts(session, viewer, span), list[Fact]()
    if (members := _members(subject)) is not None:
        rows = carried_by(rows, members)
    else:
        opgaven = below(session, (subject.challenge.id,)) if subject.challenge else None
        rows = rows if opgaven is None else serving(rows, opgaven)
        seen = seen_rows(session, span, opgaven)
    return [row for figure in Figure for row in (seen if figure == Figure.SEEN else report.of_figure(rows, figure))]
