"""What anybody may read, by the NLGov REST API Design Rules: calls, opgaven, agendas and sources as JSON."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy import ColumnElement
from sqlmodel import col, or_, select
from starlette.responses import JSONResponse

from db.giver import only_within
from db.models import Agenda, Call, Challenge, Crawl
from db.queries import live_call, said_in_public
from db.reach import reach_of
from tracker.calls.records import records
from tracker.calls.since import changed_since
from tracker.matching.search import read_through
from tracker.web.api import answers
from tracker.web.api.caller import AnyCaller, Caller, counted
from tracker.web.api.questions import (
    AList,
    CallQuestion,
    ListQuestion,
    PlainQuery,
    RowNumber,
    checked,
    number_in,
    parameters,
    sliced,
)
from tracker.web.api.routing import PUBLIC, TITLES, TaggedRoute
from tracker.web.sources.sources import SourceRow, source_rows

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
REFUSED: dict[int | str, dict[str, Any]] = {
    status: {"model": answers.Problem, "description": TITLES[status]} for status in (400, 401, 404, 429)
}
router = APIRouter(
    route_class=TaggedRoute,
    default_response_class=JSONResponse,
    dependencies=[Depends(counted)],
    generate_unique_id_function=lambda route: route.name,
)


def _known_call(call_id: RowNumber, caller: AnyCaller) -> Call:
    """The call of an id, or the one it was joined into."""
    call = live_call(caller.session, call_id)
    if call is None or not caller.session.exec(select(Call.id).where(Call.id == call.id, *readable(caller))).first():
        raise HTTPException(404)
    return call


KnownCall = Annotated[Call, Depends(_known_call)]


def readable(caller: Caller) -> list[ColumnElement[bool]]:
    """What only people typed is for who takes part; everybody may read what a source says in public."""
    if caller.holder is not None:
        return []
    return [said_in_public()]


def _known_challenge(challenge_id: str, caller: AnyCaller) -> Challenge:
    challenge = caller.session.get(Challenge, challenge_id)
    if challenge is None:
        raise HTTPException(404)
    return challenge


def getting(
    path: str, name: str, summary: str, asks: type[Any] | None = None, **more: Any
) -> Callable[[Endpoint], Endpoint]:
    """An address that is read, with what the description says of it. ``asks``: its parameters."""
    refused = {status: refusal for status, refusal in REFUSED.items() if "{" in path or status != 404}
    told: dict[str, Any] = {"description": f"{summary}.", "response_description": "Gevonden", "tags": [PUBLIC]}
    told |= {"responses": refused}
    extra = {"openapi_extra": parameters(asks)} if asks else {}
    return router.get(path, name=name, summary=summary, **{**told, **extra, **more})


@getting("/regelingen", "regelingen", "Regelingen bij een filter, op nummer", CallQuestion)
def calls(caller: AnyCaller, query: Annotated[CallQuestion, Depends(checked(CallQuestion))]) -> answers.CallPage:
    """The calls of a filter, on and on; with ``changedSince`` also which of them left it."""
    now, after = caller.now.instant, number_in(query.cursor)
    if query.changed_since:
        return _changed_calls(caller, query, after)
    found = read_through(caller.session, query.wanted(), now, after, query.limit + 1, *readable(caller))
    part = sliced(found, query.limit, lambda call: call.id)
    return answers.CallPage(items=_items(caller, part.rows), withdrawn=[], next=part.next)


def _changed_calls(caller: Caller, query: CallQuestion, after: int) -> answers.CallPage:
    """All that changed, by number: what the filter still means as items, the rest as withdrawn."""
    session, now = caller.session, caller.now.instant
    assert query.changed_since is not None
    changed = select(Call.id, Call.joined_into).where(col(Call.id) > after, changed_since(query.changed_since, now))
    rows = session.exec(changed.where(*readable(caller)).order_by(col(Call.id)).limit(query.limit + 1)).all()
    part = sliced(list(rows), query.limit, lambda row: row[0])
    ids = [id_ for id_, _ in part.rows]
    still = read_through(session, query.wanted(), now, after, query.limit, col(Call.id).in_(ids))
    left = {call.id for call in still}
    gone = [answers.WithdrawnAnswer(id=id_, into=into) for id_, into in part.rows if id_ not in left]
    return answers.CallPage(items=_items(caller, still), withdrawn=gone, next=part.next)


def _items(caller: Caller, found: list[Call]) -> list[answers.CallAnswer]:
    """With where alone each may be used, and whether that is elsewhere for who holds the key."""
    reach, rows = reach_of(caller.viewer, caller.now.today), records(caller.session, found, caller.now.instant)
    where = (
        {"only_within": only_within(call.publisher), "out_of_reach": reach.is_out_of(call.eligible, call.given_within)}
        for call in found
    )
    return [answers.CallAnswer(**row, **there) for row, there in zip(rows, where, strict=True)]


@getting("/regelingen/{call_id:id}", "regeling", "Eén regeling")
def call(caller: AnyCaller, known: KnownCall, _: PlainQuery) -> answers.CallAnswer:
    """One call; one that was joined into another answers as that other."""
    return _items(caller, [known])[0]


@getting("/agendas", "agendas", "De edities van de agenda", ListQuestion)
def agendas(caller: AnyCaller, query: AList) -> answers.AgendaList:
    """The editions of the agenda; there are few, and nobody notes when one changes, so all come along."""
    rows = select(Agenda).where(col(Agenda.id) > query.after).order_by(col(Agenda.id)).limit(query.limit + 1)
    part = sliced(list(caller.session.exec(rows)), query.limit, lambda row: row.id)
    items = [answers.AgendaAnswer(id=row.id, name=row.name, valid_from=row.valid_from.isoformat()) for row in part.rows]
    return answers.AgendaList(items=items, next=part.next)


@getting("/opgaven", "opgaven", "De opgaven van alle edities", ListQuestion)
def challenges(caller: AnyCaller, query: AList) -> answers.ChallengeList:
    """The opgaven of every agenda; with ``changedSince`` those that people changed since, or nobody knows when."""
    rows = select(Challenge).where(col(Challenge.id) > query.after).order_by(col(Challenge.id)).limit(query.limit + 1)
    if query.changed_since:
        at = col(Challenge.changed_at)
        rows = rows.where(or_(at.is_(None), at >= query.changed_since))
    part = sliced(list(caller.session.exec(rows)), query.limit, lambda row: row.id)
    return answers.ChallengeList(items=[challenge_answer(row) for row in part.rows], next=part.next)


@getting("/opgaven/{challenge_id}", "opgave", "Eén opgave")
def challenge(known: Annotated[Challenge, Depends(_known_challenge)], _: PlainQuery) -> answers.ChallengeAnswer:
    """One opgave."""
    return challenge_answer(known)


def challenge_answer(row: Challenge) -> answers.ChallengeAnswer:
    """An opgave with its words."""
    kept = row.model_dump(include=set(answers.ChallengeAnswer.model_fields))
    return answers.ChallengeAnswer(agenda=row.agenda_id, parent=row.parent_id, **kept)


@getting("/bronnen", "bronnen", "Hoe actueel elke bron is", ListQuestion)
def sources(caller: AnyCaller, query: AList) -> answers.SourceList:
    """How fresh each source is that was ever asked; with ``changedSince`` those that were asked since."""
    asked = set(caller.session.exec(_asked_since(query)))
    rows = source_rows(caller.session, caller.settings, caller.now.instant)
    there = sorted((row for row in rows if row.last and row.name in asked), key=lambda row: row.name)
    behind = [row for row in there if row.name > query.after][: query.limit + 1]
    part = sliced(behind, query.limit, lambda row: row.name)
    return answers.SourceList(items=[source_answer(row) for row in part.rows], next=part.next)


def _asked_since(query: ListQuestion) -> Any:
    names = select(Crawl.source).distinct()
    return names.where(Crawl.finished_at >= query.changed_since) if query.changed_since else names


def source_answer(row: SourceRow) -> answers.SourceAnswer:
    """A source; moments in UTC."""
    covered, whole = row.covered, row.covered.health.last_complete
    return answers.SourceAnswer(
        source=row.name,
        form=covered.form.value,
        state=covered.state.value,
        last_complete=whole.isoformat(timespec="seconds") if whole else None,
        calls=row.calls,
        trouble=row.trouble,
        promises=covered.promises,
        unseen=covered.unseen,
    )
