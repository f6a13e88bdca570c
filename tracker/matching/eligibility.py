"""Who may apply, from the source's own words first: its applicants, the call's sentences, kind of action, targets.

What these do not say is left to the fitted weights, and told as an estimate.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from db.vocabulary import Applicant
from tracker.matching import area, practice
from tracker.matching.abroad import abroad
from tracker.matching.features import ReadCall
from tracker.matching.fit import Array
from tracker.matching.lexicon import Hit, Lexicon, Term
from tracker.matching.sentences import clean
from tracker.matching.texts import Eligibility, read_words

OURS = frozenset({Applicant.MUNICIPALITY, Applicant.PROVINCE, Applicant.TRANSPORT_REGION, Applicant.GOVERNMENT})
NO_WORD = frozenset({Applicant.ANY, Applicant.CONSORTIUM, Applicant.WATER_AUTHORITY})  # leave it open
AROUND = 200  # characters looked at on either side of a name
QUOTED = 240
LONGEST_CONDITIONS = 20_000  # characters, as many as are kept
WORD = re.compile(r"[\w-]*")
_END = re.compile(r"[.!?;](?:\s|$)|\n")


@dataclass(frozen=True)
class Ruling:
    """What is said outright, and the Dutch reason to show.

    ``others``: only others than public bodies are named, which keeps nobody out; ``open``: the programme takes any
    legal entity; ``partner``: at least that.
    """

    says: Literal["self", "partner", "no", "others", "open"]
    because: str


@dataclass(frozen=True)
class WhoMayApply:
    """Who may apply, as it is shown: whether it is an estimate, and why."""

    eligible: Eligibility
    estimate: bool
    because: str
    likely: Eligibility = "unknown"  # where it is not known: what the weights would say, for measuring only


@cache
def _rules() -> dict[str, list[re.Pattern[str]]]:
    words = read_words("applicants.yaml")
    patterns = {
        **words["applies"],
        **{
            name: words[name]
            for name in ("only", "not_acting", "never", "required", "unasked", "asking", "titles", "targets")
        },
    }
    return {name: [re.compile(p, re.I) for p in some] for name, some in patterns.items()}


@cache
def _kinds() -> list[tuple[re.Pattern[str], Ruling]]:
    return [
        (re.compile(rule["pattern"]), Ruling(rule["answer"], rule["because"]))
        for rule in read_words("applicants.yaml")["kinds"]
    ]


ORDER: tuple[Eligibility, ...] = ("no", "partner", "self")  # of the shares that the fitted weights give
ESTIMATED = {
    "self": "Geschat uit de tekst: een gemeente, provincie of vervoerregio kan zelf aanvragen of een hoofdrol hebben",
    "partner": "Geschat uit de tekst: vooral voor anderen, een overheid kan als partner meedoen",
    "no": "Geschat uit de tekst: vooral voor anderen dan overheden",
    "unknown": "De bron zegt niet wie mag aanvragen, en er is geen tekst om het uit op te maken",
    "titled": "De titel gaat over lokaal of publiek werk, maar de tekst zegt niet of een overheid mag aanvragen",
    "silent": "De tekst noemt niemand die mag aanvragen",
}
LEAST_TEXT = 40  # characters of text below which nothing can be estimated


def answer(reading: ReadCall, shares: Array) -> WhoMayApply:
    """Who may apply: what is said outright, else what the shares of ``ORDER`` say most, as an estimate."""
    if place := elsewhere(reading):
        return WhoMayApply("no", True, f"Voor een ander gebied ({place})")
    if words := _unasked(reading):
        return WhoMayApply("unknown", False, f"Komt zonder aanvraag. {words}")
    said = ruling(reading)
    if said and said.says in ("self", "no"):
        return WhoMayApply("self" if said.says == "self" else "no", False, said.because)
    if said and said.says == "others":
        return WhoMayApply("no", True, said.because)
    return _within_targets(reading, said, _estimated(reading, shares, said))


def _unasked(reading: ReadCall) -> str:
    """The sentence by which public bodies get the money of themselves; none where the rest speaks of applying."""
    text = _read(reading)
    if not any(hit.term.owner == PUBLIC for hit in _names().look(text)):
        return ""
    hit = next(filter(None, (pattern.search(text) for pattern in _rules()["unasked"])), None)
    rest = text
    for pattern in _rules()["unasked"]:
        rest = pattern.sub(" ", rest)
    if hit is None or any(asking.search(rest) for asking in _rules()["asking"]):
        return ""
    return _quoted(text, hit.start(), hit.end())


def _estimated(reading: ReadCall, shares: Array, said: Ruling | None) -> WhoMayApply:
    """By the fitted weights, from the least that the programme leaves."""
    if len(reading.texts["text"]) < LEAST_TEXT and not (said and said.says == "partner"):
        return WhoMayApply("unknown", True, ESTIMATED["unknown"], ORDER[int(shares.argmax())])
    if said and said.says == "partner":
        return WhoMayApply(ORDER[1 + int(shares[1:].argmax())], True, said.because)
    likely = ORDER[int(shares.argmax())]
    if likely == "no" and (why := _left_open(reading, said)):
        return WhoMayApply("unknown", True, ESTIMATED[why], likely)
    named = _named(reading, PUBLIC) if likely != "no" else _named(reading, OTHERS)
    parts = [ESTIMATED[likely] + (f" (genoemd: {', '.join(named)})" if named else ""), said.because if said else ""]
    return WhoMayApply(likely, True, "; ".join(filter(None, parts)))


def _within_targets(reading: ReadCall, said: Ruling | None, found: WhoMayApply) -> WhoMayApply:
    """An estimate as far as the source's target groups allow: where none is a public body, none applies by itself."""
    call, names = reading.call, ", ".join(reading.call.targets)
    whom = "open" if call.applicants else targeted(call.targets)  # a list of applicants that closes nobody out
    because = f"De bron noemt als doelgroep: {names}"
    if whom == "others" and said is None:
        return WhoMayApply("no", True, because)
    if whom == "open" or found.eligible != "self":
        return found
    if whom == "others":
        return WhoMayApply("partner", True, f"{because}; {said.because if said else ''}")
    return WhoMayApply("unknown", True, f"{because}; of daar een overheid onder valt, is niet bekend", found.likely)


