"""What stands above a digest: its subject, its headline and how complete the sources were. Pure."""

from collections import Counter
from textwrap import shorten

from notifications import wording
from notifications.digest import Coverage, Digest
from notifications.message import one_line
from notifications.places import PLACES, Place

MOST_TITLE = 60
COUNTED = {
    Place.CHOOSE: ("kans om eerst te kiezen", "kansen om eerst te kiezen"),
    Place.OURS: ("ook zelf aan te vragen", "ook zelf aan te vragen"),
    Place.CLOSING: ("sluit binnenkort", "sluiten binnenkort"),
    Place.OPENING: ("opent binnenkort", "openen binnenkort"),
}
LOST = "een eerder overzicht kwam misschien niet aan"


def headline_of(digest: Digest) -> str:
    """``6 kansen om eerst te kiezen, 12 ook zelf aan te vragen``: every number is what is named under it."""
    numbers = Counter(item.place for item in digest.items)
    parts = [
        wording.count(numbers[place], *COUNTED.get(place, (place.label, place.label)))
        for place in PLACES
        if numbers[place]
    ]
    return ", ".join(parts) or "niets nieuws"


def subject_of(digest: Digest, headline: str, due: str = "") -> str:
    """What is ``due`` today or else the first call by its title, what more there is, and by when to decide first."""
    if not (due or digest.items):
        return headline
    title = shorten(due or one_line(digest.items[0].call.title, 200), MOST_TITLE, placeholder=" …")
    days = [item.window.go_by for item in digest.items if item.window.go_by and not item.window.late]
    decide = f"; eerste go/no-go {wording.day_and_month(min(days))}" if days else ""
    return f"{title}: {headline}{decide}"


def coverage_line(coverage: Coverage) -> str:
    """``2 van 2 bronnen compleet; laatste ronde 07:02``."""
    if not coverage.sources:
        return "Nog geen bron opgehaald."
    line = f"{coverage.complete} van {wording.count(coverage.sources, 'bron', 'bronnen')} compleet"
    if coverage.incomplete:
        line += f" (niet: {wording.listed(list(coverage.incomplete))})"
    if coverage.last_round is not None:
        line += f"; laatste ronde {wording.clock_time(coverage.last_round)}"
    if coverage.waiting:
        line += f"; {wording.count(coverage.waiting, 'regeling wacht', 'regelingen wachten')} op vrijgave"
    return line + "."
