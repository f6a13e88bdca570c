"""One press of a button counts once, and what was typed outlives the sign-in."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "presses"
down_revision = "waiting_calls"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "press",
        sa.Column("key", text(), nullable=False),
        sa.Column("at", moment(), nullable=False),
        sa.Column("landed", text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_press")),
    )
    op.create_index(op.f("ix_press_at"), "press", ["at"])
    op.create_table(
        "kept_form",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("path", text(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("at", moment(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_kept_form_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_form")),
    )
    op.create_index(op.f("ix_kept_form_user_id"), "kept_form", ["user_id"])


def downgrade() -> None:
    op.drop_table("kept_form")
    op.drop_table("press")
