"""Holds with an end, who was told that a name is kept, and triggers that let a name be blotted out and no more.

What may never be changed may still lose a person's name, which stays visible: the words of a position, what was decided
and a line of the audit log take a new text only where it says that a name was erased. Of a line of the audit log the
network address may go as well.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "care"
down_revision = "beginnings_of_words"
branch_labels = None
depends_on = None

GONE = "[naam gewist]"
POSITION = ("dossier_id", "number", "created_at")
WORDS = ("internal_wording", "public_wording", "red_lines")
DECIDED = ("gremium", "adopted_on", "valid_from", "valid_to")
RESOLUTION = (
    "position_id", "agenda_year", "kind", "gremium", "decided_on", "valid_from", "valid_to",
    "proposed_by", "confirmed_by", "settled_at", "dropped_by",
)  # fmt: skip
AUDIT = ("id", "at", "actor", "action", "participant_id", "dossier_id")
AUDIT_WORDS = ("object", "result")


def _distinct() -> str:
    return "IS NOT" if op.get_bind().dialect.name == "sqlite" else "IS DISTINCT FROM"


def _differ(columns: tuple[str, ...]) -> str:
    return " OR ".join(f"NEW.{column} {_distinct()} OLD.{column}" for column in columns)


def _reworded(columns: tuple[str, ...]) -> str:
    """That a text differs and does not say that a name was erased."""
    gone = "instr(NEW.{0}, '{1}') = 0" if _distinct() == "IS NOT" else "strpos(NEW.{0}, '{1}') = 0"
    return " OR ".join(f"(NEW.{c} {_distinct()} OLD.{c} AND {gone.format(c, GONE)})" for c in columns)


def _guard(name: str, table: str, event: str, when: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        says = "the audit log only grows" if table == "audit_entry" else f"{table} is append-only"
        clause = f"WHEN {when} " if when else ""
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} {clause}BEGIN SELECT RAISE(ABORT, '{says}'); END")
        return
    refuse = "audit_entry_refuse" if table == "audit_entry" else "append_only"
    clause = f"WHEN ({when}) " if when else ""
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {clause}EXECUTE FUNCTION {refuse}()")


def _unguard(name: str, table: str) -> None:
    op.execute(f"DROP TRIGGER {name}" + ("" if op.get_bind().dialect.name == "sqlite" else f" ON {table}"))


def upgrade() -> None:
    _tables()
    for name, table in (("position_kept", "position"), ("resolution_kept", "resolution")):
        _unguard(name, table)
    decided = f"({_differ(DECIDED)} OR {_reworded(('decision',))}) AND NEW.version = OLD.version"
    _guard(
        "position_kept",
        "position",
        "UPDATE",
        f"{_differ(POSITION)} OR {_reworded(WORDS)} OR (OLD.state = 'adopted' AND {decided})",
    )
    settled = f"OLD.settled_at IS NOT NULL AND ({_differ(RESOLUTION)} OR {_reworded(('decision',))})"
    _guard("resolution_kept", "resolution", "UPDATE", settled)
    sqlite = op.get_bind().dialect.name == "sqlite"
    _unguard("audit_entry_no_update" if sqlite else "audit_entry_append_only", "audit_entry")
    origin = f"(NEW.origin <> '' AND {_reworded(('origin',))})"
    _guard(
        "audit_entry_no_update", "audit_entry", "UPDATE", f"{_differ(AUDIT)} OR {_reworded(AUDIT_WORDS)} OR {origin}"
    )
    if not sqlite:
        _guard("audit_entry_no_delete", "audit_entry", "DELETE", "")


def _tables() -> None:
    text, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("category", text(), nullable=False),
        sa.Column("stakeholder_id", sa.Integer(), nullable=True),
        sa.Column("dossier_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("participant_id", text(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=False),
        sa.Column("set_at", moment(), nullable=False),
        sa.Column("lifted_at", moment(), nullable=True),
        sa.CheckConstraint("trim(reason) <> ''", name=op.f("ck_hold_reason")),
        sa.CheckConstraint(
            "(category <> '' AND stakeholder_id IS NULL AND dossier_id IS NULL) OR "
            "(category = '' AND (stakeholder_id IS NULL) <> (dossier_id IS NULL))",
            name=op.f("ck_hold_subject"),
        ),
        *_refers("hold", stakeholder_id="stakeholder", dossier_id="dossier", participant_id="participant"),
        *_refers("hold", set_by="user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    for column in ("stakeholder_id", "dossier_id"):
        op.create_index(op.f(f"ix_hold_{column}"), "hold", [column])
    op.create_table(
        "informed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stakeholder_id", sa.Integer(), nullable=False),
        sa.Column("way", text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", moment(), nullable=False),
        sa.CheckConstraint("way IN ('mail', 'in_person', 'knew')", name=op.f("ck_informed_way")),
        *_refers("informed", stakeholder_id="stakeholder", user_id="user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_informed")),
    )
    op.create_index(op.f("ix_informed_stakeholder_id"), "informed", ["stakeholder_id"])


def _refers(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))
        for column, to in columns.items()
    ]


def downgrade() -> None:
    op.drop_table("informed")
    op.drop_table("hold")
    if op.get_bind().dialect.name == "postgresql":
        for event in ("update", "delete"):
            _unguard(f"audit_entry_no_{event}", "audit_entry")
        _guard("audit_entry_append_only", "audit_entry", "UPDATE OR DELETE", "")
