"""What the machine says: room on its disks, who may read our files, the certificate of our site."""

import shutil
import socket
import ssl
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url

from tracker.settings import LOCAL_HOSTS, Settings

LOCKED_ON = Path(__file__).parent / "locked_on.txt"  # `make lock` writes the day
PATIENCE = 5  # seconds
OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True)
class Disk:
    """A disk that holds data of ours; bytes."""

    folder: Path
    free: int
    total: int


@dataclass(frozen=True)
class Machine:
    """What was found on this machine. ``certificate``: until when it is valid; ``invalid``: why it is not trusted.

    ``name``: which machine, where there may be several on one database.
    """

    disks: tuple[Disk, ...] = ()
    open_files: tuple[Path, ...] = ()
    locked_on: date | None = None
    certificate: datetime | None = None
    invalid: str = ""
    asked_certificate: bool = False
    name: str = ""


def read_machine(settings: Settings, certificate: bool = False) -> Machine:
    """Look at disks and files, and at our own site where ``certificate`` is asked for (up to five seconds)."""
    until, invalid = read_certificate(settings.base_url) if certificate else (None, "")
    folders = data_folders(settings)
    return Machine(
        tuple(_disk(folder) for folder in folders if folder.is_dir()), tuple(open_files(folders)), locked_on(), until,
        invalid, certificate, "" if settings.database.startswith("sqlite") else socket.gethostname(),
    )  # fmt: skip


def data_folders(settings: Settings) -> list[Path]:
    """Where files of ours lie: the data folder, and that of a SQLite database elsewhere."""
    url = make_url(settings.database)
    file = Path(url.database).parent if url.get_backend_name() == "sqlite" and url.database else settings.data_dir
    return list(dict.fromkeys([settings.data_dir.resolve(), file.resolve()]))


def _disk(folder: Path) -> Disk:
    usage = shutil.disk_usage(folder)
    return Disk(folder, usage.free, usage.total)


def open_files(folders: Iterable[Path]) -> list[Path]:
    """Files of ours that others on this machine can read: in a folder that they can enter, with bits for them."""
    entered = [folder for folder in folders if folder.is_dir() and folder.stat().st_mode & OTHERS]
    return [path for folder in entered for path in our_files(folder) if path.stat().st_mode & OTHERS]


def our_files(folder: Path) -> list[Path]:
    """The files that hold what is not for everybody: databases, keys, mails and backups."""
    patterns = ("*.db", "*.db-wal", "*.db-shm", "secret.key", "instance.json", "mail/*.eml", "backups/*")
    return sorted(path for pattern in patterns for path in folder.glob(pattern) if path.is_file())


def close_files(folders: Iterable[Path]) -> int:
    """Take from others what they can read of ours; how many files."""
    found = open_files(folders)
    for path in found:
        path.chmod(path.stat().st_mode & ~OTHERS)
    return len(found)


def locked_on() -> date | None:
    """The day on which the versions of what we use were chosen."""
    try:
        return date.fromisoformat(LOCKED_ON.read_text("utf-8").strip())
    except (OSError, ValueError):
        return None


def read_certificate(base_url: str) -> tuple[datetime | None, str]:
    """Until when the certificate of our site is valid, or why a browser refuses it; neither where it is not reached."""
    address = urlsplit(base_url)
    if address.scheme != "https" or not address.hostname or address.hostname in LOCAL_HOSTS:
        return None, ""
    try:
        with socket.create_connection((address.hostname, address.port or 443), PATIENCE) as plain:
            return _until(plain, address.hostname), ""
    except ssl.SSLCertVerificationError as error:
        return None, error.verify_message
    except OSError:
        return None, ""


def _until(plain: socket.socket, host: str) -> datetime | None:
    with ssl.create_default_context().wrap_socket(plain, server_hostname=host) as wrapped:
        ends = (wrapped.getpeercert() or {}).get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(ends)), UTC) if ends else None
