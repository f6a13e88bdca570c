"""The lobby agenda for Word: on A4 and in Dutch, with real headings, tables and page numbers, as the PDF has them."""

import io
import json
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from docx import Document
from docx.document import Document as WordFile
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm
from docx.table import Table
from docx.text.paragraph import Paragraph

LANGUAGE = "nl-NL"
PAGE, MARGIN = (Cm(21), Cm(29.7)), Cm(2.2)
OVERVIEW = (("Onderwerp", Cm(9.6)), ("Niveau", Cm(2)), ("Prioriteit", Cm(2.3)), ("Bedrag", Cm(2.7)))
FACTS = (Cm(4.3), Cm(12.3))


def as_docx(words: Mapping[str, Any], today: date) -> bytes:
    """The words of tracker/exchange/agenda_files.py as a file to work on before a decision."""
    file = _empty(words, today)
    file.add_heading(words["title"], 1)
    file.add_paragraph("\n".join(filter(None, (words["status"], words["note"]))))
    if words["overview"]:
        file.add_heading("Overzicht", 2)
        _overview(file, words["overview"])
    if words["differences"]:
        file.add_heading(words["difference_title"], 2)
        for text in words["differences"]:
            file.add_paragraph(text, style="List Bullet")
    file.add_heading("Onderwerpen", 2)
    for item in words["items"]:
        file.add_heading(item["title"], 3)
        _facts(file, item["facts"])
    written = io.BytesIO()
    file.save(written)
    return written.getvalue()


def _empty(words: Mapping[str, Any], today: date) -> WordFile:
    """A page of A4 whose spelling is checked in Dutch; the library's own template is American."""
    file = Document()
    about = file.core_properties
    about.title, about.author, about.language, about.comments = words["title"], words["author"], LANGUAGE, ""
    about.created = about.modified = datetime.combine(today, time(12), UTC)
    for language in file.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), LANGUAGE)
    section = file.sections[0]
    section.page_width, section.page_height = PAGE
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGIN
    foot = section.footer.paragraphs[0]
    foot.add_run(f"{words['foot']} Bladzijde ")
    _page_number(foot)
    return file


def _page_number(paragraph: Paragraph) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def _overview(file: WordFile, rows: Iterable[list[str]]) -> None:
    table = file.add_table(rows=0, cols=len(OVERVIEW), style="Table Grid")
    _row(table, [name for name, _ in OVERVIEW], range(len(OVERVIEW)))
    _told(table, "w:tblHeader")
    for cells in rows:
        _row(table, cells)
    _widths(table, [width for _, width in OVERVIEW])


def _facts(file: WordFile, facts: Iterable[tuple[str, str]]) -> None:
    table = file.add_table(rows=0, cols=len(FACTS), style="Table Grid")
    for fact in facts:
        _row(table, fact, (0,))
    _widths(table, FACTS)
    file.add_paragraph()


def _row(table: Table, texts: Iterable[str], bold: Iterable[int] = ()) -> None:
    """A row that no page breaks in two."""
    cells = table.add_row().cells  # type: ignore[no-untyped-call]
    for cell, text in zip(cells, texts, strict=True):
        cell.text = text
    for number in bold:
        cells[number].paragraphs[0].runs[0].bold = True
    _told(table, "w:cantSplit")


def _told(table: Table, word: str) -> None:
    """Say something of the last row: that it comes again on each page, or stays whole."""
    table.rows[-1]._tr.get_or_add_trPr().append(OxmlElement(word))


def _widths(table: Table, widths: Iterable[Any]) -> None:
    """Word goes by the cells, others by the columns."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width


if __name__ == "__main__":
    words, day = json.load(sys.stdin.buffer)
    sys.stdout.buffer.write(as_docx(words, date.fromisoformat(day)))
