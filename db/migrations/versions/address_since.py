"""Since when a person has this mail address: what was mailed to the one before acts for nobody any more."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "address_since"
down_revision = "documents"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user", sa.Column("address_since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("user", "address_since")
