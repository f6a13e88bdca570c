"""Calls matched with opgaven: pure, offline, and every score can say why. docs/matching.md tells how."""

from typing import TYPE_CHECKING, Any

from tracker.matching.texts import CallMatches, CallText, ChallengeText, Embedder, Reason, Scored
from tracker.matching.vectors import embedder, installed

if TYPE_CHECKING:
    from tracker.matching.model import DIGEST_THRESHOLD, MODEL, Matcher, model_name

FITTED = ("DIGEST_THRESHOLD", "MODEL", "Matcher", "model_name")
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
    """What stands on the fitted weights is loaded when asked for, so that training can run without them."""
    if name not in FITTED:
        raise AttributeError(name)
    from tracker.matching import model

    return getattr(model, name)
