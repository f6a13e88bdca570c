"""Remember which calls a person said not to be one."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dismissal",
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["first_id"], ["call.id"], name="fk_dismissal_first_id_call"),
        sa.ForeignKeyConstraint(["second_id"], ["call.id"], name="fk_dismissal_second_id_call"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_dismissal_user_id_user"),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"], name="fk_dismissal_participant_id_participant"),
        sa.PrimaryKeyConstraint("first_id", "second_id", name="pk_dismissal"),
    )
    op.create_index("ix_dismissal_second_id", "dismissal", ["second_id"])


def downgrade() -> None:
    op.drop_table("dismissal")
