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


def _hold(words: tuple[str, ...]) -> None:
    name, listed = op.f("ck_delivery_kind"), ", ".join(f"'{word}'" for word in words)
    with op.batch_alter_table("delivery") as delivery:
        delivery.drop_constraint(name, type_="check")
        delivery.create_check_constraint(name, sa.text(f"kind IN ({listed})"))


def upgrade() -> None:
    _hold((*KINDS, "shared"))
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
    _hold(KINDS)
