"""A kept report or a version of a visie is public once a second person lets it."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "account_releases"
down_revision = "visions"
branch_labels = None
depends_on = None

MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
REFERS = {
    "report_id": "account_report", "vision_version_id": "vision_version", "proposed_by": "user",
    "confirmed_by": "user", "dropped_by": "user",
}  # fmt: skip


def _own(name: str, type_: object, empty: bool = False) -> sa.Column:
    return sa.Column(name, type_, nullable=empty)


def upgrade() -> None:
    op.create_table(
        "account_release",
        _own("id", sa.Integer()), _own("report_id", sa.Integer(), True), _own("vision_version_id", sa.Integer(), True),
        _own("proposed_by", sa.Integer()), _own("proposed_at", MOMENT()), _own("confirmed_by", sa.Integer(), True),
        _own("settled_at", MOMENT(), True), _own("dropped_by", sa.Integer(), True), _own("ended_at", MOMENT(), True),
        _own("version", sa.Integer()),
        sa.CheckConstraint(
            "(report_id IS NULL) <> (vision_version_id IS NULL)", name=op.f("ck_account_release_one")
        ),
        sa.CheckConstraint("confirmed_by <> proposed_by", name=op.f("ck_account_release_second_person")),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR settled_at IS NOT NULL", name=op.f("ck_account_release_settled")
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_account_release_{column}_{to}"))
            for column, to in REFERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_release")),
    )  # fmt: skip
    for column in ("report_id", "vision_version_id"):
        op.create_index(op.f(f"ix_account_release_{column}"), "account_release", [column])


def downgrade() -> None:
    op.drop_table("account_release")
