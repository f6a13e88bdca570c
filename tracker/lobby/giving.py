"""What is open goes to a colleague: a follow-up, a promise, a sign-off round, or what something hangs on.

And a round to another day.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from db.models import Commitment, ContactMoment, Dossier, SignOffRound, User
from db.rights import has_role, may_see
from db.vocabulary import Role
from db.vocabulary_audit import Subject
from db.vocabulary_lobby import LogKind
from notifications.wording import short_day
from tracker.errors import Incomplete, MoveNotAllowed
from tracker.lobby import dossiers
from tracker.lobby.due import LobbyDue
from tracker.lobby.history import correct, must_own
from tracker.lobby.log import log
from tracker.rights import Deed, must_change, viewer_of
from tracker.versions import claim

Held = ContactMoment | Commitment | SignOffRound | Dossier

# What a form calls each of these.
HELD: dict[str, type[Any]] = {
    "contact": ContactMoment,
    "promise": Commitment,
    "round": SignOffRound,
    "dossier": Dossier,
}
NAMES = {model: name for name, model in HELD.items()}
# What the audit log calls each of these.
SUBJECTS = {
    "contact": Subject.CONTACT,
    "promise": Subject.COMMITMENT,
    "round": Subject.ROUND,
    "dossier": Subject.DOSSIER,
}
OF_DOSSIER = ("position_review", "mandate", "moment")  # due for who pulls the dossier


def held_by(item: LobbyDue) -> Held | None:
    """The row that says whose this is; none where it is asked of that very person, such as a second confirmation."""
    if isinstance(item.owned, ContactMoment | Commitment):
        return item.owned
    if item.kind == "own_round" and isinstance(item.also, SignOffRound):
        return item.also
    if item.kind not in OF_DOSSIER:
        return None
    return next((row for row in (item.owned, item.also) if isinstance(row, Dossier)), None)


def audited_as(held: Held) -> str:
    """How the audit log names it."""
    return f"{SUBJECTS[NAMES[type(held)]]} {held.id}"


def holder_of(held: Held) -> int | None:
    """Whose place somebody takes who gets it: of a dossier its lobbyist's."""
    if isinstance(held, Dossier):
        return held.lobbyist_id
    if isinstance(held, ContactMoment):
        return held.follow_up_owner or held.user_id
    return held.owner_id if isinstance(held, Commitment) else held.whose


@dataclass(frozen=True)
class Place:
    """Who has it by name, and who stays beside them whoever gets it: the ambtelijk trekker of a dossier."""

    holder: User | None
    stays: User | None = None


def place_of(session: Session, held: Held) -> Place:
    """Whose place is taken by who gets it, and who stays."""
    holder = holder_of(held)
    official = held.official_id if isinstance(held, Dossier) else None
    stays = session.get(User, official) if official else None
    return Place(session.get(User, holder) if holder else None, stays if stays and not stays.deactivated_at else None)


def give(deed: Deed, held: Held, user_id: int, seen: int) -> None:
    """Make it this colleague's; a dossier gets them as its lobbyist. What stood there stays in its history.

    Raises NotFound or NotAllowed for who may not change it, Incomplete for who cannot have it, ChangedMeanwhile where
    somebody else was first.
    """
    must_own(deed, held)
    must_be_able(deed.session, held, user_id)
    if isinstance(held, Dossier):
        dossiers.entrust(deed, held, user_id, seen)
    elif isinstance(held, SignOffRound):
        _entrust_round(deed, held, user_id, seen)
    else:
        correct(deed, held, {"owner_id" if isinstance(held, Commitment) else "follow_up_owner": user_id}, seen)


def must_be_able(session: Session, held: Held, user_id: int) -> None:
    """Raises Incomplete unless this is a colleague who has access, may see it and can do it."""
    user = session.get(User, user_id)
    there = user is not None and user.deactivated_at is None and user.participant_id == held.participant_id
    if user is None or not there or not has_role(viewer_of(user), Role.FUNDRAISER):
        raise Incomplete("Kies een collega die dit kan doen: met toegang, en niet alleen als lezer.", "to")
    if not may_see(session, viewer_of(user), held):
        raise Incomplete(f"{user.name} mag dit niet zien, en kan het dus niet doen.", "to")


def _entrust_round(deed: Deed, sign_off: SignOffRound, user_id: int, seen: int) -> None:
    """Somebody else sees to it that the round is answered; who opened it stays known, the dossier's log tells both."""
    dossier = deed.session.get_one(Dossier, sign_off.dossier_id)
    must_change(deed, dossier)
    claim(deed.session, sign_off, seen)
    if sign_off.closed_at is not None:
        raise MoveNotAllowed("Deze ronde is al gesloten.")
    before, after = (deed.session.get_one(User, id_).name for id_ in (sign_off.whose, user_id))
    sign_off.holder_id = user_id
    log(deed, dossier, LogKind.SIGN_OFF, f"van {before} naar {after}: {sign_off.question}", subject=sign_off)


def put_off_round(deed: Deed, sign_off: SignOffRound, day: date, seen: int) -> None:
    """Give those who are asked until another day; the dossier's log tells both."""
    dossier = deed.session.get_one(Dossier, sign_off.dossier_id)
    must_change(deed, dossier)
    claim(deed.session, sign_off, seen)
    if sign_off.closed_at is not None:
        raise MoveNotAllowed("Deze ronde is al gesloten.")
    if day < deed.today:
        raise Incomplete("De dag van antwoord is al voorbij.", "day")
    was, sign_off.due_on = sign_off.due_on, day
    said = f"van {short_day(was)} naar {short_day(day)}: {sign_off.question}"
    log(deed, dossier, LogKind.SIGN_OFF, said, subject=sign_off)
