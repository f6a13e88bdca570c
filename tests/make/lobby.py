"""A small cast for tests of the lobby: three governments, their people, an opgave and a call."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from db.models import Agenda, Call, Challenge, Dossier, Participant, Position, Resolution, User
from db.vocabulary import ChallengeKind, ChallengeStatus, ParticipantKind, Role, Visibility
from db.vocabulary_lobby import Gremium, Stage
from tests.make.pages import make_participant, make_user
from tracker.lobby import dossiers, positions, resolutions
from tracker.rights import Deed


@dataclass
class Cast:
    """Who and what a lobby test works with."""

    session: Session
    now: datetime
    coordinator: User
    second: User
    lobbyist: User
    reader: User
    haarlem: User
    call: Call
    challenge: Challenge

    def deed(self, by: User | None = None) -> Deed:
        """Something that somebody, the lobbyist unless said otherwise, does now."""
        return Deed(self.session, by or self.lobbyist, self.now)

    def open(self, title: str = "Meer regie op warmtenetten", by: User | None = None, **fields: object) -> Dossier:
        """A lobby dossier, visible to the MRA unless said otherwise."""
        made = dossiers.DossierFields(title=title, **{"visibility": Visibility.REGION, **fields})
        return dossiers.open_dossier(
            Deed(self.session, by or self.lobbyist, self.now), made, challenges=["A20-1"], calls=[self.call.id]
        )

    def adopted(
        self, dossier: Dossier, start: date, last: date | None = None, public: str = "Openbare tekst"
    ) -> Position:
        """A position of the MRA Bestuur in that dossier."""
        words = positions.Wording(internal="Interne tekst", public=public, red_lines="Rode lijn")
        draft = positions.draft(Deed(self.session, self.coordinator, self.now), dossier, words)
        decision = positions.Adoption(Gremium.BOARD, "MRA-2026-12", start, start, last)
        self.adopt(draft, decision)
        return draft

    def adopt(self, draft: Position, decision: positions.Adoption, **terms: Any) -> Resolution:
        """A decision of an MRA body that the coordinator proposes and a second one confirms."""
        resolution = resolutions.adopt(self.deed(self.coordinator), draft, decision, **terms)
        resolutions.confirm(self.deed(self.second), resolution)
        return resolution

    def walk(self, dossier: Dossier, *stages: Stage) -> None:
        """Move along these stages."""
        for stage in stages:
            dossiers.move(Deed(self.session, self.lobbyist, self.now), dossier, stage, dossier.version)


def gather(session: Session, now: datetime) -> Cast:
    """Make the cast."""
    lobbyist = make_user(session, now, Role.LOBBYIST)
    coordinator, reader = make_user(session, now, Role.COORDINATOR), make_user(session, now, Role.READER)
    second = make_user(session, now, Role.COORDINATOR, email="tweede@amsterdam.nl")
    haarlem = make_user(session, now, Role.LOBBYIST, "haarlem")
    hilversum = make_participant(session, "hilversum", "Hilversum")
    session.add(
        Participant(
            id="wijdemeren",
            name="Wijdemeren",
            kind=ParticipantKind.MUNICIPALITY,
            valid_to=date(2027, 1, 1),
            merged_into=hilversum.id,
        )
    )
    session.add(Agenda(id="A20", name="MRA Agenda", valid_from=date(2020, 1, 1)))
    session.flush()
    opgave = Challenge(
        id="A20-1",
        agenda_id="A20",
        kind=ChallengeKind.LINE,
        status=ChallengeStatus.OFFICIAL,
        name="Energietransitie",
        goal="Aardgasvrij",
    )
    call = Call(
        title="Subsidie warmtenetten",
        language="nl",
        url="https://example.nl/warmte",
        first_seen=now,
        last_seen=now,
        programme=["WIS"],
    )
    session.add_all([opgave, call])
    session.flush()
    return Cast(session, now, coordinator, second, lobbyist, reader, haarlem, call, opgave)
