"""The team of an opgave: its people in turns, and who reads in a week when the turn does not suit."""

from datetime import date, datetime, timedelta

from pydantic import BaseModel, Field
from sqlmodel import Session, col, select
from starlette.responses import Response

from db.models import Challenge, Duty, Participant, Team, TeamMember, User
from db.rights import RANK
from db.vocabulary import Role
from notifications.wording import local_day, short_day
from tracker.challenges.teams import Readers, members_of, monday_of, readers
from tracker.web.challenges.detail import find_challenge
from tracker.web.frame import audit, forms
from tracker.web.frame.context import RequestContext

WEEKS = 6  # this week and the next ones can be set by hand


class EditedTeam(BaseModel):
    """The form of a team."""

    version: int = Field(ge=0)
    contact_id: int | None = None
    coordinator_id: int | None = None
    patience: int = Field(default=5, ge=1, le=60)
    leads: list[str] = Field(default_factory=list, max_length=40)
    members: list[int] = Field(default_factory=list, max_length=40)


class Turn(BaseModel):
    """The form of one week; no reader means: by turns again."""

    week: date
    reader_id: int | None = None
    deputy_id: int | None = None


def edit_team(request: RequestContext) -> Response:
    """The form of the team."""
    return _team_form(request, find_challenge(request), {})


def save_team(request: RequestContext) -> Response:
    """Keep the team; the order of the list is the rota's."""
    challenge = find_challenge(request)
    form, errors = forms.filled(EditedTeam, request.form)
    if form is not None:
        errors = _strangers(request.session, form)
    if form is None or errors:
        return _team_form(request, challenge, errors, 422)
    team = request.session.get(Team, challenge.id, with_for_update=True)
    if team is not None and form.version != team.version:
        return _team_form(request, challenge, {"version": "Iemand anders wijzigde dit team net."}, 409)
    team = team or Team(challenge_id=challenge.id, version=0)
    team.contact_id, team.coordinator_id = form.contact_id, form.coordinator_id
    team.patience, team.leads, team.version = form.patience, form.leads, team.version + 1
    request.session.add(team)
    for member in request.session.exec(select(TeamMember).where(TeamMember.challenge_id == challenge.id)):
        request.session.delete(member)
    request.session.flush()
    for position, user_id in enumerate(dict.fromkeys(form.members)):
        request.session.add(TeamMember(challenge_id=challenge.id, user_id=user_id, position=position))
    audit.record(request, "team changed", f"challenge {challenge.id}")
    return request.to(f"/opgaven/{challenge.id}", done="bewaard")


def set_turn(request: RequestContext) -> Response:
    """Set who reads in a week, by hand; or let the team take turns again."""
    challenge = find_challenge(request)
    form, errors = forms.filled(Turn, request.form)
    if form is not None:
        errors = _wrong_turn(request.session, challenge, form, request.now.instant)
    if form is None or errors:
        return _team_form(request, challenge, errors, 422)
    duty = request.session.exec(select(Duty).where(Duty.challenge_id == challenge.id, Duty.week == form.week)).first()
    if form.reader_id is None:
        if duty is not None:
            request.session.delete(duty)
    else:
        duty = duty or Duty(challenge_id=challenge.id, week=form.week, reader_id=form.reader_id)
        duty.reader_id, duty.deputy_id = form.reader_id, form.deputy_id
        request.session.add(duty)
    audit.record(request, "reading turn set", f"challenge {challenge.id}", form.week.isoformat())
    return request.to(f"/opgaven/{challenge.id}/team", done="bewaard")


def _wrong_turn(session: Session, challenge: Challenge, form: Turn, now: datetime) -> forms.Errors:
    team = {member.id for member in members_of(session, challenge.id)}
    wrong = {} if form.week in weeks(now) else {"week": "Kies een week uit de lijst."}
    for name in ("reader_id", "deputy_id"):
        if getattr(form, name) is not None and getattr(form, name) not in team:
            wrong[name] = "Kies iemand uit het team."
    if form.reader_id is not None and form.reader_id == form.deputy_id:
        wrong["deputy_id"] = "De plaatsvervanger is iemand anders dan de lezer."
    return wrong


def weeks(now: datetime) -> list[date]:
    """The Mondays of this week and the next ones."""
    first = monday_of(local_day(now))
    return [first + timedelta(weeks=n) for n in range(WEEKS)]


def _turns(session: Session, challenge: Challenge, now: datetime) -> list[tuple[date, Readers, bool]]:
    """Each week, who reads, and whether somebody set it by hand."""
    by_hand = {duty.week for duty in session.exec(select(Duty).where(Duty.challenge_id == challenge.id))}
    return [(week, readers(session, challenge.id, week), week in by_hand) for week in weeks(now)]


def _strangers(session: Session, form: EditedTeam) -> forms.Errors:
    people = {user.id for user in _people(session)}
    wrong = {
        name: "Kies iemand uit de lijst."
        for name in ("contact_id", "coordinator_id")
        if getattr(form, name) is not None and getattr(form, name) not in people
    }
    if not set(form.members) <= people:
        wrong["members"] = "Kies mensen uit de lijst."
    return wrong


def _people(session: Session) -> list[User]:
    return list(session.exec(select(User).where(col(User.deactivated_at).is_(None)).order_by(col(User.name))))


def _team_form(request: RequestContext, challenge: Challenge, errors: forms.Errors, status: int = 200) -> Response:
    team = request.session.get(Team, challenge.id) or Team(challenge_id=challenge.id, version=0)
    people = _people(request.session)
    return request.page(
        "challenges/team.html",
        status,
        challenge=challenge,
        team=team,
        people=[(str(u.id), u.name) for u in people],
        coordinators=[(str(u.id), u.name) for u in people if RANK[Role(u.role)] >= RANK[Role.COORDINATOR]],
        chosen={str(u.id) for u in members_of(request.session, challenge.id)},
        participants=[
            (p.id, p.name) for p in request.session.exec(select(Participant).order_by(col(Participant.name)))
        ],
        members=[(str(u.id), u.name) for u in members_of(request.session, challenge.id)],
        turns=_turns(request.session, challenge, request.now.instant),
        week_options=[(week.isoformat(), short_day(week)) for week in weeks(request.now.instant)],
        errors=errors,
        typed=request.form,
    )
