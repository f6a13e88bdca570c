"""What pages say beside the five formats of the mails: labels, notices after a deed, and the Jinja filters."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from db.models import Call, Challenge, Revision, Verdict
from db.reach import ANYWHERE, Reach, told_to
from db.vocabulary import (
    Allocation,
    Applicant,
    DeadlineKind,
    Eligibility,
    Instrument,
    Nature,
    NoReason,
    RevisionKind,
    Say,
    Status,
    Word,
)
from notifications import wording
from notifications.reasons import in_dutch
from notifications.source_names import source_name as source_name  # templates ask it here

# What a page says after a 303; the key travels in the address.
DONE = {
    "bewaard": "Bewaard.",
    "opgave": "Bewaard. De eerstvolgende ronde rekent de matches opnieuw uit.",
    "verwijderd": "Verwijderd.",
    "gewist": "Gewist: de naam staat nergens meer. Laatste resten in het bestand van de database gaan vannacht weg.",
    "ongedaan-gemaakt": "Opgeheven.",
    "beoordeeld": "Beoordeling bewaard.",
    "meer": "Bewaard: wat hierop lijkt, staat voor u hoger.",
    "nooit": "Bewaard, zonder oordeel: deze regeling en wat er sterk op lijkt staan voor u ver onderaan.",
    "teruggezet": "Teruggezet: die soort staat weer waar zij stond.",
    "les-ongedaan": "Ongedaan gemaakt.",
    "ongedaan": "Beoordeling ongedaan gemaakt.",
    "gevraagd": "Verstuurd: de vraag gaat per mail, met een link om te antwoorden.",
    "verstuurd": "Verstuurd: de mail is onderweg.",
    "gedeeld": "Verstuurd: uw collega krijgt een mail met uw zin en de link.",
    "gevolgd": "U volgt deze regeling: wijzigingen komen in uw overzicht.",
    "ingetrokken": "Ingetrokken; wat er stond blijft in de geschiedenis van uw organisatie.",
    "voorgelegd": "Voorgelegd: het wordt openbaar als een tweede mens het bevestigt.",
    "openbaar": "Bevestigd: iedereen kan dit nu lezen.",
    "ontvolgd": "U volgt deze regeling niet meer.",
    "afgemeld": "U bent uitgelogd.",
    "abonnement": "Abonnement bewaard.",
    "gestopt": "Abonnement gestopt. Onder Gestopt kunt u het weer opnemen.",
    "hervat": "Abonnement hervat. Wat u al kreeg, komt niet nog eens.",
    "samengevoegd": "Regelingen samengevoegd.",
    "twee": "Bewaard: dit zijn twee regelingen. Dit paar wordt niet meer voorgesteld.",
    "gescheiden": "Ongedaan gemaakt: het zijn weer twee regelingen.",
    "intussen-besloten": "Niet bewaard: iemand anders besloot intussen over deze regelingen.",
    "gecorrigeerd": "Correctie bewaard; een volgende ophaalronde laat haar staan.",
    "beantwoord": "Antwoord bewaard; een volgende ophaalronde laat het staan.",
    "staat-er-niet": "Bewaard: dit staat er niet.",
    "klopt": "Bewaard: het klopt zoals het er staat.",
    "twijfel": "Dank u. Het blijft staan met een merkteken; iemand kijkt het na bij de bron.",
    "staat-niet-meer": "Dit gegeven staat er niet meer; er is niets gemeld.",
    "teruggenomen": "Correctie teruggenomen.",
    "bron": "Toegevoegd: de volgende ophaalronde leest deze bron.",
    "bron-stil": "Stilgezet: deze bron wordt niet meer gevraagd tot iemand haar hervat.",
    "bron-weer": "Hervat: de volgende ophaalronde leest deze bron weer.",
    "bron-weg": "Weggehaald. De regelingen van deze bron blijven staan.",
    "vrijgegeven": "Vrijgegeven: deze regelingen gaan mee in de overzichten.",
    "herinneringen": "Bewaard. U krijgt herinneringen op de dagen die aangevinkt zijn.",
    "uitgenodigd": "Uitgenodigd: de mail staat klaar.",
    "weeklater": "Het is nu een week later. Wat er intussen te mailen was, staat in het postvak.",
    "ingelezen": "Ingelezen: iedereen uit het bestand staat er nu bij.",
    "losgemaakt": "Losgemaakt.",
    "vertrokken": "Overgedragen, en de toegang is beëindigd.",
    "toegelaten": "Dit adres krijgt weer mail.",
    "nietgeweigerd": "Dit adres is niet geweigerd; er is niets veranderd.",
    "opnieuw": "Klaargezet om opnieuw te versturen.",
    "sessie": "Sessie beëindigd.",
    "overleg": "Het overleg is begonnen.",
    "punt": "Het punt staat op het overleg.",
    "ververst": "Ververst: wat er intussen bij kwam, staat onderaan.",
    "notulen": "Afgesloten. Wie deelnam krijgt de notulen per mail, met wat zij mogen zien.",
    "gegeven": "Overgedragen.",
    "gepland": "Teruggerekend: de mijlpalen staan in de kalender.",
    "vergaderingen": "Bewaard; alle mijlpalen zijn opnieuw teruggerekend.",
    "intussen": "Niet bewaard: dit is intussen gewijzigd, of er is niemand gekozen. Probeer het nog eens.",
    "intussen-herinneringen": "Niet bewaard: uw herinneringen zijn intussen gewijzigd. Dit is hoe zij nu staan.",
    "waarom": "Niet bewaard: zeg waarom dit vervalt of verschuift.",
    "na-termijn": "Niet bewaard: die dag ligt na de termijn.",
    "feed-gestopt": "Agenda-abonnement gestopt; het adres werkt niet meer.",
}


def label(value: Any, vocabulary: type[Word]) -> str:
    """The Dutch label of a stored word."""
    return vocabulary(value).label


def done_text(key: str) -> str:
    """The notice of a key, or nothing for a key that is not ours."""
    return DONE.get(key, "")


# Fields of a call, as a page names them.
FIELDS = {
    "title": "titel",
    "summary": "samenvatting",
    "publisher": "verstrekker",
    "instrument": "soort",
    "allocation": "verdeling",
    "programme": "programma",
    "call_title": "oproep",
    "destination": "bestemming",
    "type_of_action": "soort actie",
    "applicants": "wie mag aanvragen",
    "area": "gebied",
    "tags": "labels van de bron",
    "keywords": "trefwoorden van de bron",
    "subjects": "onderwerpen",
    "sectors": "sectoren",
    "targets": "doelgroep volgens de bron",
    "priorities": "doorsnijdende prioriteiten",
    "conditions": "voorwaarden",
    "support": "hulp bij aanvragen",
    "updates": "mededelingen van de bron",
    "expected_grants": "verwacht aantal projecten",
    "eligible": "voor ons",
    "budget": "budget",
    "min_amount": "minimum per aanvraag",
    "max_amount": "maximum per aanvraag",
    "amount_text": "bedrag",
    "rate": "percentage",
    "source_word": "status volgens de bron",
    "published_on": "gepubliceerd",
    "url": "adres",
    "language": "taal",
    "text": "zoekwoorden",
    "challenges": "opgaven",
    "status": "status",
    "instruments": "soort",
    "sources": "bronnen",
    "languages": "talen",
    "programmes": "programma",
    "fit": "past",
    "unjudged": "nog niet beoordeeld",
    "set_aside": "apart gezet in het overzicht van",
    "waiting": "wacht volgens het overzicht van",
    "at_least": "bedrag vanaf",
    "closes_before": "sluit voor",
    "closes_after": "sluit na",
    "page": "bladzijde",
    "order": "volgorde",
}
PLACES = {
    "title": "de titel",
    "call": "de oproep",
    "destination": "het onderdeel",
    "text": "de tekst",
    "type": "de soort",
}
MONEY_FIELDS = frozenset({"budget", "min_amount", "max_amount"})
TEXT_FIELDS = frozenset({"summary", "conditions", "support", "updates"})  # too long to say: revised, and how behind it
WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
WORDS: dict[str, type[Word]] = {
    "instrument": Instrument,
    "allocation": Allocation,
    "eligible": Eligibility,
    "source_word": Status,
}


def field_name(name: str) -> str:
    """A field of a call, or a kind of deadline, in Dutch."""
    if name in set(DeadlineKind):
        return DeadlineKind(name).label
    return FIELDS.get(name, name)


def age(since: timedelta) -> str:
    """``3 uur geleden``, ``2 dagen geleden``: in hours up to two days."""
    hours = int(since.total_seconds() // 3600)
    if hours < 1:
        return "minder dan een uur geleden"
    return f"{hours} uur geleden" if hours < 48 else f"{hours // 24} dagen geleden"


def challenge_name(challenge: Challenge) -> str:
    """``2.3 Landschap``, or as much as is known of it."""
    return numbered(challenge.number, challenge.name)


def numbered(number: str | None, name: str | None) -> str:
    """An opgave by its number and name, where they are known."""
    name = name or "nog in te vullen"
    return f"{number} {name}" if number else name


def what(call: Call, code: str = "", reach: Reach = ANYWHERE) -> str:
    """One quiet line: programme and code, kind, publisher, who may apply, how it is divided; a moment has less."""
    if call.nature == Nature.MOMENT:
        return " · ".join(filter(None, [Nature(call.nature).label, call.publisher]))
    parts = [
        ", ".join(call.programme),
        code,
        Instrument(call.instrument).label,
        call.publisher or "",
        who_if_known(call, reach),
        Allocation(call.allocation).label if call.allocation else "",
    ]
    return " · ".join(filter(None, parts))


def said(verdict: Verdict) -> str:
    """``Niet voor ons: te klein bedrag``."""
    reason = f": {NoReason(verdict.reason).label}" if verdict.reason else ""
    return wording.capitalize_first(Say(verdict.say).label) + reason


def who_may_apply(call: Call, reach: Reach = ANYWHERE) -> str:
    """``niet voor overheden`` where a source or rule says so, else ``zelden iets voor een gemeente``; and where.

    ``reach``: of its reader, to whom what lands elsewhere is no call to apply for.
    """
    return told_to(reach, call.eligible, call.eligible_estimate, call.publisher)


def who_if_known(call: Call, reach: Reach) -> str:
    """The same, or nothing where neither is known: who may apply, nor that it lands elsewhere."""
    known = call.eligible != Eligibility.UNKNOWN or reach.is_out_of(call.eligible, call.given_within)
    return who_may_apply(call, reach) if known else ""


def money(call: Call, sharing: int = 1) -> str:
    """What one application can get; else the whole budget, which ``sharing`` topics share; else the source's words."""
    per_project = wording.amount_range(call.min_amount, call.max_amount)
    if per_project:
        return per_project
    together = f" voor {sharing} onderwerpen samen" if sharing > 1 else ""
    return (
        f"budget {wording.amount(call.budget)}{together}"
        if call.budget
        else wording.amount_as_written(call.amount_text or "")
    )


