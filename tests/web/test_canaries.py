"""Words that must not travel: internal wording, red lines, names and private dossiers, looked for in every way out."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.models import Deadline, Delivery, Dossier, Match, Subscription, User
from db.queries import CallFilter, Viewer
from db.session import reading, writing
from db.vocabulary import Cadence, DeadlineKind, Visibility
from db.vocabulary_calendar import FeedScope
from tests.make.lobby import Cast, gather
from tests.make.mail_cases import MAILER
from tracker.applications import stages
from tracker.calendar.feeds import feed_file, open_feed
from tracker.exchange.export_lobby import KINDS
from tracker.exchange.tables import FORMATS, calls
from tracker.lobby import coalition, contacts, moments, positions
from tracker.lobby.contacts import ContactFields, Office, log_contact
from tracker.mailing.plan import plan
from tracker.rights import Deed, viewer_of

pytestmark = pytest.mark.one_database  # it only reads

SECRET = (
    "KANARIE-INTERN",
    "KANARIE-RODELIJN",
    "KANARIE-CONCEPT",
    "KANARIE-VERLOPEN",
    "KANARIE-NAAM",
    "KANARIE-CONTACT",
    "KANARIE-EIGEN",
    "KANARIE-TOEZEGGING",
    "KANARIE-VERVOLG",
)


def planted(session: Session, now: datetime) -> tuple[Cast, int, int]:
    """Canaries in every lobby table, private to Amsterdam unless they are words of a shared dossier's position."""
    cast = gather(session, now)
    shared, own = (
        cast.open("Warmte voor de regio", lobbyist_id=cast.lobbyist.id),
        cast.open("KANARIE-EIGEN", visibility=Visibility.OWN, lobbyist_id=cast.lobbyist.id),
    )
    cast.adopted(shared, date(2026, 1, 1), date(2026, 4, 30), public="KANARIE-VERLOPEN")
    words = positions.Wording(internal="KANARIE-INTERN", public="KANARIE-CONCEPT", red_lines="KANARIE-RODELIJN")
    for dossier in (shared, own):
        positions.draft(Deed(session, cast.lobbyist, now), dossier, words)
    office = Office("Ministerie van VRO", "Directeur Woningbouw", "KANARIE-NAAM", "kanarie-naam@example.nl")
    said = ContactFields(
        date(2026, 5, 20),
        "KANARIE-CONTACT",
        dossier_id=own.id,
        follow_up="KANARIE-VERVOLG",
        follow_up_on=date(2026, 5, 30),
        visibility=Visibility.OWN,
    )
    contact = log_contact(Deed(session, cast.lobbyist, now - timedelta(days=10)), said, office)
    contacts.commit_to(
        Deed(session, cast.lobbyist, now - timedelta(days=10)), contact, "KANARIE-TOEZEGGING", date(2026, 5, 30)
    )
    coalition.open_round(Deed(session, cast.lobbyist, now), own, "KANARIE-EIGEN?", date(2026, 6, 5))
    moments.hook(Deed(session, cast.lobbyist, now), own, "pattern:bo-mirt:2026")
    session.add(Deadline(call_id=cast.call.id, kind=DeadlineKind.CLOSES, day=date(2026, 6, 10), modified_at=now))
    session.add(Match(call_id=cast.call.id, challenge_id="A20-1", score=0.9, model="t", at=now))
    for user in (cast.lobbyist, cast.haarlem):
        session.add(
            Subscription(
                user_id=user.id,
                participant_id=user.participant_id,
                every=Cadence.DAY,
                created_at=now - timedelta(days=3),
            )
        )
    session.flush()
    return cast, shared.id, own.id


