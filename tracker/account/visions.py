"""The visie of the region and of an opgave: proposed by anybody who works here, taken over by a second person."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, and_, col, func, select

from db.models import Challenge, Goal, Participant, User, Vision, VisionProposal, VisionVersion
from db.queries import Viewer
from db.rights import has_role, works
from db.vocabulary import Role
from db.vocabulary_account import ProposalState
from tracker.errors import ChangedMeanwhile, Incomplete, NotAllowed, NotFound, required
from tracker.people.second_person import must_be_another
from tracker.rights import Deed, must_have
from tracker.versions import claim

REGION = ""  # how an address and a form name the whole region
BEHIND = "Er geldt intussen een nieuwere tekst. Breng het voorstel opnieuw in, op die tekst."


@dataclass(frozen=True)
class VisionFields:
    """What a person writes."""

    title: str
    text: str
    authors: str
    why: str = ""


@dataclass(frozen=True)
class ShownVision:
    """A visie with the words that hold now, whose it is, and how much hangs on it."""

    row: Vision
    now: VisionVersion | None
    challenge: Challenge | None
    goals: int = 0
    open: int = 0

    @property
    def title(self) -> str:
        """Its own, or that of what it is about while nothing was taken over."""
        if self.now is not None:
            return self.now.title
        return f"Visie op {self.challenge.name or self.challenge.id}" if self.challenge else "Visie op de regio"


@dataclass(frozen=True)
class ShownProposal:
    """A proposal with the names of who brought it in and who settled it, and the words it would replace."""

    row: VisionProposal
    by: str
    participant: str
    settled_by: str
    before: VisionVersion | None


def propose(deed: Deed, challenge_id: str, fields: VisionFields, seen: int) -> VisionProposal:
    """Bring in a text. ``seen``: the number of the version one had before oneself. Raises Incomplete in Dutch."""
    must_have(deed, Role.FUNDRAISER, "Met de rol lezer kunt u geen tekst voorstellen.")
    vision = vision_of(deed.session, challenge_id) or _begun(deed, challenge_id)
    if seen != vision.number:
        raise ChangedMeanwhile(BEHIND)
    words = _checked(fields)
    now = version_of(deed.session, vision)
    if now is not None and (now.title, now.text, now.authors) == (words["title"], words["text"], words["authors"]):
        raise Incomplete("Dit is de tekst die er al staat.", "text")
    if now is not None and not words["why"]:
        raise Incomplete("Schrijf wat er anders is, en waarom.", "why")
    row = VisionProposal(
        **words, vision_id=vision.id, number=vision.number, participant_id=deed.by.participant_id,
        proposed_by=deed.by.id, proposed_at=deed.now,
    )  # fmt: skip
    deed.session.add(row)
    deed.session.flush()
    return row


def _begun(deed: Deed, challenge_id: str) -> Vision:
    if challenge_id and deed.session.get(Challenge, challenge_id) is None:
        raise NotFound
    vision = Vision(challenge_id=challenge_id or None, made_at=deed.now)
    deed.session.add(vision)
    deed.session.flush()
    return vision


def _checked(fields: VisionFields) -> dict[str, Any]:
    return {
        "title": required(fields.title, "title", "Hoe heet deze visie?"),
        "text": required(fields.text.replace("\r\n", "\n"), "text", "Schrijf de tekst."),
        "authors": required(fields.authors, "authors", "Wie schreef dit? Noem de organisaties of het team."),
        "why": fields.why.strip(),
    }


def take_over(deed: Deed, proposal: VisionProposal, answer: str, seen: int) -> VisionVersion:
    """From now on this is the text. By a coordinator who is another person; never over what was not seen."""
    must_have(deed, Role.COORDINATOR, "Een visie neemt een coördinator over.")
    must_be_another(deed, proposal)
    _settle(deed, proposal, ProposalState.TAKEN, answer, seen)
    vision = deed.session.get_one(Vision, proposal.vision_id, with_for_update=True, populate_existing=True)
    if vision.number != proposal.number:
        raise ChangedMeanwhile(BEHIND)
    vision.number += 1
    version = VisionVersion(
        vision_id=vision.id, number=vision.number, proposal_id=proposal.id, since=deed.now,
        title=proposal.title, text=proposal.text, authors=proposal.authors, why=proposal.why,
    )  # fmt: skip
    deed.session.add(version)
    deed.session.flush()
    return version


def decline(deed: Deed, proposal: VisionProposal, answer: str, seen: int) -> None:
    """It is not taken over; why stays with it."""
    must_have(deed, Role.COORDINATOR, "Over een voorstel beslist een coördinator.")
    _settle(deed, proposal, ProposalState.DECLINED, required(answer, "answer", "Schrijf waarom niet."), seen)


def withdraw(deed: Deed, proposal: VisionProposal, seen: int) -> None:
    """Who brought it in takes it back."""
    if deed.by.id != proposal.proposed_by:
        raise NotAllowed("Dit trekt alleen in wie het voorstelde.")
    _settle(deed, proposal, ProposalState.WITHDRAWN, "", seen)


def _settle(deed: Deed, proposal: VisionProposal, state: ProposalState, answer: str, seen: int) -> None:
    claim(deed.session, proposal, seen)
    if proposal.state != ProposalState.OPEN:
        raise Incomplete("Hierover is al beslist.", "form")
    proposal.state, proposal.answer = state, answer.strip()
    proposal.settled_by, proposal.settled_at = deed.by.id, deed.now
    deed.session.flush()


def vision_of(session: Session, challenge_id: str) -> Vision | None:
    """The one of an opgave, or of the region; none where nobody proposed one."""
    same = Vision.challenge_id == challenge_id if challenge_id else col(Vision.challenge_id).is_(None)
    return session.exec(select(Vision).where(same).order_by(col(Vision.id))).first()


def version_of(session: Session, vision: Vision, number: int | None = None) -> VisionVersion | None:
    """The words that hold, or held under a number."""
    wanted = vision.number if number is None else number
    rows = select(VisionVersion).where(VisionVersion.vision_id == vision.id, VisionVersion.number == wanted)
    return session.exec(rows).first()


def versions_of(session: Session, vision: Vision) -> list[VisionVersion]:
    """All that held, the newest first."""
    rows = select(VisionVersion).where(VisionVersion.vision_id == vision.id)
    return list(session.exec(rows.order_by(col(VisionVersion.number).desc())))


def visions(session: Session, viewer: Viewer) -> list[ShownVision]:
    """Every visie that holds, the region's first; for who works here also what is only proposed."""
    return [one for one in _shown(session, viewer) if one.now is not None or one.open]


