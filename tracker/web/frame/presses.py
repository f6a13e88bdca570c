"""Presses of buttons: every form of ours carries a mark, so that one press counts once and outlives the sign-in.

The mark says for whom the page was made and is sealed, so that only our own pages have one; it stands behind the token.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlmodel import Session, col, delete, select
from starlette.datastructures import FormData, Headers
from starlette.responses import RedirectResponse, Response

from db.models import KeptForm, Press
from notifications.message import sealed
from tracker.web.frame.context import KEPT

PURPOSE = "press"
MOST_KEPT, MOST_CHARACTERS = 5, 200_000
NOBODY = 0
Fields = list[tuple[str, str]]


@dataclass(frozen=True)
class Mark:
    """What a form of ours carries beside what was typed: the session's token, for whom its page was made, and once."""

    token: str
    user_id: int
    once: str

    def sealed(self, keys: Iterable[bytes]) -> str:
        """As it stands in the form."""
        said = f"{self.user_id}.{self.once}"
        return f"{self.token}.{said}.{sealed(next(iter(keys)), PURPOSE, said)}"


def new_mark(token: str, user_id: int | None) -> Mark:
    """For one rendering of a page; NOBODY where nobody is signed in."""
    return Mark(token, user_id or NOBODY, secrets.token_hex(9))


def read_mark(text: object, keys: Iterable[bytes]) -> Mark | None:
    """The mark in a form; none where it lacks, or is none of ours."""
    parts = text.split(".") if isinstance(text, str) and text.isascii() else []
    if len(parts) != 4 or not parts[1].isdecimal():
        return None
    token, user_id, once, seal = parts
    good = any(hmac.compare_digest(sealed(key, PURPOSE, f"{user_id}.{once}"), seal) for key in keys)
    return Mark(token, int(user_id), once) if good else None


def token_of(text: object) -> str:
    """The session's token alone, of what a form or a script sent."""
    return text.partition(".")[0] if isinstance(text, str) else ""


def key_of(mark: Mark, path: str, form: FormData) -> str:
    """One press: this page, this address, these fields. The same page sent with other words is another press."""
    fields = "\x00".join(f"{name}\x01{value}" for name, value in typed_fields(form))
    return hashlib.sha256("\x00".join((mark.once, path, fields)).encode()).hexdigest()


def typed_fields(form: FormData) -> Fields:
    """The fields of a form as text, without its mark; a file counts by its name and size."""
    pairs = [(name, value) for name, value in form.multi_items() if name != "csrf"]
    return [(n, v if isinstance(v, str) else f"{v.filename} {v.size}") for n, v in pairs]


def once(session: Session, key: str, now: datetime, back: str, act: Callable[[], Response]) -> Response:
    """Do it, unless this very press was done: then go where that one led, or ``back``.

    The row is there before the deed, so that a second press at the same moment waits for the first. What was refused,
    or only looked at, is not remembered.
    """
    known = session.get(Press, key)
    if known is not None:
        return RedirectResponse(known.landed or back, 303, headers={"Cache-Control": "no-store"})
    press = Press(key=key, at=now)
    session.add(press)
    session.flush()
    answer = act()
    if answer.status_code == 303:
        press.landed = answer.headers["location"]
    elif KEPT not in answer.headers:
        session.delete(press)
    return answer


def keep(session: Session, mark: Mark, path: str, form: FormData, now: datetime) -> bool:
    """Keep what somebody typed whose sign-in ran out; the last few, of a bounded size. Files are not kept."""
    fields = [(n, v) for n, v in form.multi_items() if n != "csrf" and isinstance(v, str)]
    if not fields or sum(len(v) for _, v in fields) > MOST_CHARACTERS:
        return False
    session.add(KeptForm(user_id=mark.user_id, path=path, fields=[list(pair) for pair in fields], at=now))
    session.flush()
    mine = select(KeptForm.id).where(KeptForm.user_id == mark.user_id).order_by(col(KeptForm.id).desc())
    session.exec(delete(KeptForm).where(col(KeptForm.id).in_(session.exec(mine.offset(MOST_KEPT)).all())))
    return True


def page_behind(headers: Headers) -> str:
    """The page on which the form stood, by its path; the start page where that is not said."""
    return urlsplit(headers.get("referer", "")).path or "/"
