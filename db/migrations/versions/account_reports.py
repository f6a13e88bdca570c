"""Reports of the account are kept, to tell what changed since the last one."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "account_reports"
down_revision = "network"
branch_labels = None
depends_on = None

TEXT, MOMENT = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
REFERS = {"participant_id": "participant", "made_by": "user", "previous_id": "account_report"}


def _own(name: str, type_: object, empty: bool = False) -> sa.Column:
    return sa.Column(name, type_, nullable=empty)


def upgrade() -> None:
    op.create_table(
        "account_report",
        _own("id", sa.Integer()), _own("participant_id", TEXT()), _own("visibility", TEXT()),
        _own("version", sa.Integer()), _own("subject", TEXT()), _own("name", TEXT()), _own("first", sa.Date()),
        _own("last", sa.Date()), _own("known_on", sa.Date()), _own("figures", sa.JSON()), _own("rows", sa.JSON()),
        _own("previous_id", sa.Integer(), True), _own("made_by", sa.Integer()), _own("made_at", MOMENT()),
        sa.CheckConstraint("visibility IN ('own', 'mra')", name=op.f("ck_account_report_visibility")),
        sa.CheckConstraint("last >= first", name=op.f("ck_account_report_days")),
        *(
            sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_account_report_{column}_{to}"))
            for column, to in REFERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_report")),
    )  # fmt: skip
    op.create_index(op.f("ix_account_report_previous_id"), "account_report", ["previous_id"])


def downgrade() -> None:
    op.drop_table("account_report")
