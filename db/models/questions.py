"""What a text may say but not surely: asked by the machine, answered and doubted by people, each in own rows."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Index, Text, text
from sqlmodel import Field, SQLModel

from db.models.columns import Cents, one_of
from db.vocabulary import AnswerKind

OPEN = text("settled_at IS NULL")  # few are: an index of those alone


class Question(SQLModel, table=True):
    """One field of one call that a person is asked about. Written by the machine; an answer is a row of its own.

    A source asks through its sighting. Without one a reader asks, who says that a shown value is wrong: ``doubted``.
    """

    __table_args__ = (
        Index(
            "uq_question_open", "sighting_id", "field", unique=True, sqlite_where=OPEN, postgresql_where=OPEN
        ),
        Index("ix_question_open_call", "call_id", sqlite_where=OPEN, postgresql_where=OPEN),
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    call_id: int = Field(foreign_key="call.id", index=True)
    sighting_id: int | None = Field(default=None, foreign_key="sighting.id", index=True)
    field: str = Field(description="a field of a call, or a kind of date, as in a correction")
    sentence: str = Field(default="", sa_type=Text, description="as the source has it, white space made single")
    readings: list[str] = Field(default_factory=list, sa_type=JSON, description="at most five, likeliest first")
    why: str = Field(default="", description="why it is not certain, in Dutch")
    snapshot: str | None = Field(default=None, description="SHA-256 of the bytes it was read from")
    doubted: Any = Field(
        default=None,
        nullable=True,
        sa_type=JSON(none_as_null=True),
        description="the shown value that a reader says is wrong",
    )
    proposal: dict[str, Any] | None = Field(
        default=None, sa_type=JSON(none_as_null=True), description="what the second reader makes of it: value, sentence"
    )
    read_at: datetime | None = Field(default=None, description="when the second reader was asked last")
    asked_at: datetime
    changed_at: datetime = Field(description="when the source's text changed last")
    settled_at: datetime | None = Field(default=None, description="answered, or no longer raised by the source")


class Answer(SQLModel, table=True):
    """What a person said to a question. The value itself stands in a correction, where it is one."""

    __table_args__ = (one_of("kind", AnswerKind),)

    id: int = Field(default=None, primary_key=True)
    question_id: int = Field(foreign_key="question.id", index=True)
    call_id: int = Field(foreign_key="call.id", index=True)
    kind: str
    value: Any = Field(
        default=None, nullable=True, sa_type=JSON(none_as_null=True), description="in the form of a correction"
    )
    field: str
    sentence: str = Field(default="", sa_type=Text, description="the sentence as it stood before the person")
    readings: list[str] = Field(default_factory=list, sa_type=JSON)
    correction_id: int | None = Field(default=None, foreign_key="correction.id", index=True)
    user_id: int = Field(foreign_key="user.id")
    participant_id: str = Field(foreign_key="participant.id")
    visibility: str
    at: datetime
    withdrawn_at: datetime | None = None


class Doubt(SQLModel, table=True):
    """A reader's word that a shown value is wrong. It takes nothing away: it asks a person, and marks the value."""

    id: int = Field(default=None, primary_key=True)
    question_id: int = Field(foreign_key="question.id", index=True)
    call_id: int = Field(foreign_key="call.id", index=True)
    field: str
    value: Any = Field(default=None, nullable=True, sa_type=JSON(none_as_null=True), description="what was shown then")
    remark: str = ""
    user_id: int = Field(foreign_key="user.id")
    participant_id: str = Field(foreign_key="participant.id")
    visibility: str
    at: datetime


class ReaderUse(SQLModel, table=True):
    """What the second reader was asked on one day, in Amsterdam."""

    __tablename__ = "reader_use"

    day: date = Field(primary_key=True)
    calls: int = 0
    tokens: int = 0
    euros: Decimal = Field(default=Decimal(0), sa_type=Cents)


class SecondOpinion(SQLModel, table=True):
    """What the second reader said of one borderline match, with the sentence it quoted. Moves nothing by itself."""

    __tablename__ = "second_opinion"

    call_id: int = Field(foreign_key="call.id", primary_key=True)
    challenge_id: str = Field(foreign_key="challenge.id", primary_key=True, index=True)
    revision: int = Field(description="of the call, when it was asked: a new text is asked about anew")
    fits: bool | None = Field(default=None, description="none: asked, but it quoted nothing that stands there")
    sentence: str = Field(default="", sa_type=Text)
    model: str
    at: datetime
