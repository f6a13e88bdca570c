"""From judged dates to gates: by which moment can somebody still come in, and when did that round open."""

import itertools
import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from scrapers.facts.dates import fits_weekday
from scrapers.facts.features import direction, topics_of
from scrapers.facts.hours import MIDNIGHT_ELSEWHERE
from scrapers.facts.meanings import Judged, is_doubted
from scrapers.facts.sentences import ANY_MARK, MARKS, Sentence
from scrapers.facts.spans import Moment
from scrapers.facts.words import any_of, names, pattern

YEARS_AHEAD = 12  # a date further ahead than this stands for "no deadline" (2100-01-01), or is a slip of the pen
SHOW = {"closes": 0.88, "opens": 0.9}
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


def candidates(
    judged: Iterable[Judged], read_on: date, least: float = min(ASK.values()), published: date | None = None
) -> list[DoorCandidate]:
    """Every date that may open or close something, in the order of the text."""
    doors: list[DoorCandidate] = []
    dates = [mention for mention in judged if mention.span.kind == "date"]
    for mention, following in itertools.zip_longest(dates, dates[1:]):
        closing, opening = mention.chance("closes", "step", "later"), mention.chance("opens")
        if _is_of(mention, "reopens"):
            doors += _reopening(mention)
            continue
        if _FIRST_DAY.search(mention.left[-120:]) or _begins_window(mention, following):
            closing, opening = 0.0, max(closing, opening, SHOW["opens"])
        elif _LAST_DAY.search(mention.left[-120:]):
            closing, opening = closing + opening, 0.0  # "open until" a day, whatever the weights make of "open"
        if _NAMED_CLOSING.search(mention.left[-60:]) and not is_doubted(mention.sentence, mention.number):
            closing = max(closing, RIVAL)
        if max(closing, opening) < least or _is_left_behind(mention):
            continue
        meaning = max(("closes", "step", "later"), key=mention.chance) if closing >= opening else "opens"
        chance = max(closing, opening)
        if mention.span.either:
            doors += _either_way(mention, meaning, chance, read_on, dates)
            continue
        if mention.span.bare is not None:
            doors += _without_year(mention, meaning, chance, (read_on, published), dates)
            continue
        moment = _moment(mention, meaning)
        if moment is None or moment.day.year > read_on.year + YEARS_AHEAD:
            continue
        doors.append(_candidate(mention, meaning, moment, chance))
    return _without_forms(doors)


def _begins_window(mention: Judged, following: Judged | None) -> bool:
    """The first end of a window of which the last surely closes, as of "drawn on # among what comes in from # to #"."""
    if following is None or following.sentence is not mention.sentence or _is_left_behind(mention):
        return False
    ends = (mention.span.pair, following.span.pair) == ("first", "second")
    ends = ends and bool({"applying", "receiving"} & set(topics_of(mention.sentence.words)))
    return ends and following.chance("closes") >= SHOW["closes"] and mention.chance("opens") >= FAINT


def with_amendments(doors: Iterable[DoorCandidate], sentences: Sequence[Sentence]) -> list[DoorCandidate]:
    """A date that an amendment puts for another is no fact where nothing says that its article is about applying."""
    return [
        replace(door, chance=min(door.chance, RIVAL))
        if _is_of(door.judged, "amended") and not _is_about_applying(door.judged.sentence, sentences)
        else door
        for door in doors
    ]


def _is_about_applying(amended: Sentence, sentences: Sequence[Sentence]) -> bool:
    """By its own words, or by another sentence that names the same article."""
    article = _ARTICLE.search(amended.words)
    said = [one for one in sentences if article and re.search(rf"{article[0]}(?!\w)", one.words)]
    return any({"applying", "receiving"} & set(topics_of(one.words)) for one in (amended, *said))


_ARTICLE = re.compile(r"(?:artikel|article) \d{1,3}[a-z]?")
_FIRST_DAY = pattern("scope", "first_day", r"(?<!\w)(?:{})\s?$")
_NAMED_CLOSING = pattern("scope", "closing", r"(?<!\w)(?:{})\s?:?\s?(?:(?:is|op|on) )?$")
_LAST_DAY = pattern("scope", "last_day", r"(?<!\w)(?:{})\s?$")


