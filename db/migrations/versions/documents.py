"""Documents: small files and links on dossiers, positions and contacts."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "documents"
down_revision = "dossier_follow"
branch_labels = None
depends_on = None

KINDS = "'pdf', 'word', 'excel', 'slides', 'odt', 'png', 'jpeg', 'text', 'csv', 'link'"
CONTENT = "withdrawn_at IS NOT NULL OR (kind = 'link' AND url <> '') OR (kind <> 'link' AND sha256 IS NOT NULL)"
REFERENCES = {
    "sha256": "document_content.sha256",
    "dossier_id": "dossier.id",
    "position_id": "position.id",
    "contact_id": "contact_moment.id",
    "participant_id": "participant.id",
    "added_by": "user.id",
    "withdrawn_by": "user.id",
}


def upgrade() -> None:
    text, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "document_content",
        sa.Column("sha256", text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_document_content")),
    )
    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", text(), nullable=False),
        sa.Column("visibility", text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", text(), nullable=False),
        sa.Column("name", text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", text(), nullable=True),
        sa.Column("dossier_id", sa.Integer(), nullable=True),
        sa.Column("position_id", sa.Integer(), nullable=True),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("added_at", moment(), nullable=False),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", moment(), nullable=True),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_document_kind")),
        sa.CheckConstraint("visibility IN ('own', 'group', 'mra', 'public')", name=op.f("ck_document_visibility")),
        sa.CheckConstraint("trim(name) <> ''", name=op.f("ck_document_name")),
        sa.CheckConstraint("dossier_id IS NOT NULL OR contact_id IS NOT NULL", name=op.f("ck_document_host")),
        sa.CheckConstraint("position_id IS NULL OR dossier_id IS NOT NULL", name=op.f("ck_document_position")),
        sa.CheckConstraint(CONTENT, name=op.f("ck_document_content")),
        *(
            sa.ForeignKeyConstraint([column], [there], name=op.f(f"fk_document_{column}_{there.partition('.')[0]}"))
            for column, there in REFERENCES.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    for column in ("sha256", "dossier_id", "position_id", "contact_id"):
        op.create_index(op.f(f"ix_document_{column}"), "document", [column])


def downgrade() -> None:
    op.drop_table("document")
    op.drop_table("document_content")
