"""A feed in Atom (RFC 4287), from entries that a page gathered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as Xml

from starlette.responses import Response

ATOM = "http://www.w3.org/2005/Atom"
Xml.register_namespace("", ATOM)


@dataclass(frozen=True)
class Entry:
    """One thing in a feed; ``address`` is its id too. ``source``: where it comes from, when that is elsewhere."""

    address: str
    title: str
    updated: datetime
    published: datetime
    summary: str = ""
    source: str = ""


def atom_feed(title: str, page: str, itself: str, entries: Iterable[Entry], now: datetime) -> Response:
    """The feed of a page; ``itself``: its own address."""
    listed = list(entries)
    feed = Xml.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "nl"})
    _text(feed, "id", page)
    _text(feed, "title", title)
    _text(feed, "updated", _moment(max((entry.updated for entry in listed), default=now)))
    _text(Xml.SubElement(feed, f"{{{ATOM}}}author"), "name", "Kansenradar")
    _link(feed, "alternate", page)
    _link(feed, "self", itself)
    for entry in listed:
        _add(feed, entry)
    body = Xml.tostring(feed, "utf-8", xml_declaration=True)
    return Response(body, media_type="application/atom+xml; charset=utf-8", headers={"Cache-Control": "max-age=300"})


def _add(feed: Xml.Element, entry: Entry) -> None:
    element = Xml.SubElement(feed, f"{{{ATOM}}}entry")
    _text(element, "id", entry.address)
    _text(element, "title", entry.title)
    _text(element, "updated", _moment(entry.updated))
    _text(element, "published", _moment(entry.published))
    _link(element, "alternate", entry.address)
    if entry.source:
        _link(element, "via", entry.source)
    _text(element, "summary", entry.summary)


def _link(parent: Xml.Element, relation: str, address: str) -> None:
    Xml.SubElement(parent, f"{{{ATOM}}}link", {"rel": relation, "href": address})


def _text(parent: Xml.Element, name: str, text: str) -> None:
    Xml.SubElement(parent, f"{{{ATOM}}}{name}").text = text


def _moment(at: datetime) -> str:
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat(timespec="seconds")
