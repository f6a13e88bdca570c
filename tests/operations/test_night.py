"""A night in which all goes wrong: which alert came when, to whom it was told, and when it ended."""

import hmac
import json
from dataclasses import replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from db.leases import database_clock, take
from db.models import Alert, Crawl, Delivery, Lease
from db.session import reading, writing
from db.vocabulary import MailKind, Role
from notifications.alerts import standing_alerts
from notifications.message import without_addresses
from scrapers.outgoing import Outgoing
from tests.letters.test_outbox import make_mail, put, send
from tests.make.mail_cases import MAILER
from tests.make.pages import make_participant, make_user
from tests.make.smtp_server import SmtpServer, running
from tracker.mailing.plan import plan
from tracker.watch.look import CLOCK, Watched
from tracker.watch.machine import Disk, Machine, close_files, open_files
from tracker.watch.note import note
from tracker.watch.webhook import Webhook, post, post_due, signed

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ROOMY, FULL = (Machine((Disk(Path("/data"), free << 20, 40 << 30),)) for free in (20_000, 300))


class Night:
    """One installation, minute by minute; ``posted`` is what its webhook got."""

    def __init__(self, engine: Engine, relay: SmtpServer, begin: datetime) -> None:
        self.engine, self.relay, self.begin = engine, relay, begin
        self.machine, self.posted = ROOMY, list[dict[str, Any]]()
        self.clock_heard(0)

    def clock_heard(self, minutes_ago: int) -> None:
        with writing(self.engine) as session:
            take(session, CLOCK, "elsewhere:1")
            heard = database_clock(session) - minutes_ago * MINUTE
            session.get_one(Lease, CLOCK).until = heard + timedelta(seconds=90)

    def crawl(self, at: timedelta, why: str = "") -> None:
        now = self.begin + at
        with writing(self.engine) as session:
            session.add(Crawl(source="rvo", started_at=now, finished_at=now, complete=not why, why=why))

    def minute(self, at: timedelta, mails: bool = True) -> None:
        """What the clock does each minute; while it stands still, the pages alone look."""
        now, hook = self.begin + at, Webhook("https://hook.example", "key")
        note(self.engine, now, Watched(self.machine, ("rvo",)))
        post_due(self.engine, hook, "https://k.example", now, lambda _, body, __: self.posted.append(json.loads(body)))
        if mails:
            plan(self.engine, MAILER, now, 0.5, compare_clocks=False)
            send(self.engine, self.relay.url(), now)


