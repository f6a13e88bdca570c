"""Lobby: dossiers, their log, the positions taken in them and the coalition behind those. Written by people only."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from db.models.columns import Cents, Numbered, one_of
from db.vocabulary import Visibility
from db.vocabulary_lobby import (
    AgendaState,
    ApplicationStage,
    ChainKind,
    DossierKind,
    Gremium,
    Level,
    LoggedDeed,
    LoggedKind,
    LogKind,
    PartyKind,
    PartyStance,
    PositionState,
    Priority,
    ResolutionKind,
    Result,
    Stage,
)


class Owned(SQLModel):
    """What every row of people carries: whose it is, who may see it, and how often it was changed."""

    participant_id: str = Field(foreign_key="participant.id")
    visibility: str = Visibility.OWN
    version: int = Field(default=1, description="grows with every change, so that two people at once lose nothing")


class LobbyAgenda(Owned, table=True):
    """The lobby agenda of one year, set by the region Bestuur and noted by the AV."""

    __tablename__ = "lobby_agenda"
    __table_args__ = (one_of("state", AgendaState), one_of("visibility", Visibility))

    year: int = Field(primary_key=True)
    state: str = AgendaState.DRAFT
    adopted_on: date | None = None
    noted_on: date | None = None
    document: list[dict[str, Any]] | None = Field(
        default=None,
        sa_type=JSON(none_as_null=True),
        nullable=True,
        description="each item as it was when the agenda was adopted; none while it is a draft",
    )


class Dossier(Numbered, Owned, table=True):
    """The working file: an opgave, what we want, who carries it, and where it stands."""

    __table_args__ = (
        one_of("kind", DossierKind),
        one_of("stage", (*Stage, *ApplicationStage)),
        one_of("level", Level),
        one_of("priority", Priority),
        one_of("result", Result, optional=True),
        one_of("visibility", Visibility),
        CheckConstraint("requested_amount IS NULL OR requested_amount >= 0", name="requested"),
        CheckConstraint("result_amount IS NULL OR result_amount >= 0", name="brought"),
        CheckConstraint("trim(title) <> ''", name="title"),
    )

    kind: str = DossierKind.LOBBY
    title: str
    goal: str = Field(default="", sa_type=Text, description="the lobbydoel, measurable")
    message_nl: str = Field(default="", sa_type=Text, description="kernboodschap")
    message_en: str = Field(default="", sa_type=Text)
    request: str = Field(default="", sa_type=Text, description="the decision asked for")
    requested_amount: Decimal | None = Field(default=None, sa_type=Cents, description="EUR")
    level: str = Level.NATIONAL
    political_lead: str = Field(default="", description="bestuurlijk trekker, by office and never by name")
    official_id: int | None = Field(default=None, foreign_key="user.id", description="ambtelijk trekker")
    lobbyist_id: int | None = Field(default=None, foreign_key="user.id")
    priority: str = Priority.MIDDLE
    stage: str = Stage.SPOTTED
    result: str | None = None
    result_amount: Decimal | None = Field(default=None, sa_type=Cents, description="EUR")
    result_text: str = Field(default="", sa_type=Text)
    group_parties: bool = Field(default=False, description="participants of the coalition are in its group")
    group_lobbyists: bool = Field(default=False, description="and all participants' lobbyists")
    example: bool = Field(default=False, description="made up, to show how it works")
    watch: str = Field(
        default="", sa_type=Text, description="what is followed in parliament, consultations and Brussels, a line each"
    )
    parked_until: date | None = Field(default=None, description="left alone for now; asked again on that day")
    deleted_at: datetime | None = Field(default=None, description="thrown away while there was nothing in it")
    merged_into_id: int | None = Field(
        default=None, foreign_key="dossier.id", index=True, description="what was in it stands there"
    )
    opened_at: datetime
    closed_at: datetime | None = None


class DossierChallenge(SQLModel, table=True):
    """An opgave that a dossier serves."""

    __tablename__ = "dossier_challenge"
    dossier_id: int = Field(foreign_key="dossier.id", primary_key=True)
    challenge_id: str = Field(foreign_key="challenge.id", primary_key=True, index=True)


class DossierReader(SQLModel, table=True):
    """A person named in the group of a dossier, who reads along whatever the organisation."""

    __tablename__ = "dossier_reader"
    dossier_id: int = Field(foreign_key="dossier.id", primary_key=True)
    user_id: int = Field(foreign_key="user.id", primary_key=True, index=True)


class DossierFollow(SQLModel, table=True):
    """A person who wants to be told of what happens in a dossier."""

    __tablename__ = "dossier_follow"
    dossier_id: int = Field(foreign_key="dossier.id", primary_key=True)
    user_id: int = Field(foreign_key="user.id", primary_key=True, index=True)
    at: datetime


class DossierParticipant(SQLModel, table=True):
    """A participant concerned in a dossier, beside its owner."""

    __tablename__ = "dossier_participant"
    dossier_id: int = Field(foreign_key="dossier.id", primary_key=True)
    participant_id: str = Field(foreign_key="participant.id", primary_key=True)


class DossierCall(SQLModel, table=True):
    """A call a dossier hangs on, and the version of it that people last looked at."""

    __tablename__ = "dossier_call"
    dossier_id: int = Field(foreign_key="dossier.id", primary_key=True)
    call_id: int = Field(foreign_key="call.id", primary_key=True, index=True)
    seen_version: int = Field(default=1, description="an older one than the call's own means: it changed since")


class CallNote(Numbered, Owned, table=True):
    """What an organisation notes on a call, with labels. A change is a new row, so that what stood there stays."""

    __tablename__ = "call_note"
    __table_args__ = (one_of("visibility", Visibility),)

    call_id: int = Field(foreign_key="call.id", index=True)
    text: str = Field(default="", sa_type=Text)
    labels: list[str] = Field(default_factory=list, sa_type=JSON)
    user_id: int = Field(foreign_key="user.id")
    at: datetime
    first_id: int | None = Field(default=None, foreign_key="call_note.id", index=True, description="of what it changed")
    ended_at: datetime | None = Field(default=None, description="when it was changed or withdrawn")


class ChainLink(Numbered, Owned, table=True):
    """A step on the way to a call that a person knows of: a letter, a consultation, a publication."""

    __tablename__ = "chain_link"
    __table_args__ = (
        one_of("kind", ChainKind),
        one_of("visibility", Visibility),
        CheckConstraint("trim(title) <> ''", name="title"),
    )

    call_id: int = Field(foreign_key="call.id", index=True)
    kind: str
    title: str
    url: str
    day: date | None = Field(default=None, description="of the step itself, where it is known")
    added_by: int = Field(foreign_key="user.id")
    added_at: datetime
    withdrawn_at: datetime | None = None


class LobbyAgendaItem(SQLModel, table=True):
    """A dossier on a year's lobby agenda; rolling over adds a row, so every past year stays as it was."""

    __tablename__ = "lobby_agenda_item"
    year: int = Field(foreign_key="lobby_agenda.year", primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", primary_key=True, index=True)
    rolled_over: bool = False
    added_at: datetime


class LogEntry(Numbered, table=True):
    """What happened on a dossier: who, when, what. Append-only by a trigger; only a name can be blotted out."""

    __tablename__ = "log_entry"
    __table_args__ = (
        one_of("kind", LogKind),
        one_of("visibility", Visibility),
        Index("ix_log_entry_timeline", "dossier_id", "day"),
    )

    dossier_id: int = Field(foreign_key="dossier.id")
    participant_id: str = Field(foreign_key="participant.id")
    visibility: str
    at: datetime = Field(description="when it was written")
    day: date = Field(description="the day it is about, in Amsterdam")
    user_id: int = Field(foreign_key="user.id")
    kind: str
    text: str = Field(default="", sa_type=Text)
    from_stage: str | None = None
    to_stage: str | None = None
    subject_id: int | None = Field(default=None, description="the position, contact moment ... it is about")
    redacted_at: datetime | None = None


class LoggedChange(Numbered, table=True):
    """What stood there before a correction or a withdrawal, by whom and when; for the organisation that wrote it."""

    __tablename__ = "logged_change"
    __table_args__ = (
        one_of("kind", LoggedKind),
        one_of("deed", LoggedDeed),
        one_of("visibility", (Visibility.OWN,)),
        Index("ix_logged_change_subject", "kind", "subject_id"),
    )

    kind: str
    subject_id: int = Field(description="of the row that was changed, which is gone where it was withdrawn")
    deed: str
    dossier_id: int | None = Field(default=None, foreign_key="dossier.id", index=True)
    participant_id: str = Field(foreign_key="participant.id")
    visibility: str = Visibility.OWN
    user_id: int = Field(foreign_key="user.id")
    at: datetime
    before: str = Field(sa_type=Text, description="a line a field: what it is called, and what stood there")


class Position(Numbered, Owned, table=True):
    """What we say, from when to when, by whose decision. Its words never change: it is succeeded, not edited."""

    __table_args__ = (
        UniqueConstraint("dossier_id", "number"),
        one_of("state", PositionState),
        one_of("gremium", Gremium, optional=True),
        one_of("visibility", Visibility),
        CheckConstraint(
            "state <> 'adopted' OR (gremium IS NOT NULL AND decision <> '' AND adopted_on IS NOT NULL"
            " AND valid_from IS NOT NULL)",
            name="adopted",
        ),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="validity"),
    )

    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    number: int = Field(description="1, 2, 3 ... within the dossier, in the order of writing; shown to nobody")
    region_number: int | None = Field(
        default=None, description="1, 2, 3 ... as bodies of the region adopted them; what people read"
    )
    state: str = PositionState.DRAFT
    internal_wording: str = Field(default="", sa_type=Text, description="never leaves the dossier page")
    public_wording: str = Field(default="", sa_type=Text)
    red_lines: str = Field(default="", sa_type=Text, description="internal as well")
    ground: str = Field(default="", sa_type=Text, description="the document it rests on")
    gremium: str | None = None
    decision: str = Field(default="", description="number or name of the decision")
    adopted_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = Field(default=None, description="last day of the mandate; none = until succeeded")
    next_review: date | None = None
    ended_on: date | None = Field(default=None, description="first day on which it no longer holds")
    withdrawn: bool = Field(default=False, description="it ended because it was taken back, not by a successor")
    created_at: datetime
    created_by: int = Field(foreign_key="user.id")


