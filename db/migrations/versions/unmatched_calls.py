"""The few calls that were never matched, found without reading all: pages say how many wait."""

import sqlalchemy as sa
from alembic import op

revision = "unmatched_calls"
down_revision = "group_of_dossier"
branch_labels = None
depends_on = None

UNMATCHED = sa.text("matched_with = '' AND joined_into IS NULL")


def upgrade() -> None:
    """An index of those alone."""
    op.create_index("ix_call_unmatched", "call", ["id"], sqlite_where=UNMATCHED, postgresql_where=UNMATCHED)


def downgrade() -> None:
    """Without it."""
    op.drop_index("ix_call_unmatched", "call")
