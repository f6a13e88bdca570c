"""A small world for the pages: opgaven, people, sources, some forty calls with dates, matches, changes and mail."""

import random
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlmodel import Session, col, select

from db.models import (
    Call,
    Challenge,
    Correction,
    Crawl,
    Deadline,
    Delivery,
    Follow,
    MailText,
    Match,
    Revision,
    Sighting,
    Snapshot,
    Subscription,
    Team,
    TeamMember,
    User,
    Verdict,
)
from db.search_index import index_words
from db.search_words import search_words
from db.vocabulary import Cadence, DeadlineKind, DeliveryState, MailKind, RevisionKind, Role, Say
from tracker.calendar.load_bodies import load_bodies
from tracker.challenges.agenda import load_agendas
from tracker.operations.example_data import load_example
from tracker.people.participants import load_participants

TITLES = [
    ("Specifieke uitkering circulaire ambachtscentra", "nl", "rvo", "Ministerie van IenW", "circulair"),
    ("Driving Urban Transitions – circular urban economies 2026", "en", "eu_portal", "Europese Commissie", "circular"),
    ("Warmtenetten Investeringssubsidie (WIS)", "nl", "rvo", "RVO", "warmtenet"),
    ("Supporting the clean energy transition of cities and regions", "en", "eu_portal", "CINEA", "energy transition"),
    ("Regeling stimulering woningbouw op kleine locaties", "nl", "rijksoverheid", "Ministerie van VRO", "woningbouw"),
    ("Tijdelijke stimuleringsregeling fietsparkeren bij stations", "nl", "rijksoverheid", "Ministerie van IenW", "fiets"),
    ("Zero-emission urban logistics: large-scale demonstrations", "en", "eu_portal", "Europese Commissie", "logistics"),
    ("SPUK Klimaatadaptatie tweede tranche", "nl", "rvo", "Ministerie van IenW", "klimaatadaptatie"),
    ("Kansen voor West: proeftuinen voor de regionale economie", "nl", "kansen_voor_west", "Kansen voor West", "mkb"),
    ("Digital skills academies for regional labour markets", "en", "eu_portal", "HaDEA", "skills"),
    ("Subsidieregeling bodemdaling veenweidegebieden", "nl", "bekendmakingen", "Provincie Noord-Holland", "veenweide"),
    ("European Urban Initiative: innovative actions, fourth call", "en", "eu_portal", "EUI", "urban"),
    ("Just Transition Fund IJmond: omscholing en instroom", "nl", "kansen_voor_west", "Kansen voor West", "omscholing"),
    ("Natuur en water in de stad: vergroening van bedrijventerreinen", "nl", "bekendmakingen", "Provincie Flevoland", "natuur"),
]  # fmt: skip


def seed(session: Session, now: datetime, repeat: int = 3) -> dict[str, User]:
    """Fill a fresh database; gives the people by role."""
    draw = random.Random(7)
    load_agendas(session)
    load_participants(session)
    load_bodies(session)
    people = {role.value: _user(session, now, role) for role in Role}
    people["haarlem"] = _user(session, now, Role.FUNDRAISER, "haarlem", "Iris de Groot")
    _crawls(session, now, draw)
    calls = [_call(session, now, draw, n, row) for n, row in enumerate(TITLES * repeat)]
    session.flush()
    index_words(session.connection(), [call.id for call in calls])
    _changes(session, now, calls)
    _people_rows(session, now, calls, people)
    session.flush()
    load_example(session, now)
    return people


def seeded_people(session: Session) -> dict[str, User]:
    """The people that ``seed`` made, by role, in a world that was copied."""
    found = session.exec(select(User).order_by(col(User.id)).limit(len(Role) + 1)).all()
    return {"haarlem" if user.participant_id == "haarlem" else user.role: user for user in found}


def _user(session: Session, now: datetime, role: Role, participant: str = "amsterdam", name: str = "") -> User:
    names = {Role.READER: "Ruben Lezer", Role.FUNDRAISER: "Fatima Bakker", Role.LOBBYIST: "Lotte Visser", Role.COORDINATOR: "Carla Mulder", Role.ADMINISTRATOR: "Bas Willems"}  # fmt: skip
    user = User(
        email=f"{role.value}@{participant}.nl",
        name=name or names[role],
        role=role,
        participant_id=participant,
        created_at=now,
    )
    session.add(user)
    session.flush()
    return user


