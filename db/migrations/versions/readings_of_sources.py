"""When a source was last taken over stands once, instead of on each of its sightings and their calls."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "readings_of_sources"
down_revision = "given_within"
branch_labels = None
depends_on = None

CALLS = """
UPDATE call SET last_seen = coalesce((
    SELECT max(CASE WHEN listed THEN source_reading.at ELSE sighting.last_seen END)
    FROM sighting LEFT JOIN source_reading ON source_reading.source = sighting.source WHERE call_id = call.id
), last_seen)
"""
SIGHTINGS = """
UPDATE sighting SET last_seen = (SELECT at FROM source_reading WHERE source_reading.source = sighting.source)
WHERE listed
"""


def upgrade() -> None:
    """What is there keeps the moment on its own row until its source is read again."""
    op.create_table(
        "source_reading",
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_source_reading")),
    )
    op.add_column("sighting", sa.Column("listed", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Each gets back the moment at which it was last seen."""
    op.execute(CALLS)
    op.execute(SIGHTINGS)
    op.drop_column("sighting", "listed")
    op.drop_table("source_reading")
