"""Post what is broken, and that it is over, to a webhook: signed, once each, only to an address that may be reached.

So that somebody hears of it when mail itself is down. What could not be posted is tried again each minute for a week.
"""

import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Engine
from sqlmodel import Session, select

from db.leases import release, take, this_process
from db.models import Alert, Run
from db.session import reading, writing
from notifications.alerts import recent_alerts
from scrapers.outgoing import Outgoing
from tracker.settings import Settings
from tracker.watch.kinds import kind_of, what_of

JOB = "webhook"
PATIENCE = 10  # seconds
SIGNATURE = "X-Kansenradar-Signature"


@dataclass(frozen=True)
class Webhook:
    """Where to post, the key that signs (none: unsigned), and how this installation goes out."""

    url: str
    key: str = ""
    outgoing: Outgoing = field(default_factory=Outgoing)

    @classmethod
    def of(cls, settings: Settings) -> "Webhook | None":
        """The webhook of the settings, where there is one."""
        if not settings.alert_webhook:
            return None
        return cls(settings.alert_webhook, settings.alert_webhook_key.get_secret_value(), settings.outgoing)


Post = Callable[[Webhook, bytes, dict[str, str]], None]


def post_by_setting(settings: Settings, engine: Engine, now: datetime) -> int:
    """``post_due`` to the webhook of the settings; nothing where there is none. Raises OSError where it fails."""
    webhook = Webhook.of(settings)
    return post_due(engine, webhook, settings.base_url, now) if webhook else 0


def post_due(engine: Engine, webhook: Webhook, site: str, now: datetime, send: "Post | None" = None) -> int:
    """Post what began and ended and was not posted yet, oldest first; how many. Raises OSError where it fails."""
    with reading(engine) as session:
        if not list(_due(session, now)):
            return 0
    with writing(engine) as session:
        epoch = take(session, JOB, this_process())
    if epoch is None:
        return 0
    try:
        return _post_all(engine, webhook, site, now, send or post)
    finally:
        with writing(engine) as session:
            release(session, JOB, epoch)


def _post_all(engine: Engine, webhook: Webhook, site: str, now: datetime, send: Post) -> int:
    with reading(engine) as session:
        due = list(_due(session, now))
    for alert, over in due:
        body = json.dumps(_said(alert, over, site), ensure_ascii=False).encode()
        send(webhook, body, signed(webhook, body, now))
        with writing(engine) as session:
            session.add(Run.done(JOB, _slot(alert, over), now))
    return len(due)


def _due(session: Session, now: datetime) -> Iterator[tuple[Alert, bool]]:
    """Alerts whose begin or end is to be posted; what began and ended unposted is posted twice, in that order."""
    posted = set(session.exec(select(Run.slot).where(Run.job == JOB)))
    for alert in recent_alerts(session, now):
        if kind_of(alert.key) is not None:
            ways = (False, True) if alert.ended_at else (False,)
            yield from ((alert, over) for over in ways if _slot(alert, over) not in posted)


def _slot(alert: Alert, over: bool) -> str:
    return f"{alert.id}:{'over' if over else 'began'}"


def _said(alert: Alert, over: bool, site: str) -> dict[str, Any]:
    kind, what = kind_of(alert.key), what_of(alert.key)
    assert kind is not None
    return {
        "id": alert.id, "event": "over" if over else "began", "key": alert.key,
        "title": kind.over_with(what) if over else kind.began_with(what), "line": alert.line,
        "since": alert.since.isoformat(), "ended_at": alert.ended_at.isoformat() if over and alert.ended_at else None,
        "site": site,
    }  # fmt: skip


def signed(webhook: Webhook, body: bytes, now: datetime) -> dict[str, str]:
    """The headers, with ``t=<unix seconds>,v1=<hex HMAC-SHA-256 of "t.body">``: an old one cannot be played again."""
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Kansenradar"}
    if webhook.key:
        at = str(int(now.timestamp()))
        seal = hmac.new(webhook.key.encode(), at.encode() + b"." + body, "sha256").hexdigest()
        headers[SIGNATURE] = f"t={at},v1={seal}"
    return headers


def post(webhook: Webhook, body: bytes, headers: dict[str, str]) -> None:
    """One request to an address that may be reached; a redirect is not followed. Raises OSError."""
    status, _ = webhook.outgoing.ask(webhook.url, body, headers, PATIENCE)
    if not 200 <= status < 300:
        raise OSError(f"webhook {urlsplit(webhook.url).hostname} answered {status}")
