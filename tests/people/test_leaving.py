"""Somebody leaves: all that was theirs goes to a colleague or nothing does, and every way in ends."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from db.models import Absence, CalendarFeed, Commitment, ContactMoment, Dossier, LogEntry, Subscription, User
from db.rights import may_see
from db.vocabulary import Cadence, Role, Visibility
from tests.make.lobby import Cast, gather
from tests.make.pages import make_user
from tracker.errors import Incomplete
from tracker.lobby.audience import name_readers, named_readers
from tracker.lobby.contacts import ContactFields, Office, log_contact
from tracker.lobby.hand_over import hand_over, holdings
from tracker.people.arrivals import arrive
from tracker.people.providers import Provider
from tracker.people.subscriptions import subscribe
from tracker.rights import Deed, viewer_of


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    return gather(session, now)


def given_much(cast: Cast) -> User:
    """A lobbyist with a dossier, a follow-up, a promise to watch, a subscription and a colleague to stand in for."""
    leaver, now = cast.lobbyist, cast.now
    dossier = cast.open()
    dossier.lobbyist_id, dossier.official_id = leaver.id, cast.reader.id
    own = {"participant_id": leaver.participant_id, "visibility": "own"}
    today = now.date()
    for follow_up in ("bel terug", "", "al gedaan"):
        fields = ContactFields(today, "x", follow_up=follow_up, follow_up_on=today if follow_up else None)
        talk = log_contact(cast.deed(), fields, Office("VRO"))
        talk.followed_up_at = now if follow_up == "al gedaan" else None
    cast.session.add_all(
        [
            Commitment(text="een brief", owner_id=leaver.id, created_at=now, **own),
            Commitment(text="kwam al", owner_id=leaver.id, created_at=now, state="kept", **own),
            Absence(user_id=cast.reader.id, replacement_id=leaver.id, first_day=now.date(),
                    last_day=now.date() + timedelta(days=9), set_by=leaver.id, set_at=now),
            CalendarFeed(token_hash="h", user_id=leaver.id, scope="personal", name="x", created_at=now, **own),
        ]
    )  # fmt: skip
    subscribe(cast.session, leaver, (), Cadence.WEEK, now)
    cast.session.flush()
    return leaver


def test_what_is_open_goes_to_a_colleague_and_what_is_done_stays(cast: Cast) -> None:
    leaver = given_much(cast)
    heir = make_user(cast.session, cast.now, Role.LOBBYIST, leaver.participant_id, "erfgenaam@amsterdam.nl")
    found = {held.kind.label: len(held.rows) for held in holdings(cast.session, leaver)}
    assert found == {"dossiers en aanvragen": 1, "opvolgingen van gesprekken": 1, "toezeggingen en moties": 1}
    deed = Deed(cast.session, cast.coordinator, cast.now)
    assert hand_over(deed, leaver, heir) == 3
    assert holdings(cast.session, leaver) == []
    dossier = cast.session.exec(select(Dossier).where(Dossier.lobbyist_id == heir.id)).one()
    assert dossier.official_id == cast.reader.id
    line = cast.session.exec(select(LogEntry).order_by(LogEntry.id.desc())).first()
    assert line is not None
    assert line.text == f"Overgedragen van {leaver.name} aan {heir.name}"
    talks = cast.session.exec(select(ContactMoment).order_by(ContactMoment.id)).all()
    assert [talk.follow_up_owner for talk in talks] == [heir.id, None, leaver.id]
    assert {talk.user_id for talk in talks} == {leaver.id}  # who had the talk stays who had it
    assert cast.session.exec(select(Absence)).one().replacement_id == heir.id
    assert cast.session.exec(select(Subscription)).one().ended_at is not None
    assert cast.session.exec(select(CalendarFeed)).one().revoked_at is not None
    assert leaver.deactivated_at == cast.now


def test_what_must_be_somebodys_waits_for_a_colleague_of_the_own_organisation(cast: Cast) -> None:
    leaver = given_much(cast)
    deed = Deed(cast.session, cast.coordinator, cast.now)
    with pytest.raises(Incomplete, match="toezeggingen en moties kunnen niet van niemand zijn"):
        hand_over(deed, leaver, None)
    for nobody in (leaver, cast.haarlem):
        with pytest.raises(Incomplete, match="dezelfde organisatie"):
            hand_over(deed, leaver, nobody)
    assert leaver.deactivated_at is None
    assert len(holdings(cast.session, leaver)) == 3


def test_reading_along_by_name_ends_with_the_job_it_was_for(cast: Cast) -> None:
    dossier, hers = cast.open(visibility=Visibility.GROUP), cast.open("Ander dossier", visibility=Visibility.GROUP)
    mover, stayer = cast.haarlem, make_user(cast.session, cast.now, Role.READER, "weesp")
    for each in (dossier, hers):
        name_readers(cast.deed(), each, f"{mover.email} {stayer.email}")
    provider = Provider(
        id="h", name="H", issuer="https://h.nl", client_id="k", client_secret="g", domains=("haarlem.nl",),
        roles={"r": Role.READER}, role_claim="groups", participant_claim="org", participants={"1": "hilversum"},
    )  # fmt: skip
    claims = {"sub": "1", "email": mover.email, "email_verified": True, "groups": ["r"], "org": "1"}
    arrive(cast.session, provider, [provider], claims, cast.now)
    assert [named_readers(cast.session, each) for each in (dossier, hers)] == [[stayer], [stayer]]
    assert not may_see(cast.session, viewer_of(mover), dossier)
    said = [line.text for line in cast.session.exec(select(LogEntry).where(LogEntry.user_id == mover.id))]
    assert said == [f"{mover.name} leest niet meer op naam mee"] * 2
    arrive(cast.session, provider, [provider], claims, cast.now)  # the same job the next day
    hand_over(cast.deed(cast.coordinator), stayer, None)
    assert named_readers(cast.session, dossier) == []
