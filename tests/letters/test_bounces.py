"""What comes back undelivered counts against its address alone; what is not ours is ignored, and nothing is answered."""

import socketserver
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
import trustme
from sqlalchemy import Engine
from sqlmodel import select

from db.models import Bounce, Delivery, Suppression
from db.session import reading, writing
from db.vocabulary import UNTOLD_STATES, DeliveryState
from notifications.bounces import BounceEnd, note_bounce, read_report
from notifications.message import sealed
from notifications.outbox import silent_addresses
from tests.letters.test_outbox import KEY, make_mail, put
from tracker.errors import CommandFailed
from tracker.mailing.bounces import read_bounces
from tracker.mailing.keys import signing_keys
from tracker.settings import Settings
from tracker.watch.look import refused_mail

pytestmark = pytest.mark.one_database  # on PostgreSQL in make prove

TEMPLATE = "bounces+{token}@k.example"
DAY = timedelta(days=1)


def report(delivery: Delivery, status: str, key: bytes = KEY, action: str = "failed", to: str = "To") -> bytes:
    """A report as Exchange, Postfix and Exim send it (RFC 3464)."""
    seal = sealed(key, "bounce", delivery.message_id)[:16]
    return f"""From: MAILER-DAEMON@relay.example
{to}: <bounces+{delivery.id}-{seal}@k.example>
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; {delivery.address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} <{delivery.address}>: no

--b--
""".replace("\n", "\r\n").encode()


def mails(engine: Engine, now: datetime, number: int = 1) -> list[Delivery]:
    put(engine, *(make_mail(now, "jan@haarlem.example", key=f"k{n}") for n in range(number)))
    with reading(engine) as session:
        return list(session.exec(select(Delivery)))


def take(engine: Engine, content: bytes, now: datetime) -> BounceEnd:
    with writing(engine) as session:
        return note_bounce(session, read_report(content, TEMPLATE), [b"newer", KEY], now)


@pytest.mark.parametrize(
    ("statuses", "action", "ends"),
    [
        (["5.1.1"], "failed", [BounceEnd.SUPPRESSED]),
        (["5.2.2", "5.2.2", "5.2.2"], "failed", [BounceEnd.COUNTED] * 3),  # full: it may be emptied
        (["4.4.1", "4.4.1"], "delayed", [BounceEnd.COUNTED] * 2),
        (["5.7.1", "5.7.1"], "failed", [BounceEnd.COUNTED, BounceEnd.SUPPRESSED]),
        (["5.1.1"], "delivered", [BounceEnd.NONE]),
    ],
)
def test_hard_ones_end_mail_to_an_address_by_rule_and_soft_ones_are_counted(
    engine: Engine, now: datetime, statuses: list[str], action: str, ends: list[BounceEnd]
) -> None:
    rows = mails(engine, now, len(statuses))
    reports = [report(row, status, action=action) for row, status in zip(rows, statuses, strict=True)]
    assert [take(engine, content, now + DAY) for content in reports] == ends
    again = [take(engine, content, now + DAY) for content in reports]
    assert set(again) <= {BounceEnd.KNOWN, BounceEnd.NONE}
    with reading(engine) as session:
        assert bool(silent_addresses(session, now + DAY)) == (BounceEnd.SUPPRESSED in ends)
        assert "haarlem" not in "".join(row.said for row in session.exec(select(Bounce)))


@pytest.mark.parametrize(
    ("status", "action", "state"),
    [
        ("5.1.1", "failed", DeliveryState.FAILED), ("4.4.7", "failed", DeliveryState.FAILED),
        ("4.4.1", "delayed", DeliveryState.ACCEPTED),
    ],
)  # fmt: skip
def test_a_mail_that_came_back_told_nothing_and_one_that_is_late_may_still_arrive(
    engine: Engine, now: datetime, status: str, action: str, state: str
) -> None:
    [mail] = mails(engine, now)
    with writing(engine) as session:
        sent = session.get_one(Delivery, mail.id)
        sent.state, sent.finished_at, sent.last_code, sent.last_text = DeliveryState.ACCEPTED, now, 250, "OK"
    take(engine, report(mail, status, action=action), now + timedelta(minutes=9))
    with reading(engine) as session:
        sent = session.get_one(Delivery, mail.id)
        assert sent.state == state
        assert (sent.state in UNTOLD_STATES) == (action == "failed")
        assert sent.last_text.startswith(status) == (action == "failed")
        troubles = [trouble.line for trouble in refused_mail(session, now + timedelta(hours=1))]
    assert troubles == (["1 adres in het laatste etmaal"] if status == "5.1.1" else [])


def test_two_lasting_refusals_a_month_apart_end_nothing(engine: Engine, now: datetime) -> None:
    first, second = mails(engine, now, 2)
    assert take(engine, report(first, "5.7.1"), now) == BounceEnd.COUNTED
    assert take(engine, report(second, "5.7.1"), now + 30 * DAY) == BounceEnd.COUNTED


