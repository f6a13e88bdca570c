"""Whether the answer to who may apply is estimated from the text, or said by the source or by a rule."""

import sqlalchemy as sa
from alembic import op

revision = "eligible_estimate"
down_revision = "rounds"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What stands there was estimated; the next match says which of it was not."""
    op.add_column("call", sa.Column("eligible_estimate", sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    """Without it."""
    op.drop_column("call", "eligible_estimate")
