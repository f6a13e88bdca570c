"""What pages say beside the five formats of the mails: labels, notices after a deed, and the Jinja filters."""

from collections.abc import Callable
from typing import Any

from db.vocabulary import Word
from notifications import wording

# What a page says after a 303; the key travels in the address.
DONE = {
    "bewaard": "Bewaard.",
    "verwijderd": "Verwijderd.",
    "beoordeeld": "Beoordeling bewaard.",
    "ongedaan": "Beoordeling ongedaan gemaakt.",
    "gevolgd": "U volgt deze regeling: wijzigingen komen in uw overzicht.",
    "ontvolgd": "U volgt deze regeling niet meer.",
    "afgemeld": "U bent uitgelogd.",
    "abonnement": "Abonnement bewaard.",
    "gestopt": "Abonnement gestopt.",
    "samengevoegd": "Regelingen samengevoegd.",
    "gecorrigeerd": "Correctie bewaard; een volgende ophaalronde laat haar staan.",
    "teruggenomen": "Correctie teruggenomen.",
    "vrijgegeven": "Vrijgegeven: deze regelingen gaan mee in de overzichten.",
    "opnieuw": "Klaargezet om opnieuw te versturen.",
    "sessie": "Sessie beëindigd.",
}


def label(value: Any, vocabulary: type[Word]) -> str:
    """The Dutch label of a stored word."""
    return vocabulary(value).label


def done_text(key: str) -> str:
    """The notice of a key, or nothing for a key that is not ours."""
    return DONE.get(key, "")


FILTERS: dict[str, Callable[..., Any]] = {
    "day": wording.day,
    "short_day": wording.short_day,
    "moment": wording.moment,
    "full_moment": wording.full_moment,
    "short_moment": wording.short_moment,
    "clock_time": wording.clock_time,
    "amount": wording.amount,
    "percentage": wording.percentage,
    "listed": wording.listed,
    "label": label,
    "done_text": done_text,
}
