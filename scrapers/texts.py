"""HTML of a source as plain text: sanitised first, paragraphs kept as lines."""

import html
import re
import unicodedata

import nh3

from scrapers.listing import storable

LONGEST = 2_000_000  # characters of markup looked at
# Block tags become line ends before the sanitiser sees them: it takes minutes over 200,000 nested tags that it keeps.
BLOCK = re.compile(r"</?(?:p|br|li|[uod]l|div|tr|table|h[1-6]|d[dt]|section|article)\b[^<>]{0,500}>", re.IGNORECASE)

# Without a sign between them the cells of a row run together: "1" and "4 januari" read as 14 January.
_ROW = re.compile(r"(?=<tr\b)", re.IGNORECASE)
_ROW_END = re.compile(r"</(?:tr|t?body|thead|table)\b", re.IGNORECASE)
_CELL = re.compile(r"<t[dh]\b[^<>]{0,500}>", re.IGNORECASE)
_IN_CELL = re.compile(r"</?(?:p|br|div)\b[^<>]{0,500}>", re.IGNORECASE)
_NO_ROW = re.compile(r"<(?:table|li|h[1-6])\b", re.IGNORECASE)
LONGEST_ROW, MANY_CELLS = 3000, 3


def plain_text(markup: str, longest: int = 100_000) -> str:
    """The text of possibly hostile or broken HTML, NFC, one line a block, at most ``longest`` characters."""
    if not isinstance(markup, str):  # JSON may hold anything
        raise TypeError(f"{str(markup)[:60]!r} where text was expected")
    rows = _ROW.split(" ".join(storable(markup[:LONGEST]).split()))
    lined = BLOCK.sub("\n", "".join([*rows[:1], *map(_with_cells, rows[1:])]))
    safe = nh3.clean(lined, tags=set(), attributes={}, clean_content_tags={"script", "style"})
    folded = (" ".join(_unescaped(html.unescape(line)).split()) for line in safe.splitlines())
    return unicodedata.normalize("NFC", decoded_once("\n".join(filter(None, folded))))[:longest]


def _with_cells(row: str) -> str:
    """A row of a table, and what follows it: three cells or more with a sign between them, on one line."""
    ends = _ROW_END.search(row)
    row, rest = (row[: ends.start()], row[ends.start() :]) if ends else (row, "")
    if len(row) > LONGEST_ROW or _NO_ROW.search(row) or len(_CELL.findall(row)) < MANY_CELLS:
        return _CELL.sub(" ", row) + rest
    begin, *cells = _CELL.split(_IN_CELL.sub(" ", row))
    return begin + " | ".join(cells) + rest


# What is left of "&amp;amp;" or "&amp;#8364;" is one entity that was escaped twice; without its semicolon it is a text.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def _unescaped(text: str) -> str:
    return _ENTITY.sub(lambda hit: html.unescape(hit[0]), text) if "&" in text else text


# UTF-8 that was taken for Windows-1252: a lead byte and the one or two bytes that follow it, as letters; only those of
# accents, signs, quotes and dashes, so that a capital before a quotation mark stays one.
_LATER = "[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
_TWICE = re.compile(f"[\u00c2\u00c3]{_LATER}|\u00e2{_LATER}{{2}}")


def decoded_once(text: str) -> str:
    """Letters that were encoded twice ("CafÃ©") as they were meant; anything else as it is.

    The library ftfy guesses: of 219 made-up texts that were encoded twice it read 23 not as meant (2026-11-29).
    """
    return _TWICE.sub(_meant, text)


def _meant(hit: re.Match[str]) -> str:
    try:
        return b"".join(c.encode("latin-1" if ord(c) < 0xA0 else "cp1252") for c in hit[0]).decode()
    except UnicodeError:
        return hit[0]


def one_line(markup: str, longest: int = 2000) -> str:
    """The same on a single line, for titles and names."""
    return " ".join(plain_text(markup).split())[:longest]


def is_spuk(title: str) -> bool:
    """Whether a publication is about a specifieke uitkering."""
    return re.search(r"\bspuk\b|\bspecifieke uitkering", title, re.IGNORECASE) is not None
