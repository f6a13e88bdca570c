"""What of the account is public: proposing, letting it, ending it; and the pages and files for everybody."""

from typing import Literal

from pydantic import BaseModel
from starlette.responses import Response

from db.models import AccountReport, VisionVersion
from db.vocabulary_account import Figure
from tracker.account import kept_sheet, releases, report, reports, sheet, vision_paper, visions
from tracker.account.periods import name_of_report
from tracker.account.releases import Thing
from tracker.errors import NotFound
from tracker.web.account.reports import show as report_page
from tracker.web.account.visions import show as vision_page
from tracker.web.frame.context import RequestContext

DEEDS = {"confirm": releases.confirm, "drop": releases.drop, "end": releases.end}


class ProposeForm(BaseModel):
    """Nothing is asked."""


class DecideForm(BaseModel):
    release: int
    deed: Literal["confirm", "drop", "end"]
    seen: int


@report_page.form(ProposeForm)
def propose_report(request: RequestContext, row: AccountReport, _: ProposeForm) -> None:
    """Put a report before a second person."""
    releases.propose(request.deed, row)


@report_page.form(DecideForm)
def decide_report(request: RequestContext, row: AccountReport, form: DecideForm) -> None:
    """Let it, not, or end it."""
    _decide(request, row, form)


@vision_page.form(ProposeForm)
def propose_vision(request: RequestContext, one: visions.ShownVision, _: ProposeForm) -> None:
    """Put the words that hold before a second person."""
    releases.propose(request.deed, _words(one))


@vision_page.form(DecideForm)
def decide_vision(request: RequestContext, one: visions.ShownVision, form: DecideForm) -> None:
    """Let them, not, or end it."""
    _decide(request, _words(one), form)


def _words(one: visions.ShownVision) -> VisionVersion:
    if one.now is None:
        raise NotFound
    return one.now


def _decide(request: RequestContext, thing: Thing, form: DecideForm) -> None:
    DEEDS[form.deed](request.deed, releases.release_for(request.session, thing, form.release), form.seen)


def _gone(request: RequestContext) -> Response:
    return request.page("knowledge/public_gone.html", 410)


def public_report(request: RequestContext) -> Response:
    """A report for everybody: its figures and goals, and no rows."""
    row = releases.public_report(request.session, request.params["report_id"])
    if row is None:
        return _gone(request)
    return request.page(
        "account/public_report.html", row=row, name_of_report=name_of_report, found=reports.figures_of(row),
        figure=Figure, report=report, goals=reports.goals_of(row), number=sheet.number,
    )  # fmt: skip


def public_report_pdf(request: RequestContext) -> Response:
    """The same on paper."""
    row = releases.public_report(request.session, request.params["report_id"])
    if row is None:
        return _gone(request)
    return _pdf(f"verslag-{row.id}", kept_sheet.public_pdf(row))


def public_vision(request: RequestContext) -> Response:
    """A visie for everybody."""
    words = releases.vision_shown(request.session, request.params["vision_id"])
    if words is None:
        return _gone(request)
    return request.page("account/public_vision.html", words_now=words, paragraphs=vision_paper.paragraphs(words.text))


def public_vision_pdf(request: RequestContext) -> Response:
    """The same on paper."""
    words = releases.vision_shown(request.session, request.params["vision_id"])
    return _gone(request) if words is None else _pdf(f"visie-{words.vision_id}", vision_paper.as_pdf(words, ()))


def _pdf(name: str, content: bytes) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)
