"""Answered questions leave as labelled sentences, in the form from which the reading is fitted."""

import json
from datetime import datetime
from typing import Any

import pytest
from sqlmodel import Session, select

from db.models import Answer, Participant, Question, User
from db.queries import Viewer
from db.vocabulary import AnswerKind, ParticipantKind, Role
from tests.make.crawls import make_listing, store
from tracker.calls.answers import answer, value_of
from tracker.exchange.export_answers import answers, spans_of
from tracker.exchange.tables import FORMATS
from tracker.rights import Deed

pytestmark = pytest.mark.one_database  # plain rows into a file


def answered(
    session: Session, now: datetime, field: str, sentence: str, readings: tuple[str, ...], kind: AnswerKind, value: str
) -> list[dict[str, Any]]:
    question = {"field": field, "sentence": sentence, "readings": readings}
    store(session, [make_listing(1, deadlines=(), questions=(question,), publisher="Provincie X")], now)
    session.add(Participant(id="amsterdam", name="Amsterdam", kind=ParticipantKind.MUNICIPALITY))
    person = User(email="b@a.nl", name="Bo", role=Role.FUNDRAISER, participant_id="amsterdam", created_at=now)
    session.add(person)
    session.flush()
    asked = session.exec(select(Question)).one()
    answer(Deed(session, person, now), asked.id, kind, value_of(field, value) if value else None)
    return list(answers(session, Viewer(), now))


TWO = "Aanvragen kan tot 1 oktober 2026, of tot en met 1 november 2026 om 17.00 uur voor wie samenwerkt."


def test_the_chosen_reading_means_the_field_and_the_others_something_else(session: Session, now: datetime) -> None:
    readings = ("2026-09-30", "2026-11-01T17:00")
    [row] = answered(session, now, "closes", TWO, readings, AnswerKind.CHOSEN, "2026-09-30")
    assert (row["sentence"], row["publisher"], row["language"], row["year"]) == (TWO, "Provincie X", "nl", 2026)
    assert row["spans"] == [
        {"text": "1 oktober 2026", "start": 18, "kind": "date", "means": "closes", "value": "2026-09-30"},
        {"text": "1 november 2026", "start": 48, "kind": "date", "means": "other", "value": "2026-11-01T17:00"},
    ]
    assert all(TWO[span["start"] :].startswith(span["text"]) for span in row["spans"])
    assert "Bo" not in json.dumps(row)
    assert b"closes: 1 oktober 2026" in FORMATS["csv"]([row])


def test_that_it_is_not_there_labels_every_reading_as_something_else(session: Session, now: datetime) -> None:
    [row] = answered(session, now, "budget", "Er ging € 2.500.000 om.", ("2500000",), AnswerKind.ABSENT, "")
    assert [(span["text"], span["means"]) for span in row["spans"]] == [("€ 2.500.000", "other")]


def test_an_answer_that_is_taken_back_or_about_no_words_leaves_nothing(session: Session, now: datetime) -> None:
    assert answered(session, now, "source_word", "On hold", ("open",), AnswerKind.CHOSEN, "open") == []
    session.exec(select(Answer)).one().withdrawn_at = now
    assert list(answers(session, Viewer(), now)) == []


@pytest.mark.parametrize(
    ("sentence", "kind", "text", "value"),
    [
        ("Submit by 15 September 2026.", "date", "15 September 2026", "2026-09-15"),
        ("Closes September 15, 2026 at noon", "date", "September 15, 2026", "2026-09-15"),
        ("sluit 15-09-2026", "date", "15-09-2026", "2026-09-15"),
        ("vóór 16 september", "date", "16 september", "2026-09-15"),
        ("a budget of €2,500,000 in all", "amount", "€2,500,000", "2500000"),
        ("EUR 2.5 million", "amount", "EUR 2.5 million", "2500000"),
        ("€ 2,5 mln", "amount", "€ 2,5 mln", "2500000"),
        ("ten hoogste 62,5% van de kosten", "rate", "62,5%", "62.5"),
        ("up to 62.5 per cent", "rate", "62.5 per cent", "62.5"),
    ],
)
def test_the_words_of_a_value_are_found_in_both_languages(sentence: str, kind: str, text: str, value: str) -> None:
    assert [span.text for span in spans_of(sentence, kind) if value in span.values] == [text]
