"""A lobbyist hears by mail of every consultation and debate on an opgave that is subscribed to, dossier or not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.models import MailText, User
from db.session import reading, writing
from db.vocabulary import Nature
from tests.make.mail_cases import make_agenda, make_call, make_reader, plan_at
from tracker.clock import Now
from tracker.lobby.yearly_moments import UpcomingMoment
from tracker.mailing.moment_news import SourcedMoment, line_of, news_of

pytestmark = (
    pytest.mark.one_database
)  # what is told and when; what planning asks of a database test_plan.py asks of both

MONDAY = datetime(2026, 6, 1, 6, tzinfo=UTC)  # 08:00 in Amsterdam
MOMENT = UpcomingMoment(
    "call:1", "Sloop", "consultation", "national", "", None, date(2026, 6, 12), True, "", "", of_source=True, call_id=1
)
KNOWN = SourcedMoment(MOMENT, frozenset({"circulair"}), MONDAY - timedelta(days=20), None)


@pytest.mark.parametrize(
    ("sourced", "since", "today", "said"),
    [
        (replace(KNOWN, first_seen=MONDAY), date(2026, 5, 29), date(2026, 6, 1), "Nieuw"),
        (KNOWN, date(2026, 5, 28), date(2026, 5, 29), "Nog 14 dagen"),
        (KNOWN, date(2026, 6, 1), date(2026, 6, 4), ""),
        (KNOWN, date(2026, 6, 1), date(2026, 6, 8), "Nog 4 dagen"),
        (KNOWN, date(2026, 6, 10), date(2026, 6, 11), "Morgen"),
        (KNOWN, date(2026, 6, 11), date(2026, 6, 12), ""),
        (
            replace(KNOWN, changed=MONDAY, moment=replace(MOMENT, was=date(2026, 6, 10))),
            date(2026, 5, 29),
            date(2026, 6, 1),
            "Verplaatst (was 10 jun)",
        ),
        (
            replace(KNOWN, changed=MONDAY, moment=replace(MOMENT, ended="gaat niet door")),
            date(2026, 5, 29),
            date(2026, 6, 1),
            "Gaat niet door",
        ),
        (replace(KNOWN, moment=replace(MOMENT, ended="gesloten")), date(2026, 5, 29), date(2026, 6, 1), ""),
    ],
)
def test_new_moved_off_and_closing_are_each_told_once(
    sourced: SourcedMoment, since: date, today: date, said: str
) -> None:
    at = datetime(since.year, since.month, since.day, 6, tzinfo=UTC)
    now = Now(datetime(today.year, today.month, today.day, 6, tzinfo=UTC))
    assert news_of(sourced, at, now) == said
    line = line_of(sourced, at, now)
    assert (line is not None and line.what.startswith(said)) == bool(said)


def mailed(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return [text for text in session.exec(select(MailText.text)) if "CONSULTATIES EN DEBATTEN" in text]


def test_a_consultation_stands_in_the_mail_under_its_own_heading_with_its_last_day(engine: Engine) -> None:
    make_agenda(engine)
    make_call(engine, MONDAY, "Iets om uit te kiezen", challenge="circulair")
    person = make_reader(engine, MONDAY, filter={"challenges": ["circulair"]})
    make_reader(engine, MONDAY, email="els@haarlem.example", filter={"challenges": ["circulair"]})
    with writing(engine) as session:
        session.get_one(User, person).role = "lobbyist"
    make_call(engine, MONDAY, "Regels voor sloop", closes=date(2026, 6, 12), nature=Nature.MOMENT)
    make_call(engine, MONDAY, "Regels voor wonen", closes=date(2026, 6, 12), nature=Nature.MOMENT, challenge="wonen")
    plan_at(engine, MONDAY)
    (text,) = mailed(engine)
    assert "Nieuw, reageren kan tot en met vrijdag 12 juni 2026: Regels voor sloop" in " ".join(text.split())
    assert "Regels voor wonen" not in text
    plan_at(engine, MONDAY + timedelta(days=1))
    assert len(mailed(engine)) == 1, "it is new once"
    plan_at(engine, MONDAY + timedelta(days=4))
    (_, later) = mailed(engine)
    assert "Nog 7 dagen, reageren kan tot en met vrijdag 12 juni 2026: Regels voor sloop" in " ".join(later.split())
