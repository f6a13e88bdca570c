"""Find sightings by official reference; remember damped changes, their evidence, and what kind a crawl's source is."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("crawl") as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(), nullable=False, server_default="catalogue"))
        batch_op.create_check_constraint(batch_op.f("ck_crawl_kind"), "kind IN ('catalogue', 'stream')")
    op.add_column("revision", sa.Column("damped", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("revision", sa.Column("snapshot", sa.String(), nullable=True))
    op.create_index(
        "ix_revision_damped",
        "revision",
        ["crawl_id"],
        sqlite_where=sa.text("damped"),
        postgresql_where=sa.text("damped"),
    )
    op.create_table(
        "reference",
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("sighting_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["sighting_id"], ["sighting.id"], name="fk_reference_sighting_id_sighting"),
        sa.PrimaryKeyConstraint("reference", "sighting_id", name="pk_reference"),
    )
    op.create_index("ix_reference_sighting_id", "reference", ["sighting_id"])


def downgrade() -> None:
    op.drop_table("reference")
    op.drop_index("ix_revision_damped", "revision")
    op.drop_column("revision", "snapshot")
    op.drop_column("revision", "damped")
    with op.batch_alter_table("crawl") as batch_op:
        batch_op.drop_constraint("ck_crawl_kind", type_="check")
        batch_op.drop_column("kind")
