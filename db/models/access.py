"""Access: who is signed in, by which link they came, what they did, and who reads for which opgave.

A token that opens something is kept as a hash only.
"""

from datetime import date, datetime

from sqlalchemy import JSON, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

import db.models.columns  # noqa: F401  names the constraints before the first table is made
from db.models.columns import Numbered


class WebSession(Numbered, table=True):
    """One browser that is signed in. Only a hash of its token is kept, so a leaked table signs nobody in."""

    __tablename__ = "web_session"

    token_hash: str = Field(unique=True, description="SHA-256 of the cookie's value")
    user_id: int = Field(foreign_key="user.id", index=True)
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    agent: str = Field(default="", description="the browser's own name, cut short, so that people know their sessions")
    identity_id: int | None = Field(default=None, foreign_key="identity.id", description="by which account; or by mail")
    provider_sid: str = Field(default="", description="the provider's own name for the session, by which it ends it")


class MagicLink(Numbered, table=True):
    """A link that signs in once, within ten minutes. Also kept for unknown addresses, so that limits count them."""

    __tablename__ = "magic_link"

    token_hash: str = Field(unique=True)
    address_hash: str = Field(index=True)
    user_id: int | None = Field(default=None, foreign_key="user.id", index=True)
    next_path: str = Field(default="/", description="where the person was going; always a path of ours")
    requested_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    asked_by: str = Field(default="", description="where from, for counting: a known browser, or a network address")


class AuditEntry(Numbered, table=True):
    """One line of the audit log with BIO2's six fields. Triggers refuse changes and removals."""

    __tablename__ = "audit_entry"

    at: datetime = Field(index=True)
    actor: str = Field(index=True, description="'user 12', a pseudonym that outlives the person's row; or 'anonymous'")
    action: str
    object: str = Field(description="what it was done to, such as 'user 4' or 'call 71'")
    result: str = Field(description="done, refused, or what was changed; never a secret")
    origin: str = Field(description="the network address, or 'command line'")
    participant_id: str | None = Field(default=None, index=True, description="whom the actor worked for at that moment")
    dossier_id: int | None = Field(default=None, index=True, description="the dossier that the object hangs on, if any")


class Team(SQLModel, table=True):
    """Who cares for an opgave: contact person, trekkers, and who hears of strong matches that nobody judged."""

    challenge_id: str = Field(primary_key=True, foreign_key="challenge.id")
    contact_id: int | None = Field(default=None, foreign_key="user.id")
    coordinator_id: int | None = Field(default=None, foreign_key="user.id", description="hears of what stays unjudged")
    leads: list[str] = Field(default_factory=list, sa_type=JSON, description="trekkers: participants, by id")
    patience: int = Field(default=5, description="working days after which an unjudged strong match goes on")
    version: int = 1


class TeamMember(Numbered, table=True):
    """A person in the team of an opgave; the order is the rota's."""

    __tablename__ = "team_member"
    __table_args__ = (UniqueConstraint("challenge_id", "user_id"),)

    challenge_id: str = Field(foreign_key="challenge.id", index=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    position: int = 0


class Duty(Numbered, table=True):
    """Who reads for an opgave in one week where a person set it; without a row the rota of the team decides."""

    __table_args__ = (UniqueConstraint("challenge_id", "week"),)

    challenge_id: str = Field(foreign_key="challenge.id")
    week: date = Field(description="the Monday of the week")
    reader_id: int = Field(foreign_key="user.id")
    deputy_id: int | None = Field(default=None, foreign_key="user.id")


class Follow(Numbered, table=True):
    """A person who wants to hear of every change of one call."""

    __table_args__ = (UniqueConstraint("user_id", "call_id"),)

    user_id: int = Field(foreign_key="user.id", index=True)
    call_id: int = Field(foreign_key="call.id", index=True)
    at: datetime


class Identity(Numbered, table=True):
    """A person's account at a provider: known by issuer and subject, never by mail address alone."""

    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    issuer: str
    subject: str = Field(description="the provider's own name for the account; stays when the mail address changes")
    user_id: int = Field(foreign_key="user.id", index=True)
    linked_at: datetime
    last_at: datetime = Field(description="when it last signed in")


class ProviderVisit(Numbered, table=True):
    """Somebody who went to a provider to sign in: good for one return, in the same browser, within ten minutes."""

    __tablename__ = "provider_visit"

    state_hash: str = Field(unique=True)
    browser_hash: str = Field(description="of a cookie: what comes back in another browser is not taken")
    provider: str
    nonce: str
    verifier: str = Field(description="PKCE; worth nothing without the code that only this visit gets")
    next_path: str = Field(default="/", description="a path of ours")
    stepping_up: bool = Field(default=False, description="whether more was asked for: then it is not asked again")
    started_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class KnownBrowser(Numbered, table=True):
    """A browser in which a person signed in before: what it asks for is counted apart from what strangers ask."""

    __tablename__ = "known_browser"

    token_hash: str = Field(unique=True, description="SHA-256 of a cookie that signs nobody in")
    user_id: int = Field(foreign_key="user.id", index=True)
    last_at: datetime


class Press(SQLModel, table=True):
    """One press of a button that was done, so that the same one counts once. Swept after two days."""

    key: str = Field(primary_key=True, description="SHA-256 of the page's own number, the address and what was typed")
    at: datetime = Field(index=True)
    landed: str = Field(default="", description="the path where it led; empty where the answer was a page")


class KeptForm(Numbered, table=True):
    """What somebody typed whose sign-in had run out, until the person is back. Swept after a week."""

    __tablename__ = "kept_form"

    user_id: int = Field(foreign_key="user.id", index=True)
    path: str
    fields: list[list[str]] = Field(sa_type=JSON, description="name and value, in the order of the form")
    at: datetime


class ApiKey(Numbered, table=True):
    """A key by which a program comes in somebody's name, for what it names and until its end. Only a hash is kept."""

    __tablename__ = "api_key"

    token_hash: str = Field(unique=True, description="SHA-256 of the key, which is shown once")
    user_id: int = Field(foreign_key="user.id", index=True, description="whose it is; it may never do more than they")
    name: str = Field(description="for which program, as its owner calls it")
    scopes: list[str] = Field(default_factory=list, sa_type=JSON, description="ApiScope")
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    used_on: date | None = Field(default=None, description="the last day on which it came")


class ApiDeed(SQLModel, table=True):
    """What a program was answered to one Idempotency-Key, so that the same request counts once. Kept for two days."""

    __tablename__ = "api_deed"

    key: str = Field(primary_key=True, description="SHA-256 of whose key it was and what the program called the deed")
    request: str = Field(description="SHA-256 of method, address and body")
    status: int
    body: str = Field(default="", sa_type=Text)
    location: str = ""
    at: datetime = Field(index=True)
