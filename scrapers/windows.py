"""What the dates of a text are for: opening, closing, a stage, or nothing of ours."""

import re
from dataclasses import dataclass, replace
from datetime import date

from db.vocabulary import DeadlineKind
from scrapers.spans import ANY_MENTION, DATE, VAGUE, WINDOW, Mention, Moment, Read, Sentence, Window


@dataclass(frozen=True, slots=True)
class DateWords:
    """The words around dates in one language; patterns over lower-cased sentences."""

    apply: re.Pattern[str]  # this sentence is about handing something in
    since: re.Pattern[str]  # ends right before an opening: "vanaf"
    until: re.Pattern[str]  # ends right before a closing: "uiterlijk op"
    opening: re.Pattern[str]  # somewhere near: "opent", "startdatum"
    closing: re.Pattern[str]
    opens_after: re.Pattern[str]  # right behind: "opent het loket"
    closes_after: re.Pattern[str]  # right behind: "binnen zijn"
    other_before: re.Pattern[str]  # the date is for something else: "informatiebijeenkomst op"
    other_after: re.Pattern[str]
    slot: re.Pattern[str]  # ends right before a window for handing in: "het tijdvak van"
    pot_for: re.Pattern[str]  # ends right before the time the money is for: "het plafond voor het tijdvak"
    turn: re.Pattern[str]  # where a clause of its own begins: "die", "voor projecten"
    round_noun: re.Pattern[str]  # "één tijdvak, dat loopt van": no turn, the same round
    start_label: re.Pattern[str]  # "startdatum:" behind a closing is that of the projects
    moved: re.Pattern[str]  # "verlengd": what follows is the date that holds
    moved_from: re.Pattern[str]  # ends right before the date that no longer holds
    kinds: tuple[tuple[DeadlineKind, re.Pattern[str]], ...]
    carries: re.Pattern[str]  # a sentence that leans on the one before: "Dat kan"
    more_rounds: re.Pattern[str]  # another round follows, so this closing is not the last
    year_of_round: re.Pattern[str]  # "het loket voor 2023 is open van 1 juli"
    event: re.Pattern[str]  # "inschrijven voor de informatiebijeenkomst"
    sign_up: re.Pattern[str]  # "aanmelden": for a scheme or for a meeting
    scheme: re.Pattern[str]  # the sentence is about a scheme all the same
    gathering: re.Pattern[str]  # "informatiebijeenkomst"
    doubt: re.Pattern[str]  # "naar verwachting", "onder voorbehoud"
    account: re.Pattern[str]  # "SiSa", "jaarrekening": for who has the money already
    asks: re.Pattern[str]  # "aanvraag", "voorstel": for who wants it


@dataclass(frozen=True, slots=True)
class Dated:
    """A date with a purpose."""

    kind: DeadlineKind
    moment: Moment
    mention: Mention
    moved: bool = False  # it takes the place of an earlier closing
    invited: bool = False  # only for whom an earlier stage was won


_LISTED = re.compile(
    r"\s{0,3}(?:,|en|and|of|or|&|, en|, and|en op|en uiterlijk)\s{0,3}"
    r"|\s(?:for|voor) [\w -]{1,40} (?:and|en) (?:op |on )?"
    r"|,?\s(?:en |and )?(?:die|dat|that) (?:voor|for) [\w -]{1,40} (?:tot|tot en met|t/m|op|is|until|on)\s{0,2}"
    r"|[\s,;]{1,3}(?:en |and )?(?:ronde|tranche|tijdvak|round|call|cut-?off) \d"
    r"(?: (?:sluit|eindigt|closes|ends))?(?: (?:op|tot|tot en met|on|by))?:?\s{0,2}"
    r"|[\s,;]{0,3}(?:en |and )?(?:de|het|the) (?:eerste|tweede|derde|vierde|vijfde|volgende|laatste"
    r"|second|third|fourth|next|last)(?: (?:ronde|tijdvak|periode|tranche|round))?"
    r"(?: (?:op|om|is|on|uiterlijk|sluit op|tot|tot en met))?\s{0,2}"
)


