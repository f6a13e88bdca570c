"""Reports of mail that did not arrive; a call that somebody shares is a kind of mail of its own."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "bounces"
down_revision = "address_since"
branch_labels = None
depends_on = None

WORDS, MOMENT = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
KINDS = ("digest", "reminder", "moved", "sign_in", "alert")


def _hold(former: tuple[str, ...], words: tuple[str, ...]) -> None:
    name, before, after = op.f("ck_delivery_kind"), f"kind IN ({_listed(former)})", f"kind IN ({_listed(words)})"
    if op.get_bind().dialect.name == "sqlite":  # a table made anew would leave what points to its rows in the air
        _in_schema_of_sqlite(before, after)
        return
    op.drop_constraint(name, "delivery", type_="check")
    op.create_check_constraint(name, "delivery", sa.text(after))


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _in_schema_of_sqlite(former: str, text: str) -> None:
    """Within the migration's transaction; the raised number makes every connection read the schema again."""
    run = op.get_bind().exec_driver_sql
    number = run("PRAGMA schema_version").scalar_one()
    run("PRAGMA writable_schema = ON")
    run("UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = 'delivery'", (former, text))
    run(f"PRAGMA schema_version = {number + 1}")
    run("PRAGMA writable_schema = OFF")


def upgrade() -> None:
    _hold(KINDS, (*KINDS, "shared"))
    op.execute("UPDATE delivery SET kind = 'shared' WHERE kind = 'alert' AND key LIKE 'shared:%'")
    op.create_table(
        "bounce",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("address_hash", WORDS(), nullable=False),
        sa.Column("hard", sa.Boolean(), nullable=False),
        sa.Column("status", WORDS(), nullable=False),
        sa.Column("said", WORDS(), nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_bounce_delivery_id_delivery")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounce")),
        sa.UniqueConstraint("delivery_id", "status", name=op.f("uq_bounce_delivery_id_status")),
    )
    op.create_index(op.f("ix_bounce_address_hash"), "bounce", ["address_hash"])


def downgrade() -> None:
    op.drop_table("bounce")
    op.execute("UPDATE delivery SET kind = 'alert' WHERE kind = 'shared'")
    _hold((*KINDS, "shared"), KINDS)
