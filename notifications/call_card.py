"""What a mail says of a call, as Dutch strings: one place for text, HTML and preview. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from db.giver import only_within
from db.status import OVER
from db.vocabulary import UNPLACED, Allocation, Applicant, DeadlineKind, Eligibility, Instrument, Status, ToldKind
from notifications import wording
from notifications.catalogue import CallDate, CatalogueCall, Change
from notifications.digest import Item
from notifications.gist import Described, Gist, gist
from notifications.message import one_line
from notifications.news import SOON
from notifications.places import DecisionWindow

MOST_TITLE = 400  # a call is told when its whole title stands in the mail
DOUBTED = "een lezer meldt dat dit niet klopt; het wordt nagekeken"
DATE_VERBS = {
    DeadlineKind.OPENS: "opent", DeadlineKind.PRE_REGISTRATION: "vooraanmelding sluit",
    DeadlineKind.STAGE_1: "fase 1 sluit", DeadlineKind.STAGE_2: "fase 2 sluit",
    DeadlineKind.CUT_OFF: "sluit tussentijds", DeadlineKind.CLOSES: "sluit",
    DeadlineKind.CONSULTATION: "reageren tot", DeadlineKind.REPORTING: "verantwoorden voor",
}  # fmt: skip
FIELD_NAMES = {
    "budget": "budget", "min_amount": "minimaal bedrag", "max_amount": "maximaal bedrag", "rate": "percentage",
    "amount_text": "bedrag", "applicants": "wie mag aanvragen", "source_word": "status volgens de bron",
    "eligible": "voor wie",
}  # fmt: skip
MONEY = ("budget", "min_amount", "max_amount")


@dataclass(frozen=True)
class CardReason:
    """One reason: the opgaven, the words that met them, the subscriptions it is for."""

    name: str
    words: str
    subscriptions: str


@dataclass(frozen=True)
class CallCard:
    """One call as a mail shows it; every field is text, empty where there is nothing to say."""

    id: int
    title: str
    link: str
    left: str
    when: str
    later: str
    soon: bool
    who: str
    money: str
    gist: str
    programme: str  # or who gives the money, where no programme is named
    changes: tuple[str, ...]
    reasons: tuple[CardReason, ...]
    followed: bool
    late: str
    code: str
    decide_by: str
    decide_day: str = ""  # the same in short, for the margin
    decide_assumed: bool = False  # on a rhythm of meetings that nobody has looked at yet
    decide_route: str = ""  # by which way, such as "met een eigen bijdrage"
    ours: str = ""  # what of our own runs on it
    also: tuple[str, ...] = ()  # what it may be the same as
    head: str = ""  # what stands above the first of several topics of one call
    grouped: bool = False
    dated_above: bool = False  # its date stands in that head, for all of them
    fresh: bool = False  # it appeared since the last digest
    unplaced: str = ""  # it is told because of whom it is for, and of no opgave
    news: str = ""  # why it stands in a mail of what is due today
    news_page: str = ""


def call_card(item: Item, now: datetime, link: str) -> CallCard:
    """What to say of a call at ``now``; ``link`` is its page."""
    call = item.call
    due = _due_of(item)
    shown = due.shown if due else None
    about, go_by = gist_of(call), _go_by(item)
    return CallCard(
        id=call.id, title=one_line(call.title, MOST_TITLE), link=link,
        left=_left(item, shown, now),
        when=_opened(call, now) if _has_opened(item) else when(call, due, now),
        later=_later(call, due, now),
        soon=shown is not None and item.kind is not ToldKind.OPENING and wording.days_between(now, shown) <= SOON,
        who=_who(call, item.window), money=_money(call), gist=about.with_rate,
        programme=one_line(about.programme or call.publisher, 80),
        changes=tuple(say_change(change, now) for change in item.changes),
        reasons=_reasons(item),
        followed=item.followed, late=item.window.late, code=one_line(call.code, 80),
        decide_by=wording.moment(go_by) if go_by else "",
        decide_day=wording.day_and_month(go_by) if go_by else "",
        decide_assumed=item.window.assumed, decide_route=item.window.route,
        also=tuple(_also(other, now, item.window) for other in item.also), fresh=item.fresh,
        unplaced=UNPLACED if call.is_said_to_be_ours and not item.reasons and not item.followed else "",
    )  # fmt: skip


def _reasons(item: Item) -> tuple[CardReason, ...]:
    """Opgaven that the same words met stand together: nobody reads one sentence twice."""
    met: dict[tuple[str, str], list[str]] = {}
    for reason in item.reasons:
        met.setdefault((", ".join(reason.words), ", ".join(reason.subscriptions)), []).append(reason.challenge)
    return tuple(CardReason(" · ".join(names), *said) for said, names in met.items())


def _left(item: Item, shown: date | datetime | None, now: datetime) -> str:
    """How long until the date that matters; an opening that has passed closed nothing."""
    if shown is None:
        return ""
    return "nu open" if _has_opened(item) and wording.days_between(now, shown) < 0 else wording.days_left(now, shown)


def _has_opened(item: Item) -> bool:
    return item.kind is ToldKind.OPENING and item.call.status is Status.OPEN


def _also(call: CatalogueCall, now: datetime, window: DecisionWindow) -> str:
    """What a call may be the same as: by its title, who says so, and what matters most, to see where they differ."""
    by_whom = f" ({one_line(call.publisher, 80)})" if call.publisher else ""
    facts = (when(call, call.next_due, now), _money(call), _who(call, window))
    return f"{one_line(call.title, MOST_TITLE)}{by_whom}: {'; '.join(filter(None, facts))}"


def _go_by(item: Item) -> date | None:
    """The last day on which the reader's organisation can safely say go."""
    return None if item.window.late else item.window.go_by


