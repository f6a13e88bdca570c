"""The search index of the EU portal as it has been since June 2026, without a network: nearly everything stands in it twice.

Each record has a copy from a mirror, under the same reference, with the contents of another day. Equal identifiers come
in any order, so that a record and its copy may stand on two pages.
"""

import email
import email.policy
import json
import random
from collections import deque
from collections.abc import Iterable, Iterator
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from scrapy import Request
from scrapy.http import JsonResponse

from scrapers.crawled import Crawled
from scrapers.pages import Event, PageReading
from scrapers.recordings import as_crawled
from scrapers.source import Context
from scrapers.sources.eu_portal import EuPortal

MIRROR = "SEDIA_PRD_CENTRICITY"
Result = dict[str, Any]


def mirrored(results: Iterable[Result], chance: random.Random) -> list[Result]:
    """Every record with its copy: its dates moved by some days, its stamp older or younger, sometimes without a number."""
    rows = []
    for own in results:
        own = deepcopy(own)
        own["metadata"] |= {"DATASOURCE": ["SEDIA"], "es_SortDate": ["2026-02-01T10:00:00.000+0000"]}
        copy = deepcopy(own)
        data = copy["metadata"]
        data["DATASOURCE"] = [MIRROR]
        data["es_SortDate"] = [chance.choice(["2025-12-01T10:00:00.000+0000", "2026-07-01T10:00:00.000+0000"])]
        data["deadlineDate"] = [_moved(stamp, chance) for stamp in data.get("deadlineDate", [])]
        if chance.random() < 0.1:
            data.pop("ccm2Id", None)
        rows += [own, copy]
    return rows


def _moved(stamp: str, chance: random.Random) -> str:
    moved = datetime.fromisoformat(stamp) + timedelta(days=chance.choice([-60, -7, 0, 7, 60]))
    return moved.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


class Index:
    """Answers searches for these results, a hundred a page."""

    def __init__(self, results: list[Result], chance: random.Random) -> None:
        self.results, self.chance = results, chance

    def answer(self, request: Request) -> JsonResponse:
        """One page of what was asked for; equal identifiers in another order each time."""
        form = dict(_parts(request))
        terms = [clause["terms"] for clause in form["query"]["bool"]["must"]]
        hits = [row for row in self.results if all(_has(row, name, term[name]) for term in terms for name in term)]
        self.chance.shuffle(hits)
        if form.get("sort"):
            hits.sort(key=lambda row: str((row["metadata"].get(form["sort"]["field"]) or [""])[0]))
        query = parse_qs(urlsplit(request.url).query)
        number, size = int(query["pageNumber"][0]), min(100, int(query["pageSize"][0]))
        some = hits[(number - 1) * size : number * size]
        whole = {"totalResults": len(hits), "pageNumber": number, "pageSize": size, "results": some}
        return JsonResponse(request.url, body=json.dumps(whole).encode(), request=request)


def _has(row: Result, name: str, wanted: list[str]) -> bool:
    return not set(row["metadata"].get(name, [])).isdisjoint(wanted)


def _parts(request: Request) -> Iterator[tuple[str, Any]]:
    head = b"Content-Type: " + (request.headers["Content-Type"] or b"") + b"\r\n\r\n"
    for part in email.message_from_bytes(head + request.body, policy=email.policy.HTTP).iter_parts():  # type: ignore[attr-defined]
        yield part.get_param("name", header="content-disposition"), json.loads(part.get_payload(decode=True))


def crawl_index(index: Index, now: datetime) -> Crawled:
    """The whole index, read as a crawl reads it."""
    events: list[Event] = []
    reading = PageReading(EuPortal(Context(now)), lambda: now, events.append)
    waiting = deque(reading.source.start())
    while waiting:
        waiting.extend(reading.take(index.answer(waiting.popleft())))
    reading.end()
    return as_crawled(reading, events, now)


def as_result(grant: dict[str, Any]) -> Result:
    """A topic of the published daily snapshots as the index would give it."""
    status, kind = (str((grant.get(name) or {}).get("id") or "") for name in ("status", "kind"))
    values = {
        "identifier": grant["identifier"],
        "ccm2Id": grant["id"].partition("TOPICS")[0] if "TOPICS" in grant["id"] else None,
        "REFERENCE": grant["id"],
        "title": grant["title"],
        "type": kind or "1",
        "status": status or "31094502",
        "callTitle": grant.get("callTitle"),
        "startDate": _stamp(grant.get("startDate")),
        "deadlineDate": _stamp(grant.get("deadlineDate")),
        "deadlineModel": grant.get("deadlineModel"),
        "typesOfAction": grant.get("actionType"),
        "url": grant.get("url"),
    }
    return {"reference": grant["id"], "metadata": {name: [str(v)] for name, v in values.items() if v}}


def _stamp(value: str | None) -> str | None:
    return value.replace("Z", "+0000") if value else None