def dates_in(sentence: Sentence, words: DateWords) -> list[Dated]:
    """Every date of the sentence whose purpose is certain."""
    found: list[Dated] = []
    last: list[Dated] = []
    for mention in sentence.mentions:
        if mention.mark not in (DATE, WINDOW):
            continue
        if mention.mark == DATE and last and _LISTED.fullmatch(sentence.near(mention)):
            last = [replace(last[-1], moment=_moment(mention), mention=mention)]  # "1 maart en 1 oktober"
        else:
            last = (_window if mention.mark == WINDOW else _single)(sentence, mention, words)
        found += last
    return found


_UNDATED = re.compile(
    f"{DATE}[^{DATE}{VAGUE}.;]{{0,25}}?(?:,|\\ben|\\band|\\bof|\\bor)\\s(?:(?:daarna|vervolgens|then)\\s)?(?:\\w+\\s)?{VAGUE}"
)


def more_follow(sentence: Sentence, words: DateWords) -> bool:
    """Another round is spoken of, or days without a year stand behind the date: then no closing is the only one."""
    undated = _UNDATED.search(sentence.words)
    if undated and any(m.at == undated.end() - 1 and m.why == "no year" for m in sentence.mentions):
        return bool(dates_in(sentence, words))
    return bool(words.more_rounds.search(sentence.words)) and not dates_in(sentence, words)


def _moment(mention: Mention) -> Moment:
    assert isinstance(mention.value, Moment)
    return mention.value


_SHUT = re.compile(r"\s(?:tijdelijk |temporarily )?(?:gesloten|dicht|closed)\b")  # "was van # tot # gesloten"


def _window(sentence: Sentence, mention: Mention, words: DateWords) -> list[Dated]:
    assert isinstance(mention.value, Window)
    if (
        _SHUT.match(sentence.follow(mention))
        or not _is_about(sentence, mention, words)
        or _is_other(sentence, mention, words)
    ):
        return []
    kind = _stage(sentence, mention, words)
    if words.moved.search(sentence.near(mention)[-60:]):
        return [Dated(DeadlineKind.CLOSES, mention.value.closes, mention, moved=True)]
    opens, closes = mention.value.opens, mention.value.closes
    if kind is None:
        return [Dated(DeadlineKind.OPENS, opens, mention), Dated(DeadlineKind.CLOSES, closes, mention)]
    first = [Dated(DeadlineKind.OPENS, opens, mention)] if kind in _FIRST else []
    return [*first, Dated(kind, closes, mention)]


_FIRST = (DeadlineKind.PRE_REGISTRATION, DeadlineKind.STAGE_1)


def _single(sentence: Sentence, mention: Mention, words: DateWords) -> list[Dated]:
    assert isinstance(mention.value, Moment)
    if _is_other(sentence, mention, words):
        return []
    moved = _moved(sentence, mention, words)
    side = _moved_side(sentence, mention, words) if moved else _side(sentence, mention, words)
    if side is None or moved is False:
        return []
    if side == DeadlineKind.CLOSES:
        side = _stage(sentence, mention, words) or side
    around = sentence.left(mention) + sentence.right(mention)
    return [Dated(side, mention.value, mention, bool(moved), bool(_INVITED.search(around)))]


_INVITED = re.compile(r"\b(?:uitgenodigd|uitnodiging|invited|invitation|shortlisted|geselecteerden?)\b")


def _moved_side(sentence: Sentence, mention: Mention, words: DateWords) -> DeadlineKind:
    left = sentence.left(mention)
    closing = words.closing.search(left) or words.until.search(sentence.near(mention))
    opening = words.opening.search(left) and not closing
    return DeadlineKind.OPENS if opening else DeadlineKind.CLOSES


_TO = re.compile(r"[\s,]{0,3}(?:naar|maar (?:al |pas |reeds )?(?:op|tot|per)|but (?:on|by|until))\s{0,2}")


