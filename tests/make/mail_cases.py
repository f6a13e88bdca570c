"""People, calls and matches for tests of mail: plain functions with good defaults."""

from collections.abc import Iterable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlmodel import select

from db.models import (
    Agenda,
    Call,
    Challenge,
    Deadline,
    Delivery,
    Follow,
    Match,
    Participant,
    Revision,
    Sighting,
    Subscription,
    Told,
    User,
)
from db.session import writing
from db.vocabulary import Cadence, DeadlineKind, DeliveryState, RevisionKind
from notifications.letter import Sender
from notifications.links import Links
from tracker.mailing.mailer import Mailer
from tracker.mailing.plan import PlanResult, plan
from tracker.matching import installed, model_name
from tracker.matching.run import challenge_texts, matched_with

THRESHOLD = 0.5
MAILER = Mailer(Links("https://kansenradar.example", (b"key",)), Sender("kansenradar@haarlem.example", "Haarlem"), "")


def make_agenda(engine: Engine, challenges: Iterable[str] = ("wonen", "circulair"), participant: bool = True) -> None:
    """One agenda with a few opgaven, and one participant unless there is one."""
    with writing(engine) as session:
        session.add(Agenda(id="T", name="Toets", valid_from=date(2020, 1, 1)))
        if participant:
            session.add(Participant(id="haarlem", name="Haarlem", kind="municipality"))
        session.flush()
        for one in challenges:
            session.add(Challenge(id=one, agenda_id="T", kind="line", status="official", name=one.capitalize()))


def make_reader(
    engine: Engine, now: datetime, email: str = "jan@haarlem.example", every: Cadence = Cadence.DAY, **wish: Any
) -> int:
    """A person with one subscription; returns the person's id."""
    with writing(engine) as session:
        user = User(email=email, name="Jan", role="fundraiser", participant_id="haarlem", created_at=now)
        session.add(user)
        session.flush()
        given = {"filter": {}, "created_at": now, **wish}
        session.add(Subscription(user_id=user.id, participant_id="haarlem", every=every.value, **given))
    return user.id


def make_call(
    engine: Engine,
    now: datetime,
    title: str = "Circulair bouwen",
    closes: date | None = date(2026, 12, 1),
    hour: str | None = "17:00",
    score: float = 0.9,
    challenge: str = "circulair",
    **fields: Any,
) -> int:
    """A call for public bodies that is open, with one closing date and one match; returns its id."""
    at = None
    if closes and hour:
        at = datetime.combine(closes, time.fromisoformat(hour), ZoneInfo("Europe/Brussels"))
    over = at or (datetime.combine(closes, time(23, 59, 59), ZoneInfo("Europe/Amsterdam")) if closes else None)
    given = {"title": title, "language": "nl", "url": "https://e.example", "first_seen": now, "last_seen": now,
             "closes_at": over, "source_word": "open", "eligible": "self", **fields}  # fmt: skip
    with writing(engine) as session:
        key = matched_with(model_name(installed()), challenge_texts(session))
        call = Call(**{"matched_with": key, **given})
        session.add(call)
        session.flush()
        assert call.id is not None
        if closes:
            session.add(
                Deadline(
                    call_id=call.id, kind=DeadlineKind.CLOSES, day=closes, hour=hour, zone="Europe/Brussels",
                    at=at, modified_at=now, gate_at=over,
                )
            )  # fmt: skip
        reasons = [{"kind": "word", "word": "circulair"}]
        session.add(Match(call_id=call.id, challenge_id=challenge, score=score, reasons=reasons, model="t", at=now))
        session.add(
            Sighting(
                source="eu_portal", external_id=f"X-{call.id}", call_id=call.id, url="u", fields={},
                fingerprint="", first_seen=now, last_seen=now,
            )
        )  # fmt: skip
        return call.id


def follow(engine: Engine, person: int, call: int, at: datetime) -> None:
    """Somebody follows a call from then on."""
    with writing(engine) as session:
        session.add(Follow(user_id=person, call_id=call, at=at))


def update(engine: Engine, call: int, **fields: object) -> None:
    """A call as a later crawl, or a person, leaves it."""
    with writing(engine) as session:
        row = session.get_one(Call, call)
        for name, value in fields.items():
            setattr(row, name, value)
        session.add(row)


def move_deadline(engine: Engine, call_id: int, to: date, now: datetime, damped: bool = False) -> None:
    """The source moved the closing date: what an ingest would store; ``damped``, where it only went back."""
    with writing(engine) as session:
        call = session.get(Call, call_id)
        term = session.exec(select(Deadline).where(Deadline.call_id == call_id)).one()
        assert call is not None
        assert term.day is not None
        old, hour = term.day, term.hour
        term.day, term.version, term.modified_at = to, term.version + 1, now
        term.at = datetime.combine(to, time.fromisoformat(hour), ZoneInfo("Europe/Brussels")) if hour else None
        call.closes_at, call.version = (
            term.at or datetime.combine(to, time(23, 59), ZoneInfo("Europe/Amsterdam")),
            call.version + (not damped),
        )
        term.gate_at = call.closes_at
        session.add_all([call, term])
        value = {"hour": hour} if hour else {}
        session.add(
            Revision(
                call_id=call_id, at=now, kind=RevisionKind.CHANGED, field="closes",
                telling=not damped, damped=damped,
                old=[{"day": old.isoformat(), **value}], new=[{"day": to.isoformat(), **value}], version=call.version,
            )
        )  # fmt: skip


def plan_at(engine: Engine, now: datetime, leaves: bool = True, matching_since: datetime | None = None) -> PlanResult:
    """One round of planning at that moment; what was planned then leaves, unless it must not."""
    planned = plan(engine, MAILER, now, THRESHOLD, matching_since=matching_since)
    if leaves:
        settle_all(engine, DeliveryState.ACCEPTED, now)
    return planned


def deliveries(engine: Engine) -> list[Delivery]:
    """What is in the outbox, oldest first."""
    with writing(engine) as session:
        return list(session.exec(select(Delivery).order_by(Delivery.id)))  # type: ignore[arg-type]


def told(engine: Engine) -> list[Told]:
    """The ledger."""
    with writing(engine) as session:
        return list(session.exec(select(Told).order_by(Told.id)))  # type: ignore[arg-type]


def settle_all(engine: Engine, state: str, now: datetime) -> None:
    """As if everything waiting had left, or failed."""
    with writing(engine) as session:
        for one in session.exec(select(Delivery).where(Delivery.finished_at.is_(None))):  # type: ignore[union-attr]
            one.state, one.finished_at = state, now
            session.add(one)


def golden(name: str) -> Path:
    """A mail as it must look."""
    return Path(__file__).parents[1] / "golden" / name
