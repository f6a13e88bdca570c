"""Calls: what sources said, what we remember of it, and the agenda they are matched to. Written by the machine only."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from db.models.columns import Cents, Numbered, one_of
from db.vocabulary import (
    Allocation,
    ChallengeKind,
    ChallengeStatus,
    DeadlineKind,
    Eligibility,
    Instrument,
    Nature,
    RevisionKind,
    SourceKind,
    Status,
)

JOINED = text("joined_into IS NOT NULL")  # few are: an index of those alone
LATER_ROUND = text("previous_round_id IS NOT NULL")
# All that db/status.py asks to know whether a call stands, and what its lists sort by: no row is read for that.
STANDING = (
    "closes_at", "source_word", "not_listed_since", "joined_into", "nature", "eligible", "first_gate_at", "held",
)  # fmt: skip
UNMATCHED = text("matched_with = '' AND joined_into IS NULL")


class Crawl(Numbered, table=True):
    """One run of one source: what it saw and whether that was everything."""

    __table_args__ = (one_of("kind", SourceKind),)

    source: str = Field(index=True)
    kind: str = Field(default=SourceKind.CATALOGUE, description="what the source declares it is")
    started_at: datetime
    finished_at: datetime
    seconds: float = 0
    complete: bool
    why: str = Field(default="", description="why not complete, or the remarks of a complete crawl")
    seen: int = 0
    expected: int | None = Field(default=None, description="median of the last five complete crawls")
    unreadable: int = 0
    new: int = 0
    changed: int = 0
    gone: int = 0
    back: int = 0
    skew_seconds: float | None = Field(default=None, description="our clock minus the source's Date header")
    come_back_at: datetime | None = Field(default=None, description="the source asked not to be asked before")
    moved: str = Field(default="", description="'old -> new' where the source says it moved for good")
    total: int | None = Field(default=None, description="how many calls there are, by the source's own count")
    lost: list[str] = Field(
        default_factory=list, sa_type=JSON, description="fields that too many calls lost: a different crawl, held whole"
    )
    shrunk: bool = Field(default=False, description="read to its end, yet far fewer calls than before")
    released_at: datetime | None = Field(
        default=None, description="a person said that the source really lost those fields or calls"
    )
    measure: bool = Field(default=False, description="its size is the new measure: older crawls count no more")


class RememberedAddress(SQLModel, table=True):
    """What to send along when asking an address again."""

    __tablename__ = "remembered_address"
    source: str = Field(primary_key=True)
    url: str = Field(primary_key=True)
    etag: str | None = None
    last_modified: str | None = None


class Snapshot(SQLModel, table=True):
    """The bytes a source showed, by their SHA-256, zlib-compressed: proof of what the site said."""

    sha256: str = Field(primary_key=True)
    url: str
    media_type: str = ""
    fetched_at: datetime = Field(index=True)
    size: int
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Call(Numbered, table=True):
    """A call as we show it: one pure function of its sightings and people's corrections wrote these fields."""

    __table_args__ = (
        one_of("nature", Nature),
        one_of("instrument", Instrument),
        one_of("allocation", Allocation, optional=True),
        one_of("source_word", Status, optional=True),
        one_of("eligible", Eligibility),
        Index("ix_call_open", "nature", "closes_at"),
        Index("ix_call_said", "source_word", "closes_at"),
        Index("ix_call_standing", *STANDING),
        Index("ix_call_topics", "call_title", "budget", "closes_at", "joined_into"),
        Index("ix_call_joined", "joined_into", sqlite_where=JOINED, postgresql_where=JOINED),
        Index("ix_call_round", "previous_round_id", sqlite_where=LATER_ROUND, postgresql_where=LATER_ROUND),
        Index("ix_call_unmatched", "id", sqlite_where=UNMATCHED, postgresql_where=UNMATCHED),
    )

    nature: str = Nature.CALL
    title: str
    language: str
    url: str
    publisher: str | None = None
    given_within: str | None = Field(
        default=None, index=True, description="the authority in whose area alone it may be used; see db/giver.py"
    )
    summary: str = Field(default="", sa_type=Text)
    instrument: str = Instrument.GRANT
    allocation: str | None = None
    programme: list[str] = Field(default_factory=list, sa_type=JSON)
    call_title: str | None = None
    destination: str | None = None
    type_of_action: str | None = None
    applicants: list[str] = Field(default_factory=list, sa_type=JSON)
    area: str | None = None
    particulars: dict[str, Any] = Field(
        default_factory=dict, sa_type=JSON, description="what sources file it under: PARTICULARS in scrapers/listing.py"
    )
    eligible: str = Eligibility.UNKNOWN
    eligible_estimate: bool = Field(default=True, description="from the text; false: a source or a rule says it")
    eligible_why: str = ""
    budget: Decimal | None = Field(default=None, sa_type=Cents, description="EUR, all projects together")
    min_amount: Decimal | None = Field(default=None, sa_type=Cents, description="EUR per project")
    max_amount: Decimal | None = Field(default=None, sa_type=Cents, description="EUR per project")
    amount_text: str | None = Field(default=None, description="as the source wrote it, where it is no plain number")
    rate: Decimal | None = Field(default=None, sa_type=Cents, description="percentage of the costs")
    source_word: str | None = Field(default=None, description="the status by the source's own word")
    published_on: date | None = None
    opens_at: datetime | None = Field(default=None, description="first opening, derived from the deadlines")
    first_gate_at: datetime | None = Field(default=None, description="first moment by which a newcomer can come in")
    closes_at: datetime | None = Field(
        default=None, description="last moment by which a newcomer can come in; see tracker/calls/gates.py"
    )
    ends_at: datetime | None = Field(default=None, description="last moment of all, also for who came in before")
    until_exhausted: bool = Field(default=False, description="one applies while there is money; from the deadlines")
    not_listed_since: datetime | None = None
    provenance: dict[str, str] = Field(default_factory=dict, sa_type=JSON, description="field -> source shown")
    conflicts: dict[str, dict[str, Any]] = Field(
        default_factory=dict, sa_type=JSON, description="field -> source -> value, where sources disagree"
    )
    review: list[str] = Field(default_factory=list, sa_type=JSON, description="texts a person must read")
    proof: dict[str, dict[str, Any]] = Field(
        default_factory=dict, sa_type=JSON, description="field -> the sentence it was read from, and how certainly"
    )
    search_text: str = Field(default="", sa_type=Text, description="folded, stemmed and marked; see db/search_words.py")
    version: int = Field(default=1, description="grows with every change worth telling")
    stale: dict[str, str] = Field(
        default_factory=dict, sa_type=JSON, description="field or kind of date -> day since which no source names it"
    )
    held: bool = Field(default=False, description="kept from mail until released: odd news")
    held_why: str = Field(default="", description="what is odd about it, in Dutch")
    held_since: datetime | None = None
    first_seen: datetime = Field(index=True)
    last_seen: datetime = Field(
        description="kept up where its last date has passed, see db/status.py; else its sightings know: db/last_seen.py"
    )
    joined_into: int | None = Field(default=None, foreign_key="call.id", description="a redirect after a join")
    previous_round_id: int | None = Field(
        default=None, foreign_key="call.id", description="the round before this one, under the same id in its source"
    )
    matched_with: str = Field(default="", description="the model and the agendas it was last matched with")
    matched_revision: int = Field(default=0, description="its newest revision when it was last matched")


