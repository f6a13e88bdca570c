"""Why a call and an opgave met, from both sides, in Dutch; each reason with what it weighs in the score."""

from collections.abc import Sequence

import numpy as np

from tracker.matching import practice
from tracker.matching.agenda import Phrases
from tracker.matching.features import PLACES, VECTOR_FEATURES, WORD_FEATURES, BatchVectors, ReadCall
from tracker.matching.fit import Array
from tracker.matching.texts import ChallengeText, Reason, Vectors, reason
from tracker.matching.weights import Linear, Stages

DUTCH_PLACE = {"title": "de titel", "call": "de call", "destination": "het onderdeel", "text": "de tekst"}
LONGEST_QUOTE = 240
CLEAR = 0.15  # a kind of action that weighs less says nothing worth reading


def by_words(reading: ReadCall, number: int, pairs: Array, topic: Linear) -> list[Reason]:
    """The words of the opgave that stand in the call, with the places they stand in."""
    weights = dict(zip(topic.names, topic.weights, strict=True))
    column = {"title": 0, "call": 1, "destination": 1, "text": 2}
    reasons = []
    for place in PLACES:
        hits = [h for h in reading.hits[place] if h.term.owner == number]
        if not hits:
            continue
        seen = list(dict.fromkeys(reading.texts[place][h.start : h.end] for h in hits))
        words = list(dict.fromkeys(h.term.words for h in hits))
        feature, call, challenge = column[place], ", ".join(seen), ", ".join(words)
        weight = weights[WORD_FEATURES[feature]] * pairs[feature]
        text = f"In {DUTCH_PLACE[place]} staat “{call}”; de opgave zoekt op {challenge}."
        reasons.append(reason("words", weight, place, call, challenge, text))
    return reasons


def by_sentence(
    reading: ReadCall, encoded: BatchVectors, row: int, challenge: ChallengeText, number: int, stages: Stages,
    phrases: Phrases, words: Phrases, head: Linear | None,
) -> list[Reason]:  # fmt: skip
    """The sentence of the call nearest to the opgave, and the words of the opgave it is nearest to."""
    own = [i for i, o in enumerate(phrases.owner) if o == number]
    rows = np.flatnonzero(encoded.owner == row)
    if not own or not len(rows) or not reading.embedded:
        return []
    near = (encoded.sentence[rows] @ phrases.vectors[own].T).max(axis=1)
    pull = _pull(encoded.sentence[rows], head)
    best = int(np.argmax(near + pull))
    sentence = reading.sentences[reading.embedded[best]]
    met = _nearest_words(encoded.sentence[rows[best]], words, number) or challenge.name
    weights = dict(zip(stages.topic.names, stages.topic.weights, strict=True))
    weight = weights.get("sentence_phrase", 0) * near[best] + weights.get("own_head", 0) * float(pull[best])
    text = f"De zin “{_short(sentence)}” ligt dicht bij {met} ({challenge.name})."
    return [reason("sentence", weight, "text", sentence, met, text)]


def _pull(sentences: Vectors, head: Linear | None) -> Array:
    """What each sentence adds to the own head of the opgave."""
    if head is None or not len(head.vector):
        return np.zeros(len(sentences))
    size = sentences.shape[1]
    return np.asarray(sentences @ head.vector[size : 2 * size] / max(float(np.sqrt(len(sentences))), 1.0), np.float64)


def _nearest_words(sentence: Vectors, words: Phrases, number: int) -> str:
    own = [i for i, o in enumerate(words.owner) if o == number]
    if not own:
        return ""
    near = words.vectors[own] @ sentence
    return ", ".join(words.words[own[i]] for i in np.argsort(-near)[:3])


def by_title(reading: ReadCall, pairs: Array, challenge: ChallengeText, topic: Linear) -> list[Reason]:
    """The title, where it lies near the opgave."""
    place = len(WORD_FEATURES) + VECTOR_FEATURES.index("title_phrase_margin")
    weights = dict(zip(topic.names, topic.weights, strict=True))
    weight = (weights["title_phrase_margin"] + weights["title_phrase"]) * pairs[place]
    if weight <= 0.1 or not reading.texts["title"]:
        return []
    text = f"De titel ligt dicht bij “{challenge.name}”."
    return [reason("title", weight, "title", reading.texts["title"], challenge.name, text)]


def kind_weights(stages: Stages) -> dict[str, float]:
    """What each kind of action weighs in must-see: by itself, through use of the call, and through who may apply."""
    parts = {"use": stages.use, **{f"eligible_{name}": part for name, part in stages.eligible.items()}}
    must = dict(zip(stages.must.names, stages.must.weights, strict=True))
    weights = {name: float(weight) for name, weight in must.items() if name.startswith("kind:")}
    for through, part in parts.items():
        for name, weight in zip(part.names, part.weights, strict=True):
            if name in weights:
                weights[name] += float(must[through] * weight)
    return weights


def by_programme(reading: ReadCall, weights: dict[str, float]) -> list[Reason]:
    """The kind of action or programme that speaks most for (or against) use by a region."""
    kinds = [(weights.get(f"kind:{k}", 0.0), k) for k in practice.kinds_of(reading.call)]
    if not kinds or not (reading.call.type or reading.call.programme):
        return []
    weight, _ = max(kinds, key=lambda pair: abs(pair[0]))
    action = reading.call.type or reading.call.programme[0]
    if abs(weight) < CLEAR:
        return []
    verdict = "past bij" if weight >= 0 else "staat verder af van"
    return [reason("programme", weight, "type", action, "", f"“{action}” {verdict} wat een regio kan gebruiken.")]


def _short(sentence: str) -> str:
    return sentence if len(sentence) <= LONGEST_QUOTE else sentence[: LONGEST_QUOTE - 1].rstrip() + "…"


def sorted_reasons(reasons: Sequence[Reason]) -> list[Reason]:
    """What weighs most first."""
    return sorted(reasons, key=lambda each: -abs(each["weight"]))
