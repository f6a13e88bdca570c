"""What the matcher is given and what it says: calls and opgaven in, scores with reasons out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import yaml

if TYPE_CHECKING:  # numpy weighs 15 MiB, and pages compute nothing
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]
else:
    Vectors = Any

Eligibility = Literal["self", "partner", "no", "unknown"]
Reason = dict[str, Any]


def read_words(file: str) -> Any:
    """A list of words or patterns that lies beside the code."""
    return yaml.load(Path(__file__).with_name(file).read_text("utf-8"), yaml.CSafeLoader)


def reason(kind: str, weight: float, place: str, call: str, challenge: str, text: str) -> Reason:
    """Why a call and an opgave met: what it weighs, where it stands, the words of both, and a sentence."""
    of = {"kind": kind, "weight": round(float(weight), 3), "place": place}
    return of | {"call": call, "challenge": challenge, "text": text}


@dataclass(frozen=True)
class CallText:
    """What may be read of a call; `id` names it in the answer and is never scored on."""

    id: str
    title: str
    text: str
    call: str | None = None
    destination: str | None = None
    type: str | None = None
    programme: tuple[str, ...] = ()
    language: str | None = None
    publisher: str | None = None
    applicants: tuple[str, ...] = ()
    conditions: str = ""  # the source's own text on who may take part
    targets: tuple[str, ...] = ()  # whom the source says it is for, in its own words


@dataclass(frozen=True)
class ChallengeText:
    """An opgave as its coordinators wrote it; a word with a trailing `*` matches every word that starts so."""

    id: str
    name: str
    goal: str = ""
    words_nl: tuple[str, ...] = ()
    words_en: tuple[str, ...] = ()
    words_not: tuple[str, ...] = ()
    parent_name: str | None = None


@dataclass(frozen=True)
class Scored:
    """One opgave for one call: `score` is a probability-like 0..1, `topic` the same without who may apply."""

    challenge_id: str
    score: float
    topic: float
    reasons: list[Reason] = field(default_factory=list)


@dataclass(frozen=True)
class CallMatches:
    """All that the matcher says of one call; matches are sorted, best first."""

    call_id: str
    eligible: Eligibility
    estimate: bool  # estimated from the text by fitted weights; False: a source or a rule says it
    eligible_why: str
    area: str | None
    matches: list[Scored]
    model: str
    embedded: tuple[str, ...] = ()  # the texts that got a vector
    vector: Vectors | None = field(default=None, compare=False, repr=False)  # the call as one


class Embedder(Protocol):
    """Texts to unit vectors; `name` carries the model's version, because vectors of two versions never mix."""

    name: str

    def encode(self, texts: list[str]) -> Vectors:
        """One row per text, float32, length one."""
        ...


def read_call(row: Mapping[str, Any], number: int = 0) -> CallText:
    """A call from one JSON object as `kansenradar evaluate` reads it; only the scored fields are taken."""
    programme = row.get("programme") or ()
    return CallText(
        id=str(row.get("id") or number),
        title=str(row.get("title") or ""),
        text=str(row.get("text") or ""),
        call=row.get("call"),
        destination=row.get("destination"),
        type=row.get("type"),
        programme=(programme,) if isinstance(programme, str) else tuple(map(str, programme)),
        language=row.get("language"),
        publisher=row.get("publisher"),
        applicants=tuple(row.get("applicants") or ()),
        conditions=str(row.get("conditions") or ""),
        targets=tuple(map(str, row.get("targets") or ())),
    )
