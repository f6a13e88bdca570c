"""Who is let in, and who no more: sessions, links and known browsers of a person, and their end."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from db.models import (
    ApiKey,
    Delivery,
    Dossier,
    DossierReader,
    Identity,
    KeptForm,
    KnownBrowser,
    LogEntry,
    MagicLink,
    ReviewPerson,
    User,
    WebSession,
)
from db.vocabulary import WAITING_STATES, DeliveryState, MailKind
from db.vocabulary_lobby import LogKind
from notifications import outbox
from tracker.rights import Deed

LASTS = timedelta(days=7)
KNOWN_FOR = timedelta(days=180)  # a browser that nobody signed in with for so long is a stranger's again


def hashed(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def start_session(
    session: Session, user: User, agent: str, now: datetime, identity: Identity | None = None, sid: str = ""
) -> str:
    """A new session for a person; gives the token for the cookie, which is stored nowhere."""
    assert user.id is not None
    token = secrets.token_urlsafe(32)
    by = identity.id if identity else None
    session.add(
        WebSession(
            token_hash=hashed(token), user_id=user.id, created_at=now, expires_at=now + LASTS, agent=agent[:120],
            identity_id=by, provider_sid=sid[:255],
        )
    )  # fmt: skip
    found = session.get(User, user.id)
    if found is not None:
        found.seen_at = now
    return token


def revoke_sessions(session: Session, user_id: int, now: datetime, only: int | None = None) -> None:
    """End one session of a person, or all of them."""
    query = select(WebSession).where(col(WebSession.user_id) == user_id, col(WebSession.revoked_at).is_(None))
    for row in session.exec(query if only is None else query.where(col(WebSession.id) == only)):
        row.revoked_at = now


def end_provider_sessions(session: Session, issuer: str, subject: str, sid: str, now: datetime) -> int:
    """End what a provider says is over: one session by its name there, or all of an account; gives how many.

    Only sessions that began before: a word that is repeated later ends nothing that began since.
    """
    query = select(WebSession).join(Identity, col(Identity.id) == col(WebSession.identity_id))
    query = query.where(Identity.issuer == issuer, col(WebSession.revoked_at).is_(None))
    query = query.where(col(WebSession.created_at) <= now)
    if subject:
        query = query.where(Identity.subject == subject)
    if sid:
        query = query.where(WebSession.provider_sid == sid)
    ended = list(session.exec(query)) if subject or sid else []
    for row in ended:
        row.revoked_at = now
    return len(ended)


def account_of(session: Session, session_id: int) -> Identity | None:
    """The account by which a session was begun; none where that was by mail."""
    query = select(Identity).join(WebSession, col(WebSession.identity_id) == col(Identity.id))
    return session.exec(query.where(WebSession.id == session_id)).first()


def accounts(session: Session, user: User) -> list[Identity]:
    """The accounts at providers by which somebody signs in."""
    return list(session.exec(select(Identity).where(Identity.user_id == user.id).order_by(col(Identity.id))))


def unlink(session: Session, identity: Identity, now: datetime) -> None:
    """Forget an account, so that another may be linked; what was signed in by it ends."""
    for row in session.exec(select(WebSession).where(WebSession.identity_id == identity.id)):
        row.revoked_at, row.identity_id = row.revoked_at or now, None
    session.flush()
    session.delete(identity)


def end_links(session: Session, user_id: int, now: datetime) -> None:
    """Let no link that a person was mailed sign in any more, nor one that still waits to be mailed."""
    for link in session.exec(select(MagicLink).where(MagicLink.user_id == user_id, col(MagicLink.used_at).is_(None))):
        link.used_at = now
    waiting = [mail.id for mail in _waiting(session, user_id) if mail.kind == MailKind.SIGN_IN]
    outbox.withdraw(session, waiting, "no access by this link any more", now)


def end_keys(session: Session, user_id: int, now: datetime) -> None:
    """Let no program come in by a key of this person any more."""
    for key in session.exec(select(ApiKey).where(ApiKey.user_id == user_id, col(ApiKey.ended_at).is_(None))):
        key.ended_at = now


def end_access(deed: Deed, user: User) -> None:
    """Shut a person out, at once: sessions, links, known browsers, mail that waits and reading along by name."""
    session, now = deed.session, deed.now
    user.deactivated_at = now
    stop_reading_along(deed, user)
    _forget(session, user.id, now)
    waiting = [mail.id for mail in _waiting(session, user.id)]
    outbox.withdraw(session, waiting, "no access any more", now)


def stop_reading_along(deed: Deed, user: User) -> None:
    """Who works elsewhere now, or nowhere, was not whom a dossier's owner meant; its log says that it ended."""
    readings = select(DossierReader, Dossier).join(Dossier).where(DossierReader.user_id == user.id)
    for reading, dossier in deed.session.exec(readings).all():
        deed.session.delete(reading)
        line = LogEntry(
            dossier_id=dossier.id, participant_id=dossier.participant_id, visibility=dossier.visibility, at=deed.now,
            day=deed.today, user_id=deed.by.id, kind=LogKind.EDITED, text=f"{user.name} leest niet meer op naam mee",
        )  # fmt: skip
        deed.session.add(line)
    deed.session.flush()


