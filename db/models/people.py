"""People: who takes part, who reads, what they asked for and what they think. Written by people only."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from db.models.columns import Numbered, one_of
from db.vocabulary import Cadence, LessonKind, NoReason, ParticipantKind, Role, Say, Visibility

REMINDER_DAYS = (60, 30, 14, 7, 1)  # unless a person chooses otherwise


class Participant(SQLModel, table=True):
    """A government that takes part in the region, for as long as it exists."""

    __table_args__ = (one_of("kind", ParticipantKind),)

    id: str = Field(primary_key=True, description="a slug, such as 'gooise-meren'")
    name: str
    kind: str
    subregion: str | None = None
    valid_from: date | None = None
    valid_to: date | None = Field(default=None, description="first day on which it is no longer there")
    merged_into: str | None = Field(default=None, foreign_key="participant.id")
    remark: str = Field(default="", description="what is not certain about it")
    # Without a key to the user: users have one to their participant, and tables need an order.
    proposed_by: int | None = Field(
        default=None, description="the user who said on screen that it merges: a second one confirms"
    )
    proposed_at: datetime | None = None
    confirmed_by: int | None = Field(default=None, description="the user who confirmed that")
    handed_over_at: datetime | None = Field(default=None, description="when its files went to whom it merged into")
    handed_over_to: str | None = Field(default=None, foreign_key="participant.id")
    handed_over: dict[str, int] = Field(default_factory=dict, sa_type=JSON, description="how many of what went")


class User(Numbered, table=True):
    """A person with an address; rights follow from role and participant."""

    __tablename__ = "user"
    __table_args__ = (one_of("role", Role),)

    email: str = Field(unique=True, description="NFC, lower case")
    name: str
    role: str
    participant_id: str = Field(foreign_key="participant.id")
    created_at: datetime
    deactivated_at: datetime | None = None
    participant_since: datetime | None = Field(
        default=None, description="since when at this participant, of who came from another; mail from before is closed"
    )
    address_since: datetime | None = Field(
        default=None, description="since when the address is this one; links in mail to the one before act no more"
    )
    seen_at: datetime | None = Field(default=None, description="when the person last signed in")
    reminders: bool = Field(default=True, description="wants mail when a date of a followed call is near or moves")
    reminder_days: list[int] = Field(
        default_factory=lambda: list(REMINDER_DAYS), sa_type=JSON, description="local calendar days before a date"
    )


class Absence(Numbered, table=True):
    """Days on which somebody is away, and the colleague who gets what is due as well. Called off, it stays."""

    __table_args__ = (
        CheckConstraint("replacement_id <> user_id", name="somebody_else"),
        CheckConstraint("last_day >= first_day", name="days"),
    )

    user_id: int = Field(foreign_key="user.id", index=True)
    replacement_id: int = Field(foreign_key="user.id", index=True)
    first_day: date
    last_day: date
    set_by: int = Field(foreign_key="user.id")
    set_at: datetime
    called_off_at: datetime | None = None


class Subscription(Numbered, table=True):
    """What a person wants to be told, and how often."""

    __table_args__ = (one_of("every", Cadence), one_of("visibility", Visibility))

    user_id: int = Field(foreign_key="user.id", index=True)
    participant_id: str = Field(foreign_key="participant.id")
    visibility: str = Visibility.OWN
    name: str = ""
    filter: dict[str, Any] = Field(default_factory=dict, sa_type=JSON, description="an CallFilter")
    every: str
    weekday: int = Field(default=0, description="0 = Monday; for weekly digests")
    most: int = Field(default=6, description="calls a mail tells in full; others stand on one line")
    nothing_new: bool = Field(default=False, description="wants a mail also when there is nothing")
    created_at: datetime
    ended_at: datetime | None = None


class Verdict(Numbered, table=True):
    """What a person said of a call for an opgave; the newest standing one counts."""

    __table_args__ = (
        one_of("say", Say),
        one_of("reason", NoReason, optional=True),
        one_of("visibility", Visibility),
        Index("ix_verdict_pair", "call_id", "challenge_id"),
        Index(
            "uq_verdict_standing",
            "call_id",
            "challenge_id",
            "user_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
        Index(  # NULL equals nothing, so the index above says nothing of a call as a whole
            "uq_verdict_standing_call",
            "call_id",
            "user_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL AND challenge_id IS NULL"),
            postgresql_where=text("undone_at IS NULL AND challenge_id IS NULL"),
        ),
    )

    call_id: int = Field(foreign_key="call.id")
    challenge_id: str | None = Field(default=None, foreign_key="challenge.id")
    user_id: int = Field(foreign_key="user.id", index=True)
    participant_id: str = Field(foreign_key="participant.id")
    visibility: str = Visibility.OWN
    say: str
    reason: str | None = None
    remark: str = ""
    team: bool = Field(default=False, description="holds for the whole team of the participant")
    at: datetime
    undone_at: datetime | None = None


class Lesson(Numbered, table=True):
    """What a reader asked for beside verdicts: more, or never more, like a call; or that a rejection says no more."""

    __table_args__ = (one_of("kind", LessonKind), Index("ix_lesson_call", "call_id"))

    call_id: int = Field(foreign_key="call.id")
    user_id: int = Field(foreign_key="user.id", index=True)
    participant_id: str = Field(foreign_key="participant.id")
    kind: str
    at: datetime
    undone_at: datetime | None = None


class Leaning(Numbered, table=True):
    """The score that verdicts and lessons leave a call and an opgave for one reader. Worked out anew, never edited."""

    __table_args__ = (Index("ix_leaning_reader", "user_id", "call_id"),)

    user_id: int = Field(foreign_key="user.id")
    call_id: int = Field(foreign_key="call.id", index=True)
    challenge_id: str = Field(foreign_key="challenge.id")
    score: float = Field(description="0 to 1, in the place of the match's")
    because: str = Field(description="why it was moved, in Dutch")
