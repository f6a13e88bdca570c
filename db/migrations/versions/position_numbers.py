"""A position gets the number people read when an MRA body adopts it: a gap in the numbers told that a draft lay there."""

import sqlalchemy as sa
from alembic import op

revision = "position_numbers"
down_revision = "joined_by_now"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("position", sa.Column("mra_number", sa.Integer(), nullable=True))
    # What was adopted keeps the number by which people know it.
    position = sa.table("position", *(sa.column(name) for name in ("mra_number", "number", "state", "gremium")))
    of_mra = position.c.state == "adopted", position.c.gremium.not_in(("executive", "council"))
    op.execute(sa.update(position).where(*of_mra).values(mra_number=position.c.number))


def downgrade() -> None:
    op.drop_column("position", "mra_number")
