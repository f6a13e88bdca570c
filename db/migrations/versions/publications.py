"""The KennisHuis: publications, their opgaven, words, releases to the public, and history."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "publications"
down_revision = "care"
branch_labels = None
depends_on = None

TEXT, MOMENT = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
FILES = "'pdf', 'word', 'excel', 'slides', 'odt', 'png', 'jpeg', 'text', 'csv', 'link'"
CHECKS = {
    "kind": "kind IN ('study', 'guide', 'result', 'lesson')",
    "licence": "licence IN ('cc0', 'cc_by', 'cc_by_sa', 'cc_by_nd', 'cc_by_nc', 'closed')",
    "language": "language IN ('nl', 'en', 'de', 'fr')",
    "file_kind": f"file_kind IS NULL OR file_kind IN ({FILES})",
    "visibility": "visibility IN ('mra')",
    "title": "trim(title) <> ''",
    "summary": "trim(summary) <> ''",
    "owner": "trim(owner) <> ''",
    "year": "year BETWEEN 1900 AND 2200",
    "file": "sha256 IS NULL OR file_kind IS NOT NULL",
}
DEEDS = "'changed', 'withdrawn', 'proposed', 'released', 'dropped', 'taken_down'"


def _refers(table: str, column: str, to: str) -> sa.Constraint:
    return sa.ForeignKeyConstraint([column], [to], name=op.f(f"fk_{table}_{column}_{to.partition('.')[0]}"))


def _own(name: str, type_: object, empty: bool = False) -> sa.Column:
    return sa.Column(name, type_, nullable=empty)


def upgrade() -> None:
    _publications()
    op.create_table(
        "publication_challenge",
        _own("publication_id", sa.Integer()), _own("challenge_id", TEXT()),
        _refers("publication_challenge", "publication_id", "publication.id"),
        _refers("publication_challenge", "challenge_id", "challenge.id"),
        sa.PrimaryKeyConstraint("publication_id", "challenge_id", name=op.f("pk_publication_challenge")),
    )  # fmt: skip
    op.create_table(
        "publication_text",
        _own("publication_id", sa.Integer()), _own("sha256", TEXT()), _own("words", sa.Text()), _own("remark", TEXT()),
        _refers("publication_text", "publication_id", "publication.id"),
        sa.PrimaryKeyConstraint("publication_id", name=op.f("pk_publication_text")),
    )  # fmt: skip
    _releases()
    op.create_table(
        "publication_change",
        _own("id", sa.Integer()), _own("publication_id", sa.Integer()), _own("deed", TEXT()),
        _own("user_id", sa.Integer()), _own("at", MOMENT()), _own("before", sa.Text()),
        sa.CheckConstraint(f"deed IN ({DEEDS})", name=op.f("ck_publication_change_deed")),
        _refers("publication_change", "publication_id", "publication.id"),
        _refers("publication_change", "user_id", "user.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_change")),
    )  # fmt: skip
    for table, column in INDEXES:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


INDEXES = (
    ("publication", "sha256"), ("publication", "application_id"), ("publication_challenge", "challenge_id"),
    ("publication_release", "publication_id"), ("publication_release", "sha256"),
    ("publication_change", "publication_id"),
)  # fmt: skip


def _publications() -> None:
    op.create_table(
        "publication",
        _own("id", sa.Integer()), _own("participant_id", TEXT()), _own("visibility", TEXT()),
        _own("version", sa.Integer()), _own("kind", TEXT()), _own("title", TEXT()), _own("summary", sa.Text()),
        _own("subjects", sa.JSON()), _own("owner", TEXT()), _own("year", sa.Integer()), _own("licence", TEXT()),
        _own("language", TEXT()), _own("url", sa.Text()), _own("file_kind", TEXT(), True), _own("file_name", TEXT()),
        _own("size", sa.Integer()), _own("sha256", TEXT(), True), _own("application_id", sa.Integer(), True),
        _own("added_by", sa.Integer()), _own("added_at", MOMENT()), _own("withdrawn_by", sa.Integer(), True),
        _own("withdrawn_at", MOMENT(), True), _own("withdrawn_why", TEXT()),
        *(sa.CheckConstraint(text, name=op.f(f"ck_publication_{name}")) for name, text in CHECKS.items()),
        _refers("publication", "participant_id", "participant.id"), _refers("publication", "added_by", "user.id"),
        _refers("publication", "withdrawn_by", "user.id"), _refers("publication", "application_id", "dossier.id"),
        _refers("publication", "sha256", "document_content.sha256"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
    )  # fmt: skip


def _releases() -> None:
    people = ("proposed_by", "confirmed_by", "dropped_by")
    op.create_table(
        "publication_release",
        _own("id", sa.Integer()), _own("publication_id", sa.Integer()), _own("title", TEXT()),
        _own("summary", sa.Text()), _own("owner", TEXT()), _own("details", sa.JSON()), _own("sha256", TEXT(), True),
        _own("proposed_by", sa.Integer()), _own("proposed_at", MOMENT()), _own("confirmed_by", sa.Integer(), True),
        _own("settled_at", MOMENT(), True), _own("dropped_by", sa.Integer(), True), _own("ended_at", MOMENT(), True),
        sa.CheckConstraint("confirmed_by <> proposed_by", name=op.f("ck_publication_release_second_person")),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR settled_at IS NOT NULL", name=op.f("ck_publication_release_settled")
        ),
        _refers("publication_release", "publication_id", "publication.id"),
        _refers("publication_release", "sha256", "document_content.sha256"),
        *(_refers("publication_release", column, "user.id") for column in people),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_release")),
    )  # fmt: skip


def downgrade() -> None:
    for table in ("change", "release", "text", "challenge"):
        op.drop_table(f"publication_{table}")
    op.drop_table("publication")
