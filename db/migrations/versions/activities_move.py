"""An activity remembers the day it was moved from and that it is off, so that mail can say so once."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "activities_move"
down_revision = "standing_calls"
branch_labels = None
depends_on = None

MOMENT = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.add_column("network_activity", sa.Column("was_on", sa.Date(), nullable=True))
    op.add_column("network_activity", sa.Column("moved_at", MOMENT(), nullable=True))
    op.add_column("network_activity", sa.Column("off_at", MOMENT(), nullable=True))


def downgrade() -> None:
    for name in ("off_at", "moved_at", "was_on"):
        op.drop_column("network_activity", name)
