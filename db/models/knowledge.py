"""The KennisHuis: publications of the region, what of them is public by the word of two people, and their history."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from db.models.columns import Numbered, Released, by_two_people, one_of
from db.models.lobby import Owned
from db.vocabulary import Visibility
from db.vocabulary_documents import DocumentKind
from db.vocabulary_knowledge import Licence, PublicationDeed, PublicationKind, PublicationLanguage


class Publication(Numbered, Owned, table=True):
    """A study, guide, result or lesson that everybody who signs in can read.

    What the public sees of it is never this row but what two people released: the newest ``PublicationRelease`` that
    stands. One that was withdrawn stays as a row, without its file and address.
    """

    __table_args__ = (
        one_of("kind", PublicationKind),
        one_of("licence", Licence),
        one_of("language", PublicationLanguage),
        one_of("file_kind", DocumentKind, optional=True),
        one_of("visibility", (Visibility.REGION,)),
        CheckConstraint("trim(title) <> ''", name="title"),
        CheckConstraint("trim(summary) <> ''", name="summary"),
        CheckConstraint("trim(owner) <> ''", name="owner"),
        CheckConstraint("year BETWEEN 1900 AND 2200", name="year"),
        CheckConstraint("sha256 IS NULL OR file_kind IS NOT NULL", name="file"),
    )

    visibility: str = Visibility.REGION
    kind: str
    title: str
    summary: str = Field(sa_type=Text)
    subjects: list[str] = Field(default_factory=list, sa_type=JSON, description="as people name them")
    owner: str = Field(description="the organisation whose work it is, by name")
    year: int
    licence: str
    language: str
    url: str = Field(default="", sa_type=Text, description="where it is to be read, when it is elsewhere")
    file_kind: str | None = Field(default=None, description="by its bytes")
    file_name: str = ""
    size: int = Field(default=0, description="bytes")
    sha256: str | None = Field(default=None, foreign_key="document_content.sha256", index=True)
    application_id: int | None = Field(
        default=None, foreign_key="dossier.id", index=True, description="dossier of the application it was learnt in"
    )
    added_by: int = Field(foreign_key="user.id")
    added_at: datetime
    withdrawn_by: int | None = Field(default=None, foreign_key="user.id")
    withdrawn_at: datetime | None = None
    withdrawn_why: str = ""


class PublicationChallenge(SQLModel, table=True):
    """An opgave that a publication is about."""

    __tablename__ = "publication_challenge"

    publication_id: int = Field(foreign_key="publication.id", primary_key=True)
    challenge_id: str = Field(foreign_key="challenge.id", primary_key=True, index=True)


class PublicationLink(Numbered, table=True):
    """A call or a dossier that a person put beside a publication; a dossier is there for who may see it."""

    __tablename__ = "publication_link"
    __table_args__ = (
        UniqueConstraint("publication_id", "call_id"),
        UniqueConstraint("publication_id", "dossier_id"),
        CheckConstraint("(call_id IS NULL) <> (dossier_id IS NULL)", name="one"),
    )

    publication_id: int = Field(foreign_key="publication.id")
    call_id: int | None = Field(default=None, foreign_key="call.id", index=True)
    dossier_id: int | None = Field(default=None, foreign_key="dossier.id", index=True)
    added_by: int = Field(foreign_key="user.id")
    added_at: datetime


class PublicationText(SQLModel, table=True):
    """The words of a publication's file, each once, to be found by; never shown."""

    __tablename__ = "publication_text"

    publication_id: int = Field(foreign_key="publication.id", primary_key=True)
    sha256: str = Field(description="of the file that was read")
    words: str = Field(default="", sa_type=Text, description="folded, with a blank between")
    remark: str = Field(default="", description="what of the file was not read, in Dutch; empty when all was")


class PublicationRelease(Numbered, Released, table=True):
    """What one person proposed to show the public of a publication, and whether a second one let it.

    It holds all that is shown, as it was when it was proposed: what is written later is public only by a next release.
    """

    __tablename__ = "publication_release"
    __table_args__ = (*by_two_people(),)

    publication_id: int = Field(foreign_key="publication.id", index=True)
    title: str
    summary: str = Field(sa_type=Text)
    owner: str
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON, description="the other fields, by name")
    sha256: str | None = Field(default=None, foreign_key="document_content.sha256", index=True)


class PublicationChange(Numbered, table=True):
    """What was done to a publication, by whom and when, and what stood there before."""

    __tablename__ = "publication_change"
    __table_args__ = (one_of("deed", PublicationDeed),)

    publication_id: int = Field(foreign_key="publication.id", index=True)
    deed: str
    user_id: int = Field(foreign_key="user.id")
    at: datetime
    before: str = Field(default="", sa_type=Text, description="a line a field: what it is called, and what stood there")
