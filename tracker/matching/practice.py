"""How near a call is to a region's practice: cues of applicants, kinds of action and programmes."""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from db.region_served import region
from tracker.matching.area import elsewhere
from tracker.matching.features import Matrix, ReadCall
from tracker.matching.lexicon import Term
from tracker.matching.texts import CallText, read_words

APPLICANTS = (
    "authority", "companies", "sme", "farmers", "persons", "societies", "corporations", "knowledge", "schools",
)  # fmt: skip
WHOLE = ("area:outside", "only_others", "nobody_named", "dutch:only_others", "dutch:nobody_named")
ASKS = re.compile(  # what stands after the one who may apply, within a few words
    r"\S*[^.;:]{0,45}?\b(?:kunnen|kan|krijgen|krijgt|mogen|mag|vragen|vraagt|ontvangen|ontvangt|dienen|dient)\b"
)
FIRST_CUE = -2  # owners of cues count down from here in the common lexicon


@cache
def kinds() -> dict[str, re.Pattern[str]]:
    """What tells each kind of action and programme."""
    return {name: re.compile(pattern) for name, pattern in read_words("kinds.yaml").items()}


def cues() -> dict[str, tuple[str, ...]]:
    """Groups of words that tell who may apply and how near to practice a call is."""
    places = region().places
    return _cues(places.words_here, places.words_elsewhere)


@cache
def _cues(here: tuple[str, ...], elsewhere: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    groups = {name: tuple(w for words in lists for w in words) for name, lists in read_words("cues.yaml").items()}
    return groups | {"ours": here, "elsewhere": elsewhere}


def terms() -> list[Term]:
    """The cues as terms of the common lexicon."""
    return [Term(FIRST_CUE - n, word) for n, words in enumerate(cues().values()) for word in words]


@cache
def names() -> tuple[str, ...]:
    """The names of the features, in the order of the columns."""
    heads = tuple(f"head:{name}" for name in cues())
    texts = tuple(f"text:{name}" for name in cues())
    first = tuple(f"first:{name}" for name in APPLICANTS)
    subjects = tuple(f"subject:{name}" for name in APPLICANTS)
    dutch = tuple(f"dutch:{name}" for name in (*first, "head:ours", "head:elsewhere", "head:spuk", "text:spuk"))
    of_action = tuple(f"kind:{name}" for name in kinds())
    return (*heads, *texts, *of_action, *first, *dutch, "dutch", "kind_unknown", *subjects, *WHOLE)


def kinds_of(call: CallText) -> tuple[str, ...]:
    """The kinds of action and programmes a call belongs to, read from its type, its programme and who gives."""
    return _kinds(" | ".join((call.type or "", *call.programme, call.publisher or "")))


@lru_cache(maxsize=4096)
def _kinds(given: str) -> tuple[str, ...]:
    """Kept, because a source has some hundreds of types and a hundred thousand calls."""
    return tuple(name for name, pattern in kinds().items() if pattern.search(given))


def features(readings: Sequence[ReadCall]) -> Matrix:
    """One row per call: cues in its title, call, destination and publisher, cues in its text, kinds, who, language."""
    table = np.zeros((len(readings), len(names())))
    count, places = len(cues()), {name: number for number, name in enumerate(names())}
    for row, reading in enumerate(readings):
        for hit in reading.cues["head"]:
            table[row, FIRST_CUE - hit.term.owner] = 1
        for owner, _ in {(h.term.owner, h.term.words) for h in (*reading.cues["text"], *reading.cues["said"])}:
            table[row, count + FIRST_CUE - owner] += 1
        for name in _true_of(reading):
            table[row, places[name]] = 1
    table[:, count : 2 * count] = 1 - np.exp(-0.7 * table[:, count : 2 * count])
    _who(table, places)
    for name, column in places.items():
        if name.startswith("dutch:"):
            table[:, column] = table[:, places["dutch"]] * table[:, places[name.removeprefix("dutch:")]]
    return table


def _true_of(reading: ReadCall) -> Iterator[str]:
    """The names of the features that are simply true of a call."""
    yield from (f"kind:{kind}" for kind in kinds_of(reading.call))
    if not reading.call.type:
        yield "kind_unknown"
    first = first_applicant(reading)
    if first:
        yield f"first:{first}"
    if reading.language == "nl":
        yield "dutch"
        yield from (f"subject:{name}" for name in subjects(reading))
        if elsewhere(reading.texts["title"], reading.texts["text"], reading.call.publisher):
            yield "area:outside"


def _who(table: Matrix, places: dict[str, int]) -> None:
    """Whether only others than authorities are named as applicants, or nobody at all."""

    def named(groups: Sequence[str]) -> NDArray[np.bool_]:
        columns = [places[f"{part}:{name}"] for name in groups for part in ("head", "text")]
        return np.asarray(table[:, columns].any(axis=1))

    ours, others = named(("authority", "spuk")), named(APPLICANTS[1:])
    table[:, places["only_others"]] = others & ~ours
    table[:, places["nobody_named"]] = ~others & ~ours


def subjects(reading: ReadCall) -> set[str]:
    """The kinds of applicants that a Dutch text says may, get or ask something: "bewoners kunnen aanvragen"."""
    groups, text = list(cues()), reading.texts["text"]
    return {
        groups[FIRST_CUE - hit.term.owner]
        for hit in reading.cues["text"]
        if groups[FIRST_CUE - hit.term.owner] in APPLICANTS and ASKS.match(text, hit.end, hit.end + 70)
    }


def first_applicant(reading: ReadCall) -> str | None:
    """The kind of applicant that a text names first: in a scheme of a few sentences that is who it is for."""
    groups = list(cues())
    named = [(h.start, groups[FIRST_CUE - h.term.owner]) for h in reading.cues["text"] or reading.cues["said"]]
    return min(((at, name) for at, name in named if name in APPLICANTS), default=(0, None))[1]
