"""Who follows a dossier is told of what happens in it and outside on its subject, in the digest, under that dossier."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import Call, ContactMoment, Delivery, Dossier, DossierFollow, Revision, Subscription, User
from db.search_index import index_words
from db.search_words import search_words
from db.session import reading, writing
from db.vocabulary import Cadence, Nature, RevisionKind, Status, Visibility
from notifications.digest_extras import FollowedDossier
from tests.make.lobby import Cast, gather
from tests.make.mail_cases import MAILER, plan_at
from tests.make.pages import visit
from tracker.clock import Clock, Now
from tracker.errors import Incomplete, NotAllowed, NotFound
from tracker.lobby import dossiers, moments, watch
from tracker.lobby.contacts import ContactFields, Office, log_contact
from tracker.mailing.dossier_news import read_dossier_news
from tracker.mailing.moment_news import last_digests
from tracker.mailing.outdated_mail import hidden_since
from tracker.mailing.run import rewrite_outdated

pytestmark = pytest.mark.one_database  # on PostgreSQL in make prove

LATER = timedelta(hours=1)


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    return gather(session, now)


def paper(session: Session, now: datetime, title: str, **fields: object) -> Call:
    """Something of the Tweede Kamer, a consultation or the Commission."""
    given = {"language": "nl", "url": f"https://example.nl/{title}", "first_seen": now, "last_seen": now,
             "nature": Nature.MOMENT, "published_on": now.date(), "search_text": search_words("nl", title, [], []), **fields}  # fmt: skip
    call = Call(title=title, **given)
    session.add(call)
    session.flush()
    index_words(session.connection(), [call.id])
    return call


def told(cast: Cast, user_id: int, after: timedelta = LATER) -> list[tuple[str, str]]:
    """Title and words of each line for this person."""
    now = Now(cast.now + after)
    found = read_dossier_news(cast.session, now, last_digests(cast.session, now))
    news: tuple[FollowedDossier, ...] = found.get(user_id, ())
    return [(each.title, f"{line.what} {line.title}".strip()) for each in news for line in each.lines]


def test_a_follower_hears_of_what_others_did_and_never_what_was_written(cast: Cast) -> None:
    dossier = cast.open("Warmte")
    for user in (cast.haarlem, cast.lobbyist):
        watch.follow(cast.deed(user), dossier, True)
    later = type(cast.deed())(cast.session, cast.lobbyist, cast.now + LATER)
    for text in ("KANARIE een", "KANARIE twee"):
        dossiers.note(later, dossier, text, Visibility.REGION)
    dossiers.note(later, dossier, "KANARIE eigen", Visibility.OWN)
    assert told(cast, cast.haarlem.id) == [("Warmte", "notitie (2 keer)")]
    assert told(cast, cast.lobbyist.id) == [], "nobody is told of their own deeds"
    dossier.visibility = Visibility.OWN
    cast.session.flush()
    assert told(cast, cast.haarlem.id) == []
    dossier.visibility = Visibility.REGION
    watch.follow(cast.deed(cast.haarlem), dossier, False)
    assert told(cast, cast.haarlem.id) == []


def test_what_is_found_outside_on_its_subject_is_told_once(cast: Cast) -> None:
    dossier = cast.open("Warmte")
    watch.follow(cast.deed(cast.haarlem), dossier, True)
    watch.set_searches(cast.deed(), dossier, 'collectieve warmte\n"MIRT" verkenning', dossier.version)
    soon = cast.now + LATER
    paper(cast.session, soon, "Brief over collectieve warmte")
    paper(cast.session, soon, "Motie over een MIRT-verkenning")
    paper(cast.session, soon, "Brief over natuur")
    paper(cast.session, soon, "Regeling collectieve warmte", nature=Nature.CALL)
    assert told(cast, cast.haarlem.id) == [
        ("Warmte", "Nieuw, stuk Motie over een MIRT-verkenning"), ("Warmte", "Nieuw, stuk Brief over collectieve warmte"),
    ]  # fmt: skip
    row = cast.session.get_one(DossierFollow, (dossier.id, cast.haarlem.id))
    row.at = soon  # as after a digest that told it
    cast.session.flush()
    assert told(cast, cast.haarlem.id) == []


def test_a_debate_that_came_and_went_between_two_digests_is_told_to_who_hooked_on_to_it(cast: Cast) -> None:
    dossier, soon = cast.open("Warmte"), cast.now + LATER
    watch.follow(cast.deed(cast.haarlem), dossier, True)
    debate = paper(
        cast.session,
        soon,
        "Commissiedebat warmte",
        type_of_action="Commissiedebat",
        published_on=None,
        source_word=Status.OPEN,
    )
    moments.hook(cast.deed(), dossier, f"call:{debate.id}")
    assert [said for _, said in told(cast, cast.haarlem.id) if "Nieuw" in said] == [], "hooking is what is told of it"
    debate.source_word = Status.WITHDRAWN
    changed = {"kind": RevisionKind.CHANGED, "field": "source_word", "new": "withdrawn"}
    cast.session.add(Revision(call_id=debate.id, at=soon + LATER, **changed))
    cast.session.flush()
    assert ("Warmte", "Ingetrokken, consultatie Commissiedebat warmte") in told(cast, cast.haarlem.id, 2 * LATER)


def test_who_may_follow_and_who_chooses_the_subject(cast: Cast) -> None:
    dossier, hidden = cast.open("Warmte"), cast.open("Geheim", visibility=Visibility.OWN)
    watch.follow(cast.deed(cast.reader), dossier, True)
    watch.follow(cast.deed(cast.reader), dossier, True)
    with pytest.raises(NotFound):
        watch.follow(cast.deed(cast.haarlem), hidden, True)
    with pytest.raises(NotAllowed):
        watch.set_searches(cast.deed(cast.haarlem), dossier, "warmte", dossier.version)
    for text in ("x" * 121, "\n".join("abcdefg")):
        with pytest.raises(Incomplete):
            watch.set_searches(cast.deed(), dossier, text, dossier.version)
    watch.set_searches(cast.deed(), dossier, " warmte \n\nwarmte\n", dossier.version)
    assert watch.searches_of(dossier) == ["warmte"]


def test_it_stands_in_the_digest_under_the_dossier_and_on_its_page(
    engine: Engine, now: datetime, tmp_path: Path
) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        dossier = cast.open("Warmte in de wijk").id
        every = {"participant_id": "haarlem", "every": Cadence.DAY, "created_at": now, "filter": {}}
        session.add(Subscription(user_id=cast.haarlem.id, **every))
    with visit(engine, now, tmp_path, cast.haarlem) as visitor:
        assert visitor.send_form(f"/dossiers/{dossier}/volgen", yes="true").status_code == 303  # type: ignore[attr-defined]
        assert "Volg niet meer" in visitor.get(f"/dossiers/{dossier}").text
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        answer = visitor.send_form(f"/dossiers/{dossier}/zoekwoorden", watch="collectieve warmte", seen=1)
        assert answer.status_code == 303  # type: ignore[attr-defined]
    with writing(engine) as session:
        paper(session, now + LATER, "Brief over collectieve warmte")
        dossiers.note(type(cast.deed())(session, session.merge(cast.lobbyist), now + LATER), session.get_one(Dossier, dossier), "KANARIE", Visibility.REGION)  # fmt: skip
    with visit(engine, now + LATER, tmp_path, cast.lobbyist) as visitor:
        assert "Brief over collectieve warmte" in visitor.get(f"/dossiers/{dossier}").text
    plan_at(engine, now + timedelta(days=3, hours=1))  # Monday
    with reading(engine) as session:
        (mail,) = [mail for mail in session.exec(select(Delivery)) if mail.user_id == cast.haarlem.id]
    assert "DOSSIER: Warmte in de wijk (2)" in mail.text
    assert "Brief over collectieve warmte" in mail.text
    assert "omdat u dit dossier volgt" in mail.text
    assert "KANARIE" not in mail.text + mail.html
    plan_at(engine, now + timedelta(days=4, hours=1))
    with reading(engine) as session:
        again = [mail for mail in session.exec(select(Delivery)) if mail.user_id == cast.haarlem.id]
    assert not any("DOSSIER:" in mail.text for mail in again if mail.id != again[0].id), "it is told once"


def test_mail_that_waits_is_looked_at_for_a_contact_that_was_hidden_too(engine: Engine, now: datetime) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        talk = ContactFields(now.date(), "x", follow_up="QXBEL", follow_up_on=now.date() + timedelta(days=4))
        contact = log_contact(cast.deed(cast.haarlem), talk, Office("Ministerie van VRO"))
    plan_at(engine, now + timedelta(days=3, hours=1), leaves=False)
    with writing(engine) as session:
        assert [mail.text.count("QXBEL") > 0 for mail in session.exec(select(Delivery))] == [True]
        assert hidden_since(session, MAILER.links) == set()
        session.get_one(User, cast.haarlem.id).participant_id = "hilversum"
        session.flush()
        assert len(hidden_since(session, MAILER.links)) == 1
        session.get_one(User, cast.haarlem.id).participant_id = "haarlem"
        session.delete(session.get_one(ContactMoment, contact.id))
        session.flush()
        assert len(hidden_since(session, MAILER.links)) == 1, "nor is it told of what was withdrawn"


def test_mail_that_waits_is_written_anew_when_its_reader_may_see_the_dossier_no_more(
    engine: Engine, now: datetime
) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        dossier = cast.open("QXDOS")
        for user in (cast.haarlem, cast.coordinator):
            watch.follow(cast.deed(user), dossier, True)
            given = {"participant_id": user.participant_id, "every": Cadence.DAY, "created_at": now, "filter": {}}
            session.add(Subscription(user_id=user.id, nothing_new=True, **given))
        later = type(cast.deed())(session, cast.lobbyist, now + LATER)
        dossiers.note(later, dossier, "nieuws", Visibility.REGION)
    monday = now + timedelta(days=3, hours=1)

    def states(user: User) -> list[tuple[str, bool]]:
        with reading(engine) as session:
            rows = session.exec(select(Delivery).where(Delivery.user_id == user.id).order_by(col(Delivery.id)))
            return [(row.state, "QXDOS" in row.text + row.html) for row in rows]

    def narrowed(at: datetime, level: Visibility) -> None:
        with writing(engine) as session:
            session.get_one(Dossier, dossier.id).visibility = level
        with reading(engine) as session:
            assert bool(hidden_since(session, MAILER.links)) == (level == Visibility.OWN)
        rewrite_outdated(engine, MAILER, Clock(at))

    plan_at(engine, monday, leaves=False)
    assert states(cast.haarlem) == states(cast.coordinator) == [("planned", True)]
    narrowed(monday + timedelta(minutes=1), Visibility.PUBLIC)
    assert states(cast.haarlem) == [("planned", True)]
    narrowed(monday + timedelta(minutes=2), Visibility.OWN)
    assert states(cast.coordinator) == [("planned", True)]
    assert states(cast.haarlem)[0] == ("cancelled", True)
    assert not any(named for _, named in states(cast.haarlem)[1:])
    narrowed_again = states(cast.haarlem)
    plan_at(engine, monday + timedelta(minutes=3), leaves=False)
    assert states(cast.haarlem) == narrowed_again
