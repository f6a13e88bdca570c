"""From judged dates to gates: by which moment can somebody still come in, and when did that round open."""

import itertools
import re
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from scrapers.facts.dates import fits_weekday
from scrapers.facts.features import direction, topics_of
from scrapers.facts.meanings import Judged
from scrapers.facts.sentences import MARKS
from scrapers.facts.spans import Moment
from scrapers.facts.words import names, pattern

YEARS_AHEAD = 12  # a date further ahead than this stands for "no deadline" (2100-01-01), or is a slip of the pen
SHOW = {"closes": 0.87, "opens": 0.87}
ASK = {"closes": 0.46, "opens": 0.46}
RIVAL = 0.6  # another reading this likely makes a sure one a question, and of a doubted window this likely:
RIVAL_WINDOW = 0.4
FAINT = 0.15  # so does this, where the sure one is past and the other still to come


@dataclass(frozen=True)
class DoorCandidate:
    """A date that may be a moment of the call. ``sure`` is false where its words leave the day itself open."""

    judged: Judged
    meaning: str  # opens, closes, step, later
    moment: Moment
    chance: float
    sure: bool = True
    others: tuple[Moment, ...] = ()  # what the same words may mean as well

    @property
    def place(self) -> int:
        """Where it stands in the text."""
        return self.judged.span.start


def candidates(judged: Iterable[Judged], read_on: date, least: float = min(ASK.values())) -> list[DoorCandidate]:
    """Every date that may open or close something, in the order of the text."""
    found: list[DoorCandidate] = []
    dates = [one for one in judged if one.span.kind == "date"]
    for one in dates:
        closing, opening = one.chance("closes", "step", "later"), one.chance("opens")
        if max(closing, opening) < least or _is_left_behind(one):
            continue
        meaning = max(("closes", "step", "later"), key=one.chance) if closing >= opening else "opens"
        chance = max(closing, opening)
        if one.span.bare is not None:
            found += _without_year(one, meaning, chance, read_on, dates)
            continue
        moment = _moment(one, meaning)
        if moment is None or moment.day.year > read_on.year + YEARS_AHEAD:
            continue
        found.append(_candidate(one, meaning, moment, chance))
    return found


_PAST = re.compile(
    r"\b(?:opende|sloot|ging|gingen|liep|liepen|kon|konden|was|waren|werd|werden|startte|gestart|geopend|gelanceerd|sinds|verliep"
    r"|closed|opened|launched|started|since|was|were|had|has been)\b"
)


def _without_year(
    one: Judged, meaning: str, chance: float, read_on: date, dates: list[Judged]
) -> Iterator[DoorCandidate]:
    """A day whose year is written nowhere: asked, with the year that the day of reading makes likely first."""
    bare = one.span.bare
    assert bare is not None
    if any(isinstance(d.span.value, Moment) and _same_day(d.span.value, bare) for d in dates):
        return
    written = [int(year) for year in re.findall(r"\b20\d\d\b", one.sentence.words)]
    likely = sorted(_years(one, meaning, bare.day, read_on), key=lambda year: year not in written)
    days = [bare.day.replace(year=year) for year in likely if bare.day.day <= monthrange(year, bare.day.month)[1]]
    read = [replace(one, span=replace(one.span, value=Moment(day, bare.hour))) for day in days]
    moments = [moment for moment in (_moment(each, meaning) for each in read) if moment]
    if moments:
        yield DoorCandidate(one, meaning, moments[0], chance, False, tuple(moments[1:2]))


def _same_day(moment: Moment, bare: Moment) -> bool:
    return (moment.day.month, moment.day.day) == (bare.day.month, bare.day.day)


