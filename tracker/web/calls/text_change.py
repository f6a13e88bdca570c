"""What changed in a text, sentence by sentence: what went and what came, and nothing of what stayed. Pure."""

import re
from difflib import SequenceMatcher
from typing import NamedTuple

MOST_SENTENCES = 600  # of each; a longer text is compared as far as that
SENTENCES = re.compile(r"[^\n]+?(?:[.!?](?=\s)|\n|$)")


class TextChange(NamedTuple):
    """One place where a text changed; empty where nothing went, or nothing came."""

    gone: str
    come: str


def text_changes(old: str, new: str) -> list[TextChange]:
    """The places where they differ, in their order."""
    first, second = _sentences(old), _sentences(new)
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return [
        TextChange(" ".join(first[a:b]), " ".join(second[c:d]))
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag != "equal"
    ]


def _sentences(text: str) -> list[str]:
    found = (" ".join(match.group().split()) for match in SENTENCES.finditer(text))
    return [sentence for sentence in found if sentence][:MOST_SENTENCES]
