"""CORDIS's published files of a programme, project.csv and organization.csv, read row by row and bounded to the region.

    organization.csv | in the region, or one of our participants | partners, a list a project
    project.csv      | somebody of the region is in it           | project

As the publisher writes them (October 2026): UTF-8, ";", every value quoted, line breaks inside texts; amounts with a
comma in one column and with a point in the next; some partners are natural persons, who are left out.
"""

import csv
import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from io import TextIOWrapper
from pathlib import Path
from typing import TypeVar

from db.vocabulary import Word
from db.vocabulary_winners import PastKind, PastProgrammeCode, PastRole, PastStatus
from scrapers.listing import storable
from tracker.errors import NotPossible
from tracker.organisations.names import plain

MOST_UNPACKED = 2 * 2**30  # bytes of one file in the archive; HORIZON's had tens of millions in 2026
MOST_PROJECTS = 200_000
LONGEST_LINE = 1_000_000
ORGANISATIONS, PROJECTS = "organization.csv", "project.csv"
NEEDED = {
    ORGANISATIONS: ("projectID", "organisationID", "name", "activityType", "street", "city", "country", "nutsCode",
                    "role", "ecContribution", "netEcContribution", "endOfParticipation"),
    PROJECTS: ("id", "acronym", "status", "title", "startDate", "endDate", "totalCost", "ecMaxContribution", "topics",
               "frameworkProgramme", "contentUpdateDate"),
}  # fmt: skip
AMOUNT = re.compile(r"\d{1,13}(?:[.,]\d+)?")
GOVERNMENT = re.compile(r"^(?:gemeente|municipality(?: of)?|city of|provincie|province of)(?: de| the)? ")
Cells = Mapping[str, str]
Place = str  # file and line, to name what is wrong
W = TypeVar("W", bound=Word)


class WrongFile(NotPossible):
    """These are not CORDIS's files of one programme, or a row of them cannot be read; the message says where."""


@dataclass(frozen=True)
class Region:
    """Whom we look for. ``nuts``: how their codes begin; ``participants``: folded name -> id; ``cities``: folded."""

    nuts: tuple[str, ...]
    participants: Mapping[str, str]
    cities: frozenset[str]

    def participant(self, row: Cells) -> str | None:
        """The participant that a public body is, by its name."""
        if row["country"] != "NL" or row["activityType"] != PastKind.PUBLIC:
            return None
        return self.participants.get(GOVERNMENT.sub("", plain(row["name"])))

    def holds(self, row: Cells) -> bool:
        """Whether an organisation is here. A city counts only where no code says more than the country."""
        code = row["nutsCode"].strip().upper()
        if code.startswith(self.nuts) or self.participant(row):
            return True
        return row["country"] == "NL" and code in ("", "NL") and plain(row["city"]) in self.cities


@dataclass(frozen=True)
class ReadPartner:
    """An organisation of the region in a project."""

    organisation: str
    name: str
    kind: PastKind
    city: str
    nuts: str
    role: PastRole
    contribution: Decimal | None
    left_early: bool
    participant_id: str | None


@dataclass(frozen=True)
class ReadProject:
    """A project of which somebody is here."""

    number: str
    acronym: str
    title: str
    status: PastStatus
    starts_on: date | None
    ends_on: date | None
    total_cost: Decimal | None
    contribution: Decimal | None
    topic: str
    coordinator: str
    partners: list[ReadPartner]


@dataclass
class ReadPartners:
    """Who is in which project. ``persons``: how many natural persons of the region were left out."""

    here: dict[str, list[ReadPartner]] = field(default_factory=lambda: defaultdict(list))
    coordinators: dict[str, str] = field(default_factory=dict)
    persons: int = 0


@dataclass(frozen=True)
class ReadProgramme:
    """What the files of one programme say of the region. ``without_project``: projects that project.csv lacks."""

    code: PastProgrammeCode
    content_day: date
    projects: list[ReadProject]
    persons: int
    without_project: int

    @property
    def partners(self) -> int:
        """How many times an organisation of the region takes part."""
        return sum(len(project.partners) for project in self.projects)


def read_cordis(path: Path, region: Region) -> ReadProgramme:
    """The projects of the region in an archive or folder. Raises WrongFile; nothing but those rows is held."""
    try:
        with _rows(path, ORGANISATIONS) as rows:
            partners = _partners(rows, region)
        with _rows(path, PROJECTS) as rows:
            return _programme(rows, partners)
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError) as error:
        raise WrongFile(f"cannot be read: {error}") from error


def is_person(row: Cells) -> bool:
    """A natural person: a private one without a street."""
    return row["activityType"] == PastKind.COMPANY and not row["street"].strip()