def _years(one: Judged, meaning: str, bare: date, read_on: date) -> list[int]:
    """The years around the day of reading, likeliest first: by weekday, then tense, then nearness."""
    past = _PAST.search(one.left[-120:]) or _PAST.search(one.right[:60])

    def unlikely(year: int) -> tuple[bool, bool, int]:
        day = date(year, bare.month, min(bare.day, monthrange(year, bare.month)[1]))
        away = (day - read_on).days
        wrong_way = away > 0 if past else away < 0 and meaning != "opens"
        return not fits_weekday(one.span.weekday, day), wrong_way, abs(away)

    return sorted(range(read_on.year - 1, read_on.year + 2), key=unlikely)


def _candidate(one: Judged, meaning: str, moment: Moment, chance: float) -> DoorCandidate:
    others: tuple[Moment, ...] = ()
    sure = one.span.slip in ("", "other zone")
    if meaning != "opens" and re.search(r"\bper\s$", one.left[-5:]) and moment.hour is None:
        others, sure = (
            (Moment(moment.day - timedelta(days=1)),),
            False,
        )  # "sluit per 1 mei": that day, or the day before
    ruled = _by_rule(one, moment)
    if ruled is not None:
        moment, sure = ruled, False
    if pattern("topics", "maybe").search(one.left[-70:]) and _PLANNED.search(one.left[-70:]):
        sure = False
    return DoorCandidate(one, meaning, moment, chance, sure, others)


_PLANNED = re.compile(
    r"\b(?:naar verwachting|verwacht\w*|waarschijnlijk|voorlopig\w*|beoogd\w*|gepland\w*|onder voorbehoud|streven"
    r"|expected|provisional\w*|tentative\w*|foreseen|planned|anticipated|likely|indicative\w*)\b[^.;]*$"
)


def _moment(one: Judged, meaning: str) -> Moment | None:
    """The day that is meant: before a day ends the day before, after a day begins the day after."""
    value = one.span.value
    if not isinstance(value, Moment):
        return None
    side = direction(one.left)
    if meaning == "opens":
        return replace(value, day=value.day + timedelta(days=1)) if side == "after" and value.hour is None else value
    if value.hour == time(0, 0):
        return Moment(value.day - timedelta(days=1))
    if side == "before" and value.hour is None and one.span.slip != "other zone":
        return Moment(value.day - timedelta(days=1))
    return value


_RULE = re.compile(
    rf"\b(?P<count>\d{{1,2}}|{'|'.join(names('numbers'))})\s(?P<unit>weken|week|maanden|maand|dagen|dag|weeks?|months?|days?)"
    r"\s(?:na|after|from|following|voor|before)\s(?:\w+\s){0,6}$"
)


def _by_rule(one: Judged, moment: Moment) -> Moment | None:
    """ "Vier weken na de publicatie op #": the day that the rule comes to."""
    hit = _RULE.search(one.left[-90:])
    if hit is None:
        return None
    count = int(float(names("numbers").get(hit["count"]) or hit["count"]))
    back = re.search(r"\b(?:voor|before)\b", hit.group()) is not None
    return Moment(_shifted(moment.day, -count if back else count, hit["unit"]))


def _shifted(day: date, count: int, unit: str) -> date:
    if unit.startswith("m"):
        month = day.month - 1 + count
        year, month = day.year + month // 12, month % 12 + 1
        return date(year, month, min(day.day, monthrange(year, month)[1]))
    return day + timedelta(days=count * (7 if unit.startswith("w") else 1))


_TO = re.compile(
    rf"[\s,]{{0,3}}(?:naar|to|maar (?:al |pas )?(?:op|tot|per)|but (?:on|by|until))\s{{0,2}}{MARKS['date']}"
)
_FROM = re.compile(
    r"\b(?:van|from|niet (?:op|tot|per)|not (?:on|until|by)|instead of(?: on)?|in plaats van(?: op)?)\s$"
)


def _is_left_behind(one: Judged) -> bool:
    """The date that was: "verschoven van # naar #", "in plaats van #"."""
    if not pattern("topics", "raised").search(one.sentence.words) and not re.search(r"\b(?:niet|not) \w+\s$", one.left):
        return False
    return bool(
        _FROM.search(one.left) and (_TO.match(one.right) or re.search(r"(?:plaats van|instead of)[^.]*$", one.left))
    )


