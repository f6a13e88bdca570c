"""Who won before: projects of organisations here, as the publisher tells; replaced a programme at a time."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from db.models.columns import Cents, Numbered, one_of
from db.vocabulary_winners import PastKind, PastProgrammeCode, PastRole, PastStatus


class PastProgramme(SQLModel, table=True):
    """A programme of which results were read, and from which file: the version of all its rows."""

    __tablename__ = "past_programme"
    __table_args__ = (one_of("code", PastProgrammeCode),)

    code: str = Field(primary_key=True)
    file_name: str
    content_day: date = Field(description="the newest day on which the publisher changed a project in it")
    imported_at: datetime


class PastProject(Numbered, table=True):
    """A project with somebody of the region in it."""

    __tablename__ = "past_project"
    __table_args__ = (UniqueConstraint("programme", "number"), one_of("status", PastStatus))

    programme: str = Field(foreign_key="past_programme.code")
    number: str = Field(description="the publisher's")
    acronym: str
    title: str
    status: str = PastStatus.OTHER
    starts_on: date | None = None
    ends_on: date | None = None
    total_cost: Decimal | None = Field(default=None, sa_type=Cents, description="EUR")
    contribution: Decimal | None = Field(default=None, sa_type=Cents, description="EUR that the EU gives at most")
    topic: str = ""
    line: str = Field(default="", index=True, description="the topic without years and numbers: calls/topic_line.py")
    coordinator: str = Field(default="", description="its name, wherever it is; none where that is a natural person")


class PastPartner(Numbered, table=True):
    """An organisation of the region in a project; natural persons are left out."""

    __tablename__ = "past_partner"
    __table_args__ = (one_of("role", PastRole), one_of("kind", PastKind))

    project_id: int = Field(foreign_key="past_project.id", index=True)
    organisation: str = Field(index=True, description="the publisher's number of it, or its folded name")
    name: str
    kind: str = PastKind.OTHER
    city: str = ""
    nuts: str = ""
    role: str = PastRole.OTHER
    contribution: Decimal | None = Field(default=None, sa_type=Cents, description="EUR that stays with it")
    left_early: bool = False
    participant_id: str | None = Field(default=None, foreign_key="participant.id", index=True)
