"""Erase somebody and keep the record: off an office or an account, and out of every text; first as a preview.

Nothing of a name stays: what may not change for any other reason (a log, the words of a position, what was decided)
shows that a name was there. What a machine cannot judge is a proposal to a person: the surname alone, files, and
pages of public sources. What must be kept by law is said and left.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine, func, text
from sqlmodel import Session, col, delete, or_, select

from db.models import (
    Absence,
    ApiKey,
    AuditEntry,
    CalendarFeed,
    ContactConsent,
    ContactMoment,
    Delivery,
    Document,
    DossierFollow,
    DossierReader,
    Duty,
    Follow,
    Identity,
    KeptForm,
    KnownBrowser,
    Leaning,
    Lesson,
    MagicLink,
    ReviewPerson,
    Stakeholder,
    SubjectContact,
    Subscription,
    TeamMember,
    User,
    WebSession,
)
from db.vocabulary import DeliveryState
from db.vocabulary_audit import Action
from notifications.wording import local_day
from tracker.care.holds import Holds, holds_on
from tracker.care.places import (
    Named,
    Place,
    as_json,
    files_naming,
    places,
    publications_naming,
    strike,
    who_is,
)
from tracker.errors import KeptByHold
from tracker.people.on_record import put_on_record

# What is only theirs, and goes with them.
THEIRS = (
    *(WebSession, ApiKey, MagicLink, KeptForm, Identity, KnownBrowser, Follow, TeamMember, DossierReader),
    *(DossierFollow, Lesson, Leaning, ReviewPerson, SubjectContact),
)
# Mail that may still leave; a person who is erased gets none.
WAITING = (DeliveryState.PLANNED, DeliveryState.DEFERRED, DeliveryState.HELD)


@dataclass
class Erased:
    """What was done, as the proof one keeps: no name in it, only what and where."""

    who: str
    at: datetime
    texts: int = 0
    mails: int = 0
    removed: int = 0
    files: int = 0
    left: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The report, in Dutch."""
        done = [
            f"{self.who}: gewist op {self.at.isoformat(timespec='minutes')}",
            f"naam weg uit {self.texts} teksten, {self.mails} mails leeggemaakt, {self.removed} rijen verwijderd",
        ]
        done += [f"{self.files} mails verwijderd uit de map van MAIL_URL"] if self.files else []
        done += [f"nog na te lezen door een mens: {place}" for place in self.left]
        return done + [f"bewaard: {said}" for said in self.held]


@dataclass(frozen=True)
class Preview:
    """What an erasure would do, before anybody presses: what goes, what a person must judge, what stays and why."""

    who: Named
    sure: list[Place]
    doubtful: list[Place]
    published: list[Place]
    files: list[int]
    held: dict[int, str]  # dossiers in which the name stays, and why
    every: Sequence[Place] = ()  # where the name stands, also in what stays

    @property
    def seal(self) -> str:
        """Differs once anything of it does: a press on an older page erases nothing."""
        told = as_json([*self.sure, *self.doubtful, *self.published]) + repr((self.files, self.held))
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def preview(session: Session, person: Stakeholder | User, now: datetime) -> Preview:
    """What erasing would do; nothing is changed."""
    who, holds = who_is(person), holds_on(session, local_day(now))
    if isinstance(person, Stakeholder) and not person.person:
        return Preview(who, [], [], [], _files_about(session, person), {})
    every, found = _standing(session, who, holds)
    ours = [place for place in found if not place.published]
    about = _files_about(session, person) if isinstance(person, Stakeholder) else []
    files = sorted({*about, *files_naming(session, who)})
    return Preview(
        who,
        [place for place in ours if place.sure],
        [place for place in ours if not place.sure],
        [place for place in found if place.published],
        files,
        dict(sorted(holds.dossiers.items())) if len(found) < len(every) else {},
        every,
    )


def _standing(session: Session, who: Named, holds: Holds) -> tuple[list[Place], list[Place]]:
    """Where they are named, and of these what stands in no held dossier, which stays; all texts are read once."""
    every = places(session, who)
    return every, [place for place in every if place.dossier_id not in holds.dossiers]


def erase_person(session: Session, stakeholder: Stakeholder, now: datetime, also: Iterable[Place] = ()) -> Erased:
    """Take the person off every office and out of every text; the offices and what was said there stay.

    ``also``: places where only the surname stands and somebody said that it is this person.
    Raises KeptByHold while somebody wrote down why the person must be kept.
    """
    holds = holds_on(session, local_day(now))
    if why := holds.of(stakeholder):
        raise KeptByHold(f"Deze persoon moet nog bewaard blijven: {why}")
    report = Erased(f"stakeholder {stakeholder.id}", now)
    who = who_is(stakeholder)
    for same in _same_person(session, stakeholder):
        if why := holds.of(same):
            report.held.append(f"stakeholder {same.id}: {why}")
            continue
        who = Named((*who.words, *who_is(same).words), who.surname)
        report.left += [f"document {number}, inhoud" for number in _files_about(session, same)]
        same.person = same.address = same.purpose = ""
        same.retain_until, same.erased_at = None, now
        same.version += 1
    session.flush()
    if who.words or who.surname:
        _out_of_texts(session, who, also, now, report)
    return report


def _same_person(session: Session, stakeholder: Stakeholder) -> list[Stakeholder]:
    """The row itself, and every other of the same name: one who is erased is erased everywhere."""
    if not stakeholder.person:
        return [stakeholder]
    alike = select(Stakeholder).where(func.lower(Stakeholder.person) == stakeholder.person.lower())
    others = [one for one in session.exec(alike.order_by(col(Stakeholder.id))) if one.id != stakeholder.id]
    return [stakeholder, *others]


