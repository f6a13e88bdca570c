"""Nobody joins a coalition on a day to come: who was written down so reads nothing along until it is added that day."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "joined_by_now"
down_revision = "year_plans"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # In Amsterdam it is tomorrow before it is in UTC: that party is in within hours.
    tomorrow = op.get_bind().execute(sa.select(sa.func.current_date())).scalar_one() + timedelta(days=1)
    out = (
        "UPDATE coalition_member SET left_on = joined_on, version = version + 1 WHERE left_on IS NULL AND joined_on > "
    )
    op.get_bind().execute(sa.text(f"{out}:day").bindparams(sa.bindparam("day", tomorrow, sa.Date())))


def downgrade() -> None:
    pass
