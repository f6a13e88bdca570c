"""A report that is kept holds the goals as they stood; one from before holds none."""

import sqlalchemy as sa
from alembic import op

revision = "reports_keep_goals"
down_revision = "until_exhausted"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account_report", sa.Column("goals", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("account_report", "goals")