def targeted(targets: Sequence[str]) -> Literal["open", "others", "unclear"]:
    """Whether target groups leave room for a public body, are all others, or are not all known; none named: open."""
    owners = [{hit.term.owner for hit in _names().look(name)} for name in targets]
    room = any(pattern.search(name) for name in targets for pattern in _rules()["targets"])
    if not targets or room or any(each - {OTHERS} for each in owners):
        return "open"
    return "others" if all(owners) else "unclear"


def _left_open(reading: ReadCall, said: Ruling | None) -> str | None:
    """Why it is not guessed that others apply: the title is of local work, or a Dutch text names nobody at all."""
    if any(pattern.search(reading.texts["title"]) for pattern in _rules()["titles"]):
        return "titled"
    silent = said is None and reading.language == "nl" and not _names().look(_read(reading))
    return "silent" if silent else None


def measured(reading: ReadCall, shares: Array) -> Eligibility:
    """The answer that is measured: of a call without a text too, for which a page says that it is not known."""
    said = answer(reading, shares)
    return said.likely if said.eligible == "unknown" else said.eligible


def elsewhere(reading: ReadCall) -> str | None:
    """The place outside the region that a call is for, if it is."""
    if reading.language != "nl":
        return abroad(reading.texts["title"], reading.texts["text"], practice.kinds_of(reading.call))
    return area.elsewhere(reading.texts["title"], reading.texts["text"], reading.call.publisher)


def _read(reading: ReadCall) -> str:
    return f"{reading.texts['title']}. {reading.texts['text']}"


def _named(reading: ReadCall, owner: int) -> list[str]:
    """At most three names of one sort as they stand in the title and the text."""
    text = _read(reading)
    names = [_word(text, hit) for hit in _names().look(text) if hit.term.owner == owner]
    return list({name.lower(): name for name in names}.values())[:3]


def _word(text: str, hit: Hit) -> str:
    """The whole word of which a hit may be only the start."""
    rest = WORD.match(text, hit.end)
    return text[hit.start : rest.end() if rest else hit.end]


