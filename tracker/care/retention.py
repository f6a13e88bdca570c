"""What is past its term goes, a rule for each kind of personal data in the register; a hold stops it, and is said.

A dry run does the work and takes it back, so that it can count nothing else than what would go.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete, or_, select, update

from db.models import (
    Absence,
    ApiDeed,
    ApiKey,
    AuditEntry,
    Delivery,
    KeptForm,
    KnownBrowser,
    MagicLink,
    MailText,
    Press,
    ProviderVisit,
    RoundInvitation,
    Sighting,
    SignOffRound,
    Snapshot,
    Stakeholder,
    User,
    WebSession,
)
from tracker.care.erasure import erase_person, erase_user, note_erased
from tracker.care.holds import Holds, holds_on
from tracker.clock import Now
from tracker.people.data_register import DataCategory, categories

Letters = Callable[[datetime], int]  # lets go of (or only counts) mails of before a moment that lie as files


def no_letters(_before: datetime) -> int:
    """Where mail goes to a relay, no file of it is kept."""
    return 0


@dataclass(frozen=True)
class Swept:
    """One kind of data: how much of it went, and why nothing of it, or not all, did."""

    category: str
    count: int
    held: str = ""

    def line(self) -> str:
        """For a log."""
        return f"{self.category}: {self.count}" + (f" (held: {self.held})" if self.held else "")


@dataclass(frozen=True)
class Sweep:
    """What a rule needs: the transaction, the moment, before when data is past its term, what is held, and by whom."""

    session: Session
    now: Now
    before: datetime
    holds: Holds
    actor: str
    letters: Letters = no_letters


def sweep(
    session: Session,
    days: Mapping[str, int],
    now: Now,
    actor: str = "command line",
    only: Collection[str] = (),
    letters: Letters = no_letters,
) -> list[Swept]:
    """Let go of everything past its term, kind by kind; ``days``: what the settings say, by their names."""
    holds = holds_on(session, now.today)
    wanted = [about for about in categories().values() if about.key in (only or RULES)]
    return [_sweep_one(session, about, days, now, holds, actor, letters) for about in wanted]


def dry_run(session: Session, days: Mapping[str, int], now: Now, letters: Letters = no_letters) -> list[Swept]:
    """What ``sweep`` would let go of; nothing is changed, and ``letters`` only counts."""
    attempt = session.begin_nested()
    try:
        return sweep(session, days, now, "dry run", letters=letters)
    finally:
        attempt.rollback()
        session.expire_all()


def _sweep_one(
    session: Session, about: DataCategory, days: Mapping[str, int], now: Now, holds: Holds, actor: str, letters: Letters
) -> Swept:
    if about.key in holds.categories:
        return Swept(about.key, 0, holds.categories[about.key])
    term = about.term(days)
    assert term is not None, f"{about.key} has a rule and no term"
    return RULES[about.key](Sweep(session, now, now.instant - term, holds, actor, letters), about)


def _persons(job: Sweep, about: DataCategory) -> Swept:
    """Every person whose last day has passed; each is put on record without a name."""
    over = select(Stakeholder).where(Stakeholder.person != "", col(Stakeholder.retain_until) < job.now.today)
    gone, held = 0, []
    for person in list(job.session.exec(over.order_by(col(Stakeholder.id)))):
        if why := job.holds.of(person):
            held.append(f"stakeholder {person.id}: {why}")
        elif person.person:  # not yet gone with another of the same name
            report = erase_person(job.session, person, job.now.instant)
            note_erased(job.session, report.who, job.actor, job.now.instant)
            gone += 1
    alone = select(Stakeholder).where(Stakeholder.person == "", Stakeholder.address != "")
    for office in job.session.exec(alone.where(col(Stakeholder.retain_until) < job.now.today)):
        if not job.holds.of(office):
            office.address, office.retain_until, office.version = "", None, office.version + 1
            gone += 1
    return Swept(about.key, gone, "; ".join(held))


def _accounts(job: Sweep, about: DataCategory) -> Swept:
    """Who lost access long ago becomes a number."""
    over = select(User).where(col(User.deactivated_at) < job.before, col(User.email).not_like("gewist-%@invalid"))
    people = list(job.session.exec(over.order_by(col(User.id))))
    for user in people:
        report = erase_user(job.session, user, job.now.instant)
        note_erased(job.session, report.who, job.actor, job.now.instant)
    return Swept(about.key, len(people))


def _rounds(job: Sweep, about: DataCategory) -> Swept:
    """The addresses at which a round was asked."""
    over = select(SignOffRound.id).where(col(SignOffRound.closed_at) < job.before)
    asked = select(RoundInvitation).where(
        col(RoundInvitation.round_id).in_(over), col(RoundInvitation.email).not_like("gewist %")
    )
    invitations = job.session.exec(asked).all()
    for invitation in invitations:
        invitation.email = f"gewist {invitation.id}"
    return Swept(about.key, len(invitations))


def _signing_in(job: Sweep, about: DataCategory) -> Swept:
    """Sessions, keys and browsers that open nothing any more."""
    over = (
        delete(WebSession).where(or_(col(WebSession.expires_at) < job.before, col(WebSession.revoked_at) < job.before)),
        delete(KnownBrowser).where(col(KnownBrowser.last_at) < job.before),
        delete(ProviderVisit).where(col(ProviderVisit.expires_at) < job.before),
        delete(MagicLink).where(col(MagicLink.expires_at) < job.before),
        delete(Press).where(col(Press.at) < job.before),
        delete(ApiDeed).where(col(ApiDeed.at) < job.before),
        delete(KeptForm).where(col(KeptForm.at) < job.before),
        delete(ApiKey).where(or_(col(ApiKey.expires_at) < job.before, col(ApiKey.ended_at) < job.before)),
    )
    return Swept(about.key, sum(job.session.connection().execute(statement).rowcount for statement in over))


def _absences(job: Sweep, about: DataCategory) -> Swept:
    over = delete(Absence).where(col(Absence.last_day) < job.before.date())
    return Swept(about.key, job.session.connection().execute(over).rowcount)


def _mail_texts(job: Sweep, about: DataCategory) -> Swept:
    """Blank the texts of mails that ended, and the files of them; that they were sent, and what they told, stays."""
    ended = select(Delivery.id).where(col(Delivery.finished_at) < job.before)
    old = update(MailText).where(
        col(MailText.delivery_id).in_(ended), or_(col(MailText.html) != "", col(MailText.text) != "")
    )
    rows = job.session.connection().execute(old.values(text="", html="")).rowcount
    return Swept(about.key, rows + job.letters(job.before))


def _mail_addresses(job: Sweep, about: DataCategory) -> Swept:
    old = update(Delivery).where(col(Delivery.finished_at) < job.before, col(Delivery.address) != "gewist@invalid")
    gone = old.values(address="gewist@invalid", subject="", headers={}, last_text="")
    return Swept(about.key, job.session.connection().execute(gone).rowcount)


def _log(job: Sweep, about: DataCategory) -> Swept:
    """Network addresses; the lines of the log stay."""
    network = or_(col(AuditEntry.origin).like("%.%"), col(AuditEntry.origin).like("%:%"))
    old = update(AuditEntry).where(col(AuditEntry.at) < job.before, network)
    return Swept(about.key, job.session.connection().execute(old.values(origin="")).rowcount)


def _pages(job: Sweep, about: DataCategory) -> Swept:
    """The bytes of old pages, except those that something shown now was read from."""
    shown = select(Sighting.snapshot).where(col(Sighting.snapshot).is_not(None))
    old = delete(Snapshot).where(col(Snapshot.fetched_at) < job.before, col(Snapshot.sha256).not_in(shown))
    return Swept(about.key, job.session.connection().execute(old).rowcount)


RULES: dict[str, Callable[[Sweep, DataCategory], Swept]] = {
    "persons": _persons,
    "rounds": _rounds,
    "accounts": _accounts,
    "signing_in": _signing_in,
    "absences": _absences,
    "mail_texts": _mail_texts,
    "mail_addresses": _mail_addresses,
    "log": _log,
    "pages": _pages,
}
