"""Applications: from a call to the decision on it, each step with what it needs before it can be taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, select

from db.models import Application, ApplicationPartner, Call, Cofunding, Dossier, Match, Participant
from db.region_served import region
from db.vocabulary import NoReason, Visibility
from db.vocabulary_lobby import (
    ApplicationStage,
    Check,
    CheckAnswer,
    DossierKind,
    GoDecision,
    LogKind,
    PartnerRole,
    StateAid,
)
from notifications.wording import amount, capitalize_first
from tracker.calendar.decision_clock import follow_application
from tracker.errors import Incomplete, LeadNotAllowed, MoveNotAllowed, Unanswered, required
from tracker.lobby.dossiers import ENDED, DossierFields, open_dossier
from tracker.lobby.log import bring_to_stage, check_follows, log
from tracker.people.participants import participant_on
from tracker.rights import Deed, must_change
from tracker.versions import claim

S = ApplicationStage
MOVES: dict[ApplicationStage, frozenset[ApplicationStage]] = {
    S.SIGNAL: frozenset({S.SCOUTING, S.DROPPED}),
    S.SCOUTING: frozenset({S.GO_NO_GO, S.DROPPED}),
    S.GO_NO_GO: frozenset({S.PREPARING, S.SCOUTING, S.DROPPED}),
    S.PREPARING: frozenset({S.SUBMITTED, S.DROPPED}),
    S.SUBMITTED: frozenset({S.AWARDED, S.REJECTED, S.RESERVE, S.DROPPED}),
    S.RESERVE: frozenset({S.AWARDED, S.REJECTED, S.DROPPED}),
    S.AWARDED: frozenset({S.RUNNING, S.DROPPED}),
    S.REJECTED: frozenset(),
    S.RUNNING: frozenset({S.ACCOUNTED}),
    S.ACCOUNTED: frozenset({S.SETTLED}),
    S.SETTLED: frozenset(),
    S.DROPPED: frozenset({S.SCOUTING}),
}
OVER = ENDED | {S.REJECTED}
DECIDED = frozenset({S.AWARDED, S.REJECTED, S.RESERVE})
MATCHING = 0.5


@dataclass(frozen=True)
class Money:
    """What an application asks and may cost, in euros, and how likely people think it is."""

    requested: Decimal | None = None
    total_cost: Decimal | None = None
    chance: int | None = None
    state_aid: str = StateAid.UNKNOWN


def start(
    deed: Deed, call: Call, lead: str = "", visibility: str = Visibility.OWN, challenges: Sequence[str] = ()
) -> Dossier:
    """An application dossier for a call, at the stage of a signal, on the opgaven the call was matched to."""
    if lead:
        check_lead(deed.session, lead, deed.today)
    matched = select(Match.challenge_id).where(Match.call_id == call.id, Match.score >= MATCHING)
    opgaven = list(challenges) or list(deed.session.exec(matched.order_by(col(Match.score).desc()).limit(3)))
    fields = DossierFields(title=call.title, visibility=visibility, lobbyist_id=deed.by.id)
    dossier = open_dossier(deed, fields, DossierKind.APPLICATION, opgaven, [call.id])
    deed.session.add(
        Application(
            dossier_id=dossier.id,
            call_id=call.id,
            programme=(call.programme or [call.publisher or ""])[0],
            lead_id=lead or None,
            participant_id=dossier.participant_id,
            visibility=dossier.visibility,
        )
    )
    deed.session.flush()
    follow_application(deed.session, dossier.id, deed.now)
    return dossier


def check_lead(session: Session, lead: str, day: date) -> Participant:
    """The participant that carries the application; the region is no legal entity and never can."""
    if lead.strip().casefold() in region().entity_names:
        raise LeadNotAllowed(
            f"{capitalize_first(region().called)} is geen rechtspersoon en kan niet aanvragen; kies een deelnemer.",
            "lead",
        )
    return participant_on(session, lead, day, "lead")


def set_lead(deed: Deed, dossier: Dossier, lead: str, seen: int) -> None:
    """Choose the penvoerder."""
    must_change(deed, dossier)
    participant = check_lead(deed.session, lead, deed.today)
    claim(deed.session, dossier, seen)
    application_of(deed.session, dossier).lead_id = participant.id
    log(deed, dossier, LogKind.EDITED, f"Penvoerder: {participant.name}")


def application_of(session: Session, dossier: Dossier) -> Application:
    """What this dossier adds as an application."""
    return session.get_one(Application, dossier.id)


def add_partner(
    deed: Deed, dossier: Dossier, name: str, role: PartnerRole, party: str = "", seen: int | None = None
) -> ApplicationPartner:
    """A partner: a participant that exists, or an organisation by its name.

    Who gives one that is there another role must have seen the newest version.
    """
    must_change(deed, dossier)
    if party:
        name = participant_on(deed.session, party, deed.today, "party").name
    name = required(name, "name", "Noem de partner.")
    same_name = select(ApplicationPartner).where(
        ApplicationPartner.dossier_id == dossier.id, ApplicationPartner.name == name
    )
    known = deed.session.exec(same_name).first()
    claim(deed.session, dossier, seen if known and known.role != role else None)
    partner = known or ApplicationPartner(dossier_id=dossier.id, name=name)
    partner.party_id, partner.role = party or None, role
    deed.session.add(partner)
    log(deed, dossier, LogKind.EDITED, f"Partner: {name} ({role.label})")
    return partner


def set_money(deed: Deed, dossier: Dossier, money: Money, seen: int) -> None:
    """What is asked, what it costs, how likely it is and on which state aid ground."""
    must_change(deed, dossier)
    if money.chance is not None and not 0 <= money.chance <= 100:
        raise Incomplete("Kans is een percentage van 0 tot en met 100.", "chance")
    if money.requested is not None and money.total_cost is not None and money.requested > money.total_cost:
        raise Incomplete("Het gevraagde bedrag is hoger dan de totale kosten.", "requested")
    claim(deed.session, dossier, seen)
    application = application_of(deed.session, dossier)
    application.requested, application.total_cost = money.requested, money.total_cost
    application.chance, application.state_aid = money.chance, money.state_aid
    requested = amount(money.requested) if money.requested is not None else "nog geen bedrag"
    log(deed, dossier, LogKind.MONEY, f"Gevraagd: {requested}; {StateAid(money.state_aid).label}")


def promise(
    deed: Deed,
    dossier: Dossier,
    participant_id: str,
    year: int,
    own_money: Decimal,
    cover: str = "",
    de_minimis: Decimal = Decimal(0),
    seen: int | None = None,
) -> Cofunding:
    """The own money a participant promises in one year.

    A second promise for that year replaces the first, for who has seen the newest version.
    """
    must_change(deed, dossier)
    if not 2000 <= year <= 2100:
        raise Incomplete("Kies een jaar.", "year")
    today = deed.today
    participant = participant_on(deed.session, participant_id, max(today, date(year, 1, 1)), "participant_id")
    same_year = select(Cofunding).where(
        Cofunding.dossier_id == dossier.id, Cofunding.participant_id == participant_id, Cofunding.year == year
    )
    row = deed.session.exec(same_year).first()
    claim(deed.session, dossier, seen if row else None)
    if row is None:
        row = Cofunding(
            dossier_id=dossier.id,
            participant_id=participant_id,
            year=year,
            amount=own_money,
            visibility=dossier.visibility,
        )
    row.agreed_on = _agreed(deed, row, own_money, de_minimis)
    row.amount, row.cover, row.de_minimis = own_money, cover.strip(), de_minimis
    deed.session.add(row)
    covered = f"gedekt uit {cover.strip()}" if cover.strip() else "nog niet gedekt"
    text = f"Eigen bijdrage {participant.name} {year}: {amount(own_money)}, {covered}"
    log(deed, dossier, LogKind.MONEY, text)
    return row


def _agreed(deed: Deed, row: Cofunding, own_money: Decimal, de_minimis: Decimal) -> date | None:
    """Since when its participant stands for it; another amount in another's name asks for another word."""
    if row.participant_id == deed.by.participant_id:
        return deed.today
    return row.agreed_on if (row.amount, row.de_minimis) == (own_money, de_minimis) else None


