"""What a review meeting does with a point: each deed is its subject's own, and leaves a line in the minutes."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from db.models import (
    Application,
    ApplicationTask,
    Assignment,
    Call,
    Deadline,
    Dossier,
    Milestone,
    Minute,
    Review,
    ReviewPoint,
)
from db.vocabulary import NoReason
from db.vocabulary_calendar import MilestoneState, PointKind
from db.vocabulary_lobby import CommitmentState, GoDecision
from notifications.wording import local_day, short_day
from tracker.applications import stages, tasks
from tracker.calendar.backward_schedule import NoPlan
from tracker.calendar.decision_clock import replan_moved
from tracker.calendar.milestones import MilestoneWord, assign_deadline, change_milestone
from tracker.calendar.targets import closings_of
from tracker.errors import ChangedMeanwhile, Incomplete, NotFound, required
from tracker.lobby import coalition, contacts, dossiers, giving, history, moments, resolutions
from tracker.review import action_points
from tracker.review.action_points import colleague
from tracker.review.meetings import must_run
from tracker.review.subjects import Can, PointSubject, subject_of, visibility_of
from tracker.rights import Deed

K = PointKind
# What the minutes say of what ended, where that is not "done" or "goes".
ENDED = {K.ROUND: ("Afstemronde gesloten", ""), K.RESOLUTION: ("Besluit bevestigd", "Voorstel van tafel")}
NO_DEED = "Dat kan bij dit punt niet."
Act = Callable[[Deed, Any, int, int], object]


def minute(deed: Deed, review: Review, point: ReviewPoint, text: str) -> Minute:
    """A line of the minutes, on its point; the point was then discussed."""
    must_run(deed, review)
    point.discussed_at = point.discussed_at or deed.now
    seen_by = visibility_of(subject_of(deed.session, review, point))
    row = Minute(point_id=point.id, at=deed.now, user_id=deed.by.id, text=text, visibility=seen_by)
    deed.session.add(row)
    deed.session.flush()
    return row


def discuss(deed: Deed, review: Review, point: ReviewPoint) -> None:
    """It was spoken about, and nothing has to be written down."""
    must_run(deed, review)
    point.discussed_at = point.discussed_at or deed.now
    deed.session.flush()


def note(deed: Deed, review: Review, point: ReviewPoint, text: str) -> None:
    """What was said of it."""
    minute(deed, review, point, required(text, "note", "Schrijf op wat er is gezegd."))


def assign(deed: Deed, review: Review, point: ReviewPoint, user_id: int, seen: int) -> None:
    """Give it to a colleague."""
    subject, person = _subject(deed, review, point, Can.ASSIGN), colleague(deed, user_id)
    with _refusals("assignee"):
        ASSIGN[PointKind(point.kind)](deed, subject.given or subject.row, person.id, seen)
    minute(deed, review, point, f"Naar {person.name}")


def move(deed: Deed, review: Review, point: ReviewPoint, day: date, why: str, seen: int) -> None:
    """Put it on another day: of our own work one that is still to come, of an outside moment its real day."""
    subject = _subject(deed, review, point, Can.MOVE)
    if point.kind != K.MOMENT and day < local_day(deed.now):
        raise Incomplete(f"{short_day(day)} is al voorbij: kies een dag die nog komt.", "day")
    was = subject.day
    with _refusals("day"):
        MOVE[PointKind(point.kind)](deed, subject.row, day, why, seen)
    reason = f": {why.strip()}" if why.strip() else ""
    minute(deed, review, point, f"Verzet van {short_day(was) if was else 'geen dag'} naar {short_day(day)}{reason}")


def settle(deed: Deed, review: Review, point: ReviewPoint, state: MilestoneState, why: str, seen: int) -> None:
    """Say that it was done, or that it goes."""
    subject = _subject(deed, review, point, Can.SETTLE)
    if state == MilestoneState.PLANNED:
        raise Incomplete("Kies gedaan of vervallen.", "state")
    if state == MilestoneState.DROPPED and point.kind in (K.MILESTONE, K.DEADLINE):
        why = required(why, "why", "Zeg waarom dit vervalt.")
    with _refusals("why"):
        SETTLE[PointKind(point.kind)](deed, subject.row, state, why, seen)
    reason = f": {why.strip()}" if why.strip() else ""
    done, dropped = ENDED.get(PointKind(point.kind), ("Gedaan", "Vervalt"))
    minute(deed, review, point, f"{done if state == MilestoneState.DONE else dropped}{reason}")


def decide(
    deed: Deed, review: Review, point: ReviewPoint, decision: GoDecision, answers: Mapping[str, str],
    reasons: Sequence[str], text: str, seen: int,
) -> None:  # fmt: skip
    """Go or no-go on an application, with its checklist."""
    subject = _subject(deed, review, point, Can.DECIDE)
    stages.decide_go(deed, subject.row, decision, answers, reasons, text, seen)
    said = [decision.label, *(NoReason(reason).label for reason in reasons)]
    minute(deed, review, point, ". ".join(filter(None, [", ".join(said).capitalize(), text.strip()])))


def begin_application(deed: Deed, review: Review, point: ReviewPoint) -> Dossier:
    """Start on a call whose go/no-go would come too late; a second press in a meeting gives what was begun there."""
    call = _subject(deed, review, point, Can.START).row
    deed.session.refresh(point, with_for_update=True)  # two at one table wait for each other
    if (begun := _begun(deed, review, call)) is not None:
        return begun
    dossier = stages.start(deed, call)
    minute(deed, review, point, "Aanvraag begonnen")
    return dossier


def _begun(deed: Deed, review: Review, call: Call) -> Dossier | None:
    """The application for this call that the own organisation began during this meeting."""
    on = col(Application.dossier_id) == col(Dossier.id)
    there = Application.call_id == call.id, Application.participant_id == deed.by.participant_id
    since = col(Dossier.opened_at) >= review.began_at, col(Dossier.deleted_at).is_(None)
    return deed.session.exec(
        select(Dossier).join(Application, on).where(*there, *since).order_by(col(Dossier.id))
    ).first()


def _subject(deed: Deed, review: Review, point: ReviewPoint, needed: Can) -> PointSubject:
    must_run(deed, review)
    subject = subject_of(deed.session, review, point)
    if subject is None:
        raise NotFound
    if needed not in subject.can:
        raise Incomplete(NO_DEED)
    return subject


@contextmanager
def _refusals(field: str) -> Any:
    """What the calendar refuses in its own words, as the refusal of a field."""
    try:
        yield
    except NoPlan as refused:
        raise Incomplete(str(refused), field) from refused
    except IntegrityError as error:  # somebody else was first
        raise ChangedMeanwhile("Iemand anders wees dit net toe.") from error


def _word(row: Milestone | Assignment, **changed: Any) -> MilestoneWord:
    """How it stands, but for what is changed."""
    kept = {"assignee": row.assignee_id or 0, "state": MilestoneState(row.state), "why": row.why}
    return MilestoneWord(**{**kept, **changed})


def _dossier(deed: Deed, task: ApplicationTask) -> Dossier:
    return deed.session.get_one(Dossier, task.dossier_id)


def _deadline(deed: Deed, row: Assignment) -> Deadline:
    return deed.session.get_one(Deadline, row.deadline_id)


def _give_call(deed: Deed, call: Call, user_id: int, _seen: int) -> None:
    deadline = next(iter(closings_of(deed.session, call, deed.today)), None)
    if deadline is None:
        raise Incomplete("Deze regeling heeft geen sluitdatum die nog komt.", "assignee")
    same = Assignment.deadline_id == deadline.id, Assignment.participant_id == deed.by.participant_id
    known = deed.session.exec(select(Assignment).where(*same)).first()
    assign_deadline(deed, deadline, MilestoneWord(user_id), known.version if known else 0)


def _put_moment(deed: Deed, row: Any, day: date, _why: str, seen: int) -> None:
    """Another last day of an outside moment, and of all that is counted back from it."""
    if row.starts_on and day < row.starts_on:
        raise Incomplete(f"Dit moment begint pas op {short_day(row.starts_on)}.", "day")
    moments.fix_day(deed, row, row.starts_on, day, row.sure, seen)
    replan_moved(deed.session, deed.now)


def _give(deed: Deed, row: Any, user_id: int, seen: int) -> None:
    """A promise or follow-up goes to a colleague who can do it and may see it."""
    try:
        giving.give(deed, row, user_id, seen)
    except Incomplete as refused:
        raise Incomplete(str(refused), "assignee") from refused


ASSIGN: dict[PointKind, Act] = {
    K.MILESTONE: lambda deed, row, user, seen: change_milestone(deed, row, _word(row, assignee=user), seen),
    K.DEADLINE: lambda deed, row, user, seen: assign_deadline(
        deed, _deadline(deed, row), _word(row, assignee=user), seen
    ),
    K.TASK: lambda deed, row, user, seen: tasks.change_task(deed, _dossier(deed, row), row.id, seen, row.day, user),
    K.APPLICATION: dossiers.entrust,
    K.CALL: _give_call,
    **dict.fromkeys((K.POSITION, K.MOMENT, K.ROUND), dossiers.entrust),
    **dict.fromkeys((K.COMMITMENT, K.FOLLOW_UP), _give),
    K.ACTION: action_points.give,
}
MOVE: dict[PointKind, Callable[[Deed, Any, date, str, int], object]] = {
    K.MILESTONE: lambda deed, row, day, why, seen: change_milestone(deed, row, _word(row, day=day, why=why), seen),
    K.TASK: lambda deed, row, day, _why, seen: tasks.change_task(
        deed, _dossier(deed, row), row.id, seen, day, row.assignee_id
    ),
    K.COMMITMENT: lambda deed, row, day, _why, seen: history.correct(deed, row, {"due_on": day}, seen),
    K.FOLLOW_UP: lambda deed, row, day, _why, seen: history.correct(deed, row, {"follow_up_on": day}, seen),
    K.ROUND: lambda deed, row, day, _why, seen: giving.put_off_round(deed, row, day, seen),
    K.MOMENT: _put_moment,
    K.ACTION: lambda deed, row, day, _why, seen: action_points.put_on(deed, row, day, seen),
}


def _done_or_off(deed: Deed, row: Any, state: MilestoneState, _why: str, seen: int) -> None:
    """A task and a follow-up can be done; they have no word for what goes."""
    if state == MilestoneState.DROPPED:
        raise Incomplete("Dit kan gedaan zijn; vervallen verklaren kan op de eigen pagina.", "state")
    if isinstance(row, ApplicationTask):
        tasks.tick_task(deed, _dossier(deed, row), row.id, seen)
    else:
        contacts.followed_up(deed, row, seen)


def _close_commitment(deed: Deed, row: Any, state: MilestoneState, _why: str, seen: int) -> None:
    became = CommitmentState.KEPT if state == MilestoneState.DONE else CommitmentState.DROPPED
    contacts.close_commitment(deed, row, became, seen)


def _close_round(deed: Deed, row: Any, state: MilestoneState, _why: str, _seen: int) -> None:
    """Whoever did not answer stays silent; a round has no word for what goes."""
    if state == MilestoneState.DROPPED:
        raise Incomplete("Een afstemronde kan alleen worden gesloten.", "state")
    coalition.close_round(deed, row)


def _second(deed: Deed, row: Any, state: MilestoneState, _why: str, _seen: int) -> None:
    """The second person confirms what a body decided, or takes the proposal off."""
    act = resolutions.confirm if state == MilestoneState.DONE else resolutions.drop
    act(deed, row)


SETTLE: dict[PointKind, Callable[[Deed, Any, MilestoneState, str, int], object]] = {
    K.MILESTONE: lambda deed, row, state, why, seen: change_milestone(
        deed, row, _word(row, state=state, why=why), seen
    ),
    K.DEADLINE: lambda deed, row, state, why, seen: assign_deadline(
        deed, _deadline(deed, row), _word(row, state=state, why=why), seen
    ),
    K.TASK: _done_or_off,
    K.FOLLOW_UP: _done_or_off,
    K.COMMITMENT: _close_commitment,
    K.ROUND: _close_round,
    K.RESOLUTION: _second,
    K.ACTION: lambda deed, row, state, _why, seen: action_points.end(deed, row, state, seen),
}
