"""A page of typst as a tagged PDF that a screen reader reads (PDF/UA-1); what people typed travels as data."""

import json
import subprocess
import sys
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

TYPESET = """
import sys, typst
page, folder, written = sys.argv[1:]
typst.compile(page, root=folder, output=written, pdf_standards="ua-1")
"""
LONGEST = 60  # seconds that one file may take

# Latin, Greek and Cyrillic letters, punctuation and currencies: what the fonts that come with typst surely draw.
GLYPHS = (range(0x20, 0x180), range(0x391, 0x3CA), range(0x400, 0x460), range(0x2010, 0x2027), range(0x20AC, 0x20AD))


def compiled(template: Path, words: Mapping[str, Any]) -> bytes:
    """The PDF of a template that reads ``words.json`` beside it: JSON, so that none of it is markup.

    In a process of its own, or the pages would carry the typesetter and its fonts from the first PDF on.
    """
    with TemporaryDirectory(prefix="pdf-") as folder:
        page = Path(folder, template.name)
        page.write_bytes(template.read_bytes())
        Path(folder, "words.json").write_text(displayable(json.dumps(words, ensure_ascii=False)), "utf-8")
        written = Path(folder, "page.pdf")
        subprocess.run((sys.executable, "-c", TYPESET, page, folder, written), check=True, timeout=LONGEST)  # noqa: S603
        return written.read_bytes()


def displayable(text: str) -> str:
    """Without signs that the fonts in the wheel lack: PDF/UA refuses a page with a sign that nobody could see."""
    return "".join(sign if _has_glyph(sign) else "?" for sign in text if unicodedata.category(sign) != "Cf")


def _has_glyph(sign: str) -> bool:
    return sign == "\n" or (unicodedata.category(sign)[0] != "C" and any(ord(sign) in signs for signs in GLYPHS))
