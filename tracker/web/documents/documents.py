"""Documents: what hangs on a dossier, a position or a contact; add a file or a link, fetch it, take it back."""

from collections.abc import Callable
from typing import Annotated, Any, cast
from urllib.parse import quote

from pydantic import BaseModel, Field
from starlette.datastructures import UploadFile
from starlette.responses import Response

from db.models import ContactMoment, Document, Dossier, Position
from db.rights import wider
from db.vocabulary import Visibility
from db.vocabulary_audit import Action
from db.vocabulary_documents import DocumentKind
from db.vocabulary_lobby import DossierKind
from tracker.documents import documents
from tracker.documents.documents import Host, document_for
from tracker.documents.file_types import ENDINGS, MEDIA_TYPES
from tracker.errors import Incomplete, NotFound
from tracker.lobby.audience import audiences
from tracker.lobby.contacts import contact_for
from tracker.lobby.positions import called, position_for
from tracker.rights import may_change
from tracker.web.frame.actions import PageOf, dossier_of, lobby_dossier
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState, Line, SeenForm, Sharing

# What a browser may do with a file that somebody put here: keep it. It shows nothing of it within our pages.
AS_FILE = {
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}


class DocumentForm(BaseModel):
    """A file comes beside these; a link has an address and what it leads to."""

    title: Line = ""
    url: Annotated[str, Field(max_length=1000)] = ""
    link: bool = False
    visibility: Sharing = Visibility.OWN


def _address(host: Host) -> str:
    """Where what it hangs on has its page."""
    if isinstance(host, Position):
        return f"/dossiers/{host.dossier_id}/standpunten"
    if isinstance(host, ContactMoment):
        return f"/contacten/{host.id}"
    return f"/{'aanvragen' if host.kind == DossierKind.APPLICATION else 'dossiers'}/{host.id}"


def _page_of(host: Host) -> str:
    """Where its documents have theirs."""
    if isinstance(host, Position):
        return f"/dossiers/{host.dossier_id}/standpunten/{host.id}/documenten"
    start = f"/contacten/{host.id}" if isinstance(host, ContactMoment) else f"/dossiers/{host.id}"
    return f"{start}/documenten"


def _name(request: RequestContext, host: Host) -> str:
    if isinstance(host, Dossier):
        return host.title
    if isinstance(host, ContactMoment):
        return "Contact"
    return f"{request.session.get_one(Dossier, host.dossier_id).title}, {called(host)}"


def _show(request: RequestContext, host: Host, state: FormState) -> Response:
    session, viewer = request.session, request.viewer
    dossier = host if isinstance(host, Dossier) else session.get(Dossier, host.dossier_id or 0)
    choices = audiences(session, request.viewer, dossier)
    rows = documents.documents_of(session, viewer, host)
    return request.page(
        "documents/documents.html",
        state=state,
        rows=[(row, may_change(viewer, row.document)) for row in rows],
        history=documents.history_of(session, viewer, host),
        back=_address(host),
        here=_page_of(host),
        name=_name(request, host),
        audiences=[choice for choice in choices if not wider(choice.visibility, host.visibility)],
        megabytes=request.site.settings.document_megabytes,
        accept=",".join(f".{ending}" for endings in ENDINGS.values() for ending in endings),
    )


def _position(request: RequestContext) -> Position:
    return position_for(request.session, request.viewer, lobby_dossier(request), request.params["number"])


def _contact(request: RequestContext) -> ContactMoment:
    return contact_for(request.session, request.viewer, request.params["contact_id"])


def _page(find: Callable[[RequestContext], Any]) -> PageOf[Any]:
    return PageOf(find, _show, _page_of)


on_dossier, on_position, on_contact = _page(dossier_of), _page(_position), _page(_contact)


def _add(request: RequestContext, host: Host, form: DocumentForm) -> None:
    """Keep a file, or the link that was typed."""
    if form.link:
        documents.add_link(request.deed, host, form.title, form.url, form.visibility)
        return
    file = brought_document(request)
    if file is None:
        raise Incomplete("Kies een bestand.", "file")
    name, content, most = file
    documents.add_file(request.deed, host, name, content, form.visibility, most)


def brought_document(request: RequestContext) -> tuple[str, bytes, int] | None:
    """Name and bytes of the form's file, and how many are allowed; a field that was left empty brings no name."""
    file, most = request.form.get("file"), request.site.settings.document_megabytes * 2**20
    if not isinstance(file, UploadFile) or not file.filename:
        return None
    file.file.seek(0)
    return file.filename, file.file.read(most + 1), most


add_to_dossier, add_to_position, add_to_contact = (
    page.form(DocumentForm)(_add) for page in (on_dossier, on_position, on_contact)
)


def fetch(request: RequestContext) -> Response:
    """The file itself, to keep and not to show; that somebody took it along is on record."""
    document = document_for(request.session, request.viewer, request.params["document_id"])
    if document.kind == DocumentKind.LINK:
        raise NotFound
    content = documents.content_of(request.session, document)
    request.record(Action.DOCUMENT_FETCHED, f"document {document.id}", dossier_id=document.dossier_id)
    return file_answer(document.name, document.kind, content)


def file_answer(name: str, kind: str, content: bytes) -> Response:
    """A file that somebody put here, to keep under its own name."""
    ascii_name = name.encode("ascii", "replace").decode().replace("?", "_")
    disposition = f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {**AS_FILE, "Content-Disposition": disposition}
    return Response(content, media_type=MEDIA_TYPES[DocumentKind(kind)], headers=headers)


def _found(request: RequestContext) -> Document:
    return document_for(request.session, request.viewer, request.params["document_id"])


def _host(request: RequestContext, document: Document) -> Host:
    """What a document hangs on, nearest first."""
    ways = ((Position, document.position_id), (ContactMoment, document.contact_id), (Dossier, document.dossier_id))
    model, key = next((model, key) for model, key in ways if key is not None)
    return cast(Host, request.session.get_one(model, key))


def _show_host(request: RequestContext, document: Document, state: FormState) -> Response:
    return _show(request, _host(request, document), state)


@PageOf(_found, _show_host, lambda _: "/dossiers").form(SeenForm, done="ingetrokken")
def withdraw(request: RequestContext, document: Document, form: SeenForm) -> str:
    """Take a document back."""
    address = _page_of(_host(request, document))
    documents.withdraw(request.deed, document, form.seen)
    return address
