"""Steps on the way to a call, added by people"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chain_link",
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("visibility", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("url", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("added_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("withdrawn_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('letter', 'debate', 'consultation', 'news', 'publication', 'opening', 'other')",
            name=op.f("ck_chain_link_kind"),
        ),
        sa.CheckConstraint("visibility IN ('own', 'mra', 'public')", name=op.f("ck_chain_link_visibility")),
        sa.CheckConstraint("trim(title) <> ''", name=op.f("ck_chain_link_title")),
        sa.ForeignKeyConstraint(["added_by"], ["user.id"], name=op.f("fk_chain_link_added_by_user")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_chain_link_call_id_call")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_chain_link_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_link")),
    )
    op.create_index(op.f("ix_chain_link_call_id"), "chain_link", ["call_id"])


def downgrade() -> None:
    op.drop_table("chain_link")
