"""What bodies decide on positions and lobby agendas, each with who proposed and who confirmed it."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "resolutions"
down_revision = "asks_and_agendas"
branch_labels = None
depends_on = None

MOMENT, WORDS = sqlmodel.sql.sqltypes.UTCDateTime, sqlmodel.sql.sqltypes.AutoString
KEPT = ("dossier_id", "number", "internal_wording", "public_wording", "red_lines", "created_at")
DECIDED = ("gremium", "decision", "adopted_on", "valid_from", "valid_to")
SETTLED = (
    "position_id", "agenda_year", "kind", "gremium", "decision", "decided_on", "valid_from", "valid_to",
    "proposed_by", "confirmed_by", "settled_at", "dropped_by",
)  # fmt: skip
KINDS = "'adoption', 'correction', 'withdrawal', 'noting'"
BODIES = "'board', 'assembly', 'platform_economy', 'platform_space', 'platform_mobility', 'portfolio', 'executive', 'council'"


def _differ(columns: tuple[str, ...]) -> str:
    distinct = "IS NOT" if op.get_bind().dialect.name == "sqlite" else "IS DISTINCT FROM"
    return " OR ".join(f"NEW.{column} {distinct} OLD.{column}" for column in columns)


def _guard(name: str, table: str, event: str, when: str) -> None:
    """A trigger that refuses, in the dialect of this database; the baseline made the function of PostgreSQL."""
    clause = f"WHEN ({when}) " if when else ""
    if op.get_bind().dialect.name == "sqlite":
        refusal = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} {clause}{refusal}")
    else:
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {clause}EXECUTE FUNCTION append_only()"
        )


def _unguard(name: str, table: str) -> None:
    op.execute(f"DROP TRIGGER {name}" + ("" if op.get_bind().dialect.name == "sqlite" else f" ON {table}"))


def _keep_positions(decided: str) -> None:
    _unguard("position_kept", "position")
    _guard("position_kept", "position", "UPDATE", f"{_differ(KEPT)} OR (OLD.state = 'adopted' AND {decided})")


def upgrade() -> None:
    op.add_column("position", sa.Column("withdrawn", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table("resolution", *_columns(), *_constraints())
    for column in ("position_id", "agenda_year"):
        op.create_index(f"ix_resolution_{column}", "resolution", [column])
    _guard("resolution_kept", "resolution", "UPDATE", f"OLD.settled_at IS NOT NULL AND ({_differ(SETTLED)})")
    _guard("resolution_stays", "resolution", "DELETE", "")
    # A decision can be corrected, by a resolution that says what stood there; nobody does it in passing.
    _keep_positions(f"({_differ(DECIDED)}) AND NEW.version = OLD.version")


def _columns() -> tuple[sa.Column, ...]:
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("position_id", sa.Integer(), nullable=True),
        sa.Column("agenda_year", sa.Integer(), nullable=True),
        sa.Column("kind", WORDS(), nullable=False),
        sa.Column("gremium", WORDS(), nullable=False),
        sa.Column("decision", WORDS(), nullable=False),
        *(sa.Column(name, sa.Date(), nullable=name != "decided_on") for name in DAYS),
        sa.Column("succeeds_id", sa.Integer(), nullable=True),
        sa.Column("dissent", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", MOMENT(), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("settled_at", MOMENT(), nullable=True),
        sa.Column("dropped_by", sa.Integer(), nullable=True),
    )


DAYS = ("decided_on", "valid_from", "valid_to", "next_review")
REFERENCES = {
    "position_id": "position.id", "agenda_year": "lobby_agenda.year", "succeeds_id": "position.id",
    "proposed_by": "user.id", "confirmed_by": "user.id", "dropped_by": "user.id",
}  # fmt: skip


def _constraints() -> tuple[sa.Constraint, ...]:
    checks = {
        "kind": f"kind IN ({KINDS})",
        "gremium": f"gremium IN ({BODIES})",
        "subject": "(position_id IS NULL) <> (agenda_year IS NULL)",
        "decision": "trim(decision) <> ''",
        "second_person": "confirmed_by <> proposed_by",
    }
    keys = (
        sa.ForeignKeyConstraint([column], [to], name=op.f(f"fk_resolution_{column}_{to.partition('.')[0]}"))
        for column, to in REFERENCES.items()
    )
    named = (sa.CheckConstraint(text, name=op.f(f"ck_resolution_{name}")) for name, text in checks.items())
    return (*named, *keys, sa.PrimaryKeyConstraint("id", name=op.f("pk_resolution")))


def downgrade() -> None:
    op.drop_table("resolution")
    _keep_positions(f"({_differ(DECIDED)})")
    op.drop_column("position", "withdrawn")
