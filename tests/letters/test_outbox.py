"""What happens to a mail, whatever the relay does: nothing lost, nothing doubled, nothing hammered."""

import asyncio
import random
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import trustme
from sqlalchemy import Engine, delete, update
from sqlmodel import select

from db.leases import this_machine
from db.models import Alert, Attempt, Delivery, MailText, Pause, Relay, Suppression
from db.session import reading, writing
from db.vocabulary import DeliveryState, MailKind
from notifications import outbox
from notifications.brakes import pause
from notifications.claims import claim_next, due_mails, give_back, sweep
from notifications.dispatcher import send_due
from notifications.outbox import Mail, Rules, SendTally, record_outcome
from notifications.transport import MailUrlWrong, SendOutcome, SendResult, SmtpStage, open_transport, read_mail_url
from tests.make.smtp_server import CUT, SILENT, SmtpServer, running
from tracker.watch.look import refused_mail

KEY, DOMAIN = b"secret", "kansenradar.example"


def make_mail(now: datetime, to: str = "jan@haarlem.example", **fields: object) -> Mail:
    given = {
        "key": f"digest:{to}:{now.date()}", "kind": MailKind.DIGEST, "user_id": None, "address": to,
        "subject": "7 kansen", "text": "Tekst\n.\nmet een punt\n", "html": "<p>Tekst</p>",
        "headers": {"From": "Kansenradar <kansenradar@kansenradar.example>"},
        "planned_at": now, "expires_at": now + timedelta(hours=24), **fields,
    }  # fmt: skip
    return Mail(**given)  # type: ignore[arg-type]


def put(engine: Engine, *mails: Mail) -> int:
    with writing(engine) as session:
        return outbox.put(session, mails, KEY, DOMAIN)


def send(engine: Engine, url: str, now: datetime, allow: tuple[str, ...] = ()) -> SendTally:
    transport = open_transport(url)
    rules = Rules("test:0", random.Random(1).uniform, lambda: now, transport.name, allow)
    return asyncio.run(send_due(engine, transport, rules, lambda _: "kansenradar@kansenradar.example"))


def delivery(engine: Engine, key: str | None = None) -> Delivery:
    with writing(engine) as session:
        query = select(Delivery) if key is None else select(Delivery).where(Delivery.key == key)
        return session.exec(query).one()


def rows(engine: Engine, table: type) -> list:  # type: ignore[type-arg]
    with writing(engine) as session:
        return list(session.exec(select(table)))


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with running(SmtpServer()) as server:
        yield server


def test_a_mail_arrives_once_with_what_was_frozen(engine: Engine, smtp: SmtpServer, now: datetime) -> None:
    put(engine, make_mail(now, subject="7 kansen, één sluit"))
    assert send(engine, smtp.url(), now).accepted == 1
    assert send(engine, smtp.url(), now).accepted == 0
    (mail,) = smtp.accepted
    assert mail.recipients == ["jan@haarlem.example"]
    assert mail.message_id == delivery(engine).message_id
    assert mail.message.get_payload()[0].get_payload(decode=True).decode() == "Tekst\r\n.\r\nmet een punt\r\n"  # type: ignore
    assert mail.message["Date"] == "Fri, 29 May 2026 06:00:00 +0000"


def test_the_same_key_is_planned_once(engine: Engine, now: datetime) -> None:
    assert put(engine, make_mail(now), make_mail(now)) == 1
    assert put(engine, make_mail(now)) == 0


@pytest.mark.parametrize(
    ("stage", "action"),
    [("rcpt", "450 4.2.0 greylisted"), ("rcpt", "451 4.7.1 later"), ("rcpt", "421 4.7.0 later"), ("data", "451 no")],
)
def test_a_greylisted_mail_arrives_once_and_delays_nobody(
    engine: Engine, smtp: SmtpServer, now: datetime, stage: str, action: str
) -> None:
    clock = [now]
    until = now + timedelta(minutes=15)
    smtp.on(stage, action, to="a@x.example", when=lambda: clock[0] < until)
    put(engine, make_mail(now, "a@x.example"), make_mail(now, "b@x.example"))
    tally = send(engine, smtp.url(), now)
    assert (tally.deferred, tally.accepted) == (1, 1)
    for minutes in range(1, 61):
        clock[0] = now + timedelta(minutes=minutes)
        send(engine, smtp.url(), clock[0])
    assert sorted(mail.recipients[0] for mail in smtp.accepted) == ["a@x.example", "b@x.example"]
    assert len([line for line in smtp.seen if line.startswith("RCPT TO:<a@")]) <= 4


