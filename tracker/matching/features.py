"""From calls and opgaven to numbers: what each pair has in common, before any weight."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracker.matching import agenda
from tracker.matching.agenda import Phrases
from tracker.matching.lexicon import Hit, Lexicon
from tracker.matching.sentences import clean, language_of, sentences, worth_a_vector
from tracker.matching.texts import CallText, Embedder, Vectors

PLACES = ("title", "call", "destination", "text")
WORD_FEATURES = (
    "words_title", "words_call", "words_text", "words_excluded", "dutch_words_title", "dutch_words_text", "in_dutch",
)  # fmt: skip
VECTOR_FEATURES = ("title_phrase", "whole_phrase", "place_phrase", "title_word", "whole_word")
Matrix = NDArray[np.float64]
PASSAGE = 1200  # characters of text that make one vector: about 400 tokens of the 512 that the encoder reads at once


@dataclass
class ReadCall:
    """One call, read: its cleaned texts by place, its sentences, and the hits of the lexicon in them."""

    call: CallText
    texts: dict[str, str]
    sentences: list[str]
    hits: dict[str, list[Hit]]
    excluded: dict[str, list[Hit]]
    cues: dict[str, list[Hit]]
    language: str


@dataclass
class BatchVectors:
    """Vectors of a batch of calls: title, the call as one passage, and destination or else call (zeros: neither)."""

    title: Vectors
    whole: Vectors
    place: Vectors
    texts: list[list[str]]  # per call, all that got a vector


def read(call: CallText, lexicon: Lexicon) -> ReadCall:
    """A call with its hits, each place looked through once."""
    texts = {
        "title": clean(call.title, 400),
        "call": clean(call.call or "", 300),
        "destination": clean(call.destination or "", 300),
        "text": clean(call.text),
    }
    language = language_of(call.language, texts["title"], texts["text"])
    reading = ReadCall(call, texts, sentences(texts["text"]), {}, {}, {"head": [], "text": [], "said": []}, language)
    for place in PLACES:
        hits = lexicon.look(texts[place]) if texts[place] else []
        reading.cues["text" if place == "text" else "head"] += [h for h in hits if h.term.owner < agenda.MISLEADING]
        reading.hits[place], reading.excluded[place] = agenda.counting(
            [h for h in hits if h.term.owner >= agenda.MISLEADING]
        )
    named = [("head", call.publisher or "")] if language == "nl" else []
    for place, name in [*named, *(("said", applicant) for applicant in call.applicants)]:
        reading.cues[place] += [h for h in lexicon.look(clean(name, 200)) if h.term.owner < agenda.MISLEADING]
    return reading


def passage(reading: ReadCall) -> str:
    """The call as one text: its title and all of a short text, of a long one the sentences that matter most."""
    text = reading.texts["text"]
    if len(text) > PASSAGE:
        counts, at = [], 0
        for sentence in reading.sentences:
            at = max(text.find(sentence, at), 0)
            counts.append(sum(at <= hit.start < at + len(sentence) for hit in reading.hits["text"]))
            at += len(sentence)
        chosen = worth_a_vector(reading.sentences, counts, PASSAGE) if reading.sentences else []
        text = " ".join(reading.sentences[i] for i in chosen)
    return clean(f"{reading.texts['title']}. {text}", 2 * PASSAGE)


def encode(readings: Sequence[ReadCall], embedder: Embedder) -> BatchVectors:
    """All vectors of a batch, each distinct text once."""
    places = [r.texts["destination"] or r.texts["call"] for r in readings]
    texts = [[r.texts["title"], passage(r), place] for r, place in zip(readings, places, strict=True)]
    unique = list(dict.fromkeys(text for some in texts for text in some if text))
    row = {text: number for number, text in enumerate(unique)}
    table = embedder.encode(unique) if unique else np.zeros((1, 1), np.float32)
    table = np.vstack([table, np.zeros((1, table.shape[1]), np.float32)])
    title, whole, place = (table[[row.get(some[part], -1) for some in texts]] for part in range(3))
    return BatchVectors(title, whole, place, [list(dict.fromkeys(filter(None, some))) for some in texts])


def fingerprints(encoded: BatchVectors) -> Vectors:
    """One unit vector per call, of its title and its text: what calls are compared by."""
    both = encoded.title + encoded.whole
    return np.asarray(both / np.maximum(np.linalg.norm(both, axis=1, keepdims=True), 1e-6), np.float32)


def best_by_owner(cosines: Vectors, owner: Sequence[int], count: int) -> Matrix:
    """The highest cosine per opgave: columns of one owner stand side by side; 0 for an opgave without texts."""
    best = np.zeros((cosines.shape[0], count))
    if not len(owner):
        return best
    starts = [i for i, o in enumerate(owner) if i == 0 or owner[i - 1] != o]
    best[:, [owner[i] for i in starts]] = np.maximum.reduceat(cosines, starts, axis=1)
    return best


def word_features(readings: Sequence[ReadCall], count: int) -> Matrix:
    """Saturating counts of distinct words of each opgave in title, call, text, and of its excluded words."""
    counts = np.zeros((len(readings), count, len(WORD_FEATURES)))
    column = {"title": 0, "call": 1, "destination": 1, "text": 2}
    for number, reading in enumerate(readings):
        for place in PLACES:
            for owner, _ in {(h.term.owner, h.term.words) for h in reading.hits[place]}:
                counts[number, owner, column[place]] += 1
            for hit in reading.excluded[place]:
                counts[number, hit.term.owner, 3] += 1
    counts = 1 - np.exp(-0.7 * counts)
    spoken = dutch(readings)
    counts[:, :, 4] = counts[:, :, 0] * spoken
    counts[:, :, 5] = counts[:, :, 2] * spoken
    counts[:, :, 6] = spoken
    return counts


def dutch(readings: Sequence[ReadCall]) -> Matrix:
    """1 for a call in Dutch: a column, because the languages have their own usual cosines and numbers of words."""
    return np.array([[float(r.language == "nl")] for r in readings]).reshape(len(readings), 1)


def vector_features(encoded: BatchVectors, phrases: Phrases, words: Phrases, count: int) -> Matrix:
    """Cosines of title, passage and place with the nearest phrase of each opgave, and with its nearest single word."""
    sides = [(phrases, encoded.title), (phrases, encoded.whole), (phrases, encoded.place)]
    sides += [(words, encoded.title), (words, encoded.whole)]
    columns = [best_by_owner(vectors @ texts.vectors.T, texts.owner, count) for texts, vectors in sides]
    return np.stack(columns, axis=2).astype(np.float64)
