"""How a mail leaves: over SMTP with the stage always known, or as an .eml file; and what an answer means."""

import asyncio
import os
import re
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

from aiosmtplib import SMTP, SMTPException, SMTPNotSupported, SMTPResponseException, SMTPTimeoutError

from notifications.message import one_line
from notifications.replies import START_INPUT, Replies, answers_of, introduction, stuffed

T = TypeVar("T")
WISHES = frozenset({"tls", "ca", "answer", "total"})  # what MAIL_URL may ask for
SIGN_IN_FIRST = frozenset({530, 534, 535, 538})  # at whatever stage: the sign-in is refused
ENHANCED = re.compile(r"\s*5\.(\d{1,3})\.\d{1,3}\b")  # the status of RFC 3463 before the words
MOST_SECONDS = 140  # twice this, since a kept connection is tried anew, is less than a mail is held (five minutes)


class MailUrlWrong(ValueError):
    """MAIL_URL cannot be read; the message says what is wrong with it."""


class SmtpStage(StrEnum):
    """How far the conversation came."""

    CONNECT = "connect"
    TLS = "tls"
    LOGIN = "login"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"
    DOT = "dot"


# The commands before the body, in their order, and the answers by which a relay lets a mail go on.
TAKEN = {SmtpStage.MAIL: (250,), SmtpStage.RCPT: (250, 251), SmtpStage.DATA: (START_INPUT,)}


class SendResult(StrEnum):
    """What an attempt came to."""

    ACCEPTED = "accepted"
    FAILED = "failed"
    HELD = "held"
    DEFERRED = "deferred"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True)
class SendOutcome:
    """How one attempt ended. ``trouble``: the relay itself is at fault, not this mail; ``rest`` says how at once.

    ``policy``: refused for what we send or who we are, not for the address; the relay's own word where it goes on so.
    """

    result: SendResult
    stage: SmtpStage
    code: int | None = None
    text: str = ""
    trouble: bool = False
    rest: bool = False
    throttled: bool = False
    policy: bool = False


@dataclass(frozen=True)
class Parcel:
    """What a transport gets: two addresses and the frozen bytes, CRLF line ends."""

    sender: str
    recipient: str
    body: bytes
    name: str


Go = Callable[[], Awaitable[None]]


class Transport(Protocol):
    """Something that takes parcels; it awaits ``go`` right before the first byte of a body and lets its errors pass."""

    name: str

    async def post(self, parcel: Parcel, go: Go) -> SendOutcome: ...

    async def close(self) -> None: ...


def judge(stage: SmtpStage, code: int | None, text: str = "") -> SendOutcome:
    """What an answer at a stage means; no code is a lost connection or silence.

    Only what went wrong after the first byte of the body leaves doubt. A relay that refuses the connection, the
    sign-in or the sender refuses everybody: that is never held against one mail.
    """
    before = stage in (SmtpStage.CONNECT, SmtpStage.TLS, SmtpStage.LOGIN)
    if code is None:
        lost = SendResult.AMBIGUOUS if stage in (SmtpStage.BODY, SmtpStage.DOT) else SendResult.DEFERRED
        return SendOutcome(lost, stage, None, text, trouble=True)
    if 200 <= code < 300 and stage is SmtpStage.DOT:
        return SendOutcome(SendResult.ACCEPTED, stage, code, text)
    if code < 500:
        return SendOutcome(
            SendResult.DEFERRED, stage, code, text,
            trouble=before or code == 421, rest=before, throttled=stage is SmtpStage.MAIL or code == 421,
        )  # fmt: skip
    if before or stage is SmtpStage.MAIL or code in SIGN_IN_FIRST:
        return SendOutcome(SendResult.DEFERRED, stage, code, text, trouble=True, rest=True)
    if stage is SmtpStage.RCPT:
        return SendOutcome(SendResult.FAILED, stage, code, text, policy=is_policy(code, text))
    return SendOutcome(SendResult.HELD, stage, code, text, policy=True)


def is_policy(code: int, text: str) -> bool:
    """Whether a recipient was refused for a rule (5.7.x, or a bare 554), which says nothing of the address."""
    enhanced = ENHANCED.match(text)
    return enhanced[1] == "7" if enhanced else code == 554


@dataclass(frozen=True)
class RelayAddress:
    """Where and how to hand in mail, read from MAIL_URL. Seconds: for one answer, and for one mail in all."""

    host: str
    port: int
    tls: str
    user: str = ""
    password: str = ""
    ca_file: str | None = None
    answer_seconds: float = 30
    mail_seconds: float = 120

    @property
    def is_here(self) -> bool:
        """Whether the relay runs on this machine."""
        return _is_loopback(self.host)


