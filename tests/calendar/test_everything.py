"""Everything with a day stands in the calendar and the feeds: for who may see it, by whom, and for nobody else."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import icalendar
import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from db.models import Application, ApplicationTask, Dossier, Instalment, Meeting, Moment, Position, User
from db.queries import CallFilter
from db.session import writing
from db.vocabulary import Eligibility, Role, Visibility
from db.vocabulary_calendar import CalendarScope, EntryKind, FeedScope
from db.vocabulary_lobby import ApplicationStage, DossierKind, MomentKind, PartyKind, TaskKind
from notifications.ical import calendar_file, uid_of
from tests.make.lobby import Cast, gather
from tests.make.pages import Visitor, make_user, visit
from tests.make.planning_world import add_call, add_deadline
from tracker.calendar.deadline_days import DeadlineDay, deadline_days
from tracker.calendar.everything import Wanted, dates_asked, left_out, planned
from tracker.calendar.feeds import open_feed
from tracker.calendar.load_bodies import load_bodies
from tracker.clock import Now
from tracker.lobby import coalition, contacts, moments
from tracker.lobby.due import lobby_due
from tracker.lobby.worklist import AHEAD, open_matters
from tracker.review.agenda import points_now
from tracker.rights import viewer_of

pytestmark = pytest.mark.one_database  # it only reads

NOW = datetime(2026, 5, 29, 6, tzinfo=UTC)
TODAY, DAY = NOW.date(), date(2026, 6, 18)
CANARY = "Kanarie"
UNSAID = {"Toezegging afhandelen", "Vervolgactie"}


def lobby_of(cast: Cast, visibility: Visibility) -> Dossier:
    """A dossier with a follow-up, a commitment, a round, a position and a moment, all on one day."""
    deed = cast.deed()
    dossier = cast.open(f"{CANARY} dossier", visibility=visibility, lobbyist_id=cast.lobbyist.id)
    talk = contacts.ContactFields(TODAY, "x", "talk", dossier.id, "", f"{CANARY} bellen", DAY, visibility)
    contact = contacts.log_contact(deed, talk, contacts.Office("Ministerie van VRO"))
    contacts.commit_to(deed, contact, f"{CANARY} stuk", DAY)
    coalition.join(deed, dossier, "", PartyKind.PARTICIPANT, TODAY, "haarlem")
    coalition.open_round(deed, dossier, f"{CANARY} ronde", DAY)
    position = cast.adopted(dossier, TODAY)
    position.next_review = DAY
    moment = Moment(title=f"{CANARY} moment", kind=MomentKind.OTHER, ends_on=DAY, participant_id="amsterdam")
    moment.visibility = visibility
    cast.session.add(moment)
    cast.session.flush()
    moments.hook(deed, dossier, f"moment:{moment.id}")
    return dossier


def application_of(cast: Cast, visibility: Visibility) -> None:
    """An awarded application with a report and a payment on that day."""
    dossier = Dossier(
        kind=DossierKind.APPLICATION, stage=ApplicationStage.RUNNING, title=f"{CANARY} aanvraag", opened_at=NOW,
        participant_id="amsterdam", visibility=visibility, official_id=cast.lobbyist.id,
    )  # fmt: skip
    cast.session.add(dossier)
    cast.session.flush()
    cast.session.add(Application(dossier_id=dossier.id, participant_id="amsterdam", visibility=visibility))
    cast.session.flush()
    report = {"kind": TaskKind.PROGRESS, "day": DAY, "assignee_id": cast.lobbyist.id, "modified_at": NOW}
    cast.session.add(ApplicationTask(dossier_id=dossier.id, **report))
    cast.session.add(Instalment(dossier_id=dossier.id, expected_on=DAY, amount=Decimal(1), text="voorschot"))
    cast.session.flush()


KINDS = {
    EntryKind.FOLLOW_UP, EntryKind.COMMITMENT, EntryKind.SIGN_OFF, EntryKind.POSITION, EntryKind.MOMENT,
    EntryKind.APPLICATION,
}  # fmt: skip


def test_each_kind_stands_on_its_day_for_who_sees_the_dossier_and_for_nobody_else(session: Session) -> None:
    cast = gather(session, NOW)
    lobby_of(cast, Visibility.OWN)
    application_of(cast, Visibility.OWN)
    seen, hidden = (
        [*planned(session, viewer_of(user), Now(NOW), DAY, DAY, Wanted())] for user in (cast.lobbyist, cast.haarlem)
    )
    assert {entry.kind for entry in seen if CANARY in entry.title} >= KINDS
    assert {entry.what for entry in seen if entry.kind == EntryKind.APPLICATION} == {
        TaskKind.PROGRESS.label, "betaling verwacht: voorschot",
    }  # fmt: skip
    assert [entry for entry in hidden if CANARY in f"{entry.title}{entry.what}{entry.note}"] == []
    assert not any(entry.kind in KINDS for entry in hidden)


def test_a_position_that_a_partner_keeps_to_itself_is_on_nobody_elses_day(session: Session) -> None:
    cast = gather(session, NOW)
    dossier = lobby_of(cast, Visibility.REGION)
    position = session.exec(select(Position)).one()
    position.participant_id, position.visibility = "haarlem", Visibility.OWN
    session.flush()
    for user in (cast.lobbyist, cast.coordinator):
        entries = planned(session, viewer_of(user), Now(NOW), DAY, DAY, Wanted())
        assert not any(entry.kind == EntryKind.POSITION for entry in entries)
    assert not any(
        item.kind == "position_review" for item in lobby_due(session, TODAY) if item.user_id == cast.lobbyist.id
    )
    assert dossier.visibility == Visibility.REGION


def test_the_lobby_in_the_calendar_is_the_list_of_what_is_open(session: Session) -> None:
    cast = gather(session, NOW)
    lobby_of(cast, Visibility.REGION)
    viewer = viewer_of(cast.lobbyist)
    listed = open_matters(session, viewer, lobby_due(session, TODAY, AHEAD), TODAY)
    entries = planned(session, viewer, Now(NOW), TODAY, TODAY + AHEAD, Wanted())
    # Who asked in a round and who is asked have one entry; what was decided is news.
    wanted = {(m.due.about, m.due.due) for m in listed if m.due.kind != "decided"}
    assert {(e.title, e.day) for e in entries if e.dossier_id is not None} == wanted
    assert len(wanted) == 5
    assert all(cast.lobbyist.name in e.who for e in entries if e.kind in (EntryKind.FOLLOW_UP, EntryKind.COMMITMENT))


def test_what_is_asked_for_narrows_every_kind(session: Session) -> None:
    cast = gather(session, NOW)
    lobby_of(cast, Visibility.REGION)
    application_of(cast, Visibility.REGION)
    viewer = viewer_of(cast.coordinator)

    def kinds(**asked: object) -> set[EntryKind]:
        return {e.kind for e in planned(session, viewer, Now(NOW), DAY, DAY, Wanted(**asked))}  # type: ignore[arg-type]

    assert kinds(person=cast.lobbyist.id) >= KINDS
    assert kinds(person=cast.reader.id) == set()
    assert kinds(participant="haarlem") == set()
    assert kinds(kinds=frozenset({EntryKind.SIGN_OFF})) == {EntryKind.SIGN_OFF}
    calls = Wanted().calls.model_copy(update={"challenges": ("A20-1",)})
    assert kinds(calls=calls) == KINDS - {EntryKind.APPLICATION}  # that one serves no opgave
    other = Wanted().calls.model_copy(update={"challenges": ("A20-9",)})
    assert kinds(calls=other) == set()


def test_a_mandate_whose_day_is_past_has_ended_in_the_calendar_and_at_the_meeting(session: Session) -> None:
    cast = gather(session, NOW)
    until, viewer = NOW.date() + timedelta(days=9), viewer_of(cast.lobbyist)
    cast.adopted(cast.open("Warmte", lobbyist_id=cast.lobbyist.id), NOW.date(), until)
    said = []
    for now in (Now(NOW), Now(NOW + timedelta(days=10))):
        listed = planned(session, viewer, now, until, until, Wanted(frozenset({EntryKind.POSITION})))
        said.append({entry.what for entry in listed} | {point.what for point in points_now(session, viewer, now)})
    assert said == [{"Mandaat van een standpunt loopt af"}, {"Mandaat van een standpunt is afgelopen"}]


def test_by_default_stands_what_a_public_body_can_use_or_we_work_on(session: Session) -> None:
    cast = gather(session, NOW)
    at = datetime(2026, 6, 18, 15, tzinfo=UTC)
    for title, eligible in (
        ("bruikbaar", Eligibility.SELF),
        ("weet niet", Eligibility.UNKNOWN),
        ("niets", Eligibility.NO),
    ):
        add_deadline(session, add_call(session, title, eligible=eligible), at)
    add_deadline(session, cast.call, at)
    cast.call.eligible = Eligibility.NO
    session.flush()
    viewer = viewer_of(cast.lobbyist)

    def found(wanted: Wanted) -> list[DeadlineDay]:
        asked = dates_asked(session, viewer, Now(NOW), wanted)
        return deadline_days(session, Now(NOW), DAY, DAY, asked.where, asked.ours)

    def counts() -> list[int]:
        return [len(found(Wanted(scope=scope))) for scope in CalendarScope]

    def outside() -> dict[str, int]:
        return left_out(session, Now(NOW), dates_asked(session, viewer, Now(NOW), Wanted()))

    assert counts() == [1, 0, 4]
    assert outside() == {"unknown": 1, "no": 2}
    cast.open("Werk aan de winkel")
    assert counts() == [2, 1, 4]
    assert outside() == {"unknown": 1, "no": 1}
    assert [each.ours for each in found(Wanted(scope=CalendarScope.OURS))] == [True]
    unknown = Wanted(calls=CallFilter(eligible=(Eligibility.UNKNOWN,)))
    assert (len(found(unknown)), unknown.leaves_out) == (1, False)  # who asks for those gets them


def test_papers_stand_on_their_own_day_and_say_when_it_is_past(session: Session) -> None:
    cast = gather(session, NOW)
    load_bodies(session)
    for day, papers in ((date(2026, 6, 3), date(2026, 5, 20)), (date(2026, 6, 24), date(2026, 6, 10))):
        session.add(Meeting(body_id="mra-bestuur", day=day, papers_on=papers, modified_at=NOW))
    session.flush()
    wanted = Wanted(frozenset({EntryKind.PAPERS}))
    entries = planned(session, viewer_of(cast.coordinator), Now(NOW), date(2026, 5, 1), date(2026, 6, 30), wanted)
    known = [(e.day, e.past) for e in entries if not e.rhythm and e.title == "het MRA Bestuur"]
    assert known == [(date(2026, 5, 20), True), (date(2026, 6, 10), False)]
    assert not any(e.overdue for e in entries)  # nobody keeps whether they were in


# On the page and in feeds.


@pytest.fixture
def people(engine: Engine) -> dict[str, User]:
    with writing(engine) as session:
        cast = gather(session, NOW)
        load_bodies(session)
        lobby_of(cast, Visibility.OWN)
        application_of(cast, Visibility.OWN)
        stranger = make_user(session, NOW, Role.COORDINATOR, "hilversum")
        people = {"lobbyist": cast.lobbyist, "coordinator": cast.coordinator, "stranger": stranger}
        session.flush()
        session.expunge_all()
    return people


@pytest.fixture
def calendar_program(engine: Engine, tmp_path: Path) -> Iterator[Visitor]:
    with visit(engine, NOW, tmp_path) as visitor:
        yield visitor


def test_every_view_names_who_and_hides_it_from_a_stranger(
    engine: Engine, people: dict[str, User], tmp_path: Path
) -> None:
    views = ("maand&month=2026-06", "lijst&month=2026-06", f"lijst&day={DAY}", "kwartalen")
    for view in views:
        address = f"/kalender?view={view}" + "".join(f"&show={kind}" for kind in KINDS)
        with visit(engine, NOW, tmp_path, people["coordinator"]) as me:
            page = me.get(address).text
        assert page.count(CANARY) >= 5, view
        assert people["lobbyist"].name in page, view
        with visit(engine, NOW, tmp_path, people["stranger"]) as other:
            assert CANARY not in other.get(address).text, view


def test_feeds_hold_the_same_and_a_strangers_none_of_it(
    engine: Engine, people: dict[str, User], calendar_program: Visitor
) -> None:
    for who, scope in ((who, scope) for who in people for scope in FeedScope):
        with writing(engine) as session:
            user = session.get_one(User, people[who].id)
            about = {"challenge_id": "A20-1"} if scope == FeedScope.CHALLENGE else {}
            _, token = open_feed(session, user, scope, "x", NOW, **about)
        text = calendar_program.get(f"/kalender/feed/{token}.ics").text
        events = icalendar.Calendar.from_ical(text).walk("VEVENT")
        unsaid = [e for e in events if str(e["summary"]) in UNSAID]  # what was typed of a talk stays here
        assert not any(CANARY in str(e["description"]) for e in unsaid)
        found = [e for e in events if CANARY in str(e["summary"])] + unsaid
        ours = who != "stranger" and scope in (FeedScope.TEAM, FeedScope.ALL)
        mine = who == "lobbyist" and scope == FeedScope.PERSONAL
        assert len(found) == (7 if ours or mine else 0) or (ours and len(found) == 8), (who, scope)
        assert all(str(e["uid"]).endswith("@kansenradar.test") for e in found)
        assert len({str(e["uid"]) for e in found}) == len(found)


def test_what_is_settled_leaves_the_feed_at_once(
    engine: Engine, people: dict[str, User], tmp_path: Path, calendar_program: Visitor
) -> None:
    with writing(engine) as session:
        _, token = open_feed(session, session.get_one(User, people["lobbyist"].id), FeedScope.PERSONAL, "x", NOW)
    address = f"/kalender/feed/{token}.ics"
    assert "Vervolgactie" in calendar_program.get(address).text
    with visit(engine, NOW, tmp_path, people["lobbyist"]) as me:
        me.send_form("/contacten/1/vervolg-gedaan", seen=1)
    assert "Vervolgactie" not in calendar_program.get(address).text


def test_a_trial_installation_has_other_names_for_the_same_events(session: Session) -> None:
    assert uid_of("deadline-1", "https://kansenradar.example/") == "deadline-1@kansenradar.example"
    assert uid_of("deadline-1", "https://proef.example:8443/radar") == "deadline-1@proef.example-8443-radar"


def test_an_empty_calendar_holds_a_component(session: Session) -> None:
    (only,) = icalendar.Calendar.from_ical(calendar_file([], "Leeg")).subcomponents
    assert only.name == "VTIMEZONE"
