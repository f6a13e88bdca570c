"""Applications to the end: tasks and reporting days, budget, instalments, proof; promises agreed to; notes on calls."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "application_to_settlement"
down_revision = "clocks_of_moments"
branch_labels = None
depends_on = None

TASKS = "'task', 'progress_report', 'final_report', 'sisa', 'audit_statement'"
AGREED = (
    "UPDATE cofunding SET agreed_on = '{day}' WHERE participant_id ="
    " (SELECT participant_id FROM application WHERE application.dossier_id = cofunding.dossier_id)"
)
SINCE = "2026-11-30"  # promises of before that an organisation made for itself need no second word


def upgrade() -> None:
    text, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "application_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("kind", text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.Column("modified_at", moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"kind IN ({TASKS})", name=op.f("ck_application_task_kind")),
        *_references("application_task", {"assignee_id": "user.id", "done_by": "user.id"}),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_task")),
    )
    op.create_table(
        "budget_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("partner", text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("costs", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("in_kind", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("costs >= 0", name=op.f("ck_budget_line_costs")),
        sa.CheckConstraint("rate BETWEEN 0 AND 10000", name=op.f("ck_budget_line_rate")),
        sa.CheckConstraint("in_kind BETWEEN 0 AND costs", name=op.f("ck_budget_line_in_kind")),
        *_references("budget_line", {}),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_line")),
    )
    op.create_table(
        "instalment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("received", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_instalment_amount")),
        sa.CheckConstraint("received IS NULL OR received >= 0", name=op.f("ck_instalment_received")),
        *_references("instalment", {}),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instalment")),
    )
    op.create_table(
        "call_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", text(), nullable=False),
        sa.Column("visibility", text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", moment(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", moment(), nullable=True),
        sa.CheckConstraint("visibility IN ('own', 'group', 'mra', 'public')", name=op.f("ck_call_note_visibility")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_note_call_id_call")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_call_note_user_id_user")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_call_note_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(["first_id"], ["call_note.id"], name=op.f("fk_call_note_first_id_call_note")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_note")),
    )
    for table, columns in INDEXES.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    op.add_column("application", sa.Column("proof", text(), nullable=False, server_default=""))
    op.add_column("cofunding", sa.Column("agreed_on", sa.Date(), nullable=True))
    op.execute(AGREED.format(day=SINCE))


INDEXES = {
    "application_task": ("dossier_id", "day", "assignee_id"),
    "budget_line": ("dossier_id",),
    "instalment": ("dossier_id",),
    "call_note": ("call_id", "first_id"),
}


def _references(table: str, more: dict[str, str]) -> list[sa.ForeignKeyConstraint]:
    own = {"dossier_id": "application.dossier_id", **more}
    return [
        sa.ForeignKeyConstraint([column], [there], name=op.f(f"fk_{table}_{column}_{there.partition('.')[0]}"))
        for column, there in own.items()
    ]


def downgrade() -> None:
    op.execute("ALTER TABLE cofunding DROP COLUMN agreed_on")
    op.execute("ALTER TABLE application DROP COLUMN proof")
    for table in reversed(INDEXES):
        op.drop_table(table)
