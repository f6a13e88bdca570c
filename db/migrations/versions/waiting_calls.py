"""A digest keeps which calls it says wait, so that its link opens exactly those."""

import sqlalchemy as sa
from alembic import op

revision = "waiting_calls"
down_revision = "bounces"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery", sa.Column("waiting", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("delivery", "waiting")
