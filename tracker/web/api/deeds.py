"""What a program does with somebody's key: verdicts, contacts, corrections, stages of applications.

Each goes by the functions of the pages, with their rules and refusals, and leaves its line in the audit log. A request
with an Idempotency-Key counts once: the same again is answered as before, another with that key is refused.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Header, HTTPException, Query, Request
from sqlmodel import col, select
from starlette.responses import Response

from db.models import ApiDeed, AuditEntry, Challenge, ContactMoment, Correction, Verdict
from db.queries import live_call
from db.rights import visible
from db.session import one_at_a_time, tried_again, writing
from db.vocabulary import ApiScope, Role
from db.vocabulary_audit import Action
from db.vocabulary_lobby import DossierKind
from scrapers.listing import AMOUNTS
from tracker.applications import stages
from tracker.calendar.decision_clock import replan_moved
from tracker.calls.corrections import correct, take_back
from tracker.calls.typed_values import kept_moment, on_the_clock
from tracker.errors import Incomplete, NotFound, NotPossible
from tracker.lobby import contacts, history
from tracker.lobby.log import dossier_for
from tracker.matching.verdicts import judge, undo
from tracker.people.api_keys import KeyHolder
from tracker.rights import Deed, must_have
from tracker.web.api import own_answers as sent
from tracker.web.api.answers import Problem
from tracker.web.api.caller import holder_of, must_hold
from tracker.web.api.questions import RowNumber
from tracker.web.api.routing import OWN, ROOT, TITLES
from tracker.web.api.v1 import router
from tracker.web.calls.correct import CORRECTABLE, DATES
from tracker.web.frame.actions import STATUSES
from tracker.web.frame.forms import REFUSED
from tracker.web.frame.site import Site

NO_CONTENT = 204
ANSWERED = dict[type[NotPossible], int]([*STATUSES.items(), (NotFound, 404)])
NO_RIGHT = "Met de rol lezer kunt u dit niet."
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
Version = Annotated[int, Query(ge=1, le=2**31 - 1, description="zoals het gelezen is")]
Idempotency = Annotated[str | None, Header(min_length=8, max_length=200, alias="Idempotency-Key")]


@dataclass(frozen=True)
class Done:
    """What was kept, where it stands, and its line in the audit log."""

    action: Action
    about: str
    kept: sent.Kept | None = None
    path: str = ""
    dossier_id: int | None = None

    @property
    def status(self) -> int:
        """201 for what is new, 204 for what is gone, else 200."""
        return NO_CONTENT if self.kept is None else 201 if self.path else 200

    @property
    def body(self) -> str:
        """As the answer has it."""
        return self.kept.model_dump_json(by_alias=True) if self.kept else ""


def doing(
    method: str, path: str, name: str, summary: str, scope: ApiScope, status: int
) -> Callable[[Endpoint], Endpoint]:
    """An address that changes something, with what the description says of it."""
    refused: dict[int | str, dict[str, Any]] = {
        number: {"model": Problem, "description": TITLES[number]} for number in (400, 401, 403, 404, 409, 422, 429)
    }
    return router.api_route(
        path,
        methods=[method],
        name=name,
        summary=summary,
        description=f"{summary}. De sleutel moet gelden voor: {scope.label}.",
        status_code=status,
        response_model=None if status == NO_CONTENT else sent.Kept,
        response_description="Gedaan",
        tags=[OWN],
        responses=refused,
        openapi_extra={"security": [{"sleutel": []}]},
    )


def within(request: Request, scope: ApiScope, key: str | None, body: Any, act: Callable[[Deed], Done]) -> Response:
    """Do it in one transaction, once; again where somebody else was first with the same row."""
    return tried_again(lambda: _attempt(request, scope, key, body, act))


def _attempt(request: Request, scope: ApiScope, key: str | None, body: Any, act: Callable[[Deed], Done]) -> Response:
    site: Site = request.app.state.site
    now = site.clock.now()
    try:
        with writing(site.engine) as session:
            holder = must_hold(holder_of(request, session, now), scope)
            one_at_a_time(session, request.url.path.removeprefix(ROOT))
            deed = Deed(session, holder.user, now.instant)
            must_have(deed, Role.FUNDRAISER, NO_RIGHT)
            holder.key.used_on = now.today
            return _once(request, deed, holder, key, body, act)
    except NotPossible as error:
        raise HTTPException(ANSWERED.get(type(error), REFUSED), str(error)) from error


def _once(
    request: Request, deed: Deed, holder: KeyHolder, key: str | None, body: Any, act: Callable[[Deed], Done]
) -> Response:
    """The answer that this key had before, or a new one, kept under it."""
    whole = f"{request.method} {request.url.path}?{request.url.query} {body.model_dump_json() if body else ''}"
    asked = hashlib.sha256(whole.encode()).hexdigest()
    kept_as = hashlib.sha256(f"{holder.key.id} {key}".encode()).hexdigest()
    known = deed.session.get(ApiDeed, kept_as) if key else None
    if known is not None and known.request != asked:
        raise HTTPException(422, "Deze Idempotency-Key hoort bij een ander verzoek.")
    if known is not None:
        return _answer(known.status, known.body, known.location)
    done = act(deed)
    deed.session.add(_line(request, deed, done))
    where = f"{ROOT}{done.path}" if done.path else ""
    if key:
        row = ApiDeed(key=kept_as, request=asked, status=done.status, body=done.body, location=where, at=deed.now)
        deed.session.add(row)
    return _answer(done.status, done.body, where)


def _answer(status: int, body: str, where: str) -> Response:
    headers = {"Location": where} if where else {}
    return Response(body or None, status, headers, media_type="application/json" if body else None)


def _line(request: Request, deed: Deed, done: Done) -> AuditEntry:
    return AuditEntry(
        at=deed.now,
        actor=f"user {deed.by.id}",
        action=done.action,
        object=done.about,
        result="done by a program",
        origin=request.client.host if request.client else "unknown",
        participant_id=deed.by.participant_id,
        dossier_id=done.dossier_id,
    )


@doing("POST", "/regelingen/{call_id:id}/oordelen", "oordelen-geven", "Een regeling beoordelen", ApiScope.VERDICTS, 201)
def say(request: Request, call_id: RowNumber, body: sent.NewVerdict, key: Idempotency = None) -> Response:
    """Say what the person thinks of a call; what they said of it before no longer stands."""

    def act(deed: Deed) -> Done:
        if body.challenge is not None and deed.session.get(Challenge, body.challenge) is None:
            raise Incomplete("Deze opgave bestaat niet.", "challenge")
        row = judge(
            deed.session, deed.by, _call(deed, call_id), body.challenge, body.say, deed.now, body.reason, body.remark,
            team=body.team,
        )  # fmt: skip
        return Done(Action.VERDICT, f"call {row.call_id}", sent.Kept(id=row.id), f"/oordelen/{row.id}")

    return within(request, ApiScope.VERDICTS, key, body, act)


@doing(
    "DELETE", "/oordelen/{verdict_id:id}", "oordeel-terugnemen", "Een eigen oordeel terugnemen", ApiScope.VERDICTS, 204
)
def unsay(request: Request, verdict_id: RowNumber, key: Idempotency = None) -> Response:
    """Undo one's own verdict."""

    def act(deed: Deed) -> Done:
        row = deed.session.get(Verdict, verdict_id)
        if row is None or row.user_id != deed.by.id or row.undone_at is not None:
            raise NotFound
        undo(deed.session, deed.by, row.call_id, row.challenge_id, deed.now)
        return Done(Action.VERDICT_UNDONE, f"verdict {verdict_id}")

    return within(request, ApiScope.VERDICTS, key, None, act)


