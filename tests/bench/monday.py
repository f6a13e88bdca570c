"""The Monday meeting: pages of a site at work over 5,000 open calls, their processor time and weight, and twenty at once."""

import random
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import insert
from sqlmodel import Session, select

from db.migrate import upgrade
from db.models import Call, Challenge, Crawl, Deadline, Dossier, Match, User, Verdict
from db.search_index import index_words
from db.session import open_engine, writing
from db.vocabulary import Eligibility, Role, Say, Visibility
from db.vocabulary_lobby import PartyKind, TaskKind
from tests.bench.pages import _call, _date, _match
from tests.bench.row import FEWEST, Row, of_ratios, within
from tests.make.pages import Visitor, make_user, visit, visit_together
from tracker.applications import stages, tasks
from tracker.calendar.load_bodies import load_bodies
from tracker.challenges.agenda import load_agendas
from tracker.lobby import coalition, contacts, dossiers
from tracker.people.participants import load_participants
from tracker.rights import Deed
from tracker.web.frame.safety import Limits
from tracker.web.frame.settled import settle

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
TODAY = NOW.date()
CALLS, DOSSIERS, APPLICATIONS, TIMES, TOGETHER = 5_000, 60, 40, 40, 20
SOURCES, CRAWLS = 25, 60
MS, KB = 60, 150
PAGES = {
    "kalender, maand": "/kalender",
    "kalender, maand, alles": "/kalender?scope=all",
    "kalender, lijst": "/kalender?view=lijst",
    "kalender, kwartalen": "/kalender?view=kwartalen",
    "vandaag": "/",
    "regelingen": "/regelingen?status=open",
    "beoordelen": "/beoordelen",
    "aanvragen": "/aanvragen",
    "cofinanciering": "/aanvragen/cofinanciering",
    "openstaand": "/openstaand?everybody=true",
}
OTHERS = (Role.LOBBYIST, Role.ADMINISTRATOR, Role.FUNDRAISER)  # whose own day is another one


