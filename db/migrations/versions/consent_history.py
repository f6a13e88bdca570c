"""Consent of a contact person has a history; what stands now is its first line."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "consent_history"
down_revision = "activities_move"
branch_labels = None
depends_on = None

TEXT, MOMENT = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
REFERS = {
    "participant_id": "participant", "subject_contact_id": "subject_contact", "stakeholder_id": "stakeholder",
    "user_id": "user", "recorded_by": "user", "withdrawn_by": "user",
}  # fmt: skip
SINCE = sa.text(
    "INSERT INTO contact_consent (participant_id, visibility, version, subject_contact_id, subject, stakeholder_id,"
    " user_id, given_on, given_how, recorded_by, recorded_at, withdrawn_how)"
    " SELECT participant_id, 'own', 1, id, subject, stakeholder_id, user_id, consent_on, consent_how, added_by,"
    " added_at, '' FROM subject_contact WHERE consent_on IS NOT NULL"
)


def _own(name: str, type_: object, empty: bool = False) -> sa.Column:
    return sa.Column(name, type_, nullable=empty)


def upgrade() -> None:
    op.create_table(
        "contact_consent",
        _own("id", sa.Integer()), _own("participant_id", TEXT()), _own("visibility", TEXT()),
        _own("version", sa.Integer()), _own("subject_contact_id", sa.Integer(), True), _own("subject", TEXT()),
        _own("stakeholder_id", sa.Integer(), True), _own("user_id", sa.Integer(), True), _own("given_on", sa.Date()),
        _own("given_how", TEXT()), _own("recorded_by", sa.Integer()), _own("recorded_at", MOMENT()),
        _own("withdrawn_on", sa.Date(), True), _own("withdrawn_how", TEXT()),
        _own("withdrawn_by", sa.Integer(), True), _own("withdrawn_at", MOMENT(), True),
        sa.CheckConstraint("visibility IN ('own')", name=op.f("ck_contact_consent_visibility")),
        sa.CheckConstraint(
            "(stakeholder_id IS NULL) <> (user_id IS NULL)", name=op.f("ck_contact_consent_somebody")
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_contact_consent_{column}_{to}"))
            for column, to in REFERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_consent")),
    )  # fmt: skip
    for column in ("subject_contact_id", "stakeholder_id", "user_id"):
        op.create_index(op.f(f"ix_contact_consent_{column}"), "contact_consent", [column])
    op.execute(SINCE)


def downgrade() -> None:
    op.drop_table("contact_consent")