def value_text(field: str, value: Any) -> str:
    """A field's value as a person reads it; dates come as lists of day and hour (tracker/calls/consolidate.py)."""
    if value in (None, "", []):
        return "niet genoemd"
    if field in set(DeadlineKind):
        return wording.listed([date_text(entry) for entry in value]) if isinstance(value, list) else str(value)
    if field in MONEY_FIELDS:
        return wording.amount(Decimal(str(value)))
    if field == "rate":
        return wording.percentage(Decimal(str(value)))
    if field in WORDS:
        return WORDS[field](value).label
    if field == "published_on":
        return wording.day(value if isinstance(value, date) else date.fromisoformat(str(value)))
    if field == "applicants":
        return wording.listed([Applicant(entry).label for entry in value])
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def date_text(value: Any) -> str:
    """``{"day": "2026-10-01", "hour": "17:00"}`` -> ``1 oktober 2026, 17:00``, as wall time where it was read."""
    if not isinstance(value, dict) or "day" not in value:
        return "zonder datum"
    text = wording.moment(date.fromisoformat(value["day"]))
    hour = value.get("hour")
    assumed = " (gebruikelijk uur)" if value.get("assumed") else ""
    return f"{text}, {hour}{assumed}" if hour else text


def change_text(revision: Revision) -> str:
    """``sluit: nu 15 oktober 2026, 17:00, was 1 oktober 2026, 17:00``."""
    if revision.kind != RevisionKind.CHANGED or not revision.field:
        return RevisionKind(revision.kind).label
    if revision.field == "stale_since":
        return silence_text(revision.old or {}, revision.new or {})
    if revision.field == "next_round":
        return "de bron begon een nieuwe ronde, met een pagina van haar eigen"
    if revision.field in TEXT_FIELDS:
        return f"{field_name(revision.field)}: tekst herzien" if revision.old and revision.new else _text_came(revision)
    new, old = value_text(revision.field, revision.new), value_text(revision.field, revision.old)
    return f"{field_name(revision.field)}: nu {new}, was {old}"