def _moved(sentence: Sentence, mention: Mention, words: DateWords) -> bool | None:
    """Whether a date holds after a move; none where nothing is said of one."""
    near = sentence.near(mention)
    if not words.moved.search(sentence.left(mention)[-90:]):
        return None
    if words.moved_from.search(near):
        return False
    known = words.moved.search(near[-50:]) or words.until.search(near) or _TO.fullmatch(near)
    return True if known else None


_LABELLED = re.compile(r"\W*(?:start|begin|startdatum|begindatum|start date|opening date)\s?:\s{0,3}")


# "Pre-proposals: #": what is handed in, and when
_HANDED_IN = re.compile(
    r"\W*(?:[\w-]+ ){0,2}[\w-]*(?:proposals?|applications?|notes?|voorstel(?:len)?|aanvra(?:ag|gen)|aanmelding(?:en)?)"
    r"\s?:\s{0,3}"
)
_THAT_FOR = re.compile(r"\s(?:en )?(?:die|dat) (?:voor|van)\b")  # "de deadline voor # is #; die voor # is #"


def _side(sentence: Sentence, mention: Mention, words: DateWords) -> DeadlineKind | None:
    """Opening or closing: the word right before it decides, then the word right behind, then the nearest word."""
    near, follow = sentence.near(mention), sentence.follow(mention)
    about = _is_about(sentence, mention, words) or bool(_LABELLED.fullmatch(near))
    labelled = _nearest(near, words) or (DeadlineKind.CLOSES if _HANDED_IN.fullmatch(near) else None)
    if labelled == DeadlineKind.OPENS and not about:
        labelled = None  # "de start is op #" may be that of the project
    if (
        labelled is None
        and sentence.joined
        and _THAT_FOR.match(sentence.words)
        and words.closing.search(sentence.before)
    ):
        labelled = DeadlineKind.CLOSES
    opens, closes = bool(words.opens_after.match(follow)), bool(words.closes_after.match(follow))
    if words.until.search(near):
        known = about or ((closes or labelled == DeadlineKind.CLOSES) and not opens)
        return DeadlineKind.CLOSES if known else None
    if closes:
        return DeadlineKind.CLOSES
    if words.since.search(near):
        known = (about or opens or labelled is not None) and labelled != DeadlineKind.CLOSES
        return DeadlineKind.OPENS if known else None
    return DeadlineKind.OPENS if opens else labelled


def _nearest(near: str, words: DateWords) -> DeadlineKind | None:
    """The last opening or closing word before the date, unless a sign of another sentence part stands between."""
    opening = max((hit.end() for hit in words.opening.finditer(near)), default=-1)
    closing = max((hit.end() for hit in words.closing.finditer(near)), default=-1)
    last = max(opening, closing)
    if last < 0 or len(near) - last > 60 or re.search(r"[,;]\s\w+\s\w+|\.\s", near[last:]):
        return None
    return DeadlineKind.OPENS if opening > closing else DeadlineKind.CLOSES


def _is_about(sentence: Sentence, mention: Mention, words: DateWords) -> bool:
    """The clause is about applying: before a turn ("die", "voor projecten") only what stands behind it counts."""
    left = sentence.left(mention)
    follow = re.split(f"[{DATE}{WINDOW}{VAGUE}]", sentence.right(mention))[0]
    turns = [hit.start() for hit in words.turn.finditer(left) if not words.round_noun.search(left[: hit.start()])]
    clause = left[turns[-1] :] if turns else left
    behind = re.split(r"[;:(]", follow.lstrip(" ,"))[0][:80]
    if words.apply.search(clause + DATE + behind):  # "vraag # de subsidie aan" spans the date
        return True
    if turns:
        return False
    return bool(words.carries.match(sentence.words.strip()) and words.apply.search(sentence.before))


