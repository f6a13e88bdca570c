"""What a file is, by its bytes: a short list of kinds, without archives, without macros, without surprises. Pure.

Nothing here unpacks a file: of a package of Office or OpenDocument only its table of contents is read, and one small
part that names what it is.
"""

import io
import re
import unicodedata
import zipfile
import zlib

import puremagic

from db.vocabulary_documents import DocumentKind
from tracker.errors import Incomplete

ENDINGS: dict[DocumentKind, tuple[str, ...]] = {
    DocumentKind.PDF: ("pdf",),
    DocumentKind.WORD: ("docx",),
    DocumentKind.EXCEL: ("xlsx",),
    DocumentKind.SLIDES: ("pptx",),
    DocumentKind.ODT: ("odt",),
    DocumentKind.PNG: ("png",),
    DocumentKind.JPEG: ("jpg", "jpeg"),
    DocumentKind.TEXT: ("txt",),
    DocumentKind.CSV: ("csv",),
}
OFFICE = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES: dict[DocumentKind, str] = {
    DocumentKind.PDF: "application/pdf",
    DocumentKind.WORD: f"{OFFICE}.wordprocessingml.document",
    DocumentKind.EXCEL: f"{OFFICE}.spreadsheetml.sheet",
    DocumentKind.SLIDES: f"{OFFICE}.presentationml.presentation",
    DocumentKind.ODT: "application/vnd.oasis.opendocument.text",
    DocumentKind.PNG: "image/png",
    DocumentKind.JPEG: "image/jpeg",
    DocumentKind.TEXT: "text/plain; charset=utf-8",
    DocumentKind.CSV: "text/csv; charset=utf-8",
}
SIGNED = {MEDIA_TYPES[kind]: kind for kind in (DocumentKind.PDF, DocumentKind.PNG, DocumentKind.JPEG)}
KNOWN = "pdf, docx, xlsx, pptx, odt, png, jpg, txt of csv"
HEAD = 4096  # bytes by which a signature is known
LONGEST_NAME = 150
MOST_PARTS, MOST_UNPACKED, MOST_TOLD = 3_000, 200 * 2**20, 2**20  # of a package: parts, and bytes
PACKAGE = b"PK\x03\x04"
MACROS = re.compile(
    r"(^|/)vbaproject|^(basic|scripts)/|\.(doc|dot|xls|xlt|xla|ppt|pot|pps|ppa)m$|\.xlsb$", re.IGNORECASE
)
MACRO_TYPES = re.compile(rb"macroenabled|ms-office\.vba", re.IGNORECASE)
INSIDE = re.compile(r"\.(zip|7z|rar|gz|tar|jar|exe|dll|js|vbs|ps1|bat|cmd|scr|msi|lnk)$", re.IGNORECASE)
PACKED = "Ole10Native".encode("utf-16-le")  # an object that holds a file of any kind, a program too
UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs"})  # of unicode: control, direction, line ends
FORBIDDEN = re.compile(r'[/\\<>:"|?*]')
BARE = frozenset(range(32)) - {9, 10, 12, 13} | {127}  # bytes that stand in no text


def checked_name(name: str) -> str:
    """The name of a file as it is kept. Raises Incomplete for one with a path, a control character or no ending."""
    kept = unicodedata.normalize("NFC", name).strip()
    if FORBIDDEN.search(kept) or any(unicodedata.category(c) in UNSEEN for c in kept):
        raise Incomplete("Een bestandsnaam heeft hier geen schuine streep, stuurteken of teken als < of *.", "file")
    if not kept or len(kept) > LONGEST_NAME or "." not in kept.strip("."):
        raise Incomplete(f"Geef het bestand een naam van hoogstens {LONGEST_NAME} tekens, met zijn uitgang.", "file")
    return kept


def kind_of(name: str, content: bytes) -> DocumentKind:
    """What the bytes are. Raises Incomplete, with one line that says why, where they are none of our kinds.

    The name only tells a table from other plain text, and must have an ending that goes with what the file is.
    """
    ending = name.rpartition(".")[2].lower()
    kind = _by_bytes(name, ending, content)
    if ending not in ENDINGS[kind]:
        raise Incomplete(f"{name}: de inhoud is een {kind.label}, maar de naam eindigt op .{ending}.", "file")
    return kind


def _by_bytes(name: str, ending: str, content: bytes) -> DocumentKind:
    if content.startswith(PACKAGE):
        return _package(name, content)
    signed = _by_signature(content)
    if signed is not None:
        return signed
    if ending in ("txt", "csv") and BARE.isdisjoint(content):
        return DocumentKind.CSV if ending == "csv" else DocumentKind.TEXT
    raise Incomplete(f"{name}: dit soort bestand kan hier niet. Het mag zijn: {KNOWN}.", "file")


def _by_signature(content: bytes) -> DocumentKind | None:
    try:
        found = puremagic.magic_string(content[:HEAD])
    except (puremagic.PureError, ValueError):
        return None
    return SIGNED.get(found[0].mime_type) if found else None


def _package(name: str, content: bytes) -> DocumentKind:
    """What a zip is that holds a document of Office or OpenDocument, read no further than where it says so."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            _check_parts(name, package.infolist())
            _check_objects(name, package)
            return _declared(name, package)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError, OSError, KeyError) as error:
        raise Incomplete(f"{name}: dit bestand is beschadigd of beveiligd.", "file") from error


def _check_parts(name: str, parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Incomplete(f"{name}: dit bestand pakt uit tot veel meer dan het lijkt; dat kan hier niet.", "file")
    if any(MACROS.search(part.filename) for part in parts):
        raise Incomplete(f"{name}: er staan macro's in. Bewaar het zonder macro's.", "file")
    if any(INSIDE.search(part.filename) for part in parts):
        raise Incomplete(f"{name}: er zit een archief of programma in; dat kan hier niet.", "file")


def _check_objects(name: str, package: zipfile.ZipFile) -> None:
    """No file of another kind in an object; a drawing or formula of another program is none."""
    for part in package.infolist():
        if part.filename.lower().endswith(".bin") and _holds(package, part, PACKED):
            raise Incomplete(f"{name}: er zit een ander bestand in verpakt; haal dat eruit.", "file")


def _holds(package: zipfile.ZipFile, part: zipfile.ZipInfo, words: bytes) -> bool:
    """Whether these bytes stand in a part, read piece by piece."""
    before = b""
    with package.open(part) as opened:
        while piece := opened.read(MOST_TOLD):
            if words in before + piece:
                return True
            before = piece[-len(words) :]
    return False


def _declared(name: str, package: zipfile.ZipFile) -> DocumentKind:
    names = set(package.namelist())
    if "mimetype" in names and _told(package, "mimetype").strip() == MEDIA_TYPES[DocumentKind.ODT].encode():
        return DocumentKind.ODT
    told = _told(package, "[Content_Types].xml") if "[Content_Types].xml" in names else b""
    if MACRO_TYPES.search(told):
        raise Incomplete(f"{name}: er staan macro's in. Bewaar het zonder macro's.", "file")
    for kind in (DocumentKind.WORD, DocumentKind.EXCEL, DocumentKind.SLIDES):
        if f'"{MEDIA_TYPES[kind]}.main+xml"'.encode() in told:
            return kind
    raise Incomplete(f"{name}: een archief kan hier niet. Het mag zijn: {KNOWN}.", "file")


def _told(package: zipfile.ZipFile, part: str) -> bytes:
    """One part of a package, as far as it may go."""
    with package.open(part) as opened:
        return opened.read(MOST_TOLD)
