"""Who won before: programmes, their projects with somebody of the region in them, and who that is."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "past_winners"
down_revision = "council_calendars"
branch_labels = None
depends_on = None

KINDS = "kind IN ('PUB', 'HES', 'REC', 'PRC', 'OTH')"
ROLES = "role IN ('coordinator', 'participant', 'thirdParty', 'partner', 'other')"
STATUSES = "status IN ('SIGNED', 'CLOSED', 'TERMINATED', 'OTHER')"


def upgrade() -> None:
    text, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "past_programme",
        sa.Column("code", text(), nullable=False),
        sa.Column("file_name", text(), nullable=False),
        sa.Column("content_day", sa.Date(), nullable=False),
        sa.Column("imported_at", moment(), nullable=False),
        sa.CheckConstraint("code IN ('HORIZON', 'H2020')", name=op.f("ck_past_programme_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_past_programme")),
    )
    op.create_table(
        "past_project",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, text(), nullable=False) for name in ("programme", "number", "acronym", "title", "status")),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("total_cost", sa.BigInteger(), nullable=True),
        sa.Column("contribution", sa.BigInteger(), nullable=True),
        *(sa.Column(name, text(), nullable=False) for name in ("topic", "line", "coordinator")),
        sa.CheckConstraint(STATUSES, name=op.f("ck_past_project_status")),
        sa.ForeignKeyConstraint(
            ["programme"], ["past_programme.code"], name=op.f("fk_past_project_programme_past_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_project")),
        sa.UniqueConstraint("programme", "number", name=op.f("uq_past_project_programme_number")),
    )
    op.create_index(op.f("ix_past_project_line"), "past_project", ["line"])
    op.create_table(
        "past_partner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        *(sa.Column(name, text(), nullable=False) for name in ("organisation", "name", "kind", "city", "nuts", "role")),
        sa.Column("contribution", sa.BigInteger(), nullable=True),
        sa.Column("left_early", sa.Boolean(), nullable=False),
        sa.Column("participant_id", text(), nullable=True),
        sa.CheckConstraint(KINDS, name=op.f("ck_past_partner_kind")),
        sa.CheckConstraint(ROLES, name=op.f("ck_past_partner_role")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["past_project.id"], name=op.f("fk_past_partner_project_id_past_project")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_past_partner_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_partner")),
    )
    for column in ("organisation", "participant_id", "project_id"):
        op.create_index(op.f(f"ix_past_partner_{column}"), "past_partner", [column])


def downgrade() -> None:
    op.drop_table("past_partner")
    op.drop_table("past_project")
    op.drop_table("past_programme")
