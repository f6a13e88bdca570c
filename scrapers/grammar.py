"""From a text to its facts: find the mentions, cut the sentences, ask what each is for, settle what is certain."""

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from db.vocabulary import Allocation, DeadlineKind
from scrapers import money, pots, windows
from scrapers.amounts import find_amounts, find_rates, labelled_amounts
from scrapers.dates import find_dates
from scrapers.rates import all_rates
from scrapers.spans import (
    DATE,
    MOST_MENTIONS,
    RATE,
    VAGUE,
    WINDOW,
    Facts,
    Mention,
    Moment,
    Read,
    Sentence,
    Window,
    lower,
    plain,
    sentences,
)

LONGEST = 200_000  # characters; a longer text is a collection, and its rest is left to a person
YEARS_AHEAD = 12  # a date further ahead than this, seen from today, is a slip of the pen


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language: how it writes numbers, and the words around its dates and amounts."""

    day_first: bool
    comma_decimal: bool
    dates: windows.DateWords
    money: money.MoneyWords
    allocation: tuple[tuple[Allocation, re.Pattern[str]], ...]
    flags: tuple[tuple[DeadlineKind, re.Pattern[str]], ...]


def mentions_of(text: str, tongue: Tongue) -> list[Mention]:
    """Every date, amount and percentage in the order of the text, none overlapping."""
    low = lower(plain(text))
    dates = find_dates(low, tongue.day_first)
    rest = _blanked(low, dates)
    labelled = labelled_amounts(rest, tongue.comma_decimal)
    rest = _blanked(rest, labelled)
    amounts = sorted([*labelled, *find_amounts(rest, tongue.comma_decimal)], key=lambda m: m.start)
    rates = find_rates(_blanked(rest, amounts))
    return sorted([*dates, *amounts, *rates], key=lambda m: m.start)[: 3 * MOST_MENTIONS]


def _blanked(text: str, mentions: list[Mention]) -> str:
    pieces, last = [], 0
    for m in mentions:
        pieces += [text[last : m.start], "\ue00f" * (m.end - m.start)]
        last = m.end
    return "".join([*pieces, text[last:]])


def read_facts(text: str, tongue: Tongue, today: date | None = None) -> Facts:
    """What the text says for certain. ``today`` only serves to recognise years that cannot be meant."""
    text = text[:LONGEST]
    mentions = [_believable(m, today) for m in mentions_of(text, tongue)]
    mentions = _with_borrowed_years(text, mentions, tongue)
    parts = sentences(plain(text), mentions)
    dated = [d for part in parts for d in windows.dates_in(part, tongue.dates)]
    priced = [p for part in parts for p in money.amounts_in(part, tongue.money)]
    rates = all_rates(parts, tongue.money)
    facts = _settled(text, parts, dated, priced, rates, tongue)
    return replace(facts, unread=_unread(text, mentions, facts))


def _settled(text: str, parts: list[Sentence], dated: list[windows.Dated], priced: list[money.Priced],
             rates: list[Mention], tongue: Tongue) -> Facts:  # fmt: skip
    opens = windows.settle(dated, DeadlineKind.OPENS, text)
    closes = windows.settle(dated, DeadlineKind.CLOSES, text)
    if any(windows.more_follow(part, tongue.dates) for part in parts):
        closes = None
    start = opens and tongue.dates.start_label.search(lower(plain(text[max(0, opens.start - 40) : opens.start])))
    if opens and closes and _day(opens) > _day(closes):
        opens, closes = None, closes if start else None
    elif start and not closes and start[0].rstrip().endswith(":"):
        opens = None  # "startdatum: #" without an end may be that of the projects
    return Facts(
        opens=opens,
        closes=closes,
        budget=_whole(pots.settle_budget(priced, text), text),
        max_per_project=_most(priced, rates, text),
        min_per_project=pots.settle(priced, "min", text),
        funding_rate=_rate(rates, text),
        deadlines=windows.deadlines(dated, text),
        plafonds=pots.plafonds(priced, text),
        flags=_named(text, tongue.flags),
        allocation=_named(text, tongue.allocation),
    )


def _day(read: Read) -> date:
    assert isinstance(read.value, Moment)
    return read.value.day


def _most(priced: list[money.Priced], rates: list[Mention], text: str) -> Read | None:
    """Where several rates hold, a maximum belongs to one of them, unless it is said per project."""
    most = pots.settle(priced, "max", text)
    if most and _is_of_one_group(lower(plain(text)), most):
        return None
    values = {r.value for r in rates if r.mark == RATE}
    said = any(one.kind == "max" and "project" in one.scope for one in priced)
    if most and not said and len(values) > 1 and any(_leads_to(text, r, most) for r in rates):
        return None
    return most


def _leads_to(text: str, rate: Mention, most: Read) -> bool:
    """The maximum stands not far behind the rate, in the same sentence."""
    between = text[rate.end : most.start]
    return rate.end < most.start < rate.end + 120 and not re.search(r"[.;]\s|\n", between)


_GROUPS = re.compile(
    r"\b(?:strand|track|lot|band|tier|category|categorie|schijf|klasse|spoor|perceel|variant|module|topic|thema)"
    r" (?:\d{1,2}[a-z]?|[a-e]|i{1,3})\b"
    r"|\b(?:small|medium|large)-scale\b|\b(?:kleine?|middelgrote|grote) projecten\b"
)


def _whole(budget: Read | None, text: str) -> Read | None:
    """Not the pot of one of several topics, when that of the others is not understood."""
    low = lower(plain(text))
    if budget and _is_of_one_group(low, budget) and len(_groups(_sentence_before(low, budget))) == 1:
        return None
    return budget


def _groups(low: str) -> set[str]:
    return {hit.group() for hit in _GROUPS.finditer(low)}


def _sentence_before(low: str, read: Read) -> str:
    return re.split(r"[.\n]\s", low[max(0, read.start - 160) : read.start])[-1]


def _is_of_one_group(low: str, most: Read) -> bool:
    """One of several strands is named in the sentence before the amount: the others have maxima of their own."""
    return len(_groups(low)) > 1 and bool(_groups(_sentence_before(low, most)))


def _rate(rates: list[Mention], text: str) -> Read | None:
    values = {r.value for r in rates}
    if len(values) != 1 or not isinstance(rates[0].value, Decimal):
        return None
    first = rates[0]
    return Read("funding_rate", first.value, text[first.start : first.end], first.start, first.end)


def _named(text: str, table: tuple[tuple[Allocation | DeadlineKind, re.Pattern[str]], ...]) -> tuple[Read, ...]:
    low = lower(plain(text))
    hits = [(word, hit) for word, pattern in table if (hit := pattern.search(low))]
    return tuple(Read(str(word), str(word), text[h.start() : h.end()], h.start(), h.end()) for word, h in hits)


def _believable(mention: Mention, today: date | None) -> Mention:
    if today is None or mention.mark not in (DATE, WINDOW):
        return mention
    last = mention.value.closes if isinstance(mention.value, Window) else mention.value
    assert isinstance(last, Moment)
    if last.day.year <= today.year + YEARS_AHEAD:
        return mention
    return replace(mention, mark=VAGUE, value=None, why="a year too far ahead")


def _with_borrowed_years(text: str, mentions: list[Mention], tongue: Tongue) -> list[Mention]:
    """Read "van 1 juli tot en met 16 oktober" again with the year its sentence names for the round."""
    healed = {m.start: m for m in mentions}
    for part in sentences(plain(text), mentions):
        year = windows.borrowed_year(part, tongue.dates)
        if year is None:
            continue
        for old in [m for m in part.mentions if m.why == "no year"]:
            healed.pop(old.start, None)
        for new in _reread(text, part, year, tongue):
            healed[new.start] = new
    return sorted(healed.values(), key=lambda m: m.start)


def _reread(text: str, part: Sentence, year: int, tongue: Tongue) -> list[Mention]:
    """The vague dates of the sentence, read as if each had the year behind it; spans stay those of the text."""
    vague = [m for m in part.mentions if m.why == "no year"]
    start, end = vague[0].start, vague[-1].end
    low = lower(plain(text))
    return [
        replace(m, start=m.start + start, end=m.end + start)
        for m in find_dates(low[start:end], tongue.day_first, year_of_round=year)
    ]


def _unread(text: str, mentions: list[Mention], facts: Facts) -> tuple[Read, ...]:
    """What looks like a date or an amount and was not understood, for a person to look at."""
    used = {read.start for read in facts.deadlines}
    rough = facts.budget if facts.budget and facts.budget.start not in {m.start for m in mentions} else None
    doubtful = [m for m in mentions if m.why or (m.mark in (DATE, WINDOW) and m.start not in used)]
    unread = [Read(m.why or "purpose unknown", None, text[m.start : m.end], m.start, m.end) for m in doubtful[:50]]
    return (*([replace(rough, kind="an estimate", value=None)] if rough else []), *unread)


def read_moment(text: str, tongue: Tongue) -> Moment | None:
    """The one moment of a short text; none for several, a window, or words that make it inexact."""
    low = lower(plain(text))[:300]
    found = find_dates(low, tongue.day_first)
    if len(found) != 1 or found[0].mark != DATE or re.search(r"\d", _blanked(low, found)):
        return None
    value = found[0].value
    return value if isinstance(value, Moment) else None


def read_date(text: str, tongue: Tongue) -> date | None:
    """The day of ``read_moment``."""
    moment = read_moment(text, tongue)
    return moment.day if moment else None


def read_amount(text: str, tongue: Tongue) -> Decimal | None:
    """The one exact amount of a short text, in euro."""
    low = lower(plain(text))[:300]
    found = find_amounts(low, tongue.comma_decimal)
    if len(found) != 1 or not isinstance(found[0].value, Decimal) or tongue.money.hedge.search(low[: found[0].start]):
        return None
    return None if re.search(r"\d|[$£]", _blanked(low, found)) else found[0].value


def read_percentage(text: str, tongue: Tongue) -> Decimal | None:
    """The one percentage of a short text."""
    low = lower(plain(text))[:300]
    found = find_rates(low)
    if len(found) != 1 or not isinstance(found[0].value, Decimal) or tongue.money.hedge.search(low[: found[0].start]):
        return None
    return None if re.search(r"\d", _blanked(low, found)) else found[0].value
