"""A filter as a feed that anybody may read, with no account: the calls as Atom, their dates as a calendar.

Only what sources say in public, and nothing that hangs on a person; a saved filter's feed is the address of its list.
"""

from datetime import UTC, datetime
from xml.etree import ElementTree as Xml

from sqlmodel import Session, col, select
from starlette.responses import Response

from db.models import Call
from db.queries import CallFilter, said_in_public
from db.status import IS_CALL, remark_of
from notifications.ical import calendar_file
from tracker.calendar.events import deadline_events, deadline_lines, filtered
from tracker.calls.since import last_changed
from tracker.matching.search import by_ids
from tracker.web.calls.filter_form import Filter, query_string
from tracker.web.calls.rows import codes_of, dates_of, next_date
from tracker.web.frame.context import RequestContext

ATOM = "http://www.w3.org/2005/Atom"
MOST = 100  # entries; who reads at least weekly misses none
Xml.register_namespace("", ATOM)


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
    calls = by_ids(request.session, list(changed))
    question = query_string(wanted)
    page = f"{base}/regelingen{'?' + question if question else ''}"
    feed = Xml.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "nl"})
    _text(feed, "id", page)
    _text(feed, "title", "Kansenradar: regelingen")
    _text(feed, "updated", _moment(max(changed.values(), default=now)))
    Xml.SubElement(Xml.SubElement(feed, f"{{{ATOM}}}author"), f"{{{ATOM}}}name").text = "Kansenradar"
    Xml.SubElement(feed, f"{{{ATOM}}}link", {"rel": "alternate", "href": page})
    itself = f"{base}/regelingen.atom{'?' + question if question else ''}"
    Xml.SubElement(feed, f"{{{ATOM}}}link", {"rel": "self", "href": itself})
    codes, dates = codes_of(request.session, list(changed)), dates_of(request.session, list(changed))
    for call in calls:
        entry = _entry(feed, call, changed[call.id], f"{base}/regelingen/{call.id}", codes.get(call.id, ""))
        when = next_date(dates[call.id], now, remark_of(call, now))
        _text(
            entry,
            "summary",
            ". ".join(filter(None, (f"{when.kind} {when.text}".strip(), call.publisher, call.summary))),
        )
    body = Xml.tostring(feed, "utf-8", xml_declaration=True)
    return Response(body, media_type="application/atom+xml; charset=utf-8", headers={"Cache-Control": "max-age=300"})


def _wanted(request: RequestContext) -> CallFilter:
    return request.read_query(Filter).wanted()


def _last_changed(session: Session, wanted: CallFilter, now: datetime) -> dict[int, datetime]:
    """The calls by when something of them changed last, that first."""
    at, there = last_changed(), col(Call.joined_into).is_(None)
    meant = select(Call.id, at).where(there, IS_CALL, said_in_public(), *filtered(session, wanted, now))
    return dict(session.exec(meant.order_by(at.desc(), col(Call.id)).limit(MOST)).all())


def _entry(feed: Xml.Element, call: Call, changed: datetime, address: str, code: str) -> Xml.Element:
    """One call: what it is called, since when it is so, and where its source stands."""
    entry = Xml.SubElement(feed, f"{{{ATOM}}}entry")
    _text(entry, "id", address)
    _text(entry, "title", f"{call.title} ({code})" if code else call.title)
    _text(entry, "updated", _moment(changed))
    _text(entry, "published", _moment(call.first_seen))
    Xml.SubElement(entry, f"{{{ATOM}}}link", {"rel": "alternate", "href": address})
    Xml.SubElement(entry, f"{{{ATOM}}}link", {"rel": "via", "href": call.url})
    return entry


def _text(parent: Xml.Element, name: str, text: str) -> None:
    Xml.SubElement(parent, f"{{{ATOM}}}{name}").text = text


def _moment(at: datetime) -> str:
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat(timespec="seconds")
