"""Care for people: show what is kept of a person, erase the person and keep the record, sweep what is past its day."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, inspect
from sqlmodel import Session, SQLModel, col, delete, or_, select

from db.models import (
    Absence,
    ApiKey,
    Application,
    ApplicationPartner,
    ApplicationTask,
    AuditEntry,
    BudgetLine,
    CalendarFeed,
    CallNote,
    ChainLink,
    CoalitionMember,
    CoalitionStance,
    Commitment,
    ContactMoment,
    Correction,
    Delivery,
    Dismissal,
    Dissent,
    Document,
    Dossier,
    DossierFollow,
    DossierReader,
    Doubt,
    Duty,
    Follow,
    Identity,
    Instalment,
    KeptForm,
    KnownBrowser,
    Leaning,
    Lesson,
    LogEntry,
    LoggedChange,
    MagicLink,
    Minute,
    Moment,
    Outcome,
    Position,
    Resolution,
    ReviewPerson,
    ReviewPoint,
    RoundInvitation,
    SignOffRound,
    Stake,
    Stakeholder,
    Subscription,
    TeamMember,
    User,
    Verdict,
    WebSession,
)
from db.vocabulary import DeliveryState, MailKind
from tracker.clock import Now
from tracker.errors import KeptByHold

GONE = "[naam gewist]"
ROUND_KEPT = timedelta(days=90)
# Free texts in which a name may stand; a position's words cannot change, so a name there is reported instead.
TEXTS: dict[type[SQLModel], tuple[str, ...]] = {
    ContactMoment: ("message", "reply", "follow_up"),
    Commitment: ("text", "source"),
    Dossier: ("title", "goal", "message_nl", "message_en", "request", "political_lead", "result_text", "watch"),
    Outcome: ("request", "passage"),
    Stake: ("source",),
    CoalitionStance: ("text", "source"),
    LogEntry: ("text",),
    LoggedChange: ("before",),
    Application: ("go_text", "lesson"),
    ApplicationPartner: ("name",),
    CoalitionMember: ("name",),
    SignOffRound: ("question",),
    RoundInvitation: ("email",),
    Dissent: ("reason",),
    Resolution: ("reason",),
    Moment: ("title", "body", "use"),
    Verdict: ("remark",),
    ChainLink: ("title",),
    CallNote: ("text",),
    ApplicationTask: ("text",),
    BudgetLine: ("partner", "text"),
    Instalment: ("text",),
    Correction: ("reason",),
    Dismissal: ("reason",),
    Doubt: ("remark",),
    Document: ("name", "url"),
    ReviewPoint: ("title", "what"),
    Minute: ("text",),
}
FIXED: dict[type[SQLModel], tuple[str, ...]] = {Position: ("internal_wording", "public_wording", "red_lines", "ground")}
# What is only theirs, and goes with them.
THEIRS = (
    *(WebSession, ApiKey, MagicLink, KeptForm, Identity, KnownBrowser, Follow, TeamMember, DossierReader),
    *(DossierFollow, Lesson, Leaning, ReviewPerson),
)
SECRET = frozenset({"token_hash", "address_hash"})
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
    left: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The report, in Dutch."""
        done = [
            f"{self.who}: gewist op {self.at.isoformat(timespec='minutes')}",
            f"naam weg uit {self.texts} teksten, {self.mails} mails leeggemaakt, {self.removed} rijen verwijderd",
        ]
        return done + [f"nog na te lezen door een mens: {place}" for place in self.left]


def access_export(session: Session, user: User) -> dict[str, list[dict[str, Any]]]:
    """Everything kept of a user, table by table; without secrets."""
    people = SQLModel.metadata.tables["user"]
    tables = {"user": _rows(session, people, people.c.id == user.id)}
    for table in SQLModel.metadata.sorted_tables:
        user_columns = [c for c in table.columns if any(key.column.table.name == "user" for key in c.foreign_keys)]
        rows = _rows(session, table, or_(*(c == user.id for c in user_columns))) if user_columns else []
        if rows:
            tables[table.name] = rows
    texts, mails = (SQLModel.metadata.tables[name] for name in ("mail_text", "delivery"))
    # A mail to sign in holds a secret.
    theirs = (
        mails.select().where(mails.c.user_id == user.id, mails.c.kind != MailKind.SIGN_IN).with_only_columns(mails.c.id)
    )
    if rows := _rows(session, texts, texts.c.delivery_id.in_(theirs)):
        tables["mail_text"] = rows
    return tables


def access_export_person(session: Session, stakeholder: Stakeholder) -> dict[str, list[dict[str, Any]]]:
    """Everything kept of a person we speak with."""
    tables = {}
    for name, column in (
        ("stakeholder", "id"),
        ("contact_moment", "stakeholder_id"),
        ("stake", "stakeholder_id"),
        ("commitment", "stakeholder_id"),
    ):
        table = SQLModel.metadata.tables[name]
        tables[name] = _rows(session, table, table.c[column] == stakeholder.id)
    return tables


def _rows(session: Session, table: Table, condition: Any) -> list[dict[str, Any]]:
    rows = session.connection().execute(table.select().where(condition))
    return [{k: v for k, v in row._mapping.items() if k not in SECRET} for row in rows]