def amount_in(text: str, place: Place) -> Decimal | None:
    """Euros to the cent, with a comma or a point before the cents; none where nothing stands. Raises WrongFile."""
    if not text.strip():
        return None
    if not AMOUNT.fullmatch(text.strip()):
        raise WrongFile(f"{place}: {text.strip()[:40]!r} is no amount")
    return Decimal(text.strip().replace(",", ".")).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _partners(rows: Iterator[tuple[Place, Cells]], region: Region) -> ReadPartners:
    read = ReadPartners()
    for place, row in rows:
        number, person = row["projectID"].strip(), is_person(row)
        if row["role"] == PastRole.COORDINATOR and not person:
            read.coordinators.setdefault(number, _text(row["name"]))
        if region.holds(row):
            read.persons += person
            if not person:
                read.here[number].append(_partner(place, row, region))
        if len(read.coordinators) > MOST_PROJECTS:
            raise WrongFile(f"{ORGANISATIONS}: more than {MOST_PROJECTS} projects")
    return read


def _partner(place: Place, row: Cells, region: Region) -> ReadPartner:
    net, given = (amount_in(row[name], place) for name in ("netEcContribution", "ecContribution"))
    return ReadPartner(
        organisation=_text(row["organisationID"]) or plain(row["name"]),
        name=_text(row["name"]),
        kind=_word(PastKind, row["activityType"], PastKind.OTHER),
        city=_text(row["city"]),
        nuts=_text(row["nutsCode"]),
        role=_word(PastRole, row["role"], PastRole.OTHER),
        contribution=given if net is None else net,
        left_early=row["endOfParticipation"].strip().lower() == "true",
        participant_id=region.participant(row),
    )


def _programme(rows: Iterator[tuple[Place, Cells]], partners: ReadPartners) -> ReadProgramme:
    codes, projects, newest = set(), dict[str, ReadProject](), ""
    for place, row in rows:
        codes.add(row["frameworkProgramme"].strip())
        if len(codes) > 1 or not codes <= set(PastProgrammeCode):
            raise WrongFile(
                f"{place}: programme {max(codes)!r}; one of {', '.join(PastProgrammeCode)} is read at a time"
            )
        newest = max(newest, row["contentUpdateDate"][:10])
        number = row["id"].strip()
        if number in projects:
            raise WrongFile(f"{place}: project {number} stands there twice")
        if number in partners.here:
            projects[number] = _project(place, row, partners)
    if not projects:
        raise WrongFile("no project of an organisation in the region")
    day, without = _day(newest, PROJECTS), len(partners.here) - len(projects)
    if day is None:
        raise WrongFile(f"{PROJECTS}: no row says when it was changed")
    return ReadProgramme(PastProgrammeCode(codes.pop()), day, list(projects.values()), partners.persons, without)


def _project(place: Place, row: Cells, partners: ReadPartners) -> ReadProject:
    number = row["id"].strip()
    return ReadProject(
        number=number,
        acronym=_text(row["acronym"]),
        title=_text(row["title"]),
        status=_word(PastStatus, row["status"], PastStatus.OTHER),
        starts_on=_day(row["startDate"], place),
        ends_on=_day(row["endDate"], place),
        total_cost=amount_in(row["totalCost"], place),
        contribution=amount_in(row["ecMaxContribution"], place),
        topic=_text(row["topics"]),
        coordinator=partners.coordinators.get(number, ""),
        partners=partners.here[number],
    )


def _text(value: str) -> str:
    return " ".join(storable(value).split())


def _word(words: type[W], said: str, otherwise: W) -> W:
    return next((word for word in words if word == said.strip()), otherwise)


def _day(text: str, place: Place) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise WrongFile(f"{place}: {text.strip()[:40]!r} is no day") from error


@contextmanager
def _rows(path: Path, name: str) -> Iterator[Iterator[tuple[Place, Cells]]]:
    """The rows of one file, with the place of each."""
    if path.is_dir():
        with (path / name).open("rb") as opened, TextIOWrapper(opened, "utf-8-sig", newline="") as lines:
            yield _cells(lines, name)
        return
    with zipfile.ZipFile(path) as archive:
        found = [part for part in archive.infolist() if part.filename.rsplit("/", 1)[-1] == name]
        if len(found) != 1:
            raise WrongFile(f"no {name} in it" if not found else f"{name} stands in it {len(found)} times")
        if found[0].file_size > MOST_UNPACKED:
            raise WrongFile(f"{name} is larger than {MOST_UNPACKED // 2**30} GiB when unpacked")
        with archive.open(found[0]) as packed, TextIOWrapper(packed, "utf-8-sig", newline="") as lines:
            yield _cells(lines, name)


def _cells(lines: TextIOWrapper, name: str) -> Iterator[tuple[Place, Cells]]:
    table = csv.reader(iter(lambda: lines.readline(LONGEST_LINE), ""), delimiter=";", strict=True)
    try:
        head = next(table, [])
        missing = [column for column in NEEDED[name] if column not in head]
        if missing:
            raise WrongFile(f"{name}: no column {missing[0]!r} in its first line")
        for cells in table:
            place = f"{name}, line {table.line_num}"
            if cells and len(cells) != len(head):
                raise WrongFile(f"{place}: {len(cells)} cells where the head has {len(head)}")
            if cells:
                yield place, dict(zip(head, cells, strict=True))
    except csv.Error as error:
        raise WrongFile(f"{name}, line {table.line_num}: {error}") from error
    except UnicodeDecodeError as error:
        raise WrongFile(f"{name}, after line {table.line_num}: no UTF-8 text") from error
