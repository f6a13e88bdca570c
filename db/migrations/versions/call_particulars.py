"""Keep what a source files a call under: its tags, keywords, targets, conditions and the like, as JSON on the call."""

import sqlalchemy as sa
from alembic import op

revision = "call_particulars"
down_revision = "baseline"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("call", sa.Column("particulars", sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("call", "particulars")
