"""CVDR, regulations of provinces: https://zoekservice.overheid.nl/sru/Search (SRU 1.2, x-connection=cvdr)

Off by default: the host's robots.txt says no to everybody, although this is the documented CC0 interface for re-use.
An owner who has asked may turn it on (KANSENRADAR_SOURCES_ON=cvdr); then robots.txt is not asked. Certain (three
records as served): namespaces, ``owmskern``, ``owmsmantel``, ``cvdripm``, the key "CVDR743563_1" of work and version.
To confirm at the first live check: ``maximumRecords`` above 10, and the window on ``dcterms.modified``.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import quote

from scrapy import Request

from db.region_served import region
from db.vocabulary import SourceKind, Status
from scrapers.formats import SruSource, text_of, texts_of
from scrapers.listing import Listing
from scrapers.source import RowUnreadable

SIZE = 100


class Cvdr(SruSource):
    """Subsidy regulations of our provinces that changed in the window; a newer version is the same regulation."""

    name, kind, publisher = "cvdr", SourceKind.STREAM, "CVDR"
    root = "https://zoekservice.overheid.nl"
    promises = "subsidieverordeningen van de eigen provincies die gewijzigd zijn"
    unseen = "openstellingen en plafonds: die staan in het Provinciaal blad; verordeningen van gemeenten"
    on, asks_robots = False, False

    def start(self) -> Iterable[Request]:
        return [self.ask(province, 1) for province in region().sources.provinces]

    def ask(self, province: str, first: int) -> Request:
        """From one record on."""
        since = self.context.window_start.date()
        query = f'dcterms.creator="{province}" AND keyword all "subsidie" AND dcterms.modified>="{since}"'
        fixed = "operation=searchRetrieve&version=1.2&x-connection=cvdr"
        path = f"/sru/Search?{fixed}&maximumRecords={SIZE}&startRecord={first}&query={quote(query)}"
        return Request(self.address(path), meta={"asked_for": (province, first)})

    def identify(self, row: Any) -> str | None:
        return (text_of(row, "identifier") or "").rpartition("_")[0] or None

    def read(self, row: Any) -> Listing | None:
        key, title, url = self.identify(row), text_of(row, "title"), text_of(row, "preferred_work_url")
        if not key or not title or not url:
            raise RowUnreadable("a record without identifier, title or address")
        end = text_of(row, "uitwerkingtredingDatum")
        over = bool(end) and date.fromisoformat(end or "") <= self.context.now.date()
        return Listing(
            source=self.name,
            external_id=key,
            url=url,
            title=title,
            language=self.language,
            publisher=f"Provincie {text_of(row, 'creator')}",
            summary="; ".join(texts_of(row, "subject")),
            source_word=Status.CLOSED if over else None,
            published_on=text_of(row, "issued"),
            references=(key, *texts_of(row, "isFormatOf")),
            evidence={"vervalt": end} if end else {},  # of the regulation: no date to apply by
        )