def _without_forms(doors: list[DoorCandidate]) -> list[DoorCandidate]:
    """That the form can be had is no opening where another is named, and a question where none is."""
    forms = [door for door in doors if door.meaning == "opens" and _is_of(door.judged, "form")]
    named = [door for door in doors if door.meaning == "opens" and door not in forms]
    if named:
        return [door for door in doors if door not in forms]
    return [replace(door, sure=False) if door in forms else door for door in doors]


def _is_of(mention: Judged, group: str) -> bool:
    """The words around the date, itself a #, say so."""
    around = f"{mention.left[-90:]}#{mention.right[:90]}"
    return pattern("scope", group).search(re.sub(ANY_MARK, "@", around)) is not None


def _reopening(mention: Judged) -> Iterator[DoorCandidate]:
    """ "Closed until #": no closing; that day or the next it opens, which a person is asked."""
    if isinstance(mention.span.value, Moment):
        next_day = Moment(mention.span.value.day + timedelta(days=1))
        yield DoorCandidate(mention, "opens", mention.span.value, RIVAL, False, (next_day,))


def _without_year(
    mention: Judged, meaning: str, chance: float, seen: tuple[date, date | None], dates: list[Judged]
) -> Iterator[DoorCandidate]:
    """A day whose year is written nowhere: asked, with the year that the day of reading makes likely first.

    ``seen``: the day of reading, and that of publication where it is known.
    """
    read_on, _ = seen
    bare = mention.span.bare
    assert bare is not None
    if any(isinstance(d.span.value, Moment) and _same_day(d.span.value, bare) for d in dates):
        return
    written = [int(year) for year in re.findall(r"\b20\d\d\b", mention.sentence.words)]
    likely = sorted(_years(mention, meaning, bare.day, read_on), key=lambda year: year not in written)
    days = [bare.day.replace(year=year) for year in likely if bare.day.day <= monthrange(year, bare.day.month)[1]]
    read = [replace(mention, span=replace(mention.span, value=Moment(day, bare.hour))) for day in days]
    moments = [moment for moment in (_moment(each, meaning) for each in read) if moment]
    if days and moments and _is_settled(mention, meaning, days[0].year, seen, dates):
        yield _candidate(read[0], meaning, moments[0], chance)
    elif moments:
        yield DoorCandidate(mention, meaning, moments[0], chance, False, tuple(moments[1:2]))


def _is_settled(mention: Judged, meaning: str, year: int, seen: tuple[date, date | None], dates: list[Judged]) -> bool:
    """The day of reading and the other dates of the text, the weekday, or the day of publication, come to one year."""
    (read_on, published), bare = seen, mention.span.bare
    assert bare is not None
    named = {date.span.value.day.year for date in dates if isinstance(date.span.value, Moment)}
    if named:
        return named == {year}
    if mention.span.weekday and meaning != "opens" and _is_soon(mention.span.weekday, bare.day, year, read_on):
        return True
    return published is not None and _years(mention, meaning, bare.day, published)[0] == year


SOON = timedelta(days=200)


def _is_soon(weekday: str, bare: date, year: int, read_on: date) -> bool:
    """ "Friday 19 May", read in the weeks before a 19 May that is a Friday: the next such year is five or six away."""
    if (bare.month, bare.day) == (2, 29):
        return False
    day = bare.replace(year=year)
    return fits_weekday(weekday, day) and read_on <= day <= read_on + SOON


def _either_way(
    mention: Judged, meaning: str, chance: float, read_on: date, dates: list[Judged]
) -> Iterator[DoorCandidate]:
    """03/04/2027 in a text that does not show which comes first: asked, the day first before the month first."""
    if any(d.span.value == moment for d in dates for moment in mention.span.either):
        return
    read = [replace(mention, span=replace(mention.span, value=moment)) for moment in mention.span.either]
    moments = [moment for moment in (_moment(each, meaning) for each in read) if moment]
    if moments and moments[0].day.year <= read_on.year + YEARS_AHEAD:
        yield DoorCandidate(mention, meaning, moments[0], chance, False, tuple(moments[1:]))


