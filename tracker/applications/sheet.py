"""Applications that ran before, from a sheet: each row with what is wrong with it; then all of them or none."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session, col, func, or_, select

from db.models import Application, Call, Dossier, Reference, Sighting
from db.queries import BY_HAND
from db.vocabulary import Role, Status, Visibility, spoken
from db.vocabulary_lobby import NOT_YET_IN, ApplicationStage, DossierKind, LogKind
from scrapers.listing import Listing
from tracker.applications.cofunding import FIXED
from tracker.applications.stages import OVER, check_lead
from tracker.calendar.decision_clock import follow_application
from tracker.calls.corrections import add_call
from tracker.calls.identity import same_reference
from tracker.calls.mentions import named_in
from tracker.calls.typed_values import euros, moment
from tracker.errors import Incomplete, Refused
from tracker.exchange.rows import Row, text_of
from tracker.exchange.sheets import Sheet, new_lines
from tracker.lobby.dossiers import DossierFields, open_dossier
from tracker.lobby.log import log
from tracker.people.participants import participant_id
from tracker.rights import Deed, must_have

MOST_APPLICATIONS = 1_000
COLUMNS = (
    "aanvraag", "regeling", "adres", "programma", "fase", "penvoerder", "gevraagd", "toegekend", "beschikking",
    "ingediend", "besluit",
)  # fmt: skip
# What a column of another name probably is; a person chooses.
LIKELY = {
    "titel": "aanvraag", "naam": "aanvraag", "project": "aanvraag", "projectnaam": "aanvraag",
    "subsidie": "regeling", "call": "regeling", "fonds": "regeling", "url": "adres", "link": "adres",
    "programme": "programma", "status": "fase", "aanvrager": "penvoerder", "bedrag": "gevraagd",
    "aangevraagd": "gevraagd", "gevraagd bedrag": "gevraagd", "verleend": "toegekend", "toegekend bedrag": "toegekend",
    "beschikkingsnummer": "beschikking", "kenmerk": "beschikking", "indiendatum": "ingediend",
    "datum ingediend": "ingediend", "besluitdatum": "besluit", "datum besluit": "besluit",
}  # fmt: skip
SHEET = Sheet(
    needed="aanvraag, fase, gevraagd en wat u verder weet", columns=COLUMNS, known=COLUMNS,
    head=("aanvraag", "regeling"),  # the others occur below the head too: 'ingediend' is also a stage
    most=MOST_APPLICATIONS, likely=LIKELY,
)  # fmt: skip


@dataclass(frozen=True)
class ApplicationLine:
    """One row as it was understood; ``wrong`` and ``known`` both empty: a new application."""

    number: int
    title: str
    stage: ApplicationStage | None = None
    call_id: int | None = None
    call: str = ""
    programme: str = ""
    lead_id: str | None = None
    requested: Decimal | None = None
    granted: Decimal | None = None
    grant_number: str = ""
    submitted_on: date | None = None
    decided_on: date | None = None
    by_hand: Listing | None = None  # a call that is not here yet and comes along
    wrong: str = ""
    known: str = ""


def read_sheet(content: bytes, file_name: str) -> list[Row]:
    """The rows of an upload, as texts. Raises Incomplete, in Dutch."""
    rows = SHEET.read(content, file_name)
    return [(number, {name: _cell(value) for name, value in row.items()}) for number, row in rows]


def _cell(value: Any) -> str:
    """As a Dutch hand would type it: Excel keeps days and halves in forms of its own."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    return f"{value:.2f}".replace(".", ",") if isinstance(value, float) else text_of(value)


def look(session: Session, rows: Iterable[Row], owner: str, today: date) -> list[ApplicationLine]:
    """Every row as it would be taken in for an organisation, in the order of the sheet."""
    first_at: dict[str, int] = {}
    return [_line(session, number, row, owner, today, first_at) for number, row in rows]


def _line(
    session: Session, number: int, row: dict[str, Any], owner: str, today: date, first_at: dict[str, int]
) -> ApplicationLine:
    title = row.get("aanvraag") or row.get("regeling", "")
    if not title:
        return ApplicationLine(number, "", wrong="Noem de aanvraag of de regeling.")
    twice = first_at.setdefault(title.casefold(), number)
    if twice != number:
        return ApplicationLine(number, title, wrong=f"Deze aanvraag staat ook in rij {twice}.")
    same = select(Dossier.id).where(
        Dossier.kind == DossierKind.APPLICATION, Dossier.participant_id == owner, Dossier.title == title
    )
    if session.exec(same).first() is not None:
        return ApplicationLine(number, title, known="staat er al")
    try:
        return _understood(session, number, title, row, today)
    except Refused as error:
        return ApplicationLine(number, title, wrong=str(error))


