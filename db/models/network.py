"""The network: who is asked about which subject, where organisations take part, and what brought them together."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Text
from sqlmodel import Field, SQLModel

from db.models.columns import Numbered, one_of
from db.models.lobby import Owned
from db.vocabulary import Visibility
from db.vocabulary_network import ActivityKind, MemberRole

FOR_WHOM = (Visibility.OWN, Visibility.REGION)


class SubjectContact(Numbered, Owned, table=True):
    """Who is asked about a subject: an office or person we speak with, or a colleague who signs in here.

    The name itself stands with the office or the account, so that it goes wherever those are erased.
    """

    __tablename__ = "subject_contact"
    __table_args__ = (
        one_of("visibility", FOR_WHOM),
        CheckConstraint("trim(subject) <> ''", name="subject"),
        CheckConstraint("(stakeholder_id IS NULL) <> (user_id IS NULL)", name="somebody"),
    )

    subject: str
    challenge_id: str | None = Field(default=None, foreign_key="challenge.id", index=True)
    stakeholder_id: int | None = Field(default=None, foreign_key="stakeholder.id", index=True)
    user_id: int | None = Field(default=None, foreign_key="user.id", index=True)
    note: str = Field(default="", sa_type=Text, description="what one can ask there")
    consent_on: date | None = Field(default=None, description="the day on which the person let the region see the name")
    consent_how: str = Field(default="", description="how, such as 'per mail'")
    ended_on: date | None = Field(default=None, description="the first day on which it is somebody else")
    added_by: int = Field(foreign_key="user.id")
    added_at: datetime


class ContactConsent(Numbered, Owned, table=True):
    """That a person let the region see the name, and that this ended: a line each time, which stays.

    It holds no name. It proves that there was consent, so it outlives the contact and what is erased of the person.
    """

    __tablename__ = "contact_consent"
    __table_args__ = (
        one_of("visibility", (Visibility.OWN,)),
        CheckConstraint("(stakeholder_id IS NULL) <> (user_id IS NULL)", name="somebody"),
    )

    subject_contact_id: int | None = Field(
        default=None, foreign_key="subject_contact.id", index=True, description="none once that was taken away"
    )
    subject: str = Field(description="of the contact, as it was called then")
    stakeholder_id: int | None = Field(default=None, foreign_key="stakeholder.id", index=True)
    user_id: int | None = Field(default=None, foreign_key="user.id", index=True)
    given_on: date
    given_how: str
    recorded_by: int = Field(foreign_key="user.id")
    recorded_at: datetime
    withdrawn_on: date | None = Field(default=None, description="the day on which it ended")
    withdrawn_how: str = Field(default="", description="how the person said so, or why it ended")
    withdrawn_by: int | None = Field(default=None, foreign_key="user.id", description="who wrote that down")
    withdrawn_at: datetime | None = None


class Membership(Numbered, Owned, table=True):
    """An organisation takes part in another one: a network, board or coalition, from a day until a day."""

    __table_args__ = (
        one_of("role", MemberRole),
        one_of("visibility", FOR_WHOM),
        CheckConstraint("organisation_id <> network_id", name="two"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="days"),
    )

    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    network_id: int = Field(foreign_key="organisation.id", index=True)
    role: str = MemberRole.MEMBER
    starts_on: date
    ends_on: date | None = Field(default=None, description="the last day of it")
    source: str = Field(default="", sa_type=Text, description="where that can be read")
    added_by: int = Field(foreign_key="user.id")
    added_at: datetime


class NetworkActivity(Numbered, Owned, table=True):
    """A congress, meeting or visit: when, where, about what, for which deelregio, and what came of it."""

    __tablename__ = "network_activity"
    __table_args__ = (
        one_of("kind", ActivityKind),
        one_of("visibility", FOR_WHOM),
        CheckConstraint("trim(title) <> ''", name="title"),
        CheckConstraint("last_day IS NULL OR last_day >= day", name="days"),
        CheckConstraint("attendance IS NULL OR attendance >= 0", name="attendance"),
    )

    title: str
    kind: str
    day: date
    last_day: date | None = None
    place: str = ""
    subregion: str = Field(default="", description="of participants; empty: the whole region")
    subjects: list[str] = Field(default_factory=list, sa_type=JSON, description="as people name them")
    challenge_id: str | None = Field(default=None, foreign_key="challenge.id", index=True)
    attendance: int | None = Field(default=None, description="how many people came")
    result: str = Field(default="", sa_type=Text, description="what came of it")
    url: str = Field(default="", sa_type=Text)
    was_on: date | None = Field(default=None, description="its first day before it was last moved")
    moved_at: datetime | None = None
    off_at: datetime | None = Field(default=None, description="when somebody said that it does not take place")
    added_by: int = Field(foreign_key="user.id")
    added_at: datetime


class ActivityGuest(SQLModel, table=True):
    """An organisation that came; people are counted and not named."""

    __tablename__ = "activity_guest"

    activity_id: int = Field(foreign_key="network_activity.id", primary_key=True)
    organisation_id: int = Field(foreign_key="organisation.id", primary_key=True, index=True)
