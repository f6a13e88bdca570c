"""Was a crawl complete? Pure: the crawl and what its source showed before go in, a judgement comes out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from statistics import median

from db.vocabulary import SourceKind
from scrapers.crawled import Crawled
from scrapers.listing import plain_line

REMEMBERED_CRAWLS = 5
ENOUGH = 0.7
UNREADABLE_SHARE = 0.02
AGREEING = 3  # full crawls in a row, after which a smaller size is the new measure
AS_MANY = 0.02  # so much may two sizes differ and still agree


@dataclass(frozen=True)
class ShrunkCrawl:
    """A crawl that read its source to the end and saw far fewer calls than were expected.

    ``total``: the source's own count. ``released``: a person said that the catalogue really shrank.
    """

    seen: int
    total: int | None = None
    released: bool = False


@dataclass(frozen=True)
class History:
    """What a source's crawls saw and added, newest first; the first crawl's additions are left out.

    ``seen`` and ``new`` are of complete crawls. ``shrunk``: those since the last complete one, as long as each is.
    ``dropped``: fields of which a person said, since the last complete crawl, that the source no longer gives them.
    """

    seen: Sequence[int] = ()
    new: Sequence[int] = ()
    last_complete: datetime | None = None
    shrunk: Sequence[ShrunkCrawl] = ()
    dropped: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Judgement:
    """Whether the source was seen whole; ``why`` says why not, or holds the remarks of a complete crawl.

    ``expected`` is the median number of calls of the last five complete crawls, none where there were none.
    ``shrunk``: read to its end, only too few. ``measure``: from now on its size is what is expected. ``lost``: fields
    that too many calls lost: a different crawl, of which nothing is taken over.
    """

    complete: bool
    why: str = ""
    expected: int | None = None
    shrunk: bool = False
    measure: bool = False
    lost: tuple[str, ...] = field(default=())


def enough(history: Sequence[int]) -> int:
    """With fewer calls than this a catalogue was not seen whole."""
    return ceil(ENOUGH * round(median(history[:REMEMBERED_CRAWLS]))) if history else 1


def judge(crawled: Crawled, history: History) -> Judgement:
    """A catalogue that saw far fewer calls than usual is incomplete, until its new size is beyond doubt."""
    expected = round(median(history.seen[:REMEMBERED_CRAWLS])) if history.seen else None
    why = _why_not(crawled)
    if why or crawled.kind != SourceKind.CATALOGUE or crawled.unchanged:
        return Judgement(not why, plain_line(why or _remarks(crawled)), expected)  # a row may be quoted
    seen = len(crawled.listings) + len(crawled.unreadable)
    if seen == 0:
        return Judgement(False, "saw nothing, and a catalogue is never empty", expected)
    if expected is None or seen >= ENOUGH * expected:
        return Judgement(True, plain_line(_remarks(crawled)), expected)
    if _is_new_measure(seen, crawled.total, history.shrunk):
        return Judgement(
            True, f"the new measure: {seen} calls, where {expected} were expected before", seen, measure=True
        )
    return Judgement(False, f"saw {seen} where {expected} were expected", expected, shrunk=True)


def _is_new_measure(seen: int, total: int | None, before: Sequence[ShrunkCrawl]) -> bool:
    """A person said so, or three crawls in a row agree with each other and with the source's own count."""
    if before and before[0].released:
        return seen >= ENOUGH * before[0].seen
    latest = before[: AGREEING - 1]
    agree = all(abs(crawl.seen - seen) <= AS_MANY * seen and crawl.total == total for crawl in latest)
    return total is not None and len(latest) == AGREEING - 1 and agree


def _why_not(crawled: Crawled) -> str:
    if crawled.stopped or crawled.unchanged:
        return crawled.stopped
    readable, unreadable = len(crawled.listings), len(crawled.unreadable)
    if unreadable > UNREADABLE_SHARE * (readable + unreadable):
        return f"{unreadable} of {readable + unreadable} rows unreadable, such as {_example(crawled)}"
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