PUBLIC, PUBLIC_TOO, OTHERS = 0, 1, 2  # whom a name in a text is


@cache
def _names() -> Lexicon:
    """Names of public bodies, names that leave room for them, and names of others."""
    words = read_words("applicants.yaml")
    others = [w for group in practice.APPLICANTS[1:] for w in practice.cues()[group]]
    lists = ((PUBLIC, words["public"]), (PUBLIC_TOO, words["public_too"]), (OTHERS, [others, *words["others"]]))
    return Lexicon([Term(owner, word) for owner, some in lists for each in some for word in each])


def ruling(reading: ReadCall) -> Ruling | None:
    """What the source's list, the call's own sentences or the kind of action say; None where all are silent."""
    return _listed(reading.call.applicants) or _by_sentences(reading) or _by_kind(reading)


def _listed(applicants: Sequence[str]) -> Ruling | None:
    """By the source's own list of applicants."""
    known = [word for word in Applicant if word in applicants]
    names = ", ".join(name.label for name in known)
    if OURS & set(known):
        return Ruling("self", f"De bron noemt als aanvragers: {names}")
    if known and not NO_WORD & set(known):
        return Ruling("no", f"De bron noemt als aanvragers: {names}")
    return None


def _by_kind(reading: ReadCall) -> Ruling | None:
    """By the kind of action, the programme and who gives; a source that names neither may name it in the title."""
    named = reading.call.programme or (reading.texts["title"],)
    given = " | ".join((reading.call.type or "", *named, reading.call.publisher or ""))
    return next((rule for pattern, rule in _kinds() if pattern.search(given)), None)


def _by_sentences(reading: ReadCall) -> Ruling | None:
    """By sentences of the call that say who may apply: public bodies, only others, or expressly no public bodies."""
    text = _read(reading)
    for part in (text, clean(reading.call.conditions, LONGEST_CONDITIONS)):
        for pattern in _rules()["required"]:
            if required := pattern.search(part):
                return Ruling("self", _quoted(part, required.start(), required.end()))
    for pattern in _rules()["never"]:
        if excluded := pattern.search(text):
            return Ruling("no", _quoted(text, excluded.start(), excluded.end()))
    hits = _names().look(text)
    if ours := next(_applying(text, hits, PUBLIC), None):
        return Ruling("self", _quoted(text, ours.start, ours.end))
    if any(hit.term.owner == PUBLIC for hit in hits) or next(_applying(text, hits, PUBLIC_TOO), None):
        return None
    others = list(_applying(text, hits, OTHERS))
    if not others:
        return None
    alone = next((hit for hit in others if _alone(text, hit)), None)
    named = alone or others[0]
    return Ruling("no" if alone else "others", _quoted(text, named.start, named.end))


def _applying(text: str, hits: Sequence[Hit], owner: int) -> Iterator[Hit]:
    """The names of one sort that stand where a sentence says who may apply."""
    for hit in hits:
        if hit.term.owner == owner and not _before(text, hit, "not_acting") and _applies(text, hit):
            yield hit


def _applies(text: str, hit: Hit) -> bool:
    """Whether a verb of applying follows the name, or the words that tell whom the money is for stand before it."""
    if any(pattern.match(text, hit.end, hit.end + AROUND) for pattern in _rules()["after"]):
        return True
    return _before(text, hit, "before") or _alone(text, hit)


def _before(text: str, hit: Hit, rule: str) -> bool:
    head = text[max(hit.start - AROUND, 0) : hit.start]
    return any(pattern.search(head) for pattern in _rules()[rule])


def _alone(text: str, hit: Hit) -> bool:
    """Whether "only" stands before the name."""
    return _before(text, hit, "only")


def _quoted(text: str, start: int, end: int) -> str:
    """The sentence around a spot, as the call has it."""
    first = max((m.end() for m in _END.finditer(text, 0, start)), default=0)
    last = _END.search(text, end)
    sentence = clean(text[first : last.start() + 1 if last else len(text)])
    if len(sentence) > QUOTED:
        sentence = sentence[: QUOTED - 1].rstrip() + "…"
    return f"De bron zegt: “{sentence}”"
