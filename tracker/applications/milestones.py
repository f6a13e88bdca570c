"""The besluitvormingsklok of an application: opened from its deadline, its penvoerder and its partners."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlmodel import Session, col, select

from db.models import ApplicationPartner, Call, Cofunding, Deadline, DecisionClock, Dossier
from db.queries import Viewer
from db.rights import visible
from db.vocabulary_lobby import LogKind
from notifications.wording import day as in_words
from tracker.applications.stages import application_of
from tracker.calendar.backward_schedule import NoPlan
from tracker.calendar.decision_clock import DecisionRoute, is_over_for, start_clock
from tracker.calendar.targets import closings_of, deadline_day, upcoming_closings
from tracker.errors import Incomplete
from tracker.lobby.log import log
from tracker.rights import Deed, must_change


def route_for(session: Session, dossier: Dossier, tables: Sequence[str] = ()) -> DecisionRoute:
    """How this application goes: its penvoerder, the participants that join or pay, and whether own money is asked."""
    money = session.exec(select(Cofunding).where(Cofunding.dossier_id == dossier.id, Cofunding.amount > 0)).all()
    partners = select(ApplicationPartner.party_id).where(
        ApplicationPartner.dossier_id == dossier.id, col(ApplicationPartner.party_id).is_not(None)
    )
    lead = application_of(session, dossier).lead_id or dossier.participant_id
    others = {p for p in session.exec(partners) if p} | {row.participant_id for row in money}
    return DecisionRoute(lead, tuple(sorted(others - {lead})), tuple(tables), bool(money))


def clocks_of(session: Session, viewer: Viewer, dossier: Dossier) -> list[tuple[DecisionClock, Deadline]]:
    """The clocks of an application that the viewer may see, soonest deadline first."""
    query = select(DecisionClock, Deadline).where(
        DecisionClock.dossier_id == dossier.id,
        Deadline.id == DecisionClock.deadline_id,
        visible(viewer, DecisionClock),
    )
    return list(session.exec(query.order_by(col(Deadline.day), col(Deadline.id))))


def open_clock(deed: Deed, dossier: Dossier, deadline: Deadline | None) -> DecisionClock:
    """Count back from the application's deadline, once or again, along the tables of the region it already passed.

    Raises Incomplete, in one clear line, where there is nothing to count back from or no plan.
    """
    must_change(deed, dossier)
    if deadline is None or deadline_day(deadline) is None:
        raise Incomplete("Deze regeling heeft geen sluitdatum die nog komt: er valt niet terug te rekenen.", "klok")
    same = select(DecisionClock).where(
        DecisionClock.deadline_id == deadline.id, DecisionClock.participant_id == dossier.participant_id
    )
    running = deed.session.exec(same).first()
    route = route_for(deed.session, dossier, running.table_ids if running else ())
    try:
        clock = start_clock(deed, deadline, route, dossier.participant_id, dossier.id)
    except NoPlan as error:
        raise Incomplete(str(error), "klok") from error
    day = deadline_day(deadline)
    log(deed, dossier, LogKind.EDITED, f"Mijlpalen teruggerekend vanaf {in_words(day) if day else ''}")
    return clock


def next_deadline(session: Session, call: Call | None, today: date) -> Deadline | None:
    """The next date to hand something in."""
    return next(iter(closings_of(session, call, today)), None) if call else None


def next_deadlines(session: Session, calls: Collection[int], today: date) -> dict[int, Deadline]:
    """Call -> the next date to hand something in, of those that still have one."""
    by_call: dict[int, list[Deadline]] = {}
    for row in session.exec(select(Deadline).where(col(Deadline.call_id).in_(calls))) if calls else ():
        by_call.setdefault(row.call_id, []).append(row)
    coming = {call: upcoming_closings(rows, today) for call, rows in by_call.items()}
    return {call: found[0][1] for call, found in coming.items() if found}


def due_of(session: Session, dossier: Dossier, today: date) -> Deadline | None:
    """The next date on which an application must be in; none when it is in, or over."""
    application = application_of(session, dossier)
    call = session.get(Call, application.call_id) if application.call_id else None
    coming = closings_of(session, call, today) if call else []
    return next((row for row in coming if not is_over_for(session, dossier.id, row)), None)
