"""The pages that are known of a source and that its lists do not show: they are read all the same, and counted."""

from collections.abc import Iterable, Iterator

from scrapy import Request

from scrapers.crawled import KnownPage
from scrapers.pages import PageReading

MOST_READ = 200  # a crawl
SETTLED = 3  # so often in a row without them, and the shorter list is the list


class KnownPages:
    """Knows which pages a source should show, and which of them its list lacked though they are still there."""

    def __init__(self, reading: PageReading, known: Iterable[KnownPage]) -> None:
        self.reading, self.source = reading, reading.source
        self.known = tuple(known)
        self.unshown: list[KnownPage] = []

    def requests(self) -> Iterator[Request]:
        """What to read beside the list, once that was read."""
        reading = self.reading
        for page in [page for page in self.known if self.source.wants_again(page)][:MOST_READ]:
            shown = reading.has_asked(page.external_id) or reading.has_listed(page.external_id)
            request = None if shown else self.source.ask_for(page.external_id, page.url)
            if request is None:
                continue
            request.meta["detail"] = True
            if not reading.list_unchanged:  # a list that says "unchanged" shows what it showed
                request.meta["unlisted"] = True
                left_out = self.source.lists_what_is_open and not self.source.shows_the_newest()
                self.unshown += [page] if left_out else []
            yield request

    def unlisted(self) -> list[KnownPage]:
        """Those that the list lacked, and whose pages are still there and not over."""
        reading = self.reading
        return [
            page
            for page in self.unshown
            if reading.has_listed(page.external_id) and page.external_id not in reading.over
        ]

    def end(self) -> None:
        """A list that shows less than before is not whole, until it has shown no more several times in a row."""
        lacking = self.unlisted()
        if not lacking:
            return
        shown = len(self.known) - len(self.unshown)
        line = f"the list links to {shown} pages where {shown + len(lacking)} were known: fewer than before; the others"
        line += " are still there and were read"
        if all(page.missed + 1 >= SETTLED for page in lacking):
            self.reading.remark(line)
        else:
            self.reading.stop(line)
