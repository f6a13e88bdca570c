"""Every date, amount and percentage of a text, in order, none overlapping."""

from scrapers.facts.amounts import find_amounts, find_rates, labelled_amounts
from scrapers.facts.dates import find_dates
from scrapers.facts.spans import MOST_SPANS, Span, lower, plain


def find(text: str, language: str) -> list[Span]:
    """Dutch writes 1.500,50 and the day first; so may English, where the text shows it."""
    dutch = language == "nl"
    low = lower(plain(text))
    dates = find_dates(low, dutch)
    rest = _blanked(low, dates)
    labelled = labelled_amounts(rest, dutch)
    rest = _blanked(rest, labelled)
    amounts = find_amounts(rest, dutch)
    rates = find_rates(_blanked(_blanked(rest, amounts), []))
    return sorted([*dates, *labelled, *amounts, *rates], key=lambda span: span.start)[: 3 * MOST_SPANS]


def _blanked(text: str, spans: list[Span]) -> str:
    pieces, last = [], 0
    for span in sorted(spans, key=lambda one: one.start):
        pieces += [text[last : span.start], "\ue00f" * (span.end - span.start)]
        last = span.end
    return "".join([*pieces, text[last:]])
