"""Outside moments: from sources, the yearly calendar and people; what can still be influenced, and what came of it."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.models import Call, Dossier, DossierChallenge, DossierMoment, Match, Moment, Outcome
from db.queries import Viewer, live_call
from db.rights import may_see, visible
from db.status import NOW, OVER
from db.vocabulary import Nature, Role, Visibility
from db.vocabulary_lobby import Level, LoggedDeed, LoggedKind, LogKind, MomentKind, OutcomeResult
from notifications.wording import start_of_day
from tracker.errors import Incomplete, NotFound, required
from tracker.lobby.history import correct, remember
from tracker.lobby.log import log
from tracker.lobby.moment_days import (
    ending,
    is_paper,
    kind_of,
    last_day_before,
    last_day_of,
    moved_from,
    real_ones,
    source_of,
)
from tracker.lobby.yearly_moments import Pattern, UpcomingMoment, of_year, patterns, recurring
from tracker.rights import Deed, must_change, must_have, must_tend
from tracker.versions import claim

# What a moment is, wherever it comes from.
SHARED = ("title", "kind", "level", "body", "starts_on", "ends_on", "sure", "use", "url", "lead_days")
MATCHING = 0.5  # from this score on a source's moment touches an opgave
NUMBER = re.compile(r"[0-9]{1,9}")


def upcoming(session: Session, viewer: Viewer, day: date, with_ended: bool = False) -> list[UpcomingMoment]:
    """What can still be influenced, soonest first: people's moments, the sources' and the yearly calendar's.

    ``with_ended``: also what its source called off, until the day on which it would have been.
    """
    coming, taken = _kept_and_yearly(session, viewer, day)
    coming += _from_calls(session, day, taken)
    return sorted([m for m in coming if with_ended or not m.ended], key=_by_day)


def without_source(session: Session, viewer: Viewer, day: date) -> list[UpcomingMoment]:
    """Those of these that no source tells of: people's own and the yearly calendar's."""
    return sorted([m for m in _kept_and_yearly(session, viewer, day)[0] if not m.of_source], key=_by_day)


def _kept_and_yearly(session: Session, viewer: Viewer, day: date) -> tuple[list[UpcomingMoment], set[int]]:
    """What people keep and what comes each year, and the sources' moments that stand among these."""
    stored = list(session.exec(select(Moment).where(visible(viewer, Moment))))
    real = real_ones(session)
    dated = {(m.pattern, m.year) for m in stored if m.pattern and m.year}
    taken = {m.call_id for m in stored if m.call_id} | {call.id for key, call in real.items() if key in dated}
    of_people = [c for m in stored if (c := of_row(session, m)) and (c.ends_on is None or c.ends_on >= day)]
    return [*of_people, *recurring(day, {*dated, *real})], taken


def _by_day(moment: UpcomingMoment) -> tuple[date, str]:
    return moment.ends_on or date.max, moment.title


def of_row(session: Session, moment: Moment) -> UpcomingMoment:
    """A stored moment; the last day of one that a source tells of is the source's own."""
    call, last = source_of(session, moment), last_day_of(session, moment)
    shared: dict[str, Any] = {name: getattr(moment, name) for name in SHARED}
    shared |= {"ends_on": last.day, "url": call.url if call else moment.url, "sure": moment.sure or call is not None}
    if call and moment.call_id is None:
        shared["starts_on"] = last.day
    return UpcomingMoment(
        f"moment:{moment.id}",
        **shared,
        version=moment.version,
        of_source=call is not None,
        unnamed=last.unnamed,
        ended=last.ended,
        was=moved_from(session, [call]).get(call.id) if call else None,
        call_id=call.id if call else None,
    )


def _from_calls(session: Session, day: date, skip: set[int]) -> list[UpcomingMoment]:
    rows = session.exec(_told_of(), params={"now": start_of_day(day)})
    calls = [call for call in rows if call.id not in skip and not is_paper(call)]
    moved = moved_from(session, calls)
    return [of_call(call, moved.get(call.id)) for call in calls]


