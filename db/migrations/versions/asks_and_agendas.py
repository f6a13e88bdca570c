"""Of whom something was asked, and the lobby agenda as it was adopted."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "asks_and_agendas"
down_revision = "moments_are_not_grants"
branch_labels = None
depends_on = None

WORDS = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.add_column("outcome", sa.Column("asked_of", WORDS(), nullable=False, server_default=""))
    op.add_column("lobby_agenda", sa.Column("document", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column("lobby_agenda", "document")
    op.drop_column("outcome", "asked_of")