def leave_organisation(deed: Deed, user: User, by: Identity | None = None) -> None:
    """Somebody goes to another participant: what came or was typed at the former one is not taken along.

    Nor do accounts at its provider open the new desk; ``by``: the one that said so itself, which stays.
    """
    session = deed.session
    stop_reading_along(deed, user)
    for model in (KeptForm, ReviewPerson):
        session.connection().execute(delete(model).where(col(model.user_id) == user.id))
    personal = [mail.id for mail in _waiting(session, user.id) if mail.kind == MailKind.SHARED]
    outbox.withdraw(session, personal, "works elsewhere now", deed.now)
    for identity in accounts(session, user):
        if by is None or identity.id != by.id:
            unlink(session, identity, deed.now)
    end_keys(session, user.id, deed.now)
    user.participant_since = deed.now


def change_address(session: Session, user: User, address: str, now: datetime) -> None:
    """Another mailbox from now on: who reads the old one gets in nowhere, and what waits goes to the new one."""
    user.email, user.address_since = address, now
    _forget(session, user.id, now)
    for mail in _waiting(session, user.id):
        if mail.kind != MailKind.SIGN_IN and mail.state in outbox.QUEUED:
            mail.address = address
        elif mail.kind != MailKind.SIGN_IN:  # perhaps it left already: it is not tried again at the old one
            outbox.withdraw(session, [mail.id], "the address changed", now)


def _forget(session: Session, user_id: int, now: datetime) -> None:
    revoke_sessions(session, user_id, now)
    end_links(session, user_id, now)
    end_keys(session, user_id, now)
    session.connection().execute(delete(KnownBrowser).where(col(KnownBrowser.user_id) == user_id))


def _waiting(session: Session, user_id: int) -> list[Delivery]:
    states = [*(state.value for state in WAITING_STATES), DeliveryState.HELD.value, DeliveryState.SENDING.value]
    query = select(Delivery).where(Delivery.user_id == user_id, col(Delivery.state).in_(states))
    return list(session.exec(query))


def _browser(session: Session, token: str) -> KnownBrowser | None:
    return session.exec(select(KnownBrowser).where(KnownBrowser.token_hash == hashed(token))).first()


def remember_browser(session: Session, user: User, token: str, now: datetime) -> str:
    """Know this browser again as one of this person's; gives the token for its cookie."""
    known = _browser(session, token)
    if known is not None and known.user_id == user.id:
        known.last_at = now
        return token
    made = secrets.token_urlsafe(32)
    session.add(KnownBrowser(token_hash=hashed(made), user_id=user.id, last_at=now))
    return made


def is_known(session: Session, user: User | None, token: str, now: datetime) -> bool:
    """Whether this person signed in before in the browser that shows this token."""
    known = _browser(session, token)
    return known is not None and user is not None and known.user_id == user.id and known.last_at > now - KNOWN_FOR
