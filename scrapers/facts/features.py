"""What the classifier sees of a date, an amount or a percentage: words around it, their subjects, its notation."""

import re
from collections.abc import Iterator
from functools import lru_cache
from zlib import crc32

from scrapers.facts.sentences import ANY_MARK, Sentence
from scrapers.facts.spans import Moment, Span
from scrapers.facts.words import groups, pattern

LEFT, RIGHT = 12, 9  # tokens on either side
NEAR = 60  # characters that count as close by
_TOKEN = re.compile(r"[a-zà-ÿ]+|\d+|[\ue000-\ue002]|[:;()/%€|-]")
_NAMED = {"\ue000": "DATE", "\ue001": "AMOUNT", "\ue002": "RATE"}
_DIRECTIONS = ("about", "most", "least", "above", "through", "before", "from", "after", "same")


def features(sentence: Sentence, number: int) -> list[str]:
    """Of one span of the sentence, as words; each is there or not."""
    span, place = sentence.spans[number], sentence.places[number]
    left, right = sentence.words[:place], sentence.words[place + 1 :]
    words = [*_words(left, right), *_about(sentence, place), *_notation(span), *_neighbours(sentence, number)]
    side = direction(left)
    words += [f"dir:{side}", f"opens_with:{_first(sentence.words)}"]
    words += [f"dir:{side}+{topic}" for topic in topics_of(sentence.words)]
    return list(dict.fromkeys(words))


NGRAM = 1  # the last bit of a key: this one is of words, not of what they are about


def key_of(feature: str) -> int:
    """A feature as a number: what the weights know it by, so that they need no words of the texts behind them."""
    return crc32(feature.encode()) | NGRAM if feature[0] in "LRNM" else crc32(feature.encode()) & ~NGRAM


def tokens(text: str) -> list[str]:
    """Words, signs and marks; a number is only that it is one."""
    return [_NAMED.get(t, "#" if t[0].isdigit() else t) for t in _TOKEN.findall(text)]


def _words(left: str, right: str) -> Iterator[str]:
    before, behind = tokens(left[-160:])[-LEFT:], tokens(right[:130])[:RIGHT]
    for side, words in (("L", before), ("R", behind)):
        for n in (1, 2, 3):
            for i in range(len(words) - n + 1):
                yield f"{side}{'_'.join(words[i : i + n])}"
    for n in (1, 2, 3, 4):
        yield f"N{'_'.join(before[-n:])}"
        if n < 4:
            yield f"M{'_'.join(behind[:n])}"


def direction(left: str) -> str:
    """The word of direction right before a span: before, through, on, from, after; most, least, about."""
    for name in _DIRECTIONS:
        if pattern("directions", name, r"(?:^|[\s(,:;\"-])(?:{})[\s:(,]{0,3}$").search(left[-45:]):
            return name
    return ""


@lru_cache(maxsize=4000)
def topics_of(words: str) -> tuple[str, ...]:
    """What a text is about."""
    return tuple(name for name in groups("topics") if pattern("topics", name).search(words))


@lru_cache(maxsize=4000)
def hits_of(words: str) -> tuple[tuple[int, int, str], ...]:
    """Where each subject is named: start, end, subject."""
    return tuple(
        sorted((h.start(), h.end(), name) for name in groups("topics") for h in pattern("topics", name).finditer(words))
    )


def _about(sentence: Sentence, place: int) -> Iterator[str]:
    """Every topic with its zone; and the nearest two on either side, in their order."""
    words = sentence.words
    start = max((m.start() for m in re.finditer(ANY_MARK, words[:place])), default=0)
    rest = re.search(ANY_MARK, words[place + 1 :])
    end = place + 1 + rest.start() if rest else len(words)
    hits = hits_of(words)
    before = [(e, name) for s, e, name in hits if e <= place]
    behind = [(s, name) for s, e, name in hits if s > place]
    for e, name in before:
        yield f"left:{name}"
        if e > start and place - e < NEAR:
            yield f"near_left:{name}"
    for s, name in behind:
        yield f"right:{name}"
        if s < end and s - place < NEAR:
            yield f"near_right:{name}"
    last = [name for _, name in sorted(before)[-2:]]
    yield f"last:{'_'.join(last[-1:])}"
    yield f"last2:{'_'.join(last)}"
    yield f"next:{'_'.join(name for _, name in sorted(behind)[:1])}"
    for name in topics_of(sentence.before):
        yield f"before:{name}"
    for name in topics_of(sentence.heading):
        yield f"heading:{name}"


def _notation(span: Span) -> Iterator[str]:
    yield f"kind:{span.kind}"
    if span.pair:
        yield f"pair:{span.pair}"
    if span.why or span.slip:
        yield f"odd:{span.why or span.slip}"
    if span.low is not None:
        yield "range"
    if isinstance(span.value, Moment):
        yield f"hour:{span.value.hour is not None}"
        day = span.value.day
        if (day.month, day.day) in ((1, 1), (12, 31)):
            yield f"day:{day.month}-{day.day}"
    elif span.value is not None:
        size = len(str(int(span.value)))
        yield f"size:{span.kind}:{size if span.kind == 'amount' else int(span.value) // 10}"


def _neighbours(sentence: Sentence, number: int) -> Iterator[str]:
    kinds = [span.kind for span in sentence.spans]
    same = [i for i, kind in enumerate(kinds) if kind == kinds[number]]
    yield f"count:{kinds[number]}:{min(len(same), 4)}"
    yield f"rank:{min(same.index(number), 3)}of{min(len(same), 4)}"
    for other in {"date", "amount", "rate"} - {kinds[number]}:
        if other in kinds:
            yield f"beside:{other}"
    for step, name in ((-1, "previous"), (1, "following")):
        if 0 <= number + step < len(kinds):
            there = sentence.words[: sentence.places[number + step]]
            yield f"{name}:{kinds[number + step]}:{direction(there)}"


def _first(words: str) -> str:
    first = tokens(words[:40])
    return "_".join(first[:2])
