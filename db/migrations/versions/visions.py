"""The visie as a text: of the region or an opgave, with every version, what is proposed for it, and goals that serve it."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "visions"
down_revision = "consent_history"
branch_labels = None
depends_on = None

TEXT, MOMENT = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
WORDS = ("title", "authors", "why")


def _own(name: str, type_: object, empty: bool = False) -> sa.Column:
    return sa.Column(name, type_, nullable=empty)


def _table(name: str, *parts: sa.schema.SchemaItem, **refers: str) -> None:
    keys = [
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{name}_{column}_{to}"))
        for column, to in refers.items()
    ]
    op.create_table(
        name, _own("id", sa.Integer()), *parts, *keys, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}"))
    )


def upgrade() -> None:
    _table(
        "vision",
        _own("challenge_id", TEXT(), True), _own("made_at", MOMENT()), _own("number", sa.Integer()),
        sa.UniqueConstraint("challenge_id", name=op.f("uq_vision_challenge_id")),
        challenge_id="challenge",
    )  # fmt: skip
    _table(
        "vision_proposal",
        _own("vision_id", sa.Integer()), _own("number", sa.Integer()), *(_own(word, TEXT()) for word in WORDS),
        _own("text", sa.Text()), _own("participant_id", TEXT()), _own("proposed_by", sa.Integer()),
        _own("proposed_at", MOMENT()), _own("state", TEXT()), _own("settled_by", sa.Integer(), True),
        _own("settled_at", MOMENT(), True), _own("answer", TEXT()), _own("version", sa.Integer()),
        sa.CheckConstraint(
            "state IN ('open', 'taken', 'declined', 'withdrawn')", name=op.f("ck_vision_proposal_state")
        ),
        sa.CheckConstraint("trim(text) <> ''", name=op.f("ck_vision_proposal_text")),
        sa.CheckConstraint(
            "state <> 'taken' OR settled_by <> proposed_by", name=op.f("ck_vision_proposal_second_person")
        ),
        vision_id="vision", participant_id="participant", proposed_by="user", settled_by="user",
    )  # fmt: skip
    op.create_index(op.f("ix_vision_proposal_vision_id"), "vision_proposal", ["vision_id"])
    _table(
        "vision_version",
        _own("vision_id", sa.Integer()), _own("number", sa.Integer()), *(_own(word, TEXT()) for word in WORDS),
        _own("text", sa.Text()), _own("proposal_id", sa.Integer()), _own("since", MOMENT()),
        sa.UniqueConstraint("vision_id", "number", name=op.f("uq_vision_version_vision_id_number")),
        vision_id="vision", proposal_id="vision_proposal",
    )  # fmt: skip
    # Both databases take a reference with a new column of no value so; Alembic would copy the table on SQLite.
    op.execute(
        "ALTER TABLE goal ADD COLUMN vision_id INTEGER CONSTRAINT fk_goal_vision_id_vision REFERENCES vision (id)"
    )
    op.create_index(op.f("ix_goal_vision_id"), "goal", ["vision_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_goal_vision_id"), "goal")
    with op.batch_alter_table("goal") as batch:
        batch.drop_column("vision_id")
    for name in ("vision_version", "vision_proposal", "vision"):
        op.drop_table(name)
