"""Count what the second reader is asked in a day, so that its cost stays bounded."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reader_use",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.Column("euros", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_reader_use"),
    )


def downgrade() -> None:
    op.drop_table("reader_use")
