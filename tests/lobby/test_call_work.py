"""What of our own runs on a call is told to who may see it, and never its wording."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.models import Dossier, DossierCall, DossierReader, Follow, User
from db.queries import Viewer
from db.session import reading, writing
from db.vocabulary import DeliveryState, Role, Visibility
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
from tests.make.pages import make_participant, make_user
from tracker.calls.duplicate_pairs import Alike
from tracker.lobby.call_work import read_call_work, seen_by, still_running
from tracker.mailing.preview import preview

pytestmark = pytest.mark.one_database
NOW = datetime(2026, 5, 29, 6, tzinfo=UTC)


@pytest.fixture
def call(engine: Engine) -> int:
    make_agenda(engine)
    number = make_call(engine, NOW, eligible="self")
    with writing(engine) as session:
        make_participant(session)
        for title, stage, closed, visibility in (
            ("KANARIE warmte", "preparing", None, Visibility.OWN), ("KANARIE oud", "settled", NOW, Visibility.REGION),
        ):  # fmt: skip
            dossier = Dossier(
                title=title, kind="application", stage=stage, participant_id="amsterdam", visibility=visibility,
                opened_at=NOW, closed_at=closed,
            )  # fmt: skip
            session.add(dossier)
            session.flush()
            session.add(DossierCall(dossier_id=dossier.id, call_id=number))
    return number


def test_only_who_may_see_a_dossier_is_told_of_it(engine: Engine, call: int) -> None:
    with reading(engine) as session:
        work = read_call_work(session)[call]
    own, other = (Viewer(1, Role.FUNDRAISER, each) for each in ("amsterdam", "haarlem"))
    assert still_running(seen_by(own, work)) == "aanvraag: in voorbereiding (Amsterdam)"
    assert still_running([*seen_by(own, work), *seen_by(own, work)]) == "aanvraag: in voorbereiding (Amsterdam)"
    assert [each.title for each in seen_by(other, work)] == ["KANARIE oud"]
    assert still_running(seen_by(other, work)) == ""


def test_a_digest_says_that_an_application_runs_without_a_word_of_it(engine: Engine, call: int) -> None:
    make_reader(engine, NOW, "jan@haarlem.example")
    make_reader(engine, NOW, "an@amsterdam.example")
    with writing(engine) as session:
        session.get_one(User, 2).participant_id = "amsterdam"
    plan_at(engine, NOW)
    other, own = deliveries(engine)
    assert "AANVRAAG: IN VOORBEREIDING (AMSTERDAM)" in own.text
    assert "aanvraag: in voorbereiding (Amsterdam)" in own.html
    assert "aanvraag: " not in other.html
    assert "KANARIE" not in own.text + own.html + own.subject


def read_along(engine: Engine) -> list[int]:
    """Two people of another organisation, of whom the first may read along by name; both follow the call."""
    people = [make_reader(engine, NOW, f"{name}@haarlem.example") for name in ("jan", "an")]
    with writing(engine) as session:
        session.get_one(Dossier, 1).visibility = Visibility.GROUP
        session.add(DossierReader(dossier_id=1, user_id=people[0]))
        session.add_all(Follow(user_id=person, call_id=1, at=NOW) for person in people)
    return people


def test_what_one_person_may_read_along_is_told_to_that_person_and_no_colleague(engine: Engine, call: int) -> None:
    """In a digest as in the mail of a day: what the pages show to its reader, and nothing else."""
    people = read_along(engine)
    plan_at(engine, NOW)
    digests = deliveries(engine)
    assert [mail.user_id for mail in digests] == people
    assert ["aanvraag: in voorbereiding" in mail.html for mail in digests] == [True, False]
    move_deadline(engine, call, date(2026, 7, 1), NOW)
    plan_at(engine, datetime(2026, 6, 1, 6, tzinfo=UTC))
    days = deliveries(engine)[2:]
    assert [mail.user_id for mail in days] == people
    assert ["aanvraag: in voorbereiding" in mail.html for mail in days] == [True, False]


def test_a_digest_that_waits_is_written_anew_for_who_may_read_along_no_more(engine: Engine, call: int) -> None:
    read_along(engine)
    plan_at(engine, NOW, leaves=False)
    with writing(engine) as session:
        session.delete(session.exec(select(DossierReader)).one())
    plan_at(engine, NOW + timedelta(minutes=1), leaves=False)
    waiting = [mail for mail in deliveries(engine) if mail.state == DeliveryState.PLANNED]
    assert len(waiting) == 2
    assert not [mail for mail in waiting if "aanvraag: in voorbereiding" in mail.html]


def test_the_mail_of_the_day_says_so_too(engine: Engine, call: int) -> None:
    with writing(engine) as session:
        person = make_user(session, NOW, Role.FUNDRAISER, "amsterdam").id
        session.add(Follow(user_id=person, call_id=call, at=NOW))
    move_deadline(engine, call, date(2026, 7, 1), NOW)
    plan_at(engine, datetime(2026, 6, 1, 6, tzinfo=UTC))  # a month ahead
    (mail,) = deliveries(engine)
    assert mail.kind in ("reminder", "moved")
    assert "aanvraag: in voorbereiding (Amsterdam)" in mail.html


def test_the_preview_is_the_mail_of_the_day_that_would_leave(engine: Engine, call: int) -> None:
    reader = make_reader(engine, NOW, "an@amsterdam.example")
    move_deadline(engine, call, date(2026, 7, 1), NOW)
    with writing(engine) as session:
        session.get_one(User, reader).participant_id = "amsterdam"
        session.add(Follow(user_id=reader, call_id=call, at=NOW))
    plan_at(engine, NOW)  # names it, so that a digest has nothing to say on Monday
    with reading(engine) as session:
        mail = preview(session, MAILER, reader, datetime(2026, 6, 1, 6, tzinfo=UTC), THRESHOLD, Alike())
    assert mail is not None
    assert "Herinnering" in mail.letter.text
    assert "aanvraag: in voorbereiding (Amsterdam)" in mail.letter.html
