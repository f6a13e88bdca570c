"""A mail is introduced in one breath where the relay allows it, and line by line where it does not: the same comes of it."""

import asyncio
from collections.abc import Iterator

import pytest

from notifications.transport import Parcel, SendOutcome, SendResult, SmtpRelay, SmtpStage, open_transport
from tests.make.smtp_server import CUT, SILENT, SmtpServer, running

BODY = b"Subject: x\r\n\r\n.een regel met een punt\r\n"
TO = "jan@haarlem.example"


@pytest.fixture(params=[True, False], ids=["at once", "one by one"])
def server(request: pytest.FixtureRequest) -> Iterator[SmtpServer]:
    with running(SmtpServer(pipelining=request.param)) as server:
        yield server


def post(server: SmtpServer, *recipients: str, sender: str = "kansenradar@x.example") -> list[SendOutcome]:
    """Hand in a mail for each, over one connection."""

    async def go() -> None:
        """Nothing to wait for."""

    async def all_of_them() -> list[SendOutcome]:
        relay = open_transport(server.url("answer=1&total=5"))
        assert isinstance(relay, SmtpRelay)
        outcomes = [await relay.post(Parcel(sender, to, BODY, "x"), go) for to in recipients]
        await relay.close()
        return outcomes

    return asyncio.run(all_of_them())


def connections(server: SmtpServer) -> int:
    return len([line for line in server.seen if line.startswith("EHLO")])


def test_several_mails_go_over_one_connection_each_as_it_is(server: SmtpServer) -> None:
    outcomes = post(server, TO, "els@haarlem.example")
    assert [outcome.result for outcome in outcomes] == [SendResult.ACCEPTED] * 2
    assert [mail.recipients for mail in server.accepted] == [[TO], ["els@haarlem.example"]]
    assert {mail.body for mail in server.accepted} == {b"Subject: x\r\n\r\n..een regel met een punt\r\n"}
    assert connections(server) == 1


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
@pytest.mark.parametrize("answer", ["450 4.2.0 later", "550 5.1.1 unknown", "421 4.3.2 shutting down"])
def test_what_is_refused_is_refused_where_it_was_and_the_next_mail_arrives(
    server: SmtpServer, stage: str, answer: str
) -> None:
    server.on(stage, answer, times=1)
    first, second = post(server, TO, "els@haarlem.example")
    retried = stage == "mail" and answer.startswith("421")  # nothing was handed over: a fresh connection is no risk
    assert (first.stage, first.code) == (SmtpStage(stage), int(answer[:3])) or retried
    assert first.result is not SendResult.AMBIGUOUS
    assert second.result is SendResult.ACCEPTED
    assert [mail.recipients[-1] for mail in server.accepted][-1] == "els@haarlem.example"
    assert all(mail.recipients == [TO] or mail.recipients == ["els@haarlem.example"] for mail in server.received)


@pytest.mark.parametrize("answer", ["354 go on all the same", "503 5.5.1 no valid recipients"])
def test_no_body_follows_a_refused_recipient_whatever_the_relay_says_to_data(server: SmtpServer, answer: str) -> None:
    server.on("rcpt", "550 5.1.1 unknown", to=TO).on("data", answer, to=TO)
    first, second = post(server, TO, "els@haarlem.example")
    assert (first.result, first.stage, first.code) == (SendResult.FAILED, SmtpStage.RCPT, 550)
    assert second.result is SendResult.ACCEPTED
    assert [mail.recipients for mail in server.received] == [["els@haarlem.example"]]
    hung_up = server.pipelining and answer.startswith("354")
    assert connections(server) == (2 if hung_up else 1)


@pytest.mark.parametrize("fault", [CUT, SILENT, "nonsense"])
@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
def test_what_goes_wrong_before_the_body_leaves_no_doubt(server: SmtpServer, stage: str, fault: str) -> None:
    server.on(stage, fault, times=1)
    outcome, _ = post(server, TO, TO)
    assert (outcome.result, outcome.stage) == (SendResult.DEFERRED, SmtpStage(stage))
    assert len(server.received) == 1


def test_an_address_that_begins_a_line_of_its_own_is_never_sent(server: SmtpServer) -> None:
    _, outcome = post(server, TO, "a@x.example\rRCPT TO:<b@x.example>")
    assert outcome.result is SendResult.DEFERRED
    assert [mail.recipients for mail in server.received] == [[TO]]
    assert not [line for line in server.seen if "b@x.example" in line]
