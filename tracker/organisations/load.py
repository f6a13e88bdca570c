"""What the register starts with: ministries, a few others, and the participants; adds, never overwrites."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from sqlmodel import Session, select

from db.models import Organisation, Participant
from db.region import SHIPPED
from db.region_folder import RegionUnreadable
from db.vocabulary import ParticipantKind, Visibility
from db.vocabulary_organisations import OrganisationKind, OrganisationNameKind
from tracker.organisations.names import name_key
from tracker.organisations.register import absorb, add_name, named, names_of

GOVERNMENTS = {
    ParticipantKind.MUNICIPALITY: (OrganisationKind.MUNICIPALITY, "Gemeente "),
    ParticipantKind.PROVINCE: (OrganisationKind.PROVINCE, "Provincie "),
    ParticipantKind.TRANSPORT_REGION: (OrganisationKind.REGION, ""),
}
Entry = dict[str, Any]


def load_organisations(session: Session, now: datetime, path: Path = SHIPPED / "organisations.yaml") -> int:
    """Add what the register lacks; gives how many were added. What people typed of the same name leads there."""
    known = {o.code: o for o in session.exec(select(Organisation)) if o.code is not None}
    entries = [*_shipped(path), *_participants(session)]
    added = [(entry, _add(session, entry, now)) for entry in entries if entry["code"] not in known]
    known |= {organisation.code or "": organisation for _, organisation in added}
    for entry, organisation in added:
        if entry.get("into"):
            organisation.successor_id = known[entry["into"]].id
    session.flush()
    for _, organisation in added:
        absorb(session, organisation, _same(session, organisation))
    return len(added)


def _shipped(path: Path) -> Iterator[Entry]:
    for kind, entries in yaml.safe_load(path.read_text("utf-8")).items():
        if kind not in list(OrganisationKind):
            raise RegionUnreadable(f"{path}: {kind} is no kind of organisation")
        yield from ({**entry, "kind": OrganisationKind(kind)} for entry in entries)


def _participants(session: Session) -> Iterator[Entry]:
    """The participants, under their whole name: "Utrecht" is a municipality and a province."""
    for row in session.exec(select(Participant)):
        kind, word = GOVERNMENTS[ParticipantKind(row.kind)]
        into = f"participant-{row.merged_into}" if row.merged_into else None
        entry = {"code": f"participant-{row.id}", "kind": kind, "name": f"{word}{row.name}", "into": into}
        yield {**entry, "also": [row.name], "ended": row.valid_to}


def _add(session: Session, entry: Entry, now: datetime) -> Organisation:
    organisation = Organisation(
        code=entry["code"],
        kind=entry["kind"],
        name=entry["name"],
        key=name_key(entry["name"]),
        ended_on=entry.get("ended"),
        visibility=Visibility.REGION,
        created_at=now,
    )
    session.add(organisation)
    session.flush()
    for name, kind, until in _other_names(entry):
        add_name(session, organisation, name, kind, until)
    return organisation


def _other_names(entry: Entry) -> Iterator[tuple[str, OrganisationNameKind, date | None]]:
    """An abbreviation of a ministry is written with "Min" before it, too."""
    for place in (entry, *entry.get("former", [])):
        until = place.get("until")
        if until:
            yield place["name"], OrganisationNameKind.FORMER, until
        for short in place.get("short", []):
            kind = OrganisationNameKind.FORMER if until else OrganisationNameKind.ABBREVIATION
            yield short, kind, until
            if entry["kind"] == OrganisationKind.MINISTRY:
                yield f"Min{short}", OrganisationNameKind.OTHER, until
    for also in entry.get("also", []):
        yield also, OrganisationNameKind.OTHER, None


def _same(session: Session, organisation: Organisation) -> list[Organisation]:
    """What goes by any of its names."""
    names = [organisation.name, *(row.name for row in names_of(session, organisation))]
    same = {other.id: other for name in names for other in named(session, name)}
    return [other for other in same.values() if other.id != organisation.id]
