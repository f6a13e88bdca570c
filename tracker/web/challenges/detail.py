"""One opgave: its calls, team and words; editable by a coordinator, with a live "this would match"."""

from typing import Any

from pydantic import BaseModel, Field, field_validator
from sqlmodel import col, select
from starlette.responses import Response

from db.models import Challenge, Participant, Team, User
from db.queries import CallFilter
from db.rights import has_role
from db.vocabulary import ChallengeStatus, Role, Status
from tracker.challenges.teams import members_of, readers
from tracker.matching.preview_words import preview_words
from tracker.matching.search import find
from tracker.web.calls.rows import rows_for
from tracker.web.frame import audit, forms
from tracker.web.frame.context import NotThere, RequestContext

MOST_WORDS = 200
MOST_TRIED, MOST_LOST = 15, 5
WORDS = ("words_nl", "words_en", "words_not")


def _lines(value: Any) -> Any:
    """One word or phrase a line, or separated by commas; without repeats."""
    if not isinstance(value, str):
        return value
    found = (" ".join(part.split()) for line in value.splitlines() for part in line.split(","))
    return list(dict.fromkeys(part for part in found if part))


class Edited(BaseModel):
    """The form of an opgave; the words stand one to a line."""

    version: int = Field(ge=1)
    name: str = Field(min_length=1, max_length=300)
    goal: str = Field(default="", max_length=4000)
    words_nl: list[str] = Field(default_factory=list, max_length=MOST_WORDS)
    words_en: list[str] = Field(default_factory=list, max_length=MOST_WORDS)
    words_not: list[str] = Field(default_factory=list, max_length=MOST_WORDS)

    @field_validator("words_nl", "words_en", "words_not", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return _lines(value[-1] if isinstance(value, list) and value else value)

    @field_validator("words_nl", "words_en", "words_not")
    @classmethod
    def _long_enough(cls, value: list[str]) -> list[str]:
        short = [word for word in value if len(word.strip("*")) < 3]
        if short:
            raise ValueError(f"Te kort om op te zoeken: {', '.join(short)}.")
        return value


def find_challenge(request: RequestContext) -> Challenge:
    """The opgave of the address."""
    found = request.session.get(Challenge, request.params["challenge_id"])
    if found is None:
        raise NotThere
    return found


def show(request: RequestContext) -> Response:
    """Goal, team, standing calls."""
    challenge = find_challenge(request)
    wanted = CallFilter(challenges=(challenge.id,), status=(Status.OPEN, Status.ANNOUNCED, Status.EXPECTED))
    found = find(request.session, wanted, request.viewer, request.now.instant)
    team = request.session.get(Team, challenge.id)
    return request.page(
        "challenges/detail.html",
        challenge=challenge,
        children=request.session.exec(
            select(Challenge).where(Challenge.parent_id == challenge.id).order_by(col(Challenge.position))
        ).all(),
        found=found,
        rows=rows_for(request.session, found.calls, request.viewer, request.now.instant, about=wanted.challenges),
        team=team,
        contact=request.session.get(User, team.contact_id) if team and team.contact_id else None,
        leads=[p for p in (request.session.get(Participant, i) for i in (team.leads if team else [])) if p],
        members=members_of(request.session, challenge.id),
        turn=readers(request.session, challenge.id, request.now.today),
        may_edit=has_role(request.viewer, Role.COORDINATOR),
        may_open=has_role(request.viewer, Role.FUNDRAISER),
    )


def edit(request: RequestContext) -> Response:
    """The form."""
    challenge = find_challenge(request)
    return _form(request, challenge, {})


def save(request: RequestContext) -> Response:
    """Keep what was typed, unless somebody else changed the opgave meanwhile: then both versions are shown."""
    challenge = find_challenge(request)
    form, errors = forms.filled(Edited, request.form)
    if form is None:
        return _form(request, challenge, errors, 422)
    if request.form.get("proef"):
        return _form(request, challenge, {})
    request.session.refresh(challenge, with_for_update=True)
    if form.version != challenge.version:
        return _form(request, challenge, {}, 409, theirs=challenge)
    for name in ("name", "goal", *WORDS):
        setattr(challenge, name, getattr(form, name))
    challenge.version += 1
    if challenge.status == ChallengeStatus.UNKNOWN:
        challenge.status = ChallengeStatus.PROGRAMME
    audit.record(request, "opgave changed", f"challenge {challenge.id}", f"version {challenge.version}")
    return request.to(f"/opgaven/{challenge.id}", done="opgave")


def preview(request: RequestContext) -> Response:
    """What the form would match, while it is typed."""
    challenge = find_challenge(request)
    return request.page("challenges/detail_edit.html", block="proef", **_tried(request, challenge))


def _form(
    request: RequestContext, challenge: Challenge,
    errors: forms.Errors, status: int = 200, theirs: Challenge | None = None,
) -> Response:  # fmt: skip
    return request.page(
        "challenges/detail_edit.html",
        status,
        challenge=challenge,
        errors=errors,
        typed=request.form,
        theirs=theirs,
        **_tried(request, challenge),
    )


def _tried(request: RequestContext, challenge: Challenge) -> dict[str, Any]:
    """What would match with what stands in the form."""
    changed = {name: _lines(str(request.form[name]))[:MOST_WORDS] for name in WORDS if name in request.form}
    texts = {name: str(request.form[name]) for name in ("name", "goal") if name in request.form}
    edited = Challenge(**{**challenge.model_dump(), **texts, **changed})
    found = preview_words(request.session, request.site.trials, edited, request.now.instant)
    return {
        "found": found,
        "tried": rows_for(request.session, found.calls[:MOST_TRIED], request.viewer, request.now.instant),
        "lost": found.lost[:MOST_LOST],
    }
