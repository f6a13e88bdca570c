"""The preview reads what one person's mail needs, however many others there are, and answers at once."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, event

from db.models import Follow, Participant, User
from db.session import open_engine, reading, writing
from tests.bench import mail as bench
from tests.make.mail_cases import MAILER, THRESHOLD, make_agenda, make_call, make_reader, plan_at
from tracker.calls.duplicate_pairs import Alike
from tracker.mailing.preview import NextMail, preview

ON_TIME = 0.3  # seconds of the processor, with five thousand open calls


def look(engine: Engine, person: int, now: datetime, alike: Alike) -> NextMail:
    with reading(engine) as session:
        mail = preview(session, MAILER, person, now, THRESHOLD, alike)
    assert mail is not None
    return mail


@contextmanager
def read(engine: Engine) -> Iterator[list[object]]:
    """Every statement that is made, and every person that is read."""
    made: list[object] = []

    def note(*given: object) -> None:
        made.append(given[2] if len(given) > 2 else "person")

    event.listen(engine, "before_cursor_execute", note)
    event.listen(User, "load", note)
    yield made
    event.remove(engine, "before_cursor_execute", note)
    event.remove(User, "load", note)


def test_a_preview_reads_no_more_when_others_follow_and_were_reminded(engine: Engine) -> None:
    now = datetime(2026, 5, 29, 6, tzinfo=UTC)
    make_agenda(engine)
    call = make_call(engine, now, closes=date(2026, 7, 1))
    mine = make_reader(engine, now)
    with read(engine) as alone:
        assert look(engine, mine, now, Alike()).leaves
    for number in range(9):
        with writing(engine) as session:
            session.add(Participant(id=f"elders-{number}", name=f"Elders {number}", kind="municipality"))
        other = make_reader(engine, now, f"p{number}@elders.example")
        with writing(engine) as session:
            session.get_one(User, other).participant_id = f"elders-{number}"
            session.add(Follow(user_id=other, call_id=call, at=now))
    plan_at(engine, datetime(2026, 6, 1, 6, tzinfo=UTC))
    with read(engine) as among_others:
        look(engine, mine, now, Alike())
    assert len(among_others) <= len(alone)


@pytest.mark.prove
def test_a_preview_comes_at_once_with_five_thousand_calls(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    monkeypatch.setattr(bench, "PEOPLE", 300)
    monkeypatch.setattr(bench, "CALLS", 5_000)
    engine, alike = open_engine(database_url), Alike()
    bench.world(engine)
    look(engine, 1, bench.NOW, alike)  # what the pages keep, such as which calls may be one, is there afterwards
    took = []
    for _ in range(3):
        begun = time.process_time()
        look(engine, 1, bench.NOW, alike)
        took.append(time.process_time() - begun)
    engine.dispose()
    assert min(took) < ON_TIME, took
