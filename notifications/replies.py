"""Read the answers of a relay one after the other, also of several commands that were sent at once (RFC 2920).

aiosmtplib reads one answer a command and loses what comes along with it. So while a mail is handed in, its protocol
gives up its place at the connection to this one, which tells it only when the connection is lost.
"""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from smtplib import quoteaddr

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPReadTimeoutError,
    SMTPResponse,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from aiosmtplib.protocol import SMTPProtocol

MOST_BYTES = 65_536  # of answers that nobody has read
START_INPUT = 354
PLAIN = re.compile(r"[\w+=-]+(?:\.[\w+=-]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII)
NO_ANSWER = -1  # the code of what is no answer at all


class Replies(asyncio.Protocol):
    """The answers that came, in their order."""

    def __init__(self, usual: SMTPProtocol) -> None:
        self.usual = usual
        self.buffer = bytearray()
        self.lost = False
        self.waiter: asyncio.Future[None] | None = None

    async def read(self, seconds: float) -> SMTPResponse:
        """The next answer. Raises an SMTPException where none comes in time, or what comes is none."""
        while (reply := self._next()) is None:
            if self.lost:
                raise SMTPServerDisconnected("Connection lost")
            self.waiter = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(seconds):
                    await self.waiter
            except TimeoutError as error:
                raise SMTPReadTimeoutError("Timed out waiting for server response") from error
        return reply

    def write(self, data: bytes) -> None:
        """Send something, or nothing. Raises SMTPServerDisconnected."""
        if data:
            self.usual.write(data)

    async def read_off(self, count: int, seconds: float) -> bool:
        """Read the answers to what was sent along with what is refused, and say whether the connection is of use yet.

        After a 354 the relay takes whatever comes for a body: there is no way back but to hang up.
        """
        try:
            return START_INPUT not in [(await self.read(seconds)).code for _ in range(count)]
        except SMTPException:
            return False

    def _next(self) -> SMTPResponse | None:
        words, start = list[bytes](), 0
        while (end := self.buffer.find(b"\n", start)) >= 0:
            line = bytes(self.buffer[start:end])
            if not line[:3].isdigit():
                raise SMTPResponseException(NO_ANSWER, f"Malformed SMTP response line: {line[:200]!r}")
            words.append(line[4:].strip())
            start = end + 1
            if line[3:4] != b"-":
                del self.buffer[:start]
                return SMTPResponse(int(line[:3]), b"\n".join(words).decode("utf-8", "surrogateescape"))
        if len(self.buffer) > MOST_BYTES:
            raise SMTPResponseException(NO_ANSWER, "Response too long")
        return None

    def data_received(self, data: bytes) -> None:
        self.buffer.extend(data)
        self._wake()

    def eof_received(self) -> bool | None:
        self.lost = True
        self._wake()
        return self.usual.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        self._wake()
        self.usual.connection_lost(exc)

    def pause_writing(self) -> None:
        self.usual.pause_writing()

    def resume_writing(self) -> None:
        self.usual.resume_writing()

    def _wake(self) -> None:
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_result(None)


@contextmanager
def answers_of(client: SMTP) -> Iterator[Replies]:
    """The answers on this connection, until the mail is handed in. Raises SMTPServerDisconnected where it is none."""
    usual, transport = client.protocol, client.transport
    if usual is None or transport is None or transport.is_closing():
        raise SMTPServerDisconnected("Connection lost")
    replies = Replies(usual)
    transport.set_protocol(replies)
    try:
        yield replies
    finally:
        transport.set_protocol(usual)


def introduction(sender: str, recipient: str, options: list[str]) -> list[bytes]:
    """MAIL, RCPT and DATA. Raises ValueError where an address would begin a line of its own."""
    if not (sender.isprintable() and recipient.isprintable()):
        raise ValueError("an address holds a control character")
    lines = (" ".join([f"MAIL FROM:{quoted(sender)}", *options]), f"RCPT TO:{quoted(recipient)}", "DATA")
    return [f"{line}\r\n".encode("utf-8" if options else "ascii") for line in lines]


def quoted(address: str) -> str:
    """An address as a command has it. To take apart a plain one took a fourteenth of a mail's time (2026-12-01)."""
    return f"<{address}>" if PLAIN.fullmatch(address) else quoteaddr(address)


def stuffed(body: bytes) -> bytes:
    """With a dot before each line's first dot (RFC 5321, 4.5.2). Our own bytes have CRLF line ends only."""
    assert body.endswith(b"\r\n")
    return (b"\r\n" + body).replace(b"\r\n.", b"\r\n..")[2:]
