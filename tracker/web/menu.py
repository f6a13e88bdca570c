"""The main menu: what of the addresses stands above every page, for who may go there."""

from functools import cache

from db.rights import RANK
from db.vocabulary import Role
from tracker.web.routes import ROUTES

# The main menu, in this order; an entry shows where there is such an address and the viewer may go there.
MENU = (
    ("/", "Vandaag"),
    ("/regelingen", "Regelingen"),
    ("/beoordelen", "Beoordelen"),
    ("/opgaven", "Opgaven"),
    ("/aanvragen", "Aanvragen"),
    ("/dossiers", "Dossiers"),
    ("/kalender", "Kalender"),
    ("/overleg", "Overleg"),
    ("/netwerk", "Netwerk"),
    ("/kennishuis", "KennisHuis"),
    ("/bronnen", "Bronnen"),
    ("/abonnementen", "Abonnementen"),
    ("/beheer", "Beheer"),
)


@cache
def menu_for(role: Role | None) -> tuple[tuple[str, str], ...]:
    """The menu entries somebody with this role sees; looked for once a role, among some hundreds of addresses."""
    rank = -1 if role is None else RANK[role]
    open_to = {r.path for r in ROUTES if r.method == "GET" and (r.role is None or RANK[r.role] <= rank)}
    return tuple((path, text) for path, text in MENU if path in open_to)
