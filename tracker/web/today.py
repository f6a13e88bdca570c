"""Vandaag: what is new, what changed, what closes, what waits for my verdict, and which source is silent."""

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import timedelta
from functools import cache, lru_cache
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import false, or_
from sqlmodel import col, func, select
from sqlmodel.sql.expression import SelectOfScalar
from starlette.responses import Response

from db.models import Call, Delivery, Lesson, Revision, User, Verdict
from db.queries import MINE, USER, followed_calls, said_to_be_ours
from db.reach import Reach
from db.rights import has_role
from db.status import LATELY, NOW, instant, next_gate_expression, standing
from db.vocabulary import DeliveryState, Eligibility, LessonKind, Role, Say
from tracker.applications.mismatches import mismatches
from tracker.applications.running import run_by
from tracker.calendar.bodies import BodyCalendar, body_calendar
from tracker.calendar.due import due_items_of, too_late_this_week, week_end
from tracker.calendar.latest_go import late_until
from tracker.calendar.papers import papers_due
from tracker.challenges.teams import duties_of
from tracker.knowledge import releases
from tracker.lobby import coalition, moments
from tracker.lobby.due import LobbyDue, lobby_due
from tracker.lobby.worklist import left_in_team
from tracker.matching.progress import matching_progress
from tracker.matching.search import SHOWN_FROM, best_score, by_ids, chance_of_use, matched
from tracker.matching.unjudged import Unjudged, my_challenges, unjudged, waiting_for
from tracker.people.absences import replaced_by
from tracker.people.subscriptions import gets_digests
from tracker.sources.coverage import in_trouble
from tracker.web.calls import duplicates, questions
from tracker.web.calls.rows import CallRow, rows_for
from tracker.web.calls.why_first import why_here, window_of
from tracker.web.frame.context import RequestContext

DAYS_BACK = 7
CLOSING_DAYS = 21
KEPT = 64  # statements, one an area
SOON = instant("soon")
WAITING = (DeliveryState.PLANNED, DeliveryState.DEFERRED)
MOST, FIRST = 12, 3
LOBBY_CLOSING, LOBBY_DUE, MOST_OF_LOBBY = timedelta(days=30), timedelta(days=14), 8


class CallList(NamedTuple):
    """The first rows of a list, and how many there are in all."""

    rows: list[CallRow]
    total: int


class Lists(NamedTuple):
    """The lists of calls on the page, as their numbers: what they show of each is read for all of them at once."""

    waiting: list[int]
    changes: dict[int, list[Revision]]
    closing: list[int]
    new: list[int]

    @property
    def shown(self) -> list[int]:
        """The calls that the page shows, each once."""
        lists = self.waiting[:FIRST], self.changes, self.closing[:MOST], self.new[:MOST]
        return list(dict.fromkeys(id_ for each in lists for id_ in each))


class Section(NamedTuple):
    """A part of the page with a template and a context of its own."""

    template: str
    context: dict[str, Any]


# Whose day opens with what; what has nothing to say is left out.
OPENS_WITH: dict[Role, tuple[str, ...]] = {
    Role.READER: ("lobby", "calendar"),
    Role.FUNDRAISER: ("judging", "running", "calendar", "lobby"),
    Role.LOBBYIST: ("lobby", "calendar", "judging"),
    Role.COORDINATOR: ("left", "papers", "calendar", "team", "lobby", "knowledge", "judging"),
    Role.ADMINISTRATOR: ("machine", "left", "papers", "calendar", "team", "lobby", "knowledge", "judging"),
}


# What the page is for, to whom has never seen it: one sentence a role, under the heading.
PURPOSE: dict[Role, str] = {
    Role.READER: "Welke subsidies en andere kansen er zijn voor de opgaven van de regio, en wat eraan verandert.",
    Role.FUNDRAISER: "Nieuwe regelingen bij uw opgaven: zeg of zij iets voor u zijn, en haal de termijnen.",
    Role.LOBBYIST: "Waar de regio nog invloed heeft, wat is toegezegd en wat u zelf zou doen, naast de regelingen.",
    Role.COORDINATOR: "Wat te laat is, wat van niemand is en welke stukken klaar moeten: verdeel het en houd het bij.",
    Role.ADMINISTRATOR: "Of bronnen en mail werken, en daaronder wat ook een coördinator ziet.",
}