def test_an_unknown_recipient_is_told_to_a_person_and_gets_no_more_mail(
    engine: Engine, smtp: SmtpServer, now: datetime
) -> None:
    smtp.on("rcpt", "550 5.1.1 no such user", to="weg@x.example")
    put(engine, make_mail(now, "weg@x.example"))
    assert send(engine, smtp.url(), now).failed == 1
    assert delivery(engine).state == DeliveryState.FAILED
    assert len(rows(engine, Suppression)) == 1
    assert "weg@x.example" not in rows(engine, Suppression)[0].address_hash
    with reading(engine) as session:
        (trouble,) = refused_mail(session, now)
    assert (trouble.key, trouble.line) == ("refused", "1 adres in het laatste etmaal")
    put(engine, make_mail(now + timedelta(days=1), "weg@x.example"))
    assert send(engine, smtp.url(), now + timedelta(days=1)).cancelled == 1


def test_a_policy_refusal_does_not_suppress_the_address(engine: Engine, smtp: SmtpServer, now: datetime) -> None:
    smtp.on("rcpt", "550 5.7.1 policy")
    put(engine, make_mail(now))
    assert send(engine, smtp.url(), now).failed == 1
    assert rows(engine, Suppression) == []


def test_an_answer_in_odd_bytes_is_an_answer(engine: Engine, smtp: SmtpServer, now: datetime) -> None:
    smtp.on("rcpt", b"450 4.2.0 caf\xe9 \x00 \xff\xfe".decode("utf-8", "surrogateescape"), to="jan@haarlem.example")
    put(engine, make_mail(now), make_mail(now, "piet@haarlem.example"))
    assert (send(engine, smtp.url(), now).deferred, len(smtp.accepted)) == (1, 1)
    assert "caf" in delivery(engine, f"digest:jan@haarlem.example:{now.date()}").last_text


@pytest.mark.parametrize(("stage", "action"), [("dot", "554 5.6.0 spam"), ("dot", "552 too big"), ("data", "554 no")])
def test_refused_content_is_parked_and_told(
    engine: Engine, smtp: SmtpServer, now: datetime, stage: str, action: str
) -> None:
    smtp.on(stage, action)
    put(engine, make_mail(now))
    assert send(engine, smtp.url(), now).held == 1
    assert delivery(engine).state == DeliveryState.HELD
    assert len(rows(engine, Alert)) == 1
    assert send(engine, smtp.url(), now + timedelta(hours=5)).held == 0


@pytest.mark.parametrize(("stage", "action"), [("middle", CUT), ("dot", CUT)])
def test_a_mail_lost_after_its_first_byte_is_tried_once_more_and_the_same(
    engine: Engine, smtp: SmtpServer, now: datetime, stage: str, action: str
) -> None:
    smtp.on(stage, action, times=1)
    put(engine, make_mail(now))
    assert send(engine, smtp.url(), now).ambiguous == 1
    assert send(engine, smtp.url(), now + timedelta(minutes=14)).accepted == 0
    assert send(engine, smtp.url(), now + timedelta(minutes=20)).accepted == 1
    assert len({(mail.message_id, mail.digest) for mail in smtp.received}) == 1


@pytest.mark.parametrize(("kind", "copies"), [(MailKind.DIGEST, 2), (MailKind.REMINDER, 4)])
def test_a_mail_in_doubt_is_not_sent_for_ever(
    engine: Engine, smtp: SmtpServer, now: datetime, kind: MailKind, copies: int
) -> None:
    smtp.on("dot", CUT)
    put(engine, make_mail(now, kind=kind))
    for minutes in range(0, 300, 20):
        send(engine, smtp.url(), now + timedelta(minutes=minutes))
    assert len(smtp.received) == copies
    assert delivery(engine).state == DeliveryState.AMBIGUOUS
    assert delivery(engine).finished_at is not None


