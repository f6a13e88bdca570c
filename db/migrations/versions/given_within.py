"""A call keeps in whose area alone it may be used, by who gives it."""

import re
import unicodedata

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "given_within"
down_revision = "account_releases"
branch_labels = None
depends_on = None

# As db/giver.py reads a publisher on the day of this migration.
AUTHORITY = re.compile(
    r"(?:^|over regeling (?:van )?)(?:de )?(provincie|gemeente|waterschap|hoogheemraadschap)(?: van)? ([^();|]+)", re.I
)
WATER = ("waterschap", "hoogheemraadschap")


def upgrade() -> None:
    op.add_column("call", sa.Column("given_within", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.create_index("ix_call_given_within", "call", ["given_within"])
    call = sa.table("call", sa.column("publisher", sa.String()), sa.column("given_within", sa.String()))
    connection = op.get_bind()
    for (publisher,) in connection.execute(sa.select(call.c.publisher).distinct()).all():
        if key := _key(publisher):
            connection.execute(sa.update(call).where(call.c.publisher == publisher).values(given_within=key))


def downgrade() -> None:
    op.drop_index("ix_call_given_within", "call")
    op.drop_column("call", "given_within")


def _key(publisher: str | None) -> str | None:
    giver = AUTHORITY.search(publisher or "")
    if giver is None:
        return None
    kind = giver[1].lower()
    name = giver[2] if kind in WATER else giver[2].partition(",")[0]
    plain = unicodedata.normalize("NFKD", name.strip()).encode("ascii", "ignore").decode()
    return f"{WATER[0] if kind in WATER else kind}:{re.sub(r'[^a-z0-9]+', '-', plain.lower()).strip('-')}"
