"""Care for people written about: what must be kept longer and why, and who was told that we keep a name."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field

from db.models.columns import Numbered, one_of
from db.vocabulary_care import InformedWay

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
