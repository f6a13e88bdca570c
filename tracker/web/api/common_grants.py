"""Calls in the shape of the CommonGrants protocol 0.4, for programs that read it: public, the two required addresses.

Its errors are not problem+json and its names are its own, so it stands beside our API, not in it. What it has no place
for goes into custom fields: the zone of the hours, and the opgaven. A municipality is ``government_municipal``; a
province, a regional body and others that it does not know are ``custom``, by our own word.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from sqlmodel import Session, col, func, select
from starlette.responses import JSONResponse, Response

from db.models import Call
from db.queries import live_call, said_in_public
from db.session import reading
from db.status import IS_CALL
from tracker.calls.records import records
from tracker.calls.since import last_changed
from tracker.matching.search import by_ids
from tracker.web.frame.route import Route
from tracker.web.frame.site import Site

ROOT = "/common-grants"
OURS = 0x6B616E73656E_8001_8000_000000000000  # "kansen", version 8 (RFC 9562): the number of the call fills its end
LAST = 0xFFFF_FFFF_FFFF
STATUSES = {"expected": "forecasted", "announced": "forecasted", "open": "open", "closed": "closed"}
APPLICANTS = {
    "municipality": "government_municipal", "water_authority": "government_special_district", "citizen": "individual",
    "company": "for_profit_not_small_business", "sme": "for_profit_small_business", "any": "unrestricted",
    "non_profit": "nonprofit_without_501c3",
}  # fmt: skip
CLOSING = ("closes", "cut_off", "stage_1", "pre_registration")
router = APIRouter(prefix=ROOT, include_in_schema=False)
PageNumber = Annotated[int, Query(ge=1, le=100_000)]
PageSize = Annotated[int, Query(ge=1, le=100, alias="pageSize")]


@router.get("/opportunities", response_class=JSONResponse)
def opportunities(request: Request, page: PageNumber = 1, size: PageSize = 100) -> dict[str, Any]:
    """A page of all public calls, what changed last first."""
    site: Site = request.app.state.site
    with reading(site.engine) as session:
        there = select(Call.id).where(IS_CALL, col(Call.joined_into).is_(None), said_in_public())
        total = session.exec(select(func.count()).select_from(there.subquery())).one()
        newest = there.order_by(last_changed().desc(), col(Call.id)).offset((page - 1) * size).limit(size)
        items = _shaped(session, by_ids(session, session.exec(newest).all()), site.clock.now().instant)
    pages = {"page": page, "pageSize": size, "totalItems": total, "totalPages": -(-total // size)}
    return {"status": 200, "message": "Success", "items": items, "paginationInfo": pages}


@router.get("/opportunities/{number}", response_class=JSONResponse)
def opportunity(request: Request, number: str) -> Any:
    """One public call, by its UUID."""
    site: Site = request.app.state.site
    with reading(site.engine) as session:
        call = live_call(session, _id_in(number))
        public = call is not None and session.exec(select(Call.id).where(Call.id == call.id, said_in_public())).first()
        if call is None or not public:
            return _refused(404, "Not found")
        [shaped] = _shaped(session, [call], site.clock.now().instant)
    return {"status": 200, "message": "Success", "data": {**shaped, "competitions": []}}


def _refused(status: int, message: str) -> Response:
    return JSONResponse({"status": status, "message": message, "errors": []}, status)


def _uuid(call_id: int) -> str:
    return str(UUID(int=OURS | call_id))


def _id_in(number: str) -> int:
    """The number of the call in a UUID of ours; one that is never a call's for any other text."""
    try:
        value = UUID(number).int
    except ValueError:
        return 0
    return value & LAST if value & ~LAST == OURS else 0


def _shaped(session: Session, calls: Sequence[Call], now: datetime) -> list[dict[str, Any]]:
    changed = dict(session.exec(select(Call.id, last_changed()).where(col(Call.id).in_([c.id for c in calls]))).all())
    pairs = zip(calls, records(session, calls, now), strict=True)
    return [_opportunity(record, call.first_seen, changed[call.id]) for call, record in pairs]


def _opportunity(record: dict[str, Any], created: datetime, changed: datetime) -> dict[str, Any]:
    return {
        "id": _uuid(record["id"]),
        "title": record["title"],
        "status": _status(record["status"]),
        "description": record["summary"] or record["title"],
        "funding": _funding(record["amounts"]),
        "keyDates": _dates(record["deadlines"]),
        "acceptedApplicantTypes": [_applicant(word) for word in record["applicants"]],
        "source": record["url"],
        "customFields": _fields(record),
        "createdAt": _utc(created),
        "lastModifiedAt": _utc(changed),
    }


def _status(status: str) -> dict[str, str]:
    known = STATUSES.get(status)
    return {"value": known} if known else {"value": "custom", "customValue": status}


def _funding(amounts: dict[str, Any]) -> dict[str, Any]:
    names = {"totalAmountAvailable": "budget", "minAwardAmount": "min", "maxAwardAmount": "max"}
    money = {
        name: {"amount": f"{amounts[ours]:.2f}", "currency": "EUR"}
        for name, ours in names.items()
        if amounts[ours] is not None
    }
    rate = f"tot {amounts['rate']} % van de kosten" if amounts["rate"] is not None else None
    details = ". ".join(filter(None, (rate, amounts["text"])))
    return {**money, **({"details": details} if details else {})}


def _dates(deadlines: list[dict[str, Any]]) -> dict[str, Any]:
    """The last door as the closing date; every date, also that one, under its own name."""
    dated = [d for d in deadlines if d["date"]]
    closing = [d for d in dated if d["kind"] in CLOSING]
    others = {f"{d['kind']}_{n}": _event(d) for n, d in enumerate(dated, 1)}
    last = {"closeDate": _event(max(closing, key=lambda d: d["date"]))} if closing else {}
    return {**last, "otherDates": others}


def _event(deadline: dict[str, Any]) -> dict[str, Any]:
    hour = {"time": deadline["at"][11:19]} if deadline["at"] else {}
    return {"name": deadline["kind"], "eventType": "singleDate", "date": deadline["date"], **hour}


def _applicant(word: str) -> dict[str, str]:
    known = APPLICANTS.get(word)
    return {"value": known} if known else {"value": "custom", "customValue": word}


def _fields(record: dict[str, Any]) -> dict[str, Any]:
    """The hours are local, and the protocol has no zone; the opgaven have no place in it either."""
    opgaven = [match["id"] for match in record["opgaven"]]
    values: dict[str, tuple[str, Any]] = {"language": ("string", record["language"]), "opgaven": ("array", opgaven)}
    if any(deadline["at"] for deadline in record["deadlines"]):
        offsets = sorted({d["at"][19:] for d in record["deadlines"] if d["at"]})
        values["utcOffsets"] = ("array", offsets)
    return {name: {"name": name, "fieldType": kind, "value": value} for name, (kind, value) in values.items()}


def _utc(at: datetime) -> str:
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


ROUTES = [
    Route("GET", f"{ROOT}/opportunities", router, None),
    Route("GET", f"{ROOT}/opportunities/{{number}}", router, None),
]
