"""From calls and opgaven to numbers: what each pair has in common, before any weight."""

from collections.abc import Sequence
from dataclasses import dataclass, field

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
VECTOR_FEATURES = (
    "title_phrase", "title_word", "sentence_phrase", "sentence_word", "whole", "call_phrase",
    "title_phrase_margin", "sentence_phrase_margin", "whole_margin", "dutch_title", "dutch_sentence", "dutch_whole",
)  # fmt: skip
Matrix = NDArray[np.float64]


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
    embedded: list[int] = field(default_factory=list)


@dataclass
class BatchVectors:
    """Vectors of a batch of calls: a title each, call and destination where there are any, sentences by owner."""

    title: Vectors
    call: Vectors
    destination: Vectors
    whole: Vectors
    sentence: Vectors
    owner: NDArray[np.int64]
    starts: NDArray[np.int64]
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
    reading = ReadCall(call, texts, [], {}, {}, {"head": [], "text": [], "said": []}, language)
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


def choose_sentences(reading: ReadCall) -> None:
    """Split the text and choose the sentences that get a vector: the first, and those with most hits."""
    reading.sentences = sentences(reading.texts["text"])
    counts, at = [], 0
    for sentence in reading.sentences:
        at = max(reading.texts["text"].find(sentence, at), 0)
        counts.append(sum(at <= h.start < at + len(sentence) for h in reading.hits["text"]))
        at += len(sentence)
    reading.embedded = worth_a_vector(reading.sentences, counts) if reading.sentences else []


def encode(readings: Sequence[ReadCall], embedder: Embedder) -> BatchVectors:
    """All vectors of a batch, each distinct text once."""
    for reading in readings:
        choose_sentences(reading)
    chosen = [[r.sentences[i] for i in r.embedded] or [r.texts["title"]] for r in readings]
    places = [[r.texts[p] for p in ("title", "call", "destination")] for r in readings]
    unique = list(dict.fromkeys([t for ts in chosen for t in ts] + [t for ts in places for t in ts if t]))
    row = {text: number for number, text in enumerate(unique)}
    table = embedder.encode(unique) if unique else np.zeros((1, 1), np.float32)
    table = np.vstack([table, np.zeros((1, table.shape[1]), np.float32)])
    title, call, destination = (table[[row.get(texts[p], -1) for texts in places]] for p in range(3))
    owner = np.array([n for n, ts in enumerate(chosen) for _ in ts], np.int64)
    starts = np.concatenate([[0], np.cumsum([len(ts) for ts in chosen])[:-1]]).astype(np.int64)
    sentence = table[[row.get(t, -1) for ts in chosen for t in ts]]
    whole = np.add.reduceat(sentence, starts) if len(starts) else sentence
    whole = whole / np.maximum(np.linalg.norm(whole, axis=1, keepdims=True), 1e-6)
    texts = [list(dict.fromkeys(t for t in (*its, *at) if t)) for its, at in zip(chosen, places, strict=True)]
    return BatchVectors(title, call, destination, whole, sentence, owner, starts, texts)


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


def vector_features(
    encoded: BatchVectors, phrases: Phrases, words: Phrases, count: int, background: Vectors, spoken: Matrix
) -> Matrix:
    """Cosines of titles, sentences and calls with phrases and words of opgaven, and their margin over the usual."""
    usual = best_by_owner(background @ phrases.vectors.T, phrases.owner, count)
    title = best_by_owner(encoded.title @ phrases.vectors.T, phrases.owner, count)
    sentence = np.maximum.reduceat(encoded.sentence @ phrases.vectors.T, encoded.starts, axis=0)
    sentence = best_by_owner(sentence, phrases.owner, count)
    word = np.maximum.reduceat(encoded.sentence @ words.vectors.T, encoded.starts, axis=0)
    middle = np.zeros((count, phrases.vectors.shape[1]), np.float32)
    np.add.at(middle, list(phrases.owner), phrases.vectors)
    middle /= np.maximum(np.linalg.norm(middle, axis=1, keepdims=True), 1e-6)
    whole = (encoded.whole + encoded.title) @ middle.T / 2
    call = np.maximum(
        best_by_owner(encoded.call @ phrases.vectors.T, phrases.owner, count),
        best_by_owner(encoded.destination @ phrases.vectors.T, phrases.owner, count),
    )
    columns = [
        title, best_by_owner(encoded.title @ words.vectors.T, words.owner, count),
        sentence, best_by_owner(word, words.owner, count), whole, call,
        title - usual.mean(0), sentence - usual.mean(0), whole - (background @ middle.T).mean(0),
        spoken * title, spoken * sentence, spoken * whole,
    ]  # fmt: skip
    return np.stack(columns, axis=2).astype(np.float64)
