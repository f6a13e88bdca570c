"""A party without an account is asked by mail to answer a sign-off round."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "round_invitations"
down_revision = "audit_lines"
branch_labels = None
depends_on = None

REFERENCES = {"round_id": "sign_off_round", "member_id": "coalition_member", "invited_by": "user"}


def upgrade() -> None:
    moment = sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "round_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("invited_by", sa.Integer(), nullable=False),
        sa.Column("invited_at", moment(), nullable=False),
        sa.Column("answered_at", moment(), nullable=True),
        *(
            sa.ForeignKeyConstraint([c], [f"{table}.id"], name=op.f(f"fk_round_invitation_{c}_{table}"))
            for c, table in REFERENCES.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_invitation")),
        sa.UniqueConstraint(
            "round_id", "member_id", "email", name=op.f("uq_round_invitation_round_id_member_id_email")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_round_invitation_member_id"), "round_invitation", ["member_id"])


def downgrade() -> None:
    op.drop_table("round_invitation")
