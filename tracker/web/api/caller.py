"""Who asks: everybody, for what is public; else a program with somebody's key. A cookie opens nothing here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from sqlmodel import Session

from db.models import ApiKey, User
from db.queries import Viewer
from db.session import reading, writing
from db.vocabulary import ApiScope
from tracker.clock import Now
from tracker.people.api_keys import KeyHolder, find_key
from tracker.rights import viewer_of
from tracker.settings import Settings
from tracker.web.api.routing import ALLOWANCE
from tracker.web.frame.request_log import NOTES
from tracker.web.frame.site import Site

NO_KEY = {"WWW-Authenticate": "Bearer"}
BAD_KEY = {"WWW-Authenticate": 'Bearer error="invalid_token"'}


@dataclass(frozen=True)
class Caller:
    """Who asks, when, the transaction to read in, and the settings that say which sources are on."""

    session: Session
    now: Now
    settings: Settings
    holder: KeyHolder | None = None

    @property
    def viewer(self) -> Viewer:
        """The person behind the key, or the public."""
        return viewer_of(self.holder.user) if self.holder else Viewer()

    @property
    def user(self) -> User:
        """The person; only where a key is asked for."""
        assert self.holder is not None
        return self.holder.user


def key_in(request: Request) -> str:
    """The key that a request shows; an Authorization of another kind is refused."""
    shown = request.headers.get("authorization", "")
    kind, _, key = shown.partition(" ")
    if shown and (kind.casefold() != "bearer" or not key.strip()):
        raise HTTPException(401, headers=BAD_KEY)
    return key.strip()


def counted(request: Request) -> None:
    """One more request from there, of this program; what is left stands in the answer."""
    origin = request.client.host if request.client else "unknown"
    rule = "read" if request.method in ("GET", "HEAD") else "write"
    key = request.headers.get("authorization", "")
    limits = request.app.state.limits
    request.scope.setdefault(NOTES, {})["route"] = request.scope["route"].path
    allowed = limits.allows(rule, origin, key)
    most, left, seconds = limits.standing(rule, origin, key)
    told = {"RateLimit-Limit": f"{most}", "RateLimit-Remaining": f"{left}", "RateLimit-Reset": f"{seconds}"}
    request.scope[ALLOWANCE] = told
    if not allowed:
        raise HTTPException(429, headers={"Retry-After": f"{max(1, seconds)}", **told})


def holder_of(request: Request, session: Session, now: Now) -> KeyHolder | None:
    """Whose key a request shows; none where it shows none, a 401 where that is not good."""
    shown = key_in(request)
    if not shown:
        return None
    holder = find_key(session, shown, now.instant)
    if holder is None:
        raise HTTPException(401, headers=BAD_KEY)
    request.scope[NOTES]["actor"] = holder.user.id
    return holder


def must_hold(holder: KeyHolder | None, scope: ApiScope) -> KeyHolder:
    """The holder of a key that was made for this; a 401 where none was shown, a 403 for another key."""
    if holder is None:
        raise HTTPException(401, headers=NO_KEY)
    if not holder.may(scope):
        raise HTTPException(403, f"De sleutel is niet gemaakt voor: {scope.label}.")
    return holder


def anybody(request: Request) -> Iterator[Caller]:
    """Who reads; the transaction ends before the answer leaves."""
    site: Site = request.app.state.site
    now = site.clock.now()
    with reading(site.engine) as session:
        holder = holder_of(request, session, now)
        if holder is not None:
            note_use(site, holder.key, now)
        yield Caller(session, now, site.settings, holder)


AnyCaller = Annotated[Caller, Depends(anybody, scope="function")]


def with_key(scope: ApiScope) -> Callable[[Caller], Caller]:
    """Who has a key for this."""

    def known(caller: AnyCaller) -> Caller:
        must_hold(caller.holder, scope)
        return caller

    return known


KeyReader = Annotated[Caller, Depends(with_key(ApiScope.READ))]


def note_use(site: Site, key: ApiKey, now: Now) -> None:
    """Once a day: its owner sees whether a key is still used. In a transaction of its own, since readers only read."""
    if key.used_on == now.today:
        return
    with writing(site.engine) as session:
        row = session.get(ApiKey, key.id)
        if row is not None:
            row.used_on = now.today
