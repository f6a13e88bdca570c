"""Organisations and their offices become records of one register; what was typed of them before leads there.

What only one participant knows stays its own; what was shared with the MRA in a talk or a stake becomes shared. The
way of making two spellings one is kept here as it was on this day. A plain statement adds the column, since SQLite adds
it without making the table anew, which other tables refer to.
"""

import re
import unicodedata
from collections.abc import Iterator

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "organisations"
down_revision = "second_opinion"
branch_labels = None
depends_on = None

KINDS = (
    *("unknown", "ministry", "agency", "parliament", "eu", "municipality", "province", "water_board", "region"),
    *("knowledge", "company", "association", "civic", "office"),
)
PRIVATE = sa.text("visibility = 'own' AND merged_into_id IS NULL AND parent_id IS NULL")
PRIVATE_OFFICE = sa.text("visibility = 'own' AND merged_into_id IS NULL AND parent_id IS NOT NULL")
UNERASED = sa.text("erased_at IS NULL")
SHARED = """
SELECT stakeholder_id FROM contact_moment WHERE visibility IN ('mra', 'public')
UNION SELECT stakeholder_id FROM stake WHERE visibility IN ('mra', 'public')
UNION SELECT id FROM stakeholder WHERE visibility IN ('mra', 'public')
"""
STAKEHOLDER = sa.table(
    "stakeholder",
    *map(sa.column, ("id", "participant_id", "organisation", "office", "person", "erased_at", "organisation_id")),
    sa.column("created_at", sqlmodel.sql.sqltypes.UTCDateTime()),
)


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    organisation = op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", text(), nullable=False),
        sa.Column("name", text(), nullable=False),
        sa.Column("key", text(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("code", text(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("participant_id", text(), nullable=True),
        sa.Column("visibility", text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint(f"kind IN ({_listed(KINDS)})", name=op.f("ck_organisation_kind")),
        sa.CheckConstraint("visibility IN ('own', 'mra')", name=op.f("ck_organisation_visibility")),
        sa.CheckConstraint("trim(name) <> ''", name=op.f("ck_organisation_name")),
        sa.CheckConstraint("visibility = 'mra' OR participant_id IS NOT NULL", name=op.f("ck_organisation_owner")),
        sa.CheckConstraint("merged_into_id IS NULL OR merged_into_id <> id", name=op.f("ck_organisation_merged")),
        *(
            sa.ForeignKeyConstraint([column], ["organisation.id"], name=op.f(f"fk_organisation_{column}_organisation"))
            for column in ("parent_id", "successor_id", "merged_into_id")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name=op.f("fk_organisation_participant_id_participant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("code", name=op.f("uq_organisation_code")),
    )
    op.create_index("ix_organisation_key", "organisation", ["key"])
    for column in ("parent_id", "successor_id", "merged_into_id"):
        op.create_index(op.f(f"ix_organisation_{column}"), "organisation", [column])
    _own_index("uq_organisation_own", ["participant_id", "key"], PRIVATE)
    _own_index("uq_organisation_own_office", ["participant_id", "parent_id", "key"], PRIVATE_OFFICE)
    op.create_table(
        "organisation_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("kind", text(), nullable=False),
        sa.Column("name", text(), nullable=False),
        sa.Column("key", text(), nullable=False),
        sa.Column("used_until", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('abbreviation', 'former', 'other')", name=op.f("ck_organisation_name_kind")),
        sa.CheckConstraint("trim(name) <> ''", name=op.f("ck_organisation_name_name")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_organisation_name_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_name")),
        sa.UniqueConstraint("organisation_id", "key", name=op.f("uq_organisation_name_organisation_id_key")),
    )
    op.create_index(op.f("ix_organisation_name_key"), "organisation_name", ["key"])
    op.drop_index("uq_stakeholder_office", "stakeholder")
    op.drop_index("ix_stakeholder_office", "stakeholder")
    op.execute(
        "ALTER TABLE stakeholder ADD COLUMN organisation_id INTEGER"
        " CONSTRAINT fk_stakeholder_organisation_id_organisation REFERENCES organisation (id)"
    )
    _link(organisation)
    op.execute("ALTER TABLE stakeholder DROP COLUMN office_key")
    op.create_index(op.f("ix_stakeholder_organisation_id"), "stakeholder", ["organisation_id"])
    _own_index("uq_stakeholder_office", ["participant_id", "organisation_id", "person"], UNERASED, "stakeholder")


def _own_index(name: str, columns: list[str], where: sa.TextClause, table: str = "organisation") -> None:
    op.create_index(name, table, columns, unique=True, sqlite_where=where, postgresql_where=where)


def _link(organisation: sa.Table) -> None:
    """An organisation, and where there is one an office, for every stakeholder that is there."""
    connection = op.get_bind()
    shared = set(connection.execute(sa.text(SHARED)).scalars())
    rows = connection.execute(sa.select(STAKEHOLDER).order_by(STAKEHOLDER.c.id)).all()
    open_keys = {place for row in rows if row.id in shared for place in _places(row)}
    made: dict[tuple[str, ...], int] = {}
    taken: set[tuple[str, int, str]] = set()

    def insert(name: str, parent: int | None, row: sa.Row, is_open: bool, merged: int | None = None) -> int:
        values = {
            "kind": "office" if parent else "unknown",
            "name": name,
            "key": _key(name),
            "parent_id": parent,
            "merged_into_id": merged,
            "participant_id": row.participant_id,
            "visibility": "mra" if is_open else "own",
            "version": 1,
            "created_at": row.created_at,
        }
        return connection.execute(sa.insert(organisation).values(values)).inserted_primary_key[0]

    for row in rows:
        parent = here = None
        for place, name in zip(_places(row), (row.organisation, row.office), strict=False):
            is_open = place in open_keys
            chain = ("" if is_open else row.participant_id, *place)
            parent, here = here, made.get(chain)
            if here is None:
                here = made[chain] = insert(name, parent, row, is_open)
        mine = (row.participant_id, here, row.person)
        if mine in taken and row.erased_at is None:  # two spellings of before: the second leads to the first
            here = insert(name, parent, row, is_open, here)
        if row.erased_at is None:
            taken.add(mine)
        done = sa.update(STAKEHOLDER).where(STAKEHOLDER.c.id == row.id).values(organisation_id=here)
        connection.execute(done)


def _places(row: sa.Row[tuple[object, ...]]) -> Iterator[tuple[str, ...]]:
    """The key of the organisation, then of the office in it."""
    organisation = _key(row.organisation)
    yield (organisation,)
    if row.office.strip():
        yield (organisation, _key(row.office))


def _key(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.replace("&", " en ")).casefold()
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    words = " ".join(re.sub(r"[^\w]+|_", " ", letters).split())
    bare = re.sub(r"^(?:(?:het|de|the) )?(?:ministerie|min)\b(?: van\b)?(?: (?:het|de)\b)? ?", "", words)
    return (re.sub(r" (?:b ?v|n ?v|u ?a)$", "", bare) or words).replace(" ", "") or name.strip()


def downgrade() -> None:
    connection = op.get_bind()
    op.drop_index("uq_stakeholder_office", "stakeholder")
    op.drop_index(op.f("ix_stakeholder_organisation_id"), "stakeholder")
    op.execute("ALTER TABLE stakeholder ADD COLUMN office_key VARCHAR NOT NULL DEFAULT ''")
    table = sa.table("stakeholder", *map(sa.column, ("id", "organisation", "office", "office_key")))
    for row in connection.execute(sa.select(table)).all():
        plain = unicodedata.normalize("NFKD", f"{row.organisation} | {row.office}").casefold()
        key = " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())
        connection.execute(sa.update(table).where(table.c.id == row.id).values(office_key=key))
    op.create_index("ix_stakeholder_office", "stakeholder", ["office_key"])
    _own_index("uq_stakeholder_office", ["participant_id", "office_key", "person"], UNERASED, "stakeholder")
    op.execute("ALTER TABLE stakeholder DROP COLUMN organisation_id")
    op.drop_table("organisation_name")
    op.drop_table("organisation")
