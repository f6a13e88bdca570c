"""Crawls and commands that are forked from one process that has loaded what they need: loading it is most of their time here.

``python -m scrapers`` takes 1.2 s of processor time for a page, of which 0.13 s are the crawl (2026-11-30); a command
of the command line 2 to 3 s, of which 0.1 to 0.5 are the command (2026-12-01). Each child is a process still, with its
own memory, session and end. Tests of the starting itself take an interpreter of their own: the fixture
``own_interpreter``, and ``kansenradar(..., own_interpreter=True)``.
"""

import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import IO, Any

ROOT = Path(__file__).parents[2]
CRAWL, COMMAND = "scrapers.run:main", "tracker.__main__:main"
PATIENCE = 600  # seconds that a command may take


class Nursery:
    """The process that is forked from, started by who first asks; it ends with the tests' own process."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.line: socket.socket | None = None
        self.process: subprocess.Popen[bytes] | None = None

    def ask(self, question: dict[str, Any], files: Sequence[int] = ()) -> int:
        """One question, one number: threads take turns."""
        with self.lock:
            self.line = self.line or self._open()
            socket.send_fds(self.line, [json.dumps(question).encode() + b"\n"], files)
            return int(self.line.recv(64))

    def _open(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "tests.make.nursery", str(theirs.fileno())]
            self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()])
        return ours

    def close(self) -> None:
        """Nobody asks any more."""
        if self.line and self.process:
            self.line.close()
            self.process.wait()


NURSERY = Nursery()


class Child:
    """A process forked from the nursery, with three open files as its input, output and errors."""

    def __init__(self, asked: dict[str, Any], files: Sequence[int]) -> None:
        self.pid = NURSERY.ask(asked, files)
        self.code: int | None = None

    def wait(self, seconds: float | None = None) -> int:
        """The exit code, when it has ended; TimeoutExpired after so many seconds."""
        if self.code is None:
            self._until_it_ends(seconds)
            self.code = NURSERY.ask({"wait": self.pid})
        return self.code

    def _until_it_ends(self, seconds: float | None) -> None:
        ended = os.pidfd_open(self.pid)
        try:
            if not select.select([ended], [], [], seconds)[0]:
                raise subprocess.TimeoutExpired("a child of the nursery", seconds or 0)
        finally:
            os.close(ended)


class Beside(Child):
    """As much of ``subprocess.Popen`` as tests use of a process that goes on beside them, and says all into one file."""

    def __init__(self, run: str, *arguments: str, environment: dict[str, str], said: IO[bytes]) -> None:
        asked = {"run": run, "arguments": arguments, "cwd": str(ROOT), "environment": environment}
        with open(os.devnull, "rb") as nothing:
            super().__init__(asked, [nothing.fileno(), said.fileno(), said.fileno()])

    def send_signal(self, number: int) -> None:
        if self.code is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


class Piped(Child):
    """As much of ``subprocess.Popen`` as a crawl uses, and whoever else is talked with."""

    stdin: IO[bytes]
    stdout: IO[bytes]

    def __init__(self, run: str, environment: dict[str, str], stderr: IO[bytes], cwd: Any = ROOT) -> None:
        (theirs_in, ours_in), (ours_out, theirs_out) = os.pipe(), os.pipe()
        asked = {"run": run, "arguments": [], "cwd": str(cwd), "environment": environment}
        super().__init__(asked, [theirs_in, theirs_out, stderr.fileno()])
        os.close(theirs_in)
        os.close(theirs_out)
        self.stdin, self.stdout = os.fdopen(ours_in, "wb"), os.fdopen(ours_out, "rb")

    def __enter__(self) -> "Piped":
        return self

    def __exit__(self, *_: object) -> None:
        self.stdout.close()
        self.stdin.close()
        self.wait()


class Subprocess:
    """What a crawl knows as ``subprocess``; any other command than a crawl's own starts as ever."""

    PIPE, TimeoutExpired = subprocess.PIPE, subprocess.TimeoutExpired

    def __init__(self, usual: Sequence[str]) -> None:
        self.usual = tuple(usual)

    def Popen(self, command: Sequence[str], *, stderr: IO[bytes], cwd: Any, **pipes: Any) -> Any:
        if tuple(command) == self.usual:
            return Piped(CRAWL, dict(os.environ), stderr, cwd)
        return subprocess.Popen(command, stderr=stderr, cwd=cwd, **pipes)


