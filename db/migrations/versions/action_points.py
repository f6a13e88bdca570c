"""Points that people put on a review meeting themselves: what, who, by when, and how it ended."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "action_points"
down_revision = "publications"
branch_labels = None
depends_on = None

MOMENT, WORDS = sqlmodel.sql.sqltypes.UTCDateTime, sqlmodel.sql.sqltypes.AutoString
BEFORE = (
    "'milestone', 'deadline', 'task', 'application', 'call', 'commitment', 'follow_up', 'position', 'moment', 'round',"
    " 'resolution'"
)
AFTER = f"{BEFORE}, 'action'"
CHECK = "ck_review_point_kind"


def upgrade() -> None:
    op.create_table(
        "action_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("participant_id", WORDS(), nullable=False),
        sa.Column("visibility", WORDS(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("state", WORDS(), nullable=False),
        sa.Column("added_at", MOMENT(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("settled_at", MOMENT(), nullable=True),
        sa.CheckConstraint("visibility IN ('own', 'group', 'mra', 'public')", name=op.f("ck_action_point_visibility")),
        sa.CheckConstraint("state IN ('planned', 'done', 'dropped')", name=op.f("ck_action_point_state")),
        *(
            _refers(*each)
            for each in (("participant_id", "participant"), ("assignee_id", "user"), ("added_by", "user"))
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_point")),
    )
    _hold_to(AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM minute WHERE point_id IN (SELECT id FROM review_point WHERE kind = 'action')")
    op.execute("DELETE FROM review_point WHERE kind = 'action'")
    _hold_to(BEFORE)
    op.drop_table("action_point")


def _refers(column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_action_point_{column}_{to}"))


def _hold_to(kinds: str) -> None:
    """Other words for a point. SQLite rebuilds the table for it, which it can while no minute refers to a point."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f(CHECK), "review_point", type_="check")
        op.create_check_constraint(op.f(CHECK), "review_point", f"kind IN ({kinds})")
        return
    said = op.get_bind().execute(sa.text("SELECT id, point_id, at, user_id, text, visibility FROM minute")).all()
    made = op.get_bind().execute(sa.text("SELECT sql FROM sqlite_master WHERE tbl_name = 'minute' AND sql <> ''")).all()
    op.drop_table("minute")
    with op.batch_alter_table("review_point") as batch:
        batch.drop_constraint(op.f(CHECK), type_="check")
        batch.create_check_constraint(op.f(CHECK), sa.text(f"kind IN ({kinds})"))
    for (sql,) in made:
        op.execute(sql)
    keep = sa.text("INSERT INTO minute (id, point_id, at, user_id, text, visibility) VALUES (:id, :p, :at, :u, :t, :v)")
    for row in said:
        op.get_bind().execute(keep, dict(zip(("id", "p", "at", "u", "t", "v"), row, strict=True)))