def _text_came(revision: Revision) -> str:
    return f"{field_name(revision.field)}: {'nieuwe tekst' if revision.new else 'tekst vervallen'}"


def silence_text(old: dict[str, str], new: dict[str, str]) -> str:
    """``budget, sluit: niet meer genoemd door de bron, en blijft staan``."""
    silent = [field_name(name) for name in sorted(set(new) - set(old))]
    settled = [field_name(name) for name in sorted(set(old) - set(new))]
    parts = (f"{', '.join(silent)}: niet meer genoemd door de bron, en blijft staan" if silent else "",
             f"{', '.join(settled)}: weer genoemd, of vervangen" if settled else "")  # fmt: skip
    return "; ".join(filter(None, parts)) or "de bron noemt een andere waarde niet meer"


def in_call(reason: dict[str, Any]) -> str:
    """What of the call spoke for the match: ``“warmtenet” in de titel``."""
    words, place = str(reason.get("call") or reason.get("text") or ""), PLACES.get(str(reason.get("place")), "")
    if reason.get("kind") == "title":
        return "de titel"
    return f"“{words}” in {place}" if place else words


def in_challenge(reason: dict[str, Any]) -> str:
    """What of the opgave it answers to."""
    if reason.get("kind") == "programme":
        return "wat een regio kan gebruiken"
    return str(reason.get("challenge") or "")