def _is_other(sentence: Sentence, mention: Mention, words: DateWords) -> bool:
    near, follow = sentence.near(mention), sentence.follow(mention)
    if _is_accounting(sentence, mention, words):
        return True
    if mention.mark == WINDOW and words.slot.search(near):
        return bool(words.pot_for.search(near)) and _is_whole_years(mention)
    clause = _own_clause(re.split(r"[;]|\.\s", near)[-1], words)
    before = words.other_before.search(clause[-110:]) or words.doubt.search(clause[-60:])
    ours = words.opens_after.match(follow) or words.closes_after.match(follow)
    behind = not ours and words.other_after.match(follow[:70])
    spoken = sentence.left(mention)[-140:] + mention.mark + re.split(r"[,;.]", follow)[0][:70]
    return bool(before or behind or words.event.search(spoken) or _is_for_gathering(sentence, mention, words))


def _is_accounting(sentence: Sentence, mention: Mention, words: DateWords) -> bool:
    """ "Met de jaarrekening. Lever de bijlage uiterlijk # aan": for who has the money already."""
    around = sentence.left(mention) + sentence.right(mention)
    if words.asks.search(around):
        return False
    ours = (words.scheme, words.opening, words.closing, words.sign_up)
    leans = words.account.search(sentence.before) and not any(pattern.search(around) for pattern in ours)
    return bool(leans or words.account.search(around))


def _is_for_gathering(sentence: Sentence, mention: Mention, words: DateWords) -> bool:
    """ "Aanmelden kan tot #" on a page about a meeting: the last that was spoken of is no scheme."""
    around = sentence.left(mention) + sentence.right(mention)
    if not words.sign_up.search(around) or words.scheme.search(around):
        return False
    for earlier in reversed(sentence.earlier):
        if words.gathering.search(earlier):
            return True
        if words.scheme.search(earlier):
            return False
    return False


def _is_whole_years(mention: Mention) -> bool:
    """From 1 January to 31 December: the year of a budget, not the time to apply in."""
    assert isinstance(mention.value, Window)
    opens, closes = mention.value.opens.day, mention.value.closes.day
    return (opens.month, opens.day, closes.month, closes.day) == (1, 1, 12, 31)


_ENDS = re.compile(r"\s*(?:eindigt|eindigen|ends?)\b")


def _own_clause(near: str, words: DateWords) -> str:
    """Behind "en", when applying is spoken of there: "is op # gepubliceerd en staat open tot"."""
    last = re.split(r"\b(?:en|and|maar|but)\b|,\s(?=(?:die|dat|which|that)\s)", near)[-1]
    if _ENDS.match(last):
        return near  # "de looptijd is 36 maanden en eindigt op": what ends is said before
    return last if words.apply.search(last) or words.closing.search(last) or words.opening.search(last) else near


_FOR_STAGE = re.compile(r"\b(?:voor|for) (?:stap|fase|stage|step|phase) (?:1|one|een|één)\b")


def _stage(sentence: Sentence, mention: Mention, words: DateWords) -> DeadlineKind | None:
    """A stage named right before the date, or right behind it in brackets."""
    near, follow = sentence.near(mention)[-90:], sentence.follow(mention)
    cut = re.search(r"cut-?off.{0,80}\b(?:closed|sloot)\b(?: on| op)?\s{0,2}$", near)
    if cut:
        return None  # the one that closed is what the page is about
    bracket = re.match(r"\s{0,2}\(([^()]{1,60})\)", follow)
    behind = re.split(r"[,;:(]", follow.lstrip(" ,"))[0][:60]
    label = re.match(r"[^:]{1,60}:", sentence.words)
    for kind, pattern in words.kinds:
        if label and kind in (DeadlineKind.STAGE_1, DeadlineKind.STAGE_2) and pattern.search(label.group()):
            return kind  # "Stage 1: opens #, closes #"
        named = pattern.search(behind)
        if pattern.search(near) or (named and (kind == DeadlineKind.STAGE_2 or _FOR_STAGE.search(behind))):
            return kind
        if bracket and pattern.search(bracket.group(1)):
            return kind
    return None