def test_what_is_forged_or_no_report_is_ignored(engine: Engine, now: datetime) -> None:
    (row,) = mails(engine, now)
    assert take(engine, report(row, "5.1.1", key=b"guessed"), now) == BounceEnd.FORGED
    assert (
        take(engine, b"Subject: Out of office\r\nTo: bounces+1-aaaaaaaaaaaaaaaa@k.example\r\n\r\nback soon", now)
        == BounceEnd.NONE
    )
    assert take(engine, b"", now) == BounceEnd.NONE
    assert take(engine, bytes(range(256)) * 50, now) == BounceEnd.NONE
    with reading(engine) as session:
        assert session.exec(select(Suppression)).all() == []


@pytest.mark.parametrize(
    "to", ["t: rfc822; jan@haarlem.example", "a@[k.example", "=?utf-8?q?=?=<bounces@\n k.example", "\udcff\udcfe <x@y"]
)
def test_a_header_that_no_parser_understands_is_ignored_too(engine: Engine, now: datetime, to: str) -> None:
    """The standard library's parser of addresses fails on some of these, and then nothing behind them was read."""
    content = b"To: " + to.encode("utf-8", "surrogateescape") + b"\r\n"
    (row,) = mails(engine, now)
    assert take(engine, content + report(row, "5.1.1", key=b"guessed"), now) == BounceEnd.FORGED
    assert take(engine, content + report(row, "5.1.1"), now) == BounceEnd.SUPPRESSED


@contextmanager
def mailbox(messages: dict[int, bytes], tls: ssl.SSLContext | None = None) -> Iterator[tuple[int, list[str]]]:
    """An IMAP server that knows what we ask of one; what it was told is kept."""
    told: list[str] = []

    class Box(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"* OK ready\r\n")
            for line in self.rfile:
                tag, _, rest = line.decode().strip().partition(" ")
                told.append(rest)
                if rest.startswith("SEARCH"):
                    self.wfile.write(f"* SEARCH {' '.join(map(str, messages))}\r\n".encode())
                if rest.startswith("FETCH"):
                    body = messages[int(rest.split()[1])]
                    self.wfile.write(f"* 1 FETCH (BODY[]<0> {{{len(body)}}}\r\n".encode() + body + b")\r\n")
                if rest.startswith(("SELECT", "CAPABILITY")):
                    self.wfile.write({"S": b"* 1 EXISTS\r\n", "C": b"* CAPABILITY IMAP4rev1\r\n"}[rest[0]])
                self.wfile.write(f"{tag} OK done\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Box) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], told
        server.shutdown()


@pytest.mark.one_database
def test_a_mailbox_is_read_once_and_answered_never(engine: Engine, now: datetime, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, mail_bounces=TEMPLATE, _env_file=None)
    (row,) = mails(engine, now)
    content = report(row, "5.1.1", signing_keys(settings)[0], to="X-Original-To")
    with mailbox({3: content, 4: b"Subject: hi\r\n\r\nhi"}) as (port, told):
        there = settings.model_copy(update={"bounces_url": f"imap://me:geheim@127.0.0.1:{port}/Bounces"})
        assert read_bounces(there, engine, now) == {BounceEnd.SUPPRESSED: 1, BounceEnd.NONE: 1}
    assert [line.split()[0] for line in told if line] == [
        "CAPABILITY", "LOGIN", "SELECT", "SEARCH", "FETCH", "STORE", "FETCH", "STORE", "LOGOUT",
    ]  # fmt: skip


@pytest.mark.one_database
def test_a_mailbox_gets_its_password_only_behind_a_certificate_that_fits(
    engine: Engine, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data_dir=tmp_path, mail_bounces=TEMPLATE, _env_file=None)
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with mailbox({4: b"Subject: hi\r\n\r\nhi"}, context) as (port, told):
        there = settings.model_copy(update={"bounces_url": f"imaps://me:geheim@localhost:{port}/Bounces"})
        with pytest.raises(CommandFailed, match="certificate"):
            read_bounces(there, engine, now)
        assert told == []
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        assert read_bounces(there, engine, now) == {BounceEnd.NONE: 1}


@pytest.mark.one_database
def test_a_folder_of_files_is_read_once(engine: Engine, now: datetime, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    settings = Settings(data_dir=tmp_path, mail_bounces=TEMPLATE, bounces_url=f"file:{folder}", _env_file=None)
    (row,) = mails(engine, now)
    (folder / "1").write_bytes(report(row, "5.1.1", signing_keys(settings)[0]))
    assert read_bounces(settings, engine, now) == {BounceEnd.SUPPRESSED: 1}
    assert read_bounces(settings, engine, now) == {}


@pytest.mark.parametrize("number", [2**31, 10**18 - 1])
def test_a_number_that_no_mail_can_have_is_ignored(engine: Engine, now: datetime, number: int) -> None:
    """PostgreSQL refuses the question, and then nothing behind it was read."""
    (row,) = mails(engine, now)
    forged = report(row, "5.1.1").replace(f"+{row.id}-".encode(), f"+{number}-".encode())
    assert take(engine, forged, now) == BounceEnd.FORGED
