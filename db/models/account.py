"""Reports of the account that were kept: the figures and rows as they stood, to tell later what changed since."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint
from sqlmodel import Field

from db.models.columns import Numbered, Released, by_two_people, one_of
from db.models.lobby import Owned
from db.vocabulary import Visibility


class AccountRelease(Numbered, Released, table=True):
    """What one person proposed to show the public of the account, and whether a second one let it.

    A kept report or a version of a visie, neither of which changes, so that what is shown is what was proposed.
    """

    __tablename__ = "account_release"
    __table_args__ = (
        CheckConstraint("(report_id IS NULL) <> (vision_version_id IS NULL)", name="one"),
        *by_two_people(),
    )

    report_id: int | None = Field(default=None, foreign_key="account_report.id", index=True)
    vision_version_id: int | None = Field(default=None, foreign_key="vision_version.id", index=True)
    version: int = 1


class AccountReport(Numbered, Owned, table=True):
    """An account as it stood when somebody kept it. It holds no titles: only what was counted, when and how much.

    What it counts is what everybody may see for whom it is: of the own organisation its readers, of the region all.
    """

    __tablename__ = "account_report"
    __table_args__ = (
        one_of("visibility", (Visibility.OWN, Visibility.REGION)),
        CheckConstraint("last >= first", name="days"),
    )

    subject: str = Field(description="the end of its address: empty of the region, or such as 'opgaven/A20-1'")
    name: str = Field(description="what the subject was called")
    first: date
    last: date
    known_on: date
    figures: dict[str, Any] = Field(default_factory=dict, sa_type=JSON, description="figure: how many, and euros")
    rows: list[Any] = Field(default_factory=list, sa_type=JSON, description="figure, address, carrier, day, euros")
    goals: list[dict[str, Any]] | None = Field(
        default=None,
        sa_type=JSON(none_as_null=True),
        nullable=True,
        description="each goal as it stood, with its newest value; none in a report from before goals were kept",
    )
    previous_id: int | None = Field(default=None, foreign_key="account_report.id", index=True)
    made_by: int = Field(foreign_key="user.id")
    made_at: datetime
