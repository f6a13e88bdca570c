"""Tell what is named from what is only set aside; a mail's number is now how many calls it tells in full."""

import sqlalchemy as sa
from alembic import op

revision = "told_means_named"
down_revision = "eligible_estimate"
branch_labels = None
depends_on = None

BEFORE = ("new", "changed", "closing", "opening", "moved", "reminder")
SINCE = (*BEFORE, "gone", "set_aside")


def _kinds(kinds: tuple[str, ...]) -> None:
    name, listed = op.f("ck_told_kind"), ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("told") as told:
        told.drop_constraint(name, type_="check")
        told.create_check_constraint(name, sa.text(f"kind IN ({listed})"))


def upgrade() -> None:
    _kinds(SINCE)
    # 20 was everybody's number before there was a choice between told in full and named on a line.
    op.execute("UPDATE subscription SET most = CASE WHEN every = 'day' THEN 3 ELSE 6 END WHERE most = 20")


def downgrade() -> None:
    op.execute("DELETE FROM told WHERE kind IN ('gone', 'set_aside')")
    _kinds(BEFORE)
