"""People from a sheet: each row with what is wrong with it, before anybody is added; then all of them or none."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, select

from db.models import Challenge, Participant, User
from db.vocabulary import Cadence, Role, spoken
from tracker.clock import Now
from tracker.errors import NotPossible
from tracker.exchange.rows import Row, listed, text_of
from tracker.exchange.sheets import Sheet, new_lines
from tracker.people import subscriptions
from tracker.people.participants import arranges, participant_id, takes_part

MOST_PEOPLE = 2_000
# What a column may be called; what the list of people exports besides is passed over.
NAMES = {
    "email": "email", "e-mailadres": "email", "e-mail": "email", "mail": "email", "naam": "name", "name": "name",
    "rol": "role", "role": "role", "deelnemer": "participant", "organisatie": "participant",
    "participant": "participant", "opgaven": "opgaven", "hoe vaak": "every", "every": "every",
}  # fmt: skip
PASSED_OVER = ("laatst ingelogd", "geen toegang sinds")
COLUMNS = ("e-mailadres", "naam", "rol", "deelnemer", "opgaven", "hoe vaak")
SHEET = Sheet(
    needed="e-mailadres, naam, rol en deelnemer", columns=COLUMNS, known=(*NAMES, *PASSED_OVER), head=tuple(NAMES),
    most=MOST_PEOPLE,
)  # fmt: skip


@dataclass(frozen=True)
class PersonLine:
    """One row: who it names, and what is wrong with it or why nothing happens with it; both empty: somebody new."""

    number: int
    email: str
    name: str
    role: str
    participant: str
    opgaven: tuple[str, ...] = ()
    every: str = ""
    wrong: str = ""
    known: str = ""

    @property
    def role_label(self) -> str:
        """The role in Dutch, or what was typed where it is none."""
        return Role(self.role).label if self.role in set(Role) else self.role


def read_sheet(content: bytes, file_name: str) -> list[Row]:
    """The rows of an upload, under the names of its columns. Raises Incomplete, in Dutch."""
    rows = SHEET.read(content, file_name)
    return [(number, {n: text_of(value) for n, value in row.items() if n not in PASSED_OVER}) for number, row in rows]


def in_our_names(rows: Iterable[Row]) -> list[Row]:
    """The same rows with each column that we know under the name it has here."""
    return [(number, {NAMES.get(n, n): value for n, value in row.items()}) for number, row in rows]


def opgaven_in(cell: str) -> tuple[str, ...]:
    """Those of a cell, with a comma or a semicolon between."""
    return tuple(listed(cell.replace(",", ";")))


def look(session: Session, rows: Iterable[Row], by: User, today: date) -> list[PersonLine]:
    """Every row as it would be taken in by this administrator, in the order of the sheet."""
    first_at: dict[str, int] = {}
    checks = _Checks(session, by, today)
    return [checks.line(number, row, first_at) for number, row in in_our_names(rows)]


@dataclass
class _Checks:
    session: Session
    by: User
    today: date

    def line(self, number: int, row: dict[str, Any], first_at: dict[str, int]) -> PersonLine:
        email, wrong = row.get("email", ""), ""
        try:
            email = subscriptions.normal_address(email)
        except NotPossible:
            wrong = "Dit is geen e-mailadres." if email else "Vul een e-mailadres in."
        opgaven = opgaven_in(row.get("opgaven", ""))
        twice = first_at.setdefault(email, number)
        wrong = wrong or (f"Dit adres staat ook in rij {twice}." if twice != number else "")
        known = "" if wrong else self._known(email)
        if not wrong and not known:
            wrong = " ".join(filter(None, (check(row) for check in self._each())))
        role = spoken(Role, row.get("role") or Role.READER.label)
        return PersonLine(
            number, email, row.get("name", ""), role.value if role else row["role"], row.get("participant", ""),
            opgaven, row.get("every", ""), wrong, known,
        )  # fmt: skip

    def _known(self, email: str) -> str:
        user = self.session.exec(select(User).where(User.email == email)).first()
        if user is None:
            return ""
        return "heeft geen toegang meer" if user.deactivated_at else "staat er al"

    def _each(self) -> tuple[Callable[[dict[str, Any]], str], ...]:
        return (self._name, self._role, self._participant, self._subscription)

    def _name(self, row: dict[str, Any]) -> str:
        return "" if row.get("name") else "Vul een naam in."

    def _role(self, row: dict[str, Any]) -> str:
        if spoken(Role, row.get("role") or Role.READER.label) is not None:
            return ""
        return f"Rol '{row['role']}' is er niet; er zijn {', '.join(role.label for role in Role)}."

    def _participant(self, row: dict[str, Any]) -> str:
        named = row.get("participant", "")
        found = self.session.get(Participant, participant_id(self.session, named)) if named else None
        if found is None:
            return f"Deelnemer '{named}' is er niet." if named else "Vul een deelnemer in."
        if not takes_part(found, self.today):
            return f"{found.name} is nu geen deelnemer."
        return (
            "" if arranges(self.session, self.by, found.id) else f"{found.name} heeft een eigen beheerder: vraag die."
        )

    def _subscription(self, row: dict[str, Any]) -> str:
        opgaven, every = opgaven_in(row.get("opgaven", "")), row.get("every", "")
        if not opgaven and not every:
            return ""
        if not opgaven or spoken(Cadence, every) is None:
            return f"Een overzicht vraagt om opgaven (of 'alle') en hoe vaak: {_cadences()}."
        unknown = [one for one in opgaven if one not in ALL and self.session.get(Challenge, one) is None]
        return f"Opgave '{unknown[0]}' is er niet." if unknown else ""


ALL = ("alle", "all")


def _cadences() -> str:
    return " of ".join(cadence.label for cadence in Cadence)


def take_in(session: Session, lines: Iterable[PersonLine], now: datetime) -> list[User]:
    """Add who is new, each with a subscription where one was asked; gives who was added.

    Raises Incomplete while one row is wrong: nothing is stored then.
    """
    return [_add(session, line, now) for line in new_lines(lines)]


def _add(session: Session, line: PersonLine, now: datetime) -> User:
    home = participant_id(session, line.participant)
    user = subscriptions.add_user(session, line.email, line.name, Role(line.role), home, Now(now))
    cadence = spoken(Cadence, line.every) if line.every else None
    if cadence is not None:
        chosen = () if set(line.opgaven) & set(ALL) else line.opgaven
        subscriptions.subscribe(session, user, chosen, Cadence(cadence), now)
    return user
