"""What a file is by its bytes, and what is refused in one Dutch line: archives, macros, bombs, names that mislead."""

import io
import zipfile
from collections.abc import Callable

import pytest
from docx import Document as WordDocument
from openpyxl import Workbook

from db.vocabulary_documents import DocumentKind
from tracker.documents.file_types import (
    ENDINGS,
    MEDIA_TYPES,
    MOST_PARTS,
    MOST_TOLD,
    MOST_UNPACKED,
    PACKED,
    checked_name,
    kind_of,
)
from tracker.errors import Incomplete

MAIN = "application/vnd.openxmlformats-officedocument.{}.main+xml"


def package(**parts: bytes | str) -> bytes:
    """A zip with these parts; ``__`` in a name is a slash, ``_types`` the list of content types."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            there = "[Content_Types].xml" if name == "_types" else name.replace("__", "/").replace("_dot_", ".")
            archive.writestr(there, content)
    return written.getvalue()


def saved(make: Callable[[], object]) -> bytes:
    written = io.BytesIO()
    make().save(written)
    return written.getvalue()


def types(word: str) -> str:
    return f'<Types><Override PartName="/x.xml" ContentType="{word}"/></Types>'


SLIDES = package(_types=types(MAIN.format("presentationml.presentation")), ppt__presentation_dot_xml="<p/>")
ODT = package(mimetype="application/vnd.oasis.opendocument.text", content_dot_xml="<o/>")
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
GOOD = {
    ("nota.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"): DocumentKind.PDF,
    ("brief.docx", saved(WordDocument)): DocumentKind.WORD,
    ("cijfers.XLSX", saved(Workbook)): DocumentKind.EXCEL,
    ("praatje.pptx", SLIDES): DocumentKind.SLIDES,
    ("brief.odt", ODT): DocumentKind.ODT,
    ("kaart.png", PNG): DocumentKind.PNG,
    ("foto.jpeg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(20)): DocumentKind.JPEG,
    ("notitie.txt", "Één café\r\n".encode()): DocumentKind.TEXT,
    ("lijst.csv", "naam;bedrag\ncaf\xe9;1".encode("cp1252")): DocumentKind.CSV,
}


@pytest.mark.parametrize(("file", "kind"), GOOD.items(), ids=lambda value: value[0] if isinstance(value, tuple) else "")
def test_a_file_is_known_by_its_bytes(file: tuple[str, bytes], kind: DocumentKind) -> None:
    assert kind_of(*file) == kind


def test_a_drawing_of_another_program_in_a_document_is_no_file_in_it() -> None:
    drawn = package(_types=WORD_TYPES, word__embeddings__oleObject1_dot_bin=b"\xd0\xcf\x11\xe0 Visio")
    assert kind_of("nota.docx", drawn) == DocumentKind.WORD


def test_every_kind_has_an_ending_and_a_media_type() -> None:
    assert set(ENDINGS) == set(MEDIA_TYPES) == set(DocumentKind) - {DocumentKind.LINK} == set(GOOD.values())


MACRO_TYPES = types("application/vnd.ms-word.document.macroEnabled.main+xml")
WORD_TYPES = types(MAIN.format("wordprocessingml.document"))
VBA = types("application/vnd.ms-office.vbaProject")
FAR = bytes(MOST_TOLD - 5)  # so that the mark lies across two pieces that are read
BAD = {
    "an archive": ("bestanden.zip", package(a_dot_txt="x"), "archief"),
    "an archive that calls itself a document": ("nota.docx", package(a_dot_txt="x"), "archief"),
    "a document within an archive": ("nota.docx", package(_types=WORD_TYPES, x_dot_zip=b"PK"), "archief"),
    "macros by type": ("nota.docx", package(_types=MACRO_TYPES), "macro"),
    "macros by part": ("nota.docx", package(_types=WORD_TYPES, word__vbaProject_dot_bin=b"x"), "macro"),
    "macros under another name": ("nota.docx", package(_types=WORD_TYPES + VBA, word__x_dot_bin=b"x"), "macro"),
    "a program packed in an object": ("nota.docx", package(_types=WORD_TYPES, e__o1_dot_bin=FAR + PACKED + b"MZ"), "ander bestand"),
    "a workbook with macros inside": ("nota.docx", package(_types=WORD_TYPES, e__a_dot_xlsm=b"x"), "macro"),
    "macros of OpenDocument": ("nota.odt", package(mimetype=MEDIA_TYPES[DocumentKind.ODT], Basic__a_dot_xml="x"), "macro"),
    "a template": ("nota.docx", package(_types=types(MAIN.format("wordprocessingml.template"))), "archief"),
    "half a document": ("nota.docx", saved(WordDocument)[:400], "beschadigd"),
    "a program": ("nota.pdf", b"MZ\x90\x00" + bytes(60), "kan hier niet"),
    "old Word": ("nota.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "kan hier niet"),
    "a page": ("nota.html", b"<!doctype html><script>1</script>", "kan hier niet"),
    "a drawing with a script": ("nota.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "kan hier niet"),
    "bytes that are no text": ("nota.txt", b"tekst\x00\x01", "kan hier niet"),
    "a picture that calls itself a document": ("nota.pdf", PNG, "de inhoud is een png-afbeelding"),
    "a table that calls itself a picture": ("kaart.png", b"naam;bedrag\n", "kan hier niet"),
    "gzip": ("nota.csv", b"\x1f\x8b\x08\x00" + bytes(30), "kan hier niet"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "content", "said"), BAD.values(), ids=BAD.keys())
def test_what_is_refused_says_why_in_one_line(name: str, content: bytes, said: str) -> None:
    with pytest.raises(Incomplete, match=said) as refused:
        kind_of(name, content)
    assert str(refused.value).startswith(name)
    assert "\n" not in str(refused.value)


def test_a_bomb_is_refused_by_its_table_of_contents() -> None:
    """Nothing of it is unpacked: what it says of itself is enough."""
    zeros = bytes(MOST_UNPACKED // 4 + 1)
    heavy = package(_types=WORD_TYPES, **{f"part{n}": zeros for n in range(4)})
    crowded = package(_types=WORD_TYPES, **{f"part{n}": b"" for n in range(MOST_PARTS)})
    assert len(heavy) < 2**20
    for bomb in (heavy, crowded):
        with pytest.raises(Incomplete, match="pakt uit tot veel meer"):
            kind_of("nota.docx", bomb)


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.txt", "C:\\nota.pdf", "a/b.pdf", "nota\x00.pdf", "nota\n.pdf", "nota\u202efdp.exe.pdf", "", "nota",
     ".pdf", "x" * 160 + ".pdf", "vraag?.pdf"],
)  # fmt: skip
def test_a_name_with_a_path_or_a_hidden_character_is_refused(name: str) -> None:
    with pytest.raises(Incomplete):
        checked_name(name)


def test_a_name_keeps_its_accents_and_spaces() -> None:
    assert checked_name(" Voorstel cofinancie\u0308ring 2027.pdf ") == "Voorstel cofinanciëring 2027.pdf"
