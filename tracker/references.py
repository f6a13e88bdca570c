"""Official references as they stand in running text: Staatscourant, Staatsblad, consultations, papers of parliament."""

import re

from tracker.calls.identity import same_reference

PAPERS = {"staatscourant": "stcrt", "staatsblad": "stb", "provinciaal blad": "prb"}
# Official references as they stand in running text, and how our sightings name them.
NAMED = (
    (re.compile(r"\b(stcrt|stb|prb|gmb)-(\d{4})-(\d{1,6})\b", re.IGNORECASE), "{0}-{1}-{2}"),
    (re.compile(r"\b(stcrt|stb|prb|gmb)\.? ?(\d{4}), ?(?:nr\. ?)?(\d{1,6})\b", re.IGNORECASE), "{0}-{1}-{2}"),
    (
        re.compile(r"\b(staatscourant|staatsblad|provinciaal blad) (\d{4}), ?(?:nr\. ?)?(\d{1,6})\b", re.IGNORECASE),
        "{0}-{1}-{2}",
    ),
    (re.compile(r"\b(WGK) ?0*(\d{1,6})\b"), "{0}{1:0>6}"),
    (re.compile(r"\b(20\d\d)([DZA])(\d{5})\b"), "{0}{1}{2}"),
    (re.compile(r"\bAres\((\d{4})\) ?(\d+)\b"), "Ares({0}){1}"),
)


def named_in(text: str) -> dict[str, str]:
    """The official references a text names: as it writes them -> as they are compared."""
    found = {}
    for pattern, form in NAMED:
        for match in pattern.finditer(text):
            first = PAPERS.get(match[1].lower(), match[1])
            found[match[0]] = same_reference(form.format(first, *match.groups()[1:]))
    return found
