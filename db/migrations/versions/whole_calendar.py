"""A calendar feed can hold the whole calendar."""

import sqlalchemy as sa
from alembic import op

revision = "whole_calendar"
down_revision = "api_keys"
branch_labels = None
depends_on = None

SCOPES = ("personal", "team", "challenge", "filter")


def _hold(scopes: tuple[str, ...]) -> None:
    name, listed = op.f("ck_calendar_feed_scope"), ", ".join(f"'{scope}'" for scope in scopes)
    with op.batch_alter_table("calendar_feed") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, sa.text(f"scope IN ({listed})"))


def upgrade() -> None:
    _hold((*SCOPES, "all"))


def downgrade() -> None:
    op.execute("DELETE FROM calendar_feed WHERE scope = 'all'")
    _hold(SCOPES)
