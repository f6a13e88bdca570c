"""Activities: congresses, meetings and visits, for which deelregio, which organisations came, and what came of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, delete, select

from db.models import ActivityGuest, Challenge, NetworkActivity, Organisation, Participant
from db.queries import Viewer
from db.rights import may_see, visible
from db.vocabulary import Role, Visibility
from db.vocabulary_network import ActivityKind
from tracker.documents.documents import leads_somewhere
from tracker.errors import Incomplete, NotFound, required
from tracker.knowledge.publications import typed_subjects
from tracker.network.subjects import checked_challenge, says, subject_key
from tracker.organisations import register
from tracker.rights import Deed, must_change, must_have
from tracker.versions import claim

MOST_GUESTS = 100


@dataclass(frozen=True)
class ActivityFields:
    """What a person fills in; ``subjects`` with a comma between, ``guests``: a name of an organisation a line."""

    title: str
    day: date
    kind: str = ActivityKind.THEME
    last_day: date | None = None
    place: str = ""
    subregion: str = ""
    subjects: str = ""
    challenge: str = ""
    guests: str = ""
    attendance: int | None = None
    result: str = ""
    url: str = ""
    visibility: str = Visibility.REGION


@dataclass(frozen=True)
class ActivityFilter:
    """What one looks for; empty means everything."""

    text: str = ""
    subregion: str = ""
    subject: str = ""
    challenge: str = ""
    organisation: int | None = None
    year: int | None = None


@dataclass(frozen=True)
class Activity:
    """An activity with the organisations that came, as they are called now."""

    row: NetworkActivity
    guests: list[Organisation]
    challenge: Challenge | None = None


def add(deed: Deed, fields: ActivityFields) -> NetworkActivity:
    """Add one that was or will be. Raises Incomplete in Dutch at the field that is not right."""
    must_have(deed, Role.FUNDRAISER, "Met de rol lezer kunt u geen activiteit toevoegen.")
    values = _checked(deed, fields)
    row = NetworkActivity(**values, participant_id=deed.by.participant_id, added_by=deed.by.id, added_at=deed.now)
    deed.session.add(row)
    deed.session.flush()
    _set_guests(deed, row, fields.guests)
    return row


def change(deed: Deed, row: NetworkActivity, fields: ActivityFields, seen: int) -> None:
    """Put it right; afterwards this is also where one says who came and what came of it."""
    must_change(deed, row)
    claim(deed.session, row, seen)
    was = row.day
    for name, value in _checked(deed, fields).items():
        setattr(row, name, value)
    if row.day != was:
        row.was_on, row.moved_at = was, deed.now
    deed.session.flush()
    _set_guests(deed, row, fields.guests)


def call_off(deed: Deed, row: NetworkActivity, seen: int, off: bool = True) -> None:
    """It does not take place, or after all it does; who heard of it by mail hears that too."""
    must_change(deed, row)
    claim(deed.session, row, seen)
    if off and (row.last_day or row.day) < deed.today:
        raise Incomplete("Dit is al geweest; leg vast wat ervan kwam.", "form")
    row.off_at = deed.now if off else None
    deed.session.flush()


def remove(deed: Deed, row: NetworkActivity, seen: int) -> None:
    """Take it away, for what should never have been here."""
    must_change(deed, row)
    claim(deed.session, row, seen)
    deed.session.connection().execute(delete(ActivityGuest).where(col(ActivityGuest.activity_id) == row.id))
    deed.session.delete(row)
    deed.session.flush()


def _checked(deed: Deed, fields: ActivityFields) -> dict[str, Any]:
    url = fields.url.strip()
    if url and not leads_somewhere(url):
        raise Incomplete("Geef een heel adres, dat begint met https://.", "url")
    if fields.last_day and fields.last_day < fields.day:
        raise Incomplete("De laatste dag ligt voor de eerste.", "last_day")
    if fields.subregion and fields.subregion not in subregions(deed.session):
        raise Incomplete("Deze deelregio bestaat niet.", "subregion")
    if fields.attendance is not None and fields.attendance < 0:
        raise Incomplete("Minder dan niemand kan niet.", "attendance")
    return {
        "title": required(fields.title, "title", "Hoe heet het?"), "kind": fields.kind, "day": fields.day,
        "last_day": fields.last_day, "place": fields.place.strip(), "subregion": fields.subregion,
        "subjects": typed_subjects(fields.subjects), "challenge_id": checked_challenge(deed, fields.challenge),
        "attendance": fields.attendance, "result": fields.result.strip(), "url": url, "visibility": fields.visibility,
    }  # fmt: skip


def _set_guests(deed: Deed, row: NetworkActivity, typed: str) -> None:
    names = list(dict.fromkeys(name for line in typed.splitlines() if (name := " ".join(line.split()))))
    if len(names) > MOST_GUESTS:
        raise Incomplete(f"Noem hoogstens {MOST_GUESTS} organisaties, een per regel.", "guests")
    places = [register.enter(deed, name) for name in names]
    if row.visibility != Visibility.OWN:
        places = [register.share(deed.session, place) for place in places]
    wanted = {register.live(deed.session, place).id for place in places}
    deed.session.connection().execute(delete(ActivityGuest).where(col(ActivityGuest.activity_id) == row.id))
    deed.session.add_all(ActivityGuest(activity_id=row.id, organisation_id=number) for number in sorted(wanted))
    deed.session.flush()


def subregions(session: Session) -> list[str]:
    """The deelregio's that the participants are in, by name."""
    return sorted(filter(None, set(session.exec(select(Participant.subregion)))))


