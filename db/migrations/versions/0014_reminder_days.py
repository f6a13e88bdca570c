"""How many days before a date each person wants to be reminded"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reminder_days", sa.JSON(), nullable=False, server_default="[60, 30, 14, 7, 1]"))


def downgrade() -> None:
    op.drop_column("user", "reminder_days")