def check_move(application: Application, stage: ApplicationStage, to: ApplicationStage) -> None:
    """Raises MoveNotAllowed unless ``to`` follows ``stage`` and what it needs is there."""
    check_follows(MOVES, stage, to, "aanvraag")
    if to == S.PREPARING and application.go != GoDecision.GO:
        raise MoveNotAllowed("Voorbereiden kan pas na een 'go'.", "to")
    if to in (S.PREPARING, S.SUBMITTED) and not application.lead_id:
        raise MoveNotAllowed("Kies eerst een penvoerder: een deelnemer die de aanvraag draagt.", "lead")
    if to == S.SUBMITTED and not application.requested:
        raise MoveNotAllowed("Vul eerst het gevraagde bedrag in.", "requested")
    if to == S.SUBMITTED and application.state_aid == StateAid.UNKNOWN:
        raise MoveNotAllowed("Bepaal eerst de staatssteungrond.", "state_aid")


def move(
    deed: Deed, dossier: Dossier, to: ApplicationStage, seen: int, day: date | None = None, proof: str = ""
) -> None:
    """Bring an application to its next stage; a decision of the funder goes through ``decide``.

    ``day``: when it was submitted, where that was not today; the log counts the step for that day. ``proof``: the
    address at which it can be read that it went in.
    """
    must_change(deed, dossier)
    application = _application(deed.session, dossier)
    if to in DECIDED:
        raise MoveNotAllowed("Leg het besluit van de verstrekker vast, met datum en bedrag.", "to")
    check_move(application, S(dossier.stage), to)
    day = day if to == S.SUBMITTED else None
    if day and day > deed.today:
        raise Incomplete("Een aanvraag kan niet later dan vandaag zijn ingediend.", "submitted_on")
    if proof and not proof.startswith(("https://", "http://")):
        raise Incomplete("Een adres begint met https://.", "proof")
    bring_to_stage(deed, dossier, to, seen, to in OVER, day)
    if to == S.SUBMITTED:
        application.proof = proof
        application.submitted_on = day or deed.today
    follow_application(deed.session, dossier.id, deed.now)