def shown_vision(session: Session, viewer: Viewer, number: int) -> ShownVision:
    """One of them, or NotFound where there is nothing this viewer may see."""
    one = next(iter(_shown(session, viewer, Vision.id == number)), None)
    if one is None or (one.now is None and not works(viewer)):
        raise NotFound("Deze visie bestaat niet.")
    return one


def of_challenge(session: Session, viewer: Viewer, challenge: Challenge) -> ShownVision | None:
    """That of an opgave, as far as the viewer may know of it."""
    one = next(iter(_shown(session, viewer, Vision.challenge_id == challenge.id)), None)
    return one if one and (one.now or one.open) else None


def _shown(session: Session, viewer: Viewer, *which: Any) -> list[ShownVision]:
    """The region's first, each with what holds, its opgave, and how many goals and open proposals, in one question."""
    goals = select(func.count()).select_from(Goal).where(Goal.vision_id == Vision.id, col(Goal.ended_at).is_(None))
    open_ones = VisionProposal.vision_id == Vision.id, VisionProposal.state == ProposalState.OPEN
    waiting = select(func.count()).select_from(VisionProposal).where(*open_ones)
    holds = and_(col(VisionVersion.vision_id) == Vision.id, col(VisionVersion.number) == Vision.number)
    rows: Any = select(Vision, VisionVersion, Challenge).add_columns(
        goals.correlate(Vision).scalar_subquery(), waiting.correlate(Vision).scalar_subquery()
    )
    rows = rows.outerjoin(VisionVersion, holds).outerjoin(Challenge, col(Vision.challenge_id) == Challenge.id)
    rows = rows.where(*which).order_by(col(Vision.challenge_id).is_not(None), col(Vision.challenge_id), col(Vision.id))
    in_work = works(viewer)
    return [
        ShownVision(row, now, challenge, many, proposed if in_work else 0)
        for row, now, challenge, many, proposed in session.exec(rows)
    ]


def proposals_of(session: Session, viewer: Viewer, vision: Vision) -> list[VisionProposal]:
    """What was brought in, the newest first; who only reads sees what holds and not what is being written."""
    if not works(viewer):
        return []
    rows = select(VisionProposal).where(VisionProposal.vision_id == vision.id)
    return list(session.exec(rows.order_by(col(VisionProposal.id).desc())))


def proposal_for(session: Session, viewer: Viewer, number: int) -> VisionProposal:
    """The proposal, or NotFound for who may not know of it."""
    row = session.get(VisionProposal, number)
    if row is None or not works(viewer):
        raise NotFound("Dit voorstel bestaat niet.")
    return row


def shown_proposal(session: Session, row: VisionProposal) -> ShownProposal:
    """With names, and what it would replace."""
    settled = session.get_one(User, row.settled_by).name if row.settled_by else ""
    vision = session.get_one(Vision, row.vision_id)
    return ShownProposal(
        row, session.get_one(User, row.proposed_by).name, session.get_one(Participant, row.participant_id).name,
        settled, version_of(session, vision, row.number),
    )  # fmt: skip


def may_decide(viewer: Viewer, row: VisionProposal) -> bool:
    """Whether the viewer can settle it: a coordinator; taking over asks for another person than who proposed."""
    return row.state == ProposalState.OPEN and has_role(viewer, Role.COORDINATOR)


def choices(session: Session) -> list[tuple[str, str]]:
    """Every visie that a goal can serve, as a form offers it."""
    rows = select(Vision.id, VisionVersion.title).where(
        VisionVersion.vision_id == Vision.id, VisionVersion.number == Vision.number
    )
    return [(str(number), title) for number, title in session.exec(rows.order_by(col(VisionVersion.title)))]


def title_of(session: Session, number: int | None) -> str:
    """What a visie is called now. Raises Incomplete where there is no such."""
    vision = session.get(Vision, number) if number is not None else None
    words = version_of(session, vision) if vision else None
    if words is None:
        raise Incomplete("Deze visie bestaat niet.", "vision_id")
    return words.title


def serving(session: Session, vision: Vision) -> Collection[Goal]:
    """The goals that serve it and still hold."""
    rows = select(Goal).where(Goal.vision_id == vision.id, col(Goal.ended_at).is_(None))
    return session.exec(rows.order_by(col(Goal.due_on), col(Goal.id))).all()