def erase_person(session: Session, stakeholder: Stakeholder, now: datetime) -> Erased:
    """Take the person off an office and out of every text; the office and what was said there stay.

    Raises KeptByHold while somebody wrote down why the person must be kept.
    """
    if stakeholder.hold:
        raise KeptByHold(f"Deze persoon moet nog bewaard blijven: {stakeholder.hold}")
    report = Erased(f"stakeholder {stakeholder.id}", now)
    if stakeholder.person:
        _strike(session, stakeholder.person, now, report)
    report.left += _files_about(session, stakeholder)
    stakeholder.person = stakeholder.address = stakeholder.purpose = ""
    stakeholder.retain_until, stakeholder.erased_at = None, now
    stakeholder.version += 1
    session.flush()
    return report


def _files_about(session: Session, stakeholder: Stakeholder) -> list[str]:
    """Files on talks with this person: no machine strikes a name in those, so a person reads them."""
    talks = select(ContactMoment.id).where(ContactMoment.stakeholder_id == stakeholder.id)
    files = select(Document.id).where(col(Document.contact_id).in_(talks), col(Document.sha256).is_not(None))
    return [f"document {number}, inhoud" for number in session.exec(files.order_by(col(Document.id)))]


def erase_user(session: Session, user: User, now: datetime) -> Erased:
    """Make a user a pseudonym: nothing mails, signs in or reads any more, and the log keeps 'gewist 12'."""
    report = Erased(f"user {user.id}", now)
    for word in (user.name, user.email):
        _strike(session, word, now, report)
    _empty_mail(session, user, report)
    for model in THEIRS:
        done = session.connection().execute(delete(model).where(col(model.user_id) == user.id))
        report.removed += done.rowcount
    away = delete(Absence).where(or_(*(column == user.id for column in (Absence.user_id, Absence.replacement_id))))
    report.removed += session.connection().execute(away).rowcount
    duties = delete(Duty).where(or_(col(Duty.reader_id) == user.id, col(Duty.deputy_id) == user.id))
    report.removed += session.connection().execute(duties).rowcount
    for subscription in session.exec(select(Subscription).where(Subscription.user_id == user.id)):
        subscription.name, subscription.ended_at = "", subscription.ended_at or now
    for feed in session.exec(select(CalendarFeed).where(CalendarFeed.user_id == user.id)):
        feed.name, feed.revoked_at = "", feed.revoked_at or now
    user.name, user.email = f"gewist {user.id}", f"gewist-{user.id}@invalid"
    user.deactivated_at = user.deactivated_at or now
    session.flush()
    return report


def _shared_by(user: User) -> list[Any]:
    """Mail in which the person shared something with a colleague: it says who did."""
    return [col(Delivery.key).startswith(f"shared:{user.id}:")]


def _empty_mail(session: Session, user: User, report: Erased) -> None:
    """Bodies and addresses go, sent or not; what still waited is cancelled."""
    to_or_by = or_(Delivery.user_id == user.id, Delivery.address == user.email, *_shared_by(user))
    for mail in session.exec(select(Delivery).where(to_or_by)):
        if mail.state in WAITING:
            mail.state = DeliveryState.CANCELLED
        mail.address, mail.subject = f"gewist-{user.id}@invalid", ""
        mail.written.text = mail.written.html = ""
        mail.headers, mail.last_text = {}, ""
        report.mails += 1


def _strike(session: Session, name: str, now: datetime, report: Erased) -> None:
    """Replace a name in every text that may change, and note where it stands in one that may not."""
    whole = re.compile(rf"(?<!\w){re.escape(name.strip())}(?!\w)", re.IGNORECASE)
    for row, column, text in _texts(session, TEXTS):
        if whole.search(text):
            setattr(row, column, whole.sub(GONE, text))
            if isinstance(row, LogEntry):
                row.redacted_at = now
            report.texts += 1
    surname = re.compile(rf"(?<!\w){re.escape(name.split()[-1])}(?!\w)") if name.split() else whole
    session.flush()
    for row, column, text in _texts(session, {**TEXTS, **FIXED}):
        if whole.search(text) or surname.search(text):
            place = f"{row.__tablename__} {inspect(row).identity[0]}, {column}"
            if place not in report.left:
                report.left.append(place)


def _texts(session: Session, where: dict[type[SQLModel], tuple[str, ...]]) -> Iterator[tuple[Any, str, str]]:
    for model, columns in where.items():
        for row in session.exec(select(model)):
            for column in columns:
                text = getattr(row, column)
                if text:
                    yield row, column, text


def sweep(session: Session, actor: str, now: Now) -> list[Erased]:
    """Erase every person whose last day of keeping has passed and whom no hold keeps; each is put on record."""
    over = select(Stakeholder).where(
        Stakeholder.person != "", col(Stakeholder.retain_until) < now.today, Stakeholder.hold == ""
    )
    erased = [
        erase_person(session, person, now.instant) for person in list(session.exec(over.order_by(col(Stakeholder.id))))
    ]
    for report in erased:
        note_erased(session, report.who, actor, now.instant)
    _forget_addresses(session, now)
    return erased


def _forget_addresses(session: Session, now: Now) -> None:
    """The addresses at which a round was asked go some time after it is closed."""
    over = select(SignOffRound.id).where(col(SignOffRound.closed_at) < now.instant - ROUND_KEPT)
    for invitation in session.exec(select(RoundInvitation).where(col(RoundInvitation.round_id).in_(over))):
        invitation.email = f"gewist {invitation.id}"


def note_erased(session: Session, who: str, actor: str, now: datetime) -> None:
    """Put on record that somebody was erased; ``who`` is the pseudonym that stays."""
    session.add(AuditEntry(at=now, actor=actor, action="erase", object=who, result="done", origin=actor))
