"""A call knows the round before it.

In plain SQL: SQLite adds such a column without making the table anew, which alembic does not know.
"""

import sqlalchemy as sa
from alembic import op

revision = "rounds"
down_revision = "silence_keeps_facts"
branch_labels = None
depends_on = None

LATER = sa.text("previous_round_id IS NOT NULL")


def upgrade() -> None:
    op.execute("ALTER TABLE call ADD COLUMN previous_round_id INTEGER REFERENCES call (id)")
    op.create_index("ix_call_round", "call", ["previous_round_id"], sqlite_where=LATER, postgresql_where=LATER)


def downgrade() -> None:
    op.drop_index("ix_call_round", "call")
    op.execute("ALTER TABLE call DROP COLUMN previous_round_id")
