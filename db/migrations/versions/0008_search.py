"""Index the words of calls: FTS5 on SQLite, GIN on PostgreSQL."""

from alembic import op

from db.search import drop_index, make_index

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    make_index(op.get_bind())


def downgrade() -> None:
    drop_index(op.get_bind())