def kansenradar(
    folder: Path, *arguments: str, own_interpreter: bool = False, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run a command as a person would, in a folder of its own and with no settings but these."""
    mine = {k: v for k, v in os.environ.items() if not k.startswith("KANSENRADAR_")}
    environment = {**mine, "PYTHONPATH": str(ROOT), **settings}
    command = [sys.executable, "-m", "tracker", *arguments]
    if own_interpreter:
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE)
    asked = {"run": COMMAND, "arguments": arguments, "cwd": str(folder), "environment": environment}
    with open(os.devnull, "rb") as nothing, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        code = Child(asked, [nothing.fileno(), out.fileno(), err.fileno()]).wait(PATIENCE)
        said = [file.seek(0) or file.read().decode() for file in (out, err)]
    return subprocess.CompletedProcess(command, code, *said)


def load() -> None:
    """All that a child would load by itself; no reactor, which each makes its own."""
    from scrapy.settings import Settings
    from scrapy.utils.misc import load_object

    import scrapers.run
    from scrapers.settings import scrapy_settings
    from tracker.commands.group import COMMANDS

    settings = Settings(scrapy_settings("nursery"))
    named = [value for value in settings.values() if isinstance(value, str)]
    for table in (value for value in settings.values() if hasattr(value, "items")):
        named += [part for pair in table.items() for part in pair if isinstance(part, str)]
    for path in named:
        if path.startswith(("scrapy.", "scrapers.")):
            load_object(path)
    for name in scrapers.sources.names():
        scrapers.sources.load(name)
    for module, _ in COMMANDS.values():
        importlib.import_module(f"tracker.commands.{module}")
    for module in LATER:
        importlib.import_module(module)
    assert "twisted.internet.reactor" not in sys.modules
    gc.freeze()


# What commands import inside their functions, as a person who asks for help need not wait for it.
LATER = (
    "tracker.database",
    "tracker.matching",
    "tracker.mailing.run",
    "tracker.sources.crawl",
    "db.migrate",
    "alembic.command",
)


def grow(line: socket.socket, asked: dict[str, Any], files: Sequence[int]) -> int:
    """The pid of a child; it never comes back from here."""
    if pid := os.fork():
        return pid
    code = 1
    try:
        os.setsid()
        line.close()
        for number, file in enumerate(files):
            os.dup2(file, number)
        os.chdir(asked["cwd"])
        os.environ.clear()
        os.environ.update(asked["environment"])
        time.tzset()
        code = _run(asked)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _run(asked: dict[str, Any]) -> int:
    module, name = asked["run"].split(":")
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115 - for its whole life
    sys.argv = ["kansenradar", *asked["arguments"]]
    try:
        return getattr(importlib.import_module(module), name)() or 0
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0 if end.code is None else 1


def serve(line: socket.socket) -> None:
    """Answer questions until nobody asks any more."""
    load()
    while True:
        said, files, _, _ = socket.recv_fds(line, 2**20, 3)
        while said and not said.endswith(b"\n"):
            said += line.recv(2**20)
        if not said:
            return
        asked = json.loads(said)
        if "wait" in asked:
            answer = os.waitstatus_to_exitcode(os.waitpid(asked["wait"], 0)[1])
        else:
            answer = grow(line, asked, files)
        for file in files:
            os.close(file)
        line.sendall(str(answer).encode())


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
