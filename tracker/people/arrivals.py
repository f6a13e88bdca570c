"""Who it is that a provider lets in: known by issuer and subject, invited by mail address, or new by a mapping."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from db.models import Identity, Participant, User
from db.vocabulary import Role
from notifications.message import one_line
from tracker.clock import Now
from tracker.errors import NotPossible, Refused
from tracker.people.access import leave_organisation
from tracker.people.providers import Provider, provider_for
from tracker.people.subscriptions import add_user, folded
from tracker.rights import Deed


class NotLetIn(Refused):
    """Signed in at the provider, and yet not here; ``why`` is for the audit log."""

    def __init__(self, message: str, why: str) -> None:
        super().__init__(message)
        self.why = why


class StepUpNeeded(Exception):
    """An administrator who showed too little: the provider is to be asked for more."""


def arrive(
    session: Session, provider: Provider, providers: Sequence[Provider], claims: dict[str, Any], now: datetime
) -> tuple[User, Identity, str]:
    """The person, the account, and what was done to both, for the audit log. Raises NotLetIn or StepUpNeeded."""
    query = select(Identity).where(Identity.issuer == provider.issuer, Identity.subject == claims["sub"])
    identity, done = session.exec(query).first(), "done"
    if identity is not None:
        user = session.get_one(User, identity.user_id)
    else:
        user, done = _invited_or_new(session, provider, providers, claims, now)
        identity = Identity(issuer=provider.issuer, subject=claims["sub"], user_id=user.id, linked_at=now, last_at=now)
        session.add(identity)
    if user.deactivated_at is not None:
        raise NotLetIn("U heeft geen toegang meer. Vraag een beheerder of dat klopt.", f"user {user.id} has no access")
    done = _mapped(Deed(session, user, now), provider, claims, identity) or done
    if user.role == Role.ADMINISTRATOR and provider.step_up is not None and not provider.step_up.met_by(claims, now):
        raise StepUpNeeded
    identity.last_at = now
    session.flush()
    return user, identity, done


def _invited_or_new(
    session: Session, provider: Provider, providers: Sequence[Provider], claims: dict[str, Any], now: datetime
) -> tuple[User, str]:
    address = _checked_address(provider, providers, claims)
    user = session.exec(select(User).where(User.email == address)).first()
    if user is None:
        return _new(session, provider, claims, address, now), "new person, account linked"
    other = select(Identity).where(Identity.user_id == user.id, Identity.issuer == provider.issuer)
    if session.exec(other).first() is not None:
        raise NotLetIn(
            "Bij dit e-mailadres hoort al een ander account. Vraag een beheerder het los te maken.",
            f"user {user.id} has another account there",
        )
    return user, "account linked"


def _checked_address(provider: Provider, providers: Sequence[Provider], claims: dict[str, Any]) -> str:
    """The mail address that the provider vouches for, and may vouch for."""
    given = claims.get("email")
    sure = provider.mail_checked == "provider" or claims.get("email_verified") is True
    if not isinstance(given, str) or "@" not in given or not sure:
        raise NotLetIn(
            "Uw organisatie bevestigt uw e-mailadres niet. Zonder dat weten wij niet wie u bent.",
            "no verified mail address",
        )
    address = folded(given)
    speaker = provider_for(providers, address)
    if (speaker is not None and speaker.id != provider.id) or (speaker is None and provider.domains):
        raise NotLetIn(
            "Uw e-mailadres is van een andere organisatie dan die waar u inlogde.", "mail address of another domain"
        )
    return address


def _new(session: Session, provider: Provider, claims: dict[str, Any], address: str, now: datetime) -> User:
    role = provider.role_of(claims)
    if role is None:
        raise NotLetIn(
            "Kansenradar kent u nog niet. Vraag de beheerder van uw organisatie om u uit te nodigen.", "not invited"
        )
    name = claims.get("name")
    called = one_line(name, 120) if isinstance(name, str) and name.strip() else address.partition("@")[0]
    try:
        return add_user(session, address, called, role, provider.participant_of(claims), Now(now))
    except NotPossible as error:
        raise NotLetIn("Uw organisatie is nog niet goed ingesteld. Vraag een beheerder.", str(error)) from error


def _mapped(deed: Deed, provider: Provider, claims: dict[str, Any], identity: Identity) -> str:
    """Where claims decide what a person may do they do so each time; gives what changed."""
    if not provider.roles:
        return ""
    user = deed.by
    role, home = provider.role_of(claims), provider.participant_of(claims)
    if role is None:
        raise NotLetIn(
            "Uw account geeft u geen toegang tot Kansenradar. Vraag het uw eigen helpdesk.", f"user {user.id}: no role"
        )
    before = (user.role, user.participant_id)
    user.role = role.value
    if home and home != user.participant_id and deed.session.get(Participant, home) is not None:
        leave_organisation(deed, user, identity)
        user.participant_id = home
    after = (user.role, user.participant_id)
    return "" if before == after else f"role {before[0]} to {after[0]}, participant {before[1]} to {after[1]}"
