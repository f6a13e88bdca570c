"""Read the mailbox where bounces arrive: over IMAP, or a folder of files; each is read once and answered never."""

import contextlib
import imaplib
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import Engine

from db.session import writing
from notifications.bounces import MOST_BYTES, BounceEnd, note_bounce, read_report
from tracker.errors import CommandFailed
from tracker.mailing.keys import signing_keys
from tracker.settings import Settings

MOST_AT_ONCE = 200
PATIENCE = 30  # seconds
Tally = Counter[BounceEnd]
Read = Callable[[bytes], None]


def read_bounces(settings: Settings, engine: Engine, now: datetime) -> Tally:
    """Read what arrived since the last time. CommandFailed where the mailbox cannot be read."""
    tally: Tally = Counter()

    def read(content: bytes) -> None:
        tally[take_bounce(settings, engine, content, now)] += 1

    if settings.bounces_url and "{token}" in settings.mail_bounces:
        try:
            _read_all(settings.bounces_url, read)
        except (OSError, imaplib.IMAP4.error) as error:
            where = urlsplit(settings.bounces_url)
            raise CommandFailed(f"cannot read bounces at {where.hostname or where.path}: {error}") from error
    return tally


def take_bounce(settings: Settings, engine: Engine, content: bytes, now: datetime) -> BounceEnd:
    """Count one message that arrived for MAIL_BOUNCES."""
    report = read_report(content, settings.mail_bounces)
    with writing(engine) as session:
        return note_bounce(session, report, signing_keys(settings), now)


def _read_all(url: str, read: Read) -> None:
    where = urlsplit(url)
    if where.scheme == "file":
        return _read_folder(Path(where.netloc + unquote(where.path)), read)
    client = _connected(str(where.hostname), where.port, where.scheme == "imaps")
    try:
        client.login(unquote(where.username or ""), unquote(where.password or ""))
        _read_box(client, unquote(where.path).strip("/") or "INBOX", read)
    finally:
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            client.logout()
    return None


def _connected(host: str, port: int | None, secure: bool) -> imaplib.IMAP4:
    """The standard library checks no certificate here unless it is told to, and a password follows."""
    if not secure:
        return imaplib.IMAP4(host, port or 143, timeout=PATIENCE)
    return imaplib.IMAP4_SSL(host, port or 993, ssl_context=ssl.create_default_context(), timeout=PATIENCE)


def _read_box(client: Any, name: str, read: Read) -> None:
    """Every unread message; it is marked after it was counted, so that what breaks off is read again."""
    client.select(f'"{name}"')
    for number in _unread(client):
        read(_content(client, number))
        client.store(number, "+FLAGS", r"(\Seen)")


def _unread(client: Any) -> list[str]:
    _, found = client.search(None, "UNSEEN")
    return [number.decode() for number in (found[0] or b"").split()][:MOST_AT_ONCE]


def _content(client: Any, number: str) -> bytes:
    _, parts = client.fetch(number, f"(BODY.PEEK[]<0.{MOST_BYTES}>)")
    return next((bytes(part[1]) for part in parts if isinstance(part, tuple)), b"")


def _read_folder(folder: Path, read: Read) -> None:
    """Files that a mail server puts there; a Maildir's ``new`` will do. What was read moves to the folder ``read``."""
    done = folder / "read"
    for path in _waiting(folder):
        with path.open("rb") as file:
            read(file.read(MOST_BYTES))
        done.mkdir(exist_ok=True)
        path.replace(done / path.name)


def _waiting(folder: Path) -> Iterator[Path]:
    return iter(sorted(path for path in folder.iterdir() if path.is_file())[:MOST_AT_ONCE])
