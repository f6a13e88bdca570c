"""The addresses of sources."""

from tracker.web.frame.route import ADMINISTRATOR, COORDINATOR, PUBLIC, READER, Route
from tracker.web.sources import own_pages, sources

ROUTES: list[Route] = [
    Route("GET", "/bronnen", sources.index, READER),
    Route("GET", "/bronnen.{form:file}", sources.as_file, READER),
    Route("GET", "/bronnen/nieuw", own_pages.new, ADMINISTRATOR),
    Route("POST", "/bronnen/nieuw", own_pages.look_first, ADMINISTRATOR, looks=True),
    Route("POST", "/bronnen/toevoegen", own_pages.add, ADMINISTRATOR),
    Route("GET", "/bronnen/{source}", sources.show, READER),
    Route("GET", "/bronnen/{source}/beheren", own_pages.rest, ADMINISTRATOR),
    Route("POST", "/bronnen/{source}/proef", own_pages.try_it, ADMINISTRATOR, looks=True),
    Route("POST", "/bronnen/{source}/stil", own_pages.put_to_rest, ADMINISTRATOR),
    Route("POST", "/bronnen/{source}/hervatten", own_pages.wake, ADMINISTRATOR),
    Route("POST", "/bronnen/{source}/weg", own_pages.retire, ADMINISTRATOR),
    Route("POST", "/bronnen/{source}/vrijgeven", sources.let_through, COORDINATOR),
    Route("GET", "/actualiteit", sources.freshness, PUBLIC),
]