def _due_of(item: Item) -> CallDate | None:
    """The date that matters: the opening for what opens soon, else the next moment to hand something in.

    None of a call that is over by its source's word: "nog 133 dagen: gesloten" helps nobody.
    """
    call = item.call
    if call.status in OVER and not call.is_shut:
        return None
    forthcoming = call.status in (Status.ANNOUNCED, Status.EXPECTED) and call.opens is not None
    return call.opens if item.kind is ToldKind.OPENING or (forthcoming and call.next_due is None) else call.next_due


def when(call: CatalogueCall, due: CallDate | None, now: datetime) -> str:
    """``sluit dinsdag 27 oktober 2026, 17:00 (Brussel)``; never a guess where there is no date.

    A day of opening that has passed is not said to come.
    """
    if call.remark and (due is None or not call.is_shut):
        return call.remark
    if call.status in OVER and not call.is_shut:
        return call.status.label
    if due is None or due.shown is None:
        return _dateless(call)
    line = _dated(due, now)
    opens = call.opens.shown if call.opens and call.opens is not due else None
    if call.status is not Status.OPEN and opens and wording.days_between(now, opens) >= 0:
        return f"opent {wording.moment(opens)}, {line}"
    line = f"{line} ({call.remark})" if call.is_shut else line
    if call.gone_on:
        line = f"{line} (bij de bron niet meer vermeld sinds {wording.moment(call.gone_on)})"
    line = f"{line} ({wording.no_longer_named(due.stale_since)})" if due.stale_since else line
    return f"{line} ({DOUBTED})" if due.kind in call.doubted else line


def _dated(due: CallDate, now: datetime) -> str:
    """A date that is known, with its verb."""
    verb = DATE_VERBS[DeadlineKind(due.kind)]
    if due.kind == DeadlineKind.OPENS and due.shown and wording.days_between(now, due.shown) < 0:
        verb = "zou openen op"  # its source does not call it open yet
    return f"{verb} {wording.full_moment(due.shown or date.max, due.zone, due.assumed)}"


def _opened(call: CatalogueCall, now: datetime) -> str:
    """Of a call that was told before it opened."""
    day = call.opens.shown if call.opens else None
    if day is None:
        return "is nu open"
    return "opent vandaag" if wording.days_between(now, day) == 0 else f"opende op {wording.moment(day)}"


def _dateless(call: CatalogueCall) -> str:
    kinds = {due.kind for due in call.dates}
    if DeadlineKind.UNTIL_EXHAUSTED in kinds:
        return "open tot het budget op is"
    if DeadlineKind.ROLLING in kinds or call.allocation == Allocation.ROLLING:
        return "doorlopend open"
    return "sluitingsdatum niet bekend"


def _later(call: CatalogueCall, due: CallDate | None, now: datetime) -> str:
    if due is not None and due is call.opens and call.next_due is not None and call.next_due.shown:
        return _dated(call.next_due, now)
    later = [other for other in call.later_dues if other is not due and other.shown is not None]
    if not later or call.status in OVER:
        return ""
    first = later[0]
    moment = wording.moment(first.shown or date.max, first.zone, first.assumed)
    line = f"daarna {DATE_VERBS[DeadlineKind(first.kind)]} {moment}"
    return f"{line} en nog {len(later) - 1} keer" if len(later) > 1 else line


def _who(call: CatalogueCall, window: DecisionWindow) -> str:
    where, out = only_within(call.publisher), window.out_of_reach
    known = call.eligible != Eligibility.UNKNOWN or out
    label = Eligibility(call.eligible).told(call.eligible_estimate, where, out, window.users) if known else ""
    applicants = wording.listed([_label(Applicant, name) for name in call.applicants][:6])
    if label and applicants:
        return f"{label} ({applicants})"
    return label or applicants or "niet bekend wie mag aanvragen"


