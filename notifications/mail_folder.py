"""Mails that lie as .eml files in the folder of MAIL_URL: those to somebody, and those past their term."""

import re
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from pathlib import Path

from notifications.transport import read_mail_url

PLANNED = re.compile(r"\d{8}T\d{4}(?=-)")  # how the name of a file of ours begins: when its mail was planned, in UTC


def remove_letters(url: str, address: str) -> int:
    """Delete the files to an address where mail goes into a folder, and count them; a relay keeps none here."""
    removed = 0
    for path in _files(url):
        to = BytesHeaderParser().parsebytes(path.read_bytes()).get_all("To", [])
        if address.lower() in {each.lower() for _, each in getaddresses(map(str, to))}:
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def letters_before(url: str, moment: datetime) -> list[Path]:
    """The files of mails that were planned before a moment; what has another name is none of ours."""
    until = f"{moment.astimezone(UTC):%Y%m%dT%H%M}"
    return [path for path in _files(url) if (named := PLANNED.match(path.name)) and named[0] < until]


def _files(url: str) -> list[Path]:
    folder = read_mail_url(url)
    return sorted(folder.glob("*.eml")) if isinstance(folder, Path) else []
