"""The whole product on recorded answers of the sources: a fresh database, matches, a digest, a calendar."""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import col, select

from db.models import Delivery, Subscription, User, WebSession
from db.region import USUAL, Region, Shown
from db.region_served import region, serve
from db.session import reading, writing
from db.vocabulary import Cadence, DeliveryState, Role, Visibility
from notifications.dispatcher import send_due
from notifications.reasons import in_dutch
from scrapers import sources
from scrapers.recordings import Recording, replay
from tracker.calendar.events import all_deadlines
from tracker.calendar.load_bodies import load_bodies
from tracker.calls.ingest import ingest
from tracker.challenges.agenda import load_agendas
from tracker.clock import Clock, SteppingClock
from tracker.database import keep_region, migrate_database
from tracker.errors import NotPossible
from tracker.mailing.mailer import open_mailer, sending_rules, transport_of
from tracker.mailing.plan import plan
from tracker.mailing.run import plan_now, send_now
from tracker.matching import DIGEST_THRESHOLD
from tracker.matching.run import match_with_model
from tracker.operations.example_data import load_example
from tracker.organisations.load import load_organisations
from tracker.people.participants import load_participants
from tracker.settings import Settings
from tracker.sources.crawl import crawlable, own_watched
from tracker.sources.rounds import crawl_sources
from tracker.web.people.demo import DemoDesk

INSTALLED = Path(__file__).parents[1] / "recordings"  # in a wheel
RECORDINGS = INSTALLED if INSTALLED.is_dir() else Path(__file__).parents[2] / "tests" / "recordings"
READER = "fondsenwerver@voorbeeld.example"
PEOPLE = (
    ("lezer@voorbeeld.example", "Ruben Visser", Role.READER),
    ("lobbyist@voorbeeld.example", "Lotte de Boer", Role.LOBBYIST),
    ("coordinator@voorbeeld.example", "Noor Bakker", Role.COORDINATOR),
    ("beheerder@voorbeeld.example", "Bas Willems", Role.ADMINISTRATOR),
)
WEEK = 7  # days
Say = Callable[[str], None]


class NoRecordings(NotPossible):
    """The demo replays recordings that come with the source code, and they are not there."""


class NoDemo(NotPossible):
    """The region says nothing of its demo."""


@dataclass(frozen=True)
class Demo:
    """Where a demo lives and on which day it plays."""

    folder: Path
    settings: Settings
    now: datetime
    engine: Engine
    data: Path = USUAL  # the region's folder


def prepare(folder: Path, port: int, chosen: Region | None = None, data: Path = USUAL) -> Demo:
    """An emptied folder with a migrated database, and the clock of the recordings; of the usual region, or another."""
    serve(chosen)
    if not (RECORDINGS / "eu_portal" / "index.json").is_file():
        raise NoRecordings(f"no recordings in {RECORDINGS}: run the demo from the source code")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    settings = Settings(
        _env_file=None,
        database_url=f"sqlite:///{folder.resolve() / 'kansenradar.db'}",
        data_dir=folder,
        base_url=f"http://localhost:{port}",
        mail_url=f"file:{folder / 'mail'}",
        mail_from="kansenradar@voorbeeld.example",
        responsible_organisation=plays(data).participant,
        fetch_allow=(f"localhost:{port}",),  # its own made-up site, to practise adding a source with
    )
    return Demo(folder, settings, Recording(RECORDINGS / "eu_portal").now, migrate_database(settings), data)


def plays(data: Path) -> Shown:
    """Of whom the demo's people are, and what its reader follows, as the region says."""
    shown = region().demo
    if shown is None:
        raise NoDemo(f"{data / 'region.yaml'}: misses demo: of whom its people are, and what the reader follows")
    return shown


def fill(demo: Demo, say: Say) -> None:
    """Agendas, participants, bodies, somebody of each role, a subscription, and every recorded source."""
    with writing(demo.engine) as session:
        keep_region(session, region(), demo.data, demo.now)
        load_agendas(session, demo.data)
        load_participants(session, demo.data / "participants.yaml")
        load_organisations(session, demo.now)
        load_bodies(session, demo.data / "bodies.yaml")
        reader = _person(demo, READER, "Sam de Vries", Role.FUNDRAISER)
        session.add_all([reader, *(_person(demo, *person) for person in PEOPLE)])
        session.flush()
        assert reader.id
        session.add(_subscription(demo, reader.id))
    for name in _recorded():
        say(_replayed(demo, name))


def _recorded() -> list[str]:
    """The sources of calls that have a recording and that this region reads."""
    left_out = region().sources.left_out
    names = (name for name in sources.names() if sources.load(name).lists_calls and name not in left_out)
    return [name for name in names if (RECORDINGS / name / "index.json").is_file()]


