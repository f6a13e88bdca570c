"""Deeds from forms: done wholly or not at all, and a refusal becomes a message at its field."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BeforeValidator
from sqlmodel import Session, col, select
from starlette.responses import Response

from db.models import Agenda, Challenge, Dossier, Participant, User
from db.vocabulary_lobby import DossierKind
from tracker.calls import typed_values
from tracker.errors import ChangedMeanwhile, NotAllowed, NotFound, Refused
from tracker.lobby import log
from tracker.people.participants import takes_part
from tracker.web.frame.context import Handler, RequestContext
from tracker.web.frame.forms import EMPTY_FORM, REFUSED, FormState, M, checked
from tracker.web.frame.phrases import challenge_name

WAITED = "waited"  # a field of a form that comes back after a sign-in
NOT_YET = "Dit typte u voordat u opnieuw inlogde. Kijk het na en druk dan op de knop."
STATUSES: dict[type[Refused], int] = {ChangedMeanwhile: 409, NotAllowed: 403}  # any other refusal is a 422
T = TypeVar("T")
R = TypeVar("R")


def _reader(read: Callable[[str], Decimal | None]) -> BeforeValidator:
    def validate(value: Any) -> Any:
        try:
            return read(value) if isinstance(value, str) else value
        except Refused as error:
            raise ValueError(str(error)) from error

    return BeforeValidator(validate)


Euros = Annotated[Decimal | None, _reader(typed_values.euros)]
Percentage = Annotated[Decimal | None, _reader(typed_values.percentage)]


def attempt(request: RequestContext, act: Callable[[], R]) -> R | FormState:
    """Do it, or take everything back and give what the page then shows; NotFound is for the door, a 404.

    The savepoint makes "nothing half stored" hold although the page is then rendered in the same transaction.
    What waited for a sign-in is shown as it was typed, and kept at the next press.
    """
    if WAITED in request.form:
        return FormState(request.form, {"form": NOT_YET}, REFUSED)
    try:
        with request.session.begin_nested():
            return act()
    except NotFound:
        raise
    except Refused as error:
        request.session.expire_all()
        return FormState(request.form, error.errors, STATUSES.get(type(error), REFUSED))


@dataclass(frozen=True)
class PageOf(Generic[T]):
    """A page with forms on it: how its subject is found and shown, and where one lands when a form was kept.

    ``form`` and ``button`` make a handler of a function that does what was asked. What the function refuses is shown
    on the page, beside what was typed; where it gives an address, one lands there instead.
    """

    find: Callable[[RequestContext], T]
    show: Callable[[RequestContext, T, FormState], Response]
    address: Callable[[T], str]

    def __call__(self, request: RequestContext) -> Response:
        """The page itself."""
        return self.show(request, self.find(request), EMPTY_FORM)

    def form(
        self, model: type[M], done: str = "bewaard"
    ) -> Callable[[Callable[[RequestContext, T, M], str | None]], Handler]:
        """A handler of a form with the fields of this model."""

        def handler_of(act: Callable[[RequestContext, T, M], str | None]) -> Handler:
            return self._handler(lambda request, subject: act(request, subject, checked(model, request.form)), done)

        return handler_of

    def button(self, done: str = "bewaard") -> Callable[[Callable[[RequestContext, T], str | None]], Handler]:
        """A handler of a form without fields, or one that reads them itself."""
        return lambda act: self._handler(act, done)

    def _handler(self, act: Callable[[RequestContext, T], str | None], done: str) -> Handler:
        def handler(request: RequestContext) -> Response:
            subject = self.find(request)
            outcome = attempt(request, lambda: act(request, subject))
            if isinstance(outcome, FormState):
                return self.show(request, subject, outcome)
            return request.to(outcome or self.address(subject), done)

        return handler


def dossier_of(request: RequestContext, kind: DossierKind | None = None) -> Dossier:
    """The dossier in the address, or the 404 of one that does not exist."""
    return log.dossier_for(request.session, request.viewer, request.params["dossier_id"], kind)


def lobby_dossier(request: RequestContext) -> Dossier:
    """As ``dossier_of``, where an application has no such page."""
    return dossier_of(request, DossierKind.LOBBY)


def no_subject(_request: RequestContext) -> None:
    """For a page that is about nothing in particular, such as the form of a new thing."""


def names(session: Session) -> dict[int, str]:
    """Everybody's name by id, for pages that show who did what."""
    return dict(session.exec(select(User.id, User.name)).all())


def participants(session: Session, day: date | None = None) -> list[tuple[str, str]]:
    """Choices of a participant, by name: those that exist on a day, or all there ever were."""
    rows = session.exec(select(Participant).order_by(col(Participant.name)))
    return [(p.id, p.name) for p in rows if day is None or takes_part(p, day)]


def named_challenges(session: Session) -> list[tuple[Challenge, Agenda]]:
    """The opgaven with a name and their agenda, of the newest agenda first."""
    both = select(Challenge, Agenda).join(Agenda).where(col(Challenge.name).is_not(None))
    return list(session.exec(both.order_by(col(Agenda.valid_from).desc(), col(Challenge.position))))


def opgaven(session: Session) -> list[tuple[str, str]]:
    """Choices of an opgave, with the agenda it is of."""
    return [(row.id, f"{challenge_name(row)} ({agenda.name})") for row, agenda in named_challenges(session)]
