"""Keep the sentence behind every value, the gates of a call, and what people are asked, answer and doubt.

Gates of calls that are there follow from their dates by kind; the next crawl says more of them.
"""

from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

MOMENT = sqlmodel.sql.sqltypes.UTCDateTime()
CALL = sa.table(
    "call", sa.column("id", sa.Integer), *(sa.column(c, MOMENT) for c in ("first_gate_at", "closes_at", "ends_at"))
)
DEADLINE = sa.table(
    "deadline",
    sa.column("id", sa.Integer),
    sa.column("call_id", sa.Integer),
    sa.column("day", sa.Date),
    *(sa.column(c, sa.String) for c in ("kind", "zone")),
    *(sa.column(c, MOMENT) for c in ("at", "gate_at", "cancelled_at")),
)
CLOSING = ("stage_1", "stage_2", "cut_off", "closes", "consultation")
OPEN = sa.text("settled_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("call") as call:
        call.add_column(sa.Column("first_gate_at", MOMENT, nullable=True))
        call.add_column(sa.Column("ends_at", MOMENT, nullable=True))
        call.add_column(sa.Column("proof", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("deadline") as deadline:
        deadline.add_column(sa.Column("sentence", sa.Text(), nullable=False, server_default=""))
        deadline.add_column(sa.Column("certainty", sa.Float(), nullable=False, server_default="1"))
        deadline.add_column(sa.Column("door", sa.Boolean(), nullable=True))
        deadline.add_column(sa.Column("obligatory", sa.Boolean(), nullable=False, server_default=sa.false()))
        deadline.add_column(sa.Column("gate_at", MOMENT, nullable=True))
    op.add_column("correction", sa.Column("refutes", sa.JSON(), nullable=True))
    op.create_index("ix_call_said", "call", ["source_word", "closes_at"])
    _fill()
    _questions()


def downgrade() -> None:
    for table in ("doubt", "answer", "question"):
        op.drop_table(table)
    op.drop_index("ix_call_said", "call")
    op.drop_column("correction", "refutes")
    for name in ("gate_at", "obligatory", "door", "certainty", "sentence"):
        op.drop_column("deadline", name)
    for name in ("proof", "ends_at", "first_gate_at"):
        op.drop_column("call", name)


def _fill() -> None:
    """The gates of every call, from the dates that stand."""
    gates, ends = defaultdict(list), defaultdict(list)
    standing = sa.select(DEADLINE).where(DEADLINE.c.cancelled_at.is_(None), DEADLINE.c.day.is_not(None))
    for row in op.get_bind().execute(standing).all():
        over_at = row.at or datetime.combine(row.day + timedelta(days=1), time(), ZoneInfo(row.zone)).astimezone(UTC)
        if row.kind in CLOSING:
            ends[row.call_id].append(over_at)
        if row.kind == "pre_registration" or (row.kind in CLOSING and row.kind != "stage_2"):
            gates[row.call_id].append((row.kind, over_at))
            op.execute(DEADLINE.update().where(DEADLINE.c.id == row.id).values(gate_at=over_at))
    for call in {*gates, *ends}:
        moments = [at for _, at in gates[call]]
        closing = [at for kind, at in gates[call] if ends[call] or kind != "pre_registration"]
        last = max(closing) if closing else None if moments else max(ends[call])
        row = {"first_gate_at": min(moments, default=last), "closes_at": last, "ends_at": max(ends[call], default=last)}
        op.execute(CALL.update().where(CALL.c.id == call).values(row))


def _questions() -> None:
    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("sighting_id", sa.Integer(), nullable=True),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("readings", sa.JSON(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("snapshot", sa.String(), nullable=True),
        sa.Column("doubted", sa.JSON(), nullable=True),
        sa.Column("proposal", sa.JSON(), nullable=True),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name="fk_question_call_id_call"),
        sa.ForeignKeyConstraint(["sighting_id"], ["sighting.id"], name="fk_question_sighting_id_sighting"),
        sa.PrimaryKeyConstraint("id", name="pk_question"),
    )
    op.create_index("ix_question_call_id", "question", ["call_id"])
    op.create_index("ix_question_sighting_id", "question", ["sighting_id"])
    partial = {"sqlite_where": OPEN, "postgresql_where": OPEN}
    op.create_index("uq_question_open", "question", ["sighting_id", "field"], unique=True, **partial)
    op.create_index("ix_question_open_call", "question", ["call_id"], **partial)
    op.create_table(
        "answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=True),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("readings", sa.JSON(), nullable=False),
        sa.Column("correction_id", sa.Integer(), nullable=True),
        *_by_person("answer"),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["correction_id"], ["correction.id"], name="fk_answer_correction_id_correction"),
        sa.CheckConstraint("kind IN ('chosen', 'typed', 'absent', 'confirmed')", name="ck_answer_kind"),
        sa.PrimaryKeyConstraint("id", name="pk_answer"),
    )
    op.create_index("ix_answer_correction_id", "answer", ["correction_id"])
    op.create_table(
        "doubt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=True),
        sa.Column("remark", sa.String(), nullable=False),
        *_by_person("doubt"),
        sa.PrimaryKeyConstraint("id", name="pk_doubt"),
    )
    for table in ("answer", "doubt"):
        for column in ("question_id", "call_id"):
            op.create_index(f"ix_{table}_{column}", table, [column])


def _by_person(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=f"fk_{table}_question_id_question"),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=f"fk_{table}_call_id_call"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=f"fk_{table}_user_id_user"),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"], name=f"fk_{table}_participant_id_participant"),
    ]