@doing(
    "POST", "/regelingen/{call_id:id}/correcties", "corrigeren", "Een regeling corrigeren", ApiScope.CORRECTIONS, 201
)
def put_right(request: Request, call_id: RowNumber, body: sent.NewCorrection, key: Idempotency = None) -> Response:
    """Say what is right in one field of a call."""

    def act(deed: Deed) -> Done:
        call = _call(deed, call_id)
        row = correct(deed.session, deed.by, call, body.field, _value(body), body.reason, deed.now)
        replan_moved(deed.session, deed.now)
        deed.session.flush()
        return Done(Action.CALL_CORRECTED, f"call {call}", sent.Kept(id=row.id), f"/correcties/{row.id}")

    return within(request, ApiScope.CORRECTIONS, key, body, act)


def _value(body: sent.NewCorrection) -> Any:
    """What is right, as a correction keeps it; raises Incomplete."""
    if body.field not in dict(CORRECTABLE):
        raise Incomplete(f"Kies een van deze velden: {', '.join(dict(CORRECTABLE))}.", "field")
    if body.field in set(DATES):
        if body.day is None:
            raise Incomplete("Vul bij dit veld een datum in (day).", "day")
        return kept_moment(on_the_clock(body.day, body.hour))
    if body.field in AMOUNTS:
        if body.number is None:
            raise Incomplete("Vul bij dit veld een getal in (number).", "number")
        return str(body.number)
    if not body.text.strip():
        raise Incomplete("Vul bij dit veld een tekst in (text).", "text")
    return body.text.strip()


