"""Calls matched with opgaven: pure, offline, and every score can say why. docs/matching.md tells how."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tracker.matching.model_names import DIGEST_THRESHOLD, MODEL, installed, model_name
from tracker.matching.texts import CallMatches, CallText, ChallengeText, Embedder, Reason, Scored

if TYPE_CHECKING:
    from tracker.matching.model import Matcher
    from tracker.matching.vectors import embedder

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
    """What computes is loaded when asked for, and numpy with it: pages only say what was matched."""
    if name == "Matcher":
        return import_module("tracker.matching.model").Matcher
    if name == "embedder":
        return import_module("tracker.matching.vectors").embedder
    raise AttributeError(name)
