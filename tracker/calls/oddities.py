"""What a source says that is more likely a fault than news: it is held, and what was known stays. Pure.

a field that too many calls lost at once     | a different crawl: nothing of it is taken over (see ``lost``)
an amount a hundredfold, a date a year back  | the call waits as it was, with a remark
every running call of a type over at once    | they wait as they were, with a remark
another title for several calls at once      | they wait as they were, with a remark
another call's title, or no facts left       | not the call's page: it stays as it was until the page is back
a known title and closing under a new id     | a new call that is held from mail
many new calls without a door to come        | held from mail
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from db.status import OVER
from notifications.wording import amount, short_day
from scrapers.listing import AMOUNTS
from tracker.calls.consolidate import SourceRecord
from tracker.calls.identity import same_text
from tracker.calls.sightings import Comparison, KnownSighting, ReportedListing
from tracker.calls.silence import ENDS, lost_fields

FEWEST_LOST = 3  # fewer is no pattern
LOST_SHARE = 1 / 3
HUNDREDFOLD = Decimal(100)
A_YEAR, ABOUT = timedelta(days=365), timedelta(days=5)
MONEY = {"budget": "budget", "min_amount": "minimum per project", "max_amount": "maximum per project"}
WHOLE_TYPE = 5  # fewer calls of a type can well close on one day
NOT_TAKEN_OVER = "nog niet overgenomen, kijk na"
RENAMED = "een bekende titel en sluiting onder een nieuw nummer"
DOORLESS = "veel tegelijk die al voorbij zijn of geen termijn noemen"
CHANGED = "veel tegelijk gewijzigd"
OVER_AT_ONCE = f"Volgens de bron is opeens elke regeling van deze soort voorbij: {NOT_TAKEN_OVER}."
RETITLED = f"De bron noemt van deze en andere regelingen opeens een andere titel: {NOT_TAKEN_OVER}."
GONE_AT_ONCE = f"De bron toont opeens geen enkele regeling van deze soort meer: {NOT_TAKEN_OVER}."
Type = tuple[str, str]


class RunningCall(NamedTuple):
    """A call of the source that was not over before this crawl, and until when one can come in."""

    title: str
    type: Type
    closes_at: datetime | None


def lost_counts(comparison: Comparison, before: Mapping[int, SourceRecord], now: datetime) -> Counter[str]:
    """Field -> how many calls named it until now and say it no longer; ``before``: by the id of the sighting.

    What a call says to be over may well say less.
    """
    lost: Counter[str] = Counter()
    for known, reported in comparison.changed:
        if reported.said.fields.get("source_word") not in OVER:
            lost.update(lost_fields(before[known.id], reported.said, now))
    return lost


def lost(comparison: Comparison, counts: Mapping[str, int], still_named: Mapping[str, int]) -> list[str]:
    """The fields that more than a third of the calls lost, or every call that had them.

    ``still_named``: how many calls name a field as before.
    """
    if all(count < FEWEST_LOST for count in counts.values()):
        return []
    seen = len(comparison.unchanged) + len(comparison.changed)
    fresh = Counter(name for reported in comparison.new for name in _named(reported.said))
    kept = Counter(name for _, reported in comparison.changed for name in _named(reported.said))
    return sorted(
        name
        for name, count in counts.items()
        if count >= FEWEST_LOST
        and (count > LOST_SHARE * seen or not (still_named.get(name, 0) or fresh[name] or kept[name]))
    )


def _named(record: SourceRecord) -> set[str]:
    return {name for name in record.fields if record.fields[name]} | {str(d.kind) for d in record.dates}


def oddity(before: SourceRecord, after: SourceRecord, now: datetime) -> str:
    """What is odd about a change of one call, in Dutch; empty where nothing is."""
    return _odd_amount(before, after) or _odd_date(before, after, now)


def _odd_amount(before: SourceRecord, after: SourceRecord) -> str:
    for name, words in MONEY.items():
        old, new = (Decimal(record.fields.get(name) or 0) for record in (before, after))
        if old and new and max(old, new) >= HUNDREDFOLD * min(old, new):
            return f"De bron noemt nu een {words} van {amount(new)}, was {amount(old)}: {NOT_TAKEN_OVER}."
    return ""


def _odd_date(before: SourceRecord, after: SourceRecord, now: datetime) -> str:
    """A date ahead that slipped about a year back, as when a site gets its year wrong."""
    named = {(d.kind, d.day) for d in after.dates}
    for old in before.dates:
        if old.kind not in ENDS or old.day is None or (old.over_at or now) <= now or (old.kind, old.day) in named:
            continue
        for new in after.dates:
            if new.kind == old.kind and new.day and abs(old.day - new.day - A_YEAR) <= ABOUT:
                return f"De bron noemt nu {short_day(new.day)}, was {short_day(old.day)}: {NOT_TAKEN_OVER}."
    return ""


def not_its_page(before: SourceRecord, after: SourceRecord, known_titles: Collection[str]) -> str:
    """What a page shows instead of its call: the title of another, or none of the dates and amounts that were known.

    ``known_titles``: folded, of the calls of the source that were not over.
    """
    had = {name for name in AMOUNTS if before.fields.get(name)} | {d.kind for d in before.dates}
    bare = had and not after.dates and not any(after.fields.get(name) for name in AMOUNTS)
    if not is_retitled(before, after) or not (bare or folded(str(after.fields["title"])) in known_titles):
        return ""
    title = str(after.fields["title"])[:100]
    return f"De pagina toont nu iets anders (“{title}”); wat eerder was gelezen, blijft staan."


def is_retitled(before: SourceRecord, after: SourceRecord) -> bool:
    """Whether the title is another one, not just written otherwise."""
    old, new = (str(record.fields["title"]) for record in (before, after))
    return old != new and folded(old) != folded(new)


def retitled(pairs: Sequence[tuple[KnownSighting, SourceRecord, ReportedListing]], seen: int) -> set[int]:
    """The sightings that got another title, where that befell more than a third of the calls at once.

    Three are enough where the new titles have hardly a word of the old ones.
    """
    others = ((known, before, said) for known, before, reported in pairs if is_retitled(before, said := reported.said))
    titles = {known.id: (_words(before), _words(said)) for known, before, said in others}
    other = {number for number, (old, new) in titles.items() if len(old & new) * 2 < len(old | new)}
    changed = {number for number, (old, new) in titles.items() if old != new}
    if len(changed) > max(1, LOST_SHARE * seen):
        return changed
    return other if len(other) >= FEWEST_LOST else set()


def _words(record: SourceRecord) -> set[str]:
    return set(folded(str(record.fields["title"])).split())


def over_at_once(
    pairs: Iterable[tuple[KnownSighting, ReportedListing]], running: Mapping[int, RunningCall], now: datetime
) -> set[int]:
    """The calls that the crawl says to be over, where that leaves no call of their type running."""
    ended = [known.call_id for known, reported in pairs if known.call_id in running and is_over(reported, now)]
    return of_whole_types(ended, running)


def of_whole_types(calls: Sequence[int], running: Mapping[int, RunningCall]) -> set[int]:
    """Those of the calls that are every running call of their type, and not just a few."""
    types = Counter(running[call].type for call in set(calls) if call in running)
    all_types = Counter(call.type for call in running.values())
    whole = {kind for kind, count in types.items() if count >= WHOLE_TYPE and count == all_types[kind]}
    return {call for call in calls if call in running and running[call].type in whole}


def is_over(reported: ReportedListing, now: datetime) -> bool:
    """Whether its last gate has passed, or its source says that it is over."""
    merged = reported.merged
    closes_at = merged.closes_at
    return merged.fields["source_word"] in OVER or (closes_at is not None and closes_at <= now)


def is_renamed(reported: ReportedListing, known: set[tuple[str, datetime | None]]) -> bool:
    """Whether a new listing has title and closing of a call that its source listed under another id."""
    merged = reported.merged
    return title_and_closing(str(merged.fields["title"]), merged.closes_at) in known


def folded(title: str) -> str:
    """A title as it is compared."""
    return same_text(title).casefold()


def title_and_closing(title: str, closes_at: datetime | None) -> tuple[str, datetime | None]:
    """What tells calls of one source apart where their ids do not."""
    return folded(title), closes_at


def is_doorless(reported: ReportedListing, now: datetime) -> bool:
    """Whether a new listing names no door to come: plainly new calls do."""
    merged = reported.merged
    if merged.fields["source_word"] in OVER:
        return True
    return not any(d.day is None or (d.over_at or now) > now for d in merged.deadlines)
