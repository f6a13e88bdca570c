"""Which calls in English are for another country: fixed rules, by programme, title and sentences of who may apply.

Countries have their names from the library of locales, so no list of them stands here.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache

from babel import Locale

from db.region_served import region
from tracker.matching.texts import read_words

EXTERNAL, RESEARCH = "external", "horizon"  # of kinds.yaml
CODE = re.compile(r"[A-Z]{2}$")  # of a country; parts of the world have three digits
NO_COUNTRIES = frozenset({"AQ", "EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})
PARTS = frozenset({
    "002", "003", "005", "009", "011", "013", "014", "015", "017", "018", "019", "029", "030", "034", "035",
    "142", "143", "145", "202", "419",
})  # fmt: skip
SENTENCE = re.compile(r"[^.;\n]+[.;\n]?")
OUTSIDE_THE_UNION = "landen buiten de Europese Unie"


@dataclass(frozen=True)
class Patterns:
    """Those of one own country."""

    titles: tuple[re.Pattern[str], ...]
    sentences: tuple[re.Pattern[str], ...]
    others: re.Pattern[str]
    here: re.Pattern[str]


def abroad(title: str, text: str, kinds: Collection[str]) -> str | None:
    """Which country or part of the world alone it is for, in Dutch.

    ``kinds``: of action and programme. What is of external action is for such countries whatever it says; research
    for or in a country is done by whoever applies, also from here.
    """
    own = region().places.country
    if not own:
        return None
    patterns = _patterns(own)
    if RESEARCH not in kinds and not patterns.here.search(title):
        for pattern in patterns.titles:
            if found := pattern.search(title):
                return _called(found) or OUTSIDE_THE_UNION
    if EXTERNAL in kinds:
        return OUTSIDE_THE_UNION
    return next(filter(None, (_only(sentence[0], patterns) for sentence in SENTENCE.finditer(text))), None)


def _only(sentence: str, patterns: Patterns) -> str | None:
    if patterns.here.search(sentence) or patterns.others.search(sentence):
        return None
    met = next(filter(None, (pattern.search(sentence) for pattern in patterns.sentences)), None)
    return _called(met) if met else None


def _called(found: re.Match[str]) -> str:
    """The Dutch name of the place that a pattern met; empty where it has none."""
    place = (found.groupdict().get("place") or "").removeprefix("the ").removeprefix("The ")
    return next((dutch for english, dutch in _names() if re.fullmatch(english, place)), "")


@cache
def _patterns(own: str) -> Patterns:
    rules, ours = read_words("abroad.yaml"), Locale("en").territories[own]
    places = "|".join(english for english, _ in _names() if not re.fullmatch(english, ours))
    place = rf"(?P<place>(?:[Tt]he )?(?:{places}))\b"
    titles, sentences = (
        tuple(re.compile(each.replace("{place}", place)) for each in rules[name]) for name in ("titles", "sentences")
    )
    here = re.compile(rf"{rules['here']}|\b{re.escape(ours)}\b")
    return Patterns(titles, sentences, re.compile(rules["others"], re.I), here)


@cache
def _names() -> tuple[tuple[str, str], ...]:
    """How a place is written in English, as a pattern, and its Dutch name; the longest first."""
    return tuple(sorted(_said(), key=lambda pair: -len(pair[0])))


def _said() -> Iterator[tuple[str, str]]:
    english, dutch = Locale("en").territories, Locale("nl").territories
    for code, name in english.items():
        if (CODE.match(code) and code not in NO_COUNTRIES) or code in PARTS:
            plain = re.sub(r" \(.*\)| - .*", "", name)  # "Myanmar (Burma)", "Congo - Kinshasa"
            yield re.escape(plain).replace(r"\ \&\ ", " (?:&|and) ").replace("’", "['’]"), dutch.get(code, name)
    yield from read_words("abroad.yaml")["parts"].items()
