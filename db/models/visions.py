"""The visie: what the region or an opgave wants to be, as a text that partners write together and goals serve."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from db.models.columns import Numbered, one_of
from db.vocabulary_account import ProposalState


class Vision(Numbered, table=True):
    """One of the region, and at most one of an opgave. Its words are the newest ``VisionVersion``; none before that."""

    __table_args__ = (UniqueConstraint("challenge_id"),)

    challenge_id: str | None = Field(default=None, foreign_key="challenge.id", description="none: of the whole region")
    made_at: datetime
    number: int = Field(default=0, description="of the version that holds; nought while none was taken over")


class VisionWords(SQLModel):
    """What is written, by whom, and why so."""

    title: str
    text: str = Field(sa_type=Text)
    authors: str = Field(default="", description="who wrote it, as it is shown: organisations, a team")
    why: str = Field(default="", description="what is new in it, and why")


class VisionProposal(Numbered, VisionWords, table=True):
    """A text that somebody brings in; a coordinator who is another person takes it over as a whole, or says why not."""

    __tablename__ = "vision_proposal"
    __table_args__ = (
        one_of("state", ProposalState),
        CheckConstraint("trim(text) <> ''", name="text"),
        CheckConstraint("state <> 'taken' OR settled_by <> proposed_by", name="second_person"),
    )

    vision_id: int = Field(foreign_key="vision.id", index=True)
    number: int = Field(description="of the version that its writer had before them")
    participant_id: str = Field(foreign_key="participant.id")
    proposed_by: int = Field(foreign_key="user.id")
    proposed_at: datetime
    state: str = ProposalState.OPEN
    settled_by: int | None = Field(default=None, foreign_key="user.id")
    settled_at: datetime | None = None
    answer: str = Field(default="", description="of who settled it")
    version: int = 1


class VisionVersion(Numbered, VisionWords, table=True):
    """The words as they held from a moment on; never changed, only followed by the next."""

    __tablename__ = "vision_version"
    __table_args__ = (UniqueConstraint("vision_id", "number"),)

    vision_id: int = Field(foreign_key="vision.id")
    number: int = Field(description="1, 2, 3 ...")
    proposal_id: int = Field(foreign_key="vision_proposal.id", description="that it was taken over from")
    since: datetime
