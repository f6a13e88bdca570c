"""A year of one source, crawled and mailed: what it stores, what it sends, and whether anything came twice."""

from collections import Counter
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import Engine, func
from sqlmodel import Session, col, select

from db.models import Call, Delivery, Revision, Sighting, Told
from db.session import reading, writing
from db.vocabulary import Cadence
from tests.make.eu_index import Index, Result, crawl_index
from tests.make.mail_cases import make_reader, plan_at
from tracker.calls.ingest import ingest
from tracker.challenges.agenda import load_agendas
from tracker.matching import Matcher, installed, model_name
from tracker.matching.run import match_calls
from tracker.people.participants import load_participants

DAY = timedelta(days=1)
READERS = 5
Days = Iterable[tuple[datetime, list[Result]]]


@dataclass
class Year:
    """What a year left behind; ``doubled``: a line for each thing that came twice."""

    crawls: int = 0
    calls: int = 0
    changed: int = 0
    told: int = 0
    mails: Counter[str] = field(default_factory=Counter)
    doubled: list[str] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)  # MiB of the file at the end of each month


def in_season(result: Result, season: int, length: int) -> Result:
    """A topic of the first season as its successor of a later one: other numbers, the same words, later dates."""
    if season == 0:
        return result
    later = deepcopy(result)
    data = later["metadata"]
    for name in ("identifier", "REFERENCE"):
        data[name] = [f"{value}-S{season}" for value in data[name]]
    if data.get("ccm2Id"):
        data["ccm2Id"] = [f"{season}{value}" for value in data["ccm2Id"]]
    for name in ("startDate", "deadlineDate"):
        data[name] = [_later(stamp, season * length) for stamp in data.get(name, [])]
    later["reference"] = data["REFERENCE"][0]
    return later


def _later(stamp: str, days: int) -> str:
    return (datetime.fromisoformat(stamp) + days * DAY).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def seasons(days: list[tuple[datetime, list[Result]]], length: int = 365) -> Iterator[tuple[datetime, list[Result]]]:
    """These days again and again until a year is full; what an earlier season left open stays until it closes."""
    first, span = days[0][0], len(days)
    for number in range(length):
        season, now = number // span, first + number * DAY
        results = [in_season(result, season, span) for result in days[number % span][1]]
        for earlier in range(season):
            results += [r for r in (in_season(each, earlier, span) for each in days[-1][1]) if _is_open(r, now)]
        yield now, results


def _is_open(result: Result, now: datetime) -> bool:
    return any(datetime.fromisoformat(stamp) > now for stamp in result["metadata"].get("deadlineDate", []))


def live(engine: Engine, days: Days, every: int = 1, file: Path | None = None) -> Year:
    """Crawl every so many days, match by words, and plan the mail of each day; all of it leaves."""
    year, chance = Year(), Random(1)
    with writing(engine) as session:
        load_agendas(session)
        load_participants(session)
    for number, (now, results) in enumerate(days):
        if number == 0:
            _readers(engine, now)
        if number % every == 0:
            crawled = crawl_index(Index(results, chance), now)
            with writing(engine) as session:
                ingest(session, crawled, now)
            match_calls(engine, model_name(installed()), lambda texts: Matcher(texts, None), now)
            year.crawls += 1
        plan_at(engine, now + timedelta(hours=2))
        if file is not None and file.is_file() and number % 30 == 29:  # of a server nobody asks how large it is
            year.sizes.append(round(file.stat().st_size / 2**20))
    with reading(engine) as session:
        _count(session, year)
    return year


def _readers(engine: Engine, now: datetime) -> None:
    """Some who want everything each day or week, some who want one opgave."""
    wishes = [{}, {}, {"challenges": ["A20-1-circulair"]}, {"challenges": ["A20-1"]}, {"text": "energy"}]
    for number, wish in enumerate(wishes[:READERS]):
        every = Cadence.WEEK if number % 2 else Cadence.DAY
        make_reader(engine, now, f"r{number}@haarlem.example", every=every, filter=wish)


def _count(session: Session, year: Year) -> None:
    year.calls = session.exec(select(func.count()).select_from(Call)).one()
    year.changed = session.exec(select(func.count()).select_from(Revision).where(Revision.kind == "changed")).one()
    told = session.exec(select(Told).where(Told.kind == "new")).all()
    year.told = len(told)
    mails = session.exec(select(Delivery)).all()
    year.mails = Counter(str(mail.kind) for mail in mails)
    seen = {
        "told as new": Counter((each.user_id, each.call_id) for each in told),
        "listed": Counter(session.exec(select(Sighting.source, Sighting.external_id)).all()),
        "mail of one kind on a day": Counter((mail.user_id, mail.kind, mail.planned_at.date()) for mail in mails),
        "mail": Counter(mail.key for mail in mails),
    }
    year.doubled = [
        f"{what}: {one} {count} times" for what, all_ in seen.items() for one, count in all_.items() if count > 1
    ]
    joined = select(Call.id).where(col(Call.joined_into).is_not(None))
    year.doubled += [f"joined: {one}" for one in session.exec(joined)]
