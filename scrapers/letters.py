"""In which letters bytes are written, and whether a page was cut off: by the bytes themselves, not by their label."""

import codecs
import re

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
UTF_8, WESTERN = "utf-8", "cp1252"
_BEFORE = rb"[\s\xef\xbb\xbf\xff\xfe]*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*|<!doctype[^>]*>\s*)*"
_HTML = re.compile(_BEFORE + rb"<html[\s>]", re.IGNORECASE | re.DOTALL)
_DOCTYPE = re.compile(rb"[\s\xef\xbb\xbf]*<!doctype\s+html[\s>]", re.IGNORECASE)
_END = re.compile(rb"</(?:html|body)\s*>", re.IGNORECASE)
_HEAD = 5_000


def is_utf8(body: bytes) -> bool:
    """Whether bytes are UTF-8, whatever their label says: text in another encoding hardly ever is by chance."""
    try:
        body.decode(UTF_8)
    except UnicodeDecodeError:
        return False
    return b"\0" not in body


def by_its_mark(body: bytes) -> str:
    """A plain text without its byte order mark, in the encoding that the mark tells; UTF-8 where there is none."""
    mark, encoding = next(((m, e) for m, e in _MARKS if body.startswith(m)), (b"", UTF_8))
    return body.removeprefix(mark).decode(encoding, "replace")


def encoding_of(body: bytes, declared: str) -> str | None:
    """The encoding to read a page in; none where what it declares is as good as anything.

    A page that says UTF-8 and is not is read as Windows-1252, unless only a few of its letters are broken.
    """
    if is_utf8(body):
        return UTF_8
    if declared.lower().replace("_", "-") not in (UTF_8, "utf8") or b"\0" in body:
        return None
    text = body.decode(UTF_8, "replace")
    broken, foreign = text.count("\ufffd"), len(text) - len(text.encode("ascii", "ignore"))
    return WESTERN if broken > foreign - broken else None


def breaks_off(body: bytes) -> bool:
    """Whether these bytes are a web page without its end, as a server leaves it that stops half-way."""
    plain = body.replace(b"\0", b"")  # UTF-16
    return _HTML.match(plain[:_HEAD]) is not None and _END.search(plain) is None


def is_web_page(body: bytes) -> bool:
    """Whether bytes are a whole web page by their first words, whatever their label says."""
    return _HTML.match(body[:_HEAD]) is not None or _DOCTYPE.match(body[:_HEAD]) is not None
