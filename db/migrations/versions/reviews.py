"""Review meetings: who took part, the points that were gone through, and the minutes on each."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "reviews"
down_revision = "since_at_participant"
branch_labels = None
depends_on = None

MOMENT, WORDS = sqlmodel.sql.sqltypes.UTCDateTime, sqlmodel.sql.sqltypes.AutoString
KINDS = (
    "'milestone', 'deadline', 'task', 'application', 'call', 'commitment', 'follow_up', 'position', 'moment', 'round',"
    " 'resolution'"
)


def _number() -> sa.Column:
    return sa.Column("id", sa.Integer(), nullable=False)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def upgrade() -> None:
    op.create_table(
        "review",
        _number(),
        sa.Column("participant_id", WORDS(), nullable=False),
        sa.Column("visibility", WORDS(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("began_at", MOMENT(), nullable=False),
        sa.Column("began_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", MOMENT(), nullable=True),
        sa.CheckConstraint("visibility IN ('own', 'group', 'mra', 'public')", name=op.f("ck_review_visibility")),
        _refers("review", "participant_id", "participant"),
        _refers("review", "began_by", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    op.create_table(
        "review_person",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        _refers("review_person", "review_id", "review"),
        _refers("review_person", "user_id", "user"),
        sa.PrimaryKeyConstraint("review_id", "user_id", name=op.f("pk_review_person")),
    )
    op.create_index(op.f("ix_review_person_user_id"), "review_person", ["user_id"])
    _points()
    op.create_table(
        "minute",
        _number(),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _refers("minute", "point_id", "review_point"),
        _refers("minute", "user_id", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minute")),
    )
    op.create_index(op.f("ix_minute_point_id"), "minute", ["point_id"])


def _points() -> None:
    op.create_table(
        "review_point",
        _number(),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", WORDS(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=True),
        sa.Column("part", WORDS(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("what", WORDS(), nullable=False),
        sa.Column("title", WORDS(), nullable=False),
        sa.Column("link", WORDS(), nullable=False),
        sa.Column("assumed", sa.Boolean(), nullable=False),
        sa.Column("discussed_at", MOMENT(), nullable=True),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_review_point_kind")),
        sa.CheckConstraint("part IN ('late', 'decide', 'due', 'nobody')", name=op.f("ck_review_point_part")),
        _refers("review_point", "review_id", "review"),
        _refers("review_point", "dossier_id", "dossier"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_point")),
        sa.UniqueConstraint("review_id", "number", name=op.f("uq_review_point_review_id_number")),
    )
    op.create_index("ix_review_point_subject", "review_point", ["kind", "subject_id"])
    op.create_index(op.f("ix_review_point_dossier_id"), "review_point", ["dossier_id"])


def downgrade() -> None:
    for table in ("minute", "review_point", "review_person", "review"):
        op.drop_table(table)