def _person(demo: Demo, email: str, name: str, role: Role) -> User:
    return User(email=email, name=name, role=role, participant_id=plays(demo.data).participant, created_at=demo.now)


def _subscription(demo: Demo, user_id: int) -> Subscription:
    return Subscription(
        user_id=user_id,
        participant_id=plays(demo.data).participant,
        visibility=Visibility.OWN,
        filter={"challenges": list(plays(demo.data).follows)},
        every=Cadence.WEEK,
        created_at=demo.now,
    )


def _replayed(demo: Demo, name: str) -> str:
    """Read one recording and store it, as a crawl would; one line on how it went."""
    crawled = replay(sources.load(name), RECORDINGS / name, now=demo.now)
    with writing(demo.engine) as session:
        done = ingest(session, crawled, demo.now)
    how = "compleet" if done.judgement.complete else f"onvolledig: {in_dutch(done.judgement.why)}"
    return f"  {name:<20} {len(crawled.listings):>4} gezien  {len(done.new):>4} nieuw  {how}"


def match_all(demo: Demo, say: Say) -> None:
    """Match every call with the opgaven, with sentence vectors where the model is there."""
    done = match_with_model(demo.engine, demo.now)
    say(f"{done.calls} regelingen gematcht, {done.matches} matches")


def mail_all(demo: Demo, say: Say) -> None:
    """Plan the digest that is due, write it as .eml, and print it as its reader would get it."""
    mailer = open_mailer(demo.settings, demo.engine)
    plan(demo.engine, mailer, demo.now, DIGEST_THRESHOLD)
    clock, transport = Clock(demo.now), transport_of(demo.settings)
    asyncio.run(
        send_due(demo.engine, transport, sending_rules(demo.settings, clock, transport, mailer), mailer.envelope)
    )
    with reading(demo.engine) as session:
        for mail in session.exec(select(Delivery).where(col(Delivery.state) == DeliveryState.ACCEPTED)):
            say(f"\nAan: {mail.address}\nOnderwerp: {mail.subject}\n\n{mail.text}")


def add_example(demo: Demo, say: Say) -> None:
    """Made-up dossiers and applications, each marked as an example; after the mails, so that nobody is told of them."""
    example = demo.data / "example.yaml"
    if not example.is_file():
        return
    with writing(demo.engine) as session:
        count = load_example(session, demo.now, example)
    say(f"\n{count} voorbeelddossiers (verzonnen) bij Dossiers en Aanvragen")


def write_calendar(demo: Demo) -> Path:
    """Every deadline as an iCalendar file."""
    path = demo.folder / "kansenradar.ics"
    with reading(demo.engine) as session:
        content, _ = all_deadlines(session, demo.now, demo.settings.base_url)
    path.write_bytes(content)
    return path


def addresses(demo: Demo) -> list[tuple[str, str]]:
    """For each role, in Dutch, where one goes on as somebody who has it."""
    return [(role.label, f"{demo.settings.base_url}/demo#{role.value}") for role in Role]


def desk(demo: Demo, clock: SteppingClock) -> DemoDesk:
    """What the demo's own page can do."""
    return DemoDesk(lambda: _send(demo, clock), lambda: _week(demo, clock))


def _send(demo: Demo, clock: SteppingClock) -> None:
    send_now(demo.settings, demo.engine, clock)


def _week(demo: Demo, clock: SteppingClock) -> None:
    """Seven mornings, each with its mail; the sources say on the last what they said before."""
    for _ in range(WEEK - 1):
        _morning(demo, clock)
    for name in _recorded():
        _replayed(replace(demo, now=clock.now().instant + timedelta(days=1)), name)
    _read_added(demo, clock.now().instant + timedelta(days=1))
    _morning(demo, clock)


def _read_added(demo: Demo, now: datetime) -> None:
    """What somebody added as a source while walking through the demo is read for real, and matched."""
    added = [name for name in crawlable(demo.settings) if name in own_watched(demo.settings)]
    if added:
        for _report in crawl_sources(
            demo.engine, demo.settings, added, now, clock_is_set=True, progress=lambda _: None
        ):
            pass
        match_with_model(demo.engine, now)


def _morning(demo: Demo, clock: SteppingClock) -> None:
    clock.steps.append(timedelta(days=1))
    with writing(demo.engine) as session:  # who is walking through the demo is not signed out by it
        for row in session.exec(select(WebSession)):
            row.expires_at += timedelta(days=1)
    plan_now(demo.settings, demo.engine, clock)
    send_now(demo.settings, demo.engine, clock)
