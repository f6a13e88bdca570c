"""People with whom one speaks, from an address book: an export of Outlook or Google as CSV, or vCards.

Which column is what is guessed from the names that those programs give them, and said by a person before anything is
kept. Every person is kept for a purpose and until a day, as on the form; the same file twice brings nothing new.
"""

import csv
import io
import quopri
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from db.models import Stakeholder
from scrapers.listing import storable
from tracker.errors import Incomplete, required
from tracker.lobby.contacts import Office, stakeholder_for
from tracker.organisations.names import plain
from tracker.rights import Deed

MOST_PEOPLE = 2_000
LONGEST = 300
# What each part is called on screen, and the names that Outlook and Google give such a column, in Dutch and English.
PARTS = {
    "first": ("Voornaam", ("first name", "given name", "voornaam")),
    "middle": ("Tussenvoegsel", ("middle name", "additional name", "tussenvoegsel", "tweede naam", "middelste naam")),
    "last": ("Achternaam", ("last name", "family name", "achternaam")),
    "whole": ("Hele naam", ("name", "full name", "naam", "weergavenaam", "display name", "volledige naam")),
    "organisation": ("Organisatie", ("company", "organization name", "organization 1 name", "bedrijf", "organisatie")),
    "office": ("Functie", ("job title", "organization title", "organization 1 title", "functie", "title")),
    "mail": ("E-mail", ("e mail address", "e mail 1 value", "email", "e mailadres", "e mail", "e mail 1 address")),
    "telephone": ("Telefoon", ("business phone", "phone 1 value", "telefoon op werk", "mobile phone", "telefoon")),
}
QUOTED = re.compile(r"quoted-printable", re.IGNORECASE)
CHARSET = re.compile(r";charset=([\w-]+)", re.IGNORECASE)
VCARD_PARTS = {"FN": "whole", "ORG": "organisation", "TITLE": "office", "EMAIL": "mail", "TEL": "telephone"}


@dataclass(frozen=True)
class AddressBook:
    """The columns of a file and its rows, as text."""

    columns: list[str]
    rows: list[dict[str, str]]


@dataclass(frozen=True)
class Brought:
    """How many people were new, known already, and left out since they have no name or no organisation."""

    new: int = 0
    known: int = 0
    left: int = 0


def read_address_book(content: bytes) -> AddressBook:
    """The rows of the file. Raises Incomplete with one sentence where it is no address book."""
    text = text_of_file(content)
    book = _vcards(text) if "BEGIN:VCARD" in text[:2000].upper() else _csv(text)
    if not book.rows:
        raise Incomplete("Er staat niemand in dit bestand.", "file")
    if len(book.rows) > MOST_PEOPLE:
        raise Incomplete(f"Meer dan {MOST_PEOPLE} mensen; splits het bestand.", "file")
    return book


def text_of_file(content: bytes) -> str:
    """Outlook writes what the machine uses, which in the Netherlands is Windows-1252."""
    if content[:2] in (b"PK", b"\xd0\xcf"):
        raise Incomplete("Dit is een Excel-bestand; sla het op als CSV.", "file")
    try:
        return content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _csv(text: str) -> AddressBook:
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise Incomplete(f"Dit is geen CSV-bestand: {error}.", "file") from error
    if not table or len([name for name in table[0] if name.strip()]) < 2:
        raise Incomplete("De eerste regel noemt geen kolommen; kies een CSV-export van Outlook of Google.", "file")
    columns = [_clean(name) for name in table[0]]
    rows = [dict(zip(columns, map(_clean, cells), strict=False)) for cells in table[1:] if any(map(str.strip, cells))]
    return AddressBook([name for name in columns if name], rows)


def _clean(cell: str) -> str:
    return storable(" ".join(cell.split()))[:LONGEST]


def _vcards(text: str) -> AddressBook:
    """Of a property that stands there twice the first counts; who has no whole name has the parts of it."""
    rows: list[dict[str, str]] = []
    for line in _unfolded(text):
        name, _, value = line.partition(":")
        key = name.split(";")[0].rpartition(".")[2].upper()
        if (key, value.strip().upper()) == ("BEGIN", "VCARD"):
            rows.append({})
        elif rows and key in (*VCARD_PARTS, "N"):
            rows[-1].setdefault(key, _said(key, _decoded(name, value)))
    return AddressBook(list(VCARD_PARTS), [{**row, "FN": row.get("FN") or row.get("N", "")} for row in rows])