@pytest.mark.parametrize("stage", ["connect", "ehlo", "mail", "rcpt", "data", "dot"])
def test_silence_at_any_stage_costs_only_that_mail(engine: Engine, smtp: SmtpServer, now: datetime, stage: str) -> None:
    smtp.on(stage, SILENT, times=1)
    put(engine, make_mail(now, "a@x.example"), make_mail(now, "b@x.example"))
    tally = send(engine, smtp.url("answer=1.5&total=9"), now)
    assert (tally.accepted, tally.deferred + tally.ambiguous) == (1, 1)
    assert tally.ambiguous == (stage == "dot")


def test_a_relay_that_is_down_rests_and_loses_nothing(engine: Engine, now: datetime) -> None:
    put(engine, *(make_mail(now, f"p{n}@x.example") for n in range(20)))
    with running(SmtpServer()) as gone:
        url = gone.url()
    tally = send(engine, url, now)
    assert tally.deferred == 5
    assert "rests" in send(engine, url, now + timedelta(minutes=1)).stopped
    assert len(rows(engine, Alert)) == 1
    probe = send(engine, url, now + timedelta(minutes=6))
    assert probe.deferred == 1
    with running(SmtpServer(port=gone.port)) as back:
        for minutes in (12, 30):
            send(engine, url, now + timedelta(minutes=minutes))
        assert len({mail.message_id for mail in back.accepted}) == len(back.accepted) == 20
    assert rows(engine, Relay)[0].failures == 0
    assert rows(engine, Alert)[0].ended_at is not None


def test_a_relay_down_for_26_hours_drains_urgent_first_and_expires_what_is_late(engine: Engine, now: datetime) -> None:
    with running(SmtpServer()) as gone:
        url = gone.url()
    late = make_mail(now, "laat@x.example", kind=MailKind.REMINDER, expires_at=now + timedelta(hours=20))
    digest = make_mail(now, "dag@x.example", expires_at=now + timedelta(days=3))
    reminder = make_mail(now, "tijd@x.example", kind=MailKind.REMINDER, lane=3, expires_at=now + timedelta(days=3))
    put(engine, late, digest, reminder)
    for minutes in range(0, 26 * 60, 10):
        send(engine, url, now + timedelta(minutes=minutes))
    with running(SmtpServer(port=gone.port)) as back:
        for hours in range(26, 36):
            send(engine, url, now + timedelta(hours=hours))
        assert [mail.recipients[0] for mail in back.accepted] == ["tijd@x.example", "dag@x.example"]
    assert delivery(engine, late.key).state == DeliveryState.EXPIRED


def test_a_wrong_password_opens_the_circuit_and_loses_nothing(engine: Engine, now: datetime) -> None:
    with running(SmtpServer(password="good").on("auth", "535 5.7.8 wrong", times=2)) as server:
        put(engine, *(make_mail(now, f"p{n}@x.example") for n in range(8)))
        url = server.url("tls=none", "user:pw@")
        for seconds in range(0, 300, 60):
            send(engine, url, now + timedelta(seconds=seconds))
        assert len([line for line in server.seen if line.startswith("EHLO")]) == 1
        assert len([line for line in server.seen if line.startswith("AUTH")]) == 1
        assert "535" in rows(engine, Alert)[0].line
        for minutes in (6, 12, 40, 80):
            send(engine, url, now + timedelta(minutes=minutes))
        assert len(server.accepted) == 8


def test_a_throttling_relay_gets_pauses_and_everything_arrives(engine: Engine, now: datetime) -> None:
    minute = {"n": 0}
    with running(SmtpServer()) as server:
        server.on("mail", "452 4.3.2 too many", when=lambda: minute["n"] >= 20)
        server.on("rcpt", "250 ok", when=lambda: minute.update(n=minute["n"] + 1) or True)
        put(engine, *(make_mail(now, f"p{n}@x.example") for n in range(70)))
        for step in range(30):
            minute["n"] = 0
            send(engine, server.url(), now + timedelta(minutes=step))
            assert minute["n"] <= 21
        assert len({mail.message_id for mail in server.accepted}) == len(server.accepted) == 70


def test_a_non_ascii_address_fails_alone(engine: Engine, smtp: SmtpServer, now: datetime) -> None:
    put(engine, make_mail(now, "zoë@x.example"), make_mail(now, "b@x.example"), make_mail(now, "c@gemeenteé.example"))
    tally = send(engine, smtp.url(), now)
    assert (tally.accepted, tally.failed) == (2, 1)
    assert {mail.recipients[0] for mail in smtp.accepted} == {"b@x.example", "c@xn--gemeente-i1a.example"}
    assert all(mail.body.isascii() and str(mail.message["To"]) == mail.recipients[0] for mail in smtp.accepted)


