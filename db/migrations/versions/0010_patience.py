"""Remember until when a source wants to be left alone, and where it moved."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("crawl", sa.Column("come_back_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    op.add_column("crawl", sa.Column("moved", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("crawl") as batch_op:
        batch_op.drop_column("moved")
        batch_op.drop_column("come_back_at")
