"""The facts of a text: the whole way from its words to what is shown, asked, or left alone."""

from dataclasses import replace
from datetime import date

from db.vocabulary import Allocation, DeadlineKind, Status
from scrapers.facts import doors, money
from scrapers.facts.doors import DoorCandidate
from scrapers.facts.facts import Asked, Facts, Gate, Shown, Value
from scrapers.facts.features import topics_of
from scrapers.facts.find import find
from scrapers.facts.meanings import Judged, is_doubted, judged
from scrapers.facts.over import open_again, over_of, when_coming, when_over, which_holds
from scrapers.facts.rules import rules_of
from scrapers.facts.schemes import named_schemes
from scrapers.facts.sentences import Sentence, cut, verbatim
from scrapers.facts.spans import LONGEST
from scrapers.facts.words import groups, pattern

MOST_DAYS = 12  # more sure closings than this in one text is a list of calls, not a call
UNSURE = "niet zeker dat de tekst dit bedoelt"
SEVERAL = "de tekst noemt er meer dan een en zegt niet welke voor wie"
ROUNDED = "datum volgt uit een regel of uit woorden die twee dagen toelaten"
SCHEMES = "de tekst gaat over meer dan een regeling"
EMPTIED = "de tekst zegt dat dit geld op is"
CONTRADICT = "data in de tekst spreken elkaar tegen"


def read_facts(text: str, language: str, read_on: date, published: date | None = None) -> Facts:
    """What the text says, as read on that day (in Amsterdam); it came out on ``published``, if that is known."""
    text = text.replace("\u00ad", "")[:LONGEST]  # a soft hyphen hides words
    return facts_of(cut(text, find(text, language)), text, read_on, published)


def facts_of(sentences: list[Sentence], text: str, read_on: date, published: date | None = None) -> Facts:
    """What the sentences of the text say."""
    mentions = judged(sentences)
    candidates = doors.with_amendments(doors.candidates(mentions, read_on, published=published), sentences)
    over, coming = over_of(sentences, text, read_on, any(_is_ahead(found, read_on) for found in candidates))
    dated = [found for found in candidates if not over or _counts_beside(found, over.sentence)]
    faint = doors.candidates(mentions, read_on, doors.FAINT, published)
    gates, door, answers, remarks = _dates(dated, faint, text, read_on)
    over = which_holds(over, answers, sentences, text, read_on)
    if over and over.status not in (Status.EXPECTED, Status.ANNOUNCED):
        gates, answers = when_over(over, gates, answers, read_on)
    if coming:
        gates, answers = when_coming(coming, gates, answers)
    answers["budget"] = money.budget(mentions, door, dated, text)
    if over and isinstance(pot := answers["budget"], Shown) and pot.sentence == over.proof:
        answers["budget"] = _as_asked(pot, EMPTIED)
    answers["max_amount"] = money.settled(mentions, "max", text)
    answers["rate"] = money.settled(mentions, "rate", text)
    least = money.settled(mentions, "min", text)
    flags = _flags(sentences, text)
    several = len(named_schemes(mentions, text)) > 1
    if several:
        gates, flags, least, over = (), [], None, None
        answers = _of_several(mentions, dated, text)
    again = None if several or over or coming else open_again(sentences, text, read_on)
    ruled = {} if several or over else dict(rules_of(sentences, text, published))
    answers |= {name: asked for name, asked in ruled.items() if asked.values and answers.get(name) is None}
    return Facts(
        undated={name: asked for name, asked in ruled.items() if answers.get(name) is None},
        shown={name: answer for name, answer in answers.items() if isinstance(answer, Shown)},
        asked={name: answer for name, answer in answers.items() if isinstance(answer, Asked)},
        gates=(*gates, *flags),
        status=(over.status, over.proof) if over else again,
        allocation=_allocation(sentences) if not several else None,
        min_amount=least if isinstance(least, Shown) else None,
        remarks=remarks,
    )


def _of_several(mentions: list[Judged], dated: list[DoorCandidate], text: str) -> dict[str, money.Answer]:
    """Every date, pot, ceiling and percentage of a text of several schemes, in its own order, as a question."""
    readings: dict[str, list[tuple[Judged, Value]]] = {"opens": [], "closes": []}
    for found in dated:
        readings["opens" if found.meaning == "opens" else "closes"].append((found.judged, found.moment))
    for name, meaning in (("budget", "budget"), ("max_amount", "max"), ("rate", "rate")):
        readings[name] = [*money.candidates(mentions, meaning)]
    return {name: money.asked(some, text, SCHEMES) for name, some in readings.items() if some}


def _is_ahead(found: DoorCandidate, read_on: date) -> bool:
    return found.chance >= doors.RIVAL and found.meaning != "later" and found.moment.day >= read_on


