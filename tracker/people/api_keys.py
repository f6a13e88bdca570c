"""Keys of programs: made by a person for a while and for certain deeds, found by their hash, ended at any time."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from db.models import ApiKey, User
from db.vocabulary import ApiScope
from tracker.errors import Incomplete, NotFound, required
from tracker.people.access import hashed
from tracker.rights import Deed

MARK = "kr_"  # before each key, so that people and scanners of code know a key that leaked
LONGEST = timedelta(days=366)
MOST = 20  # keys of one person at a time


@dataclass(frozen=True)
class KeyHolder:
    """A key that is good now, and whose it is."""

    key: ApiKey
    user: User

    def may(self, scope: ApiScope) -> bool:
        """Whether the key was made for this."""
        return scope.value in self.key.scopes


def make_key(deed: Deed, name: str, scopes: Iterable[ApiScope], until: datetime) -> str:
    """A new key of this person; gives it as the program needs it, which is kept nowhere. Raises Incomplete."""
    named = required(name, "name", "Schrijf op voor welk programma de sleutel is.")
    wanted = sorted({scope.value for scope in scopes})
    if not wanted:
        raise Incomplete("Kies ten minste één ding dat de sleutel mag.", "scopes")
    if not deed.now < until <= deed.now + LONGEST:
        raise Incomplete("Een sleutel geldt ten hoogste een jaar, en minstens tot morgen.", "until")
    if len(keys_of(deed.session, deed.by, deed.now)) >= MOST:
        raise Incomplete(f"U heeft al {MOST} sleutels: beëindig er eerst een.", "name")
    token = MARK + secrets.token_urlsafe(32)
    row = ApiKey(
        token_hash=hashed(token), user_id=deed.by.id, name=named, scopes=wanted, created_at=deed.now, expires_at=until
    )
    deed.session.add(row)
    deed.session.flush()
    return token


def find_key(session: Session, token: str, now: datetime) -> KeyHolder | None:
    """The key and the person behind it, as both stand now; none where either has ended."""
    query = (
        select(ApiKey, User)
        .join(User, col(User.id) == col(ApiKey.user_id))
        .where(ApiKey.token_hash == hashed(token), col(ApiKey.ended_at).is_(None), col(ApiKey.expires_at) > now)
        .where(col(User.deactivated_at).is_(None))
    )
    row = session.exec(query).first()
    return KeyHolder(*row) if row else None


def keys_of(session: Session, user: User, now: datetime) -> list[ApiKey]:
    """The keys of a person that are good now, newest first."""
    good = select(ApiKey).where(ApiKey.user_id == user.id, col(ApiKey.ended_at).is_(None), col(ApiKey.expires_at) > now)
    return list(session.exec(good.order_by(col(ApiKey.id).desc())))


def end_key(deed: Deed, key_id: int) -> None:
    """End one's own key. Raises NotFound."""
    row = deed.session.get(ApiKey, key_id)
    if row is None or row.user_id != deed.by.id:
        raise NotFound
    row.ended_at = row.ended_at or deed.now
