"""One opgave: its calls, team and words; editable by a coordinator, with a live "this would match"."""

from typing import Any

from pydantic import BaseModel, Field, field_validator
from sqlmodel import col, select
from starlette.responses import Response

from db.models import Challenge, Participant, Team, User
from db.queries import CallFilter
from db.vocabulary import ChallengeStatus, Status
from db.vocabulary_audit import Action
from tracker.account import visions
from tracker.challenges.teams import members_of, readers
from tracker.errors import ChangedMeanwhile
from tracker.knowledge.related import publications_beside
from tracker.lobby.by_challenge import lobby_of
from tracker.matching.certainty import certainty
from tracker.matching.preview_words import PreviewScorer, preview_words
from tracker.matching.run import waiting_calls
from tracker.matching.search import find
from tracker.web.calls.rows import rows_for
from tracker.web.frame.actions import STATUSES, PageOf
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState, filled

MOST_WORDS = 200
MOST_TRIED, MOST_LOST = 15, 5
WORDS = ("words_nl", "words_en", "words_not")


def _lines(value: Any) -> Any:
    """One word or phrase a line, or separated by commas; without repeats."""
    if not isinstance(value, str):
        return value
    phrases = (" ".join(part.split()) for line in value.splitlines() for part in line.split(","))
    return list(dict.fromkeys(part for part in phrases if part))


class WordsForm(BaseModel):
    """What is typed of an opgave; the words stand one to a line."""

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


class ChallengeForm(WordsForm):
    """The form of an opgave that is there already."""

    version: int = Field(ge=1)


def find_challenge(request: RequestContext) -> Challenge:
    """The opgave of the address."""
    return request.named(Challenge, "challenge_id")


def show(request: RequestContext) -> Response:
    """Goal, team, standing calls."""
    session = request.session
    challenge = find_challenge(request)
    wanted = CallFilter(challenges=(challenge.id,), status=(Status.OPEN, Status.ANNOUNCED, Status.EXPECTED))
    results = find(session, wanted, request.now.instant)
    team = session.get(Team, challenge.id)
    return request.page(
        "challenges/detail.html",
        challenge=challenge,
        certainty=certainty(session, request.viewer, challenge),
        vision=visions.of_challenge(session, request.viewer, challenge),
        **_until_matched(request, challenge),
        children=session.exec(
            select(Challenge).where(Challenge.parent_id == challenge.id).order_by(col(Challenge.position))
        ).all(),
        known=publications_beside(session, request.viewer, challenge.id),
        lobby_of=lobby_of(session, request.viewer, challenge, request.now.today),
        found=results,
        rows=rows_for(request, results.calls, about=wanted.challenges),
        team=team,
        contact=session.get(User, team.contact_id) if team and team.contact_id else None,
        leads=[p for p in (session.get(Participant, i) for i in (team.leads if team else [])) if p],
        members=members_of(session, challenge.id),
        turn=readers(session, challenge.id, request.now.today),
    )


def _until_matched(request: RequestContext, challenge: Challenge) -> dict[str, Any]:
    """While calls wait to be matched with the words of now: how many, and what these words find meanwhile."""
    waiting = waiting_calls(request.session) if challenge.words_nl or challenge.words_en else 0
    return {"waiting": waiting, **(tried(request, challenge) if waiting else {"tried": []})}


def _form(request: RequestContext, challenge: Challenge, state: FormState) -> Response:
    theirs = challenge if state.status == STATUSES[ChangedMeanwhile] else None
    return request.page(
        "challenges/detail_edit.html", state=state, challenge=challenge, theirs=theirs,
        certainty=certainty(request.session, request.viewer, challenge), **tried(request, challenge),
    )  # fmt: skip


edit = PageOf(find_challenge, _form, lambda challenge: f"/opgaven/{challenge.id}")


@edit.form(ChallengeForm, done="opgave")
def keep(request: RequestContext, challenge: Challenge, form: ChallengeForm) -> None:
    """Keep what was typed, unless somebody else changed the opgave meanwhile: then both versions are shown."""
    request.session.refresh(challenge, with_for_update=True)
    if form.version != challenge.version:
        raise ChangedMeanwhile("")  # the page says it in its own words
    for name in ("name", "goal", *WORDS):
        setattr(challenge, name, getattr(form, name))
    challenge.version += 1
    challenge.changed_at = request.now.instant
    if challenge.status == ChallengeStatus.UNKNOWN:
        challenge.status = ChallengeStatus.PROGRAMME
    request.record(Action.OPGAVE_CHANGED, f"challenge {challenge.id}", f"version {challenge.version}")


def save(request: RequestContext) -> Response:
    """Keep what was typed; with the button "proef" only show what it would match."""
    _, errors = filled(ChallengeForm, request.form)
    if errors or not request.form.get("proef"):
        return keep(request)
    return _form(request, find_challenge(request), FormState(request.form, {}))


def preview(request: RequestContext) -> Response:
    """What the form would match, while it is typed."""
    return request.page("challenges/detail_edit.html", block="proef", **tried(request, find_challenge(request)))


def tried(request: RequestContext, challenge: Challenge) -> dict[str, Any]:
    """What would match with what stands in the form; nothing of it is kept."""
    changed = {name: _lines(str(request.form[name]))[:MOST_WORDS] for name in WORDS if name in request.form}
    texts = {name: str(request.form[name]) for name in ("name", "goal") if name in request.form}
    edited = Challenge(**{**challenge.model_dump(), **texts, **changed})
    preview = preview_words(request.session, request.site.part(PreviewScorer), edited, request.now.instant)
    return {
        "preview": preview,
        "tried": rows_for(request, preview.calls[:MOST_TRIED]),
        "lost": preview.lost[:MOST_LOST],
    }
