"""Where every page is: the routes with something real in their gaps, in the world of tests/make/seed_pages.py."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlmodel import Session, col, select

from db.models import (
    AccountReport,
    Application,
    Body,
    Call,
    Challenge,
    CoalitionMember,
    Deadline,
    Delivery,
    Dossier,
    Goal,
    MailText,
    NetworkActivity,
    Participant,
    PastPartner,
    PastProgramme,
    PastProject,
    Position,
    Publication,
    Question,
    Sighting,
    Subscription,
    User,
    Vision,
    VisionVersion,
)
from db.vocabulary_calendar import FeedScope
from db.vocabulary_knowledge import PublicationKind
from db.vocabulary_lobby import PartyKind
from notifications.links import ALL, DOUBT, AnswerLink, Links
from tests.make.seed_pages import seeded_people
from tracker.account import releases as account_releases
from tracker.account import reports, visions
from tracker.account.goals import GoalWords, set_goal
from tracker.account.visions import VisionFields
from tracker.calendar.decision_clock import DecisionRoute, start_clock
from tracker.calendar.feeds import open_feed
from tracker.documents import documents
from tracker.knowledge import publications, releases
from tracker.knowledge.publications import PublicationFields, Upload
from tracker.lobby import coalition, positions
from tracker.lobby.round_answers import invite, link_of
from tracker.mailing.keys import signing_keys
from tracker.network import activities, contact_persons, memberships
from tracker.network.activities import ActivityFields
from tracker.network.memberships import MembershipFields
from tracker.people.mergers import hand_over_due
from tracker.review import meetings
from tracker.rights import Deed
from tracker.settings import Settings
from tracker.web.frame.route import Route
from tracker.web.routes import ROUTES

# Answers of another kind, which tests of their own read.
NOT_PAGES = re.compile(
    r"^/(robots\.txt|\.well-known/|health/|metrics$|api/|documenten/|openbaar/catalogus)|\.ics$|/(tekst|pdf|word|uitvoer|excel|bestand)$|\.(vcf|xlsx|pdf|atom|zip|\{form:file\})$|^/common-grants/"
    r"|/kalender/feed/|^/inloggen/met/"
)


def is_page(route: Route) -> bool:
    """Whether somebody looks at it."""
    return route.method == "GET" and not NOT_PAGES.search(route.path)


def plant(session: Session, settings: Settings, now: datetime) -> dict[str, str]:
    """Add what the seeded world lacks, owned by the administrator; gives what fills each gap of an address.

    A key may begin with the first part of the path it is for.
    """
    me = seeded_people(session)["administrator"]
    assert me.id is not None
    mine = Subscription(user_id=me.id, participant_id="amsterdam", every="week", filter={}, created_at=now)
    digest = Delivery(
        key=f"digest:of:{now.isoformat()}", message_id=f"<of.{me.id}@x>", kind="digest", user_id=me.id, address=me.email,
        subject="2 nieuwe kansen", written=MailText(text="tekst", html="<p>Twee kansen</p>"),
        sha256="s", planned_at=now, not_before=now, expires_at=now + timedelta(days=1), next_attempt_at=now,
    )  # fmt: skip
    old = session.exec(select(Delivery).where(Delivery.key == digest.key)).first()
    session.add_all([mine, digest] if old is None else [mine])
    session.flush()
    _twin(session)
    body = session.exec(select(Body.id).order_by(col(Body.id))).first()
    application = session.exec(select(Application).where(Application.participant_id == "amsterdam")).first()
    assert body is not None
    assert application is not None
    dossier = session.get_one(Dossier, 1)
    _goal(session, me, now)
    _vision(session, me, now)
    _past_winner(session, now)
    if not session.exec(select(Position).where(Position.dossier_id == 1, Position.created_by == me.id)).first():
        positions.draft(Deed(session, me, now), dossier, positions.Wording(internal="Concept"))  # something to adopt
    hand_over_due(session, now, "clock")  # Weesp went into Amsterdam in 2022
    links = Links(settings.base_url, signing_keys(settings))
    _feed, secret = open_feed(session, me, FeedScope.PERSONAL, "Mijn agenda", now)
    asked = _round(session, me, dossier, now)
    return {
        "form": "csv", "call_id": "3", "challenge_id": "A20-1-circulair", "source": "rvo", "participant_id": "amsterdam",
        "overgenomen participant_id": "weesp",
        "sha256": f"{2:064x}", "year": str(now.year), "body_id": body, "user_id": str(seeded_people(session)["reader"].id), "dossier_id": "1",
        "aanvragen dossier_id": str(application.dossier_id), "subscription_id": str(mine.id), "number": "1",
        "clock_id": str(_clock(session, me, now)), "contact_id": "1", "delivery_id": "2",
        "abonnementen delivery_id": str((old or digest).id),
        "round_id": str(asked.round_id), "afstemming token": links.answering(asked),
        "oordeel token": links.decision(me.id, 3, now), "klopt-niet token": links.decision(me.id, 3, now, DOUBT),
        "question_id": str(_questions(session, now)), "afmelden token": links.leaving(me.id, what=ALL),
        "inloggen token": "x" * 43, "provider": "amsterdam", "deadline_id": "6", "kalender token": secret,
        "document_id": str(documents.add_file(Deed(session, me, now), dossier, "nota.txt", b"tekst", "own", 100).id),
        **dict.fromkeys(("note_id", "promise_id", "goal_id", "line_id", "task_id", "instalment_id", "plan_id", "key_id", "verdict_id", "correction_id", "vision_id"), "1"),
        "visie proposal_id": "2",
        "review_id": str(_review(session, me, now)), "key": f"bo-mirt-{now.year}", "stakeholder_id": "1", "organisation_id": "1",
        "code": "HORIZON", "hold_id": "1", "publication_id": str(_publication(session, me, now)), "release_id": "1",
        **_network(session, me, now), "report_id": str(_report(session, now)), "subregion": "amsterdam",
    }  # fmt: skip


def _goal(session: Session, me: User, now: datetime) -> None:
    """A goal of an opgave, made once."""
    if session.exec(select(Goal.id)).first() is None:
        challenge = session.get_one(Challenge, "A20-1-circulair")
        words = GoalWords("Minder nieuw materiaal", Decimal(50), "procent", date(2030, 1, 1), "Agenda")
        set_goal(Deed(session, me, now), challenge, words)


def _vision(session: Session, me: User, now: datetime) -> None:
    """A visie of the opgave with a version that holds, and a text that is proposed for the next."""
    if session.exec(select(Vision.id)).first() is not None:
        return
    words = VisionFields("Circulaire regio", "Niets gaat verloren.\n\nSamen inkopen.", "Programmateam", "Begin")
    first = visions.propose(Deed(session, me, now), "A20-1-circulair", words, 0)
    held = visions.take_over(Deed(session, seeded_people(session)["coordinator"], now), first, "", first.version)
    _publish(session, held, now)
    visions.propose(Deed(session, me, now), "A20-1-circulair", replace(words, text="Alles komt terug."), 1)


def _publication(session: Session, me: User, now: datetime) -> int:
    """A guide of ours that is public, by the word of a second person."""
    title = "Handreiking circulair inkopen"  # the examples are not public
    there = session.exec(select(Publication.id).where(Publication.title == title)).first()
    if there is not None:
        return there
    fields = PublicationFields(
        PublicationKind.GUIDE, title, "Hoe een gemeente circulair inkoopt.", "Amsterdam", 2025,
        subjects="inkoop", challenges=("A20-1-circulair",),
    )  # fmt: skip
    deed = Deed(session, me, now)
    made = publications.add(deed, fields, Upload("handreiking.txt", b"Samen inkopen loont.", 1000))
    release = releases.propose(deed, made, made.version)
    releases.confirm(Deed(session, seeded_people(session)["coordinator"], now), made, release.id)
    return made.id


def _report(session: Session, now: datetime) -> int:
    """A report of the region for everybody, kept after another."""
    deed = Deed(session, seeded_people(session)["coordinator"], now)
    kept = [reports.keep(deed, "", date(year, 1, 1), date(year, 12, 31), now.date(), "mra") for year in (2025, 2026)]
    session.get_one(Participant, "amsterdam").subregion = "Amsterdam"
    _publish(session, kept[-1], now)
    return kept[-1].id


def _publish(session: Session, thing: AccountReport | VisionVersion, now: datetime) -> None:
    """Make it public, by the word of a second person."""
    people = seeded_people(session)
    release = account_releases.propose(Deed(session, people["administrator"], now), thing)
    account_releases.confirm(Deed(session, people["coordinator"], now), release, release.version)


def _network(session: Session, me: User, now: datetime) -> dict[str, str]:
    """A contact, a membership and an activity of ours, about one subject."""
    deed, title = Deed(session, me, now), "Dag van de inkoop"
    if session.exec(select(NetworkActivity.id).where(NetworkActivity.title == title)).first() is None:
        fields = contact_persons.ContactPersonFields("Inkoop", "Waterschap Veld en Beemd", "inkoper")
        contact_persons.add(deed, fields)
        memberships.add(deed, MembershipFields("Waterschap Veld en Beemd", "Netwerk Inkoop", starts_on=now.date()))
        said = ActivityFields(title, now.date(), subjects="inkoop", guests="Waterschap Veld en Beemd")
        activities.add(deed, said)
    numbers = dict.fromkeys(("subject_contact_id", "membership_id", "activity_id"), "1")
    return {**numbers, "subject": "inkoop"}


def _past_winner(session: Session, now: datetime) -> None:
    """A participant that won in Horizon Europe before."""
    session.merge(PastProgramme(code="HORIZON", file_name="cordis.zip", content_day=now.date(), imported_at=now))
    session.flush()
    if session.exec(select(PastProject.id)).first() is None:
        project = PastProject(
            programme="HORIZON", number="1", acronym="TUIN", title="Gardens", topic="HORIZON-CL5-2021-D3-01"
        )
        session.add(project)
        session.flush()
        session.add(
            PastPartner(project_id=project.id, organisation="9", name="Gemeente Amsterdam", contribution=Decimal(10))
        )


def _review(session: Session, me: User, now: datetime) -> int:
    """A review meeting that runs, with a point to go through."""
    deed = Deed(session, me, now)
    review = meetings.running(session, deed.viewer) or meetings.begin(deed, [])
    meetings.refresh(deed, review)
    assert meetings.points_of(session, deed.viewer, review)
    return review.id


def _round(session: Session, me: User, dossier: Dossier, now: datetime) -> AnswerLink:
    """A sign-off round that a party without an account is asked to answer."""
    deed = Deed(session, me, now)
    known = session.exec(select(CoalitionMember).where(CoalitionMember.name == "Hogeschool Amstel")).first()
    member = known or coalition.join(deed, dossier, "Hogeschool Amstel", PartyKind.KNOWLEDGE, now.date())
    sign_off = coalition.open_round(deed, dossier, "Bent u akkoord?", (now + timedelta(days=9)).date())
    return link_of(invite(deed, dossier, sign_off, member.id, "bestuur@hogeschool.example"))


def _questions(session: Session, now: datetime) -> int:
    """What a text leaves open, and a value that a reader doubts."""
    sighting = session.exec(select(Sighting).where(Sighting.call_id == 3).order_by(col(Sighting.id))).first()
    assert sighting is not None
    asked = {"call_id": 3, "asked_at": now, "changed_at": now, "sentence": "Aanvragen kan tot 1 oktober of 1 november."}
    open_already = select(Question).where(Question.call_id == 3, col(Question.settled_at).is_(None))
    for row in session.exec(open_already):
        row.settled_at = now
    session.flush()
    readings = ["2026-09-30", "2026-10-31T17:00"]
    question = Question(**asked, sighting_id=sighting.id, field="opens", readings=readings, why="twee data")
    shown = [{"day": "2026-06-15", "hour": "17:00"}]
    doubted = Question(**asked, field="closes", readings=["2026-06-15T17:00"], doubted=shown)
    session.add_all([question, doubted])
    session.flush()
    return question.id


def _twin(session: Session) -> None:
    """A call that another source tells of too, with another closing hour: a pair for the page of duplicates."""
    one = session.get_one(Call, 3)
    address = f"{one.url}?utm_source=twin"
    if session.exec(select(Call).where(Call.url == address)).first() is None:
        call = Call(**one.model_dump(exclude={"id", "url", "rate"}), url=address, rate=Decimal(33))
        session.add(call)
        session.flush()
        said = {
            "url": address,
            "fields": {},
            "fingerprint": "f",
            "first_seen": one.first_seen,
            "last_seen": one.last_seen,
        }
        session.add(Sighting(source="dus_i", external_id="twin", call_id=call.id, **said))
        at = {"day": (one.closes_at or one.first_seen).date(), "modified_at": one.first_seen}
        session.add(Deadline(call_id=call.id, kind="closes", gate_at=one.closes_at, **at))
        session.flush()


def _clock(session: Session, me: User, now: datetime) -> int:
    late = now + timedelta(days=120)
    deadline = session.exec(
        select(Deadline).where(Deadline.kind == "closes", col(Deadline.day) > late.date()).order_by(col(Deadline.id))
    ).first()
    assert deadline is not None
    clock = start_clock(Deed(session, me, now), deadline, DecisionRoute("amsterdam"), "amsterdam")
    assert clock.id is not None
    return clock.id


def filled(path: str, gaps: dict[str, str]) -> str:
    """A route's path with its gaps filled; a gap that nobody filled is an error, so that no page is forgotten."""
    first = path.split("/")[1]
    return re.sub(r"{(\w+)(:\w+)?}", lambda gap: gaps.get(f"{first} {gap[1]}") or gaps[gap[1]], path)


def page_addresses(gaps: dict[str, str]) -> list[tuple[str, bool]]:
    """Every page: its address, and whether it is looked at signed out."""
    found = [(filled(r.path, gaps), r.role is None) for r in ROUTES if is_page(r)]
    return [*found, ("/bestaat-niet", True), ("/regelingen?text=xyzzy", False), ("/regelingen?status=nee", False)]
