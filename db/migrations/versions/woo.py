"""The public register of contacts, let out by two people, and what is decided on pieces of a dossier under the Woo."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "woo"
down_revision = "action_points"
branch_labels = None
depends_on = None

TEXT, MOMENT = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.create_table(
        "public_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", TEXT(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(name, TEXT(), nullable=False) for name in ("ours", "organisation", "office")),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", MOMENT(), nullable=False),
        sa.Column("released_by", sa.Integer(), nullable=True),
        sa.Column("released_at", MOMENT(), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", MOMENT(), nullable=True),
        sa.CheckConstraint(
            "trim(ours) <> '' AND trim(organisation) <> '' AND trim(subject) <> ''",
            name=op.f("ck_public_contact_said"),
        ),
        sa.CheckConstraint(
            "released_by IS NULL OR released_by <> proposed_by", name=op.f("ck_public_contact_four_eyes")
        ),
        *_refers("public_contact", participant_id="participant", proposed_by="user", released_by="user"),
        *_refers("public_contact", ended_by="user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_contact")),
    )
    for column in ("contact_id", "participant_id"):
        op.create_index(op.f(f"ix_public_contact_{column}"), "public_contact", [column])
    op.create_table(
        "woo_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        *(sa.Column(name, TEXT(), nullable=False) for name in ("piece", "seal", "verdict")),
        sa.Column("struck", sa.JSON(), nullable=False),
        sa.Column("ground", TEXT(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.CheckConstraint("verdict IN ('share', 'partly', 'withhold')", name=op.f("ck_woo_decision_verdict")),
        sa.UniqueConstraint("dossier_id", "piece", name=op.f("uq_woo_decision_dossier_id_piece")),
        *_refers("woo_decision", dossier_id="dossier", user_id="user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_woo_decision")),
    )


def _refers(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))
        for column, to in columns.items()
    ]


def downgrade() -> None:
    op.drop_table("woo_decision")
    op.drop_table("public_contact")
