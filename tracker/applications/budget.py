"""What an application costs, by partner: costs times the rate is what is asked, the rest is own money or own hours."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from sqlmodel import Session, col, select

from db.models import BudgetLine, Dossier
from db.vocabulary_lobby import LogKind
from notifications.wording import amount, percentage
from tracker.applications.cofunding import CENT
from tracker.errors import Incomplete, NotFound, required
from tracker.lobby.log import log
from tracker.rights import Deed, must_change


@dataclass(frozen=True)
class Share:
    """What one partner, or all together, costs and brings, EUR."""

    partner: str
    costs: Decimal = Decimal(0)
    asked: Decimal = Decimal(0)
    in_kind: Decimal = Decimal(0)

    @property
    def own(self) -> Decimal:
        """What is not asked: money and hours together."""
        return self.costs - self.asked

    @property
    def own_money(self) -> Decimal:
        """What must be found in money, since hours pay the rest."""
        return max(self.own - self.in_kind, Decimal(0))

    def plus(self, other: "Share") -> "Share":
        """Both together, under the first one's name."""
        return Share(self.partner, self.costs + other.costs, self.asked + other.asked, self.in_kind + other.in_kind)


def share_of(line: BudgetLine) -> Share:
    """One line, to the cent."""
    asked = (line.costs * line.rate / 100).quantize(CENT, ROUND_HALF_UP)
    return Share(line.partner, line.costs, asked, line.in_kind)


def shares(lines: Iterable[BudgetLine]) -> tuple[list[Share], Share]:
    """By partner in the order of their names, and the whole."""
    found: dict[str, Share] = {}
    whole = Share("Totaal")
    for line in lines:
        one = share_of(line)
        found[line.partner] = found.get(line.partner, Share(line.partner)).plus(one)
        whole = whole.plus(one)
    return [found[name] for name in sorted(found)], whole


def lines_of(session: Session, dossier: Dossier) -> list[BudgetLine]:
    """The budget of an application, whose page asks who may see it."""
    query = select(BudgetLine).where(BudgetLine.dossier_id == dossier.id)
    return list(session.exec(query.order_by(col(BudgetLine.partner), col(BudgetLine.id))))


def add_line(deed: Deed, dossier: Dossier, line: BudgetLine) -> BudgetLine:
    """Raises Incomplete where no partner is named, the rate is no percentage or more is in kind than it costs."""
    must_change(deed, dossier)
    line.partner = required(line.partner, "budget_partner", "Noem de partner.")
    if not 0 <= line.rate <= 100:
        raise Incomplete("Een percentage ligt tussen 0 en 100.", "rate")
    if line.in_kind > line.costs:
        raise Incomplete("In natura is niet meer dan de kosten.", "in_kind")
    line.dossier_id = dossier.id
    deed.session.add(line)
    log(deed, dossier, LogKind.MONEY, f"Begroting: {_said(line)}")
    return line


def withdraw_line(deed: Deed, dossier: Dossier, line_id: int) -> None:
    """Take a line off; the log keeps what it said."""
    must_change(deed, dossier)
    line = deed.session.get(BudgetLine, line_id)
    if line is None or line.dossier_id != dossier.id:
        raise NotFound
    log(deed, dossier, LogKind.MONEY, f"Uit de begroting: {_said(line)}")
    deed.session.delete(line)
    deed.session.flush()


def _said(line: BudgetLine) -> str:
    what = f" ({line.text})" if line.text else ""
    return f"{line.partner}{what} {amount(line.costs)}, {percentage(line.rate)} gevraagd"
