"""Search finds the beginnings of words in an index of their own, instead of reading through every word that starts so."""

from alembic import op

from db.search_index import make_index

revision = "beginnings_of_words"
down_revision = "past_winners"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The index is built anew from the words that calls keep: seconds for a hundred thousand calls."""
    if op.get_bind().dialect.name == "sqlite":
        make_index(op.get_bind())


def downgrade() -> None:
    """Nothing: an index with beginnings serves the program of before as well."""
