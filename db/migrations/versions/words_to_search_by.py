"""Calls are found by their code, programme and title; opgaven say what a word is called in the other language."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from db.search_index import drop_index, make_index
from db.search_words import search_words, searchable

revision = "words_to_search_by"
down_revision = "told_means_named"
branch_labels = None
depends_on = None

BATCH = 500
FILED_UNDER = ("tags", "keywords", "subjects", "sectors", "targets")
CALL = sa.table(
    "call",
    *(sa.column(name, sa.Text) for name in ("title", "language", "call_title", "destination", "publisher", "summary")),
    *(sa.column(name, sa.JSON) for name in ("programme", "particulars")),
    sa.column("id", sa.Integer), sa.column("search_text", sa.Text),
)  # fmt: skip
SIGHTING = sa.table(
    "sighting",
    sa.column("call_id", sa.Integer), sa.column("external_id", sa.Text), sa.column("references", sa.JSON),
)  # fmt: skip


def upgrade() -> None:
    """Every call gets its words anew."""
    op.add_column("challenge", sa.Column("translations", sa.JSON(), nullable=False, server_default="{}"))
    codes = _codes()
    _write(lambda row: search_words(row.language, row.title, row.programme, codes.get(row.id, ()), *_others(row)))


def downgrade() -> None:
    """The words alone, as before."""
    _write(lambda row: searchable(row.language, row.title, *row.programme, *_others(row)))
    op.drop_column("challenge", "translations")


def _others(row: Any) -> Iterator[str | None]:
    yield from (row.call_title, row.destination, row.publisher)
    yield from (word for name in FILED_UNDER for word in (row.particulars or {}).get(name) or ())
    yield row.summary


def _codes() -> dict[int, list[str]]:
    codes: dict[int, list[str]] = {}
    for row in op.get_bind().execute(sa.select(SIGHTING)):
        codes.setdefault(row.call_id, []).extend([*(row.references or ()), row.external_id])
    return codes


def _write(words: Any) -> None:
    bind = op.get_bind()
    drop_index(bind)
    ids = list(bind.execute(sa.select(CALL.c.id).order_by(CALL.c.id)).scalars())
    for start in range(0, len(ids), BATCH):
        rows = bind.execute(sa.select(CALL).where(CALL.c.id.in_(ids[start : start + BATCH]))).all()
        again = sa.update(CALL).where(CALL.c.id == sa.bindparam("of")).values(search_text=sa.bindparam("words"))
        bind.execute(again, [{"of": row.id, "words": words(row)} for row in rows])
    make_index(bind)
