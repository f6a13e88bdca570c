"""Keys by which programs come in somebody's name, and what they were answered."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "api_keys"
down_revision = "said_in_reviews"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "api_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", text(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", moment(), nullable=False),
        sa.Column("expires_at", moment(), nullable=False),
        sa.Column("ended_at", moment(), nullable=True),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_api_key_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_key_token_hash")),
    )
    op.create_index(op.f("ix_api_key_user_id"), "api_key", ["user_id"])
    op.create_table(
        "api_deed",
        sa.Column("key", text(), nullable=False),
        sa.Column("request", text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("location", text(), nullable=False),
        sa.Column("at", moment(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_api_deed")),
    )
    op.create_index(op.f("ix_api_deed_at"), "api_deed", ["at"])
    op.add_column("challenge", sa.Column("changed_at", moment(), nullable=True))


def downgrade() -> None:
    op.drop_column("challenge", "changed_at")
    op.drop_table("api_deed")
    op.drop_table("api_key")