def _unfolded(text: str) -> Iterator[str]:
    """Each property on one line: a line that goes on begins with a blank, or the one before ends in "=" (2.1)."""
    whole, goes_on = "", False
    for line in [*text.splitlines(), "END"]:
        if goes_on or line[:1] in (" ", "\t"):
            whole += line if goes_on else line[1:]
        else:
            yield whole
            whole = line
        goes_on = whole.endswith("=") and bool(QUOTED.search(whole.partition(":")[0]))
        whole = whole[:-1] if goes_on else whole


def _decoded(name: str, value: str) -> str:
    """As Outlook writes letters with accents: bytes as =E9, in a set of characters that it may name."""
    if not QUOTED.search(name):
        return value
    written = quopri.decodestring(value.encode())
    charset = CHARSET.search(name)
    try:
        return written.decode(charset[1] if charset else "utf-8")
    except (LookupError, UnicodeDecodeError):
        return written.decode("cp1252", errors="replace")


def _said(key: str, value: str) -> str:
    """The words of a property: of an organisation without its department, of a name in the order of speech."""
    parts = [re.sub(r"\\([,;\\])", r"\1", part).replace("\\n", " ") for part in re.split(r"(?<!\\);", value)]
    if key == "N":
        last, first, middle = (*parts, "", "")[:3]
        return _clean(f"{first} {middle} {last}")
    return _clean(parts[0] if key == "ORG" else ";".join(parts).removeprefix("tel:"))


def guess(columns: Sequence[str]) -> dict[str, str]:
    """Which column is which part, by its name."""
    named = {plain(column): column for column in reversed(columns)}
    guessed = {part: next((named[n] for n in names if n in named), "") for part, (_, names) in PARTS.items()}
    return guessed | {VCARD_PARTS[c]: c for c in columns if c in VCARD_PARTS}


def people_of(book: AddressBook, mapping: dict[str, str]) -> Iterator[Office]:
    """Everybody in the file, as they would be kept."""
    for row in book.rows:
        part = {name: row.get(column, "") for name, column in mapping.items() if column}
        name = " ".join(filter(None, (part.get(p, "") for p in ("first", "middle", "last"))))
        address = ", ".join(filter(None, (part.get("mail", ""), part.get("telephone", ""))))
        yield Office(part.get("organisation", ""), part.get("office", ""), name or part.get("whole", ""), address)


def is_whole(person: Office) -> bool:
    """Whether somebody can be kept: who has no name or no organisation is left out."""
    return bool(person.person and person.organisation)


def bring(deed: Deed, book: AddressBook, mapping: dict[str, str], purpose: str, until: date) -> Brought:
    """Keep them as the own organisation's. Raises Incomplete without a purpose, or with a last day that is past."""
    why = required(purpose, "purpose", "Schrijf op waarom u deze namen bewaart.")
    if not deed.today < until:
        raise Incomplete("Kies een dag die nog komt.", "until")
    new, known, left = set[int](), set[int](), 0
    for person in people_of(book, mapping):
        if not is_whole(person):
            left += 1
            continue
        kept = Office(person.organisation, person.office, person.person, person.address, why, until)
        stakeholder = stakeholder_for(deed, kept)
        fresh = stakeholder.version == 1 and stakeholder.created_at == deed.now
        (new if fresh else known).add(stakeholder.id)
    if not new and not known:
        raise Incomplete("Niemand hierin heeft een naam en een organisatie; kijk de kolommen na.", "organisation")
    return Brought(len(new), len(known), left)


def vcard(who: Stakeholder) -> str:
    """One person as a vCard 4.0 (RFC 6350), for a telephone or a mail program."""
    mail = next((word for word in re.split(r"[,\s]+", who.address) if "@" in word), "")
    telephone = re.sub(r"[^\d+ ()-]", "", who.address.replace(mail, "")).strip(" ,")
    said = {"FN": who.person, "N": f"{who.person};;;;", "ORG": who.organisation, "TITLE": who.office}
    lines = [f"{key}:{_escaped(value, key)}" for key, value in said.items() if value]
    lines += [f"EMAIL;TYPE=work:{mail}"] if mail else []
    lines += [f"TEL;TYPE=work:{telephone}"] if telephone else []
    body = ["BEGIN:VCARD", "VERSION:4.0", *lines, "END:VCARD"]
    return "".join(f"{folded}\r\n" for line in body for folded in _folded(line))


def _escaped(value: str, key: str) -> str:
    special = r"([\\,])" if key == "N" else r"([\\,;])"
    return re.sub(special, r"\\\1", " ".join(value.split()))


def _folded(line: str) -> Iterator[str]:
    """At most 75 bytes a line, never in the middle of a letter."""
    part = ""
    for letter in line:
        if len(f"{part}{letter}".encode()) > 75:
            yield part
            part = " "
        part += letter
    yield part
