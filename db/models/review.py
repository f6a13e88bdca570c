"""Review meetings of an organisation: who took part, the points that were gone through, and what was said of each."""

from datetime import date, datetime

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from db.models.columns import Numbered, one_of
from db.models.lobby import Owned
from db.vocabulary import Visibility
from db.vocabulary_calendar import MilestoneState, PointKind, PointPart


class Review(Numbered, Owned, table=True):
    """A meeting at which an organisation goes through what is due, one by one. Read by it and by who takes part."""

    __table_args__ = (one_of("visibility", Visibility),)

    began_at: datetime
    began_by: int = Field(foreign_key="user.id")
    ended_at: datetime | None = Field(default=None, description="from then on nothing is added to its minutes")


class ReviewPerson(SQLModel, table=True):
    """Somebody who takes part: reads the minutes and gets them by mail, as far as they may see each line."""

    __tablename__ = "review_person"
    review_id: int = Field(foreign_key="review.id", primary_key=True)
    user_id: int = Field(foreign_key="user.id", primary_key=True, index=True)


class ReviewPoint(Numbered, table=True):
    """One thing to go through, as it stood when the meeting began. Who may not see the thing does not see the point."""

    __tablename__ = "review_point"
    __table_args__ = (
        one_of("kind", PointKind),
        one_of("part", PointPart),
        one_of("visibility", Visibility),
        UniqueConstraint("review_id", "number"),
        Index("ix_review_point_subject", "kind", "subject_id"),
    )

    review_id: int = Field(foreign_key="review.id")
    number: int = Field(description="1, 2, 3 ... within the meeting")
    kind: str
    subject_id: int = Field(description="of the milestone, task, application ... it is about")
    dossier_id: int | None = Field(default=None, foreign_key="dossier.id", index=True, description="that it hangs on")
    part: str
    day: date = Field(description="that counts for it")
    what: str = Field(description="what is to be done")
    title: str = Field(description="of what")
    link: str = Field(description="its page, a path of ours")
    assumed: bool = Field(default=False, description="its day rests on a rhythm that nobody has looked at yet")
    discussed_at: datetime | None = None
    visibility: str = Field(default=Visibility.OWN, description="of its subject when the meeting began")


class ActionPoint(Numbered, Owned, table=True):
    """What people agreed to do and put on a meeting themselves; a point of every meeting near its day until it ends.

    Of their organisation, or also for who takes part from outside.
    """

    __tablename__ = "action_point"
    __table_args__ = (one_of("visibility", Visibility), one_of("state", MilestoneState))

    text: str = Field(sa_type=Text)
    day: date | None = Field(default=None, description="by which it must be done")
    assignee_id: int | None = Field(default=None, foreign_key="user.id")
    state: str = MilestoneState.PLANNED
    added_at: datetime
    added_by: int = Field(foreign_key="user.id")
    settled_at: datetime | None = None


class Minute(Numbered, table=True):
    """What was decided or said on a point. It is seen by who may see what the point is about.

    What was said while that was narrower stays with the organisation.
    """

    __table_args__ = (one_of("visibility", Visibility),)

    point_id: int = Field(foreign_key="review_point.id", index=True)
    at: datetime
    user_id: int = Field(foreign_key="user.id")
    text: str = Field(sa_type=Text)
    visibility: str = Field(default=Visibility.OWN, description="of the point's subject when it was said")
