"""HTML of a source as plain text: sanitised first, paragraphs kept as lines."""

import html
import re
import unicodedata

import nh3

LONGEST = 2_000_000  # characters of markup looked at
BLOCKS = {"p", "br", "li", "ul", "ol", "div", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "dd", "dt"}


def plain_text(markup: str, longest: int = 100_000) -> str:
    """The text of possibly hostile or broken HTML, NFC, one line a block, at most ``longest`` characters."""
    safe = nh3.clean(markup[:LONGEST], tags=BLOCKS, attributes={}, clean_content_tags={"script", "style"})
    lines = re.split(r"<[^>]*>", safe)  # after nh3 every < belongs to a tag of BLOCKS
    folded = (" ".join(html.unescape(line).split()) for line in lines)
    return unicodedata.normalize("NFC", "\n".join(filter(None, folded)))[:longest]


def one_line(markup: str, longest: int = 2000) -> str:
    """The same on a single line, for titles and names."""
    return " ".join(plain_text(markup).split())[:longest]
