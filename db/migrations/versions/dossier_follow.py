"""A dossier is followed, and follows a subject in parliament, consultations and the Commission's initiatives.

In plain SQL: SQLite adds such a column without making the table anew, which alembic does not know.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "dossier_follow"
down_revision = "round_invitations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dossier_follow",
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_follow_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_dossier_follow_user_id_user")),
        sa.PrimaryKeyConstraint("dossier_id", "user_id", name=op.f("pk_dossier_follow")),
    )
    op.create_index(op.f("ix_dossier_follow_user_id"), "dossier_follow", ["user_id"])
    op.add_column("dossier", sa.Column("watch", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.execute("ALTER TABLE dossier DROP COLUMN watch")
    op.drop_table("dossier_follow")
