"""Silence keeps facts: since when a value is no longer named, and what is held and why."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "silence_keeps_facts"
down_revision = "call_particulars"
branch_labels = None
depends_on = None

MOMENT, WORDS = sqlmodel.sql.sqltypes.UTCDateTime, sqlmodel.sql.sqltypes.AutoString


def added() -> dict[str, tuple[sa.Column, ...]]:
    """Table -> its new columns."""
    return {
        "call": (
            sa.Column("stale", sa.JSON(), nullable=False, server_default="{}"),
            sa.Column("held_why", WORDS(), nullable=False, server_default=""),
            sa.Column("held_since", MOMENT(), nullable=True),
        ),
        "crawl": (
            sa.Column("total", sa.Integer(), nullable=True),
            sa.Column("lost", sa.JSON(), nullable=False, server_default="[]"),
            sa.Column("shrunk", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("released_at", MOMENT(), nullable=True),
            sa.Column("measure", sa.Boolean(), nullable=False, server_default=sa.false()),
        ),
        "deadline": (sa.Column("stale_since", sa.Date(), nullable=True),),
        "sighting": (
            sa.Column("waiting_since", MOMENT(), nullable=True),
            sa.Column("waiting_why", WORDS(), nullable=False, server_default=""),
        ),
    }


def upgrade() -> None:
    for name, columns in added().items():
        for column in columns:
            op.add_column(name, column)
    # What was held before has waited since now: nothing says since when.
    op.execute('UPDATE "call" SET held_since = CURRENT_TIMESTAMP WHERE held')


def downgrade() -> None:
    for name, columns in added().items():
        for column in columns:
            op.drop_column(name, column.name)
