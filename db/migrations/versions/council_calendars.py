"""Meetings that come from the calendar of a council itself."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "council_calendars"
down_revision = "goals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.add_column("meeting", sa.Column("source_key", text(), nullable=False, server_default=""))
    op.add_column("meeting", sa.Column("read_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    op.create_index(op.f("ix_meeting_source_key"), "meeting", ["source_key"])
    with op.batch_alter_table("year_plan") as batch:
        batch.alter_column("added_by", existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM year_plan WHERE added_by IS NULL")
    with op.batch_alter_table("year_plan") as batch:
        batch.alter_column("added_by", existing_type=sa.Integer(), nullable=False)
    op.drop_index(op.f("ix_meeting_source_key"), "meeting")
    op.drop_column("meeting", "read_at")
    op.drop_column("meeting", "source_key")
