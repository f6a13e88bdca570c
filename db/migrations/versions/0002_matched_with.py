"""Remember with which model and agendas a call was matched."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("call", sa.Column("matched_with", sa.String(), nullable=False, server_default=""))
    op.add_column("call", sa.Column("matched_revision", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("call", "matched_revision")
    op.drop_column("call", "matched_with")
