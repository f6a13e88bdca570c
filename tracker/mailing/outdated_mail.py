"""Mail that waits and is no longer true: it is taken back and written anew, as long as it certainly never left.

A mail says "morgen" and "stand van": past midnight that is another day's word. A mail of which an attempt may have
arrived is left as it is, byte for byte.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from markupsafe import escape
from sqlalchemy import update
from sqlmodel import Session, and_, col, or_, select

from db.models import ContactMoment, Delivery, Dossier, MailText, Reminded, Told, User, Verdict
from db.rights import may_see
from db.session import reading
from db.vocabulary import DeliveryState, MailKind, Say, ToldKind
from notifications.claims import DATED, still_so
from notifications.links import Links
from notifications.outbox import ANEW, QUEUED, update_mails
from notifications.wording import local_day, start_of_day
from tracker.clock import Now
from tracker.lobby.call_work import read_call_work, seen_by
from tracker.mailing.planning_run import PlanningRun
from tracker.mailing.recipients import read_follows_for
from tracker.rights import viewer_of

WRITTEN = "written anew"
LEADS: dict[str, type[Dossier] | type[ContactMoment]] = {"dossiers": Dossier, "contacten": ContactMoment}
COLUMNS = Delivery.__table__.c  # type: ignore[attr-defined]


@dataclass(frozen=True)
class OutdatedDigest:
    """A digest that was taken back, of these subscriptions, and is still to be written anew."""

    id: int
    user_id: int
    key: str
    subscriptions: tuple[int, ...]
    expires_at: datetime


def take_back_outdated(run: PlanningRun, inside: Collection[tuple[int, str]]) -> frozenset[int]:
    """Take back what waits from an earlier day, what is no longer so, and what is hidden now; whose it was.

    ``inside``: per person the things inside that are due, by their keys.
    """
    with reading(run.engine) as session:
        wrong = past_midnight(session, Now(run.now)) | _untrue_dates(session, run.now) | _untrue_steps(session, inside)
        wrong |= _refused(session) | hidden_since(session, run.mailer.links)
    return _take_back(run, wrong)


def take_back_of(run: PlanningRun, people: Collection[int]) -> frozenset[int]:
    """Take back what waits for these people, so that it goes along in the mail they are due now; whose it was."""
    waiting = select(Delivery.id, Delivery.key).where(
        col(Delivery.user_id).in_(list(people)), col(Delivery.kind).in_(DATED), col(Delivery.state).in_(QUEUED)
    )
    with reading(run.engine) as session:
        rows = session.exec(waiting).all()
    return _take_back(run, {number for number, key in rows if not is_at_once(key)})


def is_at_once(key: str) -> bool:
    """Whether a mail leaves apart from the mail of its day: a first digest, or an urgent one."""
    return ":first:" in key or ":urgent:" in key


def read_outdated(session: Session, now: datetime) -> dict[int, list[OutdatedDigest]]:
    """Per person the digests that were taken back and not written anew yet."""
    rows = select(Delivery.id, Delivery.user_id, Delivery.key, Delivery.subscriptions, Delivery.expires_at).where(  # type: ignore[call-overload]
        Delivery.state == DeliveryState.CANCELLED, Delivery.last_text == ANEW, Delivery.kind == MailKind.DIGEST,
        Delivery.expires_at > now,
    )  # fmt: skip
    outdated: dict[int, list[OutdatedDigest]] = {}
    for number, user, key, subscriptions, expires_at in session.exec(rows):
        outdated.setdefault(user, []).append(OutdatedDigest(number, user, key, tuple(subscriptions), expires_at))
    return outdated


def taken_back_at(session: Session, now: datetime) -> set[int]:
    """Whose mail a planner took back at exactly this moment."""
    taken = select(Delivery.user_id).where(Delivery.finished_at == now, Delivery.last_text == ANEW)
    return set(filter(None, session.exec(taken)))


def note_written(session: Session, outdated: Iterable[OutdatedDigest]) -> None:
    """What these digests said is in another mail now, or is no longer worth one."""
    update_mails(session, [COLUMNS.id.in_([each.id for each in outdated])], last_text=WRITTEN)


def _take_back(run: PlanningRun, mails: Collection[int]) -> frozenset[int]:
    if not mails:
        return frozenset()
    table = Delivery.__table__  # type: ignore[attr-defined]
    taken = update(table).where(COLUMNS.id.in_(sorted(mails)), COLUMNS.state.in_([s.value for s in QUEUED]))
    taken = taken.values(state=DeliveryState.CANCELLED.value, finished_at=run.now, last_text=ANEW)
    with run.writing() as session:
        people = session.connection().execute(taken.returning(COLUMNS.user_id)).scalars().all()
    return frozenset(filter(None, people))


def past_midnight(session: Session, now: Now) -> set[int]:
    """The mails that were written on an earlier day and certainly never left."""
    old = select(Delivery.id).where(col(Delivery.kind).in_(DATED), col(Delivery.state).in_(QUEUED))
    return set(session.exec(old.where(Delivery.planned_at < start_of_day(now.today))))


def hidden_since(session: Session, links: Links) -> set[int]:
    """The mails that certainly never left and lead to a dossier or contact their reader may not see any more.

    It or its group became narrower, or the reader has another role or employer. Only what a mail links to is looked
    at: each such line was put there for who might see it then, so what is written anew is not.
    """
    leads = re.compile(f'href="{re.escape(links.page("/"))}({"|".join(LEADS)})/([0-9]+)')
    waiting = select(Delivery.id, MailText.html, User).where(
        MailText.delivery_id == Delivery.id, User.id == Delivery.user_id, col(User.deactivated_at).is_(None),
        col(Delivery.kind).in_(DATED), col(Delivery.state).in_(QUEUED),
        or_(*(col(MailText.html).contains(f"/{lead}/") for lead in LEADS)),
    )  # fmt: skip
    return {
        mail
        for mail, html, user in session.exec(waiting)
        if not all(_may_see(session, user, lead, int(number)) for lead, number in set(leads.findall(html)))
    } | _saying_what_is_hidden(session)


def _saying_what_is_hidden(session: Session) -> set[int]:
    """The mails that certainly never left and say what runs on a call, where their reader may not know it now."""
    work = read_call_work(session)
    waiting = select(Delivery.id, Told.call_id, MailText.html, User).where(
        Told.delivery_id == Delivery.id, MailText.delivery_id == Delivery.id, User.id == Delivery.user_id,
        col(Told.call_id).in_(list(work)), col(Delivery.kind).in_(DATED), col(Delivery.state).in_(QUEUED),
    )  # fmt: skip
    wrong = set[int]()
    for mail, call, html, user in session.exec(waiting):
        seen = {each.state for each in seen_by(viewer_of(user), work[call])}
        hidden = {each.state for each in work[call] if not each.closed} - seen
        wrong |= {mail} if any(escape(state) in html for state in hidden) else set()
    return wrong


def _may_see(session: Session, user: User, lead: str, row_id: int) -> bool:
    """Whether it may be seen; a dossier that is gone is no secret, a contact that was withdrawn is no longer so."""
    row = session.get(LEADS[lead], row_id)
    if row is None:
        return lead != "contacten"
    return may_see(session, viewer_of(user), row)


def _untrue_dates(session: Session, now: datetime) -> set[int]:
    """Mails about a date that has moved or is off, about a call that is over, or for who no longer follows it."""
    query = (
        select(Told.user_id, Told.call_id, Told.kind, Told.detail, Delivery.id)  # type: ignore[call-overload]
        .join(Delivery, col(Delivery.id) == col(Told.delivery_id))
        .where(col(Told.kind).in_([ToldKind.REMINDER, ToldKind.MOVED]), col(Delivery.state).in_(QUEUED))
    )
    rows = session.exec(query).all()
    follows, _ = read_follows_for(session, {row[0] for row in rows}, local_day(now))
    return {
        mail
        for user, call, kind, detail, mail in rows
        if call not in follows.get(user, {}) or not still_so(session, call, kind, detail, now)
    }


def _refused(session: Session) -> set[int]:
    """Mails that name a call of which their reader has said since that it is not for them."""
    said = (Verdict.user_id == Told.user_id, Verdict.call_id == Told.call_id, Verdict.say == Say.NO)
    query = select(Told.delivery_id).join(Delivery, col(Delivery.id) == col(Told.delivery_id))
    query = query.join(Verdict, and_(*said, col(Verdict.undone_at).is_(None), Verdict.at > Delivery.planned_at))
    return set(session.exec(query.where(col(Delivery.kind).in_(DATED), col(Delivery.state).in_(QUEUED))))


def _untrue_steps(session: Session, inside: Collection[tuple[int, str]]) -> set[int]:
    """Mails about something inside that is done, off, or moved."""
    query = select(Reminded.user_id, Reminded.key, Reminded.delivery_id).join(
        Delivery, col(Delivery.id) == col(Reminded.delivery_id)
    )
    rows = session.exec(query.where(col(Delivery.state).in_(QUEUED)))
    return {mail for user, key, mail in rows if (user, key.rpartition(":")[0]) not in inside}
