"""Beheer: what is kept of one person, as a file to hand over; and erasing them, seen first and pressed twice."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel
from sqlmodel import select
from sqlmodel.sql.expression import SelectOfScalar
from starlette.responses import Response

from db.models import Document, Dossier, Stakeholder, User
from db.rights import attached, visible
from db.vocabulary_audit import Action
from notifications.mail_folder import remove_letters
from tracker.care.access import Tables, access_export, access_export_person, as_one_file, called
from tracker.care.erasure import Preview, erase_person, erase_user, preview
from tracker.care.holds import hold_of
from tracker.care.places import Place
from tracker.errors import Incomplete, NotFound
from tracker.people.data_register import categories
from tracker.people.participants import arranges
from tracker.web.frame.actions import PageOf
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState

CHANGED = "Er is intussen iets veranderd: kijk nog eens na wat er gewist wordt."


class EraseForm(BaseModel):
    """That one has seen what goes; which surnames alone are this person's; and that it is meant."""

    seal: str = ""
    also: list[str] = []
    sure: bool = False


def find_contact(request: RequestContext) -> Stakeholder:
    """A person whom the own organisation keeps."""
    person = request.named(Stakeholder, "stakeholder_id")
    if person.participant_id != request.viewer.participant_id:
        raise NotFound
    return person


def find_user(request: RequestContext) -> User:
    """A user whom this administrator arranges things for, never oneself."""
    user = request.named(User, "user_id")
    if user.id == request.viewer.user_id or not arranges(request.session, request.user, user.participant_id):
        raise NotFound
    return user


def _ours(request: RequestContext, places: list[Place]) -> list[Place]:
    """What may be shown: the own organisation's. Elsewhere the whole name goes as well, untold."""
    return [place for place in places if place.participant_id == request.viewer.participant_id]


def _page(request: RequestContext, person: Stakeholder | User, state: FormState) -> Response:
    seen = preview(request.session, person, request.now.instant)
    kept = _kept(request, person, seen.every)
    return request.page(
        "care/person.html",
        state=state,
        **_said(request, person),
        address=_address(person),
        counts=sorted(Counter(kind_of(table) for table, rows in kept.items() for _ in rows).items()),
        kind_of=kind_of,
        seen=seen,
        sure=_ours(request, seen.sure),
        doubtful=_ours(request, seen.doubtful),
        files=_known(request, select(Document.id).where(attached(request.viewer)), seen.files),
        held=_known(request, select(Dossier.id).where(visible(request.viewer, Dossier)), seen.held),
    )


def _known(request: RequestContext, seen: SelectOfScalar[int], numbers: Iterable[int]) -> list[int]:
    """Those of them that the administrator may know of: files and dossiers of others stay untold."""
    known = set(request.session.exec(seen))
    return [number for number in numbers if number in known]


def kind_of(table: str) -> str:
    """What a table is called in the register of personal data."""
    return next(
        (about.name for about in categories().values() if table in about.tables), "Teksten waarin de naam staat"
    )


def _said(request: RequestContext, person: Stakeholder | User) -> dict[str, Any]:
    """Who it is, whether they are gone already and since when, and why they must stay."""
    if isinstance(person, User):
        return {"name": person.name, "erased": person.email.endswith("@invalid"), "erased_at": None, "hold": ""}
    hold = hold_of(request.session, person, request.now.today)
    name = person.person or "deze persoon"
    return {"name": name, "erased": not person.person, "erased_at": person.erased_at, "hold": hold}


def _address(person: Stakeholder | User) -> str:
    return f"/beheer/privacy/{'gebruikers' if isinstance(person, User) else 'personen'}/{person.id}"


def _kept(request: RequestContext, person: Stakeholder | User, found: Sequence[Place] | None = None) -> Tables:
    """What the administrator may see of it: files of others are not theirs to hand over."""
    if isinstance(person, User):
        return access_export(request.session, person, request.viewer, found)
    return access_export_person(request.session, person, request.viewer, found)


of_contact = PageOf(find_contact, _page, _address)
of_user = PageOf(find_user, _page, _address)


def contact_as_file(request: RequestContext) -> Response:
    """What is kept of a contact, to hand over."""
    return _as_file(request, find_contact(request))


def user_as_file(request: RequestContext) -> Response:
    """What is kept of a user, to hand over."""
    return _as_file(request, find_user(request))


def _as_file(request: RequestContext, person: Stakeholder | User) -> Response:
    content = as_one_file(_kept(request, person), request.now.instant)
    request.record(Action.ACCESS_EXPORT, called(person))
    return request.download("inzage.zip", content, "application/zip")


@of_contact.form(EraseForm, done="gewist")
def erase_contact(request: RequestContext, person: Stakeholder, form: EraseForm) -> None:
    """Erase a person we speak with."""
    _must_be_sure(form)
    seen = _agreed(request, preview(request.session, person, request.now.instant), form)
    request.record(Action.ERASE, erase_person(request.session, person, request.now.instant, seen).who)


@of_user.form(EraseForm, done="gewist")
def erase_account(request: RequestContext, user: User, form: EraseForm) -> None:
    """Erase a user."""
    _must_be_sure(form)
    seen = _agreed(request, preview(request.session, user, request.now.instant), form)
    address = user.email
    request.record(Action.ERASE, erase_user(request.session, user, request.now.instant, seen).who)
    remove_letters(request.site.settings.mail, address)


def _must_be_sure(form: EraseForm) -> None:
    """Asked first: looking through every text takes long, and everybody who writes waits for it."""
    if not form.sure:
        raise Incomplete("Kijk na wat er gewist wordt en zet het vinkje: dit kan niet ongedaan.", "sure")


def _agreed(request: RequestContext, seen: Preview, form: EraseForm) -> list[Place]:
    """The surnames that were ticked. Raises Incomplete where the page is not the one that was looked at."""
    if form.seal != seen.seal:
        raise Incomplete(CHANGED, "sure")
    return [place for place in _ours(request, seen.doubtful) if place.name in form.also]
