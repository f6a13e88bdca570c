"""Since when somebody works at a participant: what was mailed at the former one is not read at the new one."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "since_at_participant"
down_revision = "position_numbers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user", sa.Column("participant_since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("user", "participant_since")
