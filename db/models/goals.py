"""Goals: what an opgave is to reach by a day, and how far it is. Written by coordinators, read by everybody."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field

from db.models.columns import Cents, Numbered


class Goal(Numbered, table=True):
    """Something measurable that an opgave is to reach. One that is dropped stays, for accounts of before."""

    __table_args__ = (
        CheckConstraint("trim(text) <> ''", name="text"),
        CheckConstraint("trim(unit) <> ''", name="unit"),
    )

    challenge_id: str = Field(foreign_key="challenge.id", index=True)
    text: str = Field(sa_type=Text)
    target: Decimal = Field(sa_type=Cents, description="in its unit, to two decimals")
    unit: str = Field(description="such as 'woningen' or 'kton CO2'")
    due_on: date
    source: str = Field(description="the document or address that the goal is read from")
    vision: str = Field(default="", description="what the visie is called that it serves")
    vision_id: int | None = Field(default=None, foreign_key="vision.id", index=True)
    made_at: datetime
    changed_at: datetime | None = None
    ended_at: datetime | None = None
    version: int = 1


class GoalValue(Numbered, table=True):
    """How far a goal was on a day, by a source. Only added: the newest day counts, and of one day the last word."""

    __tablename__ = "goal_value"

    goal_id: int = Field(foreign_key="goal.id", index=True)
    day: date = Field(description="the day it was so, in Amsterdam")
    value: Decimal = Field(sa_type=Cents, description="in the unit of its goal")
    source: str
    recorded_at: datetime
    recorded_by: int = Field(foreign_key="user.id")
