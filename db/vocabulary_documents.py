"""The words of documents: what a small file or link that hangs on something can be."""

from db.vocabulary import Word


class DocumentKind(Word):
    """What a document is, by its bytes and never by its name; a link is an address elsewhere."""

    PDF = "pdf", "pdf"
    WORD = "word", "Word-document"
    EXCEL = "excel", "Excel-werkmap"
    SLIDES = "slides", "PowerPoint-presentatie"
    ODT = "odt", "OpenDocument-tekst"
    PNG = "png", "png-afbeelding"
    JPEG = "jpeg", "jpeg-afbeelding"
    TEXT = "text", "platte tekst"
    CSV = "csv", "csv-tabel"
    LINK = "link", "link"
