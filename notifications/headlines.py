"""What stands above a digest: its subject, its headline and how complete the sources were. Pure."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from textwrap import shorten

from notifications import wording
from notifications.digest import Coverage, Digest
from notifications.message import MOST_SUBJECT, one_line
from notifications.places import PLACES, Place
from notifications.source_names import source_name

MOST_TITLE, LEAST_TITLE = 60, 10
BEFORE_IT = len("Kansenradar: ")  # what a mail puts before a subject
COUNTED = {
    Place.CHOOSE: ("kans om eerst te kiezen", "kansen om eerst te kiezen"),
    Place.OURS: ("ook zelf aan te vragen", "ook zelf aan te vragen"),
    Place.CLOSING: ("sluit binnenkort", "sluiten binnenkort"),
    Place.OPENING: ("nu of binnenkort open", "nu of binnenkort open"),
}
LOST = "een eerder overzicht kwam misschien niet aan"


def headline_of(digest: Digest) -> str:
    """``6 kansen om eerst te kiezen, 12 ook zelf aan te vragen``: every number is what is named under it."""
    return ", ".join(_counts(digest)) or "niets nieuws"


def _counts(digest: Digest) -> list[str]:
    numbers = Counter(item.place for item in digest.items)
    return [
        wording.count(numbers[place], *COUNTED.get(place, (place.label, place.label)))
        for place in PLACES
        if numbers[place]
    ]


def subject_of(digest: Digest, headline: str, due: str = "") -> str:
    """``6 kansen om eerst te kiezen, zoals Houtbouw; 3 als partner; eerste go/no-go 9 jun``: no number is of that call.

    What is ``due`` today stands before it. A title begins with a capital here, whatever its source does, and gives way
    where all would not fit: what is cut is a name, never a number or that a day is assumed.
    """
    if due:
        rest = f"; en {headline}{_decide_first(digest)}"
        return _short(due, len(rest)) + rest
    if not digest.items:
        return headline
    first, *others = _counts(digest)
    lead = f"{first}: " if first.startswith("1 ") else f"{first}, zoals "
    rest = "".join(f"; {other}" for other in others) + _decide_first(digest)
    title = wording.capitalize_first(one_line(digest.items[0].call.title, 200))
    return lead + _short(title, len(lead) + len(rest)) + rest


def _short(title: str, beside: int) -> str:
    left = MOST_SUBJECT - BEFORE_IT - beside
    return shorten(title, max(LEAST_TITLE, min(MOST_TITLE, left)), placeholder=" …")


def _decide_first(digest: Digest) -> str:
    """``; eerste go/no-go 9 jun (aangenomen ritme)``: by when somebody must first have said go."""
    windows = [item.window for item in digest.items if not item.window.late]
    days = [(window.go_by, window.assumed) for window in windows if window.go_by]
    if not days:
        return ""
    first, assumed = min(days)  # of one day that is known and assumed, it is known
    return f"; eerste go/no-go {wording.day_and_month(first)}{' (aangenomen ritme)' if assumed else ''}"


def coverage_line(digest: Digest, now: datetime) -> str:
    """``2 van 3 bronnen compleet (te laat: RVO sinds 13 juli 2026); laatste ronde 07:02.``"""
    coverage = digest.coverage
    if not coverage.sources:
        return "Nog geen bron opgehaald."
    parts = [
        f"{coverage.complete} van {wording.count(coverage.sources, 'bron', 'bronnen')} compleet{_lacking(coverage)}"
    ]
    if coverage.last_round is not None:
        parts.append(f"laatste ronde {_round(coverage.last_round, now)}")
    if coverage.waiting:
        parts.append(f"{wording.count(coverage.waiting, 'regeling wacht', 'regelingen wachten')} op vrijgave")
    if coverage.unmatched:
        compared = wording.count(coverage.unmatched, "regeling is", "regelingen zijn")
        parts.append(f"{compared} nog niet met de opgaven vergeleken")
    line = "; ".join(parts) + "."
    if digest.new_sources:
        line += f" Nieuwe bron: {_named(digest.new_sources)}; wat daar al stond, heet hier niet nieuw."
    return line


def _lacking(coverage: Coverage) -> str:
    days = {name: f"sinds {wording.moment(day)}" if day else "nog nooit" for name, day in coverage.overdue.items()}
    late = [f"{source_name(name)} {since}" for name, since in days.items()]
    lacking = [f"te laat: {wording.listed(late)}"] if late else []
    lacking += [f"niet: {_named(coverage.incomplete)}"] if coverage.incomplete else []
    return f" ({'; '.join(lacking)})" if lacking else ""


def _named(sources: Iterable[str]) -> str:
    return wording.listed([source_name(name) for name in sources])


def _round(last: datetime, now: datetime) -> str:
    """The hour of today, or with its day."""
    return wording.clock_time(last) if wording.days_between(now, last) == 0 else wording.moment(last)
