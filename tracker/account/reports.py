"""Keep an account as a report, and say what changed since: in the figures, and in what a report had counted."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, select

from db.models import AccountReport
from db.queries import Viewer
from db.rights import may_see, visible
from db.vocabulary import Role, Visibility
from db.vocabulary_account import Figure
from notifications.wording import capitalize_first
from tracker.account.facts import Fact, Ledger, Span
from tracker.account.figures import Figures, hits_of
from tracker.account.goals import Standing, as_kept, from_kept
from tracker.account.releases import forget
from tracker.account.report import account_of, counted, said
from tracker.account.subjects import subject_of
from tracker.errors import NotFound
from tracker.rights import Deed, must_change, must_have
from tracker.versions import claim

NOBODY = 0  # no person's id: in no group and named in no dossier
Line = tuple[str, str, str, str, str | None]  # figure, address, carrier, day, euros


@dataclass(frozen=True)
class Changed:
    """What of a report's period is otherwise as known now: written down later, no longer there, or with another amount.

    ``later`` are rows of now; of what is gone only the line is left.
    """

    later: Sequence[Fact]
    gone: Sequence[Line]
    other: Sequence[Fact]

    @property
    def longest(self) -> int:
        """How many lines the longest of the three holds."""
        return max(len(self.later), len(self.gone), len(self.other))

    @property
    def any(self) -> bool:
        """Whether anything differs."""
        return bool(self.later or self.gone or self.other)


def reader_for(report: AccountReport) -> Viewer:
    """Who sees just what everybody sees for whom a report is: a reader who is in no group."""
    own = report.participant_id if report.visibility == Visibility.OWN else None
    return Viewer(NOBODY, Role.READER, own)


def ledger_for(session: Session, report: AccountReport) -> Ledger:
    """What those see for whom a report is, and so of the one before it, which was kept for the same people."""
    return Ledger(session, reader_for(report))


def keep(deed: Deed, path: str, first: date, last: date, known_on: date, visibility: str) -> AccountReport:
    """Keep the account of a subject as it stands. Raises NotAllowed, NotFound."""
    must_have(deed, Role.COORDINATOR, "Een verslag bewaren doet een coördinator.")
    subject = subject_of(deed.session, path)
    made = AccountReport(
        subject=path, name=subject.name, first=first, last=last, known_on=min(known_on, deed.today),
        participant_id=deed.by.participant_id, visibility=visibility, made_by=deed.by.id, made_at=deed.now,
    )  # fmt: skip
    last_one = _last(deed.session, made)
    made.previous_id = last_one.id if last_one else None
    span = Span(first, last, made.known_on, deed.today)
    account = account_of(deed.session, reader_for(made), subject, span)
    made.figures = {f.value: [account.now.counts[f], str(account.now.sums.get(f, 0))] for f in Figure}
    made.rows = [list(_line(row)) for figure in Figure for row in account.of(figure)]
    made.goals = [as_kept(standing) for standing in account.goals]
    deed.session.add(made)
    deed.session.flush()
    return made


def _last(session: Session, made: AccountReport) -> AccountReport | None:
    """The report before it: of the same subject, by the same organisation, for the same people."""
    rows = select(AccountReport).where(
        AccountReport.subject == made.subject, AccountReport.participant_id == made.participant_id,
        AccountReport.visibility == made.visibility,
    )  # fmt: skip
    return session.exec(rows.order_by(col(AccountReport.id).desc()).limit(1)).first()


def _counted_now(ledger: Ledger, report: AccountReport, today: date) -> list[Fact]:
    span = Span(report.first, report.last, today, today)
    return counted(ledger, subject_of(ledger.session, report.subject), span)


def _line(row: Fact) -> Line:
    amount = None if row.amount is None else f"{row.amount:.2f}"
    return row.figure.value, row.address, row.carrier, row.day.isoformat(), amount


def remove(deed: Deed, report: AccountReport, seen: int) -> None:
    """Take a report away; what was compared with it is compared with the one before it."""
    must_change(deed, report)
    must_have(deed, Role.COORDINATOR, "Een verslag weghalen doet een coördinator.")
    claim(deed.session, report, seen)
    forget(deed.session, report)
    for later in deed.session.exec(select(AccountReport).where(AccountReport.previous_id == report.id)):
        later.previous_id = report.previous_id
    deed.session.flush()
    deed.session.delete(report)
    deed.session.flush()


def report_for(session: Session, viewer: Viewer, number: int) -> AccountReport:
    """The report, or NotFound for who may not know of it."""
    report = session.get(AccountReport, number)
    if report is None or not may_see(session, viewer, report):
        raise NotFound("Dit verslag bestaat niet.")
    return report


def reports_in(session: Session, viewer: Viewer, subject: str | None = None) -> list[AccountReport]:
    """What was kept, the newest first; of one subject or of all."""
    rows = select(AccountReport).where(visible(viewer, AccountReport))
    if subject is not None:
        rows = rows.where(AccountReport.subject == subject)
    return list(session.exec(rows.order_by(col(AccountReport.id).desc())))


def figures_of(report: AccountReport) -> Figures:
    """The figures as they were kept."""
    counts = {Figure(name): count for name, (count, _sum) in report.figures.items()}
    sums = {Figure(name): Decimal(euros) for name, (_count, euros) in report.figures.items()}
    return Figures(counts, sums, hits_of(counts[Figure.WON], counts[Figure.LOST]))


def goals_of(report: AccountReport) -> list[Standing]:
    """The goals as they were kept."""
    return [from_kept(kept) for kept in report.goals or ()]


def rows_of(session: Session, report: AccountReport, today: date) -> list[tuple[Line, str]]:
    """Each row that was counted, with what it is about as far as everybody for whom the report is may see it now."""
    there = {_line(row)[:3]: row.what for row in _counted_now(ledger_for(session, report), report, today)}
    lines: list[Line] = [(line[0], line[1], line[2], line[3], line[4]) for line in report.rows]
    return [(line, there.get(line[:3], "")) for line in lines]


def changed_since(ledger: Ledger, report: AccountReport, today: date) -> Changed:
    """What of its period is otherwise as known today; ``ledger``: of those for whom it is."""
    rows = _counted_now(ledger, report, today)
    lines = [_line(row) for row in rows]
    now, told = dict(zip(lines, rows, strict=True)), Counter(lines)
    then = Counter(tuple(line) for line in report.rows)
    new, gone = told - then, then - told
    otherwise = {line[:3] for line in new} & {line[:3] for line in gone}
    came = _ordered(new)
    return Changed(
        [now[line] for line in came if line[:3] not in otherwise],
        [line for line in _ordered(gone) if line[:3] not in otherwise],
        [now[line] for line in came if line[:3] in otherwise],
    )


def _ordered(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (line[3], line[:3]))


def differences(report: AccountReport, before: AccountReport) -> list[str]:
    """What differs from the report before it, a sentence a figure, in Dutch."""
    now, then = figures_of(report), figures_of(before)
    return [
        f"{capitalize_first(figure.label)}: {said(now, figure)}; in het vorige verslag {said(then, figure)}."
        for figure in Figure
        if said(now, figure) != said(then, figure)
    ]
