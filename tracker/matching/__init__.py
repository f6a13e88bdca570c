"""Calls matched with opgaven: pure, offline, and every score can say why. docs/matching.md tells how."""

from tracker.matching.model import DIGEST_THRESHOLD, MODEL, Matcher, model_name
from tracker.matching.texts import CallMatches, CallText, ChallengeText, Embedder, Reason, Scored
from tracker.matching.vectors import embedder, installed

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