def is_obligatory(found: list[DoorCandidate]) -> bool:
    """The text says that who did not take the first step cannot take the next."""
    for one in found:
        words = one.judged.sentence.words
        if one.meaning == "later":
            return True
        around = set(topics_of(words)) | set(topics_of(one.judged.sentence.before))
        if one.meaning == "step" and {"obligatory", "step_one"} <= around:
            return True
    return False


def next_door(doors: list[DoorCandidate], read_on: date) -> DoorCandidate:
    """The first on or after the day of reading, else the last."""
    ordered = sorted(doors, key=lambda one: (one.moment.day, one.moment.hour or time.max))
    return next((one for one in ordered if one.moment.day >= read_on), ordered[-1])


def days_of(found: Iterable[DoorCandidate]) -> set[date]:
    """The different days."""
    return {one.moment.day for one in found}


def merged(found: list[DoorCandidate]) -> list[DoorCandidate]:
    """One for each day: the one with an hour, else the surest; two hours of one day make it unsure."""
    by_day: dict[date, list[DoorCandidate]] = {}
    for one in found:
        by_day.setdefault(one.moment.day, []).append(one)
    return [_best(some) for some in by_day.values()]


def _best(some: list[DoorCandidate]) -> DoorCandidate:
    timed = [one for one in some if one.moment.hour is not None]
    best = max(timed or some, key=lambda one: (one.sure, one.chance))
    chance = max(one.chance for one in some)
    hours = {one.moment.hour for one in timed}
    if len(hours) > 1:
        others = tuple(one.moment for one in timed if one.moment != best.moment)
        return replace(best, chance=chance, sure=False, others=others)
    return replace(best, chance=chance, sure=any(one.sure for one in some))


def are_rounds(doors: list[DoorCandidate]) -> bool:
    """The text itself puts these closings in an order: as rounds or cut-offs, not as groups of applicants."""
    sentences = {one.judged.sentence.start: one.judged.sentence for one in doors}.values()
    if any(pattern("scope", "grouped").search(one.words) for one in sentences):
        return False
    named = [
        "rounds" in topics_of(one.words) or "rounds" in topics_of(one.before) or "rounds" in topics_of(one.heading)
        for one in sentences
    ]
    if len(sentences) == 1:
        return named[0] or _is_list(doors)
    return all(named) and not any("parts" in topics_of(one.heading) for one in sentences)


def _is_list(doors: list[DoorCandidate]) -> bool:
    """ "1 maart, 1 juni en 1 oktober 2026": nothing but commas between them."""
    ordered = sorted(doors, key=lambda one: one.place)
    words = ordered[0].judged.sentence.words
    places = [one.judged.sentence.places[one.judged.number] for one in ordered]
    gaps = [words[a + 1 : b] for a, b in itertools.pairwise(places)]
    return all(
        re.fullmatch(
            r"\s{0,2}(?:,|en|and|of|or|&|;|\s){1,4}(?:op |on |uiterlijk |by |vóór |voor |before )?\s{0,2}", gap
        )
        for gap in gaps
    )


def openings_of(
    round_: DoorCandidate | None, openings: list[DoorCandidate], doors: list[DoorCandidate]
) -> list[DoorCandidate]:
    """The openings that can be of the round that this door closes: between the door before it and itself."""
    if round_ is None:
        return openings
    earlier = [day for day in days_of(doors) if day < round_.moment.day]
    fits = [one for one in openings if one.moment.day <= round_.moment.day]
    after = [one for one in fits if not earlier or one.moment.day > max(earlier)]
    same = [one for one in after or fits if one.judged.sentence.start == round_.judged.sentence.start]
    if len(days_of(after or fits)) > 1 and same:
        paired = [one for one in same if one.place < round_.place]
        return paired[-1:] or same
    return after or fits
