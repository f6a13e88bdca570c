"""Links that act for one person without signing in: signed, for one purpose, and good for nothing else."""

import hmac
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from notifications.message import sealed

EPOCH = date(2026, 1, 1)
DECIDING = timedelta(days=60)  # how long a verdict can be given from a mail
SEAL = 24  # characters of base 32: 120 bits
VERDICT, DOUBT = "oordeel", "klopt-niet"  # what a link about a call is good for
ROUND = "afstemming"
ALL, REMINDERS = "alles", "herinneringen"
SIGN_IN_PLACE = "hier-komt-de-sleutel"  # where the secret of a sign-in link stands in a mail as it is kept


@dataclass(frozen=True)
class DecisionLink:
    """Who may say something of which call, and the day (UTC) on which the mail with it was written."""

    user_id: int
    call_id: int
    written: date


@dataclass(frozen=True)
class LeavingLink:
    """Who leaves what: subscriptions by id, or everything, or reminders only."""

    user_id: int
    subscriptions: tuple[int, ...] = ()
    what: str = ""


@dataclass(frozen=True)
class AnswerLink:
    """Who answers for a party: a person of ours in a round, or whoever was invited at an address; the other is 0."""

    round_id: int
    member_id: int
    user_id: int = 0
    invitation_id: int = 0


@dataclass(frozen=True)
class Links:
    """Makes and reads links. The first key signs; older ones are still read, so that links outlive a rotation."""

    base_url: str
    keys: tuple[bytes, ...]

    def page(self, path: str) -> str:
        """An address of ours, from the configured base: no request can change it."""
        return f"{self.base_url.rstrip('/')}{path}"

    def decision(self, user_id: int, call_id: int, now: datetime, purpose: str = VERDICT) -> str:
        """The token with which this person may judge this call, or doubt what is shown of it, for 60 days."""
        return self._signed(purpose, f"{user_id}-{call_id}-{_last_day(now)}")

    def read_decision(self, token: str, now: datetime, purpose: str = VERDICT) -> DecisionLink | None:
        """Whose link it is and for which call; none when forged, expired or made for something else."""
        content = self._read(purpose, token)
        if content is None:
            return None
        user_id, call_id, last = (int(part) for part in content.split("-"))
        if (now.astimezone(UTC).date() - EPOCH).days > last:
            return None
        return DecisionLink(user_id, call_id, EPOCH + timedelta(days=last) - DECIDING)

    def leaving(self, user_id: int, subscriptions: tuple[int, ...] = (), what: str = "") -> str:
        """The token with which this person leaves these subscriptions (or ALL, or REMINDERS). It never expires."""
        scope = what or "+".join(str(number) for number in sorted(subscriptions))
        return self._signed("afmelden", f"{user_id}-{scope}")

    def read_leaving(self, token: str) -> LeavingLink | None:
        """Who leaves what; none when forged."""
        content = self._read("afmelden", token)
        if content is None:
            return None
        user_id, _, scope = content.partition("-")
        if scope in (ALL, REMINDERS):
            return LeavingLink(int(user_id), what=scope)
        return LeavingLink(int(user_id), tuple(int(number) for number in scope.split("+") if number))

    def sign_in_token(self, mail_key: str) -> str:
        """The secret of the link in this mail: made from our key, so that no table and no backup holds it."""
        return sealed(self.keys[0], "inloggen", mail_key)

    def completed(self, mail_key: str, text: str) -> str:
        """A mail's text as it leaves: with the secret of its sign-in link, where it has one."""
        return text.replace(SIGN_IN_PLACE, self.sign_in_token(mail_key)) if SIGN_IN_PLACE in text else text

    def answering(self, link: AnswerLink) -> str:
        """The token with which a sign-off round is answered; how long it works is for the round to say."""
        return self._signed(ROUND, f"{link.round_id}-{link.member_id}-{link.user_id}-{link.invitation_id}")

    def read_answering(self, token: str) -> AnswerLink | None:
        """Who answers which round for whom; none when forged or made for something else."""
        content = self._read(ROUND, token)
        return AnswerLink(*(int(part) for part in content.split("-"))) if content else None

    def _signed(self, purpose: str, content: str) -> str:
        return f"{content}.{sealed(self.keys[0], purpose, content)[:SEAL]}"

    def _read(self, purpose: str, token: str) -> str | None:
        content, _, seal = token.rpartition(".")
        if not token.isascii():  # compare_digest takes no other texts
            return None
        good = any(hmac.compare_digest(sealed(key, purpose, content)[:SEAL], seal) for key in self.keys)
        return content if content and good else None


@lru_cache(maxsize=16)
def _last_day(now: datetime) -> int:
    """The last day of a link made now, in days since EPOCH; asked for each link of each mail."""
    return (now.astimezone(UTC).date() + DECIDING - EPOCH).days
