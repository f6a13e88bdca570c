"""A mail: to whom, what it says, and as bytes; the same rows always give the same bytes, whatever the attempt."""

import hmac
import re
import unicodedata
from binascii import b2a_qp
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256

MOST_SUBJECT = 200  # characters
ADDRESS = re.compile(r"<?[^\s<>@,;:()\"']{1,64}@[^\s<>@,;:()\"']{1,255}>?")
BASE_32 = "abcdefghijklmnopqrstuvwxyz234567"
PAIRS = [first + second for first in BASE_32 for second in BASE_32]


@dataclass(frozen=True)
class Addressee:
    """Who reads."""

    user_id: int
    name: str
    email: str


@dataclass(frozen=True)
class Letter:
    """What leaves, frozen in the outbox."""

    subject: str
    text: str = ""
    html: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def one_line(text: str, most: int = 998) -> str:
    """Text that is safe in a header: no control, separator or direction characters, white space folded, cut.

    One hostile title must not stop the mail that carries it (CR, LF, NEL and U+2028 make Python refuse a header).
    """
    if len(text) <= most and text.isascii() and text.isprintable():  # most are: no need to look at each character
        return " ".join(text.split())
    visible = "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs") else c for c in text)
    folded = " ".join(visible.split())
    return folded if len(folded) <= most else folded[: most - 1].rstrip() + "…"


def without_addresses(text: str) -> str:
    """Words of a server without the mail addresses in them, for what others read: alerts, logs, reasons."""
    return ADDRESS.sub("<adres>", text)


def sealed(key: bytes, *parts: str) -> str:
    """A short unguessable name for these parts: HMAC-SHA-256 in base 32, 160 bits.

    Made for every link of every mail: ``base64`` took ten times as long, a key begun anew twice (2026-11-30).
    """
    seal = _begun(key).copy()
    seal.update("\x00".join(parts).encode())
    number = int.from_bytes(seal.digest()[:20], "big")
    return "".join([PAIRS[number >> shift & 1023] for shift in range(150, -1, -10)])


@lru_cache(maxsize=8)
def _begun(key: bytes) -> hmac.HMAC:
    return hmac.new(key, digestmod="sha256")


def message_id(key: bytes, mail_key: str, domain: str) -> str:
    """The Message-ID of a mail: follows from its key, so that every copy carries the same."""
    return f"<{sealed(key, 'message', mail_key)}@{domain}>"


def domain_of(address: str) -> str:
    """The part after the @, in ASCII."""
    return address.rpartition("@")[2].encode("idna").decode() or "localhost"


def for_envelope(address: str) -> str:
    """The address with its domain in ASCII; a non-ASCII local part stays and needs SMTPUTF8.

    Raises ValueError where it is no address at all.
    """
    local, at, domain = address.rpartition("@")
    if not (local and at and domain) or any(c.isspace() or not c.isprintable() or c in "<>," for c in address):
        raise ValueError("no mail address")
    return f"{local}@{domain.encode('idna').decode()}"


def as_bytes(headers: Mapping[str, str], planned_at: datetime, identity: str, text: str, html: str) -> bytes:
    """A multipart/alternative message with CRLF line ends; ``headers`` come first, in their order."""
    boundary = "=_" + sha256(identity.encode()).hexdigest()[:32]
    lines = [_header(name, value) for name, value in headers.items()]
    lines += [
        f"Date: {format_datetime(planned_at)}",
        f"Message-ID: {identity}",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{boundary}"',
    ]
    head = "\r\n".join(lines).encode() + b"\r\n\r\n"
    mark = f"--{boundary}".encode()
    parts = (_part("plain", text), _part("html", html)) if html else (_part("plain", text),)
    return head + b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"


def _part(kind: str, text: str) -> bytes:
    head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    body = b2a_qp(text.replace("\r\n", "\n").encode("utf-8", "replace"), istext=True)
    return head.encode() + body.replace(b"\n", b"\r\n")


def _header(name: str, value: str) -> str:
    clean = one_line(value)
    if clean.isascii() or name == "To":  # a non-ASCII address only ever goes to a relay that speaks UTF-8
        return f"{name}: {_folded(clean)}"
    return f"{name}: " + Header(clean, "utf-8", header_name=name, maxlinelen=76).encode(linesep="\r\n")


def _folded(value: str) -> str:
    """A name in encoded words stands a word on a line: such a line may have 76 octets (RFC 2047, section 2)."""
    return value.replace("?= ", "?=\r\n ") if value.startswith("=?") else value


def mailbox(name: str, address: str) -> str:
    """``"Name" <address>``, with the name quoted where it must be."""
    clean = one_line(name, 100).replace("\\", "").replace('"', "'")
    if not clean:
        return address
    shown = f'"{clean}"' if clean.isascii() else Header(clean, "utf-8", header_name="From").encode(linesep="")
    return f"{shown} <{address}>"
