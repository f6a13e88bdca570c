"""A dossier has a group: a level between the own organisation and the MRA, with the people who are in it.

SQLite cannot change a CHECK, and making the tables anew would break the references to them. Its documentation gives
this way for a constraint that says nothing of how rows are stored: https://www.sqlite.org/lang_altertable.html, part 7.
"""

import sqlalchemy as sa
from alembic import op

revision = "group_of_dossier"
down_revision = "call_topics"
branch_labels = None
depends_on = None

BEFORE = "('own', 'mra', 'public')"
SINCE = "('own', 'group', 'mra', 'public')"
TABLES = (
    "application", "assignment", "calendar_feed", "chain_link", "coalition_member", "coalition_stance", "cofunding",
    "cofunding_room", "commitment", "contact_moment", "decision_clock", "dossier", "lobby_agenda", "log_entry",
    "milestone", "moment", "outcome", "position", "sign_off_round", "stake", "stakeholder", "subscription", "verdict",
)  # fmt: skip


def _levels(levels: str, former: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _in_schema_of_sqlite(f"visibility IN {former}", f"visibility IN {levels}")
        return
    for table in TABLES:
        name = op.f(f"ck_{table}_visibility")
        op.drop_constraint(name, table, type_="check")
        op.create_check_constraint(name, table, sa.text(f"visibility IN {levels}"))


def _in_schema_of_sqlite(former: str, text: str) -> None:
    """Within the migration's transaction; the raised number makes every connection read the schema again."""
    connection = op.get_bind()
    number = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    connection.exec_driver_sql("UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table'", (former, text))
    connection.exec_driver_sql(f"PRAGMA schema_version = {number + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")


def upgrade() -> None:
    _levels(SINCE, BEFORE)
    for name in ("group_parties", "group_lobbyists"):
        op.add_column("dossier", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "dossier_reader",
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_reader_dossier_id_dossier")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_dossier_reader_user_id_user")),
        sa.PrimaryKeyConstraint("dossier_id", "user_id", name=op.f("pk_dossier_reader")),
    )
    op.create_index("ix_dossier_reader_user_id", "dossier_reader", ["user_id"])
    # A draft is read by those who work on it, until they share it.
    op.execute("UPDATE position SET visibility = 'own' WHERE state <> 'adopted'")


def downgrade() -> None:
    op.drop_table("dossier_reader")
    for name in ("group_parties", "group_lobbyists"):
        op.drop_column("dossier", name)
    for table in TABLES:
        rows = sa.table(table, sa.column("visibility"))
        if table != "log_entry":
            op.execute(rows.update().where(rows.c.visibility == "group").values(visibility="own"))
    op.execute("UPDATE log_entry SET visibility = 'own', redacted_at = CURRENT_TIMESTAMP WHERE visibility = 'group'")
    _levels(BEFORE, SINCE)