@cache
def _told_of() -> SelectOfScalar[Call]:
    word, closes = col(Call.source_word), col(Call.closes_at)
    return select(Call).where(
        Call.nature == Nature.MOMENT,
        col(Call.joined_into).is_(None),
        ~col(Call.held),
        or_(word.is_(None), word.not_in(OVER), closes.is_not(None)),
        or_(closes.is_(None), closes > NOW),
    )


def of_call(call: Call, was: date | None = None) -> UpcomingMoment:
    """A moment as its source tells it; ``was``: the day it was moved from."""
    return UpcomingMoment(
        ref=f"call:{call.id}",
        title=call.title,
        kind=kind_of(call),
        level=Level.EU if call.language == "en" else Level.NATIONAL,
        body=call.publisher or "",
        starts_on=call.published_on,
        ends_on=last_day_before(call.closes_at) if call.closes_at else None,
        sure=True,
        use="",
        url=call.url,
        of_source=True,
        ended=ending(call),
        was=was,
        call_id=call.id,
    )


def for_dossier(
    session: Session, dossier: Dossier, viewer: Viewer, day: date
) -> tuple[list[UpcomingMoment], list[UpcomingMoment]]:
    """What the dossier hooks on to, also what was called off; and every other moment, the likeliest first.

    A person may hook on to any: what the matcher did not see, and what is decided on another level.
    """
    moments = upcoming(session, viewer, day, with_ended=True)
    hooked = set(session.exec(select(DossierMoment.moment_id).where(DossierMoment.dossier_id == dossier.id)))
    hooked_on = [m for m in moments if m.ref.startswith("moment:") and int(m.ref.split(":")[1]) in hooked]
    opgaven = select(DossierChallenge.challenge_id).where(DossierChallenge.dossier_id == dossier.id)
    touching = select(Match.call_id).where(col(Match.challenge_id).in_(opgaven), Match.score >= MATCHING)
    near = {f"call:{i}" for i in session.exec(touching)}
    rest = [m for m in moments if m not in hooked_on and not m.ended]
    return hooked_on, sorted(rest, key=lambda m: not _is_near(m, dossier, near))


def next_moments(session: Session, viewer: Viewer, dossiers: Iterable[int], day: date) -> dict[int, UpcomingMoment]:
    """Dossier -> the first moment it hooks on to, also where that was called off; read at once for a list of them."""
    hooked = select(DossierMoment).where(col(DossierMoment.dossier_id).in_(list(dossiers)))
    by_moment: dict[str, list[int]] = defaultdict(list)
    for row in session.exec(hooked):
        by_moment[f"moment:{row.moment_id}"].append(row.dossier_id)
    coming = upcoming(session, viewer, day, with_ended=True) if by_moment else []
    first: dict[int, UpcomingMoment] = {}
    for moment in coming:
        for dossier in by_moment.get(moment.ref, ()):
            first.setdefault(dossier, moment)
    return first


def _is_near(moment: UpcomingMoment, dossier: Dossier, near: set[str]) -> bool:
    """Whether it touches the dossier's opgaven, or is one of the calendar on its level."""
    return moment.ref in near or (moment.level == dossier.level and not moment.of_source)


def hook(deed: Deed, dossier: Dossier, ref: str) -> Moment:
    """Let a dossier hook on to a moment; one from a source or the calendar becomes a row people can complete."""
    must_change(deed, dossier)
    moment = moment_of(deed, ref)
    if not deed.session.get(DossierMoment, (dossier.id, moment.id)):
        deed.session.add(DossierMoment(dossier_id=dossier.id, moment_id=moment.id))
        log(deed, dossier, LogKind.MOMENT, f"Haakt aan bij: {moment.title}")
    deed.session.flush()
    return moment


def unhook(deed: Deed, dossier: Dossier, moment_id: int) -> None:
    """Let a dossier go of a moment; nothing where it does not hook on."""
    must_change(deed, dossier)
    hooked = deed.session.get(DossierMoment, (dossier.id, moment_id))
    if hooked is None:
        return
    moment = deed.session.get_one(Moment, moment_id)
    deed.session.delete(hooked)
    log(deed, dossier, LogKind.MOMENT, f"Haakt niet meer aan bij: {moment.title}")
    remember(deed, dossier, LoggedKind.HOOK, LoggedDeed.WITHDRAWN, f"moment: {moment.title}", moment_id)


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
    call = live_call(deed.session, call_id)
    if call is None or call.nature != Nature.MOMENT:
        raise NotFound("Dit moment bestaat niet.", "moment")
    if is_paper(call):
        raise Incomplete("Dit stuk is al gepubliceerd: er valt niets meer bij aan te haken.", "moment")
    return stored_for(deed.session, call) or _kept(deed, of_call(call), call_id=call.id)


