"""Contacts from a file: what export gave comes back, under the rights of who brings it, all rows or none."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from db.models import AuditEntry, ContactMoment, LogEntry, Stakeholder, User
from db.session import open_engine
from tests.make.lobby import Cast, gather
from tests.make.nursery import kansenradar
from tracker.errors import NotPossible
from tracker.exchange.dutch_heads import in_dutch
from tracker.exchange.export_lobby import contacts
from tracker.exchange.import_contacts import import_contacts
from tracker.exchange.rows import Imported, NotImported, rows_of
from tracker.exchange.tables import FORMATS
from tracker.lobby.contacts import ContactFields, Office, log_contact
from tracker.rights import viewer_of

pytestmark = pytest.mark.one_database  # its SQL stands in rooms whose own tests run on both


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    return gather(session, now)


def exported(session: Session, user: User, now: datetime) -> list[dict[str, Any]]:
    return list(contacts(session, viewer_of(user), now))


def brought(session: Session, content: bytes | str, user: User, now: datetime, form: str = "jsonl") -> Imported:
    raw = content.encode() if isinstance(content, str) else content
    return import_contacts(session, rows_of(raw, form), user, now)


def fill(cast: Cast) -> None:
    talk = ContactFields(date(2026, 5, 1), "=1+1 is ons bod", reply="Komt terug", visibility="mra")
    call = ContactFields(date(2026, 6, 3), "Kaart\ngestuurd", "call", follow_up="Bel na", follow_up_on=date(2026, 6, 9))
    for fields, office in ((talk, Office("VRO", "DG Wonen", "Jan de Vries")), (call, Office("Provincie NH"))):
        log_contact(cast.deed(), fields, office)
    cast.session.commit()


@pytest.mark.parametrize("form", ["jsonl", "csv", "xlsx"])
def test_what_was_exported_comes_back_without_the_name_of_a_person(
    cast: Cast, form: str, sqlite_template: Path, tmp_path: Path
) -> None:
    fill(cast)
    before = exported(cast.session, cast.lobbyist, cast.now)
    written = FORMATS[form](before if form == "jsonl" else in_dutch("contacts", before))
    path = tmp_path / "elsewhere.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = open_engine(f"sqlite:///{path}")
    with Session(engine) as elsewhere:
        other = gather(elsewhere, cast.now)
        assert brought(elsewhere, written, other.lobbyist, cast.now, form) == Imported(2, 2)
        assert exported(elsewhere, other.lobbyist, cast.now) == before
        assert brought(elsewhere, written, other.lobbyist, cast.now, form) == Imported(2, 0)
        assert set(elsewhere.exec(select(Stakeholder.person))) == {""}
        assert elsewhere.exec(select(AuditEntry.action, AuditEntry.object)).all() == [("import", "2 contacts")]
    engine.dispose()
    assert brought(cast.session, written, cast.lobbyist, cast.now, form) == Imported(2, 0), "they are there already"


def test_a_row_needs_three_columns_and_stays_within_the_own_organisation(cast: Cast) -> None:
    dossier = cast.open()
    rows = f"day;organisation;message;kind;dossier\n2026-05-20;VRO;Ons bod;gesprek;{dossier.id}\n"
    assert brought(cast.session, rows, cast.haarlem, cast.now, "csv") == Imported(1, 1)
    contact = cast.session.exec(select(ContactMoment)).one()
    assert (contact.participant_id, contact.visibility, contact.user_id) == ("haarlem", "own", cast.haarlem.id)
    assert exported(cast.session, cast.lobbyist, cast.now) == []
    logged = cast.session.exec(select(LogEntry).where(LogEntry.kind == "contact")).one()
    assert (logged.day, logged.dossier_id, logged.visibility) == (date(2026, 5, 20), dossier.id, "own")


GOOD = {"day": "2026-05-20", "organisation": "VRO", "message": "Ons bod"}
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"day": ""}, "row 1: day: a contact needs a day"),
    ({"day": "20 mei"}, "row 1: day: '20 mei' is no day such as 2026-05-29"),
    ({"day": "0206-05-20"}, "row 1: day: the year 206 cannot be right"),
    ({"message": " "}, "row 1: message: Schrijf in één zin"),
    ({"organisation": ""}, "row 1: organisation: Noem de organisatie."),
    ({"message": "x" * 20_001}, "row 1: message: longer than 20000 characters"),
    ({"kind": "duif"}, "row 1: kind: no 'duif'; there are talk, call"),
    ({"visibility": "iedereen"}, "row 1: visibility: no 'iedereen'; there are own, group, mra, public"),
    ({"dossier": 999}, "row 1: contact: Dit dossier bestaat niet."),
    ({"dossier": "warmte"}, "row 1: dossier: 'warmte' is no number of a dossier"),
    ({"follow_up_on": "2026-06-01"}, "row 1: follow_up: Schrijf op wat er op die dag moet gebeuren."),
    ({"participant": "Haarlem"}, "row 1: participant 'haarlem' is not that of lobbyist@amsterdam.nl"),
    ({"person": "Jan de Vries"}, "row 1: no column 'person'"),
]


@pytest.mark.parametrize(("fields", "says"), WRONG, ids=lambda value: str(value)[:40])
def test_a_wrong_row_is_named_and_nothing_is_logged(cast: Cast, fields: dict[str, Any], says: str) -> None:
    cast.session.commit()
    rows = [json.dumps(GOOD | fields), json.dumps(GOOD | {"message": "Goed"})]
    with pytest.raises(NotImported) as error:
        brought(cast.session, "\n".join(rows), cast.lobbyist, cast.now)
    assert says in str(error.value)
    assert len(str(error.value).splitlines()) == 1
    cast.session.rollback()
    assert cast.session.exec(select(ContactMoment)).all() == []


def test_a_dossier_that_stays_unseen_is_as_one_that_is_not_there(cast: Cast) -> None:
    hidden = cast.open(visibility="own")
    with pytest.raises(NotImported, match="row 1: contact: Dit dossier bestaat niet"):
        brought(cast.session, json.dumps(GOOD | {"dossier": hidden.id}), cast.haarlem, cast.now)


def test_a_row_wider_than_its_dossier_is_refused(cast: Cast) -> None:
    own = cast.open(visibility="own")
    with pytest.raises(NotImported, match="row 1: visibility: Dit mag niet ruimer zichtbaar zijn dan het dossier"):
        brought(cast.session, json.dumps(GOOD | {"dossier": own.id, "visibility": "mra"}), cast.lobbyist, cast.now)


def test_who_may_not_log_contacts_may_not_import_them(cast: Cast) -> None:
    with pytest.raises(NotPossible, match="a reader cannot"):
        brought(cast.session, json.dumps(GOOD), cast.reader, cast.now)


def test_contacts_are_somebodys_on_the_command_line(ready: Path) -> None:
    kansenradar(ready, "user", "add", "l@amsterdam.nl", "--name", "L", "--role", "lobbyist", "--participant", "amsterdam")  # fmt: skip
    (ready / "c.jsonl").write_text(json.dumps(GOOD) + "\n")
    nobody = kansenradar(ready, "import", "contacts", "c.jsonl")
    assert (nobody.returncode, "--user EMAIL" in nobody.stderr) == (2, True)
    done = kansenradar(ready, "import", "contacts", "c.jsonl", "--user", "l@amsterdam.nl", "--json")
    assert json.loads(done.stdout) == {"rows": 1, "new": 1, "changed": 0, "known": 0}, done.stderr
    (ready / "c.jsonl").write_text(json.dumps(GOOD | {"day": "ooit"}) + "\n")
    bad = kansenradar(ready, "import", "contacts", "c.jsonl", "--user", "l@amsterdam.nl")
    assert (bad.returncode, bad.stderr.splitlines()[0]) == (1, "row 1: day: 'ooit' is no day such as 2026-05-29")


def test_a_contact_goes_with_its_dossier_out_of_sight(cast: Cast) -> None:
    dossier = cast.open(visibility="mra")
    fields = ContactFields(date(2026, 5, 1), "Ons bod", visibility="mra", dossier_id=dossier.id)
    log_contact(cast.deed(), fields, Office("VRO"))
    named = [row["dossier"] for row in exported(cast.session, cast.haarlem, cast.now)]
    dossier.visibility = "own"
    cast.session.flush()
    assert named == [dossier.id]
    assert list(exported(cast.session, cast.haarlem, cast.now)) == []
    assert [row["dossier"] for row in exported(cast.session, cast.lobbyist, cast.now)] == [dossier.id]