def _counts_beside(candidate: DoorCandidate, over: Sentence) -> bool:
    """In the sentence that says that it is over, only a whole window is one of the call."""
    return candidate.judged.sentence is not over or candidate.judged.span.pair != ""


def _dates(
    dated: list[DoorCandidate], faint: list[DoorCandidate], text: str, read_on: date
) -> tuple[tuple[Gate, ...], DoorCandidate | None, dict[str, money.Answer], tuple[str, ...]]:
    closing = [candidate for candidate in dated if candidate.meaning != "opens"]
    opening = [candidate for candidate in dated if candidate.meaning == "opens"]
    obligatory = doors.is_obligatory([candidate for candidate in closing if candidate.chance >= doors.RIVAL])
    steps = any(candidate.meaning == "step" for candidate in closing)
    enter = [
        candidate
        for candidate in closing
        if candidate.meaning == "step" or (candidate.meaning == "closes" and not (steps and obligatory))
    ]
    closes, door = _closes(enter, faint, text, read_on)
    opens = _opens(opening, door, enter, isinstance(closes, Asked), text)
    opened = next(
        (candidate for candidate in opening if isinstance(opens, Shown) and candidate.moment == opens.value), None
    )
    if isinstance(closes, Asked) and isinstance(opens, Shown) and opened and _is_of_another(opened, closes, enter):
        opens = Asked((opens.value,), opens.sentence, UNSURE)
    remarks: tuple[str, ...] = ()
    late = _opens_too_late(opening, door)
    if late is not None and opens is None and isinstance(closes, Shown):
        opens = money.shown(late.judged, text, late.moment, late.chance)
        opens, closes, remarks, door = _as_asked(opens), _as_asked(closes), (CONTRADICT,), None
    gates = _gates(closes, opens, [*closing, *opening], obligatory, text)
    return gates, door, {"opens": opens, "closes": closes}, remarks


def _is_of_another(opened: DoorCandidate, closes: Asked, enter: list[DoorCandidate]) -> bool:
    """The opening is that of a later round, or stands with a closing that is not the likeliest."""
    if pattern("scope", "later_round").search(opened.judged.sentence.words) is not None:
        return True
    beside = [
        candidate.moment for candidate in enter if candidate.judged.sentence.start == opened.judged.sentence.start
    ]
    return bool(beside) and closes.values[0] not in beside


def _opens_too_late(opening: list[DoorCandidate], door: DoorCandidate | None) -> DoorCandidate | None:
    """A sure opening behind the only closing: a slip of the page, where it speaks of no second round."""
    sure = [candidate for candidate in opening if _is_sure(candidate, "opens")]
    if door is None or len(doors.days_of(sure)) != 1 or sure[0].moment.day <= door.moment.day:
        return None
    speaks = {topic for candidate in (sure[0], door) for topic in topics_of(candidate.judged.sentence.words)}
    return None if "rounds" in speaks else sure[0]


def _as_asked(answer: Shown, why: str = CONTRADICT) -> Asked:
    return Asked((answer.value,), answer.sentence, why)


def _is_sure(candidate: DoorCandidate, meaning: str) -> bool:
    return candidate.sure and candidate.chance >= doors.SHOW[meaning]


def _closes(
    enter: list[DoorCandidate], faint: list[DoorCandidate], text: str, read_on: date
) -> tuple[money.Answer, DoorCandidate | None]:
    """The next door, a question where the text does not order its closings, none where it has none."""
    enter = [candidate for candidate in doors.merged(enter) if candidate.chance >= doors.ASK["closes"]]
    sure = [candidate for candidate in enter if _is_sure(candidate, "closes")]
    if not sure:
        return _ask(enter, text, UNSURE), None
    door = doors.next_door(sure, read_on)
    rivals = [candidate for candidate in enter if candidate.chance >= doors.RIVAL and candidate not in sure]
    rivals += [candidate for candidate in faint if _is_faint_rival(candidate, door, read_on)]
    with_rivals = doors.next_door([*sure, *rivals], read_on)
    ordered = len(sure) == 1 or (len(sure) <= MOST_DAYS and doors.are_rounds(sure)) or _are_steps(sure)
    if not ordered or with_rivals is not door or (len(sure) == 1 and rivals):
        first = [with_rivals, *sorted([*sure, *rivals], key=lambda candidate: -candidate.chance)]
        return _ask(first, text, SEVERAL, keep=True), None
    return money.shown(door.judged, text, door.moment, door.chance), door


