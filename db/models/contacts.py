"""Contacts: offices and the people in them, their stake in a dossier, talks, promises, outside moments and outcomes."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from db.models.columns import Numbered, one_of
from db.models.lobby import Owned
from db.vocabulary import Visibility
from db.vocabulary_lobby import (
    CommitmentKind,
    CommitmentState,
    ContactKind,
    Level,
    MomentKind,
    OutcomeResult,
    StakeholderKind,
    StakeRole,
)


class Stakeholder(Numbered, Owned, table=True):
    """An office or organisation we speak with; the person who holds it comes second, with a purpose and an end."""

    __table_args__ = (
        one_of("kind", StakeholderKind),
        one_of("visibility", Visibility),
        Index(  # erased persons have no name left to tell them apart
            "uq_stakeholder_office",
            "participant_id",
            "organisation_id",
            "person",
            unique=True,
            sqlite_where=text("erased_at IS NULL"),
            postgresql_where=text("erased_at IS NULL"),
        ),
        CheckConstraint("trim(organisation) <> ''", name="organisation"),
        CheckConstraint("person = '' OR (purpose <> '' AND retain_until IS NOT NULL)", name="care"),
    )

    kind: str = StakeholderKind.OFFICE
    # Always there, though the column does not say so: SQLite adds no such column to a table that others refer to.
    organisation_id: int = Field(
        foreign_key="organisation.id",
        nullable=True,
        index=True,
        description="the office, or without one the organisation",
    )
    organisation: str = Field(description="as it was called when we spoke")
    office: str = Field(default="", description="the function, such as 'directeur Woningbouw'")
    person: str = Field(default="", description="who holds the office now")
    address: str = Field(default="", description="mail or telephone at work")
    purpose: str = Field(default="", description="why we keep a person")
    retain_until: date | None = Field(default=None, description="the last day on which we keep the person")
    hold: str = Field(default="", description="why the person must be kept longer, such as a Woo request")
    erased_at: datetime | None = None
    created_at: datetime


class Stake(Numbered, Owned, table=True):
    """What one stakeholder is and wants in one dossier: an ally here can be an opponent there."""

    __table_args__ = (
        UniqueConstraint("dossier_id", "stakeholder_id"),
        one_of("role", StakeRole),
        one_of("visibility", Visibility),
        CheckConstraint("influence BETWEEN 0 AND 10", name="influence"),
        CheckConstraint("stance IS NULL OR stance BETWEEN -2 AND 2", name="stance"),
        CheckConstraint("stance IS NULL OR trim(source) <> ''", name="source"),
    )

    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    stakeholder_id: int = Field(foreign_key="stakeholder.id", index=True)
    role: str
    influence: int = Field(default=5, description="0 to 10")
    stance: int | None = Field(default=None, description="-2 against to +2 for; none = no public stance known")
    source: str = Field(default="", description="where the stance was made public")
    holder_id: int | None = Field(default=None, foreign_key="user.id", description="who of us keeps the relation")


class ContactMoment(Numbered, Owned, table=True):
    """Who of us spoke with whom, when and how; what was said, answered and agreed."""

    __tablename__ = "contact_moment"
    __table_args__ = (
        one_of("kind", ContactKind),
        one_of("visibility", Visibility),
        Index("ix_contact_moment_office", "stakeholder_id", "day"),
    )

    dossier_id: int | None = Field(default=None, foreign_key="dossier.id", index=True)
    stakeholder_id: int = Field(foreign_key="stakeholder.id")
    user_id: int = Field(foreign_key="user.id", index=True, description="who for us")
    kind: str = ContactKind.TALK
    day: date = Field(description="a day to come means: planned")
    message: str = Field(default="", sa_type=Text, description="what we brought")
    reply: str = Field(default="", sa_type=Text)
    follow_up: str = Field(default="", sa_type=Text)
    follow_up_on: date | None = None
    follow_up_owner: int | None = Field(default=None, foreign_key="user.id")
    followed_up_at: datetime | None = None
    logged_at: datetime


class Commitment(Numbered, Owned, table=True):
    """A promise, motion or amendment that someone owes an answer to, with an owner and a day."""

    __table_args__ = (
        one_of("kind", CommitmentKind),
        one_of("state", CommitmentState),
        one_of("visibility", Visibility),
        CheckConstraint("trim(text) <> ''", name="text"),
    )

    dossier_id: int | None = Field(default=None, foreign_key="dossier.id", index=True)
    contact_id: int | None = Field(default=None, foreign_key="contact_moment.id", index=True)
    stakeholder_id: int | None = Field(default=None, foreign_key="stakeholder.id", index=True)
    kind: str = CommitmentKind.PROMISE
    number: str = Field(default="", description="of a motion or amendment")
    text: str = Field(sa_type=Text)
    owner_id: int = Field(foreign_key="user.id", index=True, description="who of us watches it")
    due_on: date | None = None
    state: str = CommitmentState.OPEN
    source: str = ""
    created_at: datetime
    closed_at: datetime | None = None


class Moment(Numbered, Owned, table=True):
    """An outside decision moment one can still influence: from a source, from the yearly calendar, or by hand."""

    __table_args__ = (
        UniqueConstraint("pattern", "year"),
        one_of("kind", MomentKind),
        one_of("level", Level),
        one_of("visibility", Visibility),
        CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="window"),
    )

    kind: str = MomentKind.OTHER
    level: str = Level.NATIONAL
    title: str
    body: str = Field(default="", description="who decides")
    starts_on: date | None = None
    ends_on: date | None = Field(default=None, description="the last day it can be influenced")
    sure: bool = Field(default=True, description="false: the usual time of year, the day is not known yet")
    lead_days: int = Field(default=0, description="what the region needs inside before that day")
    use: str = Field(default="", description="what it is good for")
    url: str = ""
    call_id: int | None = Field(default=None, foreign_key="call.id", unique=True)
    pattern: str | None = Field(default=None, description="which recurring moment of tracker/agendas/moments.yaml")
    year: int | None = None


class DossierMoment(SQLModel, table=True):
    """A moment that a dossier hooks on to."""

    __tablename__ = "dossier_moment"
    dossier_id: int = Field(foreign_key="dossier.id", primary_key=True)
    moment_id: int = Field(foreign_key="moment.id", primary_key=True, index=True)


class Outcome(Numbered, Owned, table=True):
    """What came of a request: taken over, partly or not, with the passage."""

    __table_args__ = (
        one_of("result", OutcomeResult),
        one_of("visibility", Visibility),
        CheckConstraint("result = 'not' OR trim(passage) <> ''", name="passage"),
    )

    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    moment_id: int | None = Field(default=None, foreign_key="moment.id", index=True)
    asked_of: str = Field(default="", description="the ministry or other body; empty: who decides on the dossier")
    request: str = Field(sa_type=Text)
    result: str
    passage: str = Field(default="", sa_type=Text)
    source: str = ""
    day: date
    recorded_at: datetime
    recorded_by: int = Field(foreign_key="user.id")
