"""What happened to a call, from the source to each mailbox, read from the tables: nothing is guessed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, or_, select

from db.models import Call, Challenge, Delivery, MailText, Match, Reference, Sighting, Told, User
from db.queries import live_call, newest_crawls
from db.status import status_of
from db.vocabulary import UNTOLD_STATES, DeliveryState, Status, ToldKind
from notifications import wording
from notifications.catalogue import Catalogue, read_catalogue
from notifications.digest import Coverage, compose
from notifications.news import Memory
from notifications.reasons import answer_in_dutch, in_dutch
from tracker.calls.identity import same_address, same_reference
from tracker.errors import NotPossible
from tracker.mailing.recipients import Recipient, read_memories, read_recipients

LATE_DAYS = 3


@dataclass(frozen=True)
class TraceStep:
    """One stage, and what the tables say of it; ``mail`` is the number of the mail that it is about.

    ``source``: with whose name, as the code has it, ``said`` begins; empty where it begins otherwise.
    """

    stage: str
    said: str
    mail: int | None = None
    source: str = ""


def find_call(session: Session, text: str) -> Call:
    """A call by number, identifier, address or (part of its) title. Raises NotPossible when none or several fit."""
    calls = candidates(session, text)
    if not calls:
        raise NotPossible(f"no call {text!r}")
    if len(calls) > 1:
        examples = "; ".join(f"{call.id} {call.title[:60]}" for call in calls[:5])
        raise NotPossible(f"{len(calls)} calls fit {text!r}: {examples}")
    return calls[0]


def candidates(session: Session, text: str) -> list[Call]:
    """The calls that a text may mean, the surest way first; joined ones lead to what they were joined into."""
    wanted = " ".join(text.split())
    number = re.fullmatch(r"(?:\S*/regelingen/)?([0-9]{1,9})", wanted)  # of the call, or its page here
    ids = [int(number[1])] if number and session.get(Call, int(number[1])) is not None else []
    if not ids:
        named = select(Reference.sighting_id).where(Reference.reference == same_reference(wanted))
        page = func.lower(Sighting.url).in_(addresses(wanted))
        fits = or_(Sighting.external_id == wanted, page, col(Sighting.id).in_(named))
        ids = list(session.exec(select(Sighting.call_id).where(fits)))
        shown = func.lower(Call.url).in_(addresses(wanted))
        ids += session.exec(select(Call.id).where(shown))
    if not ids and len(wanted) > 3:
        like = func.lower(Call.title).contains(wanted.lower(), autoescape=True)
        ids = list(session.exec(select(Call.id).where(like).limit(20)))
    calls = [live_call(session, id_) for id_ in dict.fromkeys(ids)]
    return list({call.id: call for call in calls if call is not None}.values())


def addresses(text: str) -> list[str]:
    """The ways to write an address that mean the same page; none for a text that is no address."""
    if not text.lower().startswith(("http://", "https://")):
        return []
    same = same_address(text).removeprefix("https://")
    return [f"{scheme}://{same}{end}" for scheme in ("https", "http") for end in ("", "/")]


def trace(session: Session, text: str, now: datetime, threshold: float) -> list[TraceStep]:
    """Stage by stage: collected, joined, matched, mailed; or where it ended and why. Raises NotPossible for several."""
    if not candidates(session, text):
        return [TraceStep("niet opgehaald", _not_collected(session))]
    call = find_call(session, text)
    steps = [TraceStep("regeling", f"{call.id}: {call.title}"), *so_far(session, call, now, threshold)]
    return [*steps, *told_of(session, call, now, threshold)]


def so_far(session: Session, call: Call, now: datetime, threshold: float) -> list[TraceStep]:
    """What happened to a call before any mail: collected, joined, where it stands, matched."""
    stand = TraceStep("stand", status_of(call, now).label)
    return [*_collected(session, call), *_joined(session, call), stand, *_matched(session, call, threshold)]


def told_of(session: Session, call: Call, now: datetime, threshold: float, only: int | None = None) -> list[TraceStep]:
    """Who was told of a call in which mail and at which place, and who not and why; ``only`` of one person."""
    return [*_mailed(session, call, only), *_not_mailed(session, call, now, threshold, only)]


def _not_collected(session: Session) -> str:
    crawls = newest_crawls(session)
    whole = sorted(name for name, crawl in crawls.items() if crawl.complete)
    broken = sorted(f"{name}: {in_dutch(crawl.why)}" for name, crawl in crawls.items() if not crawl.complete)
    line = f"geen bron heeft dit laten zien; volledig opgehaald: {', '.join(whole) or 'geen'}"
    return line + (f"; niet volledig: {'; '.join(broken)}" if broken else "")


def _collected(session: Session, call: Call) -> list[TraceStep]:
    steps = []
    for sighting in session.exec(
        select(Sighting).where(Sighting.call_id == call.id).order_by(col(Sighting.first_seen))
    ):
        line = f"{sighting.source} {sighting.external_id}, voor het eerst {wording.moment(sighting.first_seen)}"
        published = call.published_on
        late = (wording.local_day(sighting.first_seen) - published).days if published else 0
        if late > LATE_DAYS:
            line += f": laat, {late} dagen na publicatie"
        if sighting.gone_at is not None:
            line += f"; niet meer vermeld sinds {wording.moment(sighting.gone_at)}"
        steps.append(TraceStep("opgehaald", line, source=sighting.source))
    return steps


def _joined(session: Session, call: Call) -> list[TraceStep]:
    others = session.exec(select(Call).where(Call.joined_into == call.id)).all()
    return [TraceStep("samengevoegd", f"met {other.id}: {other.title}") for other in others]


def _matched(session: Session, call: Call, threshold: float) -> list[TraceStep]:
    query = select(Match, Challenge).join(Challenge, col(Challenge.id) == col(Match.challenge_id))
    pairs = session.exec(query.where(Match.call_id == call.id).order_by(col(Match.score).desc())).all()
    if not pairs:
        return [TraceStep("niet gematcht", "met geen enkele opgave")]
    above = [pair for pair in pairs if pair[0].score >= threshold]
    shown = above or pairs[:3]
    stage = "gematcht" if above else "niet gematcht"
    asked = _percentage(threshold)
    return [
        TraceStep(stage, f"{c.name or c.id}: past {_percentage(m.score)}, telt vanaf {asked} ({m.model})")
        for m, c in shown
    ]


def _percentage(share: float) -> str:
    """``21,8%``: with a decimal, so that what is just too little does not look enough."""
    return wording.percentage(round(share * 100, 1))


def _mailed(session: Session, call: Call, only: int | None) -> list[TraceStep]:
    ids = [call.id, *session.exec(select(Call.id).where(Call.joined_into == call.id))]
    query = (
        select(Told, Delivery, User, MailText.text)
        .join(Delivery, col(Delivery.id) == col(Told.delivery_id))
        .join(User, col(User.id) == col(Told.user_id))
        .join(MailText, col(MailText.delivery_id) == col(Delivery.id), isouter=True)
        .where(col(Told.call_id).in_(ids))
        .order_by(col(Told.id))
    )
    query = query if only is None else query.where(Told.user_id == only)
    rows = list(session.exec(query))
    stood = {(told.user_id, told.delivery_id) for told, *_ in rows if told.kind != ToldKind.OPENING}
    # What naming it said of its opening is remembered beside that, and is no second place in the mail.
    return [
        _told(*row, ids)
        for row in rows
        if row[0].kind != ToldKind.OPENING or (row[0].user_id, row[0].delivery_id) not in stood
    ]


def _told(told: Told, delivery: Delivery, user: User, text: str | None, ids: Sequence[int]) -> TraceStep:
    state, kind = DeliveryState(delivery.state), ToldKind(told.kind)
    when = wording.moment(delivery.finished_at or delivery.planned_at)
    line = f"{user.email}, als {kind.label}, {state.label}, {when}, mail {delivery.id}"
    where = place_in(text or "", ids) if kind is not ToldKind.SET_ASIDE else ""
    why = (
        f": {answer_in_dutch(delivery.last_code, delivery.last_text)}"
        if state in UNTOLD_STATES and delivery.last_text
        else ""
    )
    return TraceStep(_stage(kind, state), line + (f", {where}" if where else "") + why, delivery.id)


HEADING = re.compile(r"([A-Z][A-Z ]+) \((\d+)\)")
ITEM = "* "


def place_in(text: str, ids: Iterable[int]) -> str:
    """``kies eerst, plaats 2 van 6``: its section in the text of a mail; empty where the mail has none, or no text."""
    page = re.compile(rf"/regelingen/(?:{'|'.join(map(str, ids))})(?!\d)")
    section, number, place = "", "", 0
    for line in text.splitlines():
        heading = HEADING.fullmatch(line)
        if heading:
            section, number, place = heading[1].lower(), heading[2], 0
        elif line.startswith(ITEM):
            place += 1
        elif section and place and page.search(line):
            return f"{section}, plaats {place} van {number}"
    return ""


def _stage(kind: ToldKind, state: DeliveryState) -> str:
    """Whether the call was named to a person: only where the mail was taken, and not where it was only counted."""
    if state in UNTOLD_STATES:
        return "niet aangekomen"
    if kind is ToldKind.SET_ASIDE:
        return "apart gezet"
    if state is DeliveryState.ACCEPTED:
        return "gemaild"
    return "misschien gemaild" if state is DeliveryState.AMBIGUOUS else "wacht"


def _not_mailed(session: Session, call: Call, now: datetime, threshold: float, only: int | None) -> list[TraceStep]:
    """Why somebody with a subscription was not told, per person; and what holds for everybody."""
    if call.held:
        return [TraceStep("niet gemaild", "wacht op vrijgave: te veel nieuws tegelijk van deze bron")]
    catalogue = read_catalogue(session, now, threshold, only=[call.id])
    recipients = [each.described(catalogue) for each in read_recipients(session, now, None if only is None else [only])]
    memories = read_memories(session, recipients)
    if not recipients:
        nobody = "niemand heeft een abonnement" if only is None else "u heeft geen abonnement"
        return [TraceStep("niet gemaild", nobody)]
    steps = []
    for recipient in recipients:
        memory = memories[recipient.to.user_id]
        if call.id in memory.versions:
            continue
        steps.append(
            TraceStep("niet gemaild", f"{recipient.to.email}: {_why_not(call, catalogue, recipient, memory, now)}")
        )
    return steps


def _why_not(call: Call, catalogue: Catalogue, recipient: Recipient, memory: Memory, now: datetime) -> str:
    if status_of(call, now) not in (Status.OPEN, Status.ANNOUNCED, Status.EXPECTED):
        return f"de regeling is {status_of(call, now).label}"
    matched = catalogue.calls.get(call.id)
    if matched is None or not (matched.matches or matched.is_said_to_be_ours):
        return "de regeling past bij geen opgave boven de drempel"
    if any(pair[0] == call.id for pair in memory.refused):
        return "beoordeeld als niet voor ons"
    digest = compose(catalogue, recipient.queries, memory, Coverage(), now)
    if any(item.call.id == call.id for item in digest.items):
        return "staat in het volgende overzicht"
    if call.id in memory.aside or any(each.id == call.id for each in digest.aside):
        return (
            "apart gezet: alleen geteld, want zelden iets voor een gemeente, of er is te weinig van bekend of passend"
        )
    if call.id in digest.announced:
        return "wacht tot de opening nadert"
    return "geen abonnement op deze opgave, of het filter sluit de regeling uit"
