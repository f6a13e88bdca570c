"""Whether the money of an authority can land where its reader works, and if not, who of the region can use it."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import ColumnElement, and_, false
from sqlmodel import col, select

from db.giver import giver_key, only_within
from db.home import Home
from db.models.calls import Call
from db.queries import Viewer
from db.region_served import region
from db.vocabulary import Eligibility, Role

NAMED = 6  # participants, when it is told who can use a call; of more their number
USABLE = (Eligibility.SELF, Eligibility.PARTNER, Eligibility.UNKNOWN)  # what is for others is so wherever it lands


@dataclass(frozen=True)
class Reach:
    """The area of one reader. ``everywhere``: who sees to the whole region, for whom all of its area counts."""

    home: Home | None = None
    everywhere: bool = False
    today: date = date.min

    def is_out_of(self, eligible: str, giver: str | None) -> bool:
        """Whether a call of this authority, by its key, cannot land where the reader works."""
        return not self.everywhere and self._apart(eligible, giver)

    def users(self, eligible: str, giver: str | None) -> str:
        """Who can use what the reader's own organisation cannot, by name; said to who sees to the whole region."""
        if not (self.everywhere and self._apart(eligible, giver)):
            return ""
        there = [home.name for home in region().homes.values() if giver not in home.apart and self._still(home)]
        return f"{len(there)} deelnemers daar" if len(there) > NAMED else _listed(there)

    def _still(self, home: Home) -> bool:
        return home.until is None or self.today < home.until

    def _apart(self, eligible: str, giver: str | None) -> bool:
        return self.home is not None and giver in self.home.apart and eligible in USABLE

    @property
    def limits(self) -> bool:
        """Whether there is anything out of it."""
        return not self.everywhere and self.home is not None and bool(self.home.apart)

    @property
    def outside(self) -> ColumnElement[bool]:
        """The calls that are out of it, as a condition."""
        if self.home is None or not self.limits:
            return false()
        # Asked by number: of a call whose giver is not known "not one of these" would be neither true nor false.
        given = select(Call.id).where(col(Call.given_within).in_(sorted(self.home.apart)))
        return and_(col(Call.id).in_(given), col(Call.eligible).in_(USABLE))


ANYWHERE = Reach()


def reach_of(viewer: Viewer, today: date) -> Reach:
    """That of a viewer; not known where the region's folder does not say where the organisation lies."""
    return _reach(region().homes.get(viewer.participant_id or ""), viewer.role == Role.COORDINATOR, today)


@lru_cache(maxsize=512)
def _reach(home: Home | None, everywhere: bool, today: date) -> Reach:
    return Reach(home, everywhere, today)


def told_to(reach: Reach, eligible: str, estimate: bool, publisher: str | None) -> str:
    """Who may apply, in the words of page, mail and file alike, to the reader whose reach it is."""
    giver = giver_key(publisher)
    out, users = reach.is_out_of(eligible, giver), reach.users(eligible, giver)
    return Eligibility(eligible).told(estimate, only_within(publisher), out, users)


def _listed(names: list[str]) -> str:
    return " en ".join(filter(None, (", ".join(names[:-1]), names[-1] if names else "")))
