"""Made-up dossiers and applications that show how the lobby's pages work; every one is marked as an example."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from sqlmodel import Session, col, select

from db.models import Call, Challenge, Dossier, Match, Participant, User
from db.region import USUAL
from db.vocabulary import Nature, Visibility
from db.vocabulary_lobby import (
    ApplicationStage,
    Check,
    CheckAnswer,
    GoDecision,
    Gremium,
    PartyKind,
    PartyStance,
    Stage,
    StakeRole,
)
from notifications.wording import local_day
from tracker.applications import stages
from tracker.lobby import coalition, contacts, dossiers, moments, positions, resolutions, yearly_moments
from tracker.lobby.audience import name_readers
from tracker.operations.example_network import load_network
from tracker.rights import Deed

EXAMPLE = USUAL / "example.yaml"


class Loader:
    """One loading: the people by their key, and days counted from now."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        self.people: dict[str, User] = {}

    def at(self, days: int) -> datetime:
        """The moment so many days from now."""
        return self.now + timedelta(days=days)

    def day(self, days: int) -> date:
        """The day so many days from now, in Amsterdam."""
        return local_day(self.at(days))


def load_example(session: Session, now: datetime, path: Path = EXAMPLE) -> int:
    """Add the example's people, dossiers and applications, once; gives how many dossiers were added.

    Needs the agenda and the participants; a call is linked where one was matched to the opgave.
    """
    if session.exec(select(Dossier.id).where(Dossier.example)).first():
        return 0
    data = yaml.safe_load(path.read_text("utf-8"))
    loader = Loader(session, now)
    for entry in data["people"]:
        loader.people[entry.pop("key")] = _person(loader, entry)
    lobby = [_dossier(loader, entry) for entry in data["dossiers"]]
    asked = [added for entry in data["applications"] if (added := _application(loader, entry))]
    _on_the_agenda(loader, lobby)
    load_network(loader.session, loader.now, loader.people, data)
    for dossier in [*lobby, *asked]:
        dossier.example = True
    session.flush()
    return len(lobby) + len(asked)


def _person(loader: Loader, entry: dict[str, str]) -> User:
    known = loader.session.exec(select(User).where(User.email == entry["email"])).first()
    if known:
        return known
    user = User(
        email=entry["email"],
        name=entry["name"],
        role=entry["role"],
        participant_id=entry["participant"],
        created_at=loader.at(-365),
    )
    loader.session.add(user)
    loader.session.flush()
    return user


def _dossier(loader: Loader, entry: dict[str, Any]) -> Dossier:
    s, sanne, murat = loader.session, loader.people["sanne"], loader.people["murat"]
    opened = loader.at(entry["opened"])
    texts = {k: entry.get(k, "") for k in ("title", "goal", "message_nl", "message_en", "request", "political_lead")}
    fields = dossiers.DossierFields(
        **texts,
        requested_amount=Decimal(entry["amount"]) if "amount" in entry else None,
        level=entry["level"],
        priority=entry["priority"],
        official_id=murat.id,
        lobbyist_id=sanne.id,
        visibility=Visibility.REGION,
    )
    known = select(Challenge.id).where(col(Challenge.id).in_(entry["challenges"]))
    dossier = dossiers.open_dossier(Deed(s, sanne, opened), fields, challenges=list(s.exec(known)))
    for step, stage in enumerate(entry["stages"], 1):
        dossiers.move(Deed(s, sanne, opened + timedelta(days=9 * step)), dossier, Stage(stage), dossier.version)
    if "position" in entry:
        _position(loader, dossier, entry["position"])
    for stage in entry.get("then", []):
        at = loader.at(entry["position"]["adopted"] + 3)
        dossiers.move(Deed(s, sanne, at), dossier, Stage(stage), dossier.version)
    _allies(loader, dossier, entry)
    _talks(loader, dossier, entry)
    if "hook" in entry:
        coming = next(
            m for m in yearly_moments.recurring(loader.day(0)) if m.ref.startswith(f"pattern:{entry['hook']}:")
        )
        moments.hook(Deed(s, sanne, loader.at(-2)), dossier, coming.ref)
    return dossier


def _position(loader: Loader, dossier: Dossier, entry: dict[str, Any]) -> None:
    murat, second, adopted = loader.people["murat"], loader.people["carla"], entry["adopted"]
    name_readers(Deed(loader.session, murat, loader.at(adopted - 14)), dossier, second.email)  # so that she can confirm
    words = positions.Wording(entry["internal"], entry["public"], entry["red_lines"])
    draft = positions.draft(Deed(loader.session, murat, loader.at(adopted - 14)), dossier, words, Visibility.GROUP)
    decision = positions.Adoption(
        gremium=Gremium(entry["gremium"]),
        decision=entry["decision"],
        adopted_on=loader.day(adopted),
        valid_from=loader.day(adopted),
        valid_to=loader.day(entry["until"]),
        next_review=loader.day(entry["review"]) if "review" in entry else None,
    )
    dissent = entry.get("dissenting", {})
    taken = resolutions.adopt(Deed(loader.session, murat, loader.at(adopted)), draft, decision, dissent)
    if taken.settled_at is None:
        resolutions.confirm(Deed(loader.session, second, loader.at(adopted)), taken)


