"""Every address: each wing lists its own, with handler and the lowest role that may come. Paths are screen: Dutch."""

from tracker.web import public, search, today
from tracker.web.account import addresses as account
from tracker.web.api import addresses as api
from tracker.web.applications import addresses as applications
from tracker.web.calendar import addresses as calendar
from tracker.web.calls import addresses as calls
from tracker.web.care import addresses as care
from tracker.web.challenges import addresses as challenges
from tracker.web.documents import addresses as documents
from tracker.web.frame.route import PUBLIC, READER, Route
from tracker.web.knowledge import addresses as knowledge
from tracker.web.lobby import addresses as lobby
from tracker.web.mailing import addresses as mailing
from tracker.web.network import addresses as network
from tracker.web.people import addresses as people
from tracker.web.review import addresses as review
from tracker.web.sources import addresses as sources

ROUTES: list[Route] = [
    Route("GET", "/", today.show, READER),
    Route("GET", "/zoeken", search.show, READER),
    *people.ROUTES,
    *calls.ROUTES,
    *challenges.ROUTES,
    *sources.ROUTES,
    *account.ROUTES,
    *care.ROUTES,
    *knowledge.ROUTES,
    *network.ROUTES,
    *lobby.ROUTES,
    *documents.ROUTES,
    *applications.ROUTES,
    *mailing.ROUTES,
    *calendar.ROUTES,
    *review.ROUTES,
    *api.ROUTES,  # for other programs: FastAPI's router answers them
    # for everybody
    Route("GET", "/toegankelijkheid", public.accessibility, PUBLIC),
    Route("GET", "/toetsen", public.keyboard, PUBLIC),
    Route("GET", "/privacy", public.privacy, PUBLIC),
    Route("GET", "/.well-known/security.txt", public.security_txt, PUBLIC),
    Route("GET", "/robots.txt", public.robots, PUBLIC, bare=True),
    Route("GET", "/health/live", public.live, PUBLIC, bare=True),
    Route("GET", "/health/ready", public.ready, PUBLIC),
    Route("GET", "/metrics", public.metrics, PUBLIC),
]