class Resolution(Numbered, table=True):
    """What a body decided on a position or a lobby agenda. A body of the region: a second person confirms it.

    It belongs to its position or agenda. Until it is settled it is known to who can decide on it; then it stays, by a
    trigger.
    """

    __table_args__ = (
        one_of("kind", ResolutionKind),
        one_of("gremium", Gremium),
        CheckConstraint("(position_id IS NULL) <> (agenda_year IS NULL)", name="subject"),
        CheckConstraint("trim(decision) <> ''", name="decision"),
        CheckConstraint("confirmed_by <> proposed_by", name="second_person"),
    )

    position_id: int | None = Field(default=None, foreign_key="position.id", index=True)
    agenda_year: int | None = Field(default=None, foreign_key="lobby_agenda.year", index=True)
    kind: str
    gremium: str
    decision: str = Field(description="number or name of the decision")
    decided_on: date
    valid_from: date | None = None
    valid_to: date | None = None
    next_review: date | None = None
    succeeds_id: int | None = Field(default=None, foreign_key="position.id", description="what it ends")
    dissent: dict[str, str] = Field(default_factory=dict, sa_type=JSON, description="participant -> why not")
    reason: str = Field(default="", sa_type=Text, description="of a correction or withdrawal")
    before: dict[str, str] = Field(default_factory=dict, sa_type=JSON, description="what it changed, as it was")
    proposed_by: int = Field(foreign_key="user.id")
    proposed_at: datetime
    confirmed_by: int | None = Field(default=None, foreign_key="user.id", description="none for an own body's")
    settled_at: datetime | None = Field(default=None, description="when it took effect, or was dropped")
    dropped_by: int | None = Field(default=None, foreign_key="user.id")