def _crawls(session: Session, now: datetime, draw: random.Random) -> None:
    for source, usual in {
        "rvo": 160,
        "eu_portal": 620,
        "rijksoverheid": 45,
        "kansen_voor_west": 12,
        "bekendmakingen": 30,
    }.items():
        for back in range(14, 0, -1):
            broken = source == "bekendmakingen" and back <= 3
            at = now - timedelta(days=back - 1, hours=2)
            seen = 0 if broken else usual + draw.randint(-usual // 12, usual // 12)
            session.add(
                Crawl(
                    source=source,
                    started_at=at,
                    finished_at=at + timedelta(seconds=40),
                    seconds=40,
                    complete=not broken,
                    why="pagina 1: geen JSON maar een foutpagina" if broken else "",
                    seen=seen,
                    expected=usual,
                    new=draw.randint(0, 4),
                    changed=draw.randint(0, 3),
                )
            )


def _call(session: Session, now: datetime, draw: random.Random, n: int, row: tuple[str, str, str, str, str]) -> Call:
    title, language, source, publisher, word = row
    days = [3, 9, 17, 26, 45, 80, 130, -20, 5, 33, 61, 12, 210, 19][n % 14] + n // 14
    rounds = ["", " – ronde 2", " – ronde 3"][n // 14 % 3]
    closing = (now + timedelta(days=days)).replace(hour=15, minute=0)
    opening = now - timedelta(days=30) if n % 5 else now + timedelta(days=max(days - 20, 2))
    call = Call(
        title=title + rounds,
        language=language,
        url=f"https://voorbeeld.nl/{source}/{n}",
        publisher=publisher,
        summary=f"Bijdrage voor plannen rond {word}. Gemeenten en hun partners kunnen een aanvraag doen; het budget is beperkt en de verdeling staat in de regeling.",
        instrument="spuk" if "SPUK" in title or "uitkering" in title else "grant",
        allocation="tender" if language == "en" else "first_come",
        applicants=["municipality", "province"] if language == "nl" else ["consortium", "government"],
        eligible=["self", "partner", "self", "unknown", "no"][n % 5],
        eligible_why="de bron noemt gemeenten als aanvrager",
        budget=Decimal(draw.choice([2_500_000, 12_000_000, 674_000, 40_000_000])),
        max_amount=Decimal(draw.choice([250_000, 1_500_000, 5_000_000])) if n % 3 else None,
        rate=Decimal(draw.choice([40, 50, 70])) if n % 2 else None,
        opens_at=opening,
        closes_at=closing,
        provenance={"title": source, "closes": source, "budget": source, "rate": source, "url": source},
        conflicts={"closes": {source: [{"day": closing.date().isoformat()}], "rijksoverheid": [{"day": (closing + timedelta(days=7)).date().isoformat()}]}} if n == 2 else {},
        review=["sluit medio november"] if n == 4 else [],
        search_text=search_words(language, title, (), (f"{source}-2026-{n}",), word, publisher),
        held=n in (30, 31, 32),
        first_seen=now - timedelta(days=n % 9, hours=1),
        last_seen=now - timedelta(hours=2),
    )  # fmt: skip
    session.add(call)
    session.flush()
    assert call.id is not None
    snapshot = f"{n:064x}"
    session.add(Snapshot(sha256=snapshot, url=call.url, media_type="text/html", fetched_at=now, size=20, body=__import__("zlib").compress(b"<p>wat de bron toonde</p>")))  # fmt: skip
    session.add(Sighting(source=source, external_id=str(n), call_id=call.id, url=call.url, fields={"title": call.title}, fingerprint="f", snapshot=snapshot, first_seen=call.first_seen, last_seen=call.last_seen))  # fmt: skip
    session.add(Deadline(call_id=call.id, kind=DeadlineKind.OPENS, day=opening.date(), modified_at=now))
    exact = n % 3 != 1
    session.add(
        Deadline(
            call_id=call.id,
            kind=DeadlineKind.CLOSES,
            day=closing.date(),
            hour="17:00" if exact else None,
            at=closing if exact else None,
            zone="Europe/Brussels" if language == "en" else "Europe/Amsterdam",
            assumed=language == "en",
            text="Deadline: 17.00 uur",
            sentence="U kunt een aanvraag indienen tot de sluitingsdatum, 17.00 uur.",
            certainty=0.94,
            gate_at=closing,
            modified_at=now,
        )
    )
    challenges = session.exec(
        select(Challenge.id)
        .where(Challenge.agenda_id == "A20", Challenge.kind != "assignment")
        .order_by(col(Challenge.position))
    ).all()
    for k in range(n % 4):
        session.add(
            Match(
                call_id=call.id,
                challenge_id=challenges[(n * 3 + k * 5) % len(challenges)],
                score=round(0.93 - 0.13 * k - (n % 7) * 0.03, 3),
                topic=0.8,
                reasons=[
                    {
                        "kind": "words",
                        "weight": 1.0,
                        "place": "title",
                        "call": word,
                        "challenge": f"{word}*",
                        "text": f"In de titel staat “{word}”; de opgave zoekt op {word}*.",
                    }
                ],
                model="seed 1",
                at=now,
            )
        )
    return call


def _changes(session: Session, now: datetime, calls: list[Call]) -> None:
    for call in calls:
        session.add(Revision(call_id=call.id, at=call.first_seen, kind=RevisionKind.NEW, version=1))
    for n in (1, 3, 6):
        call = calls[n]
        call.version = 2
        old = (call.closes_at or now) - timedelta(days=14)
        session.add(Revision(call_id=call.id, at=now - timedelta(hours=3), kind=RevisionKind.CHANGED, field="closes", old=[{"day": old.date().isoformat(), "hour": "17:00"}], new=[{"day": (call.closes_at or now).date().isoformat(), "hour": "17:00"}], telling=True, version=2))  # fmt: skip
    session.add(Revision(call_id=calls[3].id, at=now - timedelta(hours=3), kind=RevisionKind.CHANGED, field="budget", old="2500000", new="4000000", telling=True, version=2))  # fmt: skip


def _people_rows(session: Session, now: datetime, calls: list[Call], people: dict[str, User]) -> None:
    fundraiser, coordinator = people["fundraiser"], people["coordinator"]
    for n, (user, say) in enumerate(((fundraiser, Say.YES), (people["haarlem"], Say.NO), (coordinator, Say.LATER))):
        session.add(Verdict(call_id=calls[n].id, challenge_id=None, user_id=user.id, participant_id=user.participant_id, visibility="mra" if n else "own", say=say, reason="too_small" if say == Say.NO else None, at=now))  # fmt: skip
    session.add(Follow(user_id=coordinator.id, call_id=calls[1].id, at=now))
    session.add(Correction(call_id=calls[5].id, field="budget", value="15000000", reason="gebeld met het loket", user_id=coordinator.id, participant_id="amsterdam", visibility="mra", at=now))  # fmt: skip
    session.add(Team(challenge_id="A20-1-circulair", contact_id=coordinator.id, coordinator_id=coordinator.id, leads=["amsterdam"]))  # fmt: skip
    for position, user in enumerate((fundraiser, coordinator)):
        session.add(TeamMember(challenge_id="A20-1-circulair", user_id=user.id, position=position))
    session.add(Subscription(user_id=coordinator.id, participant_id="amsterdam", name="Circulair en energie", filter={"challenges": ["A20-1-circulair"]}, every=Cadence.DAY, created_at=now))  # fmt: skip
    for n, state in enumerate((DeliveryState.ACCEPTED, DeliveryState.DEFERRED, DeliveryState.FAILED)):
        session.add(Delivery(key=f"digest:{n}", message_id=f"<{n}@x>", kind=MailKind.DIGEST, user_id=coordinator.id, address=coordinator.email, subject="4 nieuwe kansen, 2 sluiten binnenkort", written=MailText(text="t", html="h"), sha256="s", planned_at=now, not_before=now, expires_at=now + timedelta(days=1), state=state, attempts=n, next_attempt_at=now, last_code=[250, 451, 550][n], last_text=["OK", "greylisted, try again", "no such user"][n]))  # fmt: skip


def monday(day: date) -> date:
    """The Monday of a week."""
    return day - timedelta(days=day.weekday())