def own_day(
    request: RequestContext, waiting: CallList, mine: tuple[str, ...], bodies: Callable[[], BodyCalendar], silent: int
) -> list[Section]:
    """The parts of the page that ask for a deed, in the order of the reader's role."""
    due = cache(lambda: lobby_due(request.session, request.now.today, LOBBY_DUE, with_nobodys=True))
    parts: dict[str, Callable[[], Section | None]] = {
        "judging": lambda: _judging(request, waiting, mine, bodies()),
        "team": lambda: _left_by_a_team(request),
        "papers": lambda: papers_section(request, bodies()),
        "calendar": lambda: calendar_section(request, bodies()),
        "left": lambda: _left_in_lobby(request, due()),
        "lobby": lambda: lobby_section(request, due()),
        "knowledge": lambda: knowledge_section(request),
        "running": lambda: _running(request),
        "machine": lambda: machine_section(request, silent),
    }
    found = [parts[name]() for name in OPENS_WITH[request.viewer.role or Role.READER]]
    return [section for section in found if section is not None]


def reads_along(sections: list[Section]) -> bool:
    """Whether nothing of these parts is on the reader's own name, so that the calls come first."""
    return not any(section.context.get("mine") or section.context.get("late") for section in sections)


def _judging(request: RequestContext, waiting: CallList, mine: tuple[str, ...], bodies: BodyCalendar) -> Section | None:
    if not waiting.rows:
        return None
    why = why_here(request, waiting.rows[0], mine, bodies)
    mailed = gets_digests(request.session, request.user.id)
    return Section(
        "challenges/today_judge.html", {"count": waiting.total, "first": waiting.rows, "why": why, "mailed": mailed}
    )


def _running(request: RequestContext) -> Section | None:
    mine = run_by(request.session, request.viewer, request.now.today)
    return Section("applications/today_running.html", {"mine": mine}) if mine else None


def _left_by_a_team(request: RequestContext) -> Section | None:
    overdue = _overdue(request)
    return Section("challenges/today_team.html", {"overdue": overdue}) if overdue else None


def _left_in_lobby(request: RequestContext, due: list[LobbyDue]) -> Section | None:
    """How much of the lobby is late or nobody's at the own organisation."""
    left = left_in_team(request.session, request.viewer, due, request.now.today)
    return Section("lobby/today_left.html", {"left": left}) if any(left) else None


def papers_section(request: RequestContext, bodies: BodyCalendar) -> Section | None:
    """Papers that bodies want this week, for who sees to it that they are in."""
    today = request.now.today
    due = papers_due(bodies, request.viewer.participant_id or "", today, week_end(today))
    return Section("calendar/today_papers.html", {"due": due, "today": today}) if due else None


def knowledge_section(request: RequestContext) -> Section | None:
    """Publications that become public when this person confirms them, or none."""
    waiting = releases.waiting_for(request.session, request.user)
    return Section("knowledge/today.html", {"waiting": waiting}) if waiting else None


def machine_section(request: RequestContext, silent: int) -> Section | None:
    """Sources and mail as they stand, also when all is well: an administrator has nothing else to go by."""
    waits = select(func.count()).select_from(Delivery).where(col(Delivery.state).in_(WAITING))
    due = request.session.exec(waits.where(col(Delivery.not_before) <= request.now.instant)).one()
    return Section("mailing/today_machine.html", {"silent": silent, "waits": due})