def _out_of_texts(session: Session, who: Named, also: Iterable[Place], now: datetime, report: Erased) -> None:
    """Cancel what waits, strike every text, and name what a person must still look at."""
    holds = holds_on(session, local_day(now))
    _cancel_mail(session, who, report)
    every, found = _standing(session, who, holds)
    asked = {(place.table, place.key, place.column) for place in also}
    agreed = [p for p in found if not p.published and (p.sure or (p.table, p.key, p.column) in asked)]
    report.texts += strike(session, who, agreed, now)
    left = dict.fromkeys(place.name for place in found if place not in agreed)
    report.left += [name for name in left if name not in report.left]
    files = [f"document {number}, inhoud" for number in files_naming(session, who)]
    files += [f"publication {number}, inhoud" for number in publications_naming(session, who)]
    report.left += [name for name in files if name not in report.left]
    if len(found) < len(every):
        report.held += [f"dossier {number}: {why}" for number, why in sorted(holds.dossiers.items())]


def _cancel_mail(session: Session, who: Named, report: Erased) -> None:
    """Mail to an address of theirs that still waits does not leave, and says nothing any more."""
    addresses = [word.lower() for word in who.words if "@" in word]
    for mail in session.exec(select(Delivery).where(func.lower(Delivery.address).in_(addresses))):
        _emptied(mail, "gewist@invalid", report)
    session.flush()


def _emptied(mail: Delivery, address: str, report: Erased) -> None:
    if mail.state in WAITING:
        mail.state = DeliveryState.CANCELLED
    mail.address, mail.subject = address, ""
    if mail.written:
        mail.written.text = mail.written.html = ""
    mail.headers, mail.last_text = {}, ""
    report.mails += 1


def _files_about(session: Session, stakeholder: Stakeholder) -> list[int]:
    """Files on talks with this person: no machine strikes a name in those, so a person reads them."""
    talks = select(ContactMoment.id).where(ContactMoment.stakeholder_id == stakeholder.id)
    files = select(Document.id).where(col(Document.contact_id).in_(talks), col(Document.sha256).is_not(None))
    return list(session.exec(files.order_by(col(Document.id))))


def erase_user(session: Session, user: User, now: datetime, also: Iterable[Place] = ()) -> Erased:
    """Make a user a pseudonym: nothing mails, signs in or reads any more, and the log keeps 'gewist 12'."""
    report = Erased(f"user {user.id}", now)
    who = who_is(user)
    _empty_mail(session, user, report)
    _remove_theirs(session, user, report)
    for subscription in session.exec(select(Subscription).where(Subscription.user_id == user.id)):
        subscription.name, subscription.ended_at = "", subscription.ended_at or now
    for feed in session.exec(select(CalendarFeed).where(CalendarFeed.user_id == user.id)):
        feed.name, feed.revoked_at = "", feed.revoked_at or now
    user.name, user.email = f"gewist {user.id}", f"gewist-{user.id}@invalid"
    user.deactivated_at = user.deactivated_at or now
    session.flush()
    _out_of_texts(session, who, also, now, report)
    _forget_origin(session, f"user {user.id}")
    return report


def _remove_theirs(session: Session, user: User, report: Erased) -> None:
    for consent in session.exec(select(ContactConsent).where(ContactConsent.user_id == user.id)):
        consent.subject_contact_id = None  # that there was consent is proof, and holds no name
    session.flush()
    for model in THEIRS:
        done = session.connection().execute(delete(model).where(col(model.user_id) == user.id))
        report.removed += done.rowcount
    away = delete(Absence).where(or_(*(column == user.id for column in (Absence.user_id, Absence.replacement_id))))
    report.removed += session.connection().execute(away).rowcount
    duties = delete(Duty).where(or_(col(Duty.reader_id) == user.id, col(Duty.deputy_id) == user.id))
    report.removed += session.connection().execute(duties).rowcount


def _forget_origin(session: Session, actor: str) -> None:
    """The network addresses from which the person worked; the lines themselves stay, under the pseudonym."""
    lines = AuditEntry.__table__  # type: ignore[attr-defined]
    theirs = lines.update().where(lines.c.actor == actor, lines.c.origin != "").values(origin="")
    session.connection().execute(theirs)


def _empty_mail(session: Session, user: User, report: Erased) -> None:
    """Bodies and addresses go, sent or not; what still waited is cancelled; also where it says who shared something."""
    shared = col(Delivery.key).startswith(f"shared:{user.id}:")
    for mail in session.exec(
        select(Delivery).where(or_(Delivery.user_id == user.id, Delivery.address == user.email, shared))
    ):
        _emptied(mail, f"gewist-{user.id}@invalid", report)


def note_erased(session: Session, who: str, actor: str, now: datetime) -> None:
    """Put on record that somebody was erased; ``who`` is the pseudonym that stays."""
    put_on_record(session, now, Action.ERASE, who, actor=actor)


def scrub(engine: Engine) -> None:
    """Write the file anew, so that no page of it holds what was erased; outside a transaction.

    SQLite leaves erased text in free pages, in the index and in the log beside the file; PostgreSQL's VACUUM lets go
    of rows that are no more.
    """
    if engine.dialect.name != "sqlite":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM"))
        return
    driver = engine.raw_connection()
    try:
        for statement in (
            "INSERT INTO search_call(search_call) VALUES ('optimize')",
            "VACUUM",
            "PRAGMA wal_checkpoint(TRUNCATE)",
        ):
            driver.cursor().execute(statement).fetchall()
    finally:
        driver.close()
