"""Documents: small files and links on dossiers, positions and contacts; the same bytes are kept once."""

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary, Text
from sqlmodel import Field, SQLModel

from db.models.columns import Numbered, one_of
from db.models.lobby import Owned
from db.vocabulary import Visibility
from db.vocabulary_documents import DocumentKind


class DocumentContent(SQLModel, table=True):
    """The bytes of a file, as long as a document that is there needs them."""

    __tablename__ = "document_content"

    sha256: str = Field(primary_key=True, description="of the bytes, in hexadecimal")
    content: bytes = Field(sa_type=LargeBinary)


class Document(Numbered, Owned, table=True):
    """A file or link that hangs on a dossier (an application too), a position in one, or a contact.

    The row of one that was taken back stays, without its bytes and address, as the history of it.
    """

    __table_args__ = (
        one_of("kind", DocumentKind),
        one_of("visibility", Visibility),
        CheckConstraint("trim(name) <> ''", name="name"),
        CheckConstraint("dossier_id IS NOT NULL OR contact_id IS NOT NULL", name="host"),
        CheckConstraint("position_id IS NULL OR dossier_id IS NOT NULL", name="position"),
        CheckConstraint(
            "withdrawn_at IS NOT NULL OR (kind = 'link' AND url <> '') OR (kind <> 'link' AND sha256 IS NOT NULL)",
            name="content",
        ),
    )

    kind: str
    name: str = Field(description="of the file, or what the link leads to")
    url: str = Field(default="", sa_type=Text, description="of a link")
    size: int = Field(default=0, description="bytes")
    sha256: str | None = Field(default=None, foreign_key="document_content.sha256", index=True)
    dossier_id: int | None = Field(default=None, foreign_key="dossier.id", index=True)
    position_id: int | None = Field(default=None, foreign_key="position.id", index=True)
    contact_id: int | None = Field(default=None, foreign_key="contact_moment.id", index=True)
    added_by: int = Field(foreign_key="user.id")
    added_at: datetime
    withdrawn_by: int | None = Field(default=None, foreign_key="user.id")
    withdrawn_at: datetime | None = None
