"""What was said in a meeting while its subject was narrower stays with the organisation, also once that is opened."""

from alembic import op

revision = "said_in_reviews"
down_revision = "reviews"
branch_labels = None
depends_on = None

LEVELS = "visibility IN ('own', 'group', 'mra', 'public')"


def upgrade() -> None:
    for table in ("review_point", "minute"):  # in one statement: SQLite cannot rebuild a table that others refer to
        check = f"CONSTRAINT ck_{table}_visibility CHECK ({LEVELS})"
        op.execute(f"ALTER TABLE {table} ADD COLUMN visibility VARCHAR DEFAULT 'own' NOT NULL {check}")


def downgrade() -> None:
    for table in ("minute", "review_point"):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_visibility"), type_="check")
            batch.drop_column("visibility")
