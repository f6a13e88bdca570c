"""Who works on an application: who runs it, who carries it as an official, and who has a task or a step of it."""

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from db.models import ApplicationTask, DecisionClock, Dossier, Milestone, User
from db.queries import Viewer
from db.rights import visible


@dataclass(frozen=True)
class Team:
    """``runs`` is empty where nobody does; ``others`` by name, without who runs it; ``people`` are all of them."""

    runs: str = ""
    others: tuple[str, ...] = ()
    people: frozenset[int] = field(default=frozenset(), compare=False)


def teams_of(session: Session, viewer: Viewer, dossiers: Collection[Dossier]) -> dict[int, Team]:
    """The team of each of these applications, whose board or page asks who may see them.

    Steps are the organisation's own: who may not see them does not hear who does them.
    """
    names = dict(session.exec(select(User.id, User.name)).all())
    ids = [dossier.id for dossier in dossiers]
    tasks = select(ApplicationTask.dossier_id, ApplicationTask.assignee_id).where(
        col(ApplicationTask.dossier_id).in_(ids), col(ApplicationTask.assignee_id).is_not(None)
    )
    steps = select(DecisionClock.dossier_id, Milestone.assignee_id).where(
        Milestone.clock_id == DecisionClock.id, col(DecisionClock.dossier_id).in_(ids),
        col(Milestone.assignee_id).is_not(None), visible(viewer, Milestone),
    )  # fmt: skip
    working: dict[int, set[int]] = {}
    for dossier_id, user_id in [*session.exec(tasks), *session.exec(steps)]:
        working.setdefault(dossier_id, set()).add(user_id)
    return {dossier.id: _team(dossier, working.get(dossier.id, set()), names) for dossier in dossiers}


def _team(dossier: Dossier, working: set[int], names: dict[int, str]) -> Team:
    others = (working | {dossier.official_id}) - {dossier.lobbyist_id, None}
    runs = names.get(dossier.lobbyist_id or 0, "")
    people = frozenset(id_ for id_ in (*working, dossier.official_id, dossier.lobbyist_id) if id_ is not None)
    return Team(runs, tuple(sorted(names[user_id] for user_id in others if user_id is not None)), people)
