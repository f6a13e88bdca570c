"""The catalogue as one reader's own words leave it: their mail moves by it, nobody else's. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from db.models import Leaning
from notifications.catalogue import Catalogue, CatalogueCall, CatalogueMatch


def for_reader(catalogue: Catalogue, leanings: Sequence[Leaning], threshold: float) -> Catalogue:
    """The same calls with this reader's scores; what they leave under ``threshold`` (0-1) is no match for the mail."""
    moved: dict[int, dict[str, float]] = defaultdict(dict)
    for leaning in leanings:
        moved[leaning.call_id][leaning.challenge_id] = leaning.score
    known = moved.keys() & catalogue.calls.keys()
    if not known:
        return catalogue
    calls = {call: _for_reader(catalogue.calls[call], moved[call], threshold) for call in known}
    return replace(catalogue, calls=catalogue.calls | calls)


def _for_reader(call: CatalogueCall, scores: dict[str, float], threshold: float) -> CatalogueCall:
    matches = {match.challenge_id: match for match in call.matches}
    for opgave, score in scores.items():
        before = matches.get(opgave, CatalogueMatch(opgave, score, ()))
        matches[opgave] = before._replace(score=score)
    told = (match for match in matches.values() if match.score >= threshold)
    return replace(call, matches=tuple(sorted(told, key=lambda match: (-match.score, match.challenge_id))))
