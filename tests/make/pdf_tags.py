"""What a screen reader finds in a PDF of ours: its language, title, and the tags in the order in which they are read."""

import re
import zlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Tags:
    """``order``: the standard tags depth first; ``marks``: (page object, number) of the content under them, so."""

    lang: str
    title: str
    marked: bool
    order: list[str]
    marks: list[tuple[str, int]]


def _objects(pdf: bytes) -> dict[str, str]:
    """Object number -> its dictionary; of a stream of objects each one in it."""
    found: dict[str, str] = {}
    for number, body in re.findall(rb"(?s)\n?(\d+) 0 obj\b(.*?)\bendobj", pdf):
        head, _, stream = body.partition(b"stream")
        found[number.decode()] = head.decode("latin-1")
        if b"/ObjStm" in head:
            data = zlib.decompressobj().decompress(stream.lstrip(b"\r\n")).decode("latin-1")
            first = int(re.search(rb"/First (\d+)", head)[1])  # type: ignore[index]
            pairs = [int(n) for n in data[:first].split()]
            starts = [*pairs[1::2], len(data) - first]
            for index, inner in enumerate(pairs[::2]):
                found[str(inner)] = data[first + starts[index] : first + starts[index + 1]]
    return found


def _string(text: str) -> str:
    """A string of a PDF, as bytes of UTF-16 or of Latin letters."""
    raw = re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), text)
    raw = re.sub(r"\\(.)", r"\1", raw)
    data = raw.encode("latin-1")
    return data[2:].decode("utf-16-be") if data[:2] == b"\xfe\xff" else raw


def read_tags(pdf: bytes) -> Tags:
    """Of a file that is not encrypted."""
    objects = _objects(pdf)
    catalog = next(body for body in objects.values() if re.search(r"/Type\s*/Catalog", body))
    root = re.search(r"/StructTreeRoot (\d+) 0 R", catalog)
    assert root is not None, "no tags"
    lang = re.search(r"/Lang\s*\((.*?)\)", catalog)
    title = re.search(rb"(?s)<dc:title>.*?<rdf:li[^>]*>(.*?)</rdf:li>", pdf)
    order: list[str] = []
    marks: list[tuple[str, int]] = []
    _walk(objects, root[1], order, marks)
    return Tags(
        _string(lang[1]) if lang else "", title[1].decode() if title else "",
        bool(re.search(r"/Marked\s+true", catalog)), order, marks,
    )  # fmt: skip


def _walk(objects: dict[str, str], number: str, order: list[str], marks: list[tuple[str, int]]) -> None:
    body = objects[number]
    tag = re.search(r"/S\s*/(\w+)", body)
    if tag:
        order.append(tag[1])
    own_page = re.search(r"/Pg (\d+) 0 R", body)
    kids = re.search(r"(?s)/K\s*(\[.*?\](?=\s*(?:/|>>|$))|\d+ 0 R|\d+|<<.*?>>)", body)
    if not kids:
        return
    for ref, content, plain in re.findall(r"(?s)(\d+) 0 R(?!\s*/MCID)|<<(.*?)>>|(\d+)", kids[1]):
        if ref:
            _walk(objects, ref, order, marks)
        elif content:
            page = re.search(r"/Pg (\d+) 0 R", content) or own_page
            mark = re.search(r"/MCID (\d+)", content)
            if mark:
                marks.append((page[1] if page else "", int(mark[1])))
        elif plain:
            marks.append((own_page[1] if own_page else "", int(plain)))