def _allies(loader: Loader, dossier: Dossier, entry: dict[str, Any]) -> None:
    s, sanne = loader.session, loader.people["sanne"]
    if "round" in entry:
        asked = entry["round"]
        coalition.open_round(Deed(s, sanne, loader.at(-4)), dossier, asked["question"], loader.day(asked["due"]))
    for ally in entry.get("coalition", []):
        kind = PartyKind.PARTICIPANT if "participant" in ally else PartyKind(ally["kind"])
        party = ally.get("participant", "")
        member = coalition.join(
            Deed(s, sanne, loader.at(-60)), dossier, ally.get("name", ""), kind, loader.day(-60), party
        )
        if "stance" in ally:
            stance = PartyStance(ally["stance"])
            coalition.say(Deed(s, sanne, loader.at(-30)), member, stance, loader.day(-30), ally.get("text", ""))
    for row in entry.get("stakes", []):
        office = contacts.Office(row["organisation"], row["office"])
        who = contacts.stakeholder_for(Deed(s, sanne, loader.at(-50)), office, Visibility.REGION)
        given = StakeRole(row["role"]), row["influence"], row["stance"], row["source"], Visibility.REGION
        contacts.stake_for(Deed(s, sanne, loader.at(-50)), dossier, who, *given)


def _talks(loader: Loader, dossier: Dossier, entry: dict[str, Any]) -> None:
    for row in entry.get("contacts", []):
        by, at = loader.people[row["by"]], loader.at(row["day"])
        fields = contacts.ContactFields(
            day=local_day(at),
            message=row["message"],
            kind=row["kind"],
            dossier_id=dossier.id,
            reply=row.get("reply", ""),
            follow_up=row.get("follow_up", ""),
            follow_up_on=loader.day(row["follow_up_on"]) if "follow_up_on" in row else None,
            visibility=row.get("visibility", Visibility.REGION),
        )
        office = contacts.Office(row["organisation"], row["office"])
        contact = contacts.log_contact(Deed(loader.session, by, at), fields, office)
        if "promise" in row:
            contacts.commit_to(Deed(loader.session, by, at), contact, row["promise"], loader.day(row["promise_due"]))


def _application(loader: Loader, entry: dict[str, Any]) -> Dossier | None:
    s, by, opened = loader.session, loader.people[entry["by"]], loader.at(entry["opened"])
    call = _call_for(s, entry["opgave"])
    if call is None or s.get(Participant, entry["lead"]) is None:
        return None
    dossier = stages.start(Deed(s, by, opened), call, entry["lead"], Visibility.REGION)
    for stage in entry["stages"]:
        stages.move(Deed(s, by, opened + timedelta(days=3)), dossier, ApplicationStage(stage), dossier.version)
    if "money" in entry:
        asked, cost, chance, ground = entry["money"]
        money = stages.Money(Decimal(asked), Decimal(cost), chance, ground)
        stages.set_money(Deed(s, by, opened + timedelta(days=5)), dossier, money, dossier.version)
    year = loader.day(0).year
    for participant, ahead, own, cover in entry.get("promises", []):
        at = opened + timedelta(days=6)
        stages.promise(Deed(s, by, at), dossier, participant, year + ahead, Decimal(own), cover)
    if entry.get("go"):
        answers = {check.value: CheckAnswer.YES.value for check in Check}
        at = opened + timedelta(days=8)
        stages.decide_go(Deed(s, by, at), dossier, GoDecision.GO, answers, [], "", dossier.version)
        stages.move(Deed(s, by, loader.at(entry["submitted"])), dossier, ApplicationStage.SUBMITTED, dossier.version)
    return dossier


def _call_for(session: Session, opgave: str) -> Call | None:
    """The best matched call of an opgave that no example has yet, or any call that has a match."""
    from db.models import Application

    taken = select(Application.call_id).where(col(Application.call_id).is_not(None))
    fitting = (
        select(Call)
        .join(Match, col(Match.call_id) == Call.id)
        .where(Call.nature == Nature.CALL, col(Call.joined_into).is_(None))
        .where(col(Call.id).not_in(taken))
        .order_by(col(Match.challenge_id) != opgave, col(Match.score).desc(), col(Call.id))
    )
    return session.exec(fitting).first()


def _on_the_agenda(loader: Loader, lobby: list[Dossier]) -> None:
    murat, year = loader.people["murat"], loader.day(0).year
    for dossier in lobby:
        dossiers.put_on_agenda(Deed(loader.session, murat, loader.at(-40)), dossier, year)
