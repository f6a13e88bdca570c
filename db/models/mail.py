"""Mail: the outbox, the ledger of what was told, and who may plan now. The database is the only queue."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Text, UniqueConstraint, text
from sqlmodel import Field, Relationship, SQLModel

from db.models.columns import Numbered, one_of
from db.vocabulary import DeliveryState, MailKind, ToldKind


class Lease(SQLModel, table=True):
    """Who may do a job now; the epoch is a fencing number that only grows."""

    name: str = Field(primary_key=True)
    holder: str
    epoch: int
    until: datetime


class Run(Numbered, table=True):
    """Which job ran for which slot, once."""

    __table_args__ = (UniqueConstraint("job", "slot"),)

    job: str
    slot: str = Field(description="the local date or week the run is for")
    epoch: int = 0
    started_at: datetime
    finished_at: datetime | None = None
    outcome: str = ""

    @classmethod
    def done(cls, job: str, slot: str, now: datetime, outcome: str = "planned", epoch: int = 0) -> "Run":
        """A run that begins and ends now."""
        return cls(job=job, slot=slot, epoch=epoch, started_at=now, finished_at=now, outcome=outcome)


class MailText(SQLModel, table=True):
    """What a mail says, in rows of its own: a mail's state is written twice on its way, its text but once."""

    __tablename__ = "mail_text"

    delivery_id: int = Field(default=None, primary_key=True, foreign_key="delivery.id")
    text: str = Field(sa_type=Text)
    html: str = Field(sa_type=Text)


class Delivery(Numbered, table=True):
    """One mail to one person, frozen when planned."""

    __table_args__ = (
        one_of("kind", MailKind),
        one_of("state", DeliveryState),
        Index("ix_delivery_due", "state", "lane", "next_attempt_at"),
    )

    key: str = Field(unique=True, description="digest:{user}:{cadence}:{period}, reminder:{user}:{deadline}:... ")
    message_id: str = Field(unique=True)
    kind: str
    lane: int = Field(default=5, description="lower leaves first; sign-in mail is 0")
    user_id: int | None = Field(default=None, foreign_key="user.id", index=True)
    address: str
    subject: str
    headers: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    written: MailText = Relationship(
        sa_relationship_kwargs={"uselist": False, "lazy": "joined", "cascade": "all, delete-orphan"}
    )
    sha256: str = Field(description="of text and html together")
    planned_at: datetime = Field(description="also the mail's Date")
    not_before: datetime
    expires_at: datetime
    state: str = DeliveryState.PLANNED
    attempts: int = 0
    next_attempt_at: datetime
    lease_until: datetime | None = Field(default=None, description="on the database's clock")
    lease_holder: str = Field(default="", description="who is sending it, or did last")
    unsure: int = Field(default=0, description="attempts of which nobody knows whether the relay took the mail")
    subscriptions: list[int] = Field(default_factory=list, sa_type=JSON, description="what it was made for")
    waiting: list[int] = Field(default_factory=list, sa_type=JSON, description="the calls that it says wait, untold")
    last_code: int | None = None
    last_text: str = ""
    finished_at: datetime | None = None

    @property
    def text(self) -> str:
        """The text part; read from its own row, empty where that is gone."""
        return self.written.text if self.written else ""

    @property
    def html(self) -> str:
        """The HTML part; read from its own row, empty where that is gone."""
        return self.written.html if self.written else ""


class Told(Numbered, table=True):
    """What a mail told whom: counts only while its delivery has not failed, expired or been cancelled."""

    __table_args__ = (
        UniqueConstraint("user_id", "call_id", "version", "kind", "detail", "delivery_id"),
        one_of("kind", ToldKind),
        Index("ix_told_call", "call_id", "user_id"),
    )

    user_id: int = Field(foreign_key="user.id")
    call_id: int = Field(foreign_key="call.id")
    version: int
    kind: str
    detail: str = Field(default="", description="for a reminder: deadline, version and distance")
    delivery_id: int = Field(foreign_key="delivery.id", index=True)


class Reminded(Numbered, table=True):
    """What a mail reminded whom of inside: counts only while its delivery has not failed, expired or been cancelled."""

    __table_args__ = (UniqueConstraint("delivery_id", "key"),)

    user_id: int = Field(foreign_key="user.id", index=True)
    key: str = Field(description="the thing, its day, and how many days ahead it was told")
    delivery_id: int = Field(foreign_key="delivery.id")


class Relay(SQLModel, table=True):
    """What we know of a mail server: after too much trouble it gets one probe every five minutes."""

    name: str = Field(primary_key=True, description="host:port")
    failures: int = Field(default=0, description="lost or refused connections in a row")
    rest_until: datetime | None = Field(default=None, description="no mail before then")
    reason: str = ""


class Pause(Numbered, table=True):
    """Sending stands still until a person ends it."""

    everything: bool = Field(default=False, description="sign-in mail too: this database may be a copy")
    reason: str
    since: datetime
    ended_at: datetime | None = None
    ended_by: str = ""


class Alert(Numbered, table=True):
    """Something that is broken and needs a person; told once, kept until it is over."""

    __table_args__ = (
        Index(
            "uq_alert_standing",
            "key",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    key: str
    line: str
    since: datetime
    last_at: datetime
    times: int = 1
    ended_at: datetime | None = None


class Attempt(Numbered, table=True):
    """One try to hand a mail to the relay, written before the network is touched."""

    __table_args__ = (UniqueConstraint("delivery_id", "number"),)

    delivery_id: int = Field(foreign_key="delivery.id")
    number: int
    started_at: datetime
    stage: str = Field(default="", description="how far the conversation came")
    code: int | None = None
    text: str = ""
    finished_at: datetime | None = None


class Suppression(Numbered, table=True):
    """An address that gets no mail, and why; the address itself is kept as a hash only."""

    address_hash: str = Field(index=True)
    reason: str
    since: datetime
    until: datetime | None = None


class Bounce(Numbered, table=True):
    """A report that a mail of ours did not arrive after all; kept once, however often it is read."""

    __table_args__ = (UniqueConstraint("delivery_id", "status"),)

    delivery_id: int = Field(foreign_key="delivery.id")
    address_hash: str = Field(index=True)
    hard: bool = Field(description="the address itself, for good; soft: full, or away for now")
    status: str = Field(description="such as 5.1.1")
    said: str = Field(default="", description="the words of the server that refused it")
    at: datetime
