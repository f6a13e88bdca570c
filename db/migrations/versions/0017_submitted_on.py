"""The day an application went in, as people say it, instead of the moment of a button."""

from zoneinfo import ZoneInfo

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

MOMENT = sqlmodel.sql.sqltypes.UTCDateTime()
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ROWS = sa.table(
    "application",
    sa.column("dossier_id", sa.Integer),
    sa.column("submitted_at", MOMENT),
    sa.column("submitted_on", sa.Date),
)


def upgrade() -> None:
    op.add_column("application", sa.Column("submitted_on", sa.Date(), nullable=True))
    given = sa.select(ROWS.c.dossier_id, ROWS.c.submitted_at).where(ROWS.c.submitted_at.is_not(None))
    for dossier_id, moment in op.get_bind().execute(given).all():
        day = moment.astimezone(AMSTERDAM).date()
        op.execute(ROWS.update().where(ROWS.c.dossier_id == dossier_id).values(submitted_on=day))
    op.drop_column("application", "submitted_at")


def downgrade() -> None:
    op.add_column("application", sa.Column("submitted_at", MOMENT, nullable=True))
    op.drop_column("application", "submitted_on")
