"""Followed calls that vanished, closed early or were withdrawn at their source, or came back: told in a working day.

A digest may be a week away; who works on an application must know the next morning, and who stopped working on it, too.
"""

from collections.abc import Iterable
from datetime import datetime

from db.status import STANDING_WORDS
from db.vocabulary import DUE_KINDS, Status, ToldKind
from notifications import due_today
from notifications.catalogue import CatalogueCall, Change
from notifications.changes_since import DATE_FIELDS
from notifications.digest import Item
from notifications.due_today import DueCall
from notifications.news import Memory, news_of
from notifications.wording import local_day


def vanished(call: CatalogueCall, memory: Memory, now: datetime) -> DueCall | None:
    """What to say of a followed call that is no longer to be had; none where it is, or where that was told. Pure."""
    kind, changes = news_of(call, memory, now, only_followed=True)
    if kind is not ToldKind.GONE and not (kind is ToldKind.CHANGED and _ended_early(call, changes, now)):
        return None
    return due_today.vanished(Item(call, kind, followed=True, changes=changes))


def returned(call: CatalogueCall, memory: Memory, now: datetime) -> DueCall | None:
    """What to say of a followed call that is to be had again after a mail told that it was not; else none. Pure."""
    lost = memory.lost_as(call.id)
    if not lost or call.gone_on is not None or not call.is_news:
        return None
    _, changes = news_of(call, memory, now, only_followed=True)
    return due_today.returned(Item(call, ToldKind.CHANGED, followed=True, changes=changes), lost)


def _ended_early(call: CatalogueCall, changes: Iterable[Change], now: datetime) -> bool:
    """Whether it closed before its day, or its day was moved into the past; what closes on its day does so quietly."""
    if call.status in STANDING_WORDS:
        return False
    to_come = any(due.kind in DUE_KINDS and due.over_at is not None and due.over_at > now for due in call.dates)
    olds = [row.get("day") or "" for change in changes if change.field in DATE_FIELDS for row in change.old or ()]
    moved = any(day >= local_day(now).isoformat() for day in olds)
    return to_come or moved or call.status is not Status.CLOSED
