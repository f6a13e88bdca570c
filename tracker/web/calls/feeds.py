"""A filter as a feed that anybody may read, with no account: the calls as Atom, their dates as a calendar.

Only what sources say in public, and nothing that hangs on a person; a saved filter's feed is the address of its list.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select
from starlette.responses import Response

from db.models import Call
from db.queries import CallFilter, said_in_public
from db.status import IS_CALL, remark_of
from notifications.ical import calendar_file
from tracker.calendar.events import deadline_events, deadline_lines, filtered
from tracker.calendar.targets import DatedRow
from tracker.calls.since import last_changed
from tracker.matching.search import by_ids
from tracker.web.calls.filter_form import Filter, query_string
from tracker.web.calls.rows import When, codes_of, dates_of, next_date
from tracker.web.frame.atom import Entry, atom_feed
from tracker.web.frame.context import RequestContext

MOST = 100  # entries; who reads at least weekly misses none


def calendar(request: RequestContext) -> Response:
    """Every date of the calls that the filter means, for a calendar program."""
    now, base = request.now.instant, request.site.settings.base_url
    where = [*filtered(request.session, _wanted(request), now), said_in_public()]
    events = deadline_events(deadline_lines(request.session, now, where), base, now)
    headers = {"Cache-Control": "max-age=300", "Content-Disposition": 'inline; filename="regelingen.ics"'}
    return Response(calendar_file(events, "Kansenradar"), media_type="text/calendar; charset=utf-8", headers=headers)


def atom(request: RequestContext) -> Response:
    """The calls that the filter means, what changed last first."""
    wanted, now = _wanted(request), request.now.instant
    base = request.site.settings.base_url.rstrip("/")
    changed = _last_changed(request.session, wanted, now)
    codes, dates = codes_of(request.session, list(changed)), dates_of(request.session, list(changed))
    entries = [
        _entry(call, changed[call.id], base, codes.get(call.id, ""), _when(call, dates, now))
        for call in by_ids(request.session, list(changed))
    ]
    asked = f"?{question}" if (question := query_string(wanted)) else ""
    where = f"{base}/regelingen{asked}", f"{base}/regelingen.atom{asked}"
    return atom_feed("Kansenradar: regelingen", *where, entries, now)


def _wanted(request: RequestContext) -> CallFilter:
    return request.read_query(Filter).wanted()


def _last_changed(session: Session, wanted: CallFilter, now: datetime) -> dict[int, datetime]:
    """The calls by when something of them changed last, that first."""
    at, there = last_changed(), col(Call.joined_into).is_(None)
    meant = select(Call.id, at).where(there, IS_CALL, said_in_public(), *filtered(session, wanted, now))
    return dict(session.exec(meant.order_by(at.desc(), col(Call.id)).limit(MOST)).all())


def _when(call: Call, dates: Mapping[int, Sequence[DatedRow]], now: datetime) -> When:
    return next_date(dates[call.id], now, remark_of(call, now))


def _entry(call: Call, changed: datetime, base: str, code: str, when: When) -> Entry:
    """One call: what it is called, since when it is so, and where its source stands."""
    title = f"{call.title} ({code})" if code else call.title
    said = (f"{when.kind} {when.text}".strip(), call.publisher, call.summary)
    address = f"{base}/regelingen/{call.id}"
    return Entry(address, title, changed, call.first_seen, ". ".join(filter(None, said)), call.url)
