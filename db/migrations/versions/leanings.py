"""What people say moves what they and their own team see, kept beside the matches and no longer in them."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "leanings"
down_revision = "resolutions"
branch_labels = None
depends_on = None

MATCH = sa.table(
    "match",
    *(sa.column(name, sa.Float) for name in ("score", "said")),
    *(sa.column(name, sa.Text) for name in ("model",)),
    sa.column("id", sa.Integer), sa.column("reasons", sa.JSON),
)  # fmt: skip
KINDS = "kind IN ('more', 'never', 'reset')"
MOMENT = sqlmodel.sql.sqltypes.UTCDateTime()


def upgrade() -> None:
    """Matches get back what the matcher said; the next match works out what was moved for whom."""
    bind = op.get_bind()
    moved = bind.execute(sa.select(MATCH.c.id, MATCH.c.said, MATCH.c.reasons).where(MATCH.c.said.is_not(None))).all()
    for number, said, reasons in moved:
        others = [reason for reason in reasons if reason.get("kind") != "verdict"]
        bind.execute(sa.update(MATCH).where(MATCH.c.id == number).values(score=said, reasons=others))
    bind.execute(sa.delete(MATCH).where(MATCH.c.model == ""))  # links that people made: their verdicts say so
    op.drop_column("match", "said")
    _lesson()
    _leaning()


def _lesson() -> None:
    op.create_table(
        "lesson",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.CheckConstraint(KINDS, name=op.f("ck_lesson_kind")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_lesson_call_id_call")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_lesson_participant_id_participant")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_lesson_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson")),
    )
    op.create_index("ix_lesson_call", "lesson", ["call_id"])
    op.create_index(op.f("ix_lesson_user_id"), "lesson", ["user_id"])


def _leaning() -> None:
    op.create_table(
        "leaning",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("because", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_leaning_call_id_call")),
        sa.ForeignKeyConstraint(["challenge_id"], ["challenge.id"], name=op.f("fk_leaning_challenge_id_challenge")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_leaning_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaning")),
    )
    op.create_index("ix_leaning_reader", "leaning", ["user_id", "call_id"])
    op.create_index(op.f("ix_leaning_call_id"), "leaning", ["call_id"])


def downgrade() -> None:
    """Nothing moved, until the next match."""
    op.drop_table("leaning")
    op.drop_table("lesson")
    op.add_column("match", sa.Column("said", sa.Float(), nullable=True))
