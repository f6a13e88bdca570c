"""Whether a public body can use a call: what a person says of it stands before what the matcher makes of its words."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from db.models import Call, Correction, Revision, User
from db.vocabulary import Eligibility, RevisionKind

FIELD = "eligible"


class CorrectedEligibility(NamedTuple):
    """A person's word on a call: the right value, or the one that is wrong where nobody knows better."""

    value: str | None
    refutes: str | None
    name: str

    def over(self, eligible: str, estimate: bool, why: str) -> tuple[str, bool, str]:
        """What is shown, whether it is an estimate, and why, where the matcher would say this."""
        if self.value is not None:
            return self.value, False, f"gecorrigeerd door {self.name}"
        if eligible == self.refutes:
            return Eligibility.UNKNOWN, False, f"“{Eligibility(eligible).label}” klopt niet volgens {self.name}"
        return eligible, estimate, why


def corrected(session: Session, calls: Iterable[int]) -> dict[int, CorrectedEligibility]:
    """What stands of these calls, by the id of the call."""
    columns = select(Correction.call_id, Correction.value, Correction.refutes, User.name)
    rows = columns.join(User, col(User.id) == col(Correction.user_id)).where(Correction.field == FIELD)
    rows = rows.where(col(Correction.call_id).in_(list(calls)), col(Correction.withdrawn_at).is_(None))
    return {row[0]: CorrectedEligibility(*row[1:]) for row in session.exec(rows.order_by(col(Correction.id)))}


def show(session: Session, call_id: int, now: datetime) -> None:
    """Show at once what people say; without their word it is unknown until the revision has the call matched anew."""
    call = session.get_one(Call, call_id, populate_existing=True)
    word = corrected(session, [call_id]).get(call_id)
    old = call.eligible
    shown: tuple[str, bool, str] = (Eligibility.UNKNOWN, False, "")
    if word is not None:
        shown = word.over(old, call.eligible_estimate, call.eligible_why)
    call.eligible, call.eligible_estimate, call.eligible_why = shown
    call.version += 1
    session.add(
        Revision(
            call_id=call_id, at=now, kind=RevisionKind.CHANGED, field=FIELD, old=old, new=str(call.eligible),
            telling=call.eligible != old, version=call.version,
        )
    )  # fmt: skip
    session.flush()
