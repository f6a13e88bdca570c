"""The baseline: every table, index, trigger and search index of the first released version.

What stands with its number in what leaves the house (links in mail, calendars, Message-IDs) gives no number twice, on
SQLite by AUTOINCREMENT: a restore then goes on beyond what was given after the backup.

What autogenerate does not see is carried by hand: the triggers that keep the audit log, the log of a dossier and the
words of a position as they were, and the search index. Databases older than this are refused (db/migrate.py).
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import db.models.columns
from db.search_index import drop_index, make_index

revision = "baseline"
down_revision = None
branch_labels = None
depends_on = None

# The audit log only grows: both databases refuse to change or remove a line of it.
APPEND_ONLY = {
    "sqlite": [
        f"CREATE TRIGGER audit_entry_no_{verb.lower()} BEFORE {verb} ON audit_entry "
        "BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END"
        for verb in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        "CREATE FUNCTION audit_entry_refuse() RETURNS trigger AS $$ BEGIN "
        "RAISE EXCEPTION 'the audit log only grows'; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry "
        "FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()",
    ],
}
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


def guard_log_and_positions() -> None:
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


def guard_audit_log() -> None:
    """Put the triggers of the audit log in place, in the dialect of this database."""
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def upgrade() -> None:
    op.create_table(
        "agenda",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("succeeded_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda")),
    )
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("line", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("last_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    op.create_index(
        "uq_alert_standing",
        "alert",
        ["key"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("actor", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("action", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("object", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("result", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("origin", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_actor"), "audit_entry", ["actor"], unique=False)
    op.create_index(op.f("ix_audit_entry_at"), "audit_entry", ["at"], unique=False)
    op.create_table(
        "call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nature", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("url", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("publisher", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("instrument", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("allocation", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("programme", sa.JSON(), nullable=False),
        sa.Column("call_title", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("destination", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("type_of_action", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("applicants", sa.JSON(), nullable=False),
        sa.Column("area", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("eligible", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("eligible_why", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("budget", db.models.columns.Cents(), nullable=True),
        sa.Column("min_amount", db.models.columns.Cents(), nullable=True),
        sa.Column("max_amount", db.models.columns.Cents(), nullable=True),
        sa.Column("amount_text", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("rate", db.models.columns.Cents(), nullable=True),
        sa.Column("source_word", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("opens_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("first_gate_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("closes_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("not_listed_since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("provenance", sa.JSON(), nullable=False),
        sa.Column("conflicts", sa.JSON(), nullable=False),
        sa.Column("review", sa.JSON(), nullable=False),
        sa.Column("proof", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("first_seen", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("last_seen", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("joined_into", sa.Integer(), nullable=True),
        sa.Column("matched_with", sqlmodel.sql.sqltypes.AutoString(), server_default="", nullable=False),
        sa.Column("matched_revision", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "allocation IS NULL OR allocation IN ('tender', 'first_come', 'lottery', 'rolling')",
            name=op.f("ck_call_allocation"),
        ),
        sa.CheckConstraint("eligible IN ('self', 'partner', 'no', 'unknown')", name=op.f("ck_call_eligible")),
        sa.CheckConstraint(
            "instrument IN ('grant', 'spuk', 'loan', 'guarantee', 'prize', 'technical_assistance', 'request')",
            name=op.f("ck_call_instrument"),
        ),
        sa.CheckConstraint("nature IN ('call', 'moment')", name=op.f("ck_call_nature")),
        sa.CheckConstraint(
            "source_word IS NULL OR source_word IN ('expected', 'announced', 'open', 'closed', 'withdrawn', 'converted', 'not_listed')",
            name=op.f("ck_call_source_word"),
        ),
        sa.ForeignKeyConstraint(["joined_into"], ["call.id"], name=op.f("fk_call_joined_into_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_call_closes_at"), "call", ["closes_at"], unique=False)
    op.create_index(op.f("ix_call_first_seen"), "call", ["first_seen"], unique=False)
    op.create_index(
        "ix_call_joined",
        "call",
        ["joined_into"],
        unique=False,
        sqlite_where=sa.text("joined_into IS NOT NULL"),
        postgresql_where=sa.text("joined_into IS NOT NULL"),
    )
    op.create_index("ix_call_open", "call", ["nature", "closes_at"], unique=False)
    op.create_index("ix_call_said", "call", ["source_word", "closes_at"], unique=False)
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
    op.create_index(
        "uq_closed_period_once", "closed_period", ["kind", "first_day", "participant_id", "name"], unique=True
    )
    op.create_table(
        "crawl",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), server_default="catalogue", nullable=False),
        sa.Column("started_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("finished_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("why", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("unreadable", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("back", sa.Integer(), nullable=False),
        sa.Column("skew_seconds", sa.Float(), nullable=True),
        sa.Column("come_back_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("moved", sqlmodel.sql.sqltypes.AutoString(), server_default="", nullable=False),
        sa.CheckConstraint("kind IN ('catalogue', 'stream')", name=op.f("ck_crawl_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crawl")),
    )
    op.create_index(op.f("ix_crawl_source"), "crawl", ["source"], unique=False)
    op.create_table(
        "lease",
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("holder", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "participant",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("subregion", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("merged_into", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("remark", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('municipality', 'province', 'transport_region')", name=op.f("ck_participant_kind")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["participant.id"], name=op.f("fk_participant_merged_into_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant")),
    )
    op.create_table(
        "pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("everything", sa.Boolean(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("ended_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pause")),
    )
    op.create_table(
        "reader_use",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.Column("euros", db.models.columns.Cents(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_reader_use")),
    )
    op.create_table(
        "relay",
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("rest_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_relay")),
    )
    op.create_table(
        "remembered_address",
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("url", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("etag", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("last_modified", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.PrimaryKeyConstraint("source", "url", name=op.f("pk_remembered_address")),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("slot", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("started_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("finished_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
        sa.UniqueConstraint("job", "slot", name=op.f("uq_run_job_slot")),
    )
    op.create_table(
        "snapshot",
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("url", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("media_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("fetched_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_snapshot")),
    )
    op.create_index(op.f("ix_snapshot_fetched_at"), "snapshot", ["fetched_at"], unique=False)
    op.create_table(
        "suppression",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppression")),
    )
    op.create_index(op.f("ix_suppression_address_hash"), "suppression", ["address_hash"], unique=False)
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
    op.create_index(op.f("ix_body_participant_id"), "body", ["participant_id"], unique=False)
    op.create_table(
        "call_vectors",
        sa.Column("call_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("model", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("texts", sa.LargeBinary(), nullable=False),
        sa.Column("vectors", sa.LargeBinary(), nullable=False),
        sa.Column("whole", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["call.id"], name=op.f("fk_call_vectors_call_id_call"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_call_vectors")),
    )
    op.create_table(
        "challenge",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("agenda_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("parent_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("platforms", sa.JSON(), nullable=False),
        sa.Column("words_nl", sa.JSON(), nullable=False),
        sa.Column("words_en", sa.JSON(), nullable=False),
        sa.Column("words_not", sa.JSON(), nullable=False),
        sa.Column("searches_with", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('assignment', 'line', 'theme', 'ambition')", name=op.f("ck_challenge_kind")),
        sa.CheckConstraint(
            "status IN ('official', 'programme', 'mandate', 'unknown')", name=op.f("ck_challenge_status")
        ),
        sa.ForeignKeyConstraint(["agenda_id"], ["agenda.id"], name=op.f("fk_challenge_agenda_id_agenda")),
        sa.ForeignKeyConstraint(["parent_id"], ["challenge.id"], name=op.f("fk_challenge_parent_id_challenge")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge")),
    )
    op.create_index(op.f("ix_challenge_agenda_id"), "challenge", ["agenda_id"], unique=False)
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
        "deadline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("hour", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("zone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("assumed", sa.Boolean(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sentence", sa.Text(), server_default="", nullable=False),
        sa.Column("certainty", sa.Float(), server_default="1", nullable=False),
        sa.Column("door", sa.Boolean(), nullable=True),
        sa.Column("obligatory", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("gate_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("modified_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("cancelled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('opens', 'pre_registration', 'stage_1', 'stage_2', 'cut_off', 'closes', 'until_exhausted', 'rolling', 'consultation', 'reporting')",
            name=op.f("ck_deadline_kind"),
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_deadline_call_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_deadline_at"), "deadline", ["at"], unique=False)
    op.create_index(op.f("ix_deadline_call_id"), "deadline", ["call_id"], unique=False)
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
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("crawl_id", sa.Integer(), nullable=True),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("field", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("old", sa.JSON(), nullable=False),
        sa.Column("new", sa.JSON(), nullable=False),
        sa.Column("telling", sa.Boolean(), nullable=False),
        sa.Column("damped", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("snapshot", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.CheckConstraint("kind IN ('new', 'changed', 'gone', 'back')", name=op.f("ck_revision_kind")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_revision_call_id_call")),
        sa.ForeignKeyConstraint(["crawl_id"], ["crawl.id"], name=op.f("fk_revision_crawl_id_crawl")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
    )
    op.create_index(op.f("ix_revision_at"), "revision", ["at"], unique=False)
    op.create_index("ix_revision_call", "revision", ["call_id", "version"], unique=False)
    op.create_index(op.f("ix_revision_crawl_id"), "revision", ["crawl_id"], unique=False)
    op.create_index(
        "ix_revision_damped",
        "revision",
        ["crawl_id"],
        unique=False,
        sqlite_where=sa.text("damped"),
        postgresql_where=sa.text("damped"),
    )
    op.create_table(
        "sighting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("external_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("url", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("fingerprint", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("snapshot", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("references", sa.JSON(), nullable=False),
        sa.Column("first_seen", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("last_seen", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("gone_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_sighting_call_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sighting")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_sighting_source_external_id")),
    )
    op.create_index(op.f("ix_sighting_call_id"), "sighting", ["call_id"], unique=False)
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
    op.create_index("ix_stakeholder_office", "stakeholder", ["office_key"], unique=False)
    op.create_index(
        "uq_stakeholder_office",
        "stakeholder",
        ["participant_id", "office_key", "person"],
        unique=True,
        sqlite_where=sa.text("erased_at IS NULL"),
        postgresql_where=sa.text("erased_at IS NULL"),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("deactivated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("reminders", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("reminder_days", sa.JSON(), server_default="[60, 30, 14, 7, 1]", nullable=False),
        sa.CheckConstraint(
            "role IN ('reader', 'fundraiser', 'lobbyist', 'coordinator', 'administrator')", name=op.f("ck_user_role")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_user_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
        sqlite_autoincrement=True,
    )
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
    op.create_index(op.f("ix_assignment_assignee_id"), "assignment", ["assignee_id"], unique=False)
    op.create_index(op.f("ix_assignment_deadline_id"), "assignment", ["deadline_id"], unique=False)
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
    op.create_index(op.f("ix_calendar_feed_user_id"), "calendar_feed", ["user_id"], unique=False)
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
        sa.CheckConstraint("trim(title) <> ''", name=op.f("ck_chain_link_title")),
        sa.CheckConstraint("visibility IN ('own', 'mra', 'public')", name=op.f("ck_chain_link_visibility")),
        sa.ForeignKeyConstraint(["added_by"], ["user.id"], name=op.f("fk_chain_link_added_by_user")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_chain_link_call_id_call")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_chain_link_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain_link")),
    )
    op.create_index(op.f("ix_chain_link_call_id"), "chain_link", ["call_id"], unique=False)
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("field", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("refutes", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("visibility", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("agreed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("withdrawn_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_correction_call_id_call")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_correction_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_correction_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_call_id"), "correction", ["call_id"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("message_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("planned_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("not_before", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("lease_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("lease_holder", sqlmodel.sql.sqltypes.AutoString(), server_default="", nullable=False),
        sa.Column("unsure", sa.Integer(), server_default="0", nullable=False),
        sa.Column("subscriptions", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("last_code", sa.Integer(), nullable=True),
        sa.Column("last_text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("finished_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('digest', 'reminder', 'moved', 'sign_in', 'alert')", name=op.f("ck_delivery_kind")
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'sending', 'accepted', 'deferred', 'ambiguous', 'failed', 'held', 'expired', 'cancelled')",
            name=op.f("ck_delivery_state"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_delivery_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("key", name=op.f("uq_delivery_key")),
        sa.UniqueConstraint("message_id", name=op.f("uq_delivery_message_id")),
    )
    op.create_index("ix_delivery_due", "delivery", ["state", "lane", "next_attempt_at"], unique=False)
    op.create_index(op.f("ix_delivery_user_id"), "delivery", ["user_id"], unique=False)
    op.create_table(
        "dismissal",
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("visibility", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["first_id"], ["call.id"], name=op.f("fk_dismissal_first_id_call")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_dismissal_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(["second_id"], ["call.id"], name=op.f("fk_dismissal_second_id_call")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_dismissal_user_id_user")),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_dismissal")),
    )
    op.create_index(op.f("ix_dismissal_second_id"), "dismissal", ["second_id"], unique=False)
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
        "duty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("reader_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["challenge_id"], ["challenge.id"], name=op.f("fk_duty_challenge_id_challenge")),
        sa.ForeignKeyConstraint(["deputy_id"], ["user.id"], name=op.f("fk_duty_deputy_id_user")),
        sa.ForeignKeyConstraint(["reader_id"], ["user.id"], name=op.f("fk_duty_reader_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
        sa.UniqueConstraint("challenge_id", "week", name=op.f("uq_duty_challenge_id_week")),
    )
    op.create_table(
        "follow",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_follow_call_id_call")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_follow_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow")),
        sa.UniqueConstraint("user_id", "call_id", name=op.f("uq_follow_user_id_call_id")),
    )
    op.create_index(op.f("ix_follow_call_id"), "follow", ["call_id"], unique=False)
    op.create_index(op.f("ix_follow_user_id"), "follow", ["user_id"], unique=False)
    op.create_table(
        "magic_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("address_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("next_path", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("requested_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("used_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_magic_link_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_magic_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_magic_link_token_hash")),
    )
    op.create_index(op.f("ix_magic_link_address_hash"), "magic_link", ["address_hash"], unique=False)
    op.create_index(op.f("ix_magic_link_user_id"), "magic_link", ["user_id"], unique=False)
    op.create_table(
        "match",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("said", sa.Float(), nullable=True),
        sa.Column("topic", sa.Float(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("model", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_match_call_id_call")),
        sa.ForeignKeyConstraint(["challenge_id"], ["challenge.id"], name=op.f("fk_match_challenge_id_challenge")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match")),
        sa.UniqueConstraint("call_id", "challenge_id", name=op.f("uq_match_call_id_challenge_id")),
    )
    op.create_index(op.f("ix_match_call_id"), "match", ["call_id"], unique=False)
    op.create_index(op.f("ix_match_challenge_id"), "match", ["challenge_id"], unique=False)
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
    op.create_index(op.f("ix_meeting_body_id"), "meeting", ["body_id"], unique=False)
    op.create_index(op.f("ix_meeting_day"), "meeting", ["day"], unique=False)
    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("sighting_id", sa.Integer(), nullable=True),
        sa.Column("field", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("readings", sa.JSON(), nullable=False),
        sa.Column("why", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("snapshot", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("doubted", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("proposal", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("read_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("settled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_question_call_id_call")),
        sa.ForeignKeyConstraint(["sighting_id"], ["sighting.id"], name=op.f("fk_question_sighting_id_sighting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
    )
    op.create_index(op.f("ix_question_call_id"), "question", ["call_id"], unique=False)
    op.create_index(
        "ix_question_open_call",
        "question",
        ["call_id"],
        unique=False,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_index(op.f("ix_question_sighting_id"), "question", ["sighting_id"], unique=False)
    op.create_index(
        "uq_question_open",
        "question",
        ["sighting_id", "field"],
        unique=True,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_table(
        "reference",
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sighting_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["sighting_id"], ["sighting.id"], name=op.f("fk_reference_sighting_id_sighting")),
        sa.PrimaryKeyConstraint("reference", "sighting_id", name=op.f("pk_reference")),
    )
    op.create_index(op.f("ix_reference_sighting_id"), "reference", ["sighting_id"], unique=False)
    op.create_table(
        "subscription",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("visibility", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("filter", sa.JSON(), nullable=False),
        sa.Column("every", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("nothing_new", sa.Boolean(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("every IN ('day', 'week', 'urgent')", name=op.f("ck_subscription_every")),
        sa.CheckConstraint("visibility IN ('own', 'mra', 'public')", name=op.f("ck_subscription_visibility")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_subscription_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_subscription_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_subscription_user_id"), "subscription", ["user_id"], unique=False)
    op.create_table(
        "team",
        sa.Column("challenge_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("coordinator_id", sa.Integer(), nullable=True),
        sa.Column("leads", sa.JSON(), nullable=False),
        sa.Column("patience", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["challenge_id"], ["challenge.id"], name=op.f("fk_team_challenge_id_challenge")),
        sa.ForeignKeyConstraint(["contact_id"], ["user.id"], name=op.f("fk_team_contact_id_user")),
        sa.ForeignKeyConstraint(["coordinator_id"], ["user.id"], name=op.f("fk_team_coordinator_id_user")),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_team")),
    )
    op.create_table(
        "team_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["challenge_id"], ["challenge.id"], name=op.f("fk_team_member_challenge_id_challenge")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_team_member_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_member")),
        sa.UniqueConstraint("challenge_id", "user_id", name=op.f("uq_team_member_challenge_id_user_id")),
    )
    op.create_index(op.f("ix_team_member_challenge_id"), "team_member", ["challenge_id"], unique=False)
    op.create_index(op.f("ix_team_member_user_id"), "team_member", ["user_id"], unique=False)
    op.create_table(
        "verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("visibility", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("say", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("remark", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("team", sa.Boolean(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("undone_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "reason IS NULL OR reason IN ('off_topic', 'not_eligible', 'too_small', 'too_large', 'no_capacity', 'no_cofunding', 'too_late', 'no_partners', 'other')",
            name=op.f("ck_verdict_reason"),
        ),
        sa.CheckConstraint("say IN ('yes', 'no', 'later')", name=op.f("ck_verdict_say")),
        sa.CheckConstraint("visibility IN ('own', 'mra', 'public')", name=op.f("ck_verdict_visibility")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_verdict_call_id_call")),
        sa.ForeignKeyConstraint(["challenge_id"], ["challenge.id"], name=op.f("fk_verdict_challenge_id_challenge")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_verdict_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_verdict_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict")),
    )
    op.create_index("ix_verdict_pair", "verdict", ["call_id", "challenge_id"], unique=False)
    op.create_index(op.f("ix_verdict_user_id"), "verdict", ["user_id"], unique=False)
    op.create_index(
        "uq_verdict_standing",
        "verdict",
        ["call_id", "challenge_id", "user_id"],
        unique=True,
        sqlite_where=sa.text("undone_at IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_index(
        "uq_verdict_standing_call",
        "verdict",
        ["call_id", "user_id"],
        unique=True,
        sqlite_where=sa.text("undone_at IS NULL AND challenge_id IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL AND challenge_id IS NULL"),
    )
    op.create_table(
        "web_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("revoked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("agent", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_web_session_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_web_session_token_hash")),
    )
    op.create_index(op.f("ix_web_session_user_id"), "web_session", ["user_id"], unique=False)
    op.create_table(
        "answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("value", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("field", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("readings", sa.JSON(), nullable=False),
        sa.Column("correction_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("visibility", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("withdrawn_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('chosen', 'typed', 'absent', 'confirmed')", name=op.f("ck_answer_kind")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_answer_call_id_call")),
        sa.ForeignKeyConstraint(["correction_id"], ["correction.id"], name=op.f("fk_answer_correction_id_correction")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_answer_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_answer_question_id_question")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_answer_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
    )
    op.create_index(op.f("ix_answer_call_id"), "answer", ["call_id"], unique=False)
    op.create_index(op.f("ix_answer_correction_id"), "answer", ["correction_id"], unique=False)
    op.create_index(op.f("ix_answer_question_id"), "answer", ["question_id"], unique=False)
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
        sa.Column("submitted_on", sa.Date(), nullable=True),
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
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_application_call_id_call")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_application_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["go_by"], ["user.id"], name=op.f("fk_application_go_by_user")),
        sa.ForeignKeyConstraint(["lead_id"], ["participant.id"], name=op.f("fk_application_lead_id_participant")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_application_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_application")),
    )
    op.create_index(op.f("ix_application_call_id"), "application", ["call_id"], unique=False)
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("stage", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("finished_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_attempt_delivery_id_delivery")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("delivery_id", "number", name=op.f("uq_attempt_delivery_id_number")),
    )
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
    op.create_index(op.f("ix_coalition_member_dossier_id"), "coalition_member", ["dossier_id"], unique=False)
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
    op.create_index(op.f("ix_contact_moment_dossier_id"), "contact_moment", ["dossier_id"], unique=False)
    op.create_index("ix_contact_moment_office", "contact_moment", ["stakeholder_id", "day"], unique=False)
    op.create_index(op.f("ix_contact_moment_user_id"), "contact_moment", ["user_id"], unique=False)
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
    op.create_index(op.f("ix_decision_clock_deadline_id"), "decision_clock", ["deadline_id"], unique=False)
    op.create_index(op.f("ix_decision_clock_dossier_id"), "decision_clock", ["dossier_id"], unique=False)
    op.create_table(
        "dossier_call",
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("seen_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_dossier_call_call_id_call")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_call_dossier_id_dossier")),
        sa.PrimaryKeyConstraint("dossier_id", "call_id", name=op.f("pk_dossier_call")),
    )
    op.create_index(op.f("ix_dossier_call_call_id"), "dossier_call", ["call_id"], unique=False)
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
    op.create_index(op.f("ix_dossier_challenge_challenge_id"), "dossier_challenge", ["challenge_id"], unique=False)
    op.create_table(
        "dossier_moment",
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("moment_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_moment_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["moment_id"], ["moment.id"], name=op.f("fk_dossier_moment_moment_id_moment")),
        sa.PrimaryKeyConstraint("dossier_id", "moment_id", name=op.f("pk_dossier_moment")),
    )
    op.create_index(op.f("ix_dossier_moment_moment_id"), "dossier_moment", ["moment_id"], unique=False)
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
        "doubt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("field", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("value", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("remark", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("visibility", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_doubt_call_id_call")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_doubt_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_doubt_question_id_question")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_doubt_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doubt")),
    )
    op.create_index(op.f("ix_doubt_call_id"), "doubt", ["call_id"], unique=False)
    op.create_index(op.f("ix_doubt_question_id"), "doubt", ["question_id"], unique=False)
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
    op.create_index(op.f("ix_lobby_agenda_item_dossier_id"), "lobby_agenda_item", ["dossier_id"], unique=False)
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
    op.create_index("ix_log_entry_timeline", "log_entry", ["dossier_id", "day"], unique=False)
    op.create_table(
        "mail_text",
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_mail_text_delivery_id_delivery")),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_mail_text")),
    )
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
    op.create_index(op.f("ix_outcome_dossier_id"), "outcome", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_outcome_moment_id"), "outcome", ["moment_id"], unique=False)
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
    op.create_index(op.f("ix_position_dossier_id"), "position", ["dossier_id"], unique=False)
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
    op.create_index(op.f("ix_stake_dossier_id"), "stake", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_stake_stakeholder_id"), "stake", ["stakeholder_id"], unique=False)
    op.create_table(
        "told",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("detail", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('new', 'changed', 'closing', 'opening', 'moved', 'reminder')", name=op.f("ck_told_kind")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_told_call_id_call")),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_told_delivery_id_delivery")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_told_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told")),
        sa.UniqueConstraint(
            "user_id",
            "call_id",
            "version",
            "kind",
            "detail",
            "delivery_id",
            name=op.f("uq_told_user_id_call_id_version_kind_detail_delivery_id"),
        ),
    )
    op.create_index("ix_told_call", "told", ["call_id", "user_id"], unique=False)
    op.create_index(op.f("ix_told_delivery_id"), "told", ["delivery_id"], unique=False)
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
    op.create_index(op.f("ix_application_partner_dossier_id"), "application_partner", ["dossier_id"], unique=False)
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
    op.create_index(op.f("ix_cofunding_dossier_id"), "cofunding", ["dossier_id"], unique=False)
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
    op.create_index(op.f("ix_commitment_contact_id"), "commitment", ["contact_id"], unique=False)
    op.create_index(op.f("ix_commitment_dossier_id"), "commitment", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_commitment_owner_id"), "commitment", ["owner_id"], unique=False)
    op.create_index(op.f("ix_commitment_stakeholder_id"), "commitment", ["stakeholder_id"], unique=False)
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
    op.create_index(op.f("ix_milestone_assignee_id"), "milestone", ["assignee_id"], unique=False)
    op.create_index(op.f("ix_milestone_clock_id"), "milestone", ["clock_id"], unique=False)
    op.create_index(op.f("ix_milestone_day"), "milestone", ["day"], unique=False)
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
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_sign_off_round_dossier_id"), "sign_off_round", ["dossier_id"], unique=False)
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
    op.create_index(op.f("ix_coalition_stance_member_id"), "coalition_stance", ["member_id"], unique=False)
    op.create_index(op.f("ix_coalition_stance_round_id"), "coalition_stance", ["round_id"], unique=False)
    guard_audit_log()
    guard_log_and_positions()
    make_index(op.get_bind())


def downgrade() -> None:
    drop_index(op.get_bind())
    op.drop_index(op.f("ix_coalition_stance_round_id"), table_name="coalition_stance")
    op.drop_index(op.f("ix_coalition_stance_member_id"), table_name="coalition_stance")
    op.drop_table("coalition_stance")
    op.drop_index(op.f("ix_sign_off_round_dossier_id"), table_name="sign_off_round")
    op.drop_table("sign_off_round")
    op.drop_index(op.f("ix_milestone_day"), table_name="milestone")
    op.drop_index(op.f("ix_milestone_clock_id"), table_name="milestone")
    op.drop_index(op.f("ix_milestone_assignee_id"), table_name="milestone")
    op.drop_table("milestone")
    op.drop_table("dissent")
    op.drop_index(op.f("ix_commitment_stakeholder_id"), table_name="commitment")
    op.drop_index(op.f("ix_commitment_owner_id"), table_name="commitment")
    op.drop_index(op.f("ix_commitment_dossier_id"), table_name="commitment")
    op.drop_index(op.f("ix_commitment_contact_id"), table_name="commitment")
    op.drop_table("commitment")
    op.drop_index(op.f("ix_cofunding_dossier_id"), table_name="cofunding")
    op.drop_table("cofunding")
    op.drop_index(op.f("ix_application_partner_dossier_id"), table_name="application_partner")
    op.drop_table("application_partner")
    op.drop_index(op.f("ix_told_delivery_id"), table_name="told")
    op.drop_index("ix_told_call", table_name="told")
    op.drop_table("told")
    op.drop_index(op.f("ix_stake_stakeholder_id"), table_name="stake")
    op.drop_index(op.f("ix_stake_dossier_id"), table_name="stake")
    op.drop_table("stake")
    op.drop_index(op.f("ix_position_dossier_id"), table_name="position")
    op.drop_table("position")
    op.drop_index(op.f("ix_outcome_moment_id"), table_name="outcome")
    op.drop_index(op.f("ix_outcome_dossier_id"), table_name="outcome")
    op.drop_table("outcome")
    op.drop_table("mail_text")
    op.drop_index("ix_log_entry_timeline", table_name="log_entry")
    op.drop_table("log_entry")
    op.drop_index(op.f("ix_lobby_agenda_item_dossier_id"), table_name="lobby_agenda_item")
    op.drop_table("lobby_agenda_item")
    op.drop_index(op.f("ix_doubt_question_id"), table_name="doubt")
    op.drop_index(op.f("ix_doubt_call_id"), table_name="doubt")
    op.drop_table("doubt")
    op.drop_table("dossier_participant")
    op.drop_index(op.f("ix_dossier_moment_moment_id"), table_name="dossier_moment")
    op.drop_table("dossier_moment")
    op.drop_index(op.f("ix_dossier_challenge_challenge_id"), table_name="dossier_challenge")
    op.drop_table("dossier_challenge")
    op.drop_index(op.f("ix_dossier_call_call_id"), table_name="dossier_call")
    op.drop_table("dossier_call")
    op.drop_index(op.f("ix_decision_clock_dossier_id"), table_name="decision_clock")
    op.drop_index(op.f("ix_decision_clock_deadline_id"), table_name="decision_clock")
    op.drop_table("decision_clock")
    op.drop_index(op.f("ix_contact_moment_user_id"), table_name="contact_moment")
    op.drop_index("ix_contact_moment_office", table_name="contact_moment")
    op.drop_index(op.f("ix_contact_moment_dossier_id"), table_name="contact_moment")
    op.drop_table("contact_moment")
    op.drop_index(op.f("ix_coalition_member_dossier_id"), table_name="coalition_member")
    op.drop_table("coalition_member")
    op.drop_table("attempt")
    op.drop_index(op.f("ix_application_call_id"), table_name="application")
    op.drop_table("application")
    op.drop_index(op.f("ix_answer_question_id"), table_name="answer")
    op.drop_index(op.f("ix_answer_correction_id"), table_name="answer")
    op.drop_index(op.f("ix_answer_call_id"), table_name="answer")
    op.drop_table("answer")
    op.drop_index(op.f("ix_web_session_user_id"), table_name="web_session")
    op.drop_table("web_session")
    op.drop_index(
        "uq_verdict_standing_call",
        table_name="verdict",
        sqlite_where=sa.text("undone_at IS NULL AND challenge_id IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL AND challenge_id IS NULL"),
    )
    op.drop_index(
        "uq_verdict_standing",
        table_name="verdict",
        sqlite_where=sa.text("undone_at IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.drop_index(op.f("ix_verdict_user_id"), table_name="verdict")
    op.drop_index("ix_verdict_pair", table_name="verdict")
    op.drop_table("verdict")
    op.drop_index(op.f("ix_team_member_user_id"), table_name="team_member")
    op.drop_index(op.f("ix_team_member_challenge_id"), table_name="team_member")
    op.drop_table("team_member")
    op.drop_table("team")
    op.drop_index(op.f("ix_subscription_user_id"), table_name="subscription")
    op.drop_table("subscription")
    op.drop_index(op.f("ix_reference_sighting_id"), table_name="reference")
    op.drop_table("reference")
    op.drop_index(
        "uq_question_open",
        table_name="question",
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.drop_index(op.f("ix_question_sighting_id"), table_name="question")
    op.drop_index(
        "ix_question_open_call",
        table_name="question",
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.drop_index(op.f("ix_question_call_id"), table_name="question")
    op.drop_table("question")
    op.drop_index(op.f("ix_meeting_day"), table_name="meeting")
    op.drop_index(op.f("ix_meeting_body_id"), table_name="meeting")
    op.drop_table("meeting")
    op.drop_index(op.f("ix_match_challenge_id"), table_name="match")
    op.drop_index(op.f("ix_match_call_id"), table_name="match")
    op.drop_table("match")
    op.drop_index(op.f("ix_magic_link_user_id"), table_name="magic_link")
    op.drop_index(op.f("ix_magic_link_address_hash"), table_name="magic_link")
    op.drop_table("magic_link")
    op.drop_index(op.f("ix_follow_user_id"), table_name="follow")
    op.drop_index(op.f("ix_follow_call_id"), table_name="follow")
    op.drop_table("follow")
    op.drop_table("duty")
    op.drop_table("dossier")
    op.drop_index(op.f("ix_dismissal_second_id"), table_name="dismissal")
    op.drop_table("dismissal")
    op.drop_index(op.f("ix_delivery_user_id"), table_name="delivery")
    op.drop_index("ix_delivery_due", table_name="delivery")
    op.drop_table("delivery")
    op.drop_index(op.f("ix_correction_call_id"), table_name="correction")
    op.drop_table("correction")
    op.drop_index(op.f("ix_chain_link_call_id"), table_name="chain_link")
    op.drop_table("chain_link")
    op.drop_index(op.f("ix_calendar_feed_user_id"), table_name="calendar_feed")
    op.drop_table("calendar_feed")
    op.drop_index(op.f("ix_assignment_deadline_id"), table_name="assignment")
    op.drop_index(op.f("ix_assignment_assignee_id"), table_name="assignment")
    op.drop_table("assignment")
    op.drop_table("user")
    op.drop_index(
        "uq_stakeholder_office",
        table_name="stakeholder",
        sqlite_where=sa.text("erased_at IS NULL"),
        postgresql_where=sa.text("erased_at IS NULL"),
    )
    op.drop_index("ix_stakeholder_office", table_name="stakeholder")
    op.drop_table("stakeholder")
    op.drop_index(op.f("ix_sighting_call_id"), table_name="sighting")
    op.drop_table("sighting")
    op.drop_index(
        "ix_revision_damped", table_name="revision", sqlite_where=sa.text("damped"), postgresql_where=sa.text("damped")
    )
    op.drop_index(op.f("ix_revision_crawl_id"), table_name="revision")
    op.drop_index("ix_revision_call", table_name="revision")
    op.drop_index(op.f("ix_revision_at"), table_name="revision")
    op.drop_table("revision")
    op.drop_table("moment")
    op.drop_table("lobby_agenda")
    op.drop_index(op.f("ix_deadline_call_id"), table_name="deadline")
    op.drop_index(op.f("ix_deadline_at"), table_name="deadline")
    op.drop_table("deadline")
    op.drop_table("cofunding_room")
    op.drop_index(op.f("ix_challenge_agenda_id"), table_name="challenge")
    op.drop_table("challenge")
    op.drop_table("call_vectors")
    op.drop_index(op.f("ix_body_participant_id"), table_name="body")
    op.drop_table("body")
    op.drop_index(op.f("ix_suppression_address_hash"), table_name="suppression")
    op.drop_table("suppression")
    op.drop_index(op.f("ix_snapshot_fetched_at"), table_name="snapshot")
    op.drop_table("snapshot")
    op.drop_table("run")
    op.drop_table("remembered_address")
    op.drop_table("relay")
    op.drop_table("reader_use")
    op.drop_table("pause")
    op.drop_table("participant")
    op.drop_table("lease")
    op.drop_index(op.f("ix_crawl_source"), table_name="crawl")
    op.drop_table("crawl")
    op.drop_index("uq_closed_period_once", table_name="closed_period")
    op.drop_table("closed_period")
    op.drop_index("ix_call_said", table_name="call")
    op.drop_index("ix_call_open", table_name="call")
    op.drop_index(
        "ix_call_joined",
        table_name="call",
        sqlite_where=sa.text("joined_into IS NOT NULL"),
        postgresql_where=sa.text("joined_into IS NOT NULL"),
    )
    op.drop_index(op.f("ix_call_first_seen"), table_name="call")
    op.drop_index(op.f("ix_call_closes_at"), table_name="call")
    op.drop_table("call")
    op.drop_index(op.f("ix_audit_entry_at"), table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_actor"), table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_index(
        "uq_alert_standing",
        table_name="alert",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_table("alert")
    op.drop_table("agenda")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION append_only()")
        op.execute("DROP FUNCTION audit_entry_refuse()")
