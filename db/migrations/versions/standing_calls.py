"""The index by closing date holds all that says whether a call stands, so that no row is read to know it."""

from alembic import op

revision = "standing_calls"
down_revision = "reports_keep_goals"
branch_labels = None
depends_on = None

COLUMNS = (
    "closes_at",
    "source_word",
    "not_listed_since",
    "joined_into",
    "nature",
    "eligible",
    "first_gate_at",
    "held",
)


def upgrade() -> None:
    op.create_index("ix_call_standing", "call", COLUMNS)
    op.drop_index("ix_call_closes_at", "call")


def downgrade() -> None:
    op.create_index("ix_call_closes_at", "call", ["closes_at"])
    op.drop_index("ix_call_standing", "call")
