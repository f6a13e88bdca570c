"""The addresses of an envelope stand in its commands as the standard library writes them."""

from smtplib import quoteaddr

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifications.replies import introduction, quoted


@given(st.from_regex(r"[\w.+=\"'(),:;<>@ !-]{1,20}@?[A-Za-z0-9.-]{0,20}", fullmatch=True))
@example("jan@haarlem.example")
@example("bounces+12=abc-def@post.haarlem.example")
@example("jan@haarlem.example\n")
@example("jan..jansen@haarlem.example")
@example(".jan@haarlem.example")
@example("josé@haarlem.example")
@example("<jan@haarlem.example>")
def test_a_plain_address_is_written_as_any_other_is(address: str) -> None:
    assert quoted(address) == quoteaddr(address)


def test_the_commands_of_a_mail_name_its_addresses() -> None:
    commands = introduction("a+1@x.example", "jan@x.example", ["SIZE=5"])
    assert commands == [b"MAIL FROM:<a+1@x.example> SIZE=5\r\n", b"RCPT TO:<jan@x.example>\r\n", b"DATA\r\n"]
    with pytest.raises(ValueError):
        introduction("a@x.example", "jan@x.example\r\nRCPT TO:<b@x.example>", [])
