"""What each form of ours does, for the audit log: whatever is stored leaves a line, also where no page writes one."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState
from sqlmodel import Session

from db.models import AuditEntry
from db.vocabulary_audit import Action, Subject
from tracker.people.audit_log import THINGS
from tracker.web.frame.context import RequestContext

RELEASE = "/kennishuis/{publication_id:id}/vrijgaven/{release_id:id}"
PROMISE = "/contacten/{contact_id:id}/toezeggingen/{commitment_id:id}"
# The address of a form -> what it does, and to what. A page that knows more writes a line of its own instead.
DEEDS: dict[str, tuple[Action, Subject]] = {
    "/inloggen": (Action.SIGN_IN_LINK_ASKED, Subject.USER),
    "/inloggen/link/{token}": (Action.SIGN_IN, Subject.USER),
    "/uitloggen": (Action.SIGN_OUT, Subject.USER),
    "/account/sessies/{session_id:id}/beeindigen": (Action.SESSION_ENDED, Subject.USER),
    "/account/sleutels": (Action.API_KEY_MADE, Subject.USER),
    "/account/sleutels/{key_id:id}/beeindigen": (Action.API_KEY_ENDED, Subject.USER),
    "/vervanging": (Action.REPLACEMENT_CHOSEN, Subject.USER),
    "/vervanging/{absence_id:id}/intrekken": (Action.REPLACEMENT_CALLED_OFF, Subject.USER),
    "/beheer/privacy/bewaren": (Action.HOLD_PUT, Subject.HOLD),
    "/beheer/privacy/bewaren/{hold_id:id}/opheffen": (Action.HOLD_LIFTED, Subject.HOLD),
    "/beheer/privacy/personen/{stakeholder_id:id}": (Action.ERASE, Subject.STAKEHOLDER),
    "/beheer/privacy/gebruikers/{user_id:id}": (Action.ERASE, Subject.USER),
    "/contacten/{contact_id:id}/register": (Action.PUBLIC_CONTACT_PROPOSED, Subject.CONTACT),
    "/contactregister/vrijgeven/{line_id:id}": (Action.PUBLIC_CONTACT_RELEASED, Subject.CONTACT),
    "/contactregister/vrijgeven/{line_id:id}/weg": (Action.PUBLIC_CONTACT_ENDED, Subject.CONTACT),
    "/dossiers/{dossier_id:id}/woo": (Action.WOO_DECIDED, Subject.DOSSIER),
    "/contacten/informeren": (Action.PERSON_INFORMED, Subject.STAKEHOLDER),
    "/regelingen/nieuw": (Action.CALL_ADDED, Subject.CALL),
    "/regelingen/delen": (Action.SHARED, Subject.USER),
    "/regelingen/{call_id:id}/delen": (Action.SHARED, Subject.USER),
    "/regelingen/dubbel": (Action.CALLS_TOLD_APART, Subject.CALL),
    "/regelingen/{call_id:id}/losmaken": (Action.CALLS_PARTED, Subject.CALL),
    "/regelingen/{call_id:id}/corrigeren": (Action.CALL_CORRECTED, Subject.CALL),
    "/correcties/{correction_id:id}/terugnemen": (Action.CORRECTION_WITHDRAWN, Subject.CALL),
    "/regelingen/{call_id:id}/klopt-niet": (Action.VALUE_DOUBTED, Subject.CALL),
    "/regelingen/{call_id:id}/gesloten": (Action.CALL_CLOSED, Subject.CALL),
    "/vragen/{question_id:id}": (Action.QUESTION_ANSWERED, Subject.CALL),
    "/regelingen/{call_id:id}/samenvoegen": (Action.CALLS_JOINED, Subject.CALL),
    "/regelingen/{call_id:id}/volgen": (Action.CALL_FOLLOWED, Subject.CALL),
    "/regelingen/{call_id:id}/keten": (Action.CHAIN_LINK_ADDED, Subject.CALL),
    "/regelingen/{call_id:id}/keten/{link_id:id}/weg": (Action.CHAIN_LINK_WITHDRAWN, Subject.CALL),
    "/regelingen/{call_id:id}/oordeel": (Action.VERDICT, Subject.CALL),
    "/oordelen/{verdict_id:id}/ongedaan": (Action.VERDICT_UNDONE, Subject.VERDICT),
    "/beoordelen/geleerd/terugzetten": (Action.LESSON_RESET, Subject.LESSON),
    "/regelingen/{call_id:id}/les": (Action.LESSON, Subject.CALL),
    "/lessen/{lesson_id:id}/ongedaan": (Action.LESSON_UNDONE, Subject.LESSON),
    "/opgaven/nieuw": (Action.OPGAVE_ADDED, Subject.CHALLENGE),
    "/opgaven/{challenge_id}/wijzigen": (Action.OPGAVE_CHANGED, Subject.CHALLENGE),
    "/opgaven/{challenge_id}/team": (Action.TEAM_CHANGED, Subject.CHALLENGE),
    "/opgaven/{challenge_id}/leesbeurt": (Action.READING_TURN_SET, Subject.CHALLENGE),
    "/verantwoording/opgaven/{challenge_id}/doelen": (Action.GOAL_SET, Subject.GOAL),
    "/verantwoording/verslagen/{report_id:id}/openbaar": (Action.ACCOUNT_RELEASE_PROPOSED, Subject.REPORT),
    "/verantwoording/verslagen/{report_id:id}/vrijgave": (Action.ACCOUNT_RELEASE_DECIDED, Subject.REPORT),
    "/visie/{vision_id:id}/openbaar": (Action.ACCOUNT_RELEASE_PROPOSED, Subject.VISION),
    "/visie/{vision_id:id}/vrijgave": (Action.ACCOUNT_RELEASE_DECIDED, Subject.VISION),
    "/visie/voorstel": (Action.VISION_PROPOSED, Subject.VISION_PROPOSAL),
    "/visie/voorstellen/{proposal_id:id}/overnemen": (Action.VISION_TAKEN_OVER, Subject.VISION_PROPOSAL),
    "/visie/voorstellen/{proposal_id:id}/afwijzen": (Action.VISION_DECLINED, Subject.VISION_PROPOSAL),
    "/visie/voorstellen/{proposal_id:id}/intrekken": (Action.VISION_WITHDRAWN, Subject.VISION_PROPOSAL),
    "/verantwoording/doelen/{goal_id:id}": (Action.GOAL_CHANGED, Subject.GOAL),
    "/verantwoording/doelen/{goal_id:id}/waarden": (Action.GOAL_VALUE_ADDED, Subject.GOAL),
    "/verantwoording/doelen/{goal_id:id}/beeindigen": (Action.GOAL_ENDED, Subject.GOAL),
    "/verantwoording/verslagen": (Action.REPORT_KEPT, Subject.REPORT),
    "/verantwoording/verslagen/{report_id:id}/weg": (Action.REPORT_REMOVED, Subject.REPORT),
    "/bronnen/{source}/vrijgeven": (Action.RELEASE, Subject.SOURCE),
    "/bronnen/toevoegen": (Action.SOURCE_ADDED, Subject.SOURCE),
    "/bronnen/{source}/stil": (Action.SOURCE_PAUSED, Subject.SOURCE),
    "/bronnen/{source}/hervatten": (Action.SOURCE_TAKEN_UP, Subject.SOURCE),
    "/bronnen/{source}/weg": (Action.SOURCE_GIVEN_UP, Subject.SOURCE),
    "/dossiers": (Action.DOSSIER_OPENED, Subject.DOSSIER),
    "/dossiers/{dossier_id:id}/bewerken": (Action.DOSSIER_EDITED, Subject.DOSSIER),
    "/dossiers/{dossier_id:id}/fase": (Action.DOSSIER_MOVED, Subject.DOSSIER),
    "/dossiers/{dossier_id:id}/sluiten": (Action.DOSSIER_CLOSED, Subject.DOSSIER),
    "/dossiers/{dossier_id:id}/notities": (Action.NOTE_ADDED, Subject.NOTE),
    "/dossiers/{dossier_id:id}/volgen": (Action.DOSSIER_FOLLOWED, Subject.DOSSIER),
    "/dossiers/{dossier_id:id}/zoekwoorden": (Action.DOSSIER_SUBJECT_SET, Subject.DOSSIER),
    "/dossiers/{dossier_id:id}/momenten": (Action.MOMENT_HOOKED, Subject.DOSSIER),
    "/dossiers/{dossier_id:id}/opbrengsten": (Action.OUTCOME_RECORDED, Subject.OUTCOME),
    "/dossiers/{dossier_id:id}/regelingen-gezien": (Action.LINKED_CALLS_SEEN, Subject.DOSSIER),
    "/regelingen/{call_id:id}/dossier": (Action.DOSSIER_OPENED, Subject.DOSSIER),
    "/regelingen/{call_id:id}/notities": (Action.CALL_NOTED, Subject.CALL),
    "/regelingen/{call_id:id}/notities/{note_id:id}": (Action.CALL_NOTED, Subject.CALL),
    "/regelingen/{call_id:id}/notities/{note_id:id}/weg": (Action.CALL_NOTED, Subject.CALL),
    "/regelingen/{call_id:id}/aanvraag": (Action.APPLICATION_STARTED, Subject.APPLICATION),
    "/opgaven/{challenge_id}/dossier": (Action.DOSSIER_OPENED, Subject.DOSSIER),
    "/lobbyagenda/{year:id}/dossiers": (Action.PUT_ON_LOBBY_AGENDA, Subject.DOSSIER),
    "/lobbyagenda/{year:id}/stand": (Action.PROPOSE, Subject.LOBBY_AGENDA),
    "/lobbyagenda/{year:id}/besluit": (Action.PROPOSE, Subject.LOBBY_AGENDA),
    "/lobbyagenda/{year:id}/besluiten/{resolution_id:id}/bevestigen": (Action.CONFIRM, Subject.LOBBY_AGENDA),
    "/lobbyagenda/{year:id}/besluiten/{resolution_id:id}/vervallen": (Action.DROP, Subject.LOBBY_AGENDA),
    "/lobbyagenda/{year:id}/doorrollen": (Action.LOBBY_AGENDA_ROLLED_OVER, Subject.LOBBY_AGENDA),
    "/dossiers/{dossier_id:id}/standpunten": (Action.POSITION_DRAFTED, Subject.POSITION),
    "/dossiers/{dossier_id:id}/standpunten/vaststellen": (Action.ADOPT_ADOPTION, Subject.POSITION),
    "/dossiers/{dossier_id:id}/standpunten/{number:id}/besluit": (Action.PROPOSE_CORRECTION, Subject.POSITION),
    "/dossiers/{dossier_id:id}/standpunten/{number:id}/afwijken": (Action.DISSENT, Subject.POSITION),
    "/dossiers/{dossier_id:id}/besluiten/{resolution_id:id}/bevestigen": (Action.CONFIRM_ADOPTION, Subject.POSITION),
    "/dossiers/{dossier_id:id}/besluiten/{resolution_id:id}/vervallen": (Action.DROP_ADOPTION, Subject.POSITION),
    "/dossiers/{dossier_id:id}/coalitie": (Action.PARTY_JOINED, Subject.PARTY),
    "/dossiers/{dossier_id:id}/coalitie/{member_id:id}/vertrek": (Action.PARTY_LEFT, Subject.PARTY),
    "/dossiers/{dossier_id:id}/coalitie/houding": (Action.STANCE_RECORDED, Subject.DOSSIER),
    "/dossiers/{dossier_id:id}/coalitie/rondes": (Action.SIGN_OFF_ROUND_OPENED, Subject.ROUND),
    "/dossiers/{dossier_id:id}/coalitie/rondes/{round_id:id}/sluiten": (Action.SIGN_OFF_ROUND_CLOSED, Subject.ROUND),
    "/dossiers/{dossier_id:id}/coalitie/rondes/{round_id:id}/uitnodigen": (Action.ROUND_MAILED, Subject.ROUND),
    "/dossiers/{dossier_id:id}/krachtenveld": (Action.STAKE_RECORDED, Subject.STAKE),
    "/dossiers/{dossier_id:id}/documenten": (Action.DOCUMENT_ADDED, Subject.DOCUMENT),
    "/dossiers/{dossier_id:id}/standpunten/{number:id}/documenten": (Action.DOCUMENT_ADDED, Subject.DOCUMENT),
    "/contacten/{contact_id:id}/documenten": (Action.DOCUMENT_ADDED, Subject.DOCUMENT),
    "/documenten/{document_id:id}/intrekken": (Action.DOCUMENT_WITHDRAWN, Subject.DOCUMENT),
    "/kennishuis/nieuw": (Action.PUBLICATION_ADDED, Subject.PUBLICATION),
    "/kennishuis/{publication_id:id}/bijwerken": (Action.PUBLICATION_CHANGED, Subject.PUBLICATION),
    "/kennishuis/{publication_id:id}/intrekken": (Action.PUBLICATION_WITHDRAWN, Subject.PUBLICATION),
    "/kennishuis/{publication_id:id}/verbanden": (Action.PUBLICATION_LINKED, Subject.PUBLICATION),
    "/kennishuis/{publication_id:id}/verbanden/{link_id:id}/weg": (Action.PUBLICATION_LINKED, Subject.PUBLICATION),
    "/kennishuis/{publication_id:id}/openbaar": (Action.RELEASE_PROPOSED, Subject.PUBLICATION),
    "/kennishuis/{publication_id:id}/niet-openbaar": (Action.RELEASE_ENDED, Subject.PUBLICATION),
    f"{RELEASE}/bevestigen": (Action.RELEASE_CONFIRMED, Subject.PUBLICATION),
    f"{RELEASE}/vervallen": (Action.RELEASE_DROPPED, Subject.PUBLICATION),
    "/netwerk/contactpersonen/nieuw": (Action.SUBJECT_CONTACT_ADDED, Subject.SUBJECT_CONTACT),
    "/netwerk/contactpersonen/{subject_contact_id:id}": (Action.SUBJECT_CONTACT_CHANGED, Subject.SUBJECT_CONTACT),
    "/netwerk/contactpersonen/{subject_contact_id:id}/toestemming-ingetrokken": (
        Action.CONSENT_WITHDRAWN,
        Subject.SUBJECT_CONTACT,
    ),
    "/netwerk/contactpersonen/{subject_contact_id:id}/weg": (Action.SUBJECT_CONTACT_REMOVED, Subject.SUBJECT_CONTACT),
    "/netwerk/lidmaatschappen/nieuw": (Action.MEMBERSHIP_ADDED, Subject.MEMBERSHIP),
    "/netwerk/lidmaatschappen/{membership_id:id}": (Action.MEMBERSHIP_CHANGED, Subject.MEMBERSHIP),
    "/netwerk/lidmaatschappen/{membership_id:id}/weg": (Action.MEMBERSHIP_REMOVED, Subject.MEMBERSHIP),
    "/netwerk/activiteiten/nieuw": (Action.ACTIVITY_ADDED, Subject.ACTIVITY),
    "/netwerk/activiteiten/{activity_id:id}/bijwerken": (Action.ACTIVITY_CHANGED, Subject.ACTIVITY),
    "/netwerk/activiteiten/{activity_id:id}/doorgang": (Action.ACTIVITY_OFF, Subject.ACTIVITY),
    "/netwerk/activiteiten/{activity_id:id}/weg": (Action.ACTIVITY_REMOVED, Subject.ACTIVITY),
    "/contacten": (Action.CONTACT_LOGGED, Subject.CONTACT),
    "/contacten/{contact_id:id}/toezeggingen": (Action.COMMITMENT_ADDED, Subject.COMMITMENT),
    PROMISE: (Action.COMMITMENT_SETTLED, Subject.COMMITMENT),
    "/contacten/{contact_id:id}/vervolg-gedaan": (Action.FOLLOW_UP_DONE, Subject.CONTACT),
    "/openstaand": (Action.OPEN_MATTER_GIVEN, Subject.CONTACT),
    "/contacten/{contact_id:id}/bewerken": (Action.CONTACT_CORRECTED, Subject.CONTACT),
    "/contacten/{contact_id:id}/intrekken": (Action.CONTACT_WITHDRAWN, Subject.CONTACT),
    f"{PROMISE}/wijzigen": (
        Action.COMMITMENT_CORRECTED,
        Subject.COMMITMENT,
    ),
    f"{PROMISE}/intrekken": (
        Action.COMMITMENT_WITHDRAWN,
        Subject.COMMITMENT,
    ),
    "/dossiers/{dossier_id:id}/krachtenveld/{stake_id:id}/intrekken": (Action.STAKE_WITHDRAWN, Subject.STAKE),
    "/dossiers/{dossier_id:id}/opbrengsten/{outcome_id:id}": (Action.OUTCOME_CORRECTED, Subject.OUTCOME),
    "/dossiers/{dossier_id:id}/opbrengsten/{outcome_id:id}/intrekken": (Action.OUTCOME_WITHDRAWN, Subject.OUTCOME),
    "/dossiers/{dossier_id:id}/notities/{entry_id:id}/intrekken": (Action.NOTE_WITHDRAWN, Subject.NOTE),
    "/dossiers/{dossier_id:id}/momenten/{moment_id:id}/weg": (Action.MOMENT_UNHOOKED, Subject.DOSSIER),
    "/dossiers/{dossier_id:id}/parkeren": (Action.DOSSIER_PARKED, Subject.DOSSIER),
    "/dossiers/{dossier_id:id}/weggooien": (Action.DOSSIER_DELETED, Subject.DOSSIER),
    "/dossiers/{dossier_id:id}/samenvoegen": (Action.DOSSIERS_MERGED, Subject.DOSSIER),
    "/lobbyagenda/{year:id}/dossiers/weg": (Action.TAKEN_OFF_LOBBY_AGENDA, Subject.DOSSIER),
    "/contacten/importeren": (Action.ADDRESS_BOOK_READ, Subject.CONTACTS),
    "/organisaties/{organisation_id:id}": (Action.ORGANISATION_CHANGED, Subject.ORGANISATION),
    "/organisaties/{organisation_id:id}/samenvoegen": (Action.ORGANISATIONS_MERGED, Subject.ORGANISATION),
    "/organisaties/{organisation_id:id}/losmaken": (Action.ORGANISATIONS_PARTED, Subject.ORGANISATION),
    "/organisaties/{organisation_id:id}/kort": (Action.BRIEF_MAILED, Subject.ORGANISATION),
    "/momenten": (Action.MOMENT_ADDED, Subject.MOMENT),
    "/momenten/dag": (Action.MOMENT_DATED, Subject.MOMENT),
    "/momenten/{key}/dossiers": (Action.MOMENT_HOOKED, Subject.DOSSIER),
    "/momenten/{key}/dossier": (Action.DOSSIER_OPENED, Subject.DOSSIER),
    "/momenten/{key}/stappen": (Action.DECISION_CLOCK_PLANNED, Subject.CLOCK),
    "/overleg": (Action.REVIEW_BEGUN, Subject.REVIEW),
    "/overleg/punten": (Action.POINT_ADDED, Subject.REVIEW),
    "/overleg/{review_id:id}/verversen": (Action.REVIEW_REFRESHED, Subject.REVIEW),
    "/overleg/{review_id:id}/afsluiten": (Action.REVIEW_ENDED, Subject.REVIEW),
    "/overleg/{review_id:id}/punten/{number:id}/besproken": (Action.POINT_DISCUSSED, Subject.REVIEW),
    "/overleg/{review_id:id}/punten/{number:id}/toewijzen": (Action.POINT_ASSIGNED, Subject.REVIEW),
    "/overleg/{review_id:id}/punten/{number:id}/verzetten": (Action.POINT_MOVED, Subject.REVIEW),
    "/overleg/{review_id:id}/punten/{number:id}/afhandelen": (Action.POINT_SETTLED, Subject.REVIEW),
    "/overleg/{review_id:id}/punten/{number:id}/besluit": (Action.POINT_DECIDED, Subject.REVIEW),
    "/overleg/{review_id:id}/punten/{number:id}/aanvraag": (Action.APPLICATION_STARTED, Subject.REVIEW),
    "/overleg/{review_id:id}/punten/{number:id}/notitie": (Action.MINUTE_WRITTEN, Subject.REVIEW),
    "/aanvragen/inlezen": (Action.APPLICATION_STARTED, Subject.APPLICATION),
    "/aanvragen/cofinanciering": (Action.CO_FUNDING_ROOM_SET, Subject.CO_FUNDING),
    "/aanvragen/{dossier_id:id}/fase": (Action.APPLICATION_MOVED, Subject.APPLICATION),
    "/aanvragen/{dossier_id:id}/trekker": (Action.APPLICATION_ENTRUSTED, Subject.APPLICATION),
    "/aanvragen/{dossier_id:id}/penvoerder": (Action.LEAD_APPLICANT_SET, Subject.APPLICATION),
    "/aanvragen/{dossier_id:id}/geld": (Action.APPLICATION_MONEY_SET, Subject.APPLICATION),
    "/aanvragen/{dossier_id:id}/bijdragen": (Action.CO_FUNDING_PROMISED, Subject.APPLICATION),
    "/aanvragen/{dossier_id:id}/partners": (Action.PARTNER_ADDED, Subject.APPLICATION),
    "/aanvragen/{dossier_id:id}/go": (Action.GO_DECIDED, Subject.APPLICATION),
    "/aanvragen/{dossier_id:id}/besluit": (Action.AWARD_RECORDED, Subject.APPLICATION),
    "/aanvragen/{dossier_id:id}/les": (Action.APPLICATION_LESSON, Subject.APPLICATION),
    "/aanvragen/cofinanciering/{promise_id:id}/akkoord": (Action.CO_FUNDING_AGREED, Subject.CO_FUNDING),
    "/aanvragen/{dossier_id:id}/begroting": (Action.BUDGET_CHANGED, Subject.APPLICATION),
    "/aanvragen/{dossier_id:id}/begroting/{line_id:id}/weg": (Action.BUDGET_CHANGED, Subject.APPLICATION),
    "/aanvragen/{dossier_id:id}/taken": (Action.TASK_CHANGED, Subject.APPLICATION),
    "/aanvragen/{dossier_id:id}/taken/{task_id:id}": (Action.TASK_CHANGED, Subject.APPLICATION),
    "/aanvragen/{dossier_id:id}/taken/{task_id:id}/klaar": (Action.TASK_CHANGED, Subject.APPLICATION),
    "/aanvragen/{dossier_id:id}/betalingen": (Action.INSTALMENT_CHANGED, Subject.APPLICATION),
    "/aanvragen/{dossier_id:id}/betalingen/{instalment_id:id}": (Action.INSTALMENT_CHANGED, Subject.APPLICATION),
    "/aanvragen/{dossier_id:id}/klok": (Action.DECISION_CLOCK_PLANNED, Subject.APPLICATION),
    "/oordeel/{token}": (Action.VERDICT_FROM_MAIL, Subject.CALL),
    "/oordeel/{token}/les": (Action.LESSON_FROM_MAIL, Subject.CALL),
    "/klopt-niet/{token}": (Action.VALUE_DOUBTED_FROM_MAIL, Subject.CALL),
    "/afstemming/{token}": (Action.ROUND_ANSWERED_FROM_MAIL, Subject.ROUND),
    "/afmelden/{token}": (Action.UNSUBSCRIBE_FROM_MAIL, Subject.USER),
    "/afmelden/{token}/hervatten": (Action.SUBSCRIBE_AGAIN_FROM_MAIL, Subject.USER),
    "/abonnementen": (Action.SUBSCRIPTION_MADE, Subject.SUBSCRIPTION),
    "/abonnementen/herinneringen": (Action.REMINDERS_SET, Subject.SUBSCRIPTION),
    "/abonnementen/{subscription_id:id}": (Action.SUBSCRIPTION_CHANGED, Subject.SUBSCRIPTION),
    "/abonnementen/{subscription_id:id}/stoppen": (Action.SUBSCRIPTION_ENDED, Subject.SUBSCRIPTION),
    "/abonnementen/{subscription_id:id}/hervatten": (Action.SUBSCRIPTION_RESUMED, Subject.SUBSCRIPTION),
    "/beheer/mensen": (Action.PERSON_ADDED, Subject.USER),
    "/beheer/mensen/inlezen": (Action.PERSON_ADDED, Subject.USER),
    "/beheer/mensen/{user_id:id}/accounts/{identity_id:id}/los": (Action.ACCOUNT_UNLINKED, Subject.USER),
    "/beheer/mensen/{user_id:id}/vertrek": (Action.ACCESS_ENDED, Subject.USER),
    "/beheer/mensen/{user_id:id}": (Action.PERSON_CHANGED, Subject.USER),
    "/beheer/mensen/{user_id:id}/uitnodigen": (Action.PERSON_INVITED, Subject.USER),
    "/beheer/mensen/{user_id:id}/toegang": (Action.ACCESS_ENDED, Subject.USER),
    "/getypt/{kept_id:id}": (Action.TYPED_TAKEN_UP, Subject.USER),
    "/getypt/{kept_id:id}/weg": (Action.TYPED_THROWN_AWAY, Subject.USER),
    "/beheer/deelnemers": (Action.PARTICIPANT_ADDED, Subject.PARTICIPANT),
    "/beheer/deelnemers/{participant_id}": (Action.PARTICIPANT_CHANGED, Subject.PARTICIPANT),
    "/beheer/deelnemers/{participant_id}/samenvoeging": (Action.MERGER_CONFIRMED, Subject.PARTICIPANT),
    "/beheer/mail/{delivery_id:id}/opnieuw": (Action.MAIL_RETRIED, Subject.DELIVERY),
    "/beheer/mail/toelaten": (Action.SUPPRESSION_LIFTED, Subject.ADDRESS),
    "/regelingen/{call_id:id}/klok": (Action.DECISION_CLOCK_PLANNED, Subject.CLOCK),
    "/kalender/klok/{clock_id:id}/herplannen": (Action.DECISION_CLOCK_PLANNED, Subject.CLOCK),
    "/mijlpalen/{milestone_id:id}": (Action.MILESTONE_CHANGED, Subject.MILESTONE),
    "/termijnen/{deadline_id:id}/toewijzen": (Action.DEADLINE_ASSIGNED, Subject.DEADLINE),
    "/kalender/vergaderingen/{body_id}": (Action.MEETINGS_CHANGED, Subject.BODY),
    "/kalender/vergaderingen/{body_id}/data": (Action.MEETINGS_CHANGED, Subject.BODY),
    "/kalender/vergaderingen/{body_id}/jaarplanning": (Action.MEETINGS_CHANGED, Subject.BODY),
    "/kalender/jaarplanning/{plan_id:id}/weg": (Action.MEETINGS_CHANGED, Subject.BODY),
    "/kalender/vergadering/{meeting_id:id}/vervalt": (Action.MEETINGS_CHANGED, Subject.BODY),
    "/kalender/vergadering/{meeting_id:id}/weg": (Action.MEETINGS_CHANGED, Subject.BODY),
    "/kalender/reces": (Action.MEETINGS_CHANGED, Subject.BODY),
    "/kalender/reces/{period_id:id}/weg": (Action.MEETINGS_CHANGED, Subject.BODY),
    "/kalender/abonneren": (Action.CALENDAR_FEED_MADE, Subject.FEED),
    "/kalender/abonneren/{feed_id:id}/vernieuwen": (Action.CALENDAR_FEED_RENEWED, Subject.FEED),
    "/kalender/abonneren/{feed_id:id}/stoppen": (Action.CALENDAR_FEED_ENDED, Subject.FEED),
}
# How the address of a form names a thing that is there already; one that is not named is what the form stored anew.
GAPS = {
    Subject.USER: "user_id",
    Subject.PARTICIPANT: "participant_id",
    Subject.CALL: "call_id",
    Subject.VERDICT: "verdict_id",
    Subject.LESSON: "lesson_id",
    Subject.CHALLENGE: "challenge_id",
    Subject.GOAL: "goal_id",
    Subject.REPORT: "report_id",
    Subject.VISION: "vision_id",
    Subject.VISION_PROPOSAL: "proposal_id",
    Subject.SOURCE: "source",
    Subject.DOSSIER: "dossier_id",
    Subject.APPLICATION: "dossier_id",
    Subject.NOTE: "entry_id",
    Subject.POSITION: "number",
    Subject.OUTCOME: "outcome_id",
    Subject.PARTY: "member_id",
    Subject.ROUND: "round_id",
    Subject.STAKE: "stake_id",
    Subject.DOCUMENT: "document_id",
    Subject.PUBLICATION: "publication_id",
    Subject.SUBJECT_CONTACT: "subject_contact_id",
    Subject.MEMBERSHIP: "membership_id",
    Subject.ACTIVITY: "activity_id",
    Subject.CONTACT: "contact_id",
    Subject.COMMITMENT: "commitment_id",
    Subject.ORGANISATION: "organisation_id",
    Subject.LOBBY_AGENDA: "year",
    Subject.SUBSCRIPTION: "subscription_id",
    Subject.DELIVERY: "delivery_id",
    Subject.CLOCK: "clock_id",
    Subject.MILESTONE: "milestone_id",
    Subject.DEADLINE: "deadline_id",
    Subject.REVIEW: "review_id",
    Subject.BODY: "body_id",
    Subject.FEED: "feed_id",
}


class Stored:
    """What a transaction stores, noted as its session writes it: new, changed and removed rows, in that order."""

    def __init__(self, session: Session) -> None:
        self.rows: list[Any] = []
        self.changed = False
        event.listen(session, "after_flush", self._flushed)
        event.listen(session, "do_orm_execute", self._executed)

    def _flushed(self, session: Session, _context: Any) -> None:
        self.rows += [*session.new, *session.dirty, *session.deleted]
        self.changed = bool(self.rows)

    def _executed(self, state: ORMExecuteState) -> None:
        self.changed = self.changed or not state.is_select


def put_on_record(request: RequestContext, path: str, stored: Stored) -> None:
    """Leave a line of what the form at this path did, where something was stored and the page left none."""
    request.session.flush()
    if not stored.changed or path not in DEEDS or any(isinstance(row, AuditEntry) for row in stored.rows):
        return
    action, subject = DEEDS[path]
    about, dossier = _about(subject, request.params, stored.rows)
    request.record(action, about, dossier_id=dossier)


def _about(subject: Subject, params: dict[str, Any], rows: list[Any]) -> tuple[str, int | None]:
    """The thing a deed was done to, as the log names it, and the dossier it hangs on."""
    thing, named = THINGS.get(subject), params.get(GAPS.get(subject, ""))
    model: Any = thing.model if thing else None
    of_kind = [row for row in rows if model and isinstance(row, model)]
    row: Any = next((row for row in of_kind if named is None or row.id == named), None)
    on = [getattr(r, "dossier_id", None) for r in (row, *rows) if r is not None]
    dossier = params.get("dossier_id") or next(filter(None, on), None)
    if subject in (Subject.DOSSIER, Subject.APPLICATION):
        dossier = row.id if row is not None else dossier
        named = dossier
    key = named if named is not None else getattr(row, "id", "")
    return f"{subject} {key}".strip(), dossier
