"""Goals of an opgave beside its figures: set and changed by a coordinator, with the newest value known on a day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, or_, select

from db.models import Challenge, Goal, GoalValue
from db.vocabulary import Role
from tracker.account.facts import Span
from tracker.account.visions import title_of
from tracker.errors import Incomplete, NotFound, required
from tracker.rights import Deed, must_have
from tracker.versions import claim

NOT_YOURS = "Doelen legt een coördinator vast."


@dataclass(frozen=True)
class GoalWords:
    """What a coordinator fills in of a goal; ``target`` in its unit."""

    text: str
    target: Decimal | None
    unit: str
    due_on: date
    source: str
    vision: str = ""
    vision_id: int | None = None


@dataclass(frozen=True)
class Standing:
    """A goal with its newest value; ``reworded``: it was changed after the day of the account."""

    goal: Goal
    value: GoalValue | None = None
    reworded: bool = False


def standings(session: Session, opgaven: Collection[str] | None, span: Span) -> list[Standing]:
    """The goals (of these opgaven) set by the day of the account and not yet dropped, the nearest first."""
    query = select(Goal).where(
        col(Goal.made_at) < span.limit, or_(col(Goal.ended_at).is_(None), col(Goal.ended_at) >= span.limit)
    )
    if opgaven is not None:
        query = query.where(col(Goal.challenge_id).in_(opgaven))
    goals = list(session.exec(query.order_by(col(Goal.due_on), col(Goal.id))))
    known = select(GoalValue).where(
        col(GoalValue.goal_id).in_([goal.id for goal in goals]), col(GoalValue.recorded_at) < span.limit
    )
    newest = {row.goal_id: row for row in session.exec(known.order_by(col(GoalValue.day), col(GoalValue.id)))}
    return [
        Standing(goal, newest.get(goal.id), goal.changed_at is not None and goal.changed_at >= span.limit)
        for goal in goals
    ]


def as_kept(standing: Standing) -> dict[str, Any]:
    """All that is told of a goal, to keep it as it stood."""
    goal, value = standing.goal, standing.value
    said = None if value is None else (str(value.value), value.day.isoformat(), value.source)
    return {
        "text": goal.text, "vision": goal.vision, "target": str(goal.target), "unit": goal.unit,
        "due_on": goal.due_on.isoformat(), "source": goal.source, "reworded": standing.reworded, "value": said,
    }  # fmt: skip


def from_kept(kept: dict[str, Any]) -> Standing:
    """The same to show; its rows are in no table."""
    said: dict[str, Any] = {
        **{name: kept[name] for name in ("text", "vision", "unit", "source")},
        "target": Decimal(kept["target"]),
        "due_on": date.fromisoformat(kept["due_on"]),
    }
    if not kept["value"]:
        return Standing(Goal(**said), None, kept["reworded"])
    number, day, source = kept["value"]
    of_day: dict[str, Any] = {"value": Decimal(number), "day": date.fromisoformat(day), "source": source}
    return Standing(Goal(**said), GoalValue(**of_day), kept["reworded"])


def set_goal(deed: Deed, challenge: Challenge, words: GoalWords) -> Goal:
    """A new goal of an opgave."""
    must_have(deed, Role.COORDINATOR, NOT_YOURS)
    goal = Goal(challenge_id=challenge.id, made_at=deed.now, **_checked(deed.session, words))
    deed.session.add(goal)
    deed.session.flush()
    return goal


def change_goal(deed: Deed, goal: Goal, words: GoalWords, seen: int) -> None:
    """Other words, number, day or source; for who has seen the newest version."""
    must_have(deed, Role.COORDINATOR, NOT_YOURS)
    fields = _checked(deed.session, words)
    claim(deed.session, goal, seen)
    goal.sqlmodel_update({**fields, "changed_at": deed.now})
    deed.session.add(goal)


def end_goal(deed: Deed, goal: Goal, seen: int) -> None:
    """It is no goal any more; accounts of before still tell it."""
    must_have(deed, Role.COORDINATOR, NOT_YOURS)
    claim(deed.session, goal, seen)
    goal.ended_at = deed.now
    deed.session.add(goal)


def add_value(deed: Deed, goal: Goal, value: Decimal | None, day: date, source: str) -> GoalValue:
    """How far it is; a value that was wrong is followed by another of the same day."""
    must_have(deed, Role.COORDINATOR, NOT_YOURS)
    if goal.ended_at is not None:
        raise NotFound
    if value is None:
        raise Incomplete("Vul de waarde in, zoals 1.250.", "value")
    if day > deed.today:
        raise Incomplete("Een waarde van na vandaag is nog niet bekend.", "day")
    named = required(source, "value_source", "Noem de bron van de waarde.")
    row = GoalValue(
        goal_id=goal.id, day=day, value=value, source=named, recorded_at=deed.now, recorded_by=deed.by.id
    )  # fmt: skip
    deed.session.add(row)
    return row


def _checked(session: Session, words: GoalWords) -> dict[str, Any]:
    if words.target is None:
        raise Incomplete("Vul het getal in dat bereikt moet zijn, zoals 15.000.", "target")
    return {
        "text": required(words.text, "text", "Schrijf op wat bereikt moet zijn."),
        "target": words.target,
        "unit": required(words.unit, "unit", "Noem de eenheid, zoals woningen."),
        "due_on": words.due_on,
        "source": required(words.source, "source", "Noem de bron van het doel."),
        "vision": title_of(session, words.vision_id) if words.vision_id else words.vision.strip(),
        "vision_id": words.vision_id,
    }
