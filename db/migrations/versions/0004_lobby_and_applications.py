"""Lobby dossiers, positions, contacts and applications"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import db.models.columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# The log is append-only and a position's words never change: held by the database itself, whoever writes. Only a
# person's name may be blotted out of the log, and that stays visible in redacted_at.
LOG_KEPT = ("dossier_id", "at", "day", "user_id", "kind", "from_stage", "to_stage", "participant_id")
POSITION_KEPT = ("dossier_id", "number", "internal_wording", "public_wording", "red_lines", "created_at")
DECIDED = ("gremium", "decision", "adopted_on", "valid_from", "valid_to")


def conditions(distinct: str) -> dict[str, tuple[str, str, str]]:
    """Trigger name -> table, event, when it refuses; ``distinct`` is how the engine says 'differs, or one is null'."""
    log = " OR ".join(f"NEW.{c} {distinct} OLD.{c}" for c in LOG_KEPT)
    words = " OR ".join(f"NEW.{c} {distinct} OLD.{c}" for c in POSITION_KEPT)
    decided = " OR ".join(f"NEW.{c} {distinct} OLD.{c}" for c in DECIDED)
    return {
        "log_entry_kept": ("log_entry", "UPDATE", f"NEW.redacted_at IS NULL OR {log}"),
        "log_entry_stays": ("log_entry", "DELETE", ""),
        "position_kept": ("position", "UPDATE", f"{words} OR (OLD.state = 'adopted' AND ({decided}))"),
        "position_stays": ("position", "DELETE", ""),
    }


def guard() -> None:
    """Put the triggers in place, in the dialect of this database."""
    if op.get_bind().dialect.name == "sqlite":
        for name, (table, event, when) in conditions("IS NOT").items():
            clause = f"WHEN {when} " if when else ""
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} {clause}"
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for name, (table, event, when) in conditions("IS DISTINCT FROM").items():
        clause = f"WHEN ({when}) " if when else ""
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {clause}EXECUTE FUNCTION append_only()"
        )


def upgrade() -> None:
    op.create_table(
        "cofunding_room",
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("visibility", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("amount", db.models.columns.Cents(), nullable=False),
        sa.CheckConstraint("visibility IN ('own', 'mra', 'public')", name=op.f("ck_cofunding_room_visibility")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_cofunding_room_amount")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_cofunding_room_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cofunding_room")),
        sa.UniqueConstraint("participant_id", "year", name=op.f("uq_cofunding_room_participant_id_year")),
    )
    op.create_table(
        "lobby_agenda",
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("visibility", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("adopted_on", sa.Date(), nullable=True),
        sa.Column("noted_on", sa.Date(), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'adopted', 'noted')", name=op.f("ck_lobby_agenda_state")),
        sa.CheckConstraint("visibility IN ('own', 'mra', 'public')", name=op.f("ck_lobby_agenda_visibility")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_lobby_agenda_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_lobby_agenda")),
    )
    op.create_table(
        "moment",
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("visibility", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("level", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("body", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("sure", sa.Boolean(), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=False),
        sa.Column("use", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("url", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("pattern", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('consultation', 'have_your_say', 'committee_debate', 'budget', 'bo_mirt', 'work_programme', 'position_paper', 'election', 'mra', 'other')",
            name=op.f("ck_moment_kind"),
        ),
        sa.CheckConstraint("level IN ('national', 'eu', 'provincial')", name=op.f("ck_moment_level")),
        sa.CheckConstraint("visibility IN ('own', 'mra', 'public')", name=op.f("ck_moment_visibility")),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name=op.f("ck_moment_window")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_moment_call_id_call")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_moment_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moment")),
        sa.UniqueConstraint("call_id", name=op.f("uq_moment_call_id")),
        sa.UniqueConstraint("pattern", "year", name=op.f("uq_moment_pattern_year")),
    )
    op.create_table(
        "stakeholder",
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("visibility", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("organisation", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("office", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("office_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("person", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("purpose", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("retain_until", sa.Date(), nullable=True),
        sa.Column("hold", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("erased_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('office', 'organisation')", name=op.f("ck_stakeholder_kind")),
        sa.CheckConstraint(
            "person = '' OR (purpose <> '' AND retain_until IS NOT NULL)", name=op.f("ck_stakeholder_care")
        ),
        sa.CheckConstraint("trim(organisation) <> ''", name=op.f("ck_stakeholder_organisation")),
        sa.CheckConstraint("visibility IN ('own', 'mra', 'public')", name=op.f("ck_stakeholder_visibility")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_stakeholder_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stakeholder")),
    )
    with op.batch_alter_table("stakeholder", schema=None) as batch_op:
        batch_op.create_index("ix_stakeholder_office", ["office_key"], unique=False)

    op.create_table(
        "dossier",
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("visibility", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("message_nl", sa.Text(), nullable=False),
        sa.Column("message_en", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("requested_amount", db.models.columns.Cents(), nullable=True),
        sa.Column("level", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("political_lead", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("official_id", sa.Integer(), nullable=True),
        sa.Column("lobbyist_id", sa.Integer(), nullable=True),
        sa.Column("priority", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("stage", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("result", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("result_amount", db.models.columns.Cents(), nullable=True),
        sa.Column("result_text", sa.Text(), nullable=False),
        sa.Column("example", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('lobby', 'application')", name=op.f("ck_dossier_kind")),
        sa.CheckConstraint("level IN ('national', 'eu', 'provincial')", name=op.f("ck_dossier_level")),
        sa.CheckConstraint("priority IN ('high', 'middle', 'low')", name=op.f("ck_dossier_priority")),
        sa.CheckConstraint("result IS NULL OR result IN ('achieved', 'partly', 'not')", name=op.f("ck_dossier_result")),
        sa.CheckConstraint(
            "stage IN ('spotted', 'exploring', 'drafting', 'adopted', 'active', 'closed', 'stopped', 'signal', 'scouting', 'go_no_go', 'preparing', 'submitted', 'awarded', 'rejected', 'reserve', 'running', 'accounted', 'settled', 'dropped')",
            name=op.f("ck_dossier_stage"),
        ),
        sa.CheckConstraint("trim(title) <> ''", name=op.f("ck_dossier_title")),
        sa.CheckConstraint("visibility IN ('own', 'mra', 'public')", name=op.f("ck_dossier_visibility")),
        sa.CheckConstraint("requested_amount IS NULL OR requested_amount >= 0", name=op.f("ck_dossier_requested")),
        sa.CheckConstraint("result_amount IS NULL OR result_amount >= 0", name=op.f("ck_dossier_brought")),
        sa.ForeignKeyConstraint(["lobbyist_id"], ["user.id"], name=op.f("fk_dossier_lobbyist_id_user")),
        sa.ForeignKeyConstraint(["official_id"], ["user.id"], name=op.f("fk_dossier_official_id_user")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_dossier_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier")),
    )
    op.create_table(
        "application",
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("visibility", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("programme", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("lead_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("requested", db.models.columns.Cents(), nullable=True),
        sa.Column("total_cost", db.models.columns.Cents(), nullable=True),
        sa.Column("chance", sa.Integer(), nullable=True),
        sa.Column("state_aid", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("checklist", sa.JSON(), nullable=False),
        sa.Column("go", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("go_on", sa.Date(), nullable=True),
        sa.Column("go_by", sa.Integer(), nullable=True),
        sa.Column("go_reasons", sa.JSON(), nullable=False),
        sa.Column("go_text", sa.Text(), nullable=False),
        sa.Column("submitted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("granted", db.models.columns.Cents(), nullable=True),
        sa.Column("grant_number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("lesson", sa.Text(), nullable=False),
        sa.CheckConstraint("go IS NULL OR go IN ('go', 'no_go')", name=op.f("ck_application_go")),
        sa.CheckConstraint("lead_id IS NULL OR lead_id <> 'mra'", name=op.f("ck_application_lead")),
        sa.CheckConstraint(
            "state_aid IN ('unknown', 'none', 'de_minimis', 'block_exemption', 'sgei', 'notified')",
            name=op.f("ck_application_state_aid"),
        ),
        sa.CheckConstraint("visibility IN ('own', 'mra', 'public')", name=op.f("ck_application_visibility")),
        sa.CheckConstraint("chance IS NULL OR chance BETWEEN 0 AND 100", name=op.f("ck_application_chance")),
        sa.CheckConstraint("granted IS NULL OR granted >= 0", name=op.f("ck_application_granted")),
        sa.CheckConstraint("requested IS NULL OR requested >= 0", name=op.f("ck_application_requested")),
        sa.CheckConstraint("total_cost IS NULL OR total_cost >= 0", name=op.f("ck_application_total_cost")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_application_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["go_by"], ["user.id"], name=op.f("fk_application_go_by_user")),
        sa.ForeignKeyConstraint(["lead_id"], ["participant.id"], name=op.f("fk_application_lead_id_participant")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_application_call_id_call")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_application_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_application")),
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_call_id"), ["call_id"], unique=False)

    op.create_table(
        "coalition_member",
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("visibility", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("party_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('participant', 'company', 'knowledge', 'water_authority', 'region', 'other')",
            name=op.f("ck_coalition_member_kind"),
        ),
        sa.CheckConstraint("visibility IN ('own', 'mra', 'public')", name=op.f("ck_coalition_member_visibility")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_coalition_member_dossier_id_dossier")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_coalition_member_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["participant.id"], name=op.f("fk_coalition_member_party_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coalition_member")),
        sa.UniqueConstraint("dossier_id", "name", name=op.f("uq_coalition_member_dossier_id_name")),
    )
    with op.batch_alter_table("coalition_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coalition_member_dossier_id"), ["dossier_id"], unique=False)

    op.create_table(
        "contact_moment",
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("visibility", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=True),
        sa.Column("stakeholder_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("follow_up", sa.Text(), nullable=False),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        sa.Column("follow_up_owner", sa.Integer(), nullable=True),
        sa.Column("followed_up_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("logged_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('talk', 'call', 'mail', 'letter', 'visit', 'meeting', 'consultation', 'amendment', 'briefing')",
            name=op.f("ck_contact_moment_kind"),
        ),
        sa.CheckConstraint("visibility IN ('own', 'mra', 'public')", name=op.f("ck_contact_moment_visibility")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_contact_moment_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["follow_up_owner"], ["user.id"], name=op.f("fk_contact_moment_follow_up_owner_user")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_contact_moment_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(
            ["stakeholder_id"], ["stakeholder.id"], name=op.f("fk_contact_moment_stakeholder_id_stakeholder")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_contact_moment_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_moment")),
    )
    with op.batch_alter_table("contact_moment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_moment_dossier_id"), ["dossier_id"], unique=False)
        batch_op.create_index("ix_contact_moment_office", ["stakeholder_id", "day"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_moment_user_id"), ["user_id"], unique=False)

    op.create_table(
        "dossier_call",
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("seen_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_call_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_dossier_call_call_id_call")),
        sa.PrimaryKeyConstraint("dossier_id", "call_id", name=op.f("pk_dossier_call")),
    )
    with op.batch_alter_table("dossier_call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dossier_call_call_id"), ["call_id"], unique=False)

    op.create_table(
        "dossier_challenge",
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_dossier_challenge_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_challenge_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("dossier_id", "challenge_id", name=op.f("pk_dossier_challenge")),
    )
    with op.batch_alter_table("dossier_challenge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dossier_challenge_challenge_id"), ["challenge_id"], unique=False)

    op.create_table(
        "dossier_moment",
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("moment_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_moment_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["moment_id"], ["moment.id"], name=op.f("fk_dossier_moment_moment_id_moment")),
        sa.PrimaryKeyConstraint("dossier_id", "moment_id", name=op.f("pk_dossier_moment")),
    )
    with op.batch_alter_table("dossier_moment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dossier_moment_moment_id"), ["moment_id"], unique=False)

    op.create_table(
        "dossier_participant",
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_participant_dossier_id_dossier")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_dossier_participant_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("dossier_id", "participant_id", name=op.f("pk_dossier_participant")),
    )
    op.create_table(
        "lobby_agenda_item",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("rolled_over", sa.Boolean(), nullable=False),
        sa.Column("added_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_lobby_agenda_item_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["year"], ["lobby_agenda.year"], name=op.f("fk_lobby_agenda_item_year_lobby_agenda")),
        sa.PrimaryKeyConstraint("year", "dossier_id", name=op.f("pk_lobby_agenda_item")),
    )
    with op.batch_alter_table("lobby_agenda_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lobby_agenda_item_dossier_id"), ["dossier_id"], unique=False)

    op.create_table(
        "log_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("visibility", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("from_stage", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("to_stage", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("redacted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('opened', 'moved', 'edited', 'note', 'position', 'contact', 'commitment', 'sign_off', 'stance', 'stake', 'moment', 'outcome', 'decision', 'money', 'linked', 'agenda')",
            name=op.f("ck_log_entry_kind"),
        ),
        sa.CheckConstraint("visibility IN ('own', 'mra', 'public')", name=op.f("ck_log_entry_visibility")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_log_entry_dossier_id_dossier")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_log_entry_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_log_entry_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_entry")),
    )
    with op.batch_alter_table("log_entry", schema=None) as batch_op:
        batch_op.create_index("ix_log_entry_timeline", ["dossier_id", "day"], unique=False)

    op.create_table(
        "outcome",
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("visibility", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("moment_id", sa.Integer(), nullable=True),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("result", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("passage", sa.Text(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("recorded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.CheckConstraint("result = 'not' OR trim(passage) <> ''", name=op.f("ck_outcome_passage")),
        sa.CheckConstraint("result IN ('taken_over', 'partly', 'not')", name=op.f("ck_outcome_result")),
        sa.CheckConstraint("visibility IN ('own', 'mra', 'public')", name=op.f("ck_outcome_visibility")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_outcome_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["moment_id"], ["moment.id"], name=op.f("fk_outcome_moment_id_moment")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_outcome_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["user.id"], name=op.f("fk_outcome_recorded_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome")),
    )
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outcome_dossier_id"), ["dossier_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outcome_moment_id"), ["moment_id"], unique=False)

    op.create_table(
        "position",
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("visibility", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("internal_wording", sa.Text(), nullable=False),
        sa.Column("public_wording", sa.Text(), nullable=False),
        sa.Column("red_lines", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("gremium", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("decision", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("adopted_on", sa.Date(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("next_review", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "gremium IS NULL OR gremium IN ('board', 'assembly', 'platform_economy', 'platform_space', 'platform_mobility', 'portfolio', 'executive', 'council')",
            name=op.f("ck_position_gremium"),
        ),
        sa.CheckConstraint(
            "state <> 'adopted' OR (gremium IS NOT NULL AND decision <> '' AND adopted_on IS NOT NULL AND valid_from IS NOT NULL)",
            name=op.f("ck_position_adopted"),
        ),
        sa.CheckConstraint("state IN ('draft', 'replaced', 'adopted')", name=op.f("ck_position_state")),
        sa.CheckConstraint("visibility IN ('own', 'mra', 'public')", name=op.f("ck_position_visibility")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_position_validity")),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_position_created_by_user")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_position_dossier_id_dossier")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_position_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position")),
        sa.UniqueConstraint("dossier_id", "number", name=op.f("uq_position_dossier_id_number")),
    )
    with op.batch_alter_table("position", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_position_dossier_id"), ["dossier_id"], unique=False)

    op.create_table(
        "stake",
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("visibility", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("stakeholder_id", sa.Integer(), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("influence", sa.Integer(), nullable=False),
        sa.Column("stance", sa.Integer(), nullable=True),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "role IN ('decides', 'advises', 'influences', 'ally', 'opponent')", name=op.f("ck_stake_role")
        ),
        sa.CheckConstraint("stance IS NULL OR trim(source) <> ''", name=op.f("ck_stake_source")),
        sa.CheckConstraint("visibility IN ('own', 'mra', 'public')", name=op.f("ck_stake_visibility")),
        sa.CheckConstraint("influence BETWEEN 0 AND 10", name=op.f("ck_stake_influence")),
        sa.CheckConstraint("stance IS NULL OR stance BETWEEN -2 AND 2", name=op.f("ck_stake_stance")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_stake_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["holder_id"], ["user.id"], name=op.f("fk_stake_holder_id_user")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_stake_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(
            ["stakeholder_id"], ["stakeholder.id"], name=op.f("fk_stake_stakeholder_id_stakeholder")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stake")),
        sa.UniqueConstraint("dossier_id", "stakeholder_id", name=op.f("uq_stake_dossier_id_stakeholder_id")),
    )
    with op.batch_alter_table("stake", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stake_dossier_id"), ["dossier_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stake_stakeholder_id"), ["stakeholder_id"], unique=False)

    op.create_table(
        "application_partner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("party_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "role IN ('partner', 'associate', 'funder', 'supporter')", name=op.f("ck_application_partner_role")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["application.dossier_id"], name=op.f("fk_application_partner_dossier_id_application")
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["participant.id"], name=op.f("fk_application_partner_party_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_partner")),
        sa.UniqueConstraint("dossier_id", "name", name=op.f("uq_application_partner_dossier_id_name")),
    )
    with op.batch_alter_table("application_partner", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_partner_dossier_id"), ["dossier_id"], unique=False)

    op.create_table(
        "cofunding",
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("visibility", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("amount", db.models.columns.Cents(), nullable=False),
        sa.Column("de_minimis", db.models.columns.Cents(), nullable=False),
        sa.Column("cover", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("visibility IN ('own', 'mra', 'public')", name=op.f("ck_cofunding_visibility")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_cofunding_amount")),
        sa.CheckConstraint("de_minimis >= 0", name=op.f("ck_cofunding_de_minimis")),
        sa.CheckConstraint("year BETWEEN 2000 AND 2100", name=op.f("ck_cofunding_year")),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["application.dossier_id"], name=op.f("fk_cofunding_dossier_id_application")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_cofunding_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cofunding")),
        sa.UniqueConstraint(
            "dossier_id", "participant_id", "year", name=op.f("uq_cofunding_dossier_id_participant_id_year")
        ),
    )
    with op.batch_alter_table("cofunding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cofunding_dossier_id"), ["dossier_id"], unique=False)

    op.create_table(
        "commitment",
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("visibility", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=True),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("stakeholder_id", sa.Integer(), nullable=True),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('promise', 'motion', 'amendment', 'action')", name=op.f("ck_commitment_kind")),
        sa.CheckConstraint("state IN ('open', 'kept', 'broken', 'dropped')", name=op.f("ck_commitment_state")),
        sa.CheckConstraint("trim(text) <> ''", name=op.f("ck_commitment_text")),
        sa.CheckConstraint("visibility IN ('own', 'mra', 'public')", name=op.f("ck_commitment_visibility")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact_moment.id"], name=op.f("fk_commitment_contact_id_contact_moment")
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_commitment_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_commitment_owner_id_user")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_commitment_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(
            ["stakeholder_id"], ["stakeholder.id"], name=op.f("fk_commitment_stakeholder_id_stakeholder")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment")),
    )
    with op.batch_alter_table("commitment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_commitment_contact_id"), ["contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_commitment_dossier_id"), ["dossier_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_commitment_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_commitment_stakeholder_id"), ["stakeholder_id"], unique=False)

    op.create_table(
        "dissent",
        sa.Column("position_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_dissent_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(["position_id"], ["position.id"], name=op.f("fk_dissent_position_id_position")),
        sa.PrimaryKeyConstraint("position_id", "participant_id", name=op.f("pk_dissent")),
    )
    op.create_table(
        "sign_off_round",
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("visibility", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("position_id", sa.Integer(), nullable=True),
        sa.Column("question", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("opened_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("visibility IN ('own', 'mra', 'public')", name=op.f("ck_sign_off_round_visibility")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_sign_off_round_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["opened_by"], ["user.id"], name=op.f("fk_sign_off_round_opened_by_user")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_sign_off_round_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(["position_id"], ["position.id"], name=op.f("fk_sign_off_round_position_id_position")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_off_round")),
    )
    with op.batch_alter_table("sign_off_round", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_off_round_dossier_id"), ["dossier_id"], unique=False)

    op.create_table(
        "coalition_stance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("visibility", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("stance", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("recorded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "stance IN ('agrees', 'silent', 'objects', 'own_line')", name=op.f("ck_coalition_stance_stance")
        ),
        sa.CheckConstraint("visibility IN ('own', 'mra', 'public')", name=op.f("ck_coalition_stance_visibility")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["coalition_member.id"], name=op.f("fk_coalition_stance_member_id_coalition_member")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_coalition_stance_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["user.id"], name=op.f("fk_coalition_stance_recorded_by_user")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["sign_off_round.id"], name=op.f("fk_coalition_stance_round_id_sign_off_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coalition_stance")),
    )
    with op.batch_alter_table("coalition_stance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coalition_stance_member_id"), ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_coalition_stance_round_id"), ["round_id"], unique=False)
    guard()
