"""Outside moments: from sources, the yearly calendar and people; what can still be influenced, and what came of it."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from db.models import Call, Deadline, Dossier, DossierChallenge, DossierMoment, Match, Moment, Outcome
from db.queries import Viewer, live_call
from db.rights import may_see, visible
from db.status import OVER
from db.vocabulary import CLOSING_KINDS, DeadlineKind, Nature, Role, Status, Visibility
from db.vocabulary_lobby import Level, LogKind, MomentKind, OutcomeResult
from notifications.wording import AMSTERDAM, local_day
from tracker.errors import Incomplete, NotFound, required
from tracker.lobby.log import log
from tracker.lobby.yearly_moments import UpcomingMoment, of_year, patterns, recurring
from tracker.rights import Deed, must_add, must_change, must_have, must_tend
from tracker.versions import claim

KEPT = timedelta(days=42)  # a letter or a motion has no end: as long as this one can hook on to it
# What a moment is, wherever it comes from.
SHARED = ("title", "kind", "level", "body", "starts_on", "ends_on", "sure", "use", "url", "lead_days")
NUMBER = re.compile(r"[0-9]{1,9}")


def upcoming(session: Session, viewer: Viewer, day: date) -> list[UpcomingMoment]:
    """What can still be influenced, soonest first: people's moments, the sources' and the yearly calendar's."""
    stored = list(session.exec(select(Moment).where(visible(viewer, Moment))))
    of_people = [c for m in stored if (c := _of_row(session, m)) and (c.ends_on is None or c.ends_on >= day)]
    dated = [(m.pattern, m.year) for m in stored if m.pattern and m.year]
    from_calls = _from_calls(session, day, {m.call_id for m in stored if m.call_id})
    return sorted([*of_people, *from_calls, *recurring(day, dated)], key=_by_day)


def _by_day(moment: UpcomingMoment) -> tuple[date, str]:
    return moment.ends_on or date.max, moment.title


def _of_row(session: Session, moment: Moment) -> UpcomingMoment | None:
    """A stored moment, unless its source ended it; the last day of one that came from a source is the source's own."""
    call, last = source_of(session, moment), last_day_of(session, moment)
    if last.ended:
        return None
    shared: dict[str, Any] = {name: getattr(moment, name) for name in SHARED}
    shared |= {"ends_on": last.day, "url": call.url if call else moment.url}
    of_source = call is not None
    return UpcomingMoment(
        f"moment:{moment.id}", **shared, version=moment.version, of_source=of_source, unnamed=last.unnamed
    )


def _from_calls(session: Session, day: date, skip: set[int]) -> list[UpcomingMoment]:
    shelved = and_(col(Call.language) == "nl", col(Call.published_on) < day - KEPT)
    undated = and_(col(Call.closes_at).is_(None), or_(col(Call.published_on).is_(None), ~shelved))
    still = or_(undated, local_start(day) < col(Call.closes_at))
    word = col(Call.source_word)
    rows = select(Call).where(
        Call.nature == Nature.MOMENT,
        col(Call.joined_into).is_(None),
        ~col(Call.held),
        or_(word.is_(None), word.not_in(OVER)),
        still,
    )
    return [_of_call(call) for call in session.exec(rows) if call.id not in skip]


def local_start(day: date) -> datetime:
    """The first instant of a day in Amsterdam."""
    return datetime(day.year, day.month, day.day, tzinfo=AMSTERDAM)


def _kind(call: Call) -> MomentKind:
    if call.language == "en":
        return MomentKind.HAVE_YOUR_SAY
    if call.provenance.get("title") == "tweede_kamer":
        return MomentKind.COMMITTEE_DEBATE if call.closes_at else MomentKind.OTHER
    return MomentKind.CONSULTATION


def _of_call(call: Call) -> UpcomingMoment:
    return UpcomingMoment(
        ref=f"call:{call.id}",
        title=call.title,
        kind=_kind(call),
        level=Level.EU if call.language == "en" else Level.NATIONAL,
        body=call.publisher or "",
        starts_on=call.published_on,
        ends_on=last_day_before(call.closes_at) if call.closes_at else None,
        sure=True,
        use="",
        url=call.url,
        of_source=True,
    )