def activity_for(session: Session, viewer: Viewer, number: int) -> NetworkActivity:
    """The row, or NotFound for who may not know of it."""
    row = session.get(NetworkActivity, number)
    if row is None or not may_see(session, viewer, row):
        raise NotFound("Deze activiteit bestaat niet.")
    return row


def shown(session: Session, viewer: Viewer, row: NetworkActivity) -> Activity:
    """The activity with who came, as far as the viewer may know those organisations."""
    rows = select(Organisation).join(ActivityGuest).where(ActivityGuest.activity_id == row.id)
    guests = {one.id: one for one in (register.live(session, guest) for guest in session.exec(rows))}
    known = sorted((one for one in guests.values() if register.sees(viewer, one)), key=lambda one: one.name)
    return Activity(row, known, session.get(Challenge, row.challenge_id) if row.challenge_id else None)


def activities(session: Session, viewer: Viewer, wanted: ActivityFilter) -> list[NetworkActivity]:
    """What the filter means and the viewer may see, the last day first."""
    query = select(NetworkActivity).where(visible(viewer, NetworkActivity))
    for name, column in (("subregion", NetworkActivity.subregion), ("challenge", NetworkActivity.challenge_id)):
        if value := getattr(wanted, name):
            query = query.where(column == value)
    if wanted.organisation is not None:
        places = register.with_merged(session, [wanted.organisation])
        came = select(ActivityGuest.activity_id).where(col(ActivityGuest.organisation_id).in_(places))
        query = query.where(col(NetworkActivity.id).in_(came))
    rows = session.exec(query.order_by(col(NetworkActivity.day).desc(), col(NetworkActivity.id).desc()))
    return [row for row in rows if _fits(row, wanted)]


def _fits(row: NetworkActivity, wanted: ActivityFilter) -> bool:
    return (
        says(wanted.text, row.title, row.place, row.result, *row.subjects)
        and (wanted.year is None or row.day.year == wanted.year)
        and (not wanted.subject or wanted.subject in map(subject_key, row.subjects))
    )


def counted(rows: Iterable[NetworkActivity]) -> dict[str, int]:
    """How many were in each deelregio; under an empty name those of the whole region."""
    found: dict[str, int] = {}
    for row in rows:
        found[row.subregion] = found.get(row.subregion, 0) + 1
    return found
