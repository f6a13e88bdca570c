"""The usual routes: which steps an application takes to its submission, and a reaction to its sending, in order."""

from collections.abc import Iterable, Sequence

from db.models import Body, Participant
from db.vocabulary_calendar import COUNCILS, EXECUTIVES, BodyKind, MilestoneStep
from tracker.calendar.backward_schedule import Step

OFFICIALS_DAYS = 10  # working days for the ambtelijk akkoord of everyone concerned
SIGNATURES_DAYS = 5
UPLOAD_DAYS = 1
REACTION_DAYS = 10
SENDING_DAYS = 1


def usual_steps(
    lead: Participant,
    partners: Sequence[Participant],
    bodies: Iterable[Body],
    tables: Sequence[Body] = (),
    cofunding: bool = False,
) -> tuple[Step, ...]:
    """From go/no-go to upload: officials, the region's tables, every executive, every council where money is asked.

    ``bodies`` are those of the participants; ``tables`` the region's platforms and board, in the order they are passed.
    A participant without an executive body in the data has no such step: that body cannot be planned, and is not
    invented.
    """
    applicants = [lead, *partners]
    owned = sorted(bodies, key=lambda body: body.id)
    steps = [
        Step("go_no_go", MilestoneStep.GO_NO_GO, "de go/no-go", participant=lead.id),
        Step(
            "officials",
            MilestoneStep.OFFICIALS,
            "het ambtelijk akkoord",
            ("go_no_go",),
            participant=lead.id,
            working_days=OFFICIALS_DAYS,
        ),
    ]
    for table in tables:
        steps.append(_table_step(table, (steps[-1].key,)))
    ready = (steps[-1].key,)
    executives = [_meeting_step(MilestoneStep.EXECUTIVE, b, ready) for b in _of(applicants, owned, EXECUTIVES)]
    councils = [
        _meeting_step(MilestoneStep.COUNCIL, b, _executive_of(b, executives) or ready)
        for b in (_of(applicants, owned, COUNCILS) if cofunding else [])
    ]
    decided = tuple(step.key for step in (*executives, *councils)) or ready
    return (*steps, *executives, *councils, *_handing_in(lead, decided))


def reaction_steps(lead: Participant, bodies: Iterable[Body], tables: Sequence[Body] = ()) -> tuple[Step, ...]:
    """From draft to sent reaction: officials, then the region's tables, or without those one's own executive."""
    steps = [
        Step("reaction", MilestoneStep.REACTION, "de conceptreactie", (), None, lead.id, REACTION_DAYS),
        Step(
            "officials", MilestoneStep.OFFICIALS, "het ambtelijk akkoord", ("reaction",), None, lead.id, OFFICIALS_DAYS
        ),
    ]
    for table in tables:
        steps.append(_table_step(table, (steps[-1].key,)))
    if not tables:
        executives = _of([lead], sorted(bodies, key=lambda body: body.id), EXECUTIVES)
        steps += [_meeting_step(MilestoneStep.EXECUTIVE, body, ("officials",)) for body in executives]
    after = (steps[-1].key,)
    return (*steps, Step("sending", MilestoneStep.SENDING, "het verzenden", after, None, lead.id, SENDING_DAYS))


def _table_step(table: Body, after: tuple[str, ...]) -> Step:
    kind = MilestoneStep.BOARD if table.kind == BodyKind.BOARD else MilestoneStep.PLATFORM
    return _meeting_step(kind, table, after)


def _handing_in(lead: Participant, after: tuple[str, ...]) -> tuple[Step, Step]:
    return (
        Step("signatures", MilestoneStep.SIGNATURES, "de handtekeningen", after, None, lead.id, SIGNATURES_DAYS),
        Step("upload", MilestoneStep.UPLOAD, "het klaarzetten", ("signatures",), None, lead.id, UPLOAD_DAYS),
    )


def _meeting_step(kind: MilestoneStep, body: Body, after: tuple[str, ...]) -> Step:
    return Step(f"{kind.value}:{body.id}", kind, body.name, after, body.id, body.participant_id or "")


def _of(applicants: Sequence[Participant], bodies: Sequence[Body], kinds: frozenset[BodyKind]) -> list[Body]:
    return [b for p in applicants for b in bodies if b.participant_id == p.id and b.kind in kinds]


def _executive_of(council: Body, executives: Sequence[Step]) -> tuple[str, ...]:
    """A council decides on what its own executive put to it."""
    return tuple(step.key for step in executives if step.participant == council.participant_id)
