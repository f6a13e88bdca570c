"""Mail as Outlook on Windows lays it out: what Word's engine cannot do is named, or switched off to be looked at."""

import re
from html.parser import HTMLParser

CELLS = frozenset({"td", "th"})
TABLES = frozenset({"table", "tbody", "tr", *CELLS})
PHRASES = frozenset({"a", "b", "small", "span", "br", "h1", "h2"})  # Word knows them all as runs of text
FRAME = frozenset({"html", "head", "meta", "title", "style", "body"})
# What Word ignores, or follows in its own way, wherever it stands.
NEVER = re.compile(r"^(display|float|position|flex.*|grid.*|max-.*|min-.*|gap|object-.*|box-.*|transform|opacity)$")
ON_CELLS = re.compile(r"^(width|height|padding.*|background.*|border(?!-collapse).*)$")
MSO = re.compile(r"<!--\[if mso\]>(.*?)<!\[endif\]-->", re.DOTALL)
SWITCHED_OFF = """<style>
td { font-family: "Times New Roman"; font-size: 16px; line-height: normal; color: black; }
* { max-width: none !important; float: none !important; position: static !important; border-radius: 0 !important; }
div, p, a, b, span { padding: 0 !important; width: auto !important; background: none !important; }
a, b, span { display: inline !important; margin: 0 !important; }
</style>"""


class _Faults(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in TABLES | PHRASES | FRAME:
            self.faults.append(f"<{tag}>")
        if tag == "table" and given.get("role") != "presentation":
            self.faults.append("a table that screen readers would read as data")
        self.faults += [f"{tag}: {fault}" for fault in _style_faults(tag, given.get("style", ""))]


def _style_faults(tag: str, style: str) -> list[str]:
    declared = [part.split(":", 1) for part in style.split(";") if ":" in part]
    pairs = [(name.strip(), value.strip()) for name, value in declared]
    return [
        f"{name}: {value}"
        for name, value in pairs
        if NEVER.match(name)
        or (ON_CELLS.match(name) and tag not in CELLS and tag != "body")
        or (name.startswith("margin") and (tag not in {"h1", "h2", "body"} or value.startswith("-")))
        or "url(" in value
    ]


def word_faults(html: str) -> list[str]:
    """What of a mail does not survive Word's engine; none where all will stand where it should."""
    reader = _Faults()
    reader.feed(html)
    return reader.faults


def as_word_shows(html: str) -> str:
    """The mail with what is meant for Outlook in force, without media queries, and with what Word ignores off."""
    plain = re.sub(r"<style>\s*@media.*?</style>", "", html, flags=re.DOTALL)
    return MSO.sub(r"\1", plain).replace("</title>", f"</title>{SWITCHED_OFF}", 1)
