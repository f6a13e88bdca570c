"""Before a call is taken for gone: ask its source for that one call, where the source can be asked."""

from collections.abc import Iterable, Iterator

from scrapy import Request
from scrapy.http import TextResponse

from scrapers.pages import PageReading

MOST_ASKED = 50  # a crawl; the others are not gone before a later crawl asked for them
NO_SUCH_PAGE = [404, 410]


class Asking:
    """Knows which calls the source was to be asked for, and of which it did not say that they are gone.

    ``absentees``: id and page of the calls that would be gone if the list lacks them once more. ``fewest``: with less
    in the list the crawl will not count as complete, so nothing can be gone and nothing needs asking.
    """

    def __init__(self, reading: PageReading, absentees: Iterable[tuple[str, str]], fewest: int = 0) -> None:
        self.reading, self.source, self.fewest = reading, reading.source, fewest
        self.absentees = tuple(absentees)
        self.unconfirmed = {external_id for external_id, _ in self.absentees}

    def requests(self) -> Iterator[Request]:
        """What to ask, once the list was read."""
        reading = self.reading
        whole = not reading.stopped and not self.source.why_incomplete()
        if not whole or reading.listed + reading.unread < self.fewest:
            return
        left = MOST_ASKED
        for external_id, url in self.absentees:
            request = None if reading.has_listed(external_id) else self.source.ask_for(external_id, url)
            if request is None:
                self.unconfirmed.discard(external_id)
            elif left:
                left -= 1
                request.meta.update(absentee=external_id, handle_httpstatus_list=NO_SUCH_PAGE)
                yield request

    def hear(self, page: TextResponse, external_id: str) -> None:
        """What the source says of this call; what is neither the call nor a clear no leaves it as it is."""
        if page.status in NO_SUCH_PAGE or self.reading.take_answer(page, external_id):
            self.unconfirmed.discard(external_id)
