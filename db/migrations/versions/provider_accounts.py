"""Sign in with the organisation's account, and links that nobody else's asking takes away.

Plain statements add columns, since SQLite adds them without making the table anew.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "provider_accounts"
down_revision = "absences"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text, moment = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
    op.create_table(
        "identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issuer", text(), nullable=False),
        sa.Column("subject", text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("linked_at", moment(), nullable=False),
        sa.Column("last_at", moment(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_identity_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_identity_issuer_subject")),
    )
    op.create_index(op.f("ix_identity_user_id"), "identity", ["user_id"])
    op.create_table(
        "provider_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state_hash", text(), nullable=False),
        sa.Column("browser_hash", text(), nullable=False),
        sa.Column("provider", text(), nullable=False),
        sa.Column("nonce", text(), nullable=False),
        sa.Column("verifier", text(), nullable=False),
        sa.Column("next_path", text(), nullable=False),
        sa.Column("stepping_up", sa.Boolean(), nullable=False),
        sa.Column("started_at", moment(), nullable=False),
        sa.Column("expires_at", moment(), nullable=False),
        sa.Column("used_at", moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_visit")),
        sa.UniqueConstraint("state_hash", name=op.f("uq_provider_visit_state_hash")),
    )
    op.create_table(
        "known_browser",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("last_at", moment(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_known_browser_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_browser")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_known_browser_token_hash")),
    )
    op.create_index(op.f("ix_known_browser_user_id"), "known_browser", ["user_id"])
    op.add_column("web_session", sa.Column("provider_sid", text(), nullable=False, server_default=""))
    op.execute("ALTER TABLE web_session ADD COLUMN identity_id INTEGER REFERENCES identity (id)")
    op.add_column("magic_link", sa.Column("asked_by", text(), nullable=False, server_default=""))
    op.add_column("user", sa.Column("seen_at", moment(), nullable=True))
    op.execute(
        'UPDATE "user" SET seen_at = (SELECT max(created_at) FROM web_session WHERE web_session.user_id = "user".id)'
    )


def downgrade() -> None:
    op.drop_column("user", "seen_at")
    op.drop_column("magic_link", "asked_by")
    for column in ("identity_id", "provider_sid"):
        op.drop_column("web_session", column)
    for table in ("known_browser", "provider_visit", "identity"):
        op.drop_table(table)