@doing(
    "DELETE",
    "/correcties/{correction_id:id}",
    "correctie-terugnemen",
    "Een correctie terugnemen",
    ApiScope.CORRECTIONS,
    204,
)
def withdraw_correction(request: Request, correction_id: RowNumber, key: Idempotency = None) -> Response:
    """Take a correction back: the sources speak again."""

    def act(deed: Deed) -> Done:
        standing = select(Correction).where(Correction.id == correction_id, visible(deed.viewer, Correction))
        row = deed.session.exec(standing.where(col(Correction.withdrawn_at).is_(None)).with_for_update()).first()
        if row is None:
            raise NotFound
        take_back(deed.session, row, deed.now)
        replan_moved(deed.session, deed.now)
        return Done(Action.CORRECTION_WITHDRAWN, f"call {row.call_id}")

    return within(request, ApiScope.CORRECTIONS, key, None, act)


@doing("POST", "/contacten", "contact-vastleggen", "Een contact vastleggen", ApiScope.CONTACTS, 201)
def log_contact(request: Request, body: sent.NewContact, key: Idempotency = None) -> Response:
    """Log with whom was spoken."""

    def act(deed: Deed) -> Done:
        row = contacts.log_contact(deed, _fields(body), _office(body))
        kept = sent.Kept(id=row.id, version=row.version)
        return Done(Action.CONTACT_LOGGED, f"contact {row.id}", kept, f"/contacten/{row.id}", row.dossier_id)

    return within(request, ApiScope.CONTACTS, key, body, act)


@doing("PUT", "/contacten/{contact_id:id}", "contact-verbeteren", "Een contact verbeteren", ApiScope.CONTACTS, 200)
def change_contact(
    request: Request, contact_id: RowNumber, body: sent.ChangedContact, key: Idempotency = None
) -> Response:
    """Correct a contact of the own organisation."""

    def act(deed: Deed) -> Done:
        row = contacts.contact_for(deed.session, deed.viewer, contact_id)
        contacts.edit_contact(deed, row, _fields(body), _office(body), body.version)
        kept = sent.Kept(id=row.id, version=row.version)
        return Done(Action.CONTACT_CORRECTED, f"contact {row.id}", kept, dossier_id=row.dossier_id)

    return within(request, ApiScope.CONTACTS, key, body, act)


@doing("DELETE", "/contacten/{contact_id:id}", "contact-intrekken", "Een contact intrekken", ApiScope.CONTACTS, 204)
def withdraw_contact(request: Request, contact_id: RowNumber, version: Version, key: Idempotency = None) -> Response:
    """Take a contact of the own organisation back; its history stays."""

    def act(deed: Deed) -> Done:
        row: ContactMoment = contacts.contact_for(deed.session, deed.viewer, contact_id)
        dossier = row.dossier_id
        history.withdraw(deed, row, version)
        return Done(Action.CONTACT_WITHDRAWN, f"contact {contact_id}", dossier_id=dossier)

    return within(request, ApiScope.CONTACTS, key, None, act)


def _fields(body: sent.NewContact) -> contacts.ContactFields:
    return contacts.ContactFields(
        day=body.day,
        message=body.message,
        kind=body.kind,
        dossier_id=body.dossier,
        reply=body.reply,
        follow_up=body.follow_up,
        follow_up_on=body.follow_up_on,
        visibility=body.visibility,
    )


def _office(body: sent.NewContact) -> contacts.Office:
    return contacts.Office(body.organisation, body.office, body.person)


@doing(
    "PUT",
    "/aanvragen/{dossier_id:id}/fase",
    "aanvraag-verder",
    "Een aanvraag naar een andere fase",
    ApiScope.APPLICATIONS,
    200,
)
def move(request: Request, dossier_id: RowNumber, body: sent.NewStage, key: Idempotency = None) -> Response:
    """Bring an application to its next stage."""

    def act(deed: Deed) -> Done:
        dossier = dossier_for(deed.session, deed.viewer, dossier_id, DossierKind.APPLICATION)
        stages.move(deed, dossier, body.to, body.version, body.submitted_on, body.proof)
        kept = sent.Kept(id=dossier.id, version=dossier.version)
        return Done(Action.APPLICATION_MOVED, f"dossier {dossier.id}", kept, dossier_id=dossier.id)

    return within(request, ApiScope.APPLICATIONS, key, body, act)


def _call(deed: Deed, call_id: int) -> int:
    call = live_call(deed.session, call_id)
    if call is None:
        raise NotFound
    return call.id
