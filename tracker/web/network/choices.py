"""What the forms of the network offer: for whom something is, opgaven, and names that the register knows."""

from sqlmodel import col, select

from db.models import Agenda, Challenge
from db.models.network import FOR_WHOM
from tracker.lobby.audience import Audience, audiences
from tracker.network.subjects import subjects
from tracker.organisations import register
from tracker.web.frame.context import RequestContext
from tracker.web.frame.phrases import challenge_name


def for_whom(request: RequestContext) -> list[Audience]:
    """The own organisation or the region, with who that is."""
    return [one for one in audiences(request.session, request.viewer) if one.visibility in FOR_WHOM]


def opgaven(request: RequestContext) -> list[tuple[str, str]]:
    """The opgaven with a name, of the newest agenda first."""
    both = select(Challenge, Agenda).join(Agenda).where(col(Challenge.name).is_not(None))
    rows = request.session.exec(both.order_by(col(Agenda.valid_from).desc(), col(Challenge.position)))
    return [(challenge.id, f"{challenge_name(challenge)} ({agenda.name})") for challenge, agenda in rows]


def known_names(request: RequestContext) -> list[str]:
    """The organisations that a form proposes while somebody types: those that are still there."""
    rows = register.choices(request.session, request.viewer)
    return sorted({o.name for o in rows if o.parent_id is None and not register.gone(o, request.now.today)})


def known_subjects(request: RequestContext) -> list[str]:
    """The subjects that a form proposes."""
    return [subject.name for subject in subjects(request.session, request.viewer)]