def _money(call: CatalogueCall) -> str:
    per_project = wording.amount_range(call.min_amount, call.max_amount)
    parts = [
        f"{per_project} per project" if per_project else "",
        _budget(call),
        f"{wording.count(call.expected_grants, 'project', 'projecten')} verwacht" if call.expected_grants else "",
        f"tot {wording.percentage(call.rate)} van de kosten" if call.rate else "",
    ]
    written = wording.amount_as_written(one_line(call.amount_text, 120))
    money = " · ".join(filter(None, parts)) or written or "bedrag niet bekend"
    silent = [day for name, day in sorted(call.stale.items()) if name in (*MONEY, "rate", "amount_text")]
    money = f"{money} ({wording.no_longer_named(date.fromisoformat(min(silent)))})" if silent else money
    money = f"{money} ({DOUBTED})" if call.doubted.intersection((*MONEY, "rate", "amount_text")) else money
    return " · ".join(filter(None, (money, _form(call))))


def _form(call: CatalogueCall) -> str:
    """What is not the usual: something else than a grant, and how it is divided."""
    instrument = "" if call.instrument == Instrument.GRANT else _label(Instrument, call.instrument)
    allocation = "" if call.allocation in (None, Allocation.ROLLING) else _label(Allocation, call.allocation or "")
    return ", ".join(filter(None, [instrument, allocation]))


def gist_of(call: CatalogueCall) -> Gist:
    """What it is, in two sentences."""
    described = Described(
        code=call.code, programme=call.programme, action=call.action, instrument=call.instrument,
        publisher=call.publisher, applicants=call.applicants, lead=call.lead, names_rate=call.rate is not None,
    )  # fmt: skip
    return gist(described)


def _budget(call: CatalogueCall) -> str:
    if not call.budget:
        return ""
    shared = f" voor {call.sharing} onderwerpen samen" if call.sharing > 1 else ""
    return f"budget {wording.amount(call.budget)}{shared}"


def _label(words: Any, value: str) -> str:
    return str(words(value).label) if value in set(words) else value


def say_change(change: Change, now: datetime) -> str:
    """``sluit nu 15 oktober 17:00, was 1 oktober 17:00``."""
    if change.field in set(DeadlineKind):
        return _say_dates(DeadlineKind(change.field), change, now)
    name = FIELD_NAMES.get(change.field, change.field)
    if change.field == "source_word" and change.new in OVER:
        return f"{Status(change.new).label} volgens de bron"
    if (change.field, change.old, change.new) == ("source_word", Status.CLOSED, None):
        return "niet meer gesloten volgens de bron"
    old, new = _say_value(change.field, change.old), _say_value(change.field, change.new)
    if not new:
        return f"{name} vervallen, was {old}"
    return f"{name} nu {new}, was {old}" if old else f"{name} nu bekend: {new}"


def _say_dates(kind: DeadlineKind, change: Change, now: datetime) -> str:
    passed = [row["day"] < wording.local_day(now).isoformat() for row in change.new or [] if row.get("day")]
    verb = "opende" if kind is DeadlineKind.OPENS and passed and all(passed) else DATE_VERBS.get(kind, kind.label)
    year = {str(row.get("day", ""))[:4] for row in [*(change.old or []), *(change.new or [])]} != {str(now.year)}
    old, new = _say_days(change.old, year), _say_days(change.new, year)
    if not new:
        return f"{verb} niet meer op {old}: datum vervallen"
    return f"{verb} nu {new}, was {old}" if old else f"{verb} {new} (nieuwe datum)"


def _say_days(dates: Iterable[dict[str, Any]] | None, year: bool) -> str:
    days = []
    for row in dates or ():
        if not row.get("day"):
            continue
        day = date.fromisoformat(row["day"])
        plain = wording.moment(day) if year else wording.short_moment(day)
        hour = f" {row['hour']}" + (" (gebruikelijk uur)" if row.get("assumed") else "") if row.get("hour") else ""
        days.append(plain + hour)
    return wording.listed(days)


def _say_value(field: str, value: Any) -> str:
    if value in (None, "", []):
        return ""
    if isinstance(value, list):
        return wording.listed([_label(Applicant, str(name)) for name in value])
    if field == "source_word":
        return _label(Status, str(value))
    if field == "eligible":
        return _label(Eligibility, str(value))
    try:
        number = Decimal(str(value)) if field in (*MONEY, "rate") else None
    except InvalidOperation:
        number = None
    if number is None:
        return one_line(str(value), 120)
    return wording.percentage(number) if field == "rate" else wording.amount(number)