def _same_day(moment: Moment, bare: Moment) -> bool:
    return (moment.day.month, moment.day.day) == (bare.day.month, bare.day.day)


def _years(mention: Judged, meaning: str, bare: date, read_on: date) -> list[int]:
    """The years around the day of reading, likeliest first: by weekday, then tense, then nearness."""
    was = pattern("phrases", "past").search
    past = was(mention.left[-120:]) or was(mention.right[:60])

    def unlikely(year: int) -> tuple[bool, bool, int]:
        day = date(year, bare.month, min(bare.day, monthrange(year, bare.month)[1]))
        away = (day - read_on).days
        wrong_way = away > 0 if past else away < 0 and meaning != "opens"
        return not fits_weekday(mention.span.weekday, day), wrong_way, abs(away)

    return sorted(range(read_on.year - 1, read_on.year + 2), key=unlikely)


# "Sluit per 1 mei", "uiterlijk vóór 1 mei": that day, or the day before.
_EITHER_DAY = re.compile(r"\b(?:per|uiterlijk (?:\w+ )?(?:voor|vóór)|(?:latest|later than) before(?: the)?)\s$")


def _candidate(mention: Judged, meaning: str, moment: Moment, chance: float) -> DoorCandidate:
    others: tuple[Moment, ...] = ()
    sure = mention.span.slip in ("", "other zone")
    either = _EITHER_DAY.search(mention.left[-40:]) or mention.span.slip == MIDNIGHT_ELSEWHERE
    if meaning != "opens" and either and moment.hour is None:
        others, sure = (
            (Moment(moment.day - timedelta(days=1)),),
            False,
        )
    if mention.sentence.beside is not None:  # a schedule that does not show which date its labels are of
        beside = _moment(replace(mention, span=mention.sentence.beside), meaning)
        others, sure = (beside,) if beside else (), False
    ruled = _by_rule(mention, moment)
    if ruled is not None:
        moment, sure = ruled, False
    if pattern("phrases", "planned", r"(?<!\w)(?:{})(?!\w)[^.;]*$").search(mention.left[-70:]):
        sure = False
    return DoorCandidate(mention, meaning, moment, chance, sure, others)


def _moment(mention: Judged, meaning: str) -> Moment | None:
    """The day that is meant: before a day ends the day before, after a day begins the day after."""
    value = mention.span.value
    if not isinstance(value, Moment):
        return None
    side = direction(mention.left)
    if meaning == "opens":
        return replace(value, day=value.day + timedelta(days=1)) if side == "after" and value.hour is None else value
    if value.hour == time(0, 0):
        return Moment(value.day - timedelta(days=1))
    if side == "before" and value.hour is None and mention.span.slip != "other zone":
        return Moment(value.day - timedelta(days=1))
    return value


_RULE = re.compile(
    rf"\b(?P<count>\d{{1,2}}|{'|'.join(names('numbers'))})\s(?P<unit>weken|week|maanden|maand|dagen|dag|weeks?|months?|days?)"
    r"\s(?:na|after|from|following|voor|before)\s(?:\w+\s){0,6}$"
)


def _by_rule(mention: Judged, moment: Moment) -> Moment | None:
    """ "Vier weken na de publicatie op #": the day that the rule comes to."""
    hit = _RULE.search(mention.left[-90:])
    if hit is None:
        return None
    count = int(float(names("numbers").get(hit["count"]) or hit["count"]))
    back = re.search(r"\b(?:voor|before)\b", hit.group()) is not None
    return Moment(shifted(moment.day, -count if back else count, hit["unit"]))


def shifted(day: date, count: int, unit: str) -> date:
    """So many days, weeks or months further; the last day of a month where it is shorter."""
    if unit.startswith("m"):
        month = day.month - 1 + count
        year, month = day.year + month // 12, month % 12 + 1
        return date(year, month, min(day.day, monthrange(year, month)[1]))
    return day + timedelta(days=count * (7 if unit.startswith("w") else 1))


_TO = re.compile(rf"[\s,]{{0,3}}{any_of('moved_to')}\s{{0,2}}{MARKS['date']}")
_FROM = re.compile(rf"\b{any_of('moved_from')}\s$")
_INSTEAD = re.compile(rf"{any_of('instead')}[^.]*$")


