"""At most one standing verdict of a person on a call as a whole, as there is on a call for an opgave.

NULL is never equal to NULL, so the index over the opgave let two taps at once both stand. The newest stands on.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

NAME = "uq_verdict_standing_call"
STANDING = sa.text("undone_at IS NULL AND challenge_id IS NULL")
ROWS = sa.table(
    "verdict",
    sa.column("id", sa.Integer),
    sa.column("call_id", sa.Integer),
    sa.column("challenge_id", sa.String),
    sa.column("user_id", sa.Integer),
    sa.column("at", sqlmodel.sql.sqltypes.UTCDateTime()),
    sa.column("undone_at", sqlmodel.sql.sqltypes.UTCDateTime()),
)


def upgrade() -> None:
    _let_the_newest_stand()
    op.create_index(
        NAME, "verdict", ["call_id", "user_id"], unique=True, sqlite_where=STANDING, postgresql_where=STANDING
    )


def downgrade() -> None:
    op.drop_index(NAME, "verdict")


def _let_the_newest_stand() -> None:
    """Each earlier one was taken back when the next was said, as it would have been one tap later."""
    standing = sa.select(ROWS).where(ROWS.c.undone_at.is_(None), ROWS.c.challenge_id.is_(None))
    newer: dict[tuple[int, int], sa.Row] = {}
    for row in op.get_bind().execute(standing.order_by(ROWS.c.at.desc(), ROWS.c.id.desc())).all():
        pair = row.call_id, row.user_id
        if pair in newer:
            op.execute(ROWS.update().where(ROWS.c.id == row.id).values(undone_at=newer[pair].at))
        newer[pair] = row