def bench() -> Iterator[Row]:
    """Each page as a coordinator opens it; then twenty of them open the month at the same moment."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'bench.db'}")
        upgrade(engine)
        with writing(engine) as session:
            people = at_work(session)
            others = [_somebody(session, role) for role in OTHERS]
        with visit(engine, NOW, Path(folder), people[0], _no_limits()) as visitor:
            for path in PAGES.values():
                visitor.get(path)
            settle()  # as a server does after its first pages
            for name, path in PAGES.items():
                yield _row(visitor, name, path)
        for user in others:
            with visit(engine, NOW, Path(folder), user, _no_limits()) as visitor:
                yield _row(visitor, f"vandaag of a {user.role}", "/")
        with visit_together(engine, NOW, Path(folder), people, _no_limits()) as visitors:
            p95s = [_together(visitors) for _ in range(FEWEST)]
            yield within(f"month, {TOGETHER} coordinators at once, p95", p95s, 2, "s")
        engine.dispose()


def _row(visitor: Visitor, name: str, path: str) -> Row:
    found = [_measure(visitor, path) for _ in range(FEWEST)]
    ratios = [min(MS / own, KB / weight) for own, weight in found]
    measured = f"{median(own for own, _ in found):.0f} ms processor, {found[0][1]:.0f} kB"
    return of_ratios(f"{name}, {CALLS:,} calls, p95", measured, f"{MS} ms, {KB} kB", ratios)


def _somebody(session: Session, role: Role) -> User:
    return session.exec(select(User).where(User.role == role)).first() or make_user(session, NOW, role)


def _no_limits() -> Limits:
    seconds = iter(range(10**9))
    return Limits(lambda: float(next(seconds)))


def at_work(session: Session, first: int = 1) -> list[User]:
    """Calls from that number on, bodies, and an organisation with dossiers, contacts and applications; its coordinators."""
    load_agendas(session)
    load_participants(session)
    load_bodies(session)
    people = [make_user(session, NOW, Role.COORDINATOR, email=f"c{n}@amsterdam.nl") for n in range(TOGETHER)]
    _calls(session, first)
    deed = Deed(session, _somebody(session, Role.LOBBYIST), NOW)
    for n in range(DOSSIERS):
        _dossier(deed, n, first + n)
    for n in range(APPLICATIONS):
        _application(deed, n, first + 299 + n)
    said = {"participant_id": "amsterdam", "say": Say.YES, "at": NOW, "user_id": people[0].id}
    session.add_all(Verdict(call_id=n, challenge_id="A20-1-circulair", **said) for n in range(first, first + 199))
    _crawls(session)
    session.flush()
    return people


def _calls(session: Session, first: int = 1) -> None:
    draw, numbers = random.Random(11), range(first, first + CALLS)
    challenges = session.exec(select(Challenge.id).where(Challenge.agenda_id == "A20")).all()
    calls = [_call(n) | {"eligible": draw.choice(list(Eligibility))} for n in numbers]
    session.connection().execute(insert(Call), calls)
    session.connection().execute(insert(Deadline), [_date(call) for call in calls])
    opening = [
        {**_date(call), "kind": "opens", "at": call["opens_at"], "day": call["opens_at"].date()} for call in calls
    ]
    session.connection().execute(insert(Deadline), [row | {"gate_at": None} for row in opening])
    matches = [_match(n, one, draw) for n in numbers if n % 5 == 0 for one in draw.sample(challenges, 2)]
    session.connection().execute(insert(Match), matches)
    index_words(session.connection(), numbers)


def _crawls(session: Session) -> None:
    """Two months of daily crawls, each day with something new."""
    rows = [
        Crawl(
            source=f"bron_{n}", started_at=NOW - timedelta(days=back, hours=1), finished_at=NOW - timedelta(days=back),
            complete=True, seen=50, expected=50, new=1,
        ).model_dump(exclude={"id"})
        for back in range(CRAWLS, -1, -1) for n in range(SOURCES)
    ]  # fmt: skip
    session.connection().execute(insert(Crawl), rows)


def _dossier(deed: Deed, n: int, call: int) -> None:
    fields = dossiers.DossierFields(
        title=f"Dossier {n}", visibility=Visibility.REGION, lobbyist_id=deed.by.id, official_id=deed.by.id
    )
    dossier = dossiers.open_dossier(deed, fields, challenges=["A20-1"], calls=[call])
    office = contacts.Office(f"Ministerie {n}", "directie", "")
    day = TODAY + timedelta(days=n % 40)
    talk = contacts.ContactFields(TODAY, "Gesproken", "talk", dossier.id, "", f"Bellen {n}", day, Visibility.REGION)
    contact = contacts.log_contact(deed, talk, office)
    contacts.commit_to(deed, contact, f"Stuk {n} sturen", day)
    coalition.join(deed, dossier, "", PartyKind.PARTICIPANT, TODAY, "haarlem")
    if n % 3 == 0:
        coalition.open_round(deed, dossier, f"Ronde {n}", day + timedelta(days=9))


def _application(deed: Deed, n: int, call: int) -> None:
    dossier: Dossier = stages.start(deed, deed.session.get_one(Call, call), "amsterdam", Visibility.REGION)
    tasks.add_task(deed, dossier, TaskKind.TASK, date(2026, 12, 1) + timedelta(days=n), f"Begroting {n}", deed.by.id)


def _measure(visitor: Visitor, path: str) -> tuple[float, float]:
    """Processor time of the 95th of a hundred, in ms, and the weight of the page in kB before it is packed."""
    times, weight = [], 0
    for n in range(TIMES + 3):
        used = time.process_time()
        answer = visitor.get(path)
        if n >= 3:  # the first ones compile templates and open files
            times.append((time.process_time() - used) * 1000)
        assert answer.status_code == 200, path
        weight = len(answer.content)
    return sorted(times)[int(len(times) * 0.95)], weight / 1000


def _together(visitors: list[Visitor]) -> float:
    """Seconds until the page was there, of the slowest but one; each asks from a thread of its own."""
    visitors[0].get("/kalender")

    def wait(visitor: Visitor) -> float:
        began = time.perf_counter()
        assert visitor.get("/kalender").status_code == 200
        return time.perf_counter() - began

    with ThreadPoolExecutor(len(visitors)) as threads:
        times = sorted(threads.map(wait, visitors))
    return times[int(len(times) * 0.95)]
