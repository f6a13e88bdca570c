"""Care for people written about: holds, who was told that a name is kept, and what leaves for the public."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Text, UniqueConstraint
from sqlmodel import Field

from db.models.columns import Numbered, one_of
from db.vocabulary_care import InformedWay, WooVerdict

ONE_SUBJECT = (
    "(category <> '' AND stakeholder_id IS NULL AND dossier_id IS NULL) OR "
    "(category = '' AND (stakeholder_id IS NULL) <> (dossier_id IS NULL))"
)


class Hold(Numbered, table=True):
    """What stays past its term, by whose word, why and until which day: a category, a person, or all of a dossier."""

    __table_args__ = (
        CheckConstraint("trim(reason) <> ''", name="reason"),
        CheckConstraint(ONE_SUBJECT, name="subject"),
    )

    category: str = Field(default="", description="a key of tracker/people/data_register.yaml")
    stakeholder_id: int | None = Field(default=None, foreign_key="stakeholder.id", index=True)
    dossier_id: int | None = Field(default=None, foreign_key="dossier.id", index=True)
    reason: str = Field(sa_type=Text, description="such as a Woo request or a lawsuit; never a name")
    until: date = Field(description="the last day of it")
    participant_id: str = Field(foreign_key="participant.id", description="whose administrator said so")
    set_by: int = Field(foreign_key="user.id")
    set_at: datetime
    lifted_at: datetime | None = None


class Informed(Numbered, table=True):
    """A person we speak with was told that we keep the name, how and on which day (article 14 of the GDPR)."""

    __table_args__ = (one_of("way", InformedWay),)

    stakeholder_id: int = Field(foreign_key="stakeholder.id", index=True)
    way: str
    day: date
    user_id: int = Field(foreign_key="user.id", description="who of us told it")
    at: datetime


class PublicContact(Numbered, table=True):
    """A line of the public register of contacts, as two people let it out: by function, never by name.

    It is the public's while the contact itself stands and nobody took the line back.
    """

    __tablename__ = "public_contact"
    __table_args__ = (
        CheckConstraint("trim(ours) <> '' AND trim(organisation) <> '' AND trim(subject) <> ''", name="said"),
        CheckConstraint("released_by IS NULL OR released_by <> proposed_by", name="four_eyes"),
    )

    contact_id: int = Field(index=True, description="the contact; no key, since one that is withdrawn is no more")
    participant_id: str = Field(foreign_key="participant.id", index=True)
    day: date
    ours: str = Field(description="who of ours, by function")
    organisation: str
    office: str = Field(default="", description="whom there, by function")
    subject: str = Field(sa_type=Text, description="about what, in words for everybody")
    proposed_by: int = Field(foreign_key="user.id")
    proposed_at: datetime
    released_by: int | None = Field(default=None, foreign_key="user.id")
    released_at: datetime | None = None
    ended_by: int | None = Field(default=None, foreign_key="user.id", description="who dropped it or took it back")
    ended_at: datetime | None = None


class WooDecision(Numbered, table=True):
    """What a person decided on one piece of a dossier for a Woo request; counts while the piece stays as it was."""

    __tablename__ = "woo_decision"
    __table_args__ = (one_of("verdict", WooVerdict), UniqueConstraint("dossier_id", "piece"))

    dossier_id: int = Field(foreign_key="dossier.id")
    piece: str = Field(description="such as 'contact 12'")
    seal: str = Field(description="of what stood there when it was decided")
    verdict: str
    struck: list[list[str]] = Field(default_factory=list, sa_type=JSON, description="words, each with its ground")
    ground: str = Field(default="", description="of what is withheld whole")
    user_id: int = Field(foreign_key="user.id")
    at: datetime
