"""A person says that a call or a dossier belongs to a publication."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "publication_links"
down_revision = "second_looks"
branch_labels = None
depends_on = None

DEEDS = ("changed", "withdrawn", "proposed", "released", "dropped", "taken_down")
OF_LINKS = ("linked", "unlinked")
REFERS = {"publication_id": "publication", "call_id": "call", "dossier_id": "dossier", "added_by": "user"}


def _own(name: str, type_: object, empty: bool = False) -> sa.Column:
    return sa.Column(name, type_, nullable=empty)


def upgrade() -> None:
    number = sa.Integer()
    op.create_table(
        "publication_link",
        _own("id", number), _own("publication_id", number), _own("call_id", number, True),
        _own("dossier_id", number, True), _own("added_by", number),
        _own("added_at", sqlmodel.sql.sqltypes.UTCDateTime()),
        sa.CheckConstraint("(call_id IS NULL) <> (dossier_id IS NULL)", name=op.f("ck_publication_link_one")),
        *(
            sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_publication_link_{column}_{to}"))
            for column, to in REFERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_link")),
        sa.UniqueConstraint(
            "publication_id", "call_id", name=op.f("uq_publication_link_publication_id_call_id")
        ),
        sa.UniqueConstraint(
            "publication_id", "dossier_id", name=op.f("uq_publication_link_publication_id_dossier_id")
        ),
    )  # fmt: skip
    for column in ("call_id", "dossier_id"):
        op.create_index(op.f(f"ix_publication_link_{column}"), "publication_link", [column])
    _hold((*DEEDS, *OF_LINKS))


def _hold(words: tuple[str, ...]) -> None:
    """Nothing refers to the history, so that SQLite may make its table anew."""
    name, listed = op.f("ck_publication_change_deed"), ", ".join(f"'{word}'" for word in words)
    with op.batch_alter_table("publication_change") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, sa.text(f"deed IN ({listed})"))


def downgrade() -> None:
    op.execute("DELETE FROM publication_change WHERE deed IN ('linked', 'unlinked')")
    _hold(DEEDS)
    op.drop_table("publication_link")
