"""What leaves the database for others: promised keys, moments with offsets, nothing that a spreadsheet runs."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlmodel import Session

from db.queries import CallFilter
from db.vocabulary import Role
from tests.conftest import ROOT
from tests.make.crawls import closes, make_listing, store
from tests.make.lobby import gather
from tracker.applications import stages
from tracker.exchange.dutch_heads import HEADS, heads_of, in_dutch
from tracker.exchange.export_lobby import KINDS
from tracker.exchange.tables import as_csv, as_jsonl, as_workbook, as_xlsx, call_columns, calls
from tracker.lobby.contacts import ContactFields, Office, log_contact
from tracker.rights import viewer_of

pytestmark = pytest.mark.one_database  # it only reads

PROMISED = [
    "id",
    "source",
    "external_id",
    "sources",
    "url",
    "title",
    "language",
    "status",
    "instrument",
    "deadlines",
    "amounts",
    "applicants",
    "opgaven",
    "first_seen",
    "last_seen",
]


def exported(session: Session, now: datetime, **fields: Any) -> list[dict[str, Any]]:
    store(session, [make_listing(**fields)], now)
    return list(calls(session, CallFilter(), now))


def test_a_call_a_line_with_the_promised_keys(session: Session, now: datetime) -> None:
    [line] = as_jsonl(exported(session, now, budget="2500000", max_amount="1000.50")).splitlines()
    record = json.loads(line)
    assert list(record)[: len(PROMISED)] == PROMISED
    assert record["deadlines"] == [
        {
            "kind": "closes",
            "at": "2026-10-01T17:00:00+02:00",
            "date": "2026-10-01",
            "assumed": False,
            "text": "",
            "sentence": "",
            "certainty": 1.0,
            "stale_since": None,
        }
    ]
    assert record["amounts"] == {"budget": 2_500_000, "min": None, "max": 1000.5, "rate": None, "text": None}
    assert (record["status"], record["sources"]) == ("open", ["rvo"])
    assert record["first_seen"] == "2026-05-29T08:00:00+02:00"


def test_winter_has_its_own_offset_and_a_bare_day_no_moment(session: Session, now: datetime) -> None:
    dates = [closes("2026-12-01", "17:00", zone="Europe/Brussels", kind="stage_1"), closes("2027-01-15")]
    [record] = exported(session, now, deadlines=dates)
    assert [d["at"] for d in record["deadlines"]] == ["2026-12-01T17:00:00+01:00", None]
    assert record["deadlines"][1]["date"] == "2027-01-15"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝"])
def test_no_cell_is_a_formula(session: Session, now: datetime, start: str) -> None:
    records = exported(session, now, title=f"{start}HYPERLINK('x')", summary="a\x0bb\x1f")
    [row] = csv.DictReader(io.StringIO(as_csv(records).decode("utf-8-sig")), delimiter=";")
    assert row["title"].startswith(f"'{start}")
    sheet = load_workbook(io.BytesIO(as_xlsx(records))).active
    assert sheet is not None
    titles = [cell.value for cell in next(iter(sheet.columns))]
    assert titles[0] == "id"
    cells = {head.value: cell for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert str(cells["title"].value).startswith(f"'{start}")
    assert cells["title"].data_type == "s"


def test_nothing_to_export_is_an_empty_file_or_a_sheet_with_its_columns(session: Session, now: datetime) -> None:
    assert as_jsonl([]) == b""
    [head] = csv.reader(io.StringIO(as_csv([], "", call_columns(now)).decode("utf-8-sig")), delimiter=";")
    sheet = load_workbook(io.BytesIO(as_xlsx([], "regelingen", call_columns(now)))).active
    assert sheet is not None
    [full] = csv.DictReader(io.StringIO(as_csv(exported(session, now)).decode("utf-8-sig")), delimiter=";")
    assert [cell.value for cell in sheet[1]] == head == list(full)


def test_what_people_keep_is_a_sheet_in_dutch_with_its_heads_also_where_it_is_empty(
    session: Session, now: datetime
) -> None:
    cast = gather(session, now)
    dossier = cast.open("Regie", requested_amount=Decimal("2500.50"))
    cast.adopted(dossier, now.date())
    stages.start(cast.deed(), cast.call)
    log_contact(cast.deed(), ContactFields(now.date(), "Gebracht", dossier_id=dossier.id), Office("VRO"))
    sheets = {}
    for kind, records_of in KINDS.items():
        records = list(records_of(session, viewer_of(cast.lobbyist), now))
        assert list(records[0]) == list(HEADS[kind]), kind
        sheets[kind] = list(csv.reader(io.StringIO(as_csv(in_dutch(kind, records)).decode("utf-8-sig")), delimiter=";"))
        nothing = as_csv(in_dutch(kind, []), "", heads_of(kind)).decode("utf-8-sig")
        assert nothing.strip().split(";") == sheets[kind][0], kind
    said = {kind: dict(zip(*sheet[:2], strict=True)) for kind, sheet in sheets.items()}
    for kind, head, value in (
        ("dossiers", "fase", "signaleren"), ("dossiers", "zichtbaar voor", "MRA"),
        ("dossiers", "gevraagd bedrag", "2500,5"), ("dossiers", "geopend", now.date().isoformat()),
        ("positions", "vastgesteld door", "MRA Bestuur"), ("applications", "fase", "signaal"),
        ("contacts", "soort", "gesprek"), ("contacts", "zichtbaar voor", "eigen organisatie"),
    ):  # fmt: skip
        assert said[kind][head] == value, (kind, head)


def test_a_workbook_leaves_nothing_of_its_library_in_the_process_that_asked_for_it() -> None:
    """In a process of its own: this one reads workbooks with that library."""
    asks = "import sys; from tracker.exchange.tables import as_xlsx; made = as_xlsx(iter([{'a': 1}, {'a': 2}]), 'x');"
    asks += "print(made[:2].decode(), 'openpyxl' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", asks], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["PK", "False"]


def test_a_workbook_holds_what_is_of_a_kind_of_our_own_as_its_plain_text() -> None:
    made = as_xlsx([{"role": Role.LOBBYIST, "day": date(2026, 5, 1), "none": None}])
    role, day, none = list(load_workbook(io.BytesIO(made)).worksheets[0].rows)[1]
    assert (role.value, str(day.value)[:10], none.value) == ("lobbyist", "2026-05-01", None)


def test_a_workbook_whose_rows_fail_or_that_cannot_be_written_is_no_file() -> None:
    def failing() -> Iterator[list[int]]:
        yield [1]
        raise ValueError("no more rows")

    with pytest.raises(ValueError, match="no more rows"):
        as_workbook({"x": failing()})
    for after in (0, 50_000):
        with pytest.raises(RuntimeError, match="the process that writes a workbook ended"):
            as_workbook({"x": chain([[object]], ([number] for number in range(after)))})