@pytest.mark.parametrize(
    "query", ["tsl=required", "tls=maybe", "ca=/nowhere.pem", "answer=-1", "total=soon", "total=600", "answer=0"]
)
def test_a_mail_url_that_asks_for_the_unknown_is_refused_at_the_door(query: str) -> None:
    with pytest.raises(MailUrlWrong):
        read_mail_url(f"smtp://mail.example?{query}")


@pytest.mark.parametrize("how", ["stripped", "bad certificate", "refused"])
def test_nothing_goes_in_clear_where_encryption_is_required(engine: Engine, now: datetime, how: str) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    server = SmtpServer(tls=context, offer_starttls=how != "stripped", password="pw")
    if how == "refused":
        server.on("starttls", "454 not now")
    with running(server):
        put(engine, make_mail(now))
        assert send(engine, server.url("tls=required", "u:pw@"), now).deferred == 1
    assert not [line for line in server.seen if line.startswith(("AUTH", "MAIL"))]
    assert len(rows(engine, Alert)) == 1


def test_with_a_good_certificate_mail_and_password_go_encrypted(engine: Engine, now: datetime, tmp_path) -> None:  # type: ignore[no-untyped-def]
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    with running(SmtpServer(tls=context, password="pw")) as server:
        put(engine, make_mail(now))
        assert send(engine, server.url(f"tls=required&ca={tmp_path / 'ca.pem'}", "u:pw@"), now).accepted == 1
    assert server.accepted[0].encrypted


def test_urgent_mail_overtakes_queued_digests(engine: Engine, smtp: SmtpServer, now: datetime) -> None:
    put(engine, *(make_mail(now, f"p{n}@x.example") for n in range(30)))
    put(engine, make_mail(now, "in@x.example", kind=MailKind.SIGN_IN, lane=0, key="sign-in:1"))
    send(engine, smtp.url(), now)
    assert smtp.accepted[0].recipients == ["in@x.example"]


@pytest.mark.parametrize("refused", [5, 50])
def test_refused_addresses_hold_up_nobody_else(engine: Engine, smtp: SmtpServer, now: datetime, refused: int) -> None:
    people = [f"p{n}@x.example" for n in range(refused + 8)]
    for person in people[:refused]:
        smtp.on("rcpt", "550 5.1.1 <someone@x.example> unknown", to=person)
    put(engine, *(make_mail(now, person) for person in people))
    tally = send(engine, smtp.url(), now)
    assert (tally.failed, tally.accepted, tally.stopped) == (refused, 8, "")
    assert len(rows(engine, Suppression)) == refused
    assert {row.reason for row in rows(engine, Suppression)} == {"550 5.1.1 <adres> unknown"}
    assert rows(engine, Pause) == rows(engine, Alert) == []


@pytest.mark.parametrize(
    ("stage", "answer", "words"),
    [
        ("rcpt", "550 5.7.1 sender not allowed", "weigert onze post om een regel: 550 „5.7.1 sender not allowed”"),
        ("dot", "554 5.7.1 looks like spam", "weigert de inhoud: 554 „5.7.1 looks like spam”"),
        ("mail", "553 5.7.1 not you", "weigert de afzender: 553 „5.7.1 not you”"),
        ("rcpt", "530 5.7.0 sign in first", "weigert de aanmelding: 530 „5.7.0 sign in first”"),
    ],
)
def test_what_the_relay_itself_refuses_rests_it_in_dutch_and_goes_on_by_itself(
    engine: Engine, smtp: SmtpServer, now: datetime, stage: str, answer: str, words: str
) -> None:
    smtp.on(stage, answer)
    put(engine, *(make_mail(now, f"p{n}@x.example") for n in range(12)))
    first = send(engine, smtp.url(), now)
    assert (first.accepted, first.failed + first.held <= 5, bool(first.stopped)) == (0, True, True)
    (alert,) = [one for one in rows(engine, Alert) if one.key.startswith("relay:")]
    assert alert.line == words
    assert send(engine, smtp.url(), now + timedelta(minutes=1)).stopped  # it rests
    probe = send(engine, smtp.url(), now + timedelta(minutes=6))
    assert (probe.deferred, probe.failed + probe.held) == (1, 0)  # the probe is not the one that pays
    smtp.rules.clear()
    for hours in (1, 2, 3):
        send(engine, smtp.url(), now + timedelta(hours=hours))
    states = [one.state for one in rows(engine, Delivery)]
    assert states.count(DeliveryState.ACCEPTED) == 12 - first.failed
    assert len({mail.message_id for mail in smtp.accepted}) == len(smtp.accepted)
    assert [one.key for one in rows(engine, Alert) if one.ended_at is None] == []


