"""A database knows of which region it is, and a position's number is the region's, not that of one by name."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "another_region"
down_revision = "woo"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "kept_region",
        sa.Column("id", text(), nullable=False),
        sa.Column("folder", text(), nullable=False),
        sa.Column("described", sa.JSON(), nullable=False),
        sa.Column("loaded_at", moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_region")),
    )
    op.execute('ALTER TABLE "position" RENAME COLUMN mra_number TO region_number')


def downgrade() -> None:
    op.execute('ALTER TABLE "position" RENAME COLUMN region_number TO mra_number')
    op.drop_table("kept_region")