def show(request: RequestContext) -> Response:
    """The page that is opened before the mail."""
    session, viewer, now = request.session, request.viewer, request.now.instant
    mine = my_challenges(session, viewer)
    bodies = cache(lambda: body_calendar(session))
    lists = _lists(request, mine, bodies)
    rows = {row.call.id: row for row in rows_for(request, by_ids(session, lists.shown))}
    changed = [(rows[id_], found) for id_, found in lists.changes.items() if id_ in rows]
    trouble = in_trouble(session, request.site.settings, now)
    sections = own_day(request, _first(rows, lists.waiting, FIRST), mine, bodies, len(trouble))
    close = _first(rows, lists.closing, MOST)
    return request.page(
        "today.html",
        late={row.call.id: window_of(request, row, bodies()).late for row in close.rows},
        changed=[replace(row, change=found) for row, found in changed],
        closing=close,
        new=_first(rows, lists.new, MOST),
        trouble=trouble,
        held=session.exec(_held(), params={"now": now}).one() if has_role(viewer, Role.COORDINATOR) else 0,
        alike=duplicates.waiting(request),
        matching=matching_progress(session),
        asked=questions.waiting_count(request),
        duties=duties_of(session, viewer, request.now.today),
        sections=sections,
        purpose=PURPOSE[viewer.role or Role.READER],
        reads_along=not has_role(viewer, Role.FUNDRAISER) and reads_along(sections),
        mine=bool(mine),
        days=DAYS_BACK,
        closing_days=CLOSING_DAYS,
    )


def _lists(request: RequestContext, mine: tuple[str, ...], bodies: Callable[[], BodyCalendar]) -> Lists:
    session, viewer, waiting = request.session, request.viewer, list[int]()
    if has_role(viewer, Role.FUNDRAISER):
        late = late_until(viewer.participant_id, bodies(), request.now.today)
        waiting = waiting_for(session, viewer, request.now.instant, mine, late_until=late)
    close = closing(request, mine)
    return Lists(waiting, changed(request, mine), close, new(request, mine, {*waiting[:FIRST], *close[:MOST]}))


def _first(rows: dict[int, CallRow], ids: list[int], most: int) -> CallList:
    return CallList([rows[id_] for id_ in ids[:most] if id_ in rows], len(ids))


def changed(request: RequestContext, mine: tuple[str, ...]) -> dict[int, list[Revision]]:
    """Calls with a change worth telling this week, each with its "was -> werd"; what I follow always."""
    revisions = request.session.exec(_changed(bool(mine)), params=_asked(request, mine)).all()
    by_call: dict[int, list[Revision]] = defaultdict(list)
    for revision in revisions:
        by_call[revision.call_id].append(revision)
    return dict(islice(by_call.items(), MOST))


def closing(request: RequestContext, mine: tuple[str, ...]) -> list[int]:
    """What closes within three weeks: first what I follow, then what we can use, each by its day; nothing refused."""
    return list(request.session.exec(_closing(bool(mine), request.reach), params=_asked(request, mine)))


def new(request: RequestContext, mine: tuple[str, ...], shown: Collection[int]) -> list[int]:
    """What this week brought and does not stand above: what we can use first, strongest match first."""
    found = request.session.exec(_new(bool(mine), request.reach), params=_asked(request, mine))
    return [id_ for id_ in found if id_ not in shown]


def _asked(request: RequestContext, mine: tuple[str, ...]) -> dict[str, Any]:
    """What the statements below are asked for."""
    now = request.now.instant
    days = {"lately": now - timedelta(days=DAYS_BACK), "soon": now + timedelta(days=CLOSING_DAYS)}
    return {"now": now, "user": request.viewer.user_id, "mine": mine, **days}


@cache
def _changed(narrowed: bool) -> SelectOfScalar[Revision]:
    """Made once, as the others: to put one together takes as long as its answer."""
    told = matched(col(Revision.call_id), MINE if narrowed else ())
    return (
        select(Revision)
        .join(Call, col(Call.id) == col(Revision.call_id))
        .where(Revision.telling, Revision.kind == "changed", col(Revision.at) > LATELY)
        .where(told | col(Revision.call_id).in_(followed_calls(USER)))
        .where(col(Call.joined_into).is_(None))
        .order_by(col(Revision.at).desc())
        .limit(MOST * 3)
    )


