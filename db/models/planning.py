"""Planning: who meets when, what is closed, the milestones before a deadline, and who takes what."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from db.models.columns import Numbered, one_of
from db.models.lobby import Owned
from db.vocabulary import Visibility
from db.vocabulary_calendar import BodyKind, ClosedKind, FeedScope, MilestoneState, MilestoneStep


class Body(SQLModel, table=True):
    """A gremium that must decide or advise before an application can go out, and how it usually meets."""

    __table_args__ = (
        one_of("kind", BodyKind),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("paper_days BETWEEN 0 AND 120", name="paper_days"),
    )

    id: str = Field(primary_key=True, description="a slug, such as 'college-haarlem' or 'economie'")
    name: str
    kind: str
    participant_id: str | None = Field(
        default=None, foreign_key="participant.id", index=True, description="none: the region"
    )
    weekday: int = Field(default=1, description="0 = Monday")
    weeks: list[int] = Field(
        default_factory=list, sa_type=JSON, description="which such weekdays of a month; empty = every week, [0] = none"
    )
    months: list[int] = Field(default_factory=list, sa_type=JSON, description="in which months; empty = in each")
    paper_days: int = Field(default=7, description="calendar days before the meeting that its papers are due")
    keeps_recess: bool = Field(default=True, description="does not meet in school holidays and recess")
    example: bool = Field(default=True, description="an assumed rhythm, until a coordinator fills in the real one")
    remark: str = ""
    version: int = 1


class Meeting(Numbered, table=True):
    """A meeting with a known date: it stands for the nearest one of the rhythm; cancelled, that one is not held."""

    __table_args__ = (UniqueConstraint("body_id", "day"), CheckConstraint("papers_on <= day", name="papers_on"))

    body_id: str = Field(foreign_key="body.id", index=True)
    day: date = Field(index=True)
    papers_on: date = Field(description="the last day on which papers are taken")
    example: bool = False
    remark: str = ""
    modified_at: datetime
    version: int = 1
    cancelled_at: datetime | None = None
    source_key: str = Field(default="", index=True, description="what its council's calendar calls it; empty: by hand")
    read_at: datetime | None = Field(default=None, description="when that calendar last named it")


class YearPlan(Numbered, table=True):
    """A jaarplanning that was taken in: between its first and last day its body meets on the known dates only."""

    __tablename__ = "year_plan"
    __table_args__ = (CheckConstraint("last_day >= first_day", name="last_day"),)

    body_id: str = Field(foreign_key="body.id", index=True)
    first_day: date
    last_day: date = Field(description="inclusive")
    source: str = Field(description="the name of the file, or how else it came")
    added_by: int | None = Field(
        default=None, foreign_key="user.id", description="none: read from a council's calendar"
    )
    added_at: datetime


class ClosedPeriod(Numbered, table=True):
    """Days on which nobody works or bodies do not meet: holidays, recess."""

    __tablename__ = "closed_period"
    __table_args__ = (
        one_of("kind", ClosedKind),
        CheckConstraint("last_day >= first_day", name="last_day"),
        Index("uq_closed_period_once", "kind", "first_day", "participant_id", "name", unique=True),
    )

    kind: str
    name: str
    first_day: date
    last_day: date = Field(description="inclusive")
    participant_id: str = Field(default="", description="for this participant only; empty = for all")
    source: str = Field(default="", description="who says so")
    example: bool = Field(default=False, description="an example, not known for sure")
    version: int = 1


class DecisionClock(Numbered, Owned, table=True):
    """The besluitvormingsklok of a deadline or outside moment: for whom the steps before it were planned."""

    __tablename__ = "decision_clock"
    __table_args__ = (
        one_of("visibility", Visibility),
        UniqueConstraint("deadline_id", "participant_id"),
        UniqueConstraint("moment_id", "participant_id"),
        CheckConstraint("(deadline_id IS NULL) <> (moment_id IS NULL)", name="counted_from"),
    )

    deadline_id: int | None = Field(default=None, foreign_key="deadline.id", index=True)
    moment_id: int | None = Field(default=None, foreign_key="moment.id", index=True, description="that no source tells")
    dossier_id: int | None = Field(default=None, foreign_key="dossier.id", index=True)
    lead_id: str = Field(foreign_key="participant.id", description="penvoerder")
    partner_ids: list[str] = Field(default_factory=list, sa_type=JSON, description="participants beside the lead")
    table_ids: list[str] = Field(
        default_factory=list, sa_type=JSON, description="bodies of the region it must pass, in order"
    )
    cofunding: bool = Field(default=False, description="own money needs a decision of raad or Staten")
    planned_for: date = Field(description="the day these milestones were counted back from")
    created_by: int = Field(foreign_key="user.id")
    created_at: datetime


class Milestone(Numbered, Owned, table=True):
    """One step before a deadline: what, when, by whom, and whether it was done. Kept when its day moves."""

    __table_args__ = (
        one_of("step", MilestoneStep),
        one_of("state", MilestoneState),
        one_of("visibility", Visibility),
        UniqueConstraint("clock_id", "key"),
        CheckConstraint("begins_on <= day", name="begins_on"),
        CheckConstraint("state <> 'dropped' OR trim(why) <> ''", name="why"),
    )

    clock_id: int = Field(foreign_key="decision_clock.id", index=True)
    key: str = Field(description="the step and its body, such as 'executive:college-haarlem'")
    step: str
    body_id: str | None = Field(default=None, foreign_key="body.id")
    day: date = Field(index=True)
    begins_on: date = Field(description="papers due, or work to begin: what comes before must be ready by then")
    pinned: bool = Field(default=False, description="a person set the day; planning does not move it")
    assumed: bool = Field(default=False, description="its day is one of a rhythm that nobody has looked at yet")
    assignee_id: int | None = Field(default=None, foreign_key="user.id", index=True)
    state: str = MilestoneState.PLANNED
    why: str = ""
    settled_at: datetime | None = Field(default=None, description="when it was done or dropped")
    settled_by: int | None = Field(default=None, foreign_key="user.id")
    modified_at: datetime


class Assignment(Numbered, Owned, table=True):
    """Who in an organisation looks after a deadline, and how that ended."""

    __table_args__ = (
        one_of("state", MilestoneState),
        one_of("visibility", Visibility),
        UniqueConstraint("deadline_id", "participant_id"),
        CheckConstraint("state <> 'dropped' OR trim(why) <> ''", name="why"),
    )

    deadline_id: int = Field(foreign_key="deadline.id", index=True)
    assignee_id: int = Field(foreign_key="user.id", index=True)
    assigned_by: int = Field(foreign_key="user.id")
    assigned_at: datetime
    state: str = MilestoneState.PLANNED
    why: str = ""
    settled_at: datetime | None = None
    settled_by: int | None = Field(default=None, foreign_key="user.id")


class CalendarFeed(Numbered, Owned, table=True):
    """A calendar at a secret address of which only a hash is kept; a person can rotate or revoke it."""

    __tablename__ = "calendar_feed"
    __table_args__ = (one_of("scope", FeedScope), one_of("visibility", Visibility))

    token_hash: str = Field(unique=True, description="SHA-256 of the address's secret part")
    user_id: int = Field(foreign_key="user.id", index=True)
    scope: str
    name: str
    challenge_id: str | None = Field(default=None, foreign_key="challenge.id")
    filter: dict[str, Any] = Field(default_factory=dict, sa_type=JSON, description="an CallFilter")
    created_at: datetime
    rotated_at: datetime | None = None
    revoked_at: datetime | None = None
