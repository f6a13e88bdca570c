"""Planning: bodies, meetings, closed periods, clocks, milestones, assignments, feeds"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import db.models.columns

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "closed_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("example", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('public_holiday', 'school_holiday', 'recess', 'closure')", name=op.f("ck_closed_period_kind")
        ),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_closed_period_last_day")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_period")),
    )
    with op.batch_alter_table("closed_period", schema=None) as batch_op:
        batch_op.create_index("uq_closed_period_once", ["kind", "first_day", "participant_id", "name"], unique=True)

    op.create_table(
        "body",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("weeks", sa.JSON(), nullable=False),
        sa.Column("months", sa.JSON(), nullable=False),
        sa.Column("paper_days", sa.Integer(), nullable=False),
        sa.Column("keeps_recess", sa.Boolean(), nullable=False),
        sa.Column("example", sa.Boolean(), nullable=False),
        sa.Column("remark", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('college', 'council', 'provincial_executive', 'provincial_council', 'regional_executive', 'regional_council', 'platform', 'portfolio_table', 'board', 'assembly', 'round_table')",
            name=op.f("ck_body_kind"),
        ),
        sa.CheckConstraint("paper_days BETWEEN 0 AND 120", name=op.f("ck_body_paper_days")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_body_weekday")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_body_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body")),
    )
    with op.batch_alter_table("body", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_body_participant_id"), ["participant_id"], unique=False)

    op.create_table(
        "assignment",
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("visibility", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deadline_id", sa.Integer(), nullable=False),
        sa.Column("assignee_id", sa.Integer(), nullable=False),
        sa.Column("assigned_by", sa.Integer(), nullable=False),
        sa.Column("assigned_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("why", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("settled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("state <> 'dropped' OR trim(why) <> ''", name=op.f("ck_assignment_why")),
        sa.CheckConstraint("state IN ('planned', 'done', 'dropped')", name=op.f("ck_assignment_state")),
        sa.CheckConstraint("visibility IN ('own', 'mra', 'public')", name=op.f("ck_assignment_visibility")),
        sa.ForeignKeyConstraint(["assigned_by"], ["user.id"], name=op.f("fk_assignment_assigned_by_user")),
        sa.ForeignKeyConstraint(["assignee_id"], ["user.id"], name=op.f("fk_assignment_assignee_id_user")),
        sa.ForeignKeyConstraint(["deadline_id"], ["deadline.id"], name=op.f("fk_assignment_deadline_id_deadline")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_assignment_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(["settled_by"], ["user.id"], name=op.f("fk_assignment_settled_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("deadline_id", "participant_id", name=op.f("uq_assignment_deadline_id_participant_id")),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_assignee_id"), ["assignee_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_deadline_id"), ["deadline_id"], unique=False)

    op.create_table(
        "calendar_feed",
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("visibility", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("scope", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("challenge_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("filter", sa.JSON(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("rotated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("revoked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("scope IN ('personal', 'team', 'challenge', 'filter')", name=op.f("ck_calendar_feed_scope")),
        sa.CheckConstraint("visibility IN ('own', 'mra', 'public')", name=op.f("ck_calendar_feed_visibility")),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_calendar_feed_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_calendar_feed_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_calendar_feed_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_feed_user_id"), ["user_id"], unique=False)

    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("papers_on", sa.Date(), nullable=False),
        sa.Column("example", sa.Boolean(), nullable=False),
        sa.Column("remark", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("modified_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cancelled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("papers_on <= day", name=op.f("ck_meeting_papers_on")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_meeting_body_id_body")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("body_id", "day", name=op.f("uq_meeting_body_id_day")),
    )
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_body_id"), ["body_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meeting_day"), ["day"], unique=False)

    op.create_table(
        "decision_clock",
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("visibility", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deadline_id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=True),
        sa.Column("lead_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("partner_ids", sa.JSON(), nullable=False),
        sa.Column("table_ids", sa.JSON(), nullable=False),
        sa.Column("cofunding", sa.Boolean(), nullable=False),
        sa.Column("planned_for", sa.Date(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("visibility IN ('own', 'mra', 'public')", name=op.f("ck_decision_clock_visibility")),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_decision_clock_created_by_user")),
        sa.ForeignKeyConstraint(["deadline_id"], ["deadline.id"], name=op.f("fk_decision_clock_deadline_id_deadline")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_decision_clock_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["lead_id"], ["participant.id"], name=op.f("fk_decision_clock_lead_id_participant")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_decision_clock_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_clock")),
        sa.UniqueConstraint("deadline_id", "participant_id", name=op.f("uq_decision_clock_deadline_id_participant_id")),
    )
    with op.batch_alter_table("decision_clock", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_clock_deadline_id"), ["deadline_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_decision_clock_dossier_id"), ["dossier_id"], unique=False)

    op.create_table(
        "milestone",
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("visibility", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("step", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("body_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("why", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("settled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("modified_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("state <> 'dropped' OR trim(why) <> ''", name=op.f("ck_milestone_why")),
        sa.CheckConstraint("state IN ('planned', 'done', 'dropped')", name=op.f("ck_milestone_state")),
        sa.CheckConstraint(
            "step IN ('go_no_go', 'officials', 'platform', 'board', 'executive', 'council', 'signatures', 'upload')",
            name=op.f("ck_milestone_step"),
        ),
        sa.CheckConstraint("visibility IN ('own', 'mra', 'public')", name=op.f("ck_milestone_visibility")),
        sa.CheckConstraint("begins_on <= day", name=op.f("ck_milestone_begins_on")),
        sa.ForeignKeyConstraint(["assignee_id"], ["user.id"], name=op.f("fk_milestone_assignee_id_user")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_milestone_body_id_body")),
        sa.ForeignKeyConstraint(["clock_id"], ["decision_clock.id"], name=op.f("fk_milestone_clock_id_decision_clock")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_milestone_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(["settled_by"], ["user.id"], name=op.f("fk_milestone_settled_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
        sa.UniqueConstraint("clock_id", "key", name=op.f("uq_milestone_clock_id_key")),
    )
    with op.batch_alter_table("milestone", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_milestone_assignee_id"), ["assignee_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_milestone_clock_id"), ["clock_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_milestone_day"), ["day"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("milestone", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_milestone_day"))
        batch_op.drop_index(batch_op.f("ix_milestone_clock_id"))
        batch_op.drop_index(batch_op.f("ix_milestone_assignee_id"))

    op.drop_table("milestone")
    with op.batch_alter_table("decision_clock", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_clock_dossier_id"))
        batch_op.drop_index(batch_op.f("ix_decision_clock_deadline_id"))

    op.drop_table("decision_clock")
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_day"))
        batch_op.drop_index(batch_op.f("ix_meeting_body_id"))

    op.drop_table("meeting")
    with op.batch_alter_table("calendar_feed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendar_feed_user_id"))

    op.drop_table("calendar_feed")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignment_deadline_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_assignee_id"))

    op.drop_table("assignment")
    with op.batch_alter_table("body", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_body_participant_id"))

    op.drop_table("body")
    with op.batch_alter_table("closed_period", schema=None) as batch_op:
        batch_op.drop_index("uq_closed_period_once")

    op.drop_table("closed_period")
