"""The review meeting: what is on it, each deed done by its own subject and minuted, and who reads what of it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import (
    ApplicationTask,
    Assignment,
    Commitment,
    ContactMoment,
    Deadline,
    Delivery,
    Dossier,
    Milestone,
    Moment,
    Review,
    ReviewPoint,
    SignOffRound,
    User,
)
from db.session import reading, writing
from db.vocabulary import DeadlineKind, Role, Visibility
from db.vocabulary_calendar import MilestoneState, PointKind, PointPart
from db.vocabulary_lobby import ApplicationStage, Check, Level, MomentKind, PartyKind, TaskKind
from tests.make.lobby import Cast, gather
from tests.make.pages import Visitor, make_user, settings_for, visit
from tracker.applications import stages, tasks
from tracker.applications.milestones import open_clock
from tracker.calendar.decision_clock import milestones_of
from tracker.calendar.load_bodies import load_bodies
from tracker.clock import Clock, Now
from tracker.lobby import coalition, contacts, dossiers, moments
from tracker.mailing.mailer import open_mailer
from tracker.mailing.run import rewrite_outdated
from tracker.people.access import leave_organisation
from tracker.review import meetings
from tracker.review.agenda import NO_HOLDER, points_now
from tracker.rights import viewer_of

pytestmark = pytest.mark.one_database

YES = {check.value: "yes" for check in Check}
DAY = timedelta(days=1)


@dataclass
class Room:
    """An organisation with something in every part, and who sits at the table."""

    engine: Engine
    now: datetime
    folder: Path
    lobbyist: User
    haarlem: User
    outsider: User
    reader: User
    hidden: int  # an application that only its organisation sees
    shared: int  # one that everybody of the MRA sees

    @contextmanager
    def at(self, user: User | None = None, later: timedelta = timedelta()) -> Iterator[Visitor]:
        with visit(self.engine, self.now + later, self.folder, user or self.lobbyist) as visitor:
            yield visitor

    def begin(self, visitor: Visitor, **fields: object) -> int:
        answer = visitor.send_form("/overleg", **fields)
        assert answer.status_code == 303, answer.text  # type: ignore[attr-defined]
        with reading(self.engine) as session:
            return max(session.exec(select(Review.id)))

    def point(self, review: int, kind: PointKind, part: PointPart | None = None, of: int | None = None) -> str:
        """The address of the first such point."""
        with reading(self.engine) as session:
            rows = select(ReviewPoint).where(ReviewPoint.review_id == review, ReviewPoint.kind == kind)
            found = [row for row in session.exec(rows) if part in (None, row.part) and of in (None, row.dossier_id)]
            return f"/overleg/{review}/punten/{min(row.number for row in found)}"


def _application(cast: Cast, title: str, visibility: str, closes: date) -> Dossier:
    deed = cast.deed()
    dossier = stages.start(deed, cast.call, "amsterdam", visibility)
    dossier.title = title
    deadline = Deadline(call_id=cast.call.id, kind=DeadlineKind.CLOSES, day=closes, modified_at=cast.now)
    cast.session.add(deadline)
    cast.session.flush()
    clock = open_clock(deed, dossier, deadline)
    for step in milestones_of(cast.session, clock):
        step.assignee_id = cast.lobbyist.id
    first = milestones_of(cast.session, clock)[0]
    first.begins_on, first.day = cast.now.date() - 3 * DAY, cast.now.date() - DAY
    return dossier


@pytest.fixture
def room(engine: Engine, now: datetime, tmp_path: Path) -> Room:
    with writing(engine) as session:
        cast = gather(session, now)
        load_bodies(session)
        hidden = _application(cast, "Geheim warmteplan", Visibility.OWN, now.date() + 200 * DAY)
        shared = stages.start(cast.deed(), cast.call, "amsterdam", Visibility.REGION)
        shared.title = "Open warmteplan"
        tasks.add_task(cast.deed(), hidden, TaskKind.TASK, now.date() + 20 * DAY, "Bel de notaris")
        for stage in (ApplicationStage.SCOUTING, ApplicationStage.GO_NO_GO):
            stages.move(cast.deed(), shared, stage, shared.version)
        loose = cast.open("Zonder trekker")
        loose.lobbyist_id = None
        outsider = make_user(session, now, Role.LOBBYIST, "almere")
        numbers = hidden.id, shared.id
    return Room(engine, now, tmp_path, cast.lobbyist, cast.haarlem, outsider, cast.reader, *numbers)


def test_what_is_late_to_decide_due_and_of_nobody_is_a_point_once(room: Room) -> None:
    with reading(room.engine) as session:
        points = points_now(session, viewer_of(room.lobbyist), Now(room.now))
        others = points_now(session, viewer_of(room.outsider), Now(room.now))
    by_title = {(point.title, point.kind, point.part) for point in points}
    assert ("Open warmteplan", PointKind.APPLICATION, PointPart.DECIDE) in by_title
    assert ("Geheim warmteplan", PointKind.TASK, PointPart.NOBODY) in by_title
    assert {p.part for p in points if p.kind == PointKind.MILESTONE and p.assumed} <= {
        PointPart.DUE,
        PointPart.NOBODY,
    }, "a day of an assumed rhythm is no fact that was missed"
    assert [p.what for p in points if p.title == "Zonder trekker"] == [NO_HOLDER]
    keys = [(p.kind, p.subject_id, p.dossier_id) for p in points]
    assert len(keys) == len(set(keys))
    order = [list(PointPart).index(p.part) for p in points]
    assert order == sorted(order)
    assert others == [], "another organisation's work is not gone through"


def test_each_deed_is_that_of_its_own_page_and_leaves_a_line(room: Room) -> None:
    with room.at() as visitor:
        review = room.begin(visitor, people=room.lobbyist.id)
        step, task = room.point(review, PointKind.MILESTONE), room.point(review, PointKind.TASK)
        decision = room.point(review, PointKind.APPLICATION, PointPart.DECIDE)
        day, me = (room.now.date() + 9 * DAY).isoformat(), room.lobbyist.id

        def press(at: str, what: str, **fields: object) -> int:
            seen = {"seen": visitor.seen_on(at, f"{at}/{what}")} if what not in ("notitie", "besproken") else {}
            return visitor.send_form(f"{at}/{what}", **seen, **fields).status_code  # type: ignore[attr-defined]

        assert press(step, "verzetten", day=day) == 422, "a step that is put by hand asks why"
        assert press(step, "verzetten", day=day, why_day="vakantie") == 303
        assert press(step, "toewijzen", assignee=room.haarlem.id) == 422, "not a colleague"
        assert press(step, "afhandelen", state="dropped") == 422, "what goes asks why"
        assert press(step, "afhandelen", state="done") == 303
        assert press(task, "toewijzen", assignee=me) == 303
        assert press(task, "verzetten", day=day) == 303
        assert press(task, "notitie", note="Alleen na akkoord") == 303
        assert press(task, "notitie", note=" ") == 422
        assert visitor.send_form(f"{task}/toewijzen", assignee=me, seen=1).status_code == 409  # type: ignore[attr-defined]
        assert press(decision, "besluit", go="go") == 422, "the checklist is asked here as well"
        assert press(decision, "besluit", go="go", **YES) == 303
        minutes = visitor.get(f"/overleg/{review}").text
        page, other = visitor.get(f"/aanvragen/{room.hidden}").text, visitor.get(f"/aanvragen/{room.shared}").text
    assert "Alleen na akkoord" in page, "the timeline of what it hangs on says it as well"
    log = other.partition('id="besluiten"')[2].partition('id="tijdlijn"')[0]
    assert re.findall(r"naar &#39;([\w/ -]+)&#39;", log) == ["in voorbereiding", "go/no-go", "verkennen"], (
        "newest first"
    )
    with reading(room.engine) as session:
        row = session.exec(select(Milestone).where(Milestone.settled_by == me)).one()
        assert (row.state, row.day.isoformat(), row.pinned) == (MilestoneState.DONE, day, True)
        bell = session.exec(select(ApplicationTask)).one()
        assert (bell.assignee_id, bell.day.isoformat()) == (me, day)
        assert session.get_one(Dossier, room.shared).stage == ApplicationStage.PREPARING
    for line in ("Verzet van", "vakantie", "Gedaan", f"Naar {room.lobbyist.name}", "Alleen na akkoord", ">Go <"):
        assert line in minutes
    assert minutes.count("Gedaan") == 1, "what was refused left nothing"


def test_a_call_that_gets_late_is_started_or_given_to_a_colleague(room: Room) -> None:
    with writing(room.engine) as session:
        deed = meetings.Deed(session, session.get_one(User, room.lobbyist.id), room.now)
        for old in session.exec(select(Dossier)):  # begun before the meeting
            old.opened_at = room.now - timedelta(days=1)
        review = meetings.begin(deed, [])
        call_id = session.exec(select(Deadline.call_id)).first()
        shown = {"what": "go/no-go", "title": "Subsidie", "link": "/x", "day": room.now.date()}
        point = ReviewPoint(
            review_id=review.id, number=99, kind=PointKind.CALL, subject_id=call_id, part=PointPart.DECIDE, **shown
        )
        session.add(point)
        at = f"/overleg/{review.id}/punten/99"
    with room.at() as visitor:
        assert visitor.send_form(f"{at}/toewijzen", assignee=room.lobbyist.id).status_code == 303  # type: ignore[attr-defined]
        for _ in range(2):  # the second comes to what the first began
            assert visitor.send_form(f"{at}/aanvraag").status_code == 303  # type: ignore[attr-defined]
        assert visitor.send_form(f"{at}/besluit", go="go", seen=1).status_code == 422  # type: ignore[attr-defined]
    with reading(room.engine) as session:
        assert session.exec(select(Assignment.assignee_id)).one() == room.lobbyist.id
        assert len(session.exec(select(Dossier).where(Dossier.kind == "application")).all()) == 3


def test_who_takes_part_from_outside_reads_only_what_they_may_see_on_the_page_and_in_the_mail(room: Room) -> None:
    with room.at() as visitor:
        review = room.begin(visitor, people=room.lobbyist.id, others=room.haarlem.email)
        hidden = room.point(review, PointKind.TASK)
        shared = room.point(review, PointKind.APPLICATION, of=room.shared)
        for at, note in ((hidden, "Zwijgen hierover"), (shared, "Samen indienen")):
            assert visitor.send_form(f"{at}/notitie", note=note).status_code == 303  # type: ignore[attr-defined]
    with room.at(room.haarlem) as visitor:
        minutes, list_ = visitor.get(f"/overleg/{review}").text, visitor.get(shared)
        assert "Samen indienen" not in visitor.get(f"/aanvragen/{room.shared}").text, (
            "others' timelines keep to the log"
        )
        assert visitor.get(hidden).status_code == 404
        assert visitor.send_form(f"{hidden}/notitie", note="x").status_code == 404  # type: ignore[attr-defined]
        refused = visitor.send_form(f"{shared}/notitie", note="x")
        assert refused.status_code == 403, "they read along"  # type: ignore[attr-defined]
    for text in (minutes, list_.text):
        assert "Open warmteplan" in text
        assert "Geheim" not in text
        assert "Zwijgen" not in text
        assert "notaris" not in text
    with room.at(room.outsider) as visitor:
        assert visitor.get(f"/overleg/{review}").status_code == 404
        assert visitor.get(shared).status_code == 404
    with room.at(room.reader) as visitor:
        assert visitor.get(f"/overleg/{review}").status_code == 404

    with room.at() as visitor:
        assert visitor.send_form(f"/overleg/{review}/afsluiten").status_code == 303  # type: ignore[attr-defined]
        assert visitor.send_form(f"/overleg/{review}/afsluiten").status_code == 422, "once"  # type: ignore[attr-defined]
        assert visitor.send_form(f"{shared}/notitie", note="te laat").status_code == 422  # type: ignore[attr-defined]
    with reading(room.engine) as session:
        mails = {mail.user_id: mail for mail in session.exec(select(Delivery))}
    assert mails.keys() == {room.lobbyist.id, room.haarlem.id}
    ours, theirs = mails[room.lobbyist.id], mails[room.haarlem.id]
    assert "Zwijgen hierover" in ours.text
    for part in (theirs.text, theirs.html, theirs.subject):
        assert "Geheim" not in part
        assert "Zwijgen" not in part
    assert "Samen indienen" in theirs.text
    assert "Samen indienen" in theirs.html


def test_minutes_follow_what_their_object_shows_afterwards(room: Room) -> None:
    with room.at() as visitor:
        review = room.begin(visitor, others=room.haarlem.email)
        shared = room.point(review, PointKind.APPLICATION, of=room.shared)
        visitor.send_form(f"{shared}/notitie", note="Samen indienen")
    with writing(room.engine) as session:
        dossier = session.get_one(Dossier, room.shared)
        deed = meetings.Deed(session, session.get_one(User, room.lobbyist.id), room.now)
        kept = {name: getattr(dossier, name) for name in ("title", "lobbyist_id")}
        dossiers.edit(deed, dossier, dossiers.DossierFields(visibility=Visibility.OWN, **kept), dossier.version)
    with room.at(room.haarlem) as visitor:
        assert "Samen indienen" not in visitor.get(f"/overleg/{review}").text
        assert visitor.get(shared).status_code == 404


def test_minutes_that_wait_are_written_anew_or_taken_back_for_who_may_not_see_a_line_any_more(room: Room) -> None:
    with room.at() as visitor:
        review = room.begin(visitor, others=room.haarlem.email)
        hidden, shared = room.point(review, PointKind.TASK), room.point(review, PointKind.APPLICATION, of=room.shared)
        for at in (hidden, shared):
            visitor.send_form(f"{at}/notitie", note="Samen indienen")
        visitor.send_form(f"/overleg/{review}/afsluiten")

    def mails(user: User) -> list[str]:
        with reading(room.engine) as session:
            rows = session.exec(select(Delivery).where(Delivery.user_id == user.id).order_by(col(Delivery.id)))
            return [f"{row.state} {row.text.count('Samen indienen')}" for row in rows]

    mailer = open_mailer(settings_for(room.folder), room.engine)
    rewrite_outdated(room.engine, mailer, Clock(room.now))
    assert (mails(room.lobbyist), mails(room.haarlem)) == (["planned 2"], ["planned 1"]), "what is so stays"
    with writing(room.engine) as session:
        session.get_one(Dossier, room.shared).visibility = Visibility.OWN
        session.get_one(Dossier, room.hidden).deleted_at = room.now
    rewrite_outdated(room.engine, mailer, Clock(room.now))
    assert mails(room.haarlem) == ["cancelled 1"]
    assert mails(room.lobbyist) == ["cancelled 2", "planned 1"]


def test_who_comes_to_a_later_meeting_reads_nothing_of_the_ones_before(room: Room) -> None:
    with room.at() as visitor:
        first = room.begin(visitor)
        visitor.send_form(f"{room.point(first, PointKind.APPLICATION, of=room.shared)}/notitie", note="KANARIE eerder")
        visitor.send_form(f"/overleg/{first}/afsluiten")
        second = room.begin(visitor, others=room.haarlem.email)
        shared = room.point(second, PointKind.APPLICATION, of=room.shared)
        assert "KANARIE eerder" in visitor.get(shared).text
    with room.at(room.haarlem) as visitor:
        assert "KANARIE" not in visitor.get(shared).text


def test_what_was_said_while_it_was_narrower_stays_with_the_organisation(room: Room) -> None:
    with room.at() as visitor:
        review = room.begin(visitor, others=room.haarlem.email)
        hidden = room.point(review, PointKind.TASK)
        shared = room.point(review, PointKind.APPLICATION, of=room.shared)
        visitor.send_form(f"{hidden}/notitie", note="KANARIE")

    def shown(dossier_id: int, visibility: Visibility) -> None:
        with writing(room.engine) as session:
            dossier = session.get_one(Dossier, dossier_id)
            deed = meetings.Deed(session, session.get_one(User, room.lobbyist.id), room.now)
            fields = dossiers.DossierFields("Nette titel", lobbyist_id=dossier.lobbyist_id, visibility=visibility)
            dossiers.edit(deed, dossier, fields, dossier.version)

    shown(room.hidden, Visibility.REGION)
    shown(room.shared, Visibility.OWN)
    with room.at() as visitor:
        visitor.send_form(f"{shared}/notitie", note="KANARIE")
    shown(room.shared, Visibility.REGION)
    with room.at(room.haarlem) as visitor:
        assert visitor.get(hidden).status_code == 404
        for page in (f"/overleg/{review}", shared):
            text = visitor.get(page).text
            assert ("KANARIE" in text, "Geheim" in text) == (False, False)


def test_who_goes_to_another_participant_reads_no_meeting_of_the_former_one(room: Room) -> None:
    with room.at() as visitor:
        review = room.begin(visitor, people=room.lobbyist.id, others=room.haarlem.email)
    with writing(room.engine) as session:
        deed = meetings.Deed(session, session.get_one(User, room.lobbyist.id), room.now)
        leave_organisation(deed, session.get_one(User, room.haarlem.id))
    with room.at(room.haarlem) as visitor:
        assert visitor.get(f"/overleg/{review}").status_code == 404


def test_the_next_meeting_says_what_changed_since_the_last(room: Room) -> None:
    with room.at() as visitor:
        assert "Er was nog geen overleg" in visitor.get("/overleg").text
        review = room.begin(visitor)
        assert visitor.send_form("/overleg").status_code == 422, "one at a time"  # type: ignore[attr-defined]
        step = room.point(review, PointKind.MILESTONE)
        assert visitor.send_form(f"{step}/notitie", note="Volgende week klaar").status_code == 303  # type: ignore[attr-defined]
        visitor.send_form(f"/overleg/{review}/afsluiten")
        assert "Niets." in visitor.get("/overleg").text.partition('id="sinds"')[2]
    later = room.now + 2 * DAY
    with writing(room.engine) as session:
        deed = meetings.Deed(session, session.get_one(User, room.lobbyist.id), later)
        dossier = session.get_one(Dossier, room.hidden)
        stages.move(deed, dossier, ApplicationStage.SCOUTING, dossier.version)
        tasks.add_task(deed, dossier, TaskKind.TASK, later.date(), "Vraag de offerte", room.lobbyist.id)
    with room.at(later=7 * DAY) as visitor:
        since = visitor.get("/overleg").text.partition('id="sinds"')[2].partition("<h2")[0]
        assert "Van &#39;Signaal&#39;" in since or "Van &#39;signaal&#39;" in since
        assert "nieuw op de lijst, te laat: Vraag de offerte" in since
        again = room.begin(visitor)
        page = visitor.get(room.point(again, PointKind.MILESTONE)).text
        assert "Eerder gezegd" in page
        assert "Volgende week klaar" in page
    with room.at(room.outsider, 7 * DAY) as visitor:
        assert "warmteplan" not in visitor.get("/overleg").text


def test_discussed_goes_on_to_the_next_point_and_ends_at_the_minutes(room: Room) -> None:
    with room.at() as visitor:
        review = room.begin(visitor)
        with reading(room.engine) as session:
            count = len(meetings.all_points(session, session.get_one(Review, review)))
        at, visited = f"/overleg/{review}/punten/1", []
        while "/punten/" in at:
            visited.append(at)
            at = visitor.send_form(f"{at}/besproken").headers["location"].partition("?")[0]  # type: ignore[attr-defined]
        assert at == f"/overleg/{review}"
        assert len(visited) == len(set(visited)) == count
        assert "Besproken, niets besloten." in visitor.get(at).text


def test_what_came_meanwhile_is_added_at_the_end(room: Room, session: Session) -> None:
    with room.at() as visitor:
        review = room.begin(visitor)
        with writing(room.engine) as opened:
            deed = meetings.Deed(opened, opened.get_one(User, room.lobbyist.id), room.now)
            tasks.add_task(deed, opened.get_one(Dossier, room.hidden), TaskKind.TASK, room.now.date(), "Nog iets")
        before = room.point(review, PointKind.TASK)
        visitor.send_form(f"/overleg/{review}/verversen")
        with reading(room.engine) as opened:
            rows = meetings.all_points(opened, opened.get_one(Review, review))
        assert rows[-1].what == "Nog iets"
        assert [row.number for row in rows] == list(range(1, len(rows) + 1))
        assert room.point(review, PointKind.TASK) == before


def test_a_point_of_ones_own_comes_back_until_it_ends(room: Room) -> None:
    soon, far = (room.now.date() + n * DAY for n in (3, 60))
    with room.at() as visitor:
        assert visitor.send_form("/overleg/punten", text=" ").status_code == 422  # type: ignore[attr-defined]
        refused = visitor.send_form("/overleg/punten", text="Bel", assignee=room.haarlem.id)
        assert refused.status_code == 422, "not a colleague"  # type: ignore[attr-defined]
        visitor.send_form("/overleg/punten", text="Bel KANARIE van het ministerie", by_day=far)
        review = room.begin(visitor, others=room.haarlem.email)
        own = room.point(review, PointKind.ACTION)
        added = visitor.send_form("/overleg/punten", text="Samen een datum prikken", by_day=soon, shared="true")
        shared = added.headers["location"].partition("?")[0]  # type: ignore[attr-defined]
        assert visitor.get(shared).status_code == 200
        for deed, fields in (("toewijzen", {"assignee": room.lobbyist.id}), ("verzetten", {"day": far})):
            seen = visitor.seen_on(own, f"{own}/{deed}")
            assert visitor.send_form(f"{own}/{deed}", seen=seen, **fields).status_code == 303  # type: ignore[attr-defined]
        assert visitor.send_form(f"{own}/afhandelen", seen=1, state="done").status_code == 409  # type: ignore[attr-defined]
    with room.at(room.haarlem) as visitor:
        assert visitor.get(own).status_code == 404
        assert "KANARIE" not in visitor.get(f"/overleg/{review}").text
        assert visitor.get(shared).status_code == 200
        assert visitor.send_form("/overleg/punten", text="Van ons").status_code == 303  # type: ignore[attr-defined]
    with room.at() as visitor:
        assert "Van ons" not in visitor.get("/overleg").text, "that is Haarlem's"
        visitor.send_form(f"/overleg/{review}/afsluiten")
        page = visitor.get("/overleg").text
        assert "Samen een datum" in page
        assert "KANARIE" not in page, "spoken about, given, and its day is far"
    with room.at(later=50 * DAY) as visitor:
        assert "KANARIE" in visitor.get("/overleg").text, "near its day it comes back"
        again = room.begin(visitor)
        at = room.point(again, PointKind.ACTION)
        seen = visitor.seen_on(at, f"{at}/afhandelen")
        assert visitor.send_form(f"{at}/afhandelen", seen=seen, state="done").status_code == 303  # type: ignore[attr-defined]
        assert "Samen een datum" not in visitor.get("/overleg").text


def test_a_round_is_closed_and_its_dossier_given_to_a_colleague_in_the_meeting(room: Room) -> None:
    with writing(room.engine) as session:
        deed = meetings.Deed(session, session.get_one(User, room.lobbyist.id), room.now)
        dossier = session.exec(select(Dossier).where(Dossier.title == "Zonder trekker")).one()
        coalition.join(deed, dossier, "", PartyKind.PARTICIPANT, room.now.date(), "haarlem")
        coalition.open_round(deed, dossier, "Akkoord met de brief?", room.now.date() + 5 * DAY)
    with room.at() as visitor:
        at = room.point(room.begin(visitor), PointKind.ROUND)
        for deed_, fields in (("toewijzen", {"assignee": room.lobbyist.id}), ("afhandelen", {"state": "done"})):
            seen = visitor.seen_on(at, f"{at}/{deed_}")
            assert visitor.send_form(f"{at}/{deed_}", seen=seen, **fields).status_code == 303  # type: ignore[attr-defined]
        assert "Afstemronde gesloten" in visitor.get(at).text
    with reading(room.engine) as session:
        assert session.exec(select(SignOffRound.closed_at)).one() is not None
        title = Dossier.title == "Zonder trekker"
        assert session.exec(select(Dossier.lobbyist_id).where(title)).one() == room.lobbyist.id


def test_a_round_a_moment_and_what_was_promised_are_put_off_and_given_in_the_meeting(room: Room) -> None:
    today, soon = room.now.date(), room.now.date() + 5 * DAY
    with writing(room.engine) as session:
        by = session.get_one(User, room.lobbyist.id)
        colleague = make_user(session, room.now, Role.FUNDRAISER, by.participant_id or "", email="collega@x.nl").id
        deed = meetings.Deed(session, by, room.now)
        dossier = session.exec(select(Dossier).where(Dossier.title == "Open warmteplan")).one()
        coalition.join(deed, dossier, "", PartyKind.PARTICIPANT, today, "haarlem")
        coalition.open_round(deed, dossier, "Akkoord met de brief?", soon)
        new = moments.NewMoment("Debat over warmte", MomentKind.COMMITTEE_DEBATE, Level.NATIONAL, soon)
        moments.hook(deed, dossier, f"moment:{moments.add_moment(deed, new).id}")
        talk = contacts.ContactFields(today, "Gesproken", "talk", dossier.id, "", "Terugbellen", soon, Visibility.OWN)
        contact = contacts.log_contact(deed, talk, contacts.Office("Ministerie van VRO", "Warmte", ""))
        contacts.commit_to(deed, contact, "Stuk sturen", soon)
        dossier.lobbyist_id = by.id
    later = today + 12 * DAY
    with room.at() as visitor:
        review = room.begin(visitor)

        def press(kind: PointKind, what: str, **fields: object) -> int:
            at = room.point(review, kind)
            seen = visitor.seen_on(at, f"{at}/{what}")
            return visitor.send_form(f"{at}/{what}", seen=seen, **fields).status_code  # type: ignore[attr-defined]

        movable = (PointKind.ROUND, PointKind.MOMENT, PointKind.COMMITMENT, PointKind.FOLLOW_UP)
        own = (PointKind.ROUND, PointKind.COMMITMENT, PointKind.FOLLOW_UP)
        assert [press(kind, "verzetten", day=today - DAY) for kind in own] == [422] * 3
        assert [press(kind, "verzetten", day=later) for kind in movable] == [303] * 4
        assert press(PointKind.COMMITMENT, "toewijzen", assignee=room.haarlem.id) == 422
        assert [press(kind, "toewijzen", assignee=colleague) for kind in movable[2:]] == [303] * 2
    with reading(room.engine) as session:
        talk, promise = session.exec(select(ContactMoment)).one(), session.exec(select(Commitment)).one()
        days = [session.exec(select(SignOffRound.due_on)).one(), session.exec(select(Moment.ends_on)).one()]
        assert [*days, promise.due_on, talk.follow_up_on] == [later] * 4
        assert [promise.owner_id, talk.follow_up_owner] == [colleague] * 2


def test_no_key_ends_a_point_at_once_and_the_line_of_keys_names_what_the_point_has(room: Room) -> None:
    with room.at() as visitor:
        review = room.begin(visitor)
        loose = visitor.get(room.point(review, PointKind.APPLICATION, PointPart.NOBODY)).text
        step = visitor.get(room.point(review, PointKind.MILESTONE)).text
        assert 'data-key="g"' not in step
        assert 'data-focus="g"' in step
        assert [word in step for word in ("v verzetten", "g gedaan", "b go of no-go")] == [True, True, False]
        assert [word in loose for word in ("v verzetten", "g gedaan", "t toewijzen")] == [False, False, True]


def test_going_on_keeps_the_note_that_was_typed(room: Room) -> None:
    with room.at() as visitor:
        at = room.point(review := room.begin(visitor), PointKind.MILESTONE)
        assert visitor.send_form(f"{at}/besproken", note=" Wethouder belt eerst ").status_code == 303  # type: ignore[attr-defined]
        assert visitor.send_form(f"{at}/besproken", note="").status_code == 303  # type: ignore[attr-defined]
        text = visitor.get(f"/overleg/{review}").text
    assert text.count("Wethouder belt eerst") == 1


@pytest.mark.parametrize("path", ["//elders.nl", "https://elders.nl", "javascript:alert(1)", "/\\elders.nl"])
def test_the_page_of_keys_leads_back_to_a_page_of_ours_alone(room: Room, path: str) -> None:
    with room.at() as visitor:
        assert "Terug naar" not in visitor.get("/toetsen", params={"terug": path}).text
        assert '<a href="/overleg/1/punten/2">' in visitor.get("/toetsen?terug=/overleg/1/punten/2").text