def decide_go(
    deed: Deed,
    dossier: Dossier,
    decision: GoDecision,
    answers: Mapping[str, str],
    reasons: Sequence[str],
    text: str,
    seen: int,
) -> None:
    """Go or no-go, with the checklist answered; a no-go names its reasons and ends the application."""
    must_change(deed, dossier)
    application = _application(deed.session, dossier)
    if dossier.stage != S.GO_NO_GO:
        raise MoveNotAllowed("Beslis over go of no-go in de fase 'go/no-go'.", "go")
    check_go(decision, answers, reasons, text)
    claim(deed.session, dossier, seen)
    application.go, application.go_on, application.go_by = decision, deed.today, deed.by.id
    application.checklist, application.go_reasons = dict(answers), list(reasons)
    application.go_text = text.strip()
    why = ", ".join(NoReason(r).label for r in reasons)
    line = f"{decision.label}{': ' + why if why else ''}. {text.strip()}".strip()
    log(deed, dossier, LogKind.DECISION, line)
    to = S.PREPARING if decision == GoDecision.GO and application.lead_id else None
    to = S.DROPPED if decision == GoDecision.NO_GO else to
    if to:
        bring_to_stage(deed, dossier, to, dossier.version, to in OVER)
    follow_application(deed.session, dossier.id, deed.now)


def check_go(decision: GoDecision, answers: Mapping[str, str], reasons: Sequence[str], text: str) -> None:
    """Raises Incomplete where the checklist has a gap, a no-go no reason, or a go against a 'no' no word."""
    answers_allowed = {answer.value for answer in CheckAnswer}
    gaps = {check.value: check.label for check in Check if answers.get(check) not in answers_allowed}
    if gaps:
        raise Unanswered(gaps)
    if any(reason not in {r.value for r in NoReason} for reason in reasons):
        raise Incomplete("Kies een reden uit de lijst.", "reasons")
    if decision == GoDecision.NO_GO and not reasons:
        raise Incomplete("Kies bij een no-go ten minste één reden.", "reasons")
    if decision == GoDecision.GO and CheckAnswer.NO in answers.values() and not text.strip():
        raise Incomplete("Schrijf bij een 'nee' in de lijst waarom het toch een go is.", "go_text")


def decide(
    deed: Deed,
    dossier: Dossier,
    to: ApplicationStage,
    day: date,
    seen: int,
    granted: Decimal | None = None,
    number: str = "",
    lesson: str = "",
) -> None:
    """Record the funder's decision; an award needs its amount and its number."""
    must_change(deed, dossier)
    application = _application(deed.session, dossier)
    if to not in DECIDED:
        raise MoveNotAllowed("Een besluit is toegekend, afgewezen of reservelijst.", "to")
    check_move(application, S(dossier.stage), to)
    if day > deed.today:
        raise Incomplete("Een besluit in de toekomst is nog geen besluit.", "decided_on")
    if application.submitted_on and day < application.submitted_on:
        raise Incomplete("Het besluit ligt voor de dag van indienen.", "decided_on")
    if to == S.AWARDED and granted is None:
        raise Incomplete("Vul het toegekende bedrag in.", "granted")
    if to == S.AWARDED:
        number = required(number, "grant_number", "Vul het beschikkingsnummer in.")
    bring_to_stage(deed, dossier, to, seen, to in OVER)
    application.decided_on, application.granted = day, granted if to == S.AWARDED else None
    application.grant_number, application.lesson = number.strip(), lesson.strip() or application.lesson
    if granted is not None and to == S.AWARDED:
        log(deed, dossier, LogKind.DECISION, f"Toegekend: {amount(granted)}, {number}", day=day)
    follow_application(deed.session, dossier.id, deed.now)


def learn(deed: Deed, dossier: Dossier, lesson: str, seen: int) -> None:
    """Write down what was learnt; also long after the decision, and on an application that was dropped."""
    must_change(deed, dossier)
    application = _application(deed.session, dossier)
    lesson = required(lesson, "learnt", "Schrijf op wat u leerde.")
    claim(deed.session, dossier, seen)
    application.lesson = lesson
    log(deed, dossier, LogKind.NOTE, f"Geleerd: {lesson}")


def _application(session: Session, dossier: Dossier) -> Application:
    if dossier.kind != DossierKind.APPLICATION:
        raise MoveNotAllowed("Dit is een lobbydossier, geen aanvraag.", "to")
    return application_of(session, dossier)