def stored_for(session: Session, call: Call) -> Moment | None:
    """The row that people keep of a source's moment: its own, or that of the yearly calendar which it meets."""
    own = session.exec(select(Moment).where(Moment.call_id == call.id)).first()
    if own is not None:
        return own
    usual = [key for key, real in real_ones(session).items() if real.id == call.id]
    return next((row for key in usual if (row := kept_of(session, *key))), None)


def kept_of(session: Session, pattern: str, year: int) -> Moment | None:
    """The row that people keep of a moment of the yearly calendar."""
    return session.exec(select(Moment).where(Moment.pattern == pattern, Moment.year == year)).first()


def _from_calendar(deed: Deed, rest: str) -> Moment:
    pattern, year = year_named(rest)
    kept = kept_of(deed.session, pattern.id, year)
    return kept or _kept(deed, of_year(pattern, year), pattern=pattern.id, year=year)


def year_named(rest: str) -> tuple[Pattern, int]:
    """The pattern and the year of ``bo-mirt:2026``. Raises NotFound."""
    name, _, year = rest.partition(":")
    pattern = next((p for p in patterns() if p.id == name), None)
    if pattern is None or not NUMBER.fullmatch(year) or not 2000 <= int(year) <= 2100:
        raise NotFound("Dit moment bestaat niet.", "moment")
    return pattern, int(year)


def _kept(deed: Deed, upcoming: UpcomingMoment, **link: Any) -> Moment:
    shared = {name: getattr(upcoming, name) for name in SHARED}
    moment = Moment(**shared, participant_id=deed.by.participant_id, visibility=Visibility.REGION, **link)
    deed.session.add(moment)
    deed.session.flush()
    return moment


def fix_day(deed: Deed, moment: Moment, starts_on: date | None, ends_on: date, sure: bool, seen: int) -> None:
    """Fill in the day of a moment once it is known; that of a source's moment is the source's own."""
    must_tend(deed, moment)
    if moment.call_id:
        raise Incomplete("De dag van dit moment komt van de bron; corrigeer haar op de pagina van het moment.", "ref")
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
    """Add an outside moment by hand, for everybody in the region. Raises Incomplete or NotAllowed."""
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
        visibility=Visibility.REGION,
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
    asked_of: str = "",
) -> Outcome:
    """What came of the owner's request to a ministry or other body; what was taken over is shown by its passage."""
    must_change(deed, dossier)
    request = required(request, "request", "Schrijf op wat u vroeg.")
    if result != OutcomeResult.NOT:
        passage = required(passage, "passage", "Neem de passage over waaruit het blijkt.")
    outcome = Outcome(
        dossier_id=dossier.id,
        moment_id=moment_id,
        asked_of=" ".join(asked_of.split()),
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


def edit_outcome(deed: Deed, outcome: Outcome, fields: "OutcomeFields", seen: int) -> None:
    """Correct what came of a request."""
    request = required(fields.request, "request", "Schrijf op wat u vroeg.")
    if fields.result != OutcomeResult.NOT:
        required(fields.passage, "passage", "Neem de passage over waaruit het blijkt.")
    texts = {"request": request, "passage": fields.passage.strip(), "source": fields.source.strip()}
    correct(deed, outcome, {**vars(fields), **texts}, seen)


def outcomes_of(session: Session, viewer: Viewer, dossier: Dossier) -> list[Outcome]:
    """What came of the requests of a dossier, newest first."""
    rows = select(Outcome).where(Outcome.dossier_id == dossier.id, visible(viewer, Outcome))
    return list(session.exec(rows.order_by(col(Outcome.day).desc(), col(Outcome.id).desc())))


@dataclass(frozen=True)
class OutcomeFields:
    """What can be corrected of an outcome."""

    request: str
    result: str
    day: date
    passage: str = ""
    source: str = ""
