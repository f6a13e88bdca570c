"""The network: contacts per subject, memberships and activities; organisations can be a network or a board.

SQLite cannot change a CHECK, and making the register anew would break the references to it; its documentation gives
this way for a constraint that says nothing of how rows are stored: https://www.sqlite.org/lang_altertable.html, part 7.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "network"
down_revision = "another_region"
branch_labels = None
depends_on = None

TEXT, MOMENT = sqlmodel.sql.sqltypes.AutoString, sqlmodel.sql.sqltypes.UTCDateTime
BEFORE = (
    "kind IN ('unknown', 'ministry', 'agency', 'parliament', 'eu', 'municipality', 'province', 'water_board', 'region', "
    "'knowledge', 'company', 'association', 'civic', 'office')"
)
SINCE = BEFORE.replace("'civic', ", "'civic', 'network', 'board', ")
LEVELS = "visibility IN ('own', 'mra')"


def _kinds(text: str, former: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _in_schema_of_sqlite(former, text)
        return
    op.drop_constraint(op.f("ck_organisation_kind"), "organisation", type_="check")
    op.create_check_constraint(op.f("ck_organisation_kind"), "organisation", sa.text(text))


def _in_schema_of_sqlite(former: str, text: str) -> None:
    """Within the migration's transaction; the raised number makes every connection read the schema again."""
    run = op.get_bind().exec_driver_sql
    number = run("PRAGMA schema_version").scalar_one()
    run("PRAGMA writable_schema = ON")
    run("UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE name = 'organisation'", (former, text))
    run(f"PRAGMA schema_version = {number + 1}")
    run("PRAGMA writable_schema = OFF")


def _refers(table: str, column: str, to: str) -> sa.Constraint:
    return sa.ForeignKeyConstraint([column], [to], name=op.f(f"fk_{table}_{column}_{to.partition('.')[0]}"))


def _own(name: str, type_: object, empty: bool = False) -> sa.Column:
    return sa.Column(name, type_, nullable=empty)


def _table(name: str, columns: list[sa.Column], refers: dict[str, str], checks: dict[str, str]) -> None:
    """A table of people's rows: whose it is, for whom, and who added it when."""
    owned = [_own("participant_id", TEXT()), _own("visibility", TEXT()), _own("version", sa.Integer())]
    added = [_own("added_by", sa.Integer()), _own("added_at", MOMENT())]
    keys = {"participant_id": "participant.id", "added_by": "user.id", **refers}
    op.create_table(
        name,
        _own("id", sa.Integer()), *owned, *columns, *added,
        *(sa.CheckConstraint(text, name=op.f(f"ck_{name}_{what}")) for what, text in checks.items()),
        *(_refers(name, column, to) for column, to in keys.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )  # fmt: skip
    for column in refers:
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])


def upgrade() -> None:
    _kinds(SINCE, BEFORE)
    _table(
        "subject_contact",
        [
            _own("subject", TEXT()), _own("challenge_id", TEXT(), True), _own("stakeholder_id", sa.Integer(), True),
            _own("user_id", sa.Integer(), True), _own("note", sa.Text()), _own("consent_on", sa.Date(), True),
            _own("consent_how", TEXT()), _own("ended_on", sa.Date(), True),
        ],
        {"challenge_id": "challenge.id", "stakeholder_id": "stakeholder.id", "user_id": "user.id"},
        {"visibility": LEVELS, "subject": "trim(subject) <> ''",
         "somebody": "(stakeholder_id IS NULL) <> (user_id IS NULL)"},
    )  # fmt: skip
    _table(
        "membership",
        [
            _own("organisation_id", sa.Integer()), _own("network_id", sa.Integer()), _own("role", TEXT()),
            _own("starts_on", sa.Date()), _own("ends_on", sa.Date(), True), _own("source", sa.Text()),
        ],
        {"organisation_id": "organisation.id", "network_id": "organisation.id"},
        {"role": "role IN ('member', 'chair', 'partner', 'observer')", "visibility": LEVELS,
         "two": "organisation_id <> network_id", "days": "ends_on IS NULL OR ends_on >= starts_on"},
    )  # fmt: skip
    _activities()


def _activities() -> None:
    _table(
        "network_activity",
        [
            _own("title", TEXT()), _own("kind", TEXT()), _own("day", sa.Date()), _own("last_day", sa.Date(), True),
            _own("place", TEXT()), _own("subregion", TEXT()), _own("subjects", sa.JSON()),
            _own("challenge_id", TEXT(), True), _own("attendance", sa.Integer(), True), _own("result", sa.Text()),
            _own("url", sa.Text()),
        ],
        {"challenge_id": "challenge.id"},
        {"kind": "kind IN ('congress', 'theme', 'visit', 'webinar', 'talks', 'other')", "visibility": LEVELS,
         "title": "trim(title) <> ''", "days": "last_day IS NULL OR last_day >= day",
         "attendance": "attendance IS NULL OR attendance >= 0"},
    )  # fmt: skip
    op.create_table(
        "activity_guest",
        _own("activity_id", sa.Integer()), _own("organisation_id", sa.Integer()),
        _refers("activity_guest", "activity_id", "network_activity.id"),
        _refers("activity_guest", "organisation_id", "organisation.id"),
        sa.PrimaryKeyConstraint("activity_id", "organisation_id", name=op.f("pk_activity_guest")),
    )  # fmt: skip
    op.create_index(op.f("ix_activity_guest_organisation_id"), "activity_guest", ["organisation_id"])


def downgrade() -> None:
    for table in ("activity_guest", "network_activity", "membership", "subject_contact"):
        op.drop_table(table)
    op.execute("UPDATE organisation SET kind = 'region' WHERE kind IN ('network', 'board')")
    _kinds(BEFORE, SINCE)