class Dissent(SQLModel, table=True):
    """A participant that does not share an adopted position."""

    position_id: int = Field(foreign_key="position.id", primary_key=True)
    participant_id: str = Field(foreign_key="participant.id", primary_key=True)
    reason: str = ""


class CoalitionMember(Numbered, Owned, table=True):
    """A party that stands beside us in a dossier, since a day."""

    __tablename__ = "coalition_member"
    __table_args__ = (
        UniqueConstraint("dossier_id", "name"),
        one_of("kind", PartyKind),
        one_of("visibility", Visibility),
    )

    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    kind: str = PartyKind.PARTICIPANT
    name: str
    party_id: str | None = Field(default=None, foreign_key="participant.id", description="when it is a participant")
    joined_on: date
    left_on: date | None = None


class SignOffRound(Numbered, Owned, table=True):
    """A draft put to the coalition, with a day by which to answer. Who does not answer has not agreed."""

    __tablename__ = "sign_off_round"
    __table_args__ = (one_of("visibility", Visibility),)

    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    position_id: int | None = Field(default=None, foreign_key="position.id")
    question: str
    due_on: date
    opened_at: datetime
    opened_by: int = Field(foreign_key="user.id")
    holder_id: int | None = Field(default=None, foreign_key="user.id", description="who took it over from that one")
    closed_at: datetime | None = None

    @property
    def whose(self) -> int:
        """The user who sees to it that it is answered."""
        return self.holder_id or self.opened_by


class RoundInvitation(Numbered, table=True):
    """An address at which a party was asked to answer a round by mail, without an account."""

    __tablename__ = "round_invitation"
    __table_args__ = (UniqueConstraint("round_id", "member_id", "email"),)

    round_id: int = Field(foreign_key="sign_off_round.id")
    member_id: int = Field(foreign_key="coalition_member.id", index=True)
    email: str = Field(description="erased some time after the round is closed")
    invited_by: int = Field(foreign_key="user.id")
    invited_at: datetime
    answered_at: datetime | None = None


class CoalitionStance(Numbered, table=True):
    """What a party said, on a day, in a round or outside one; the newest counts, older ones stay."""

    __tablename__ = "coalition_stance"
    __table_args__ = (one_of("stance", PartyStance), one_of("visibility", Visibility))

    member_id: int = Field(foreign_key="coalition_member.id", index=True)
    round_id: int | None = Field(default=None, foreign_key="sign_off_round.id", index=True)
    participant_id: str = Field(foreign_key="participant.id")
    visibility: str = Visibility.OWN
    stance: str
    said_on: date
    text: str = Field(default="", sa_type=Text)
    source: str = ""
    recorded_at: datetime
    recorded_by: int = Field(foreign_key="user.id")
