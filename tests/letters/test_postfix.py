"""A real mail server on loopback: Postfix takes our mail, refuses and defers as it does, and passes it on unchanged."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db.vocabulary import DeliveryState
from tests.letters.test_outbox import delivery, make_mail, put, send
from tests.make.smtp_server import SmtpServer, running

pytestmark = [
    pytest.mark.skipif(shutil.which("postfix") is None, reason="no postfix on this machine"),
    pytest.mark.skipif(os.geteuid() != 0, reason="postfix starts as root only"),
]
RULES = {"weg@x.example": "550 5.1.1 no such user", "later@x.example": "450 4.2.0 greylisted"}
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
proxymap unix - - n - - proxymap
"""


@pytest.fixture
def sink() -> Iterator[SmtpServer]:
    with running(SmtpServer()) as server:
        yield server


@pytest.fixture
def postfix(sink: SmtpServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Postfix of its own, with everything of it in one folder; what it takes goes on to the sink."""
    folder = Path(f"/tmp/kansenradar-postfix-{os.getpid()}")  # its sockets and its user need a short, open path
    port = free_port()
    for name in ("etc", "queue", "data"):
        (folder / name).mkdir(parents=True)
    shutil.chown(folder / "data", "postfix")
    told = ", ".join(f"{{{address} = {answer}}}" for address, answer in RULES.items())
    settings = {
        "queue_directory": folder / "queue", "data_directory": folder / "data", "compatibility_level": "3.6",
        "myhostname": "relay.x.example", "mydestination": "", "mynetworks": "127.0.0.0/8", "inet_protocols": "ipv4",
        "relayhost": f"[127.0.0.1]:{sink.port}", "message_size_limit": "200000",
        "smtpd_recipient_restrictions": f"check_recipient_access inline:{{{told}}}, permit_mynetworks, reject",
        "smtp_tls_security_level": "none", "smtpd_peername_lookup": "no", "smtp_host_lookup": "native",
    }  # fmt: skip
    (folder / "etc/main.cf").write_text("".join(f"{name} = {value}\n" for name, value in settings.items()))
    (folder / "etc/master.cf").write_text(MASTER.format(port=port))
    command = ["postfix", "-c", str(folder / "etc")]
    subprocess.run([*command, "start"], check=True, capture_output=True, timeout=60)
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        subprocess.run([*command, "stop"], check=False, capture_output=True, timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_real_mail_server_takes_defers_and_refuses_and_passes_on_what_was_frozen(
    engine: Engine, now: datetime, postfix: str, sink: SmtpServer
) -> None:
    good = make_mail(now, "jan@x.example", subject="7 kansen, één sluit", text="Één\n.\n.. punten\n" * 500)
    refused, deferred = make_mail(now, "weg@x.example"), make_mail(now, "later@x.example")
    large = make_mail(now, "groot@x.example", text="x" * 60 + "\n", html=("y" * 60 + "\n") * 5_000)
    put(engine, good, refused, deferred, large)
    tally = send(engine, f"{postfix}?answer=5", now)
    assert (tally.accepted, tally.failed, tally.deferred, tally.held) == (1, 1, 1, 1)
    assert delivery(engine, refused.key).last_code == 550
    assert delivery(engine, large.key).state == DeliveryState.HELD
    assert delivery(engine, deferred.key).next_attempt_at > now + timedelta(minutes=3)
    assert "queued as" in delivery(engine, good.key).last_text
    for _ in range(100):
        if sink.accepted:
            break
        time.sleep(0.1)
    (mail,) = sink.accepted
    assert mail.recipients == ["jan@x.example"]
    assert mail.message_id == delivery(engine, good.key).message_id
    whole = message_from_bytes(mail.body.replace(b"\r\n..", b"\r\n."))  # the sink keeps what it got on the wire
    part = whole.get_payload()[0].get_payload(decode=True)  # type: ignore[union-attr,index]
    assert part.decode().replace("\r\n", "\n") == good.text  # type: ignore[union-attr]
