"""Read an address book in, with a step in which a person says which column is what; and one person as a vCard."""

from datetime import date

from pydantic import BaseModel
from starlette.responses import Response

from db.models import Stakeholder
from db.vocabulary import Role
from db.vocabulary_audit import Action
from tracker.errors import Incomplete, NotFound
from tracker.exchange import import_address_book
from tracker.exchange.import_address_book import PARTS, AddressBook
from tracker.lobby.contacts import KEEP_PERSON, PURPOSE
from tracker.rights import must_have
from tracker.web.frame.actions import attempt
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import EMPTY_FORM, FormState, Line, checked
from tracker.web.frame.sheets import brought_file

SHOWN = 5


class MappingForm(BaseModel):
    """Which column is what, why the names are kept, and until when."""

    first: Line = ""
    middle: Line = ""
    last: Line = ""
    whole: Line = ""
    organisation: Line = ""
    office: Line = ""
    mail: Line = ""
    telephone: Line = ""
    purpose: Line = ""
    until: date

    def mapping(self) -> dict[str, str]:
        """Part to column."""
        return self.model_dump(include=set(PARTS))


def page(request: RequestContext) -> Response:
    """The form that asks for a file."""
    return _page(request, EMPTY_FORM, None, "")


def _page(request: RequestContext, state: FormState, book: AddressBook | None, content: str) -> Response:
    mapping = import_address_book.guess(book.columns) if book else {}
    if book and state.typed:
        mapping = {part: str(state.typed.get(part, "")) for part in PARTS}
    people = list(import_address_book.people_of(book, mapping)) if book else []
    return request.page(
        "lobby/address_book.html",
        state=state,
        book=book,
        content=content,
        columns=[(column, column) for column in book.columns] if book else [],
        parts=[(part, label, mapping.get(part, "")) for part, (label, _) in PARTS.items()],
        people=people[:SHOWN],
        left=sum(not import_address_book.is_whole(person) for person in people),
        purpose=PURPOSE,
        until=request.now.today + KEEP_PERSON,
    )


def bring(request: RequestContext) -> Response:
    """First the columns, then the people; nothing is kept before the second press."""
    must_have(request.deed, Role.FUNDRAISER, "Met de rol lezer kunt u niemand inlezen.")
    read = attempt(request, lambda: _read(request))
    if isinstance(read, FormState):
        return _page(request, read, None, "")
    book, text = read
    if "keep" not in request.form:
        return _page(request, FormState(request.form, {}) if "first" in request.form else EMPTY_FORM, book, text)
    brought = attempt(request, lambda: _bring(request, book))
    if isinstance(brought, FormState):
        return _page(request, brought, book, text)
    request.record(
        Action.ADDRESS_BOOK_READ, "contacts", f"{brought.new} new, {brought.known} known, {brought.left} left out"
    )
    return request.to("/organisaties", "bewaard")


def _read(request: RequestContext) -> tuple[AddressBook, str]:
    """The book and its text, of the file or as it was shown already. Raises Incomplete."""
    file = brought_file(request)
    content = str(request.form.get("content", "")).encode() if file is None else file[0]
    if not content.strip():
        raise Incomplete("Kies een bestand.", "file")
    return import_address_book.read_address_book(content), import_address_book.text_of_file(content)


def _bring(request: RequestContext, book: AddressBook) -> import_address_book.Brought:
    form = checked(MappingForm, request.form)
    return import_address_book.bring(request.deed, book, form.mapping(), form.purpose, form.until)


def vcard(request: RequestContext) -> Response:
    """A person of the own organisation's contacts, for a telephone."""
    who = request.named(Stakeholder, "stakeholder_id")
    if who.participant_id != request.viewer.participant_id or not who.person:
        raise NotFound
    headers = {"Content-Disposition": f'attachment; filename="contact-{who.id}.vcf"', "Cache-Control": "no-store"}
    return Response(import_address_book.vcard(who), media_type="text/vcard; charset=utf-8", headers=headers)
