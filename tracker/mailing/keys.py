"""The keys that sign links and name mails: from the settings, or made once and kept beside the data."""

import os
import secrets

from tracker.settings import Settings


def signing_keys(settings: Settings) -> tuple[bytes, ...]:
    """The first key signs; the others, older ones listed behind it, are still read.

    Without SECRET_KEY a key is made once and kept in DATA_DIR, readable by its owner only. Raises OSError when that
    cannot be done.
    """
    keys = settings.secret_key.get_secret_value().replace(",", " ").split()
    if keys:
        return tuple(key.encode() for key in keys)
    path = settings.data_dir / "secret.key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _make(path.with_suffix(f".{os.getpid()}"), path)
    return (path.read_bytes().strip(),)


def _make(part: os.PathLike[str], path: os.PathLike[str]) -> None:
    """Whole or not at all, and never over a key that another process made meanwhile."""
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_hex(32).encode())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(part, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(part)
