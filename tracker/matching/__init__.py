"""Calls matched with opgaven: pure, offline, and every score can say why. docs/matching.md tells how."""

from typing import TYPE_CHECKING, Any

from tracker.matching.model_names import DIGEST_THRESHOLD, MODEL, model_name
from tracker.matching.texts import CallMatches, CallText, ChallengeText, Embedder, Reason, Scored
from tracker.matching.vectors import embedder, installed

if TYPE_CHECKING:
    from tracker.matching.model import Matcher

__all__ = [
    "DIGEST_THRESHOLD",
    "MODEL",
    "CallMatches",
    "CallText",
    "ChallengeText",
    "Embedder",
    "Matcher",
    "Reason",
    "Scored",
    "embedder",
    "installed",
    "model_name",
]


def __getattr__(name: str) -> Any:
    """What computes is loaded when asked for: pages only say what was matched."""
    if name != "Matcher":
        raise AttributeError(name)
    from tracker.matching.model import Matcher

    return Matcher
