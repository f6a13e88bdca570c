"""Find the topics of one call, and whether they share one budget, without reading every call."""

from alembic import op

revision = "call_topics"
down_revision = "one_mail_a_day"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_call_topics", "call", ["call_title", "budget", "closes_at", "joined_into"])


def downgrade() -> None:
    op.drop_index("ix_call_topics", "call")
