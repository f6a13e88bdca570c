"""The team of an opgave: its people in turns, and who reads in a week when the turn does not suit."""

from datetime import date, timedelta

from pydantic import BaseModel, Field
from sqlmodel import Session, col, select
from starlette.responses import Response

from db.models import Challenge, Duty, Team, TeamMember, User
from db.rights import RANK
from db.vocabulary import Role
from db.vocabulary_audit import Action
from notifications.wording import short_day
from tracker.challenges.teams import Readers, members_of, monday_of, readers
from tracker.errors import ChangedMeanwhile
from tracker.versions import must_stand, stand
from tracker.web.challenges.detail import find_challenge
from tracker.web.frame.actions import PageOf, participants
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState, InvalidForm

WEEKS = 6  # this week and the next ones can be set by hand


class TeamForm(BaseModel):
    version: int = Field(ge=0)
    contact_id: int | None = None
    coordinator_id: int | None = None
    patience: int = Field(default=5, ge=1, le=60)
    leads: list[str] = Field(default_factory=list, max_length=40)
    members: list[int] = Field(default_factory=list, max_length=40)


class TurnForm(BaseModel):
    """The form of one week; no reader means: by turns again."""

    week: date
    seen: str = ""  # which weeks were set by hand when the page was made
    reader_id: int | None = None
    deputy_id: int | None = None


def weeks(today: date) -> list[date]:
    """The Mondays of this week and the next ones."""
    first = monday_of(today)
    return [first + timedelta(weeks=n) for n in range(WEEKS)]


def _turns(session: Session, challenge: Challenge, today: date) -> list[tuple[date, Readers, bool]]:
    """Each week, who reads, and whether somebody set it by hand."""
    by_hand = _by_hand(session, challenge)
    return [(week, readers(session, challenge.id, week), week in by_hand) for week in weeks(today)]


def _by_hand(session: Session, challenge: Challenge) -> dict[date, Duty]:
    return {duty.week: duty for duty in session.exec(select(Duty).where(Duty.challenge_id == challenge.id))}


def _leads(request: RequestContext, team: Team) -> list[tuple[str, str]]:
    """The participants of today, and those that are trekker already."""
    now = participants(request.session, request.now.today)
    return now + [p for p in participants(request.session) if p[0] in team.leads and p not in now]


def _people(session: Session) -> list[User]:
    return list(session.exec(select(User).where(col(User.deactivated_at).is_(None)).order_by(col(User.name))))


def _team_page(request: RequestContext, challenge: Challenge, state: FormState) -> Response:
    team = request.session.get(Team, challenge.id) or Team(challenge_id=challenge.id, version=0)
    people, homes = _people(request.session), dict(participants(request.session))
    members = [(str(u.id), u.name) for u in members_of(request.session, challenge.id)]
    return request.page(
        "challenges/team.html",
        state=state,
        challenge=challenge,
        team=team,
        seen=stand(_by_hand(request.session, challenge).values()),
        people=[(str(u.id), f"{u.name} ({homes.get(u.participant_id, u.participant_id)})") for u in people],
        coordinators=[(str(u.id), u.name) for u in people if RANK[Role(u.role)] >= RANK[Role.COORDINATOR]],
        chosen={user_id for user_id, _ in members},
        participants=_leads(request, team),
        members=members,
        turns=_turns(request.session, challenge, request.now.today),
        week_options=[(week.isoformat(), short_day(week)) for week in weeks(request.now.today)],
    )


team_page = PageOf(find_challenge, _team_page, lambda challenge: f"/opgaven/{challenge.id}")


@team_page.form(TeamForm)
def save_team(request: RequestContext, challenge: Challenge, form: TeamForm) -> None:
    """Keep the team; the order of the list is the rota's."""
    _refuse_strangers(request.session, form)
    team = request.session.get(Team, challenge.id, with_for_update=True)
    if team is not None and form.version != team.version:
        raise ChangedMeanwhile("Iemand anders wijzigde dit team net.", "version")
    team = team or Team(challenge_id=challenge.id, version=0)
    team.contact_id, team.coordinator_id = form.contact_id, form.coordinator_id
    team.patience, team.leads, team.version = form.patience, form.leads, team.version + 1
    request.session.add(team)
    for member in request.session.exec(select(TeamMember).where(TeamMember.challenge_id == challenge.id)):
        request.session.delete(member)
    request.session.flush()
    for position, user_id in enumerate(dict.fromkeys(form.members)):
        request.session.add(TeamMember(challenge_id=challenge.id, user_id=user_id, position=position))
    request.record(Action.TEAM_CHANGED, f"challenge {challenge.id}")


def _refuse_strangers(session: Session, form: TeamForm) -> None:
    people = {user.id for user in _people(session)}
    wrong = {
        name: "Kies iemand uit de lijst."
        for name, user_id in (("contact_id", form.contact_id), ("coordinator_id", form.coordinator_id))
        if user_id is not None and user_id not in people
    }
    if not set(form.members) <= people:
        wrong["members"] = "Kies mensen uit de lijst."
    if wrong:
        raise InvalidForm(wrong)


@team_page.form(TurnForm)
def set_turn(request: RequestContext, challenge: Challenge, form: TurnForm) -> str:
    """Set who reads in a week, by hand; or let the team take turns again."""
    _refuse_turn(request, challenge, form)
    by_hand = _by_hand(request.session, challenge)
    duty = by_hand.get(form.week)
    if duty is not None and (duty.reader_id, duty.deputy_id) != (form.reader_id, form.deputy_id):
        must_stand(by_hand.values(), form.seen)
    if form.reader_id is not None:
        duty = duty or Duty(challenge_id=challenge.id, week=form.week, reader_id=form.reader_id)
        duty.reader_id, duty.deputy_id = form.reader_id, form.deputy_id
        request.session.add(duty)
    elif duty is not None:
        request.session.delete(duty)
    request.record(Action.READING_TURN_SET, f"challenge {challenge.id}", form.week.isoformat())
    return f"/opgaven/{challenge.id}/team"


def _refuse_turn(request: RequestContext, challenge: Challenge, form: TurnForm) -> None:
    team = {member.id for member in members_of(request.session, challenge.id)}
    wrong = {} if form.week in weeks(request.now.today) else {"week": "Kies een week uit de lijst."}
    for name, user_id in (("reader_id", form.reader_id), ("deputy_id", form.deputy_id)):
        if user_id is not None and user_id not in team:
            wrong[name] = "Kies iemand uit het team."
    if form.reader_id is not None and form.reader_id == form.deputy_id:
        wrong["deputy_id"] = "De plaatsvervanger is iemand anders dan de lezer."
    if wrong:
        raise InvalidForm(wrong)