def test_mail_names_to_its_owner_what_is_to_be_done_and_to_nobody_a_word_that_was_brought_or_thought(
    engine: Engine, now: datetime
) -> None:
    with writing(engine) as session:
        cast, _shared, _own = planted(session, now)
        owner = cast.lobbyist.id
    for hours in (0, 24, 72, 168):
        plan(engine, MAILER, now + timedelta(hours=hours), 0.5, compare_clocks=False)
    with reading(engine) as session:
        mails = list(session.exec(select(Delivery)))
    words = {True: set[str](), False: set[str]()}
    for mail in mails:
        text = f"{mail.subject}{mail.text}{mail.html}{json.dumps(mail.headers)}".casefold()
        words[mail.user_id == owner] |= {word for word in SECRET if word.casefold() in text}
    assert any(mail.user_id != owner for mail in mails)
    assert words[False] == set()
    assert words[True] <= {"KANARIE-EIGEN", "KANARIE-TOEZEGGING", "KANARIE-VERVOLG"}
    assert {"KANARIE-TOEZEGGING", "KANARIE-VERVOLG"} <= words[True]


@pytest.mark.parametrize("scope", list(FeedScope))
def test_no_feed_carries_a_word_of_the_lobby(engine: Engine, now: datetime, scope: FeedScope) -> None:
    with writing(engine) as session:
        cast, _shared, _own = planted(session, now)
        user = session.get_one(User, cast.lobbyist.id)
        feed, _token = open_feed(session, user, scope, "alles", now, "A20-1" if scope == FeedScope.CHALLENGE else None)
        text = feed_file(session, feed, user, now, "https://kansenradar.example", f"{scope}{now}").decode()
    assert "BEGIN:VCALENDAR" in text
    assert [c for c in SECRET if c in text.replace("\r\n ", "")] == []


@pytest.mark.parametrize("kind", list(KINDS))
def test_no_export_of_the_lobby_carries_what_is_internal_or_expired(session: Session, now: datetime, kind: str) -> None:
    cast, shared, _own = planted(session, now)
    assert list(KINDS[kind](session, Viewer(), now)) == [] or kind == "moments"
    for user, allowed in ((cast.haarlem, ()), (cast.lobbyist, ("KANARIE-EIGEN", "KANARIE-CONTACT", "KANARIE-VERVOLG"))):
        text = json.dumps(list(KINDS[kind](session, viewer_of(user), now)))
        assert [c for c in SECRET if c in text and c not in allowed] == [], (kind, user.name)
        assert all(person.name not in text for person in (cast.lobbyist, cast.haarlem, cast.coordinator))
    cast.adopted(cast.session.get_one(Dossier, shared), date(2026, 5, 1), public="Warmte zonder gas")
    found = [r["public_wording"] for r in KINDS["positions"](session, viewer_of(cast.haarlem), now)]
    assert found == ["Warmte zonder gas"]


def test_an_export_of_the_lobby_is_a_row_a_thing_with_exact_amounts(session: Session, now: datetime) -> None:
    cast = gather(session, now)
    asked = stages.start(Deed(session, cast.lobbyist, now), cast.call, "haarlem", Visibility.PUBLIC)
    stages.promise(Deed(session, cast.lobbyist, now), asked, "haarlem", 2026, Decimal("0.10"))
    money = stages.Money(Decimal("250000.55"), Decimal(500_000), 40)
    stages.set_money(Deed(session, cast.lobbyist, now), asked, money, asked.version)
    public = cast.open("Voor iedereen", visibility=Visibility.PUBLIC, requested_amount=Decimal(1_250_000))
    assert list(KINDS["applications"](session, Viewer(), now)) == list(KINDS["dossiers"](session, Viewer(), now)) == []
    (one,) = KINDS["applications"](session, viewer_of(cast.haarlem), now)
    assert (one["requested"], one["lead"], one["own_money"]) == (250_000.55, "haarlem", ["haarlem 2026 0.10"])
    (other,) = KINDS["dossiers"](session, viewer_of(cast.haarlem), now)
    assert (other["id"], other["requested_amount"], other["opgaven"]) == (public.id, 1_250_000, ["A20-1"])
    for write in FORMATS.values():
        assert write(iter([one]), "aanvragen")


def test_no_export_carries_a_word_of_the_lobby(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        planted(session, now)
        text = json.dumps(list(calls(session, CallFilter(), now)), default=str)
        assert "Subsidie warmtenetten" in text
        assert [c for c in SECRET if c in text] == []
