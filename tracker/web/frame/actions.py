"""Deeds from forms: done wholly or not at all, and a refusal becomes a message at its field."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator
from sqlmodel import Session, col, select
from starlette.datastructures import ImmutableMultiDict
from starlette.responses import Response

from db.models import Dossier, Participant, User
from db.queries import Viewer
from db.rights import has_role, wider
from db.vocabulary import Role, Visibility
from db.vocabulary_lobby import DossierKind
from tracker.calls import parse_values
from tracker.errors import ChangedMeanwhile, NotAllowed, NotThere, Refused
from tracker.lobby import log
from tracker.web.frame import context as web
from tracker.web.frame.context import RequestContext

REFUSED, MEANWHILE, MAY_NOT = 422, 409, 403


def _reader(read: Callable[[str], Decimal | None]) -> BeforeValidator:
    def validate(value: Any) -> Any:
        try:
            return read(value) if isinstance(value, str) else value
        except Refused as error:
            raise ValueError(str(error)) from error

    return BeforeValidator(validate)


Euros = Annotated[Decimal | None, _reader(parse_values.euros)]
Percentage = Annotated[Decimal | None, _reader(parse_values.percentage)]


@dataclass(frozen=True)
class Typed:
    """What a form brought and what is wrong with it; empty on a page that was only asked for."""

    typed: ImmutableMultiDict[str, Any]
    errors: dict[str, str]
    status: int = 200


NOTHING = Typed(ImmutableMultiDict(), {})


def tried(session: Session, form: ImmutableMultiDict[str, Any], act: Callable[[], object]) -> Typed | None:
    """Do it, or take everything back and give what to show; a thing that is not there is a 404.

    The savepoint makes "nothing half stored" hold although the page is then rendered in the same transaction.
    """
    try:
        with session.begin_nested():
            act()
    except NotThere as error:
        raise web.NotThere from error
    except Refused as error:
        status = (
            MEANWHILE if isinstance(error, ChangedMeanwhile) else MAY_NOT if isinstance(error, NotAllowed) else REFUSED
        )
        session.expire_all()
        return Typed(form, {error.field or "form": str(error)}, status)
    return None


def dossier_of(request: RequestContext, kind: DossierKind | None = None) -> Dossier:
    """The dossier in the address, or the 404 of one that does not exist."""
    try:
        return log.dossier_for(request.session, request.viewer, request.params["dossier_id"], kind)
    except NotThere as error:
        raise web.NotThere from error


def after(request: RequestContext, refused: Typed | None, path: str, show: Callable[[Typed], Response]) -> Response:
    """Back to a page where it was done, or the form again with what is wrong."""
    return show(refused) if refused else request.to(path, "bewaard")


def names(session: Session) -> dict[int, str]:
    """Everybody's name by id, for pages that show who did what."""
    return dict(session.exec(select(User.id, User.name)).all())


def participants(session: Session) -> list[tuple[str, str]]:
    """Choices of a participant, by name; one that is gone is refused where it is used, with where it went."""
    return [(p.id, p.name) for p in session.exec(select(Participant).order_by(col(Participant.name)))]


def colleagues(session: Session, viewer: Viewer) -> list[tuple[int, str]]:
    """Who of the own organisation can carry a dossier."""
    mine = select(User).where(User.participant_id == viewer.participant_id, col(User.deactivated_at).is_(None))
    return [(u.id, u.name) for u in session.exec(mine.order_by(col(User.name)))]


def choices(word: Any) -> list[tuple[str, str]]:
    """Pairs of value and Dutch label, for a choice."""
    return [(member.value, member.label) for member in word]


def may_add(viewer: Viewer) -> bool:
    """Whether the viewer is more than a reader."""
    return has_role(viewer, Role.FUNDRAISER)


VISIBILITIES = choices(Visibility)


def visibilities_in(dossier: Dossier) -> list[tuple[str, str]]:
    """Choices of who may see a row of this dossier: nobody who may not see the dossier."""
    return [(value, label) for value, label in VISIBILITIES if not wider(value, dossier.visibility)]
