"""One row of an office and its person for each participant, however many log a contact there at once.

Doubles become one: the first stays, everything that hangs on another moves to it. Where both had a place on the map
of a dossier, the later one stays, as when one person corrects another. Erased persons have no name left to tell them
apart, so they do not count.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

NAME = "uq_stakeholder_office"
KEPT = sa.text("erased_at IS NULL")
OFFICES = sa.table(
    "stakeholder",
    sa.column("id", sa.Integer),
    *(sa.column(name, sa.String) for name in ("participant_id", "office_key", "person", "address", "hold")),
)
CONTACTS, PROMISES, STAKES = (
    sa.table(name, *(sa.column(column, sa.Integer) for column in ("id", "dossier_id", "stakeholder_id")))
    for name in ("contact_moment", "commitment", "stake")
)


def upgrade() -> None:
    first: dict[tuple[str, str, str], sa.Row] = {}
    for row in op.get_bind().execute(sa.select(OFFICES).where(KEPT).order_by(OFFICES.c.id)).all():
        known = first.setdefault((row.participant_id, row.office_key, row.person), row)
        if known is not row:
            _unite(known.id, row)
    op.create_index(
        NAME,
        "stakeholder",
        ["participant_id", "office_key", "person"],
        unique=True,
        sqlite_where=KEPT,
        postgresql_where=KEPT,
    )


def downgrade() -> None:
    op.drop_index(NAME, "stakeholder")


def _unite(stays: int, double: sa.Row) -> None:
    on_map = {row.dossier_id: row.id for row in _stakes_of(stays)}
    for row in _stakes_of(double.id):
        if row.dossier_id in on_map:
            op.execute(STAKES.delete().where(STAKES.c.id == min(row.id, on_map[row.dossier_id])))
    for table in (CONTACTS, PROMISES, STAKES):
        op.execute(table.update().where(table.c.stakeholder_id == double.id).values(stakeholder_id=stays))
    for name in ("hold", "address"):  # a hold on either keeps the person
        empty = OFFICES.update().where(OFFICES.c.id == stays, OFFICES.c[name] == "")
        op.execute(empty.values({name: getattr(double, name)}))
    op.execute(OFFICES.delete().where(OFFICES.c.id == double.id))


def _stakes_of(office: int) -> Sequence[sa.Row]:
    return op.get_bind().execute(sa.select(STAKES).where(STAKES.c.stakeholder_id == office)).all()