class Sighting(Numbered, table=True):
    """What one source last said of one call."""

    __table_args__ = (UniqueConstraint("source", "external_id"),)

    source: str
    external_id: str
    call_id: int = Field(foreign_key="call.id", index=True)
    url: str
    fields: dict[str, Any] = Field(sa_type=JSON, description="the Listing, as JSON")
    fingerprint: str = Field(description="SHA-256 of the fields that count as a change")
    snapshot: str | None = Field(default=None, description="SHA-256 of the bytes it was read from")
    references: list[str] = Field(default_factory=list, sa_type=JSON, description="official references, for joining")
    first_seen: datetime
    last_seen: datetime = Field(description="where it is no longer listed: the last crawl of its source that named it")
    listed: bool = Field(
        default=False, description="the newest SourceReading named it: then it was seen at that moment"
    )
    missed: int = Field(default=0, description="complete catalogue crawls in a row without it")
    gone_at: datetime | None = None
    waiting_since: datetime | None = Field(
        default=None, description="since when its source says something odd, which is not taken over yet"
    )
    waiting_why: str = Field(default="", description="what is odd, in Dutch")


class SourceReading(SQLModel, table=True):
    """When what a source lists was last taken over: one row a source, so that what is as before is not written anew."""

    __tablename__ = "source_reading"
    source: str = Field(primary_key=True)
    at: datetime


