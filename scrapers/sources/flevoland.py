"""Provincie Flevoland, its catalogue of products: https://flevoland.nl/loket/loketoverview?sc40=true

Samenwerkende Catalogi 4.0, the standard by which authorities list what one can ask of them; the subsidies among the
products are the calls. Licence: public sector information, no conditions found. Robots: not known, asked at every
crawl. Certain (one client in use, March 2026): the address, one XML answer without paging, and the names of the
elements that are read, each found by its local name wherever it stands; ``audience`` only knows "particulier" and
"ondernemer", and the second means any organisation, so it says nothing of governments. No live answer was at hand:
periods and amounts stand, if anywhere, in the abstract, and what is read there is asked of a person, never shown. To
confirm at the first live check: one whole answer, whether ``productID`` is lasting, and what the page of a subsidy
looks like.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from lxml import etree
from scrapy import Request
from scrapy.http import TextResponse

from db.vocabulary import Instrument, SourceKind
from scrapers.extract import extract, only_asked
from scrapers.formats import text_of, texts_of, xml_root
from scrapers.listing import Listing
from scrapers.source import RowUnreadable, Source, SourceIncomplete
from scrapers.texts import is_spuk, one_line, plain_text

CATALOGUE = "/loket/loketoverview?sc40=true"
SUBSIDY = re.compile(r"subsid|\bspuk\b|specifieke uitkering|\bbijdrageregeling", re.IGNORECASE)
UNSEEN = "gelezen uit een catalogus die nog niet is nagekeken"
ON_ITS_PAGE = "termijn en bedragen staan op de pagina van de provincie"


class Flevoland(Source):
    """Every subsidy among the products of the province."""

    name, kind, publisher = "flevoland", SourceKind.CATALOGUE, "Provincie Flevoland"
    root = "https://flevoland.nl"
    promises = "de subsidies in de productencatalogus van de provincie Flevoland"
    unseen = "termijnen en bedragen op de pagina's zelf; regelingen die niet in de catalogus staan"

    def start(self) -> Iterable[Request]:
        return [Request(self.address(CATALOGUE))]

    def rows(self, page: TextResponse) -> Iterable[Any]:
        root = xml_root(page)
        products = [element for element in root.iter(etree.Element) if etree.QName(element).localname == "scproduct"]
        if not products:
            raise SourceIncomplete(f"page {self.pages}: {etree.QName(root).localname} without products")
        return products

    def identify(self, row: Any) -> str | None:
        """The number of the product, else its address."""
        return text_of(row, "productID") or text_of(row, "identifier")

    def read(self, row: Any) -> Listing | None:
        key, title, address = self.identify(row), one_line(text_of(row, "title") or ""), text_of(row, "identifier")
        if not key or not title or not address:
            raise RowUnreadable("a product without " + ("title or address" if key else "number"))
        text = plain_text("\n".join([*texts_of(row, "abstract"), *texts_of(row, "productHTML")]).replace("@", " "))
        if not SUBSIDY.search(f"{title} {text}"):
            return None  # a permit, a report, an objection
        return Listing(
            source=self.name,
            external_id=key,
            url=self.address(address),
            title=title,
            language=self.language,
            publisher=self.publisher,
            summary=text,
            instrument=Instrument.SPUK if is_spuk(title) else Instrument.GRANT,
            area=self.publisher,
            targets=tuple(dict.fromkeys(texts_of(row, "audience"))),
            published_on=day_of(text_of(row, "modified")),
            **only_asked(extract(text, self.language, self.context.today), UNSEEN, ON_ITS_PAGE),
        )


def day_of(stamp: str | None) -> date | None:
    """A day or an instant; none where it cannot be read, for nobody acts on it."""
    try:
        return date.fromisoformat((stamp or "")[:10])
    except ValueError:
        return None
