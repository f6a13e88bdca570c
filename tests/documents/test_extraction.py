"""The words of files: what is found in each kind, what of a long one is left and said, and what never ends ends."""

import io
import zipfile
import zlib

import pytest
import typst
from docx import Document as WordDocument

from db.vocabulary_documents import DocumentKind
from tracker.documents import extraction
from tracker.documents.extraction import EMPTY, FAILED, NOT_READ, SOME_TEXT, TOO_MUCH, read_within, words_in


def word_file(paragraphs: int = 1) -> bytes:
    written = WordDocument()
    written.add_paragraph("Warmtenetten in Hilversum")
    written.add_table(1, 1).cell(0, 0).text = "tabelwoord"
    kept = io.BytesIO()
    written.save(kept)
    if paragraphs == 1:
        return kept.getvalue()
    large = io.BytesIO()
    with zipfile.ZipFile(kept) as package, zipfile.ZipFile(large, "w", zipfile.ZIP_DEFLATED) as other:
        for part in package.infolist():
            content = package.read(part)
            more = b"<w:body>" + b"<w:p><w:r><w:t>a</w:t></w:r></w:p>" * paragraphs
            other.writestr(part, content.replace(b"<w:body>", more) if "document.xml" in part.filename else content)
    return large.getvalue()


def pdf_file(pages: int = 1) -> bytes:
    return typst.compile("\n#pagebreak()\n".join(f"Geothermie op bladzijde {n}" for n in range(pages)).encode())


def unfolding_pdf(megabytes: int) -> bytes:
    """One page whose few bytes unfold into very many."""
    data = zlib.compress(b"BT /F1 12 Tf (aa) Tj ET\n" * (megabytes * 2**20 // 24), 9)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>"
    stream = b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(data), data)
    parts = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, stream]
    written = b"%PDF-1.4\n" + b"".join(b"%d 0 obj%sendobj\n" % pair for pair in enumerate(parts, 1))
    return written + b"trailer<</Size 5/Root 1 0 R>>startxref\n0\n%%EOF"


@pytest.mark.parametrize(
    ("kind", "content", "words", "remark"),
    [
        (DocumentKind.WORD, word_file(), "warmtenetten in hilversum tabelwoord", ""),
        (DocumentKind.PDF, pdf_file(), "geothermie op bladzijde 0", ""),
        (DocumentKind.TEXT, "Één keer, één KEER".encode(), "een keer", ""),
        (DocumentKind.CSV, "gemeente;bedrag\nIJmond;1".encode("latin-1"), "gemeente bedrag ijmond 1", ""),
        (DocumentKind.TEXT, b" \n", "", EMPTY),
        (DocumentKind.PDF, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "", FAILED),
        (DocumentKind.WORD, b"PK\x03\x04", "", FAILED),
        (DocumentKind.SLIDES, b"PK\x03\x04", "", NOT_READ),
    ],
)
def test_each_kind_gives_its_words_or_says_why_not(kind: DocumentKind, content: bytes, words: str, remark: str) -> None:
    found = words_in(kind, content)
    assert (found.words, found.remark) == (words, remark)


def test_of_a_long_file_the_first_part_is_read_and_the_rest_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extraction, "MOST_PAGES", 2)
    told = read_within(DocumentKind.PDF, pdf_file(5), 20)
    assert "bladzijde 1" in told["text"]
    assert "bladzijde 2" not in told["text"]
    assert told["remark"] == "Doorzocht zijn alleen de eerste 2 van 5 bladzijden."
    monkeypatch.setattr(extraction, "MOST_CHARACTERS", 10)
    told = read_within(DocumentKind.WORD, word_file(), 20)
    assert (told["text"], told["remark"]) == ("Warmtenett", SOME_TEXT)


def test_a_reader_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extraction, "PATIENCE", 0.1)
    found = words_in(DocumentKind.TEXT, b"tekst", seconds=0)
    assert (found.words, found.remark) == ("", TOO_MUCH)


@pytest.mark.prove
@pytest.mark.parametrize(
    ("kind", "content"), [(DocumentKind.PDF, unfolding_pdf(480)), (DocumentKind.WORD, word_file(4_500_000))], ids=str
)
def test_a_file_that_unfolds_without_end_costs_its_words_and_nothing_else(kind: DocumentKind, content: bytes) -> None:
    assert len(content) < 2 * 2**20
    assert words_in(kind, content).remark in (FAILED, TOO_MUCH)
