"""An SMTP server that does what a test tells it to, at each stage, and keeps all it was given."""

import asyncio
import os
import signal
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from hashlib import sha256

CUT, SILENT = "cut", "silent"


@dataclass
class Received:
    """One mail as it came in."""

    sender: str
    recipients: list[str]
    body: bytes
    accepted: bool
    encrypted: bool

    @property
    def message(self) -> Message:
        return message_from_bytes(self.body)

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def digest(self) -> str:
        return sha256(self.body).hexdigest()


@dataclass
class Rule:
    """What to do at a stage: a reply such as "450 later", CUT the connection, or be SILENT."""

    stage: str
    action: str
    times: int | None = None
    to: str | None = None
    when: Callable[[], bool] | None = None

    def fits(self, stage: str, recipient: str | None) -> bool:
        if self.stage != stage or self.times == 0 or (self.to and self.to != recipient):
            return False
        return self.when is None or self.when()


@dataclass
class SmtpServer:
    """Listens on a free port of this machine, in a thread of its own."""

    tls: ssl.SSLContext | None = None
    offer_starttls: bool = True
    password: str | None = None
    pipelining: bool = True
    rules: list[Rule] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    seen: list[str] = field(default_factory=list, repr=False)
    port: int = 0
    victim: Callable[[int, str], int | None] | None = None
    kills: int = 0

    def on(self, stage: str, action: str, **how: object) -> "SmtpServer":
        """At connect, ehlo, starttls, auth, mail, rcpt, data, middle (in the body) or dot (after it)."""
        self.rules.append(Rule(stage, action, **how))  # type: ignore[arg-type]
        return self

    @property
    def accepted(self) -> list[Received]:
        return [mail for mail in self.received if mail.accepted]

    def url(self, query: str = "", user: str = "") -> str:
        return f"smtp://{user}localhost:{self.port}{'?' + query if query else ''}"

    def _action(self, stage: str, recipient: str | None = None) -> str | None:
        for rule in self.rules:
            if rule.fits(stage, recipient):
                if rule.times is not None:
                    rule.times -= 1
                return rule.action
        return None

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await Conversation(self, reader, writer).run()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.close()


class Conversation:
    """One connection."""

    def __init__(self, server: SmtpServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server, self.reader, self.writer = server, reader, writer
        self.sender, self.recipients = "", list[str]()
        self.encrypted = False

    async def run(self) -> None:
        if not await self.answer("connect", "220 ready"):
            return
        while line := await self.reader.readline():
            words = line.decode("utf-8", "replace").strip()
            self.server.seen.append(words)
            verb, _, rest = words.partition(" ")
            if not await self.obey(verb.upper(), rest):
                return

    async def obey(self, verb: str, rest: str) -> bool:
        if verb in ("EHLO", "HELO"):
            return await self.answer("ehlo", self.greeting())
        if verb == "STARTTLS":
            return await self.start_tls()
        if verb == "AUTH":
            good = self.server.password is not None
            return await self.answer("auth", "235 welcome" if good else "535 5.7.8 wrong")
        if verb == "MAIL":
            self.sender, self.recipients = rest.partition("<")[2].partition(">")[0], []
            return await self.answer("mail", "250 ok")
        if verb == "RCPT":
            recipient = rest.partition("<")[2].partition(">")[0]
            self.recipients.append(recipient)
            return await self.answer("rcpt", "250 ok", recipient)
        if verb == "DATA":
            return await self.take_body()
        return await self.answer(verb.lower(), "221 bye" if verb == "QUIT" else "250 ok") and verb != "QUIT"

    def greeting(self) -> str:
        words = ["here", "8BITMIME", "ENHANCEDSTATUSCODES", *(["PIPELINING"] if self.server.pipelining else [])]
        if self.server.tls and self.server.offer_starttls and not self.encrypted:
            words.append("STARTTLS")
        if self.server.password is not None:
            words.append("AUTH PLAIN LOGIN")
        return "\r\n".join(f"250{'-' if n < len(words) - 1 else ' '}{word}" for n, word in enumerate(words))

    async def start_tls(self) -> bool:
        if not await self.answer("starttls", "220 go"):
            return False
        await self.writer.start_tls(self.server.tls)  # type: ignore[arg-type]
        self.encrypted = True
        return True

    async def take_body(self) -> bool:
        recipient = self.recipients[-1] if self.recipients else None
        if not await self.answer("data", "354 go", recipient):
            return False
        if self.last[:1] in "45":
            return True
        if self.server._action("middle", recipient) == CUT:
            await self.reader.read(200)
            return False
        body = await self.reader.readuntil(b"\r\n.\r\n")
        mail = Received(self.sender, list(self.recipients), body[:-3], False, self.encrypted)
        self.server.received.append(mail)
        victim = self.server.victim(len(self.server.received), self.sender) if self.server.victim else None
        if victim is not None:
            os.kill(victim, signal.SIGSTOP)
        action = self.server._action("dot", recipient) or "250 2.0.0 queued"
        mail.accepted = action.startswith("250") or action == CUT
        going_on = await self.act(action)
        if victim is not None:
            self.server.kills += 1
            os.kill(victim, signal.SIGKILL)
        return going_on

    async def answer(self, stage: str, usual: str, recipient: str | None = None) -> bool:
        return await self.act(self.server._action(stage, recipient) or usual)

    async def act(self, action: str) -> bool:
        self.last = action
        if action == CUT:
            return False
        if action == SILENT:
            await asyncio.sleep(60)
            return False
        self.writer.write(action.encode("utf-8", "surrogateescape") + b"\r\n")
        await self.writer.drain()
        return not action.startswith("421")


@contextmanager
def running(server: SmtpServer) -> Iterator[SmtpServer]:
    """The server, from when it listens until the test is done."""
    ready = threading.Event()
    over = threading.Event()

    async def serve() -> None:
        listening = await asyncio.start_server(server._talk, "127.0.0.1", server.port, limit=2**24)
        server.port = listening.sockets[0].getsockname()[1]
        ready.set()
        await asyncio.to_thread(over.wait)
        listening.close()
        talks = asyncio.all_tasks() - {asyncio.current_task()}
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)

    def live() -> None:
        asyncio.run(serve())

    thread = threading.Thread(target=live, daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield server
    finally:
        over.set()
        thread.join(5)
