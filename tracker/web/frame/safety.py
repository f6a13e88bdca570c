"""What keeps the pages safe before a handler runs: headers on every answer, foreign requests refused, limits."""

import math
import re
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# internet.nl's rules for a policy (checks/tasks/http_headers.py, read 2026-11-23): no unsafe-*, no wildcard, no data:,
# default-src 'none' or 'self', frame-src and frame-ancestors present.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
    )
)
# A mail brings its own styles, in attributes, as every mail does; it stands in a frame that runs nothing.
WITH_MAIL = {"Content-Security-Policy": POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")}
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    # same-origin, not no-referrer: with the latter browsers send "Origin: null" along with our own forms.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
# No text of ours holds these: PostgreSQL takes no NUL, no file format takes the others, and what turns the direction of
# reading makes a line say something else than it holds. Tab and line ends stay.
CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
CONTROL_IN_QUERY = re.compile(
    rb"[\x00-\x1f\x7f]|%(?:0[0-8bcef]|1[0-9a-f]|7f|c2%8[0-46-9a-f]|c2%9[0-9a-f]|e2%80%a[a-e]|e2%81%a[6-9])",
    re.IGNORECASE,
)
ZERO_WIDTH = re.compile(r"[\u00ad\u180e\u200b-\u200f\u2060-\u2064\ufeff]")
MOST_BYTES = 2 * 1024 * 1024
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
HOME = re.compile(r"/(?:[a-zA-Z0-9][a-zA-Z0-9/_.\-]*)?(?:\?[a-zA-Z0-9_.\-=&%+~,:]*)?")


class SafeAnswers:
    """Adds the headers to every answer of the application, errors and files included; outermost of all."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
                if "server" in headers:
                    del headers["server"]
            await send(message)

        await self.app(scope, receive, send_safely)


class PlainCharacters:
    """Control characters never reach a handler: in a query they are dropped, an address with one is nobody's."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            query = CONTROL_IN_QUERY.sub(b"", scope.get("query_string", b""))
            scope = {**scope, "path": CONTROL.sub("\ufffd", scope["path"]), "query_string": query}
        await self.app(scope, receive, send)


def plain(text: str) -> str:
    """A typed text without control characters, and nothing where none of it can be seen.

    A line end that came as one strange character is a line end.
    """
    kept = CONTROL.sub("", text.replace("\x85", "\n"))
    return "" if ZERO_WIDTH.search(kept) and not ZERO_WIDTH.sub("", kept).strip() else kept


def is_ours(headers: Headers, base_url: str) -> bool:
    """Whether a request that changes something comes from a page of ours.

    Browsers say so in Sec-Fetch-Site; older ones in Origin. A request with neither is not from a page.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    return origin is not None and origin == "{0.scheme}://{0.netloc}".format(urlsplit(base_url))


def home_path(path: str | None) -> str:
    """A path on this site to go to, or the start page where it is anything else ("//e.nl", "/\\e.nl", "https:e.nl")."""
    return path if path and HOME.fullmatch(path) else "/"


# rule -> how many requests, in how many seconds, of one browser that is signed in, or else of one network address
RULES = {"read": (600, 60.0), "write": (120, 60.0), "sign-in": (400, 600.0)}
OFFICE = 20  # times as much for one network address, behind which a whole office may sit that is signed in
MOST_ADDRESSES = 50_000


class Limits:
    """How many requests one person and one network address may make in a while; kept in memory, per process.

    A person is a session's cookie, whether it is any good or not: who makes cookies up stays within what one address
    may ask for an office.
    """

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._seen: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()

    def allows(self, rule: str, address: str, cookie: str = "") -> bool:
        """Count this request, unless its sender or the network address has had its share."""
        most, window = RULES[rule]
        if not cookie:
            return self._counted(f"{rule} of", address, most, window)
        within = self._counted(f"{rule} of office", address, most * OFFICE, window)
        return within and self._counted(rule, f"{address} {hash(cookie)}", most, window)

    def standing(self, rule: str, address: str, cookie: str = "") -> tuple[int, int, int]:
        """How many may be asked in a window, how many are left, and in how many seconds the next one comes free."""
        most, window = RULES[rule]
        key = (rule, f"{address} {hash(cookie)}") if cookie else (f"{rule} of", address)
        times = self._seen.get(key, deque())
        oldest = times[0] + window - self._seconds() if times else 0
        return most, max(0, most - len(times)), max(0, math.ceil(oldest))

    def _counted(self, rule: str, who: str, most: int, window: float) -> bool:
        now = self._seconds()
        times = self._seen.setdefault((rule, who), deque())
        self._seen.move_to_end((rule, who))
        while times and times[0] <= now - window:
            times.popleft()
        while len(self._seen) > MOST_ADDRESSES:
            self._seen.popitem(last=False)
        if len(times) >= most:
            return False
        times.append(now)
        return True
