"""Applications: what a dossier of that kind adds, and the money participants promise with it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Text, UniqueConstraint
from sqlmodel import Field

from db.models.columns import Cents, Numbered, one_of
from db.models.lobby import Owned
from db.vocabulary import Visibility
from db.vocabulary_lobby import GoDecision, PartnerRole, StateAid, TaskKind


class Application(Owned, table=True):
    """An application for a call: who leads it, what is asked, whether we go, what was decided."""

    __table_args__ = (
        one_of("state_aid", StateAid),
        one_of("go", GoDecision, optional=True),
        one_of("visibility", Visibility),
        CheckConstraint("requested IS NULL OR requested >= 0", name="requested"),
        CheckConstraint("total_cost IS NULL OR total_cost >= 0", name="total_cost"),
        CheckConstraint("granted IS NULL OR granted >= 0", name="granted"),
        CheckConstraint("chance IS NULL OR chance BETWEEN 0 AND 100", name="chance"),
        CheckConstraint("lead_id IS NULL OR lead_id <> 'mra'", name="lead"),
    )

    dossier_id: int = Field(foreign_key="dossier.id", primary_key=True)
    call_id: int | None = Field(default=None, foreign_key="call.id", index=True)
    programme: str = Field(default="", description="as it was when we started; the hit rate is counted by it")
    lead_id: str | None = Field(default=None, foreign_key="participant.id", description="penvoerder, never the region")
    requested: Decimal | None = Field(default=None, sa_type=Cents, description="EUR")
    total_cost: Decimal | None = Field(default=None, sa_type=Cents, description="EUR")
    chance: int | None = Field(default=None, description="percentage, as people judge it")
    state_aid: str = StateAid.UNKNOWN
    checklist: dict[str, Any] = Field(default_factory=dict, sa_type=JSON, description="Check -> CheckAnswer")
    go: str | None = None
    go_on: date | None = None
    go_by: int | None = Field(default=None, foreign_key="user.id")
    go_reasons: list[str] = Field(default_factory=list, sa_type=JSON, description="NoReason codes of a no-go")
    go_text: str = Field(default="", sa_type=Text)
    submitted_on: date | None = Field(default=None, description="the day it went in, as people say it")
    proof: str = Field(default="", description="where it can be read that it went in, such as in the zaaksysteem")
    decided_on: date | None = None
    granted: Decimal | None = Field(default=None, sa_type=Cents, description="EUR")
    grant_number: str = ""
    lesson: str = Field(default="", sa_type=Text)


class ApplicationPartner(Numbered, table=True):
    """A partner in an application: a participant, or an organisation by name."""

    __tablename__ = "application_partner"
    __table_args__ = (UniqueConstraint("dossier_id", "name"), one_of("role", PartnerRole))

    dossier_id: int = Field(foreign_key="application.dossier_id", index=True)
    name: str
    party_id: str | None = Field(default=None, foreign_key="participant.id")
    role: str = PartnerRole.PARTNER


class Cofunding(Numbered, Owned, table=True):
    """The own money one participant promises an application in one year, and where it comes from."""

    __table_args__ = (
        UniqueConstraint("dossier_id", "participant_id", "year"),
        one_of("visibility", Visibility),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("de_minimis >= 0", name="de_minimis"),
        CheckConstraint("year BETWEEN 2000 AND 2100", name="year"),
    )

    dossier_id: int = Field(foreign_key="application.dossier_id", index=True)
    year: int
    amount: Decimal = Field(sa_type=Cents, description="EUR of own money")
    de_minimis: Decimal = Field(default=Decimal(0), sa_type=Cents, description="EUR of de-minimis aid received")
    cover: str = Field(default="", description="credit number or budget item; empty = not covered yet")
    agreed_on: date | None = Field(default=None, description="when the participant itself said so; counts from then on")


class ApplicationTask(Numbered, table=True):
    """Something to be done for an application by a day: a task, or a report that the funder asks for."""

    __tablename__ = "application_task"
    __table_args__ = (one_of("kind", TaskKind),)

    dossier_id: int = Field(foreign_key="application.dossier_id", index=True)
    kind: str = TaskKind.TASK
    day: date = Field(index=True)
    text: str = Field(default="", sa_type=Text)
    assignee_id: int | None = Field(default=None, foreign_key="user.id", index=True)
    done_on: date | None = None
    done_by: int | None = Field(default=None, foreign_key="user.id")
    modified_at: datetime
    version: int = 1


class BudgetLine(Numbered, table=True):
    """Costs of one partner in an application, the share of them that is asked, and what is brought in kind."""

    __tablename__ = "budget_line"
    __table_args__ = (
        CheckConstraint("costs >= 0", name="costs"),
        CheckConstraint("rate BETWEEN 0 AND 10000", name="rate"),
        CheckConstraint("in_kind BETWEEN 0 AND costs", name="in_kind"),
    )

    dossier_id: int = Field(foreign_key="application.dossier_id", index=True)
    partner: str
    text: str = Field(default="", sa_type=Text, description="for what")
    costs: Decimal = Field(sa_type=Cents, description="EUR that count for the funder")
    rate: Decimal = Field(sa_type=Cents, description="percentage of them that is asked")
    in_kind: Decimal = Field(default=Decimal(0), sa_type=Cents, description="EUR of the costs that are own hours")


class Instalment(Numbered, table=True):
    """Money of the funder that is expected on a day, and when it came."""

    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("received IS NULL OR received >= 0", name="received"),
    )

    dossier_id: int = Field(foreign_key="application.dossier_id", index=True)
    text: str = Field(default="", sa_type=Text)
    expected_on: date
    amount: Decimal = Field(sa_type=Cents, description="EUR")
    received_on: date | None = None
    received: Decimal | None = Field(default=None, sa_type=Cents, description="EUR")
    recorded_at: datetime | None = Field(default=None, description="when it was written down that it came")
    version: int = 1


class CofundingRoom(Numbered, Owned, table=True):
    """What a participant has set aside for own contributions in one year."""

    __tablename__ = "cofunding_room"
    __table_args__ = (
        UniqueConstraint("participant_id", "year"),
        one_of("visibility", Visibility),
        CheckConstraint("amount >= 0", name="amount"),
    )

    year: int
    amount: Decimal = Field(sa_type=Cents, description="EUR")
