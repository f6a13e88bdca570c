"""The whole way: recorded pages become a mail in an inbox and a calendar, by the command a newcomer types."""

import email
import email.policy
import re
from pathlib import Path

import pytest
from icalendar import Calendar

from tests.make.nursery import kansenradar

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("newcomer")
    done = kansenradar(folder, "demo", "--once")
    assert done.returncode == 0, done.stderr
    return folder / "demo", done.stdout


def test_a_digest_is_printed_as_its_reader_gets_it(demo: tuple[Path, str]) -> None:
    _, said = demo
    assert "Onderwerp: Kansenradar" in said
    assert re.search(r"\b(\d+) van \1 bronnen compleet", said)
    assert "sluit" in said
    assert "17:00 (gebruikelijk uur)" in said


def test_the_same_lies_there_as_a_mail_with_text_and_html(demo: tuple[Path, str]) -> None:
    folder, said = demo
    files = list((folder / "mail").glob("*.eml"))
    assert len(files) == 1
    mail = email.message_from_bytes(files[0].read_bytes(), policy=email.policy.default)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text
    assert html
    assert "\n".join(text.get_content().split("\r\n")).strip() in said
    assert "<script" not in html.get_content()
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_calendar_opens_and_says_where_it_is(demo: tuple[Path, str]) -> None:
    folder, said = demo
    events = Calendar.from_ical((folder / "kansenradar.ics").read_bytes()).walk("VEVENT")
    assert len(events) > 60
    assert "kansenradar.ics" in said


@pytest.mark.prove  # a whole demo once more
def test_a_second_demo_starts_afresh(demo: tuple[Path, str]) -> None:
    folder, _ = demo
    assert kansenradar(folder.parent, "demo", "--once").returncode == 0
    assert len(list((folder / "mail").glob("*.eml"))) == 1
