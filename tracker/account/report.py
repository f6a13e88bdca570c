"""The account of the region, an opgave, deelregio or participant: figures, those of a year before, and goals."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from sqlmodel import Session, col, func, select

from db.models import Challenge, Crawl, Participant
from db.queries import Viewer
from db.vocabulary_account import IN_EUROS, Figure, Part
from notifications.wording import amount, count, local_day, percentage
from tracker.account.facts import Fact, Ledger, Span, facts
from tracker.account.figures import Figures, by_opgave, carried_by, figures, serving, without_amount
from tracker.account.goals import Standing, standings
from tracker.account.periods import name_of, span_of, year_before
from tracker.account.seen import seen_by_opgave, seen_number, seen_rows
from tracker.account.subjects import AccountSubject
from tracker.account.subregions import Subregion, subregions
from tracker.challenges.agenda import above_all


@dataclass(frozen=True)
class Account:
    """What was done and what came of it in a span, with the rows behind it; ``before``: over the year before.

    ``seen`` reads the rows of calls that a source named; ``rows`` are all others.
    """

    span: Span
    rows: Sequence[Fact]
    now: Figures
    before: Figures
    goals: Sequence[Standing] = ()
    of_participant: bool = False
    seen: Callable[[], list[Fact]] = list
    began: date | None = None  # the day a source was first read: before it no call could be seen

    @property
    def period(self) -> str:
        """What the period is called."""
        return name_of(self.span)

    @property
    def earlier(self) -> str:
        """What the same period of the year before is called."""
        return name_of(year_before(self.span))

    def uncounted(self, figure: Figure) -> bool:
        """Whether nobody counted this in the period of the year before: it had ended when the first source was read."""
        counts, last = self.before.counts, year_before(self.span).last
        nothing = not counts[figure] if figure == Figure.SEEN else not any(counts.values())
        return self.began is not None and last < self.began and nothing

    def of(self, figure: Figure) -> list[Fact]:
        """The rows that a figure counts; a call that several organisations judged stands once."""
        return self.seen() if figure == Figure.SEEN else of_figure(self.rows, figure)


def of_figure(rows: Iterable[Fact], figure: Figure) -> list[Fact]:
    """Of the rows of an account those that a figure counts, except for calls that a source named."""
    mine = [row for row in rows if row.figure == figure]
    return first_of(mine) if figure == Figure.JUDGED else mine


def first_of(rows: Iterable[Fact]) -> list[Fact]:
    """Of the rows about one thing the first, in their order."""
    found: dict[tuple[str, str], Fact] = {}
    for row in rows:
        found.setdefault((row.address, row.what), row)
    return list(found.values())


@dataclass(frozen=True)
class RegionAccount(Account):
    """The same for the whole region, with a line an opgave and a participant."""

    by_challenge: list[tuple[Challenge, Figures]] = field(default_factory=list)
    by_participant: list[tuple[Participant, Figures]] = field(default_factory=list)
    by_subregion: list[tuple[Subregion, Figures]] = field(default_factory=list)


def year_span(year: int, known_on: date, today: date) -> Span:
    """A calendar year as it was known on a day, at most today."""
    return span_of(year, Part.YEAR, known_on, today)


def account_of(session: Session, viewer: Viewer, subject: AccountSubject, span: Span) -> Account:
    """Its account over a span, as far as this viewer may see it."""
    ledger = Ledger(session, viewer)
    rows, before = (_rows(ledger, subject, each) for each in (span, year_before(span)))
    if subject.carriers is not None:
        return Account(span, rows, figures(rows), figures(before), of_participant=True, began=_began(session))
    opgaven = subject.opgaven
    account = Account(
        span, rows, figures(rows, seen_number(session, span, opgaven)),
        figures(before, seen_number(session, year_before(span), opgaven)), standings(session, opgaven, span),
        seen=partial(seen_rows, session, span, opgaven), began=_began(session),
    )  # fmt: skip
    return _with_lines(session, account) if opgaven is None else account


def counted(ledger: Ledger, subject: AccountSubject, span: Span) -> list[Fact]:
    """The rows that its account counts, figure by figure, without working out its figures and the year before."""
    rows = _rows(ledger, subject, span)
    seen = [] if subject.carriers is not None else seen_rows(ledger.session, span, subject.opgaven)
    return [row for figure in Figure for row in (seen if figure == Figure.SEEN else of_figure(rows, figure))]


def _rows(ledger: Ledger, subject: AccountSubject, span: Span) -> list[Fact]:
    """All that it counts but the calls that a source named."""
    rows = facts(ledger, span)
    if subject.carriers is not None:
        return carried_by(rows, subject.carriers)
    return rows if subject.opgaven is None else serving(rows, subject.opgaven)


def _with_lines(session: Session, account: Account) -> RegionAccount:
    """A row of two opgaven counts with both, so the lines do not add up to the whole."""
    above = above_all(session)
    lines, seen = by_opgave(account.rows, above), seen_by_opgave(session, account.span, above)
    participants = session.exec(select(Participant).order_by(col(Participant.name)))
    carried = partial(carried_by, account.rows)
    return RegionAccount(
        **vars(account),
        by_challenge=[
            (row, figures(lines.get(row.id, ()), seen.get(row.id, 0)))
            for row in _agenda(session) if row.id in lines or row.id in seen
        ],
        by_participant=[(row, figures(mine)) for row in participants if (mine := carried([row.id]))],
        by_subregion=[(row, figures(mine)) for row in subregions(session) if (mine := carried(row.members))],
    )  # fmt: skip


def _began(session: Session) -> date | None:
    """The day a source was first read."""
    first = session.exec(select(func.min(Crawl.started_at))).one()
    return local_day(first) if first else None


def _agenda(session: Session) -> list[Challenge]:
    return list(session.exec(select(Challenge).order_by(col(Challenge.agenda_id), col(Challenge.position))))


def figures_of(account: Account) -> list[Figure]:
    """What it tells, in its order; that sources name a call is no figure of a participant."""
    return [figure for figure in Figure if not (account.of_participant and figure == Figure.SEEN)]


def said(found: Figures, figure: Figure) -> str:
    """A figure in Dutch: how many, and of what has one the sum."""
    number = str(found.counts[figure])
    return f"{number}, samen {amount(found.sums[figure])}" if figure in IN_EUROS and found.counts[figure] else number


def gaps(account: Account) -> str:
    """What the figures do not hold, or not as it was on their day, in Dutch; empty where there is no such thing."""
    missing, said_so = without_amount(account.rows), []
    if missing:
        whose = count(missing, "aanvraag", "aanvragen")
        said_so.append(f"Van {whose} telt het bedrag niet mee: het was toen niet vastgelegd, of is later gewijzigd.")
    if account.span.looks_back:
        said_so.append(
            "Bij welke opgave een regeling past, en wat later verbeterd of ingetrokken is, staat er zoals nu."
        )
    if not account.span.whole_years and account.now.counts[Figure.OWN_MONEY]:
        said_so.append("Eigen bijdragen tellen in een deel van een jaar op de dag van het akkoord.")
    return " ".join(said_so)


def said_before(account: Account, figure: Figure) -> str:
    """The same of the period of the year before."""
    return "nog niet geteld" if account.uncounted(figure) else said(account.before, figure)


def hit_rate(found: Figures) -> str:
    """How often a funder said yes, with its 95 % interval; in numbers alone where too few were decided."""
    won, decided = found.counts[Figure.WON], found.counts[Figure.WON] + found.counts[Figure.LOST]
    if not decided:
        return "nog niets beslist"
    hits = found.hits
    if hits is None or hits.rate is None or hits.low is None or hits.high is None:
        return f"{won} van {decided}; te weinig voor een percentage"
    share, low, high = (percentage(round(100 * value)) for value in (hits.rate, hits.low, hits.high))
    return f"{won} van {decided}: {share} (95%-interval {low} tot {high})"


def changes(account: Account) -> list[str]:
    """What differs from the year before, a sentence a figure."""
    return [
        f"{figure.label[:1].upper()}{figure.label[1:]}: {said(account.now, figure)}; in {account.earlier} "
        f"{'werd nog niet geteld' if account.uncounted(figure) else f'was dat {said(account.before, figure)}'}."
        for figure in figures_of(account)
        if said(account.now, figure) != said(account.before, figure)
    ]