def deadlines(dated: list[Dated], source: str) -> tuple[Read, ...]:
    """All typed moments in the order of the text, equal ones once; several closings in one breath are cut-offs."""
    seen: dict[tuple[str, date], Dated] = {}
    for one in dated:
        key = (one.kind.value, one.moment.day)
        if key not in seen or seen[key].moment.hour is None:
            seen[key] = one
    return tuple(_read(one, source) for one in seen.values())


def _read(one: Dated, source: str) -> Read:
    return Read(
        one.kind.value, one.moment, source[one.mention.start : one.mention.end], one.mention.start, one.mention.end
    )


def settle(dated: list[Dated], kind: DeadlineKind, source: str) -> Read | None:
    """The one moment of this kind, none when the text names several days or several hours of one day."""
    of_kind = _entrance(dated, kind) or [one for one in dated if one.kind == kind] or _last_stage(dated, kind)
    if not of_kind:
        return None
    last = max((one.moment.day for one in of_kind), default=None)
    of_kind = [one for one in of_kind if one.moved and one.moment.day == last] or of_kind
    if kind == DeadlineKind.CLOSES:
        of_kind = _of_open_round(dated, of_kind)
    if len({one.moment.day for one in of_kind}) > 1:
        return None
    if kind == DeadlineKind.CLOSES and _later_stage(dated, of_kind[0]):
        return None
    timed = [one for one in of_kind if one.moment.hour is not None]
    if len({one.moment.hour for one in timed}) > 1:
        return None
    return _read((timed or of_kind)[0], source)


def _of_open_round(dated: list[Dated], closings: list[Dated]) -> list[Dated]:
    """Without those that lie before the only opening: they closed an earlier round."""
    openings = {one.moment.day for one in dated if one.kind == DeadlineKind.OPENS}
    if len(openings) != 1:
        return closings
    (opening,) = openings
    return [one for one in closings if one.moment.day >= opening] or closings


def _entrance(dated: list[Dated], kind: DeadlineKind) -> list[Dated]:
    """Of a call in stages the first is the one to be in time for, unless the text also names another closing."""
    closings = {one.moment.day for one in dated if one.kind == kind}
    first = [one for one in dated if one.kind == DeadlineKind.STAGE_1]
    second = {one.moment.day for one in dated if one.kind == DeadlineKind.STAGE_2}
    alone = closings <= second | {one.moment.day for one in first}
    return first if kind == DeadlineKind.CLOSES and alone else []


def _later_stage(dated: list[Dated], closing: Dated) -> bool:
    """A full application on another day, and no word for what closes first: it may be the way in or the call.

    One by invitation follows on the way in, so it leaves no doubt.
    """
    days = {kind: {one.moment.day for one in dated if one.kind == kind and not one.invited} for kind in DeadlineKind}
    second, first = days[DeadlineKind.STAGE_2], days[DeadlineKind.STAGE_1]
    return bool(second - {closing.moment.day}) and closing.moment.day not in first


def _last_stage(dated: list[Dated], kind: DeadlineKind) -> list[Dated]:
    """After a pre-registration the full application closes the call."""
    return [one for one in dated if kind == DeadlineKind.CLOSES and one.kind == DeadlineKind.STAGE_2]


def borrowed_year(sentence: Sentence, words: DateWords) -> int | None:
    """The year of "het loket voor 2023", when the sentence names that one year and its dates name none."""
    hit = words.year_of_round.search(sentence.words)
    years = set(re.findall(r"\b(?:19|20)\d\d\b", sentence.words))
    known = any(m.mark in (DATE, WINDOW) for m in sentence.mentions)
    vague = [m for m in sentence.mentions if m.mark == VAGUE and m.why == "no year"]
    if not hit or known or not vague or len(years) != 1 or re.search(ANY_MENTION, hit.group()):
        return None
    return int(years.pop())
