"""What was said in a meeting while its subject was narrower stays with the organisation, also once that is opened."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "said_in_reviews"
down_revision = "reviews"
branch_labels = None
depends_on = None

LEVELS = "visibility IN ('own', 'group', 'mra', 'public')"


def upgrade() -> None:
    for table in ("review_point", "minute"):
        words = sqlmodel.sql.sqltypes.AutoString()
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("visibility", words, nullable=False, server_default="own"))
            batch.create_check_constraint(op.f(f"ck_{table}_visibility"), sa.text(LEVELS))
        with op.batch_alter_table(table) as batch:
            batch.alter_column("visibility", server_default=None)


def downgrade() -> None:
    for table in ("review_point", "minute"):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_visibility"), type_="check")
            batch.drop_column("visibility")
