"""The preview reads what one person's mail needs, however many others there are, and answers at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, event
from sqlmodel import select

from db.models import Call, Follow, Leaning, Participant, Subscription, User, Verdict
from db.session import open_engine, reading, writing
from tests.bench import planning as bench
from tests.make.mail_cases import (
    MAILER,
    THRESHOLD,
    deliveries,
    make_agenda,
    make_call,
    make_reader,
    move_deadline,
    plan_at,
)
from tests.make.pace import seconds_of
from tracker.calls.duplicate_pairs import Alike
from tracker.mailing.preview import NextMail, preview


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


@pytest.mark.one_database  # the same statements are asked of both by the other tests
def test_a_preview_is_the_mail_that_leaves(engine: Engine) -> None:
    now = datetime(2026, 5, 29, 6, tzinfo=UTC)
    make_agenda(engine)
    reader = make_reader(engine, now)
    followed = make_call(engine, now, "Gevolgd", closes=date(2026, 9, 1))
    for number in range(5):
        make_call(engine, now, f"Zelf {number}", closes=date(2026, 8, 1 + number), score=0.9 - number / 50)
    make_call(engine, now, "Samen", eligible="partner", summary="Met anderen.", language="nl")
    for_others = [make_call(engine, now, f"Voor anderen {number}", eligible="no") for number in range(3)]
    make_call(engine, now, "Voor anderen, nog niet nagekeken", eligible="no", held=True)
    make_call(engine, now, "Voor anderen, voorbij", eligible="no", closes=date(2026, 5, 1))
    make_call(engine, now, "Voor anderen, past niet", eligible="no", score=0.1)
    make_call(engine, now, "Zonder opgave", score=0.1, eligible_estimate=False)
    leaned = make_call(engine, now, "Door de lezer gewogen", score=0.1)
    no = Verdict(
        user_id=reader, call_id=for_others[0], challenge_id="circulair", participant_id="haarlem", say="no", at=now
    )
    with writing(engine) as session:
        session.add(Follow(user_id=reader, call_id=followed, at=now))
        session.add(Leaning(user_id=reader, call_id=leaned, challenge_id="circulair", score=0.9, because="gevolgd"))
        session.add(no)
    for moment in (now, datetime(2026, 6, 1, 6, tzinfo=UTC)):
        before = look(engine, reader, moment, Alike())
        assert before.leaves
        plan_at(engine, moment)
        sent = deliveries(engine)[-1]
        assert before.letter.text == sent.text
        assert (before.letter.subject, before.letter.html) == (sent.subject, sent.html)
        assert "Door de lezer gewogen" in sent.text or moment != now
        assert "Waarschijnlijk niets voor een gemeente: 2 regelingen" in sent.text or moment != now
        move_deadline(engine, followed, date(2026, 10, 1), moment)


@pytest.mark.prove
@pytest.mark.parametrize("wanted", ["three opgaven", "everything"])
def test_a_preview_comes_at_once_with_five_thousand_calls(
    monkeypatch: pytest.MonkeyPatch, database_url: str, wanted: str
) -> None:
    monkeypatch.setattr(bench, "CALLS", 5_000)
    engine, alike = open_engine(database_url), Alike()
    bench.world(engine, 300)
    if wanted == "everything":
        with writing(engine) as session:
            session.get_one(Subscription, 1).filter = {}
    look(engine, 1, bench.NOW, alike)  # what the pages keep, such as which calls may be one, is there afterwards
    took = seconds_of(lambda: look(engine, 1, bench.NOW, alike), goes=3)
    usual = seconds_of(lambda: all_calls(engine), goes=3)
    engine.dispose()
    assert took < usual  # two fifths of it on 2026-12-01


def all_calls(engine: Engine) -> int:
    with reading(engine) as session:
        return len(session.exec(select(Call)).all())
