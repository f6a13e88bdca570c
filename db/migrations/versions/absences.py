"""Who is away names a colleague who gets what is due as well."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "absences"
down_revision = "logged_changes"
branch_labels = None
depends_on = None

PEOPLE = ("user_id", "replacement_id", "set_by")


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("replacement_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=False),
        sa.Column("set_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("called_off_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("replacement_id <> user_id", name=op.f("ck_absence_somebody_else")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_absence_days")),
        *(sa.ForeignKeyConstraint([c], ["user.id"], name=op.f(f"fk_absence_{c}_user")) for c in PEOPLE),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    for column in ("user_id", "replacement_id"):
        op.create_index(op.f(f"ix_absence_{column}"), "absence", [column])


def downgrade() -> None:
    op.drop_table("absence")
