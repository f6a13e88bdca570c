"""What the second reader says of borderline matches."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "second_opinion"
down_revision = "leanings"
branch_labels = None
depends_on = None

WORDS, MOMENT = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.create_table(
        "second_opinion",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", WORDS(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("fits", sa.Boolean(), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("model", WORDS(), nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_second_opinion_call_id_call")),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_second_opinion_challenge_id_challenge")
        ),
        sa.PrimaryKeyConstraint("call_id", "challenge_id", name=op.f("pk_second_opinion")),
    )
    op.create_index(op.f("ix_second_opinion_challenge_id"), "second_opinion", ["challenge_id"])


def downgrade() -> None:
    op.drop_table("second_opinion")