def _understood(session: Session, number: int, title: str, row: dict[str, Any], today: date) -> ApplicationLine:
    stage = spoken(ApplicationStage, row.get("fase", ""))
    if stage is None:
        raise Incomplete(f"Fase '{row.get('fase', '')}' is er niet; er zijn {_stages()}.")
    granted = euros(row.get("toegekend", ""))
    if stage in FIXED and granted is None:
        raise Incomplete("Vul het toegekende bedrag in.")
    call = _call(session, row.get("regeling", ""), row.get("adres", ""))
    lead = row.get("penvoerder", "")
    return ApplicationLine(
        number,
        title,
        ApplicationStage(stage),
        call.id if call else None,
        call.title if call else "",
        row.get("programma") or (call.programme[0] if call and call.programme else ""),
        check_lead(session, participant_id(session, lead), today).id if lead else None,
        euros(row.get("gevraagd", "")),
        granted,
        row.get("beschikking", ""),
        _past(row.get("ingediend", ""), today),
        _past(row.get("besluit", ""), today),
        _by_hand(row, ApplicationStage(stage)) if call is None and row.get("regeling") else None,
    )


def _stages() -> str:
    return ", ".join(stage.label for stage in ApplicationStage)


def _past(typed: str, today: date) -> date | None:
    found = moment(typed)
    if found and found.day > today:
        raise Incomplete(f"{typed} moet nog komen.")
    return found.day if found else None


def _by_hand(row: dict[str, Any], stage: ApplicationStage) -> Listing:
    """The call that nobody told us of yet, as a person would add it; what went in is no longer open to others.

    Raises Incomplete without an address where it can be read: everybody sees a call.
    """
    title, address = row["regeling"], row.get("adres", "")
    if not address:
        raise Incomplete(f"De regeling '{title}' staat hier niet: zet in de kolom adres waar zij te lezen is.")
    said = Status.CLOSED if stage not in NOT_YET_IN else None
    programme = (row["programma"],) if row.get("programma") else ()
    try:
        return Listing(
            source=BY_HAND, external_id=address[:300], url=address, title=title, language="nl", programme=programme,
            source_word=said,
        )  # fmt: skip
    except ValidationError as error:
        raise Incomplete(f"Adres '{address}' is geen volledig adres, zoals https://www.voorbeeld.nl/.") from error


def _call(session: Session, named: str, address: str) -> Call | None:
    """The call at its address, by the code its source gives it or its official reference, or by its whole title.

    None where there is none. Raises Incomplete where there are several.
    """
    code = func.lower(Sighting.external_id) == named.lower()
    official = col(Sighting.id).in_(
        select(Reference.sighting_id).where(
            col(Reference.reference).in_({same_reference(named), *named_in(named).values()})
        )
    )
    spoken_of = select(Sighting.call_id).where(or_(code, official))
    ways = [col(Call.url) == address] if address else []
    ways += [or_(func.lower(Call.title) == named.lower(), col(Call.id).in_(spoken_of))] if named else []
    for way in ways:
        found = session.exec(select(Call).where(way, col(Call.joined_into).is_(None))).all()
        if len(found) > 1 and way is ways[-1]:
            raise Incomplete(f"Er zijn {len(found)} regelingen die zo heten: noem haar code, of zet haar adres erbij.")
        if len(found) == 1:
            return found[0]
    return None


def take_in(deed: Deed, lines: Iterable[ApplicationLine]) -> list[Dossier]:
    """Add what is new. Raises Incomplete while one row is wrong: nothing is stored then."""
    must_have(deed, Role.FUNDRAISER, "Met de rol lezer kunt u geen aanvragen inlezen.")
    return [_add(deed, line) for line in new_lines(lines)]


def _add(deed: Deed, line: ApplicationLine) -> Dossier:
    if line.by_hand is not None:
        line = replace(line, call_id=add_call(deed.session, line.by_hand, deed.now))
    fields = DossierFields(title=line.title, visibility=Visibility.OWN, lobbyist_id=deed.by.id)
    dossier = open_dossier(deed, fields, DossierKind.APPLICATION, calls=[line.call_id] if line.call_id else [])
    stage, before = line.stage or ApplicationStage.SIGNAL, dossier.stage
    dossier.stage, dossier.closed_at = stage, deed.now if stage in OVER else None
    kept = ("call_id", "programme", "lead_id", "requested", "granted", "grant_number", "submitted_on", "decided_on")
    values: dict[str, Any] = {name: getattr(line, name) for name in kept}
    values |= {"participant_id": dossier.participant_id, "visibility": dossier.visibility}
    deed.session.add(Application(dossier_id=dossier.id, **values))
    log(deed, dossier, LogKind.MOVED, f"Ingelezen uit een bestand: {stage.label}", stages=(before, stage))
    follow_application(deed.session, dossier.id, deed.now)  # steps that were planned for the call before
    return dossier
