"""A line of the audit log says for whom the actor worked and on which dossier, so that it can be found back.

No foreign keys: a line outlives what it is about.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "audit_lines"
down_revision = "provider_accounts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("audit_entry", sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.add_column("audit_entry", sa.Column("dossier_id", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_audit_entry_participant_id"), "audit_entry", ["participant_id"])
    op.create_index(op.f("ix_audit_entry_dossier_id"), "audit_entry", ["dossier_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_audit_entry_dossier_id"), "audit_entry")
    op.drop_index(op.f("ix_audit_entry_participant_id"), "audit_entry")
    op.drop_column("audit_entry", "dossier_id")
    op.drop_column("audit_entry", "participant_id")