def for_dossier(
    session: Session, dossier: Dossier, viewer: Viewer, day: date
) -> tuple[list[UpcomingMoment], list[UpcomingMoment]]:
    """What the dossier hooks on to and can still influence; and what it might, by its level and opgaven."""
    moments = upcoming(session, viewer, day)
    hooked = set(session.exec(select(DossierMoment.moment_id).where(DossierMoment.dossier_id == dossier.id)))
    hooked_on = [m for m in moments if m.ref.startswith("moment:") and int(m.ref.split(":")[1]) in hooked]
    opgaven = select(DossierChallenge.challenge_id).where(DossierChallenge.dossier_id == dossier.id)
    touching = select(Match.call_id).where(col(Match.challenge_id).in_(opgaven), Match.score >= 0.5)
    near = {f"call:{i}" for i in session.exec(touching)}
    maybe = [m for m in moments if m not in hooked_on and (m.ref in near or _by_calendar(m, dossier))]
    return hooked_on, maybe[:12]


def _by_calendar(moment: UpcomingMoment, dossier: Dossier) -> bool:
    return moment.level == dossier.level and not moment.ref.startswith("call:")


def hook(deed: Deed, dossier: Dossier, ref: str) -> Moment:
    """Let a dossier hook on to a moment; one from a source or the calendar becomes a row people can complete."""
    must_change(deed, dossier)
    moment = moment_of(deed, ref)
    if not deed.session.get(DossierMoment, (dossier.id, moment.id)):
        deed.session.add(DossierMoment(dossier_id=dossier.id, moment_id=moment.id))
        log(deed, dossier, LogKind.MOMENT, f"Haakt aan bij: {moment.title}")
    deed.session.flush()
    return moment


def moment_of(deed: Deed, ref: str) -> Moment:
    """The moment a page named; one from a source or the calendar is kept from now on. Raises NotFound."""
    kind, _, rest = ref.partition(":")
    if kind == "moment" and NUMBER.fullmatch(rest):
        moment = deed.session.get(Moment, int(rest))
        if moment and may_see(deed.session, deed.viewer, moment):
            return moment
    if kind == "call" and NUMBER.fullmatch(rest):
        return _from_source(deed, int(rest))
    if kind == "pattern":
        return _from_calendar(deed, rest)
    raise NotFound("Dit moment bestaat niet.", "moment")


def _from_source(deed: Deed, call_id: int) -> Moment:
    existing = deed.session.exec(select(Moment).where(Moment.call_id == call_id)).first()
    call = deed.session.get(Call, call_id)
    if existing:
        return existing
    if call is None or call.nature != Nature.MOMENT:
        raise NotFound("Dit moment bestaat niet.", "moment")
    return _kept(deed, _of_call(call), call_id=call_id)


def _from_calendar(deed: Deed, rest: str) -> Moment:
    name, _, year = rest.partition(":")
    pattern = next((p for p in patterns() if p.id == name), None)
    if pattern is None or not NUMBER.fullmatch(year) or not 2000 <= int(year) <= 2100:
        raise NotFound("Dit moment bestaat niet.", "moment")
    existing = deed.session.exec(select(Moment).where(Moment.pattern == name, Moment.year == int(year))).first()
    return existing or _kept(deed, of_year(pattern, int(year)), pattern=name, year=int(year))


def _kept(deed: Deed, upcoming: UpcomingMoment, **link: Any) -> Moment:
    shared = {name: getattr(upcoming, name) for name in SHARED}
    moment = Moment(**shared, participant_id=deed.by.participant_id, visibility=Visibility.MRA, **link)
    deed.session.add(moment)
    deed.session.flush()
    return moment


def fix_day(deed: Deed, moment: Moment, starts_on: date | None, ends_on: date, sure: bool, seen: int) -> None:
    """Fill in the day of a moment once it is known; that of a source's moment is the source's own."""
    must_tend(deed, moment)
    if moment.call_id:
        raise Incomplete("De dag van dit moment komt van de bron; corrigeer haar op de pagina van de regeling.", "ref")
    _in_order(starts_on, ends_on)
    claim(deed.session, moment, seen)
    moment.starts_on, moment.ends_on, moment.sure = starts_on, ends_on, sure
    deed.session.flush()


