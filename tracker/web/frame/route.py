"""One address: which handler answers, the lowest role that may come, and what a request must show."""

from dataclasses import dataclass
from enum import Enum, auto

from fastapi import APIRouter

from db.vocabulary import Role
from tracker.web.frame.context import Handler

PUBLIC = None
READER, FUNDRAISER, LOBBYIST, COORDINATOR, ADMINISTRATOR = Role


class Guard(Enum):
    """What a request that changes something must show."""

    TOKEN = auto()  # it comes from our page, and carries the session's token where somebody is signed in
    PAGE = auto()  # it comes from our page; a page that was opened before signing in has no token, and need not
    KEY = auto()  # a program with somebody's key, which browsers do not send by themselves
    NONE = auto()  # what carries a signature of its own: links from mails (RFC 8058), and what a provider says


@dataclass(frozen=True)
class Route:
    """An address; ``limit`` names the rule by which its requests are counted."""

    method: str
    path: str
    handler: Handler | APIRouter
    role: Role | None
    guard: Guard = Guard.TOKEN
    limit: str = ""
    audited: bool = False  # a GET that leaves a line in the audit log, and so needs to write
    bare: bool = False  # answers without the database: its handler must not ask it anything
    looks: bool = False  # a POST that keeps nothing, so that it holds up nobody who writes

    def __post_init__(self) -> None:
        if not self.limit:
            object.__setattr__(self, "limit", "read" if self.method == "GET" else "write")

    @property
    def writes(self) -> bool:
        """Whether the handler's transaction may write."""
        return (self.method != "GET" or self.audited) and not self.looks