def test_a_mail_refused_for_its_content_alone_waits_for_a_person(
    engine: Engine, smtp: SmtpServer, now: datetime
) -> None:
    smtp.on("dot", "554 5.6.0 no", to="p1@x.example")
    put(engine, *(make_mail(now, f"p{n}@x.example") for n in range(8)))
    tally = send(engine, smtp.url(), now)
    assert (tally.accepted, tally.held, tally.stopped) == (7, 1, "")


def test_a_copied_database_sends_not_even_sign_in_mail(engine: Engine, smtp: SmtpServer, now: datetime) -> None:
    with writing(engine) as session:
        pause(session, "restored from a backup", now, everything=True)
    put(engine, make_mail(now, kind=MailKind.SIGN_IN, lane=0))
    assert "paused" in send(engine, smtp.url(), now).stopped
    assert smtp.received == []


def test_in_a_trial_only_listed_addresses_get_mail(engine: Engine, smtp: SmtpServer, now: datetime) -> None:
    put(engine, make_mail(now, "ik@proef.example"), make_mail(now, "burger@x.example"))
    assert send(engine, smtp.url(), now, allow=("@proef.example",)).accepted == 1
    assert [mail.recipients for mail in smtp.accepted] == [["ik@proef.example"]]


def test_what_a_dead_sender_held_is_in_doubt_and_sent_again_later(
    engine: Engine, smtp: SmtpServer, now: datetime
) -> None:
    put(engine, make_mail(now))
    rules = Rules("db.leases:1", random.Random(1).uniform, lambda: now, "r")
    with writing(engine) as session:
        listed = due_mails(session, rules)
        claim_next(session, listed, 1, rules, SendTally())
        row = session.exec(select(Delivery)).one()
        row.lease_until = now - timedelta(days=400)
        session.add(row)
    assert send(engine, smtp.url(), now).accepted == 0
    assert delivery(engine).state == DeliveryState.AMBIGUOUS
    assert send(engine, smtp.url(), now + timedelta(minutes=20)).accepted == 1
    assert [attempt.number for attempt in rows(engine, Attempt)] == [1, 2]


def test_of_what_a_dead_sender_held_only_the_first_is_in_doubt(engine: Engine, smtp: SmtpServer, now: datetime) -> None:
    """A body leaves only when the outcome of the mail before it is on disk: so the others were never begun."""
    put(engine, *(make_mail(now, f"p{n}@x.example") for n in range(4)))
    rules = Rules(f"{this_machine()}:{gone_process()}", random.Random(1).uniform, lambda: now, "r")
    with writing(engine) as session:
        assert len(claim_next(session, due_mails(session, rules), 3, rules, SendTally())) == 3
    assert send(engine, smtp.url(), now).accepted == 3
    states = {one.address: (one.state, one.attempts) for one in rows(engine, Delivery)}
    assert states["p0@x.example"] == (DeliveryState.AMBIGUOUS, 1)
    assert {states[f"p{n}@x.example"] for n in (1, 2, 3)} == {(DeliveryState.ACCEPTED, 1)}
    assert send(engine, smtp.url(), now + timedelta(minutes=20)).accepted == 1
    assert len(rows(engine, Attempt)) == 5


def test_a_sender_that_slept_past_its_lease_takes_nothing_back_from_the_next(engine: Engine, now: datetime) -> None:
    put(engine, make_mail(now, "a@x.example"), make_mail(now, "b@x.example"))
    slept, awake = (Rules(holder, random.Random(1).uniform, lambda: now, "t") for holder in ("one:1#a", "two:2#b"))
    with writing(engine) as session:
        _, second = claim_next(session, due_mails(session, slept), 2, slept, SendTally())
    with writing(engine) as session:
        session.connection().execute(update(Delivery).values(lease_until=now - timedelta(days=9)))
        sweep(session, awake)
        (again,) = claim_next(session, due_mails(session, awake), 2, awake, SendTally())
    assert (again.id, again.attempts) == (second.id, second.attempts)
    with writing(engine) as session:
        give_back(session, second)
        record_outcome(session, again, SendOutcome(SendResult.ACCEPTED, SmtpStage.DOT, 250, "ok"), awake)
    assert delivery(engine, second.key).state == DeliveryState.ACCEPTED


