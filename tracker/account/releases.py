"""What of the account is public: a coordinator proposes a kept report or visie, another lets it, either ends it."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from db.models import AccountRelease, AccountReport, User, Vision, VisionVersion
from db.vocabulary import Role, Visibility
from tracker.errors import MoveNotAllowed, NotFound
from tracker.people.second_person import may_confirm, must_be_another
from tracker.rights import Deed, must_change, must_have
from tracker.versions import claim

PUBLIC = col(AccountRelease.confirmed_by).is_not(None), col(AccountRelease.ended_at).is_(None)
WAITS = (col(AccountRelease.settled_at).is_(None),)
SECOND = "Openbaar maken doet een coördinator, en een tweede bevestigt het."
Thing = AccountReport | VisionVersion


@dataclass(frozen=True)
class Standing:
    """What is public of a report or visie, what waits, and whether this person can be the second one."""

    public: AccountRelease | None = None
    waiting: AccountRelease | None = None
    may_confirm: bool = False
    outdated: bool = False  # of a visie: an older version is public than the one that holds


def propose(deed: Deed, thing: Thing) -> AccountRelease:
    """Put before a second person. Of a report only what the region reads, by who keeps it."""
    must_have(deed, Role.COORDINATOR, SECOND)
    if isinstance(thing, AccountReport):
        must_change(deed, thing)
        if thing.visibility != Visibility.REGION:
            raise MoveNotAllowed("Alleen een verslag voor de regio kan openbaar worden: bewaar het eerst zo.")
    if _of(deed.session, thing, *WAITS) is not None:
        raise MoveNotAllowed("Dit wacht al op een tweede mens.")
    release = AccountRelease(**_key(thing), proposed_by=deed.by.id, proposed_at=deed.now)
    deed.session.add(release)
    deed.session.flush()
    return release


def confirm(deed: Deed, release: AccountRelease, seen: int) -> None:
    """As the second person: everybody may see it; what was public of the same visie ends."""
    must_have(deed, Role.COORDINATOR, SECOND)
    must_be_another(deed, release)
    _settle(deed, release, seen)
    for former in _public_of_same(deed.session, release):
        former.ended_at = deed.now
    release.confirmed_by = deed.by.id
    deed.session.flush()


def drop(deed: Deed, release: AccountRelease, seen: int) -> None:
    """Not, or not like this."""
    must_have(deed, Role.COORDINATOR, SECOND)
    _settle(deed, release, seen)
    release.dropped_by = deed.by.id
    deed.session.flush()


def _settle(deed: Deed, release: AccountRelease, seen: int) -> None:
    claim(deed.session, release, seen)
    if release.settled_at is not None:
        raise MoveNotAllowed("Hierover is al beslist.")
    release.settled_at = deed.now


def end(deed: Deed, release: AccountRelease, seen: int) -> None:
    """The public page ends, and says so; in the region it stays."""
    must_have(deed, Role.COORDINATOR, SECOND)
    claim(deed.session, release, seen)
    if release.confirmed_by is None or release.ended_at is not None:
        raise MoveNotAllowed("Dit is niet openbaar.")
    release.ended_at = deed.now
    deed.session.flush()


def _key(thing: Thing) -> dict[str, Any]:
    return {"report_id" if isinstance(thing, AccountReport) else "vision_version_id": thing.id}


def _of(session: Session, thing: Thing, *conditions: object) -> AccountRelease | None:
    column = AccountRelease.report_id if isinstance(thing, AccountReport) else AccountRelease.vision_version_id
    rows = select(AccountRelease).where(column == thing.id, *conditions)  # type: ignore[arg-type]
    return session.exec(rows.order_by(col(AccountRelease.id).desc())).first()


def _public_of_same(session: Session, release: AccountRelease) -> list[AccountRelease]:
    """Of a visie what an older version of it shows to everybody."""
    if release.vision_version_id is None:
        return []
    vision = session.get_one(VisionVersion, release.vision_version_id).vision_id
    found = public_vision(session, vision)
    return [found[0]] if found else []


def standing_of(session: Session, user: User, thing: Thing) -> Standing:
    """Where it stands; of a visie also what an older version shows."""
    waiting, public = _of(session, thing, *WAITS), _of(session, thing, *PUBLIC)
    older = None
    if isinstance(thing, VisionVersion) and public is None:
        older = public_vision(session, thing.vision_id)
    second = waiting is not None and may_confirm(session, user, waiting)
    return Standing(public or (older[0] if older else None), waiting, second, older is not None)


def release_for(session: Session, thing: Thing, number: int) -> AccountRelease:
    """One of a report or of any version of a visie, or NotFound."""
    release = session.get(AccountRelease, number)
    if release is None or not _is_of(session, release, thing):
        raise NotFound
    return release


def _is_of(session: Session, release: AccountRelease, thing: Thing) -> bool:
    if isinstance(thing, AccountReport):
        return release.report_id == thing.id
    version = session.get(VisionVersion, release.vision_version_id) if release.vision_version_id else None
    return version is not None and version.vision_id == thing.vision_id


def public_report(session: Session, number: int) -> AccountReport | None:
    """The report under this number; none where it was public once. NotFound where it never was."""
    report = session.get(AccountReport, number)
    if report is None or not _ever(session, select(AccountRelease.id).where(AccountRelease.report_id == number)):
        raise NotFound
    return report if _of(session, report, *PUBLIC) else None


def public_vision(session: Session, vision_id: int) -> tuple[AccountRelease, VisionVersion] | None:
    """What everybody reads of a visie."""
    rows = select(AccountRelease, VisionVersion).where(
        AccountRelease.vision_version_id == VisionVersion.id, VisionVersion.vision_id == vision_id, *PUBLIC
    )
    return session.exec(rows).first()


def vision_shown(session: Session, number: int) -> VisionVersion | None:
    """The words for everybody; none where they were public once. NotFound where they never were."""
    found = public_vision(session, number)
    once = select(AccountRelease.id).where(
        AccountRelease.vision_version_id == VisionVersion.id, VisionVersion.vision_id == number
    )
    if found is None and not _ever(session, once):
        raise NotFound
    return found[1] if found else None


def _ever(session: Session, rows: object) -> bool:
    return session.exec(rows.where(col(AccountRelease.confirmed_by).is_not(None))).first() is not None  # type: ignore[attr-defined]


def all_public_reports(session: Session) -> list[AccountReport]:
    """Every report for everybody, the newest period first."""
    rows = select(AccountReport).where(AccountRelease.report_id == AccountReport.id, *PUBLIC)
    return list(session.exec(rows.order_by(col(AccountReport.last).desc(), col(AccountReport.id).desc())))


def all_public_visions(session: Session) -> list[VisionVersion]:
    """Every visie for everybody, the region's first."""
    rows = select(VisionVersion).where(
        AccountRelease.vision_version_id == VisionVersion.id, VisionVersion.vision_id == Vision.id, *PUBLIC
    )
    return list(session.exec(rows.order_by(col(Vision.challenge_id).is_not(None), col(VisionVersion.title))))


def forget(session: Session, report: AccountReport) -> None:
    """Before a report is taken away: what was proposed of it goes along; while it is public it stays."""
    if _of(session, report, *PUBLIC) is not None:
        raise MoveNotAllowed("Dit verslag is openbaar: beëindig dat eerst.")
    for row in session.exec(select(AccountRelease).where(AccountRelease.report_id == report.id)):
        session.delete(row)
    session.flush()
