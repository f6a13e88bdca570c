"""The words of a file, read in a process of its own: bounded in time, memory, pages and characters.

What a file makes of its reader, it makes of that process alone: one that unfolds without end, hangs or crashes costs a
file its words, and its page says so.
"""

import io
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from db.search_words import WORDS, fold
from db.vocabulary_documents import DocumentKind

SECONDS, MEMORY = 20, 1024 * 2**20  # of reading, and bytes of address space
PATIENCE = 10.0  # seconds more, for a process to begin and to end
MOST_PAGES, MOST_CHARACTERS, MOST_WORDS, LONGEST_WORD = 400, 3_000_000, 60_000, 60
READ = frozenset({DocumentKind.PDF, DocumentKind.WORD, DocumentKind.TEXT, DocumentKind.CSV})
COMMAND = (sys.executable, "-m", "tracker.documents.extraction")  # and the kind of file; the file itself on its input

NOT_READ = "Van dit soort bestand wordt de tekst niet doorzocht."
EMPTY = "In dit bestand staat geen tekst om in te zoeken; misschien zijn het scans."
FAILED = "De tekst van dit bestand is niet te lezen: het is beschadigd of beveiligd, of pakt uit tot te veel."
TOO_MUCH = "De tekst van dit bestand is niet gelezen: dat kost te veel tijd of geheugen."
SOME_PAGES = "Doorzocht zijn alleen de eerste {read} van {of} bladzijden."
SOME_TEXT = "Doorzocht is alleen het eerste deel van de tekst."


@dataclass(frozen=True)
class FoundWords:
    """Every word of a text once, folded, with a blank between; ``remark``: what was not read, in Dutch."""

    words: str = ""
    remark: str = ""


def words_in(kind: DocumentKind, content: bytes, seconds: float = SECONDS) -> FoundWords:
    """What a file can be found by. It takes at most some seconds more than those given, and never raises."""
    if kind not in READ:
        return FoundWords(remark=NOT_READ)
    command = (*COMMAND, kind.value, str(seconds))
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=seconds + PATIENCE, check=False)  # noqa: S603
        told = json.loads(done.stdout) if done.returncode == 0 else {"remark": _why(done.returncode)}
    except (subprocess.TimeoutExpired, ValueError):
        told = {"remark": TOO_MUCH}
    return FoundWords(distinct(told.get("text", "")), told["remark"])


def _why(code: int) -> str:
    """Of a child that told nothing: its library gave up on the file, or it was ended for what it cost."""
    return FAILED if code == 1 else TOO_MUCH


def distinct(text: str) -> str:
    """Each word of a text once, as it is searched for."""
    parts = (part for word in WORDS.findall(fold(text)) for part in word.split("-"))
    return " ".join(list(dict.fromkeys(part for part in parts if len(part) <= LONGEST_WORD))[:MOST_WORDS])


def _parts_of_pdf(content: bytes, told: dict[str, Any]) -> Iterator[str]:
    from pypdf import PdfReader  # the child alone needs it

    pages = PdfReader(io.BytesIO(content)).pages
    told["of"] = len(pages)
    for number in range(min(len(pages), MOST_PAGES)):
        yield pages[number].extract_text()
        told["read"] = number + 1


def _parts_of_word(content: bytes, _told: dict[str, Any]) -> Iterator[str]:
    from docx import Document as WordDocument
    from docx.oxml.ns import qn

    for paragraph in WordDocument(io.BytesIO(content)).element.body.iter(qn("w:p")):
        yield "".join(piece.text or "" for piece in paragraph.iter(qn("w:t")))


def _parts_of_text(content: bytes, _told: dict[str, Any]) -> Iterator[str]:
    try:
        yield content.decode("utf-8-sig")
    except UnicodeDecodeError:
        yield content.decode("latin-1")


PARTS = {DocumentKind.PDF: _parts_of_pdf, DocumentKind.WORD: _parts_of_word}


def read_within(kind: DocumentKind, content: bytes, seconds: float) -> dict[str, Any]:
    """The text as far as the bounds allow, and what of it was left: what the child tells on its output."""
    told: dict[str, Any] = {"read": 0, "of": 0}
    texts: list[str] = []
    size, until = 0, time.monotonic() + seconds
    for text in PARTS.get(kind, _parts_of_text)(content, told):
        texts.append(text)
        size += len(text)
        if size > MOST_CHARACTERS or time.monotonic() > until:
            told["cut"] = True
            break
    return {"text": "\n".join(texts)[:MOST_CHARACTERS], "remark": _remark(told, bool("".join(texts).strip()))}


def _remark(told: dict[str, Any], anything: bool) -> str:
    if told["of"] > told["read"] and not (told.get("cut") and told["read"] + 1 == told["of"]):
        return SOME_PAGES.format(read=max(told["read"], 1), of=told["of"])
    if told.get("cut"):
        return SOME_TEXT
    return "" if anything else EMPTY


def main() -> None:
    """In the child: bound itself, read, tell."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS + 5, SECONDS + 5))
    kind, content = DocumentKind(sys.argv[1]), sys.stdin.buffer.read()
    try:
        told = read_within(kind, content, float(sys.argv[2]))
    except (MemoryError, RecursionError):
        told = {"remark": TOO_MUCH}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
