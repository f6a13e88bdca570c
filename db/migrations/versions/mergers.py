"""What a participant that merged kept goes to its successor; the log keeps its words and may change hands.

Plain statements add the columns, since SQLite adds them without making the table anew.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "mergers"
down_revision = "presses"
branch_labels = None
depends_on = None

KEPT = ("dossier_id", "at", "day", "user_id", "kind", "from_stage", "to_stage")
WORDS = ("text", "visibility", "subject_id")


def _guard_log(condition: str) -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute("DROP TRIGGER log_entry_kept" + ("" if sqlite else " ON log_entry"))
    if sqlite:
        refusal = "BEGIN SELECT RAISE(ABORT, 'log_entry is append-only'); END"
        op.execute(f"CREATE TRIGGER log_entry_kept BEFORE UPDATE ON log_entry WHEN {condition} {refusal}")
    else:
        op.execute(
            f"CREATE TRIGGER log_entry_kept BEFORE UPDATE ON log_entry FOR EACH ROW WHEN ({condition}) "
            "EXECUTE FUNCTION append_only()"
        )


def _differ(columns: tuple[str, ...]) -> str:
    distinct = "IS NOT" if op.get_bind().dialect.name == "sqlite" else "IS DISTINCT FROM"
    return " OR ".join(f"NEW.{column} {distinct} OLD.{column}" for column in columns)


def upgrade() -> None:
    _guard_log(f"({_differ(KEPT)} OR (NEW.redacted_at IS NULL AND ({_differ(WORDS)} OR NEW.participant_id = OLD.participant_id)))")  # fmt: skip
    op.add_column("participant", sa.Column("handed_over_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    op.execute("ALTER TABLE participant ADD COLUMN handed_over_to VARCHAR REFERENCES participant (id)")
    op.add_column("participant", sa.Column("handed_over", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    for column in ("handed_over", "handed_over_to", "handed_over_at"):
        op.execute(f"ALTER TABLE participant DROP COLUMN {column}")
    _guard_log(f"NEW.redacted_at IS NULL OR {_differ((*KEPT, 'participant_id'))}")
