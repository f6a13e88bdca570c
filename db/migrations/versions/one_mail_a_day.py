"""Remember which steps inside a mail reminded somebody of, so that one mail a day can hold all that is due."""

import sqlalchemy as sa
from alembic import op

revision = "one_mail_a_day"
down_revision = "words_to_search_by"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminded",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_reminded_delivery_id_delivery")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_reminded_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminded")),
        sa.UniqueConstraint("delivery_id", "key", name=op.f("uq_reminded_delivery_id_key")),
    )
    op.create_index(op.f("ix_reminded_user_id"), "reminded", ["user_id"])


def downgrade() -> None:
    op.drop_table("reminded")
