"""Find what was joined into a call without reading every call"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

JOINED = sa.text("joined_into IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_call_joined", "call", ["joined_into"], sqlite_where=JOINED, postgresql_where=JOINED)


def downgrade() -> None:
    op.drop_index("ix_call_joined", "call")