@lru_cache(maxsize=KEPT)
def _closing(narrowed: bool, reach: Reach) -> SelectOfScalar[int]:
    refused = select(Verdict.call_id).where(
        Verdict.user_id == USER, Verdict.say == Say.NO, col(Verdict.undone_at).is_(None)
    )
    never = select(Lesson.call_id).where(
        Lesson.user_id == USER, Lesson.kind == LessonKind.NEVER, col(Lesson.undone_at).is_(None)
    )
    followed, gate = col(Call.id).in_(followed_calls(USER)), next_gate_expression(NOW)
    of_use = (col(Call.eligible) != Eligibility.NO) & ~reach.outside
    ours = matched(col(Call.id), MINE if narrowed else ()) & of_use
    return (
        select(Call.id)
        .where(func.coalesce(col(Call.first_gate_at), col(Call.closes_at)) <= SOON)  # follows, and is found by an index
        .where(standing(NOW), gate <= SOON)
        .where(followed | ours)
        .where(col(Call.id).not_in(refused), col(Call.id).not_in(never))
        .order_by(followed.desc(), chance_of_use(reach).desc(), gate, col(Call.id))
    )


@lru_cache(maxsize=KEPT)
def _new(narrowed: bool, reach: Reach) -> SelectOfScalar[int]:
    best = best_score(MINE if narrowed else (), USER)
    return (
        select(Call.id)
        .where(standing(NOW), col(Call.first_seen) > LATELY)
        .where(or_(best >= SHOWN_FROM, false() if narrowed else said_to_be_ours()))
        .order_by(chance_of_use(reach).desc(), best.desc(), col(Call.id))
    )


@cache
def _held() -> SelectOfScalar[int]:
    """How many calls wait; what has closed meanwhile need not be released."""
    return select(func.count()).select_from(Call).where(standing(NOW), col(Call.held))


def _overdue(request: RequestContext) -> list[Unjudged]:
    return (
        unjudged(request.session, request.now, request.viewer.user_id)
        if has_role(request.viewer, Role.COORDINATOR)
        else []
    )


def calendar_section(request: RequestContext, bodies: BodyCalendar) -> Section | None:
    """What of the calendar asks for attention this week, or none; overdue things rise to the coordinator."""
    session, viewer = request.session, request.viewer
    today = request.now.today
    waiting = due_items_of(session, viewer.participant_id or "", request.now, week_end(today), bodies)
    rises = has_role(viewer, Role.COORDINATOR)
    replaced = {each.absent_id for each in replaced_by(session, viewer.user_id or 0, today)}
    theirs = {None, viewer.user_id, *replaced}
    shown = [milestone for milestone in waiting if rises or milestone.assignee_id in theirs]
    calls = too_late_this_week(session, viewer, request.now, bodies)
    if not shown and not calls:
        return None
    people = {m.assignee_id: session.get_one(User, m.assignee_id).name for m in shown if m.assignee_id}
    context = {"waiting": shown, "calls": calls, "people": people}
    return Section("calendar/today.html", context)


def lobby_section(request: RequestContext, due: list[LobbyDue]) -> Section | None:
    """What of the lobby asks for attention today, or none."""
    today = request.now.today
    session, viewer, now = request.session, request.viewer, request.now.instant
    coming = [
        moment
        for moment in moments.upcoming(session, viewer, today)
        if moment.sure
        and moment.ends_on
        and moment.ends_on <= today + LOBBY_CLOSING
        and not moment.ref.startswith("pattern:")
    ]
    apart = mismatches(session, viewer, now, participant=viewer.participant_id or "")
    mine = [item for item in due if item.user_id == viewer.user_id]
    late = [item for item in mine if item.due < today]
    lists: dict[str, list[Any]] = {
        "mine": mine[len(late) :],
        "coming": coming,
        "flags": coalition.flags_for(session, viewer, today),
        "apart": apart,
    }
    if not (any(lists.values()) or late):
        return None
    shortened = {name: rows[:MOST_OF_LOBBY] for name, rows in lists.items()}
    return Section("lobby/today.html", {**shortened, "late": late})
