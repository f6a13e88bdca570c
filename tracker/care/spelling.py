"""How a name can stand in what we keep: other accents, capitals and hyphens, in HTML, in an address. Pure."""

import html
import re
import unicodedata
from functools import lru_cache
from html.entities import html5
from urllib.parse import quote

GONE = "[naam gewist]"  # the triggers of the database know these words
BREAK = r"(?:\s|&nbsp;|&#160;|\u00a0|%20|\+|_|=\r?\n)+"
HYPHENS, QUOTES = "-\u2010\u2011\u2012\u2013\u2014", "'\u2018\u2019\u02bc`"
SHORTEST = 3  # letters in a row by which rows are looked up before their text is read


@lru_cache(maxsize=64)
def spelled(name: str) -> re.Pattern[str]:
    """Finds a name as a whole, however it is written."""
    words = unicodedata.normalize("NFC", name).split()
    whole = BREAK.join("".join(_sign(sign) for sign in word) for word in words)
    return re.compile(rf"(?<!\w){whole}(?!\w)", re.IGNORECASE)


def _sign(sign: str) -> str:
    """One letter or mark in every way in which it can stand."""
    alike = next((signs for signs in (HYPHENS, QUOTES) if sign in signs), sign)
    decomposed = unicodedata.normalize("NFD", sign)
    ways = {*alike, decomposed, decomposed[0]}
    ways |= {way for one in tuple(ways) if one not in HYPHENS for way in _escaped(one)}
    return "(?:" + "|".join(re.escape(way) for way in sorted(ways, key=lambda way: (-len(way), way))) + ")"


def _escaped(sign: str) -> set[str]:
    if sign.isascii() and sign.isalnum():
        return set()
    numbers = {f"&#{ord(sign)};", f"&#x{ord(sign):x};"} if len(sign) == 1 else set()
    named = {f"&{entity}" for entity, text in html5.items() if text == sign and entity.endswith(";")}
    return {html.escape(sign), quote(sign, safe=""), *numbers, *named}


def surname(name: str) -> str:
    """The last word: what people write where they leave the rest away."""
    return name.split()[-1] if name.split() else ""


def handles(name: str) -> frozenset[str]:
    """The runs of plain letters of a name: a row without each of them need not be read. Empty where none is long."""
    runs = re.findall(r"[a-z0-9]+", unicodedata.normalize("NFC", name).lower())
    return frozenset(run for run in runs if len(run) >= SHORTEST)
