"""A dossier that leaves: decided piece by piece for a Woo request, and with its metadata for the archive."""

from typing import Annotated

from pydantic import BaseModel, Field
from starlette.responses import Response

from db.models import Dossier
from db.vocabulary_audit import Action
from db.vocabulary_care import WooGround, WooVerdict
from tracker.care import woo
from tracker.errors import NotFound
from tracker.rights import may_change
from tracker.web.frame import actions
from tracker.web.frame.actions import PageOf, attempt, dossier_of
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import EMPTY_FORM, FormState, Line, filled


class WooForm(BaseModel):
    """What one decides on a piece; ``more``: words of one's own to leave out, a line each, as personal data."""

    piece: Line
    seal: Line
    verdict: WooVerdict
    struck: list[str] = []
    more: Line = ""
    ground: WooGround | None = None
    seen: Line = ""

    def judgement(self) -> woo.WooJudgement:
        """As the subject keeps it."""
        pairs = [(word, ground) for ground, _, word in (one.partition("|") for one in self.struck) if word]
        own = [(word.strip(), WooGround.PRIVACY.value) for word in self.more.split(";") if word.strip()]
        known = tuple((word, ground) for word, ground in pairs if ground in list(WooGround))
        return woo.WooJudgement(self.piece, self.seal, self.verdict, (*known, *own), self.ground, self.seen)


class ArchiveForm(BaseModel):
    """How a dossier is valued."""

    valuation: Line = ""
    years: Annotated[int, Field(ge=1, le=999)] | None = None
    category: Line = ""
    selection_list: Line = ""


def find_own(request: RequestContext) -> Dossier:
    """A dossier that the viewer may change; of another organisation it is not theirs to give away."""
    dossier = dossier_of(request)
    if not may_change(request.viewer, dossier):
        raise NotFound
    return dossier


def _page(request: RequestContext, dossier: Dossier, state: FormState) -> Response:
    pieces = woo.judged(request.session, request.viewer, dossier)
    return request.page(
        "care/woo.html",
        state=state,
        dossier=dossier,
        pieces=pieces,
        left=sum(one.decision is None for one in pieces),
        names=actions.names(request.session),
        grounds=[(ground.value, ground.label) for ground in WooGround],
    )


page = PageOf(find_own, _page, lambda dossier: f"/dossiers/{dossier.id}/woo")


@page.form(WooForm)
def decide(request: RequestContext, dossier: Dossier, form: WooForm) -> None:
    """Decide on one piece."""
    row = woo.decide(request.deed, dossier, form.judgement())
    request.record(Action.WOO_DECIDED, f"dossier {dossier.id}", f"{row.piece}: {row.verdict}")


def as_bundle(request: RequestContext) -> Response:
    """The decided dossier as one file."""
    dossier = find_own(request)
    content = attempt(request, lambda: woo.bundle(request.session, request.viewer, dossier, request.now.instant))
    if isinstance(content, FormState):
        return _page(request, dossier, content)
    request.record(Action.WOO_EXPORTED, f"dossier {dossier.id}")
    return _zip(request, content, f"woo-{dossier.id}")


def _archive_page(request: RequestContext, dossier: Dossier, state: FormState) -> Response:
    from tracker.care import archive  # with what writes XML, 4 MiB

    return request.page("care/archive.html", state=state, dossier=dossier, values=list(archive.VALUES.items()))


archive_page = PageOf(find_own, _archive_page, lambda dossier: f"/dossiers/{dossier.id}/archief")


def as_archive(request: RequestContext) -> Response:
    """The closed dossier with its metadata, as one file."""
    from tracker.care import archive

    dossier = find_own(request)
    form, errors = filled(ArchiveForm, request.query)
    if form is None:
        return _archive_page(request, dossier, FormState(EMPTY_FORM.typed, errors, 422))
    terms = archive.ArchiveTerms(**form.model_dump())
    content = attempt(
        request, lambda: archive.bundle(request.session, request.viewer, dossier, terms, request.now.instant)
    )
    if isinstance(content, FormState):
        return _archive_page(request, dossier, content)
    request.record(Action.ARCHIVE_EXPORTED, f"dossier {dossier.id}")
    return _zip(request, content, f"archief-{dossier.id}")


def _zip(request: RequestContext, content: bytes, name: str) -> Response:
    return request.download(f"{name}.zip", content, "application/zip")
