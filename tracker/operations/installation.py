"""What belongs to an installation beside its database: keys, settings and watched pages; sealed with a passphrase.

Keys and settings are encrypted (scrypt, then AES-256-GCM, from the package cryptography); watched pages are public and
stand in the file as they are.
"""

import io
import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from tracker.errors import NotPossible
from tracker.mailing.keys import KEY_FILE, add_keys, signing_keys
from tracker.settings import Settings, given_settings

SEALED, WATCHED = "secrets.sealed", "watched/"
KINDS = (".yaml", ".paused")  # descriptions of watched pages, and why a source rests
SETTINGS = "restored-settings.env"
MAGIC = b"kansenradar sealed 1\n"
COST = 2**15  # of scrypt: 32 MiB and a tenth of a second for each guess
MOST_BYTES = 10 << 20
HERE_ONLY = ("DATABASE_URL", "DATA_DIR", "CONFIG")  # settings of the old machine that say nothing of the new one


class WrongPassphrase(NotPossible):
    """What is sealed in the backup does not open."""


@dataclass(frozen=True)
class Belongings:
    """Files beside the database, by name. Without a passphrase the secret ones are left out."""

    watched: Mapping[str, bytes] = field(default_factory=dict)
    secret: Mapping[str, str] = field(default_factory=dict, repr=False)
    passphrase: str = field(default="", repr=False)


def belongings_of(settings: Settings) -> Belongings:
    """What is to be kept of this installation, and the passphrase of the settings."""
    folder = settings.data_dir / "watched"
    watched = {path.name: path.read_bytes() for kind in KINDS for path in sorted(folder.glob(f"*{kind}"))}
    keys = "\n".join(key.decode() for key in signing_keys(settings))
    lines = "".join(f"KANSENRADAR_{name}={json.dumps(value)}\n" for name, value in sorted(given_settings().items()))
    return Belongings(watched, {KEY_FILE: keys, SETTINGS: lines}, settings.backup_passphrase.get_secret_value())


def add_belongings(archive: zipfile.ZipFile, belongings: Belongings) -> None:
    """Write them into a backup."""
    for name, content in belongings.watched.items():
        archive.writestr(WATCHED + name, content)
    if belongings.passphrase and belongings.secret:
        archive.writestr(SEALED, seal(json.dumps(dict(belongings.secret)).encode(), belongings.passphrase))


def seal(content: bytes, passphrase: str) -> bytes:
    """Encrypted and authenticated, with a key that only the passphrase gives."""
    salt, nonce = os.urandom(16), os.urandom(12)
    return MAGIC + salt + nonce + AESGCM(_key(passphrase, salt)).encrypt(nonce, content, MAGIC)


def unseal(sealed: bytes, passphrase: str) -> bytes:
    """What was sealed. Raises WrongPassphrase."""
    start = len(MAGIC)
    salt, nonce, content = sealed[start : start + 16], sealed[start + 16 : start + 28], sealed[start + 28 :]
    try:
        return AESGCM(_key(passphrase, salt)).decrypt(nonce, content, MAGIC)
    except (InvalidTag, ValueError) as error:
        raise WrongPassphrase("the keys in the backup do not open: BACKUP_PASSPHRASE is another one") from error


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=COST, r=8, p=1).derive(passphrase.encode())


def take_belongings(path: Path, settings: Settings) -> list[str]:
    """Put back what a backup holds beside the database; one line on each. Raises WrongPassphrase before it writes."""
    with zipfile.ZipFile(path) as archive:
        watched = {name.removeprefix(WATCHED): _content(archive, name) for name in archive.namelist() if _is_page(name)}
        sealed = archive.read(SEALED) if SEALED in archive.namelist() else b""
    passphrase = settings.backup_passphrase.get_secret_value()
    secret = json.loads(unseal(sealed, passphrase)) if sealed and passphrase else {}
    lines = _put_watched(watched, settings.data_dir / "watched") + _put_secret(secret, settings)
    if not secret:
        what = "were not opened: set BACKUP_PASSPHRASE and restore again" if sealed else "are not in this backup"
        lines.append(f"keys and settings {what}; without the old keys links in mail already sent do not work")
    return lines


def opens(path: Path, settings: Settings) -> None:
    """Raise WrongPassphrase where what is sealed in a backup would not open, before anything is restored."""
    passphrase = settings.backup_passphrase.get_secret_value()
    if passphrase and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if SEALED in archive.namelist():
                unseal(archive.read(SEALED), passphrase)


def _is_page(name: str) -> bool:
    file = name.removeprefix(WATCHED)
    return name.startswith(WATCHED) and file.endswith(KINDS) and file == os.path.basename(file)


def _content(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as file:
        return io.BytesIO(file.read(MOST_BYTES)).getvalue()


def _put_watched(watched: Mapping[str, bytes], folder: Path) -> list[str]:
    """Pages that are there already stay as they are."""
    new = [name for name in watched if not (folder / name).exists()]
    if new:
        folder.mkdir(parents=True, exist_ok=True)
    for name in new:
        (folder / name).write_bytes(watched[name])
    return [f"{len(new)} watched pages put back in {folder}"] if new else []


def _put_secret(secret: Mapping[str, str], settings: Settings) -> list[str]:
    if not secret:
        return []
    path = settings.data_dir / SETTINGS
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.writelines(line for line in secret[SETTINGS].splitlines(keepends=True) if _is_for_here(line))
    lines, keys = [f"the settings of then are in {path}, to compare; none was put in force"], secret[KEY_FILE].split()
    if add_keys(settings, keys):
        return [*lines, "the keys of then sign again: links in mail already sent work"]
    with path.open("a", encoding="utf-8") as file:
        file.write(f"# the keys of then: {','.join(keys)}\n")
    return [*lines, f"SECRET_KEY is set here and lacks the keys of then: add them, they are in {path.name}"]


def _is_for_here(line: str) -> bool:
    return not line.startswith(tuple(f"KANSENRADAR_{name}=" for name in HERE_ONLY))