def read_mail_url(url: str) -> RelayAddress | Path:
    """``smtp://user:pw@host:port?tls=required|starttls|none``, ``smtps://host``, or ``file:DIR`` (a Path).

    Without ``tls=`` a relay on this machine is spoken to in clear and any other must offer STARTTLS.
    ``ca=FILE`` names extra certificate authorities, ``answer=`` and ``total=`` are seconds. Raises MailUrlWrong.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        folder = (parts.netloc + unquote(parts.path)) if parts.netloc else unquote(parts.path)
        if not folder:
            raise MailUrlWrong("file: needs a folder, such as file:data/mail")
        return Path(folder)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise MailUrlWrong(f"{url.split('@')[-1]!r} is no smtp://host:port, smtps://host:port or file:DIR")
    return _relay(parts.scheme, parts.hostname, url)


def _relay(scheme: str, host: str, url: str) -> RelayAddress:
    parts = urlsplit(url)
    wishes = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    if strange := sorted(wishes.keys() - WISHES):
        raise MailUrlWrong(f"{strange[0]!r} is none of {', '.join(sorted(WISHES))}")
    if "ca" in wishes and not Path(wishes["ca"]).is_file():
        raise MailUrlWrong(f"ca={wishes['ca']!r} is no file")
    tls = "implicit" if scheme == "smtps" else wishes.get("tls", "none" if _is_loopback(host) else "required")
    if tls not in ("implicit", "required", "starttls", "none"):
        raise MailUrlWrong(f"tls={tls!r} is none of required, starttls, none")
    try:
        port = parts.port or (465 if scheme == "smtps" else 587 if parts.username else 25)
        answer, whole = float(wishes.get("answer", 30)), float(wishes.get("total", 120))
    except ValueError as error:
        raise MailUrlWrong(str(error)) from error
    if not (0 < answer <= MOST_SECONDS and 0 < whole <= MOST_SECONDS):
        raise MailUrlWrong(f"answer= and total= are seconds, more than 0 and at most {MOST_SECONDS}")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return RelayAddress(host, port, tls, user, password, wishes.get("ca"), answer, whole)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def open_transport(url: str) -> Transport:
    """The transport that MAIL_URL names. Raises MailUrlWrong."""
    where = read_mail_url(url)
    return Folder(where) if isinstance(where, Path) else SmtpRelay(where)


class Folder:
    """Writes each mail as an .eml file, whole or not at all; the same mail always gets the same name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = f"file:{folder}"

    async def post(self, parcel: Parcel, go: Go) -> SendOutcome:
        await go()
        target = self.folder / f"{parcel.name}.eml"
        part = target.with_suffix(".part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                file.write(parcel.body)
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
        except OSError as error:
            return SendOutcome(SendResult.DEFERRED, SmtpStage.BODY, None, str(error), trouble=True, rest=True)
        return SendOutcome(SendResult.ACCEPTED, SmtpStage.DOT, 250, str(target))

    async def close(self) -> None:
        """Nothing to close."""


class NotSafe(SMTPException):
    """The relay offers no encryption where it is required, or would get a password in clear."""


class SmtpRelay:
    """One connection to a relay, kept open between mails; low-level calls, so that the stage is always known."""

    def __init__(self, relay: RelayAddress) -> None:
        self.relay = relay
        self.name = f"{relay.host}:{relay.port}"
        self.stage = SmtpStage.CONNECT
        self.client: SMTP | None = None

    async def post(self, parcel: Parcel, go: Go) -> SendOutcome:
        """Hand in one mail for one recipient; never raises for what a relay or a network can do."""
        used = self.client is not None
        outcome = await self._try(parcel, go)
        if used and outcome.stage is SmtpStage.MAIL and (outcome.code in (None, 421)):
            # A kept connection that the relay has closed meanwhile: nothing was handed over, so a fresh one is no risk.
            await self._drop()
            outcome = await self._try(parcel, go)
        if outcome.code in (None, 421) or outcome.stage in (SmtpStage.CONNECT, SmtpStage.TLS, SmtpStage.LOGIN):
            await self._drop()
        elif outcome.result is not SendResult.ACCEPTED:
            await self._reset()
        # A relay may answer in any bytes: what no database can store must not stop the round.
        return replace(outcome, text=one_line(outcome.text))

    async def _try(self, parcel: Parcel, go: Go) -> SendOutcome:
        try:
            async with asyncio.timeout(self.relay.mail_seconds):
                code, text = await self._converse(parcel, go)
                return judge(self.stage, code, text)
        except SMTPNotSupported as error:
            return SendOutcome(SendResult.FAILED, SmtpStage.RCPT, None, str(error))
        except NotSafe as error:
            return SendOutcome(SendResult.DEFERRED, self.stage, None, str(error), trouble=True, rest=True)
        except ssl.SSLError as error:
            return SendOutcome(SendResult.DEFERRED, SmtpStage.TLS, None, str(error), trouble=True, rest=True)
        except SMTPResponseException as error:
            return judge(self.stage, error.code if error.code > 0 else None, error.message)
        except (SMTPTimeoutError, TimeoutError):
            return judge(self.stage, None, f"no answer in time at {self.stage.value}")
        except (SMTPException, OSError, ValueError) as error:
            return judge(self.stage, None, str(error) or type(error).__name__)

    async def _converse(self, parcel: Parcel, go: Go) -> tuple[int, str]:
        client = self.client or await self._connect()
        options = [] if parcel.recipient.isascii() else ["SMTPUTF8"]
        if options and not client.supports_extension("smtputf8"):
            raise SMTPNotSupported("the relay cannot deliver to a non-ASCII address")
        self.stage = SmtpStage.MAIL
        with answers_of(client) as replies:
            refusal = await self._introduce(client, replies, introduction(parcel.sender, parcel.recipient, options))
            if refusal is not None:
                return refusal
            await self._wait(go)
            return await self._body(replies, parcel.body)

    async def _introduce(self, client: SMTP, replies: Replies, commands: list[bytes]) -> tuple[int, str] | None:
        """Who writes to whom, in one breath where the relay allows it; its answer where it will not have it."""
        at_once = client.supports_extension("pipelining")
        replies.write(b"".join(commands) if at_once else b"")
        for number, (stage, taken) in enumerate(TAKEN.items()):
            self.stage = stage
            replies.write(b"" if at_once else commands[number])
            reply = await replies.read(self.relay.answer_seconds)
            if reply.code not in taken:
                left = len(TAKEN) - 1 - number if at_once and reply.code != 421 else 0
                if not await replies.read_off(left, self.relay.answer_seconds):
                    await self._drop()
                return (451 if stage is SmtpStage.DATA and reply.code < 400 else reply.code), reply.message
        return None

    async def _wait(self, go: Go) -> None:
        """After DATA there is no other way back than to hang up."""
        may = False
        try:
            await go()
            may = True
        finally:
            if not may:
                await self._drop()

    async def _body(self, replies: Replies, body: bytes) -> tuple[int, str]:
        self.stage = SmtpStage.BODY
        replies.write(stuffed(body) + b".\r\n")
        self.stage = SmtpStage.DOT
        reply = await replies.read(self.relay.answer_seconds)
        return reply.code, reply.message

    async def _connect(self) -> SMTP:
        self.stage = SmtpStage.CONNECT
        relay = self.relay
        implicit = relay.tls == "implicit"
        context = ssl.create_default_context(cafile=relay.ca_file) if relay.tls != "none" else None
        client = SMTP(
            hostname=relay.host, port=relay.port, use_tls=implicit, start_tls=False, tls_context=context,
            timeout=relay.answer_seconds,
        )  # fmt: skip
        try:
            await client.connect()
            await client.ehlo()
            await self._secure(client)
            await self._sign_in(client)
            self.client = client
        finally:
            if self.client is None:
                client.close()
        return client

    async def _secure(self, client: SMTP) -> None:
        self.stage = SmtpStage.TLS
        if self.relay.tls not in ("required", "starttls"):
            return
        if client.supports_extension("starttls"):
            try:
                await client.starttls()
                await client.ehlo()
            except SMTPException as error:
                # aiosmtplib wraps a failed handshake; whatever it was, nothing may follow in clear
                raise NotSafe(f"STARTTLS failed: {error}") from error
        elif self.relay.tls == "required":
            raise NotSafe("the relay offers no STARTTLS, and tls=required")

    async def _sign_in(self, client: SMTP) -> None:
        if not self.relay.user:
            return
        self.stage = SmtpStage.LOGIN
        encrypted = client.get_transport_info("sslcontext") is not None
        if not encrypted and self.relay.tls != "none":
            raise NotSafe("no encryption, so no password is sent")
        if "plain" in client.server_auth_methods:  # once: a wrong password tried in every way locks an account sooner
            client.server_auth_methods = ["plain"]
        await client.login(self.relay.user, self.relay.password)

    async def _reset(self) -> None:
        if self.client is not None and not await _quietly(self.client.rset()):
            await self._drop()

    async def _drop(self) -> None:
        if self.client is not None:
            self.client.close()
            self.client = None

    async def close(self) -> None:
        """Say goodbye, within two seconds."""
        if self.client is not None:
            await _quietly(asyncio.wait_for(self.client.quit(), 2))
            await self._drop()


async def _quietly(goodbye: Awaitable[T]) -> bool:
    """Whether it went well; a relay that fails at goodbye is no news."""
    try:
        await goodbye
    except (SMTPException, OSError, TimeoutError):
        return False
    return True