def _is_faint_rival(candidate: DoorCandidate, door: DoorCandidate, read_on: date) -> bool:
    """The end of a doubted window; a likely date still to come where the sure one is past."""
    if candidate.meaning not in ("closes", "step") or candidate.moment.day == door.moment.day:
        return False
    if candidate.judged.span.pair == "second" and candidate.chance >= doors.RIVAL_WINDOW:
        return True
    doubted = is_doubted(candidate.judged.sentence, candidate.judged.number)
    return door.moment.day < read_on <= candidate.moment.day and not doubted


def _are_steps(sure: list[DoorCandidate]) -> bool:
    """A first step and what follows it: their order is plain."""
    return {candidate.meaning for candidate in sure} == {"step", "closes"} and len(sure) == 2


def _ask(candidates: list[DoorCandidate], text: str, why: str, keep: bool = False) -> Asked | None:
    if not candidates:
        return None
    ordered = candidates if keep else sorted(candidates, key=lambda candidate: -candidate.chance)
    why = why if all(candidate.sure for candidate in ordered) else ROUNDED
    return money.asked(
        ((candidate.judged, value) for candidate in ordered for value in (candidate.moment, *candidate.others)),
        text,
        why,
    )


def _opens(
    opening: list[DoorCandidate], door: DoorCandidate | None, enter: list[DoorCandidate], open_end: bool, text: str
) -> money.Answer:
    """The opening of the round that the door closes."""
    known = [candidate for candidate in enter if candidate.chance >= doors.RIVAL]
    fits = [
        candidate for candidate in doors.openings_of(door, opening, known) if candidate.chance >= doors.ASK["opens"]
    ]
    fits = doors.merged(fits)
    sure = [candidate for candidate in fits if _is_sure(candidate, "opens")]
    rivals = [candidate for candidate in fits if candidate.chance >= doors.RIVAL and candidate not in sure]
    if len(sure) == 1 and not rivals and not (open_end and len(doors.merged(opening)) > 1):
        return money.shown(sure[0].judged, text, sure[0].moment, sure[0].chance)
    return _ask(fits, text, SEVERAL if len(fits) > 1 else UNSURE)


_KINDS = {
    "opens": DeadlineKind.OPENS,
    "step": DeadlineKind.STAGE_1,
    "later": DeadlineKind.STAGE_2,
    "closes": DeadlineKind.CLOSES,
}


def _gates(
    closes: money.Answer, opens: money.Answer, dated: list[DoorCandidate], obligatory: bool, text: str
) -> tuple[Gate, ...]:
    """Every date that is shown, for the calendar; where a field is asked, none of its dates."""
    shown: list[Gate] = []
    stepped = any(candidate.meaning == "step" and candidate.chance >= doors.RIVAL for candidate in dated)
    for candidate in doors.merged([d for d in dated if d.meaning == "opens"]) if isinstance(opens, Shown) else []:
        if isinstance(opens, Shown) and candidate.moment == opens.value:
            shown.append(_gate(candidate, DeadlineKind.OPENS, text, door=False))
    rest = [d for d in dated if d.meaning != "opens"]
    sure = [candidate for candidate in doors.merged(rest) if _is_sure(candidate, "closes")]
    if not isinstance(closes, Shown):
        sure = [candidate for candidate in sure if candidate.meaning == "later" and closes is None]
    several = sum(candidate.meaning == "closes" for candidate in sure) > 1
    for candidate in sorted(sure, key=lambda candidate: candidate.moment.day):
        kind = DeadlineKind.CUT_OFF if several and candidate.meaning == "closes" else _KINDS[candidate.meaning]
        gate = _gate(
            candidate,
            kind,
            text,
            door=candidate.meaning != "later" and not (candidate.meaning == "closes" and stepped and obligatory),
        )
        shown.append(replace(gate, obligatory=obligatory and candidate.meaning == "step"))
    return tuple(shown)


def _gate(candidate: DoorCandidate, kind: DeadlineKind, text: str, door: bool) -> Gate:
    read = money.shown(candidate.judged, text, candidate.moment, candidate.chance)
    return Gate(kind, candidate.moment, read.text, read.sentence, read.certainty, door, span=candidate.judged.span)


def _allocation(sentences: list[Sentence]) -> Allocation | None:
    for name in groups("allocation"):
        if any(pattern("allocation", name).search(sentence.words) for sentence in sentences):
            return Allocation(name)
    return None


def _flags(sentences: list[Sentence], text: str) -> list[Gate]:
    """ "Doorlopend", "tot het budget op is": kinds of deadline without a day."""
    flags = []
    for name in groups("flags"):
        for sentence in sentences:
            hit = pattern("flags", name).search(sentence.words)
            if hit:
                flags.append(Gate(DeadlineKind(name), None, hit.group(), verbatim(text, sentence), 1.0, door=True))
                break
    return flags
