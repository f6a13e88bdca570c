"""Beheer: participants: who takes part, what an ended one leaves, and what one's own took over."""

from datetime import date

from pydantic import BaseModel, Field
from sqlmodel import col, select
from starlette.responses import Response

from db.giver import slug
from db.models import Dossier, LogEntry, Participant, User
from db.rights import visible
from db.vocabulary import ParticipantKind
from db.vocabulary_audit import Action
from db.vocabulary_lobby import LogKind
from tracker.errors import Incomplete, NotAllowed, NotFound
from tracker.people import mergers
from tracker.people.mergers import hand_over_due, in_words, kept_by
from tracker.people.participants import arranges, takes_part
from tracker.versions import must_stand, stand
from tracker.web.frame import actions
from tracker.web.frame.actions import PageOf, no_subject
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState, InvalidForm

COLUMNS = ("nummer", "naam", "soort", "deelregio", "sinds", "tot", "opgegaan in", "opmerking")


class ParticipantForm(BaseModel):
    """The form of a participant: only what people may change."""

    seen: str = ""
    name: str = Field(min_length=1, max_length=120)
    valid_to: date | None = None
    merged_into: str | None = None
    remark: str = Field(default="", max_length=500)


class NewParticipantForm(BaseModel):
    """The form of a participant that joins."""

    name: str = Field(min_length=1, max_length=120)
    kind: ParticipantKind
    subregion: str | None = Field(default=None, max_length=120)
    valid_from: date | None = None


def _index(request: RequestContext, _: None, state: FormState) -> Response:
    """Every participant with its validity and what it was merged into, and the form for one more."""
    rows = request.session.exec(select(Participant).order_by(col(Participant.kind), col(Participant.name))).all()
    return request.page(
        "people/participants.html",
        state=state,
        rows=rows,
        names={p.id: p.name for p in rows},
        today=request.now.today,
        waiting=[row for row in rows if mergers.waits(row)],
    )


def as_file(request: RequestContext) -> Response:
    """The same as a file."""
    rows = request.session.exec(select(Participant).order_by(col(Participant.kind), col(Participant.name))).all()
    names = {p.id: p.name for p in rows}
    cells = [
        (
            p.id, p.name, ParticipantKind(p.kind).label, p.subregion or "", p.valid_from, p.valid_to,
            names.get(p.merged_into or "", ""), p.remark,
        )
        for p in rows
    ]  # fmt: skip
    return request.file("deelnemers", COLUMNS, cells)


index = PageOf(no_subject, _index, lambda _: "/beheer/deelnemers")


@index.form(NewParticipantForm)
def add(request: RequestContext, _: None, form: NewParticipantForm) -> str:
    """Add a participant; its people and files come afterwards."""
    id_ = slug(form.name)
    if not id_ or request.session.get(Participant, id_) is not None:
        raise Incomplete("Er is al een deelnemer met deze naam.", "name")
    fields = form.model_dump(include={"name", "kind", "subregion", "valid_from"})
    request.session.add(Participant(id=id_, **fields))
    request.record(Action.PARTICIPANT_ADDED, f"participant {id_}")
    return f"/beheer/deelnemers/{id_}"


def _page(request: RequestContext, participant: Participant, state: FormState) -> Response:
    """One participant, its people, and what goes or went to whom it merges into."""
    session, today = request.session, request.now.today
    people = select(User).where(User.participant_id == participant.id, col(User.deactivated_at).is_(None))
    into = session.get(Participant, participant.handed_over_to or participant.merged_into or "")
    others = [choice for choice in actions.participants(session, today) if choice[0] != participant.id]
    if participant.merged_into and into is not None and into.id not in dict(others):
        others.append((into.id, into.name))
    return request.page(
        "people/participants_one.html",
        state=state,
        row=participant,
        seen=stand([participant]),
        participants=others,
        people=session.exec(people.order_by(col(User.name))).all(),
        over=not takes_part(participant, today),
        into=into,
        waits=mergers.waits(participant),
        proposed_by=actions.names(session).get(participant.proposed_by or 0, ""),
        kept=in_words(participant.handed_over if participant.handed_over_at else kept_by(session, participant)),
    )


page = PageOf(lambda request: request.named(Participant, "participant_id"), _page, lambda _: "/beheer/deelnemers")


def _must_arrange(request: RequestContext, row: Participant) -> None:
    if not arranges(request.session, request.user, row.id):
        raise NotAllowed(f"{row.name} heeft een eigen beheerder: die wijzigt dit.")


@page.form(ParticipantForm)
def save(request: RequestContext, row: Participant, form: ParticipantForm) -> None:
    """Change a participant, or merge it into another from a day on: its files go there, so its own people say so."""
    _must_arrange(request, row)
    if form.merged_into is not None:
        if form.merged_into == row.id or request.session.get(Participant, form.merged_into) is None:
            raise InvalidForm({"merged_into": "Kies een andere deelnemer."})
        if form.valid_to is None:
            raise Incomplete("Vul de eerste dag in waarop de deelnemer niet meer bestaat.", "valid_to")
    must_stand([row], form.seen)
    merges = form.merged_into is not None and (form.valid_to, form.merged_into) != (row.valid_to, row.merged_into)
    row.name, row.valid_to = form.name, form.valid_to
    row.merged_into, row.remark = form.merged_into, form.remark
    if merges:
        mergers.say(request.deed, row)
    request.record(Action.PARTICIPANT_CHANGED, f"participant {row.id}")
    request.session.flush()
    hand_over_due(request.session, request.now.instant, f"user {request.user.id}")


@page.button()
def confirm(request: RequestContext, row: Participant) -> None:
    """As the second person: this participant merges, and its files go on the day."""
    _must_arrange(request, row)
    mergers.confirm(request.deed, row)
    request.record(Action.MERGER_CONFIRMED, f"participant {row.id}")
    hand_over_due(request.session, request.now.instant, f"user {request.user.id}")


def taken_over(request: RequestContext) -> Response:
    """What came from a participant that merged into mine: every dossier with who carries it, as far as I may see it."""
    gone = request.named(Participant, "participant_id")
    if gone.handed_over_to is None or gone.handed_over_to != request.viewer.participant_id:
        raise NotFound
    came = select(LogEntry.dossier_id).where(
        LogEntry.at == gone.handed_over_at,
        LogEntry.kind == LogKind.EDITED,
        LogEntry.participant_id == gone.handed_over_to,
    )
    dossiers = select(Dossier).where(visible(request.viewer, Dossier), col(Dossier.id).in_(came))
    return request.page(
        "people/participants_taken_over.html",
        gone=gone,
        kept=in_words(gone.handed_over),
        dossiers=request.session.exec(dossiers.order_by(col(Dossier.title))).all(),
        people=actions.names(request.session),
    )