def rough(euros: Decimal) -> str:
    """A sum of budgets, millions to one decimal and less to the thousand, as every amount; nothing known is a dash."""
    step = 100_000 if euros >= 1_000_000 else 1_000
    return wording.amount(round(euros / step) * step or euros) if euros else "–"


FILTERS: dict[str, Callable[..., Any]] = {
    "day": wording.day,
    "short_day": wording.short_day,
    "moment": wording.moment,
    "full_moment": wording.full_moment,
    "short_moment": wording.short_moment,
    "clock_time": wording.clock_time,
    "amount": wording.amount,
    "percentage": wording.percentage,
    "rough": rough,
    "pair": lambda value: (value, value),
    "listed": wording.listed,
    "label": label,
    "year": lambda value: wording.local_day(value).year,
    "done_text": done_text,
    "capitalize_first": wording.capitalize_first,
    "reason": in_dutch,
}


def options(vocabulary: type[Word]) -> list[tuple[str, str]]:
    """Every word with its label, for a choice."""
    return [(word.value, word.label) for word in vocabulary]


def eligible_options() -> list[tuple[str, str]]:
    """The answers to who may apply, for a filter: what is only estimated falls under the same words."""
    return [(word.value, word.filter_label) for word in Eligibility]


def weekdays() -> list[tuple[int, str]]:
    """The working days, for a choice; 0 is Monday."""
    return list(enumerate(WEEKDAYS[:5]))