class Reference(SQLModel, table=True):
    """An official reference that a sighting names, folded, so that sightings of one call find each other."""

    reference: str = Field(primary_key=True)
    sighting_id: int = Field(foreign_key="sighting.id", primary_key=True, index=True)


class Deadline(Numbered, table=True):
    """One typed date of a call. The row is kept when its date moves, so that its id can be a calendar UID."""

    __table_args__ = (one_of("kind", DeadlineKind),)

    call_id: int = Field(foreign_key="call.id", index=True)
    kind: str
    number: int = Field(default=0, description="which of several of this kind, by date")
    day: date | None = Field(default=None, description="local date; none for 'until the money is gone'")
    hour: str | None = Field(default=None, description="local wall time HH:MM, none where only the day is known")
    zone: str = "Europe/Amsterdam"
    at: datetime | None = Field(default=None, index=True, description="the instant, derived from day, hour and zone")
    assumed: bool = Field(default=False, description="the hour is the usual one, not stated by the source")
    text: str = Field(default="", description="the words of the date alone, as the source has them")
    sentence: str = Field(default="", sa_type=Text, description="what it was read from; empty: a field of the source")
    certainty: float = Field(default=1, description="0 to 1; 1 where the source states it in a field of its own")
    door: bool | None = Field(
        default=None, description="whether a newcomer can come in by it; none: as the kind has it"
    )
    obligatory: bool = Field(default=False, description="who does not come in by this step cannot by a later one")
    gate_at: datetime | None = Field(default=None, description="until when a newcomer can come in by it; none: never")
    stale_since: date | None = Field(default=None, description="the day since which its source no longer names it")
    version: int = Field(default=1, description="grows when the date moves; also the calendar's SEQUENCE")
    modified_at: datetime
    cancelled_at: datetime | None = None


class Revision(Numbered, table=True):
    """What changed on a call: one row a field, old and new."""

    __table_args__ = (
        one_of("kind", RevisionKind),
        Index("ix_revision_call", "call_id", "version"),
        Index("ix_revision_damped", "crawl_id", sqlite_where=text("damped"), postgresql_where=text("damped")),
    )

    call_id: int = Field(foreign_key="call.id")
    crawl_id: int | None = Field(default=None, foreign_key="crawl.id", index=True)
    at: datetime = Field(index=True)
    kind: str
    field: str = ""
    old: Any = Field(default=None, sa_type=JSON)
    new: Any = Field(default=None, sa_type=JSON)
    telling: bool = Field(default=False, description="worth telling a person")
    damped: bool = Field(default=False, description="went back to what it was: told only if it stays")
    version: int = Field(default=1, description="the call's version after this change")
    snapshot: str | None = Field(default=None, description="SHA-256 of the bytes the new value was read from")


