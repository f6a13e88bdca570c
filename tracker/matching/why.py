"""Why a call and an opgave met: whole sentences of the call about the subject, each with its share in the score.

A programme's name, a kind of action or one general word proves nothing and is no reason.
"""

import re
from collections.abc import Mapping, Sequence

from tracker.matching.features import ReadCall
from tracker.matching.fit import Array
from tracker.matching.lexicon import Hit
from tracker.matching.texts import ChallengeText, Reason, reason

LONGEST_QUOTE = 400
MOST = 2  # sentences of the text, beside the title
LEAST_SEEN, LEAST_RIGHT = 3, 0.5  # labelled calls with a word, and the share that mattered, for it to prove something
SPECIFIC = 9  # letters of a single word from which it says enough where no labels tell
SENTENCE_END = re.compile(r"[.!?](?=\s)|\n")
IN_TITLE = (
    "words_title", "title_phrase", "title_word", "title_middle", "title_phrase_apart", "title_word_apart",
    "title_phrase_behind",
)  # fmt: skip
IN_TEXT = (
    "words_text", "words_call", "whole_phrase", "whole_word", "own_head", "own_must", "whole_middle",
    "whole_phrase_apart", "whole_word_apart", "whole_phrase_behind",
)  # fmt: skip
WordRecord = Mapping[str, tuple[int, int]]  # a word -> labelled calls that hold it, and those that mattered


def reasons(
    reading: ReadCall, number: int, challenge: ChallengeText, shares: Mapping[str, float], known: WordRecord
) -> list[Reason]:
    """The title and at most two sentences that speak of the subject; nothing where none does."""
    title = [hit for hit in reading.hits["title"] if hit.term.owner == number]
    chosen = [(reading.texts["title"], _words(title), "title", _sum(shares, IN_TITLE))] if proves(title, known) else []
    sentences = _sentences(reading.texts["text"], [h for h in reading.hits["text"] if h.term.owner == number])
    proving = [(sentence, hits) for sentence, hits in sentences if proves(hits, known)]
    proving.sort(key=lambda pair: -len({hit.term.words for hit in pair[1]}))
    chosen += [(sentence, _words(hits), "text", _sum(shares, IN_TEXT)) for sentence, hits in proving[:MOST]]
    return [_reason(challenge, *parts) for parts in chosen]


def proves(hits: Sequence[Hit], known: WordRecord) -> bool:
    """Whether words of an opgave say together that a sentence is about it: two of them, or one that is not general."""
    words = {hit.term.words for hit in hits}
    return len(words) > 1 or any(is_specific(word, known) for word in words)


def is_specific(word: str, known: WordRecord) -> bool:
    """By what people graded where there is enough of it; else a phrase, or a long word."""
    seen, right = known.get(word, (0, 0))
    if seen >= LEAST_SEEN:
        return right / seen >= LEAST_RIGHT
    bare = word.rstrip("*")
    return " " in bare or len(bare) >= SPECIFIC


def _sentences(text: str, hits: Sequence[Hit]) -> list[tuple[str, list[Hit]]]:
    """The whole sentences that hold a hit, with their hits."""
    ends = [match.end() for match in SENTENCE_END.finditer(text)]
    spans = list(zip([0, *ends], [*ends, len(text)], strict=True))
    held = [(text[start:end].strip(), [h for h in hits if start <= h.start < end]) for start, end in spans]
    return [(sentence, of_sentence) for sentence, of_sentence in held if of_sentence]


def _words(hits: Sequence[Hit]) -> str:
    return ", ".join(dict.fromkeys(hit.term.words.rstrip("*") for hit in hits))


def _sum(shares: Mapping[str, float], names: Sequence[str]) -> float:
    return sum(shares.get(name, 0.0) for name in names)


def _reason(challenge: ChallengeText, sentence: str, words: str, place: str, weight: float) -> Reason:
    quoted = sentence if len(sentence) <= LONGEST_QUOTE else sentence[: LONGEST_QUOTE - 1].rsplit(" ", 1)[0] + " …"
    part = "De titel" if place == "title" else "De zin"
    text = f"{part} “{quoted}” noemt {words} ({challenge.name})."
    return reason("title" if place == "title" else "sentence", weight, place, quoted, words, text)


def by_feature(names: Sequence[str], shares: Array) -> dict[str, float]:
    """The shares of one pair by the names of the features."""
    return dict(zip(names, (float(share) for share in shares), strict=True))
