"""Was a crawl complete? Pure: the crawl and what its source showed before go in, a judgement comes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median

from db.vocabulary import SourceKind
from scrapers.crawled import Crawled
from scrapers.listing import plain_line

REMEMBERED_CRAWLS = 5
ENOUGH = 0.7
UNREADABLE_SHARE = 0.02


@dataclass(frozen=True)
class Judgement:
    """Whether the source was seen whole; ``why`` says why not, or holds the remarks of a complete crawl.

    ``expected`` is the median number of calls of the last five complete crawls, none where there were none.
    """

    complete: bool
    why: str = ""
    expected: int | None = None


def enough(history: Sequence[int]) -> int:
    """With fewer calls than this a catalogue was not seen whole."""
    return ceil(ENOUGH * round(median(history[:REMEMBERED_CRAWLS]))) if history else 1


def judge(crawled: Crawled, history: Sequence[int]) -> Judgement:
    """``history``: what the source's complete crawls saw, newest first."""
    expected = round(median(history[:REMEMBERED_CRAWLS])) if history else None
    why = _why_not(crawled, expected)
    return Judgement(not why, plain_line(why or _remarks(crawled)), expected)  # a row may be quoted


def _why_not(crawled: Crawled, expected: int | None) -> str:
    if crawled.stopped:
        return crawled.stopped
    if crawled.unchanged:
        return ""
    readable, unreadable = len(crawled.listings), len(crawled.unreadable)
    if unreadable > UNREADABLE_SHARE * (readable + unreadable):
        return f"{unreadable} of {readable + unreadable} rows unreadable, such as {_example(crawled)}"
    return _too_few(crawled, expected) if crawled.kind == SourceKind.CATALOGUE else ""


def _too_few(crawled: Crawled, expected: int | None) -> str:
    seen = len(crawled.listings) + len(crawled.unreadable)
    if seen == 0:
        return "saw nothing, and a catalogue is never empty"
    if expected is not None and seen < ENOUGH * expected:
        return f"saw {seen} where {expected} were expected"
    return ""


def _remarks(crawled: Crawled) -> str:
    if crawled.unchanged:
        return "unchanged since the last time, says the source"
    lines = [f"{len(crawled.unreadable)} rows unreadable, such as {_example(crawled)}"] if crawled.unreadable else []
    lines += crawled.remarks[:1]
    more = f" (and {len(crawled.remarks) - 1} more)" if len(crawled.remarks) > 1 else ""
    return f"with remarks: {'; '.join(lines)}{more}" if lines else ""


def _example(crawled: Crawled) -> str:
    first = crawled.unreadable[0]
    return f"{first.external_id or first.where}: {first.why}"[:200]
