"""URBACT, the open call for cities: https://urbact.eu/get-involved

One call at a time, months apart; its page is ``https://urbact.eu/call-<name>``. Certain (stored pages of 2023 and 2026,
and a client in use): both addresses, that the page needs no browser, and that dates stand in running text, "is open
until 31 March 2023 at 15:00 CEST", beside those of info sessions. Nobody has seen the markup, so what is read is asked
of a person, never shown; a date in the words of the link counts too. No such link means that no call is open, as long
as the page is still the one that invites to take part. To confirm at the first live check: licence, robots, the heading
of the page, whether a call that is over keeps its link, and whether "CET" or "CEST" is meant when they are mixed.
"""

import re
from collections.abc import Iterable
from typing import Any

from scrapy import Request
from scrapy.http import HtmlResponse, TextResponse

from scrapers.crawled import Remark
from scrapers.extract import extract, only_asked
from scrapers.links import links_of
from scrapers.watched import WatchedPage
from scrapers.watched_sites import Watched

INVITATION = re.compile(r"get involved|get\.involved|call for", re.IGNORECASE)
UNSEEN = "gelezen van een pagina waarvan de opbouw nog niet is nagekeken"


class Urbact(WatchedPage):
    """The call that the page links to, and nothing between two calls."""

    name, publisher, language = "urbact", "URBACT", "en"
    root = "https://urbact.eu"
    promises = "de oproep van URBACT die nu open is, met haar data ter bevestiging"
    unseen = "oproepen die de pagina nog niet noemt; voorwaarden die alleen in een pdf staan"
    watched = Watched(
        name="urbact",
        publisher="URBACT",
        start="https://urbact.eu/get-involved",
        links="^/call-[^/]+/?$",
        language="en",
    )

    def rows(self, page: TextResponse) -> Iterable[Request | Remark]:
        """The pages of calls; none between two calls, where the page itself is still there."""
        if isinstance(page, HtmlResponse) and not any(
            self.fits(link.address) for link in links_of(page, page.url, self.root)
        ):
            heading = " ".join(page.css("title::text, h1 ::text, h2 ::text").getall())
            if INVITATION.search(heading):
                return ()
        return super().rows(page)

    def facts(self, text: str, called: str) -> dict[str, Any]:
        """As questions; the words of the link are read like the first line of the page."""
        return only_asked(extract(f"{called}\n{text}", self.language, self.context.today), UNSEEN, UNSEEN)
