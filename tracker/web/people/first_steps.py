"""Beheer: the way from an empty installation to the first mail, with what is done and what waits."""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, col, func, select
from starlette.responses import Response

from db.models import Challenge, Delivery, Run, Subscription, User
from db.queries import newest_crawls
from db.vocabulary import DeliveryState, MailKind
from notifications.wording import count, moment
from tracker.settings import PREFIX, Settings
from tracker.watch.look import BACKUP
from tracker.web.frame.context import RequestContext
from tracker.web.frame.readiness import heartbeat
from tracker.web.people.provider_login import providers_of

BACKUP_EACH = timedelta(days=7)


@dataclass(frozen=True)
class Step:
    """One thing to arrange: whether it is done, what there is or what to do, and where."""

    name: str
    done: bool
    now: str
    address: str = ""


def page(request: RequestContext) -> Response:
    """Every step in order; the first that waits is the next."""
    found = [*_settled(request), *_filled(request.session), *_running(request.session), _backup(request)]
    return request.page("people/first_steps.html", steps=found, waiting=sum(not step.done for step in found))


def _settled(request: RequestContext) -> list[Step]:
    """What stands in the settings."""
    settings, providers = request.site.settings, providers_of(request).all
    names = ", ".join(provider.name for provider in providers)
    else_ = f"met een link per mail; met het account van de organisatie: {_set('OIDC_FILE')}"
    return [
        Step("Organisatie", *_said(settings.responsible_organisation, "RESPONSIBLE_ORGANISATION")),
        Step("Adres", request.site.secure, settings.base_url if request.site.secure else _set("BASE_URL")),
        Step("Mail", *_mail(settings)),
        Step("Inloggen", bool(providers) or _mail(settings)[0], names or else_),  # a link by mail lets people in, too,
    ]


def _backup(request: RequestContext) -> Step:
    last = request.session.exec(select(func.max(Run.started_at)).where(Run.job == BACKUP)).one()
    made = last is not None and request.now.instant - last < BACKUP_EACH
    how = "maak er elke week een met 'kansenradar backup BESTAND'"
    return Step("Back-up", made, f"het laatst op {moment(last)}" + ("" if made else f"; {how}") if last else how)


def _set(name: str) -> str:
    return f"zet {PREFIX}{name} op de server"


def _said(value: str, name: str) -> tuple[bool, str]:
    return bool(value), value or _set(name)


def _mail(settings: Settings) -> tuple[bool, str]:
    real = settings.mail.startswith("smtp")
    return real, f"van {settings.mail_from}" if real else f"mails worden bestanden: {_set('MAIL_URL')}"


def _filled(session: Session) -> list[Step]:
    """What people bring in."""
    people = session.exec(select(func.count()).select_from(User).where(col(User.deactivated_at).is_(None))).one()
    challenges = session.exec(select(func.count()).select_from(Challenge)).one()
    asked = select(func.count()).select_from(Subscription).where(col(Subscription.ended_at).is_(None))
    wanted = session.exec(asked).one()
    return [
        Step("Mensen", people > 1, count(people, "persoon", "mensen"), "/beheer/mensen/inlezen"),
        Step("Opgaven", challenges > 0, count(challenges, "opgave", "opgaven"), "/opgaven"),
        Step("Overzichten", wanted > 0, count(wanted, "abonnement", "abonnementen"), "/abonnementen"),
    ]


def _running(session: Session) -> list[Step]:
    """What the machine did."""
    seen, whole = len(newest_crawls(session)), len(newest_crawls(session, complete=True))
    sent = session.exec(
        select(func.count())
        .select_from(Delivery)
        .where(Delivery.kind == MailKind.DIGEST, Delivery.state == DeliveryState.ACCEPTED)
    ).one()
    beat = heartbeat(session)
    ticking = beat.last is not None and not beat.stale
    return [
        Step("De klok", ticking, "loopt" if ticking else "start 'kansenradar run' of 'kansenradar schedule'"),
        Step("Bronnen lezen", whole > 0, f"{whole} van {seen} bronnen compleet gelezen", "/bronnen"),
        Step("Eerste overzicht", sent > 0, f"{sent} verstuurd", "/beheer/mail"),
    ]
