"""What was logged can be corrected and taken back with its history; a dossier can be parked, thrown away or merged.

Plain statements add the columns of the dossier, since SQLite adds them without making the table anew.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "logged_changes"
down_revision = "organisations"
branch_labels = None
depends_on = None

KINDS = "'contact', 'commitment', 'stake', 'outcome', 'note', 'hook', 'agenda', 'chain_link', 'dossier'"


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "logged_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", text(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("deed", text(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=True),
        sa.Column("participant_id", text(), nullable=False),
        sa.Column("visibility", text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_logged_change_kind")),
        sa.CheckConstraint("deed IN ('corrected', 'withdrawn')", name=op.f("ck_logged_change_deed")),
        sa.CheckConstraint("visibility IN ('own')", name=op.f("ck_logged_change_visibility")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_logged_change_dossier_id_dossier")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_logged_change_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_logged_change_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logged_change")),
    )
    op.create_index("ix_logged_change_subject", "logged_change", ["kind", "subject_id"])
    op.create_index(op.f("ix_logged_change_dossier_id"), "logged_change", ["dossier_id"])
    op.add_column("dossier", sa.Column("parked_until", sa.Date(), nullable=True))
    op.add_column("dossier", sa.Column("deleted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    op.execute("ALTER TABLE dossier ADD COLUMN merged_into_id INTEGER REFERENCES dossier (id)")
    op.create_index(op.f("ix_dossier_merged_into_id"), "dossier", ["merged_into_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_dossier_merged_into_id"), "dossier")
    for column in ("merged_into_id", "deleted_at", "parked_until"):
        op.execute(f"ALTER TABLE dossier DROP COLUMN {column}")
    op.drop_table("logged_change")
