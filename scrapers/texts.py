"""HTML of a source as plain text: sanitised first, paragraphs kept as lines."""

import html
import re
import unicodedata

import nh3

LONGEST = 2_000_000  # characters of markup looked at
# Block tags become line ends before the sanitiser sees them: it takes minutes over 200,000 nested tags that it keeps.
BLOCK = re.compile(r"</?(?:p|br|li|[uod]l|div|tr|table|h[1-6]|d[dt]|section|article)\b[^<>]{0,500}>", re.IGNORECASE)


def plain_text(markup: str, longest: int = 100_000) -> str:
    """The text of possibly hostile or broken HTML, NFC, one line a block, at most ``longest`` characters."""
    lined = BLOCK.sub("\n", " ".join(markup[:LONGEST].split()))
    safe = nh3.clean(lined, tags=set(), attributes={}, clean_content_tags={"script", "style"})
    folded = (" ".join(html.unescape(line).split()) for line in safe.splitlines())
    return unicodedata.normalize("NFC", "\n".join(filter(None, folded)))[:longest]


def one_line(markup: str, longest: int = 2000) -> str:
    """The same on a single line, for titles and names."""
    return " ".join(plain_text(markup).split())[:longest]
