"""Which days of a body a jaarplanning covers, and which milestones rest on a rhythm that nobody has looked at."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "year_plans"
down_revision = "application_to_settlement"
branch_labels = None
depends_on = None

BY_RHYTHM = """
    UPDATE milestone SET assumed = TRUE WHERE state = 'planned' AND NOT pinned
    AND body_id IN (SELECT id FROM body WHERE example)
    AND NOT EXISTS (
        SELECT 1 FROM meeting
        WHERE meeting.body_id = milestone.body_id AND meeting.day = milestone.day AND meeting.cancelled_at IS NULL
    )
"""


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "year_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body_id", text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("source", text(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("added_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_year_plan_last_day")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_year_plan_body_id_body")),
        sa.ForeignKeyConstraint(["added_by"], ["user.id"], name=op.f("fk_year_plan_added_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_year_plan")),
    )
    op.create_index(op.f("ix_year_plan_body_id"), "year_plan", ["body_id"])
    op.add_column("milestone", sa.Column("assumed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(BY_RHYTHM)


def downgrade() -> None:
    op.drop_table("year_plan")
    op.execute("ALTER TABLE milestone DROP COLUMN assumed")