def test_a_night_in_which_all_goes_wrong(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        make_participant(session, "amsterdam", "Amsterdam")
        people = {
            role: make_user(session, now, role).email for role in (Role.READER, Role.COORDINATOR, Role.ADMINISTRATOR)
        }
    with running(SmtpServer()) as relay:
        night = Night(engine, relay, now)
        night.crawl(-6 * HOUR)
        night.minute(0 * HOUR)
        night.machine = FULL
        night.minute(1 * HOUR)
        night.minute(1 * HOUR + MINUTE)
        night.machine = ROOMY
        night.minute(2 * HOUR)
        relay.on("mail", "535 5.7.8 wrong password for kansenradar@k.example")
        put(engine, make_mail(now + 3 * HOUR, expires_at=now + timedelta(days=2)))
        night.minute(3 * HOUR)
        night.minute(3 * HOUR + 31 * MINUTE)
        relay.rules.clear()
        night.minute(4 * HOUR)
        night.minute(4 * HOUR + MINUTE)
        night.clock_heard(6)
        night.minute(5 * HOUR, mails=False)
        night.clock_heard(0)
        night.minute(5 * HOUR + 30 * MINUTE)
        for hours in (6, 30, 54):  # three days
            night.crawl(hours * HOUR, "an empty result: the source lists nothing at all")
            night.minute(hours * HOUR)
        night.crawl(60 * HOUR)
        night.minute(60 * HOUR)
        accepted = list(relay.accepted)
    assert _told(engine, now) == [
        ("disk", 60, 120),
        ("relay", 180, 240),
        ("mail_late", 211, 241),
        ("heartbeat", 300, 330),
        ("source", 54 * 60, 60 * 60),
    ]
    posted = [(each["key"].partition(":")[0], each["event"]) for each in night.posted]
    assert sorted(posted) == sorted(
        (kind, event) for kind in ("disk", "relay", "mail_late", "heartbeat", "source") for event in ("began", "over")
    )
    to = {
        role: [mail.message["Subject"] for mail in accepted if mail.recipients == [email]]
        for role, email in people.items()
    }
    assert to[Role.READER] == []
    assert to[Role.COORDINATOR] == ["rvo: de bron lukt niet", "rvo: de bron is weer tot het eind gelezen"]
    server = f"De mailserver localhost:{relay.port} neemt onze post"
    assert sorted(to[Role.ADMINISTRATOR]) == sorted([
        "De schijf is bijna vol", "Er is weer ruimte op de schijf", "Mail wacht te lang",
        "Er wacht geen mail meer te lang", f"{server} niet aan", f"{server} weer aan", *to[Role.COORDINATOR],
    ])  # fmt: skip  # of the clock that stood still the webhook told: nobody planned mail
    with reading(engine) as session:
        assert "@" not in "".join(session.exec(select(Alert.line)).all())


def _told(engine: Engine, begin: datetime) -> list[tuple[str, int, int]]:
    """Each alert: its kind, and in which minutes it began and ended."""
    with reading(engine) as session:
        rows = session.exec(select(Alert).order_by(col(Alert.id))).all()
    ended = ((row.key.partition(":")[0], row.since, row.ended_at or begin) for row in rows)
    return [(kind, (since - begin) // MINUTE, (over - begin) // MINUTE) for kind, since, over in ended]


def test_a_machine_with_room_does_not_end_what_another_found_full(engine: Engine, now: datetime) -> None:
    full, roomy = (Watched(replace(each, name=name)) for each, name in ((FULL, "one"), (ROOMY, "two")))

    def looked(at: timedelta, watched: Watched) -> list[str]:
        note(engine, now + at, watched)
        with reading(engine) as session:
            return [alert.key for alert in standing_alerts(session)]

    assert looked(0 * MINUTE, full) == looked(1 * MINUTE, roomy) == ["disk:one"]
    assert looked(50 * MINUTE, full) == looked(70 * MINUTE, roomy) == ["disk:one"]
    assert looked(120 * MINUTE, roomy) == []  # the first was taken away: it says nothing any more


def test_while_sending_is_paused_the_administrator_is_told_all_the_same(engine: Engine, now: datetime) -> None:
    from notifications.brakes import pause

    with writing(engine) as session:
        make_participant(session, "amsterdam", "Amsterdam")
        make_user(session, now, Role.ADMINISTRATOR)
        pause(session, "even wachten", now)
    put(engine, make_mail(now))
    with running(SmtpServer()) as relay:
        plan(engine, MAILER, now, 0.5, alerts_only=True)
        send(engine, relay.url(), now)
        assert [mail.message["Subject"] for mail in relay.accepted] == ["Verzenden staat stil"]
    with reading(engine) as session:
        assert session.exec(select(Delivery.state).where(Delivery.kind == MailKind.DIGEST)).all() == ["planned"]


def test_a_webhook_is_signed_and_goes_only_where_fetching_may(now: datetime) -> None:
    got: list[tuple[bytes, Any]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((self.rfile.read(int(self.headers["Content-Length"])), self.headers["X-Kansenradar-Signature"]))
            self.send_response(204 if self.path == "/a?b" else 302)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Hook)
    Thread(target=server.serve_forever, daemon=True).start()
    here = f"http://127.0.0.1:{server.server_port}"
    closed = Webhook(f"{here}/a?b", "key")
    with pytest.raises(OSError, match="private address"):
        post(closed, b"{}", {})
    open_ = Webhook(f"{here}/a?b", "key", Outgoing(frozenset({("127.0.0.1", server.server_port)})))
    post(open_, b"{}", signed(open_, b"{}", now))
    with pytest.raises(OSError, match="answered 302"):
        post(Webhook(f"{here}/other", "", open_.outgoing), b"{}", {})
    server.shutdown()
    server.server_close()
    seal = hmac.new(b"key", f"{int(now.timestamp())}.".encode() + b"{}", "sha256").hexdigest()
    assert got[0] == (b"{}", f"t={int(now.timestamp())},v1={seal}")


def test_files_that_others_can_read_are_found_and_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "mail").mkdir()
    for name in ("kansenradar.db", "secret.key", "mail/a.eml", "notes.txt"):
        (tmp_path / name).write_text("x")
        (tmp_path / name).chmod(0o644)
    assert [path.name for path in open_files([tmp_path])] == ["kansenradar.db", "a.eml", "secret.key"]
    assert close_files([tmp_path]) == 3
    assert open_files([tmp_path]) == []


def test_no_address_is_left_in_words_of_a_server() -> None:
    assert (
        without_addresses("550 5.1.1 <jan@x.example>: unknown, ask post@y.example")
        == "550 5.1.1 <adres>: unknown, ask <adres>"
    )
