"""Sitemaps: the pages that a site says it has, in one file or in several that an index names, packed or not."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lxml import etree
from scrapy.http import TextResponse

from scrapers.formats import what_it_is, xml_root
from scrapers.settings import PAGE_BYTES
from scrapers.source import SourceIncomplete

PACKED = b"\x1f\x8b"


@dataclass(frozen=True)
class SitemapEntry:
    """An address in a sitemap, and the day it last changed (``2026-05-01``), empty where the sitemap does not say."""

    url: str
    changed: str = ""


@dataclass(frozen=True)
class Sitemap:
    """The pages that a sitemap names, and the further sitemaps that an index names."""

    pages: tuple[SitemapEntry, ...] = ()
    maps: tuple[SitemapEntry, ...] = ()


def is_sitemap(page: TextResponse) -> bool:
    """Whether an answer is a sitemap or an index of them, by its bytes."""
    if page.body.startswith(PACKED):
        return True
    head = page.body[:2000]
    return b"<urlset" in head or b"<sitemapindex" in head


def sitemap_of(page: TextResponse) -> Sitemap:
    """What a sitemap holds; SourceIncomplete where an answer is none."""
    root = xml_root(page.replace(body=unpacked(page.body)))
    name = etree.QName(root).localname
    if name not in ("urlset", "sitemapindex"):
        raise SourceIncomplete(f"{page.url.partition('?')[0][:200]}: {what_it_is(page)} where a sitemap was expected")
    return Sitemap(tuple(_places(root.iterfind("{*}url"))), tuple(_places(root.iterfind("{*}sitemap"))))


def _places(elements: Iterable[Any]) -> Iterable[SitemapEntry]:
    for element in elements:
        if url := (element.findtext("{*}loc") or "").strip():
            yield SitemapEntry(url, (element.findtext("{*}lastmod") or "").strip()[:10])


def unpacked(body: bytes) -> bytes:
    """The bytes of a file that is sent as a gzip archive; SourceIncomplete where it is broken or far too large."""
    if not body.startswith(PACKED):
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(body, PAGE_BYTES + 1)
    except zlib.error as error:
        raise SourceIncomplete("a gzip file that cannot be unpacked") from error
    if len(plain) > PAGE_BYTES:
        raise SourceIncomplete(f"a gzip file larger than {PAGE_BYTES // 2**20} MiB when unpacked")
    if not unpacker.eof:
        raise SourceIncomplete("a gzip file that breaks off")
    return plain
