"""Steps are counted back from an outside moment as well as from a deadline."""

import sqlalchemy as sa
from alembic import op

revision = "clocks_of_moments"
down_revision = "mergers"
branch_labels = None
depends_on = None

TABLE = "decision_clock"


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as batch:
        batch.alter_column("deadline_id", existing_type=sa.Integer(), nullable=True)
        batch.add_column(sa.Column("moment_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_decision_clock_moment_id_moment"), "moment", ["moment_id"], ["id"])
        batch.create_unique_constraint(
            op.f("uq_decision_clock_moment_id_participant_id"), ["moment_id", "participant_id"]
        )
        batch.create_check_constraint(
            op.f("ck_decision_clock_counted_from"), sa.text("(deadline_id IS NULL) <> (moment_id IS NULL)")
        )
    op.create_index(op.f("ix_decision_clock_moment_id"), TABLE, ["moment_id"])


def downgrade() -> None:
    op.execute("DELETE FROM milestone WHERE clock_id IN (SELECT id FROM decision_clock WHERE deadline_id IS NULL)")
    op.execute("DELETE FROM decision_clock WHERE deadline_id IS NULL")
    op.drop_index(op.f("ix_decision_clock_moment_id"), TABLE)
    with op.batch_alter_table(TABLE) as batch:
        batch.drop_constraint(op.f("ck_decision_clock_counted_from"), type_="check")
        batch.drop_constraint(op.f("uq_decision_clock_moment_id_participant_id"), type_="unique")
        batch.drop_constraint(op.f("fk_decision_clock_moment_id_moment"), type_="foreignkey")
        batch.drop_column("moment_id")
        batch.alter_column("deadline_id", existing_type=sa.Integer(), nullable=False)