def _in_order(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on and ends_on and starts_on > ends_on:
        raise Incomplete("De laatste dag ligt voor de eerste.", "ends_on")


@dataclass(frozen=True)
class NewMoment:
    """What a person says of a moment that no source and no yearly calendar tells."""

    title: str
    kind: MomentKind
    level: Level
    ends_on: date | None = None
    starts_on: date | None = None
    body: str = ""
    use: str = ""
    url: str = ""
    lead_days: int = 0


def add_moment(deed: Deed, new: NewMoment) -> Moment:
    """Add an outside moment by hand, for everybody in the MRA. Raises Incomplete or NotAllowed."""
    must_have(deed, Role.FUNDRAISER, "Met de rol lezer kunt u hier niets toevoegen.")
    if not 0 <= new.lead_days <= 365:
        raise Incomplete("De voorbereiding duurt 0 tot en met 365 dagen.", "lead_days")
    if new.url.strip() and not re.match(r"https?://", new.url.strip()):
        raise Incomplete("Neem het adres over, met https:// ervoor.", "url")
    _in_order(new.starts_on, new.ends_on)
    title = required(new.title, "title", "Geef het moment een naam.")
    texts = {"title": title, "body": new.body.strip(), "use": new.use.strip(), "url": new.url.strip()}
    moment = Moment(
        **{**vars(new), **texts},
        sure=new.ends_on is not None,
        participant_id=deed.by.participant_id,
        visibility=Visibility.MRA,
    )
    deed.session.add(moment)
    deed.session.flush()
    return moment


def record_outcome(
    deed: Deed,
    dossier: Dossier,
    request: str,
    result: OutcomeResult,
    day: date,
    passage: str = "",
    source: str = "",
    moment_id: int | None = None,
) -> Outcome:
    """What came of a request; what was taken over is shown by its passage."""
    must_add(deed, dossier)
    request = required(request, "request", "Schrijf op wat u vroeg.")
    if result != OutcomeResult.NOT:
        passage = required(passage, "passage", "Neem de passage over waaruit het blijkt.")
    outcome = Outcome(
        dossier_id=dossier.id,
        moment_id=moment_id,
        request=request,
        result=result,
        passage=passage.strip(),
        source=source.strip(),
        day=day,
        recorded_at=deed.now,
        recorded_by=deed.by.id,
        participant_id=dossier.participant_id,
        visibility=dossier.visibility,
    )
    deed.session.add(outcome)
    log(deed, dossier, LogKind.OUTCOME, f"{result.label}: {request}", day=day, subject=outcome)
    return outcome


ENDLESS = (DeadlineKind.ROLLING, DeadlineKind.UNTIL_EXHAUSTED)


@dataclass(frozen=True)
class LastDay:
    """The last day, as far as it is known; ``unnamed``: the source named it once, and no longer does.

    ``ended``: the source's own word that it is over, such as "ingetrokken".
    """

    day: date | None
    unnamed: bool = False
    ended: str = ""


def last_day_before(closes_at: datetime) -> date:
    """The last local day on which one can still act: a closing at midnight ends the day before it."""
    return local_day(closes_at - timedelta(microseconds=1))


def source_of(session: Session, moment: Moment) -> Call | None:
    """The call a source tells of this moment by, or the one that was joined with; none for a moment of people."""
    return live_call(session, moment.call_id) if moment.call_id else None


def last_day_of(session: Session, moment: Moment) -> LastDay:
    """Until when it can be influenced, by the source where there is one."""
    call = source_of(session, moment)
    if call is None:
        return LastDay(moment.ends_on)
    if call.source_word in OVER:
        return LastDay(last_day_before(call.closes_at) if call.closes_at else moment.ends_on, ended=_word(call))
    if call.closes_at:
        return LastDay(last_day_before(call.closes_at), unnamed=_is_silent(session, call))
    return _named_before(session, call, moment)


def _is_silent(session: Session, call: Call) -> bool:
    """Whether its source no longer names the day on which it closes."""
    silent = select(Deadline.id).where(Deadline.call_id == call.id, col(Deadline.kind).in_(sorted(CLOSING_KINDS)))
    silent = silent.where(col(Deadline.stale_since).is_not(None), col(Deadline.cancelled_at).is_(None))
    return session.exec(silent).first() is not None


def _word(call: Call) -> str:
    return Status(call.source_word).label if call.source_word else ""


def _named_before(session: Session, call: Call, moment: Moment) -> LastDay:
    """The last day the source named, unless it now says that there is no end."""
    dates = session.exec(select(Deadline).where(Deadline.call_id == call.id).order_by(col(Deadline.id))).all()
    if any(row.kind in ENDLESS and row.cancelled_at is None for row in dates):
        return LastDay(None)
    gone = [row for row in dates if row.kind in CLOSING_KINDS and row.cancelled_at is not None and row.day]
    newest = max(gone, key=lambda row: (row.cancelled_at, row.day), default=None)
    day = (last_day_before(newest.at) if newest.at else newest.day) if newest else moment.ends_on
    return LastDay(day, unnamed=day is not None)