class Correction(Numbered, table=True):
    """A person's correction of one field of a call; every crawl respects it until it is withdrawn."""

    call_id: int = Field(foreign_key="call.id", index=True)
    field: str
    value: Any = Field(default=None, sa_type=JSON)
    refutes: Any = Field(
        default=None,
        nullable=True,
        sa_type=JSON(none_as_null=True),
        description="holds only while sources say this value",
    )
    reason: str = ""
    user_id: int = Field(foreign_key="user.id")
    participant_id: str = Field(foreign_key="participant.id")
    visibility: str
    at: datetime
    agreed_at: datetime | None = Field(default=None, description="since when the source says the same")
    withdrawn_at: datetime | None = None


class Dismissal(SQLModel, table=True):
    """A person's word that two calls which look alike are two; they are not proposed as one again."""

    first_id: int = Field(foreign_key="call.id", primary_key=True, description="the lower number of the two")
    second_id: int = Field(foreign_key="call.id", primary_key=True, index=True)
    reason: str = ""
    user_id: int = Field(foreign_key="user.id")
    participant_id: str = Field(foreign_key="participant.id")
    visibility: str
    at: datetime


class Agenda(SQLModel, table=True):
    """An edition of the policy agenda."""

    id: str = Field(primary_key=True)
    name: str
    valid_from: date
    valid_to: date | None = None
    succeeded_by: str | None = None


class Challenge(SQLModel, table=True):
    """An opgave: one node in an agenda's tree, with the words it is recognised by."""

    __table_args__ = (one_of("kind", ChallengeKind), one_of("status", ChallengeStatus))

    id: str = Field(primary_key=True)
    agenda_id: str = Field(foreign_key="agenda.id", index=True)
    parent_id: str | None = Field(default=None, foreign_key="challenge.id")
    kind: str
    status: str
    number: str | None = None
    name: str | None = Field(default=None, description="none where the official name is not known yet")
    goal: str = Field(default="", sa_type=Text)
    platforms: list[str] = Field(default_factory=list, sa_type=JSON)
    words_nl: list[str] = Field(default_factory=list, sa_type=JSON)
    words_en: list[str] = Field(default_factory=list, sa_type=JSON)
    words_not: list[str] = Field(default_factory=list, sa_type=JSON, description="lower the score, never hide")
    searches_with: list[str] = Field(default_factory=list, sa_type=JSON, description="opgaven whose words it borrows")
    translations: dict[str, list[str]] = Field(
        default_factory=dict, sa_type=JSON, description="a Dutch word -> what its field calls it in English, for search"
    )
    position: int = 0
    version: int = 1
    changed_at: datetime | None = Field(default=None, description="by a person; none: as it was read from our files")


class Match(Numbered, table=True):
    """A call and an opgave that met: how strongly and why, by which model."""

    __table_args__ = (UniqueConstraint("call_id", "challenge_id"),)

    call_id: int = Field(sa_column=Column(ForeignKey("call.id"), nullable=False, index=True))
    challenge_id: str = Field(foreign_key="challenge.id", index=True)
    score: float = Field(description="0 to 1, calibrated; what people said of it stands in their leanings")
    topic: float = Field(default=0, description="0 to 1, the topic alone")
    reasons: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    model: str = Field(description="name and version of the matcher that said so")
    at: datetime


class CallVectors(SQLModel, table=True):
    """The sentence vectors of a call, so that an edited agenda costs no encoding. Goes with its call."""

    __tablename__ = "call_vectors"

    call_id: int = Field(
        sa_column=Column(ForeignKey("call.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    model: str = Field(description="name and version of the encoder; vectors of two versions never mix")
    texts: bytes = Field(sa_column=Column(LargeBinary, nullable=False), description="eight bytes of SHA-256 a text")
    vectors: bytes = Field(sa_column=Column(LargeBinary, nullable=False), description="float16, a row a text")
    whole: bytes = Field(sa_column=Column(LargeBinary, nullable=False), description="float16, the call as one")
