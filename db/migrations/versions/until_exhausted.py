"""Whether a call can be applied for while there is money: without an opening day it is open, not announced."""

import sqlalchemy as sa
from alembic import op

revision = "until_exhausted"
down_revision = "publication_links"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From the dates that stand."""
    op.add_column("call", sa.Column("until_exhausted", sa.Boolean(), nullable=False, server_default=sa.false()))
    call = sa.table("call", sa.column("id"), sa.column("until_exhausted"))
    deadline = sa.table("deadline", sa.column("call_id"), sa.column("kind"), sa.column("cancelled_at"))
    lasting = sa.select(deadline.c.call_id).where(
        deadline.c.kind == "until_exhausted", deadline.c.cancelled_at.is_(None)
    )
    op.execute(sa.update(call).where(call.c.id.in_(lasting)).values(until_exhausted=sa.true()))


def downgrade() -> None:
    """Without it."""
    op.drop_column("call", "until_exhausted")
