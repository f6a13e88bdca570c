"""What of our own runs on a call: dossiers and applications, read once for many calls, told to who may see them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from db.models import Dossier, DossierCall, Participant
from db.queries import IDS, Viewer
from db.rights import Group, groups_of, sees
from db.vocabulary_lobby import ApplicationStage, DossierKind, Stage


@dataclass(frozen=True)
class CallWork:
    """One dossier on a call, without its wording."""

    dossier_id: int
    participant_id: str
    visibility: str
    kind: DossierKind
    title: str
    owner: str
    stage: str
    closed: bool
    group: Group

    @property
    def applies(self) -> bool:
        """Whether it is an application that was not closed."""
        return self.kind is DossierKind.APPLICATION and not self.closed

    @property
    def path(self) -> str:
        """Its page."""
        where = "aanvragen" if self.kind is DossierKind.APPLICATION else "dossiers"
        return f"/{where}/{self.dossier_id}"

    @property
    def state(self) -> str:
        """``aanvraag: in voorbereiding (Zwolle)``: never its title, which may be internal wording."""
        stages = ApplicationStage if self.kind is DossierKind.APPLICATION else Stage
        return f"{self.kind.label}: {stages(self.stage).label} ({self.owner})"


def read_call_work(session: Session, calls: Iterable[int] | None = None) -> dict[int, list[CallWork]]:
    """Per call the dossiers that hang on it, of everybody; ``calls`` limits it. Ask ``seen_by`` before telling any."""
    asked = (_WORK, {}) if calls is None else (_WORK_ON, {"ids": list(calls)})
    rows = session.exec(asked[0], params=asked[1]).all()
    groups = groups_of(session, {dossier.id: dossier for _, dossier, _ in rows}.values())
    by_call: dict[int, list[CallWork]] = defaultdict(list)
    for call, dossier, owner in rows:
        by_call[call].append(
            CallWork(
                dossier.id, dossier.participant_id, dossier.visibility, DossierKind(dossier.kind), dossier.title,
                owner, dossier.stage, dossier.closed_at is not None, groups[dossier.id],
            )
        )  # fmt: skip
    return by_call


_WORK = (
    select(DossierCall.call_id, Dossier, Participant.name)
    .where(DossierCall.dossier_id == Dossier.id, Participant.id == Dossier.participant_id)
    .where(col(Dossier.deleted_at).is_(None), col(Dossier.merged_into_id).is_(None))
    .order_by(col(Dossier.id))
)
_WORK_ON = _WORK.where(col(DossierCall.call_id).in_(IDS))


def seen_by(viewer: Viewer, work: Sequence[CallWork]) -> list[CallWork]:
    """What of it this person may know of."""
    return [each for each in work if sees(viewer, each.participant_id, each.visibility, each.group)]


def still_running(work: Iterable[CallWork]) -> str:
    """What runs, in one line, two alike said once; empty for nothing."""
    return "; ".join(dict.fromkeys(each.state for each in work if not each.closed))
