"""What people keep as a sheet for a Dutch Excel: heads, words and days; JSON lines keep the names programs use."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from db.vocabulary import Visibility, Word
from db.vocabulary_lobby import (
    ApplicationStage,
    ContactKind,
    GoDecision,
    Gremium,
    Level,
    MomentKind,
    Priority,
    Result,
    Stage,
    StateAid,
)

SHARED = {
    "id": "nummer", "title": "titel", "stage": "fase", "participant": "deelnemer", "visibility": "zichtbaar voor",
    "example": "voorbeeld", "opened": "geopend", "closed": "gesloten",
}  # fmt: skip
# Kind -> the key of a record -> the head of its column, in the order of the columns.
HEADS: dict[str, dict[str, str]] = {
    "dossiers": {
        **SHARED, "level": "niveau", "priority": "prioriteit", "goal": "lobbydoel", "message_nl": "kernboodschap",
        "message_en": "kernboodschap (Engels)", "request": "gevraagd besluit", "requested_amount": "gevraagd bedrag",
        "political_lead": "bestuurlijk trekker", "opgaven": "opgaven", "calls": "regelingen", "result": "resultaat",
        "result_amount": "opgebracht bedrag", "result_text": "wat er is bereikt",
    },
    "positions": {
        "dossier": "dossier", "title": "titel van het dossier", "number": "standpunt", "designation": "wat het is",
        "participant": "deelnemer", "visibility": "zichtbaar voor", "gremium": "vastgesteld door",
        "decision": "besluit", "adopted_on": "vastgesteld op", "valid_from": "geldt vanaf",
        "valid_to": "geldt tot en met", "public_wording": "openbare tekst", "dissent": "afwijkend",
    },
    "applications": {
        **SHARED, "call": "regeling", "programme": "programma", "lead": "penvoerder", "partners": "partners",
        "requested": "gevraagd", "total_cost": "totale kosten", "chance": "kans in procent",
        "state_aid": "staatssteun", "go": "go/no-go", "go_on": "go/no-go op", "go_reasons": "redenen",
        "submitted": "ingediend op", "decided_on": "besloten op", "granted": "toegekend",
        "grant_number": "beschikking", "own_money": "eigen geld",
    },
    "moments": {
        "ref": "verwijzing", "title": "titel", "kind": "soort", "level": "niveau", "body": "van wie",
        "starts_on": "begint op", "ends_on": "tot en met", "sure": "datum zeker", "act_before": "handelen vóór",
        "use": "wat ermee kan", "url": "adres",
    },
    "contacts": {
        "id": "nummer", "dossier": "dossier", "day": "datum", "kind": "soort", "organisation": "organisatie",
        "office": "functie", "participant": "deelnemer", "visibility": "zichtbaar voor", "message": "gebracht",
        "reply": "reactie", "follow_up": "vervolg", "follow_up_on": "vervolg op",
    },
}  # fmt: skip
WORDS: dict[tuple[str, str], type[Word]] = {
    ("dossiers", "stage"): Stage,
    ("dossiers", "result"): Result,
    ("applications", "stage"): ApplicationStage,
    ("applications", "state_aid"): StateAid,
    ("applications", "go"): GoDecision,
    ("contacts", "kind"): ContactKind,
    ("moments", "kind"): MomentKind,
}
EVERYWHERE: dict[str, type[Word]] = {
    "visibility": Visibility, "level": Level, "priority": Priority, "gremium": Gremium,
}  # fmt: skip
MOMENTS = ("opened", "closed")  # with an hour, which a sheet has no use for


def heads_of(kind: str) -> list[str]:
    """The heads of the columns; none for a kind that has no sheet of its own here."""
    return list(HEADS.get(kind, {}).values())


def in_dutch(kind: str, records: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The records of one kind as rows of a sheet; those of a kind without heads as they are."""
    heads = HEADS.get(kind)
    for record in records:
        yield record if heads is None else {heads[key]: _said(kind, key, value) for key, value in record.items()}


def _said(kind: str, key: str, value: Any) -> Any:
    words = WORDS.get((kind, key)) or EVERYWHERE.get(key)
    if words is not None and value:
        return words(value).label
    if isinstance(value, bool):
        return "ja" if value else "nee"
    return str(value)[:10] if key in MOMENTS and value else value


def by_key(kind: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of such a sheet under the names of its record; a head that is none of these stays what it is."""
    keys = {head: key for key, head in HEADS[kind].items()}
    return {keys.get(head, head): value for head, value in row.items()}
