"""Visie: of the region and of each opgave, what holds and what held, what is proposed, and the goals that serve it."""

from typing import ClassVar

from pydantic import BaseModel
from starlette.responses import Response

from db.lists import listed
from db.models import Challenge, Vision, VisionProposal
from notifications.wording import local_day
from tracker.account import releases, report, sheet, subjects, vision_paper, visions
from tracker.account.visions import ShownVision, VisionFields
from tracker.errors import NotFound
from tracker.web.calls.text_change import text_changes
from tracker.web.frame.actions import PageOf
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState, Line, Text
from tracker.web.frame.lists import ListQuery
from tracker.web.frame.phrases import challenge_name

COLUMNS = ("visie", "opgave", "versie", "geldt sinds", "geschreven door", "tekst", "doelen", "vindplaats")
PATH = "/visie"


class VisionsQuery(ListQuery):
    PATH: ClassVar[str] = PATH


class OfQuery(BaseModel):
    """Of which opgave a text is proposed; of none, of the region."""

    opgave: Line = ""


class ProposalForm(BaseModel):
    """A text as it is typed; ``seen``: the number of the version that it is written on."""

    opgave: Line = ""
    title: Line = ""
    text: Text = ""
    authors: Line = ""
    why: Text = ""
    seen: int = 0

    @property
    def fields(self) -> VisionFields:
        """The same, to keep."""
        return VisionFields(self.title, self.text, self.authors, self.why)


class AnswerForm(BaseModel):
    seen: int
    answer: Text = ""


def index(request: RequestContext) -> Response:
    """Every visie that holds."""
    query, rows = request.read_query(VisionsQuery), visions.visions(request.session, request.viewer)
    return request.page("account/visions.html", query=query, listed=listed(rows, query.page), errors={})


def as_file(request: RequestContext) -> Response:
    """The same with their words, as a file."""
    request.read_query(VisionsQuery)
    rows = visions.visions(request.session, request.viewer)
    return request.file("visies", COLUMNS, [_cells(request, one) for one in rows if one.now])


def _cells(request: RequestContext, one: ShownVision) -> tuple[object, ...]:
    assert one.now is not None
    return (
        one.title, challenge_name(one.challenge) if one.challenge else "", one.now.number, local_day(one.now.since),
        one.now.authors, one.now.text, one.goals, f"{request.site.settings.base_url}{PATH}/{one.row.id}",
    )  # fmt: skip


def _shown(request: RequestContext) -> ShownVision:
    return visions.shown_vision(request.session, request.viewer, request.params["vision_id"])


def _show(request: RequestContext, one: ShownVision, state: FormState) -> Response:
    session, viewer, today = request.session, request.viewer, request.now.today
    subject = subjects.subject_of(session, f"{subjects.OPGAVEN}/{one.row.challenge_id}" if one.challenge else "")
    return request.page(
        "account/visions_show.html",
        state=state,
        one=one,
        standing=releases.standing_of(session, request.user, one.now) if one.now else None,
        paragraphs=vision_paper.paragraphs(one.now.text) if one.now else [],
        goals=[(goal, sheet.number(goal.target)) for goal in visions.serving(session, one.row)],
        versions=visions.versions_of(session, one.row),
        proposals=[visions.shown_proposal(session, p) for p in visions.proposals_of(session, viewer, one.row)],
        account=report.account_of(session, viewer, subject, report.year_span(today.year, today, today)),
        account_path=f"/verantwoording/{subject.path}".rstrip("/"),
        report=report,
    )


show = PageOf(_shown, _show, lambda one: f"{PATH}/{one.row.id}")


def version(request: RequestContext) -> Response:
    """The words as they held before, and what was new in them."""
    one = _shown(request)
    words = visions.version_of(request.session, one.row, request.params["number"])
    if words is None:
        raise NotFound
    before = visions.version_of(request.session, one.row, words.number - 1)
    return request.page(
        "account/visions_version.html", one=one, words_then=words, paragraphs=vision_paper.paragraphs(words.text),
        changes=text_changes(before.text, words.text) if before else [], before=before, errors={},
    )  # fmt: skip


def as_pdf(request: RequestContext) -> Response:
    """The words that hold, on paper."""
    one = _shown(request)
    if one.now is None:
        raise NotFound
    written = vision_paper.as_pdf(one.now, visions.serving(request.session, one.row))
    return request.download(f"visie-{one.row.id}-versie-{one.now.number}.pdf", written)


def _about(request: RequestContext) -> Challenge | None:
    """The opgave that a form or address names; none for the region."""
    asked = request.form.get("opgave") or ("" if request.form else request.read_query(OfQuery).opgave)
    challenge = request.session.get(Challenge, asked) if asked else None
    if asked and challenge is None:
        raise NotFound
    return challenge


def _form(request: RequestContext, challenge: Challenge | None, state: FormState) -> Response:
    vision = visions.vision_of(request.session, challenge.id if challenge else visions.REGION)
    now = visions.version_of(request.session, vision) if vision else None
    return request.page("account/visions_form.html", state=state, challenge=challenge, vision=vision, holds=now)


def _of_challenge(_: Challenge | None) -> str:
    return PATH


new = PageOf(_about, _form, _of_challenge)


@new.form(ProposalForm)
def propose(request: RequestContext, challenge: Challenge | None, form: ProposalForm) -> str:
    """Bring a text in."""
    made = visions.propose(request.deed, challenge.id if challenge else visions.REGION, form.fields, form.seen)
    return f"{PATH}/voorstellen/{made.id}"


def _proposal(request: RequestContext) -> VisionProposal:
    return visions.proposal_for(request.session, request.viewer, request.params["proposal_id"])


def _show_proposal(request: RequestContext, row: VisionProposal, state: FormState) -> Response:
    session, viewer = request.session, request.viewer
    shown = visions.shown_proposal(session, row)
    vision = session.get_one(Vision, row.vision_id)
    return request.page(
        "account/visions_proposal.html", state=state, proposal=shown, row=row,
        one=visions.shown_vision(session, viewer, row.vision_id), behind=row.number < vision.number,
        paragraphs=vision_paper.paragraphs(row.text), may_decide=visions.may_decide(viewer, row),
        own=row.proposed_by == request.user.id,
        changes=text_changes(shown.before.text, row.text) if shown.before else [],
    )  # fmt: skip


show_proposal = PageOf(_proposal, _show_proposal, lambda row: f"{PATH}/{row.vision_id}")


@show_proposal.form(AnswerForm)
def take_over(request: RequestContext, row: VisionProposal, form: AnswerForm) -> None:
    """It holds from now on."""
    visions.take_over(request.deed, row, form.answer, form.seen)


@show_proposal.form(AnswerForm)
def decline(request: RequestContext, row: VisionProposal, form: AnswerForm) -> None:
    """It is not taken over."""
    visions.decline(request.deed, row, form.answer, form.seen)


@show_proposal.form(AnswerForm)
def withdraw(request: RequestContext, row: VisionProposal, form: AnswerForm) -> None:
    """Who brought it in takes it back."""
    visions.withdraw(request.deed, row, form.seen)