def test_lost_connections_count_only_in_a_row(engine: Engine, smtp: SmtpServer, now: datetime) -> None:
    people = [f"{n}@x.example" for n in range(12)]
    for person in people[1::2]:
        smtp.on("rcpt", CUT, to=person)
    put(engine, *(make_mail(now, person) for person in people))
    tally = send(engine, smtp.url(), now)
    assert (tally.accepted, tally.deferred, tally.stopped) == (6, 6, "")


def test_a_mail_whose_text_is_gone_stops_no_other(engine: Engine, smtp: SmtpServer, now: datetime) -> None:
    put(engine, make_mail(now, "a@x.example"), make_mail(now, "b@x.example"))
    with writing(engine) as session:
        session.connection().execute(delete(MailText).where(MailText.delivery_id == 1))  # type: ignore[arg-type]
    tally = send(engine, smtp.url(), now)
    assert (tally.cancelled, tally.accepted, delivery(engine, f"digest:a@x.example:{now.date()}").text) == (1, 1, "")


def gone_process() -> int:
    """The number of a process that has ended."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    return gone.pid


def test_what_was_withdrawn_while_it_was_being_sent_is_not_tried_again(
    engine: Engine, smtp: SmtpServer, now: datetime
) -> None:
    put(engine, make_mail(now))

    def leave() -> bool:
        with writing(engine) as session:
            outbox.withdraw(session, [1], "unsubscribed", now)
        return True

    smtp.on("rcpt", "451 later", times=1, when=leave)
    assert send(engine, smtp.url(), now).deferred == 1
    send(engine, smtp.url(), now + timedelta(hours=1))
    assert (delivery(engine).state, smtp.accepted) == (DeliveryState.EXPIRED, [])


def test_a_mail_is_introduced_before_but_handed_in_after_the_last_outcome_is_on_disk(
    engine: Engine, smtp: SmtpServer, now: datetime
) -> None:
    """Whatever stage the next mail has reached, at most one body is out without an outcome that a kill would keep."""
    put(engine, *(make_mail(now, f"p{n}@x.example") for n in range(12)))
    unknown: list[int] = []

    def look() -> bool:
        with reading(engine) as session:
            noted = len(session.exec(select(Delivery.id).where(Delivery.state == "accepted")).all())
        unknown.append(len(smtp.received) - noted)
        return False

    smtp.on("dot", "250 never used", when=look)
    assert send(engine, smtp.url(), now).accepted == 12
    assert unknown == [1] * 12


def test_a_mail_that_is_being_sent_is_nobody_elses(engine: Engine, smtp: SmtpServer, now: datetime) -> None:
    put(engine, make_mail(now))
    rules = Rules("elsewhere:1", random.Random(1).uniform, lambda: now, "r")
    with writing(engine) as session:
        listed = due_mails(session, rules)
        assert claim_next(session, replace(listed), 1, rules, SendTally())
    with writing(engine) as session:
        assert claim_next(session, listed, 1, rules, SendTally()) == []
    assert send(engine, smtp.url(), now).accepted == 0


def test_a_mail_as_file_is_whole_and_named_the_same_for_every_copy(engine: Engine, now: datetime, tmp_path) -> None:  # type: ignore[no-untyped-def]
    put(engine, make_mail(now))
    assert send(engine, f"file:{tmp_path / 'mail'}", now).accepted == 1
    (file,) = (tmp_path / "mail").iterdir()
    assert file.name.startswith("20260529T0600-digest-jan-haarlem.example-")
    assert b"Message-ID: " + delivery(engine).message_id.encode() in file.read_bytes()


def test_a_queued_mail_can_be_withdrawn(engine: Engine, smtp: SmtpServer, now: datetime) -> None:
    put(engine, make_mail(now))
    with writing(engine) as session:
        outbox.withdraw(session, list(session.exec(select(Delivery.id))), "unsubscribed", now)  # type: ignore
    assert send(engine, smtp.url(), now).accepted == 0
    assert delivery(engine).state == DeliveryState.CANCELLED
