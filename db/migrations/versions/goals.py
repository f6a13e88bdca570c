"""Goals of an opgave with their values, and when a payment was written down."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "goals"
down_revision = "whole_calendar"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "goal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("target", sa.BigInteger(), nullable=False),
        sa.Column("unit", text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("source", text(), nullable=False),
        sa.Column("vision", text(), nullable=False),
        sa.Column("made_at", moment(), nullable=False),
        sa.Column("changed_at", moment(), nullable=True),
        sa.Column("ended_at", moment(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("trim(text) <> ''", name=op.f("ck_goal_text")),
        sa.CheckConstraint("trim(unit) <> ''", name=op.f("ck_goal_unit")),
        sa.ForeignKeyConstraint(["challenge_id"], ["challenge.id"], name=op.f("fk_goal_challenge_id_challenge")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal")),
    )
    op.create_index(op.f("ix_goal_challenge_id"), "goal", ["challenge_id"])
    op.create_table(
        "goal_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("source", text(), nullable=False),
        sa.Column("recorded_at", moment(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.id"], name=op.f("fk_goal_value_goal_id_goal")),
        sa.ForeignKeyConstraint(["recorded_by"], ["user.id"], name=op.f("fk_goal_value_recorded_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_value")),
    )
    op.create_index(op.f("ix_goal_value_goal_id"), "goal_value", ["goal_id"])
    op.add_column("instalment", sa.Column("recorded_at", moment(), nullable=True))


def downgrade() -> None:
    op.drop_column("instalment", "recorded_at")
    op.drop_table("goal_value")
    op.drop_table("goal")
