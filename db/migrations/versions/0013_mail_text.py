"""What a mail says in a table of its own: SQLite writes a whole row with every change of its state."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_text",
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_mail_text_delivery_id_delivery")),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_mail_text")),
    )
    op.execute("INSERT INTO mail_text (delivery_id, text, html) SELECT id, text, html FROM delivery")
    # Dropped in place: copying the table would drop it while others point at it.
    op.drop_column("delivery", "text")
    op.drop_column("delivery", "html")


def downgrade() -> None:
    op.add_column("delivery", sa.Column("text", sa.Text(), nullable=False, server_default=""))
    op.add_column("delivery", sa.Column("html", sa.Text(), nullable=False, server_default=""))
    op.execute(
        "UPDATE delivery SET text = (SELECT text FROM mail_text WHERE delivery_id = delivery.id), "
        "html = (SELECT html FROM mail_text WHERE delivery_id = delivery.id) "
        "WHERE id IN (SELECT delivery_id FROM mail_text)"
    )
    op.drop_table("mail_text")
