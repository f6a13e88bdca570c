"""A sign-off round may be another's than who opened it; a merger that is said on screen waits for a second.

Plain statements add the columns, since SQLite adds them without making the table anew.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "second_looks"
down_revision = "account_reports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute('ALTER TABLE sign_off_round ADD COLUMN holder_id INTEGER REFERENCES "user" (id)')
    op.add_column("participant", sa.Column("proposed_by", sa.Integer(), nullable=True))
    op.add_column("participant", sa.Column("proposed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    op.add_column("participant", sa.Column("confirmed_by", sa.Integer(), nullable=True))


def downgrade() -> None:
    for column in ("confirmed_by", "proposed_at", "proposed_by"):
        op.drop_column("participant", column)
    op.execute("ALTER TABLE sign_off_round DROP COLUMN holder_id")