def _is_left_behind(mention: Judged) -> bool:
    """The date that was: "verschoven van # naar #", "in plaats van #"."""
    left = mention.left[-120:]
    if not _FROM.search(left):
        return False
    if not (_TO.match(mention.right) or _INSTEAD.search(left)):
        return False
    moved = pattern("topics", "raised").search(mention.sentence.words)
    return moved is not None or re.search(r"\b(?:niet|not) \w+\s$", left) is not None


def is_obligatory(doors: list[DoorCandidate]) -> bool:
    """The text says that who did not take the first step cannot take the next."""
    for door in doors:
        words = door.judged.sentence.words
        if door.meaning == "later":
            return True
        around = set(topics_of(words)) | set(topics_of(door.judged.sentence.before))
        if door.meaning == "step" and {"obligatory", "step_one"} <= around:
            return True
    return False


def next_door(doors: list[DoorCandidate], read_on: date) -> DoorCandidate:
    """The first on or after the day of reading, else the last."""
    ordered = sorted(doors, key=lambda door: (door.moment.day, door.moment.hour or time.max))
    return next((door for door in ordered if door.moment.day >= read_on), ordered[-1])


def days_of(doors: Iterable[DoorCandidate]) -> set[date]:
    """The different days."""
    return {door.moment.day for door in doors}


def merged(doors: list[DoorCandidate]) -> list[DoorCandidate]:
    """One for each day: the one with an hour, else the surest; two hours of one day make it unsure."""
    by_day: dict[date, list[DoorCandidate]] = {}
    for door in doors:
        by_day.setdefault(door.moment.day, []).append(door)
    return [_best(some) for some in by_day.values()]


def _best(doors: list[DoorCandidate]) -> DoorCandidate:
    timed = [door for door in doors if door.moment.hour is not None]
    best = max(timed or doors, key=lambda door: (door.sure, door.chance))
    chance = max(door.chance for door in doors)
    hours = {door.moment.hour for door in timed}
    if len(hours) > 1:
        others = tuple(door.moment for door in timed if door.moment != best.moment)
        return replace(best, chance=chance, sure=False, others=others)
    return replace(best, chance=chance, sure=any(door.sure for door in doors))


def are_rounds(doors: list[DoorCandidate]) -> bool:
    """The text itself puts these closings in an order: as rounds or cut-offs, not as groups of applicants."""
    sentences = {sentence.judged.sentence.start: sentence.judged.sentence for sentence in doors}.values()
    if any(pattern("scope", "grouped").search(sentence.words) for sentence in sentences):
        return False
    named = [
        "rounds" in topics_of(sentence.words)
        or "rounds" in topics_of(sentence.before)
        or "rounds" in topics_of(sentence.heading)
        for sentence in sentences
    ]
    if len(sentences) == 1:
        return named[0] or _is_list(doors)
    return all(named) and not any("parts" in topics_of(sentence.heading) for sentence in sentences)


def _is_list(doors: list[DoorCandidate]) -> bool:
    """ "1 maart, 1 juni en 1 oktober 2026": nothing but commas between them."""
    ordered = sorted(doors, key=lambda door: door.place)
    words = ordered[0].judged.sentence.words
    places = [door.judged.sentence.places[door.judged.number] for door in ordered]
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
    closing = {door.judged.sentence.start for door in doors if door.moment.day == round_.moment.day}
    earlier = [day for day in days_of(doors) if day < round_.moment.day]
    fits = [opening for opening in openings if opening.moment.day <= round_.moment.day]
    after = [opening for opening in fits if not earlier or opening.moment.day > max(earlier)]
    same = [opening for opening in after or fits if opening.judged.sentence.start in closing]
    if len(days_of(after or fits)) > 1 and same:
        beside = [opening for opening in same if opening.judged.sentence.start == round_.judged.sentence.start]
        if len(days_of(same)) > len(days_of(beside)):
            return same  # the same closing of several parts
        paired = [opening for opening in same if opening.place < round_.place]
        return paired[-1:] or same
    return after or fits
