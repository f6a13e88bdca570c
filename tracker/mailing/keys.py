"""The keys that sign links and name mails: from the settings, or made once and kept beside the data."""

import contextlib
import os
import secrets
import threading
from collections.abc import Sequence
from pathlib import Path

from tracker.settings import Settings

KEY_FILE = "secret.key"


def signing_keys(settings: Settings) -> tuple[bytes, ...]:
    """The first key signs; the others, older ones listed behind it, are still read.

    Without SECRET_KEY a key is made once and kept in DATA_DIR, readable by its owner only. Raises OSError when that
    cannot be done.
    """
    keys = settings.secret_key.get_secret_value().replace(",", " ").split()
    if keys:
        return tuple(key.encode() for key in keys)
    path = settings.data_dir / KEY_FILE
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _make(path, secrets.token_hex(32), over=False)
    return tuple(path.read_bytes().split())


def add_keys(settings: Settings, keys: Sequence[str]) -> bool:
    """Let these keys sign and read from now on, before those that are there: of a restored database its mails' names.

    False where SECRET_KEY is set and lacks one: a setting is not changed from here.
    """
    if settings.secret_key.get_secret_value():
        return {key.encode() for key in keys} <= set(signing_keys(settings))
    path = settings.data_dir / KEY_FILE
    there = [key.decode() for key in signing_keys(settings)] if path.exists() else []
    path.parent.mkdir(parents=True, exist_ok=True)
    _make(path, "\n".join(dict.fromkeys([*keys, *there])), over=True)
    return True


def _make(path: Path, content: str, over: bool) -> None:
    """Whole or not at all; where not ``over``, never over a key that another process made meanwhile."""
    part = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content.encode())
            file.flush()
            os.fsync(file.fileno())
        if over:
            part.replace(path)
        elif not path.exists():
            with contextlib.suppress(FileExistsError):
                os.link(part, path)
    finally:
        part.unlink(missing_ok=True)  # a full disk leaves nothing either
