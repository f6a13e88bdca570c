"""Applications that went in, and awards, in the cast of tests/make/lobby.py."""

from datetime import date
from decimal import Decimal

from db.models import Dossier
from db.vocabulary_lobby import ApplicationStage, Check, GoDecision, StateAid
from tests.make.lobby import Cast
from tracker.applications import stages
from tracker.applications.stages import Money
from tracker.rights import Deed

S = ApplicationStage


def applied(cast: Cast, submitted: date, visibility: str = "mra", requested: str = "400000") -> Dossier:
    """An application that went in on a day."""
    s, by, now = cast.session, cast.lobbyist, cast.now
    dossier = stages.start(Deed(s, by, now), cast.call, "haarlem", visibility, ["A20-1"])
    for stage in (S.SCOUTING, S.GO_NO_GO):
        stages.move(Deed(s, by, now), dossier, stage, dossier.version)
    yes = {check.value: "yes" for check in Check}
    stages.decide_go(Deed(s, by, now), dossier, GoDecision.GO, yes, [], "", dossier.version)
    money = Money(Decimal(requested), Decimal(1_000_000), 40, StateAid.NONE)
    stages.set_money(Deed(s, by, now), dossier, money, dossier.version)
    stages.move(Deed(s, by, now), dossier, S.SUBMITTED, dossier.version, submitted)
    return dossier


def award(cast: Cast, dossier: Dossier, day: date, granted: str) -> None:
    by, amount = cast.lobbyist, Decimal(granted)
    stages.decide(cast.deed(by), dossier, S.AWARDED, day, dossier.version, amount, "B-1")
