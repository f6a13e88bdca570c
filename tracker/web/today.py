"""Vandaag: what is new, what changed, what closes, what waits for my verdict, and which source is silent."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlmodel import Session, col, func, select
from starlette.responses import Response

from db.models import Call, Follow, Match, Revision, User, Verdict
from db.queries import Viewer
from db.rights import has_role
from db.status import next_gate_expression, standing
from db.vocabulary import Role, Say
from notifications.wording import local_day
from tracker.applications.mismatches import mismatches
from tracker.calendar.due import milestones_waiting_for, too_late_this_week, week_end
from tracker.challenges.teams import duties_of
from tracker.lobby import coalition, moments
from tracker.lobby.due import due
from tracker.matching.search import SHOWN_FROM, by_ids, matched
from tracker.matching.unjudged import Unjudged, my_challenges, unjudged, waiting_for
from tracker.web.calls import duplicates, questions
from tracker.web.calls.rows import CallRow, rows_for
from tracker.web.frame.actions import may_add
from tracker.web.frame.context import RequestContext
from tracker.web.sources.sources import in_trouble

DAYS_BACK = 7
CLOSING_DAYS = 21
MOST = 12


class Section(NamedTuple):
    """A part of the page with a template and a context of its own."""

    template: str
    context: dict[str, Any]


def show(request: RequestContext) -> Response:
    """The page that is opened before the mail."""
    mine = my_challenges(request.session, request.viewer)
    judging = has_role(request.viewer, Role.FUNDRAISER)
    waiting = waiting_for(request.session, request.viewer, request.now.instant) if judging else []
    close = closing(request.session, request.viewer, mine, request.now.instant)
    shown = {*waiting[:3], *(row.call.id for row in close)}
    return request.page(
        "today.html",
        waiting=len(waiting),
        first_waiting=_rows(request.session, waiting[:3], request.viewer, request.now.instant),
        changed=changed(request.session, request.viewer, mine, request.now.instant),
        closing=close,
        new=new(request.session, request.viewer, mine, request.now.instant, shown),
        trouble=in_trouble(request.session, request.now.instant),
        held=_held(request.session, request.now.instant) if has_role(request.viewer, Role.COORDINATOR) else 0,
        alike=duplicates.waiting(request),
        asked=questions.waiting_count(request),
        overdue=_overdue(request.session, request.viewer, request.now.instant),
        duties=duties_of(request.session, request.viewer, request.now.instant),
        sections=[
            s
            for make in (calendar_section, lobby_section)
            if (s := make(request.viewer, request.session, request.now.instant)) is not None
        ],
        mine=bool(mine),
        days=DAYS_BACK,
        closing_days=CLOSING_DAYS,
    )


def changed(session: Session, viewer: Viewer, mine: tuple[str, ...], now: datetime) -> list[CallRow]:
    """Calls with a change worth telling this week, each with its "was -> werd"; what I follow always."""
    followed = select(Follow.call_id).where(Follow.user_id == viewer.user_id)
    revisions = session.exec(
        select(Revision)
        .join(Call, col(Call.id) == col(Revision.call_id))
        .where(Revision.telling, Revision.kind == "changed", col(Revision.at) > now - timedelta(days=DAYS_BACK))
        .where(matched(col(Revision.call_id), mine) | col(Revision.call_id).in_(followed))
        .where(col(Call.joined_into).is_(None))
        .order_by(col(Revision.at).desc())
        .limit(MOST * 3)
    ).all()
    by_call: dict[int, list[Revision]] = defaultdict(list)
    for revision in revisions:
        by_call[revision.call_id].append(revision)
    rows = _rows(session, list(by_call)[:MOST], viewer, now)
    return [CallRow(**{**vars(row), "change": by_call[row.call.id]}) for row in rows]


def closing(session: Session, viewer: Viewer, mine: tuple[str, ...], now: datetime) -> list[CallRow]:
    """What closes within three weeks: calls somebody found relevant, and matches nobody refused."""
    refused = select(Verdict.call_id).where(
        Verdict.user_id == viewer.user_id, Verdict.say == Say.NO, col(Verdict.undone_at).is_(None)
    )
    gate = next_gate_expression(now)
    query = (
        select(Call.id)
        .where(standing(now), gate <= now + timedelta(days=CLOSING_DAYS))
        .where(matched(col(Call.id), mine), col(Call.id).not_in(refused))
        .order_by(gate, col(Call.id))
        .limit(MOST)
    )
    return _rows(session, list(session.exec(query)), viewer, now)


def new(
    session: Session, viewer: Viewer, mine: tuple[str, ...], now: datetime, shown: Collection[int]
) -> list[CallRow]:
    """What this week brought and does not stand above, strongest match first."""
    score = select(func.max(Match.score)).where(col(Match.call_id) == col(Call.id))
    best = (score.where(col(Match.challenge_id).in_(mine)) if mine else score).scalar_subquery()
    query = (
        select(Call.id)
        .where(standing(now), col(Call.first_seen) > now - timedelta(days=DAYS_BACK))
        .where(best >= SHOWN_FROM, col(Call.id).not_in(shown))
        .order_by(best.desc(), col(Call.id))
        .limit(MOST)
    )
    return _rows(session, list(session.exec(query)), viewer, now)


def _rows(session: Session, ids: list[int], viewer: Viewer, now: datetime) -> list[CallRow]:
    return rows_for(session, by_ids(session, ids), viewer, now)


def _held(session: Session, now: datetime) -> int:
    """What has closed meanwhile need not be released."""
    return session.exec(select(func.count()).select_from(Call).where(standing(now), col(Call.held))).one()


def _overdue(session: Session, viewer: Viewer, now: datetime) -> list[Unjudged]:
    return unjudged(session, now, viewer.user_id) if has_role(viewer, Role.COORDINATOR) else []


def calendar_section(viewer: Viewer, session: Session, now: datetime) -> Section | None:
    """What of the calendar asks for attention this week, or none; overdue things rise to the coordinator."""
    today = local_day(now)
    waiting = milestones_waiting_for(session, viewer.participant_id or "", now, week_end(today))
    rises = has_role(viewer, Role.COORDINATOR)
    shown = [one for one in waiting if rises or one.assignee_id in (None, viewer.user_id)]
    calls = too_late_this_week(session, viewer, now)
    if not shown and not calls:
        return None
    names = {one.assignee_id: session.get(User, one.assignee_id) for one in shown if one.assignee_id}
    context = {"waiting": shown, "calls": calls, "people": {k: u.name for k, u in names.items() if u}, "today": today}
    return Section("calendar/today.html", context)


CLOSING = timedelta(days=30)


MOST_OF_LOBBY = 8


def lobby_section(viewer: Viewer, session: Session, now: datetime) -> Section | None:
    """What of the lobby asks for attention today, or none."""
    today = local_day(now)
    mine = [d for d in due(session, now, timedelta(days=14)) if d.user_id == viewer.user_id][:MOST_OF_LOBBY]
    coming = [
        m
        for m in moments.upcoming(session, viewer, today)
        if m.sure and m.ends_on and m.ends_on <= today + CLOSING and not m.ref.startswith("pattern:")
    ][:MOST_OF_LOBBY]
    flags = coalition.flags_for(session, viewer, today)[:MOST_OF_LOBBY]
    apart = [m for m in mismatches(session, viewer, now) if m.dossier.participant_id == viewer.participant_id][
        :MOST_OF_LOBBY
    ]
    if not (mine or coming or flags or apart):
        return None
    context = {"mine": mine, "coming": coming, "flags": flags, "apart": apart, "today": today}
    context["may_add"] = may_add(viewer)
    return Section("lobby/today.html", context)
