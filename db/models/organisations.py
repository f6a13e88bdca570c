"""Organisations: one register of whom one speaks with, their offices, and the names they go or went by."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from db.models.columns import Numbered, one_of
from db.vocabulary import Visibility
from db.vocabulary_organisations import OrganisationKind, OrganisationNameKind

PRIVATE = text("visibility = 'own' AND merged_into_id IS NULL AND parent_id IS NULL")
PRIVATE_OFFICE = text("visibility = 'own' AND merged_into_id IS NULL AND parent_id IS NOT NULL")


class Organisation(Numbered, table=True):
    """An organisation, or with a parent an office in one. Names are all it holds: people and talks are others' rows.

    The register is shared. What one participant typed stays its own until something of it is shared with the region, so
    that nobody reads off the register whom another speaks with.
    """

    __table_args__ = (
        one_of("kind", OrganisationKind),
        one_of("visibility", (Visibility.OWN, Visibility.REGION)),
        CheckConstraint("trim(name) <> ''", name="name"),
        CheckConstraint("visibility = 'mra' OR participant_id IS NOT NULL", name="owner"),
        CheckConstraint("merged_into_id IS NULL OR merged_into_id <> id", name="merged"),
        Index("ix_organisation_key", "key"),
        Index(
            "uq_organisation_own",
            "participant_id",
            "key",
            unique=True,
            sqlite_where=PRIVATE,
            postgresql_where=PRIVATE,
        ),
        Index(
            "uq_organisation_own_office",
            "participant_id",
            "parent_id",
            "key",
            unique=True,
            sqlite_where=PRIVATE_OFFICE,
            postgresql_where=PRIVATE_OFFICE,
        ),
    )

    kind: str = OrganisationKind.UNKNOWN
    name: str
    key: str = Field(description="the name folded, so that spellings meet; see tracker/organisations/names.py")
    parent_id: int | None = Field(default=None, foreign_key="organisation.id", index=True)
    code: str | None = Field(default=None, unique=True, description="of what ships with the program, such as 'ezk'")
    ended_on: date | None = Field(default=None, description="first day on which it is no longer there")
    successor_id: int | None = Field(default=None, foreign_key="organisation.id", index=True)
    merged_into_id: int | None = Field(
        default=None, foreign_key="organisation.id", index=True, description="a person said that both are one"
    )
    participant_id: str | None = Field(default=None, foreign_key="participant.id", description="who typed it first")
    visibility: str = Visibility.OWN
    version: int = 1
    created_at: datetime


class OrganisationName(Numbered, table=True):
    """Another name of an organisation: an abbreviation, a former name, another spelling."""

    __tablename__ = "organisation_name"
    __table_args__ = (
        one_of("kind", OrganisationNameKind),
        UniqueConstraint("organisation_id", "key"),
        CheckConstraint("trim(name) <> ''", name="name"),
    )

    organisation_id: int = Field(foreign_key="organisation.id")
    kind: str = OrganisationNameKind.OTHER
    name: str
    key: str = Field(index=True)
    used_until: date | None = Field(default=None, description="the last day of a former name")
