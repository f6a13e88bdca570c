"""Contact moments from a file, as ``export contacts`` writes them: logged as by a person on the form, all or none.

The person spoken with is no column: the export leaves names out, and a file is not where they come in. What has no
visibility stays within the own organisation; rows of another organisation are refused, unless they are there already.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlmodel import Session, select

from db.models import ContactMoment, Organisation, Stakeholder, User
from db.rights import has_role, visible
from db.vocabulary import Role, Visibility, spoken
from db.vocabulary_audit import Action
from db.vocabulary_lobby import ContactKind
from notifications.wording import local_day
from tracker.calls.typed_values import moment, moment_of_cell
from tracker.errors import NotAMoment, NotPossible, Refused, TwoReadings
from tracker.exchange.dutch_heads import by_key, heads_of
from tracker.exchange.rows import Imported, NotReadable, Row, check_rows, text_of
from tracker.lobby.contacts import ContactFields, Office, log_contact
from tracker.organisations.register import find, live
from tracker.people.on_record import COMMAND_LINE, put_on_record
from tracker.people.participants import participant_id
from tracker.rights import Deed, viewer_of

COLUMNS = (
    *("id", "dossier", "day", "kind", "organisation", "office", "participant", "visibility"),
    *("message", "reply", "follow_up", "follow_up_on"),
)
HEADS = (*COLUMNS, *heads_of("contacts"))  # of which a file has some
LONGEST = {"organisation": 300, "office": 300, "message": 20_000, "reply": 20_000, "follow_up": 20_000}


class ContactKey(NamedTuple):
    """What makes a contact the same one: whose, with which office, when, and what was brought."""

    participant: str
    office: int | None
    day: date
    message: str


def import_contacts(session: Session, rows: Iterable[Row], user: User, now: datetime) -> Imported:
    """Log every row as this person's contact; one that is there already is left. Raises NotImported or NotPossible."""
    if not has_role(viewer_of(user), Role.FUNDRAISER):
        raise NotPossible(f"{user.email} may not log contacts: a reader cannot")
    logged = _logged(session, user)
    today = local_day(now)

    def read(row: dict[str, Any]) -> bool:
        key, fields, office = _read(session, row, user, today)
        if key in logged:
            return False
        if key.participant != user.participant_id:
            raise NotReadable(f"participant {key.participant!r} is not that of {user.email}: somebody there imports it")
        try:
            log_contact(Deed(session, user, now), fields, office)
        except Refused as error:
            raise NotReadable(f"{error.field or 'contact'}: {error}") from error
        logged.add(key._replace(office=_office(session, user, office, today)))
        return True

    news = check_rows([(number, by_key("contacts", row)) for number, row in rows], COLUMNS, read)
    if new := sum(news):
        by = f"user {user.id}"
        put_on_record(session, now, Action.IMPORT, f"{new} contacts", actor=by, origin=COMMAND_LINE)
    return Imported(len(news), sum(news))


def _logged(session: Session, user: User) -> set[ContactKey]:
    """The contacts this person may see; what is hidden from them is not told apart from what is absent."""
    both = select(ContactMoment, Organisation).where(
        ContactMoment.stakeholder_id == Stakeholder.id, Stakeholder.organisation_id == Organisation.id
    )
    visible_contacts = session.exec(both.where(visible(viewer_of(user), ContactMoment)))
    return {
        ContactKey(row.participant_id, live(session, place).id, row.day, row.message) for row, place in visible_contacts
    }


def _office(session: Session, user: User, office: Office, today: date) -> int | None:
    """The office in the register, or without one the organisation; none where it is not there yet."""
    place = find(session, viewer_of(user), office.organisation, today)
    if place and office.office.strip():
        place = find(session, viewer_of(user), office.office, today, place)
    return place.id if place else None


def _read(session: Session, row: dict[str, Any], user: User, today: date) -> tuple[ContactKey, ContactFields, Office]:
    text = {name: _text(row, name) for name in COLUMNS}
    day, follow_up_on = _day(row, "day"), _day(row, "follow_up_on")
    if day is None:
        raise NotReadable("day: a contact needs a day, such as 2026-05-29")
    office = Office(text["organisation"], text["office"])
    fields = ContactFields(
        day=day,
        message=text["message"],
        kind=_word(ContactKind, text["kind"], ContactKind.TALK, "kind"),
        dossier_id=_number(text["dossier"]),
        reply=text["reply"],
        follow_up=text["follow_up"],
        follow_up_on=follow_up_on,
        visibility=_word(Visibility, text["visibility"], Visibility.OWN, "visibility"),
    )
    owner = participant_id(session, text["participant"]) or user.participant_id
    return ContactKey(owner, _office(session, user, office, today), day, fields.message), fields, office


def _text(row: dict[str, Any], name: str) -> str:
    text = text_of(row.get(name))
    if len(text) > LONGEST.get(name, 300):
        raise NotReadable(f"{name}: longer than {LONGEST.get(name, 300)} characters")
    return text


def _number(text: str) -> int | None:
    """A dossier's number; a spreadsheet may say 4.0."""
    plain = text.removesuffix(".0")
    if plain and not (plain.isdecimal() and plain.isascii() and len(plain) <= 9):
        raise NotReadable(f"dossier: {text[:60]!r} is no number of a dossier")
    return int(plain) if plain else None


def _day(row: dict[str, Any], name: str) -> date | None:
    """A day as people type it, or the cell of a spreadsheet that holds one."""
    value, text = row.get(name), _text(row, name)
    if not text:
        return None
    try:
        typed = moment_of_cell(value) if isinstance(value, date) else moment(text)
    except TwoReadings as error:
        raise NotReadable(f"{name}: {error}") from error
    except NotAMoment as error:
        raise NotReadable(f"{name}: {text[:60]!r} is no day such as 2026-05-29") from error
    assert typed is not None
    day = typed.day
    if not 1900 <= day.year < 2200:
        raise NotReadable(f"{name}: the year {day.year} cannot be right")
    return day


def _word(words: Any, text: str, usual: Any, name: str) -> str:
    word = spoken(words, text) if text else usual
    if word is None:
        raise NotReadable(f"{name}: no {text[:60]!r}; there are {', '.join(words)}")
    return str(word.value)
