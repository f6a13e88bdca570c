"""Every address on one page: method, path, handler and the lowest role that may come. Paths are screen, so Dutch."""

from dataclasses import dataclass
from enum import Enum, auto

from fastapi import APIRouter

from db.rights import RANK
from db.vocabulary import Role
from tracker.web import public, search, today
from tracker.web.api import v1
from tracker.web.applications import applications
from tracker.web.calendar import bodies, decision_clock, feeds
from tracker.web.calendar import index as calendar_index
from tracker.web.calls import correct, duplicates, publications, questions, share, spreadsheet, why
from tracker.web.calls import detail as call_detail
from tracker.web.calls import index as calls_index
from tracker.web.challenges import detail as challenge_detail
from tracker.web.challenges import index as challenges_index
from tracker.web.challenges import judge, lessons, results, team
from tracker.web.documents import documents
from tracker.web.frame.context import Handler
from tracker.web.lobby import (
    address_book,
    asks,
    contacts,
    corrections,
    dossier_ends,
    dossiers,
    lobby_agenda,
    moment_detail,
    moments,
    organisations,
    organisations_brief,
    positions,
    resolutions,
    round_answers,
    watch,
    worklist,
)
from tracker.web.mailing import earlier_mails, mail_links, outbox, subscriptions
from tracker.web.people import (
    absences,
    account,
    audit,
    demo,
    first_steps,
    leaving,
    login,
    participants,
    people,
    people_sheet,
    provider_login,
    typed,
)
from tracker.web.sources import sources


class Guard(Enum):
    """What a request that changes something must show."""

    TOKEN = auto()  # it comes from our page, and carries the session's token where somebody is signed in
    PAGE = auto()  # it comes from our page; a page that was opened before signing in has no token, and need not
    NONE = auto()  # what carries a signature of its own: links from mails (RFC 8058), and what a provider says


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    handler: Handler | APIRouter
    role: Role | None
    guard: Guard = Guard.TOKEN
    limit: str = ""
    audited: bool = False  # a GET that leaves a line in the audit log, and so needs to write
    bare: bool = False  # answers without the database: its handler must not ask it anything
    looks: bool = False  # a POST that keeps nothing, so that it holds up nobody who writes

    def __post_init__(self) -> None:
        if not self.limit:
            object.__setattr__(self, "limit", "read" if self.method == "GET" else "write")

    @property
    def writes(self) -> bool:
        """Whether the handler's transaction may write."""
        return (self.method != "GET" or self.audited) and not self.looks


PUBLIC = None
OF_POSITION = "/dossiers/{dossier_id:id}/standpunten/{number:id}"
READER, FUNDRAISER, LOBBYIST, COORDINATOR, ADMINISTRATOR = Role
ROUND = "/dossiers/{dossier_id:id}/coalitie/rondes/{round_id:id}"
STAKE = "/dossiers/{dossier_id:id}/krachtenveld/{stake_id:id}"
OUTCOME = "/dossiers/{dossier_id:id}/opbrengsten/{outcome_id:id}"
PROMISE = "/contacten/{contact_id:id}/toezeggingen/{commitment_id:id}"

# The main menu, in this order; an entry shows when its address is on the list below and the viewer's role reaches it.
MENU = (
    ("/", "Vandaag"),
    ("/regelingen", "Regelingen"),
    ("/beoordelen", "Beoordelen"),
    ("/opgaven", "Opgaven"),
    ("/aanvragen", "Aanvragen"),
    ("/dossiers", "Dossiers"),
    ("/kalender", "Kalender"),
    ("/bronnen", "Bronnen"),
    ("/abonnementen", "Abonnementen"),
    ("/beheer", "Beheer"),
)

# Only where the demo is served: `kansenradar demo` hands its desk to the application.
DEMO_ROUTES: list[Route] = [
    Route("GET", "/demo", demo.index, PUBLIC),
    Route("POST", "/demo/wie", demo.be, PUBLIC, Guard.PAGE),
    Route("GET", "/demo/post", demo.inbox, PUBLIC),
    Route("GET", "/demo/post/{delivery_id:id}", demo.one_mail, PUBLIC),
    Route("POST", "/demo/week", demo.week, PUBLIC, Guard.PAGE, looks=True),
]

ROUTES: list[Route] = [
    # in and out
    Route("GET", "/inloggen", login.ask, PUBLIC),
    Route("POST", "/inloggen", login.send_link, PUBLIC, Guard.PAGE, limit="sign-in"),
    Route("GET", "/inloggen/gevraagd", login.asked_for, PUBLIC),
    Route("GET", "/inloggen/link/{token}", login.show_button, PUBLIC),
    Route("POST", "/inloggen/link/{token}", login.use_link, PUBLIC, Guard.PAGE),
    Route("GET", "/inloggen/met/{provider}", provider_login.start, PUBLIC),
    Route("GET", "/inloggen/met/{provider}/kies", login.choose, PUBLIC),
    Route("GET", "/inloggen/met/{provider}/terug", provider_login.come_back, PUBLIC),
    Route("POST", "/inloggen/met/{provider}/afgemeld", provider_login.log_out, PUBLIC, Guard.NONE, looks=True),
    Route("POST", "/uitloggen", login.leave, READER),
    Route("GET", "/account", account.show, READER),
    Route("GET", "/getypt", typed.show, READER),
    Route("POST", "/getypt/{kept_id:id}", typed.go_on, READER),
    Route("POST", "/getypt/{kept_id:id}/weg", typed.throw_away, READER),
    Route("POST", "/account/sessies/{session_id:id}/beeindigen", account.revoke, READER),
    Route("GET", "/vervanging", absences.page, READER),
    Route("POST", "/vervanging", absences.arrange, READER),
    Route("POST", "/vervanging/{absence_id:id}/intrekken", absences.call_off, READER),
    Route("GET", "/", today.show, READER),
    Route("GET", "/zoeken", search.show, READER),
    # regelingen
    Route("GET", "/regelingen", calls_index.index, READER),
    Route("GET", "/regelingen/nieuw", correct.new, FUNDRAISER),
    Route("POST", "/regelingen/nieuw", correct.create, FUNDRAISER),
    Route("GET", "/regelingen/uitvoer", spreadsheet.download, READER),
    Route("GET", "/regelingen/delen", share.share_search, READER),
    Route("POST", "/regelingen/delen", share.send_search, READER),
    Route("GET", "/regelingen/{call_id:id}/delen", share.share_call, READER),
    Route("POST", "/regelingen/{call_id:id}/delen", share.send_call, READER),
    Route("GET", "/regelingen/dubbel", duplicates.show, COORDINATOR),
    Route("POST", "/regelingen/dubbel", duplicates.decide, COORDINATOR),
    Route("POST", "/regelingen/{call_id:id}/losmaken", duplicates.undo, COORDINATOR),
    Route("GET", "/regelingen/{call_id:id}", call_detail.show, READER),
    Route("GET", "/regelingen/{call_id:id}/corrigeren", correct.correction, FUNDRAISER),
    Route("POST", "/regelingen/{call_id:id}/corrigeren", correct.save, FUNDRAISER),
    Route("POST", "/correcties/{correction_id:id}/terugnemen", correct.withdraw, FUNDRAISER),
    Route("POST", "/regelingen/{call_id:id}/klopt-niet", questions.doubt_value, READER),
    Route("POST", "/regelingen/{call_id:id}/gesloten", questions.close_past, FUNDRAISER),
    Route("GET", "/vragen", questions.index, FUNDRAISER),
    Route("POST", "/vragen/{question_id:id}", questions.say, FUNDRAISER),
    Route("GET", "/regelingen/{call_id:id}/samenvoegen", correct.joining, FUNDRAISER),
    Route("POST", "/regelingen/{call_id:id}/samenvoegen", correct.save_join, FUNDRAISER),
    Route("GET", "/regelingen/{call_id:id}/waarom", why.show, READER),
    Route("GET", "/regelingen/{call_id:id}/vastlegging/{sha256}", call_detail.snapshot, READER),
    Route("POST", "/regelingen/{call_id:id}/volgen", call_detail.follow, READER),
    Route("POST", "/regelingen/{call_id:id}/keten", publications.add, FUNDRAISER),
    Route("POST", "/regelingen/{call_id:id}/keten/{link_id:id}/weg", publications.withdraw, FUNDRAISER),
    Route("GET", "/beoordelen", judge.queue, FUNDRAISER),
    Route("POST", "/regelingen/{call_id:id}/oordeel", judge.say, FUNDRAISER),
    Route("POST", "/oordelen/{verdict_id:id}/ongedaan", judge.take_back, FUNDRAISER),
    Route("GET", "/beoordelen/geleerd", lessons.show, FUNDRAISER),
    Route("POST", "/beoordelen/geleerd/terugzetten", lessons.reset, FUNDRAISER),
    Route("GET", "/beoordelen/gesloten", lessons.closed, FUNDRAISER),
    Route("POST", "/regelingen/{call_id:id}/les", lessons.say, FUNDRAISER),
    Route("POST", "/lessen/{lesson_id:id}/ongedaan", lessons.take_back, FUNDRAISER),
    # opgaven
    Route("GET", "/opgaven", challenges_index.index, READER),
    Route("GET", "/opgaven/witte-vlekken", challenges_index.white_spots, READER),
    Route("GET", "/opgaven/{challenge_id}", challenge_detail.show, READER),
    Route("GET", "/opgaven/{challenge_id}/resultaat", results.show, READER),
    Route("GET", "/opgaven/{challenge_id}/wijzigen", challenge_detail.edit, COORDINATOR),
    Route("POST", "/opgaven/{challenge_id}/wijzigen", challenge_detail.save, COORDINATOR),
    Route("POST", "/opgaven/{challenge_id}/proef", challenge_detail.preview, COORDINATOR, looks=True),
    Route("GET", "/opgaven/{challenge_id}/team", team.team_page, COORDINATOR),
    Route("POST", "/opgaven/{challenge_id}/team", team.save_team, COORDINATOR),
    Route("POST", "/opgaven/{challenge_id}/leesbeurt", team.set_turn, COORDINATOR),
    Route("GET", "/bronnen", sources.index, READER),
    Route("GET", "/bronnen/{source}", sources.show, READER),
    Route("POST", "/bronnen/{source}/vrijgeven", sources.let_through, COORDINATOR),
    Route("GET", "/actualiteit", sources.freshness, PUBLIC),
    # dossiers and the lobby agenda
    Route("GET", "/dossiers", dossiers.index, READER),
    Route("GET", "/dossiers/nieuw", dossiers.new, FUNDRAISER),
    Route("POST", "/dossiers", dossiers.create, FUNDRAISER),
    Route("GET", "/dossiers/{dossier_id:id}", dossiers.show, READER),
    Route("GET", "/dossiers/{dossier_id:id}/bewerken", dossiers.ask_edit, FUNDRAISER),
    Route("POST", "/dossiers/{dossier_id:id}/bewerken", dossiers.edit, FUNDRAISER),
    Route("POST", "/dossiers/{dossier_id:id}/fase", dossiers.move, FUNDRAISER),
    Route("POST", "/dossiers/{dossier_id:id}/sluiten", dossiers.close, FUNDRAISER),
    Route("POST", "/dossiers/{dossier_id:id}/notities", dossiers.note, FUNDRAISER),
    Route("POST", "/dossiers/{dossier_id:id}/volgen", watch.follow, READER),
    Route("POST", "/dossiers/{dossier_id:id}/zoekwoorden", watch.set_searches, FUNDRAISER),
    Route("POST", "/dossiers/{dossier_id:id}/momenten", dossiers.hook, FUNDRAISER),
    Route("POST", "/dossiers/{dossier_id:id}/opbrengsten", dossiers.record_outcome, FUNDRAISER),
    Route("POST", "/dossiers/{dossier_id:id}/regelingen-gezien", dossiers.see_calls, FUNDRAISER),
    Route("POST", "/regelingen/{call_id:id}/dossier", lobby_agenda.open_for_call, FUNDRAISER),
    Route("POST", "/regelingen/{call_id:id}/aanvraag", lobby_agenda.start_application, FUNDRAISER),
    Route("POST", "/opgaven/{challenge_id}/dossier", lobby_agenda.open_for_white_spot, FUNDRAISER),
    Route("GET", "/lobbyagenda/{year:id}", lobby_agenda.agenda, READER),
    Route("GET", "/lobbyagenda/{year:id}/pdf", lobby_agenda.as_pdf, READER),
    Route("GET", "/lobbyagenda/{year:id}/word", lobby_agenda.as_word, READER),
    Route("POST", "/lobbyagenda/{year:id}/dossiers", lobby_agenda.put, FUNDRAISER),
    Route("POST", "/lobbyagenda/{year:id}/stand", lobby_agenda.set_state, COORDINATOR),
    Route("POST", "/lobbyagenda/{year:id}/besluit", lobby_agenda.change, COORDINATOR),
    Route("POST", "/lobbyagenda/{year:id}/besluiten/{resolution_id:id}/bevestigen", lobby_agenda.confirm, COORDINATOR),
    Route("POST", "/lobbyagenda/{year:id}/besluiten/{resolution_id:id}/vervallen", lobby_agenda.drop, COORDINATOR),
    Route("POST", "/lobbyagenda/{year:id}/doorrollen", lobby_agenda.roll_over, COORDINATOR),
    # standpunten, coalitie, krachtenveld
    Route("GET", "/dossiers/{dossier_id:id}/standpunten", positions.show, READER, audited=True),
    Route("POST", "/dossiers/{dossier_id:id}/standpunten", positions.draft, FUNDRAISER),
    Route("GET", "/dossiers/{dossier_id:id}/standpunten/vaststellen", resolutions.adopting, FUNDRAISER),
    Route("POST", "/dossiers/{dossier_id:id}/standpunten/vaststellen", resolutions.adopt, FUNDRAISER),
    Route("GET", "/dossiers/{dossier_id:id}/standpunten/{number:id}/besluit", resolutions.changing, FUNDRAISER),
    Route("POST", "/dossiers/{dossier_id:id}/standpunten/{number:id}/besluit", resolutions.change, FUNDRAISER),
    Route("POST", "/dossiers/{dossier_id:id}/standpunten/{number:id}/afwijken", resolutions.dissent, LOBBYIST),
    Route("POST", "/dossiers/{dossier_id:id}/besluiten/{resolution_id:id}/bevestigen", resolutions.agree, COORDINATOR),
    Route("POST", "/dossiers/{dossier_id:id}/besluiten/{resolution_id:id}/vervallen", resolutions.drop, COORDINATOR),
    Route("GET", "/dossiers/{dossier_id:id}/standpunten/{number:id}/tekst", positions.export, READER, audited=True),
    Route("GET", "/dossiers/{dossier_id:id}/coalitie", positions.coalition_page, READER),
    Route("POST", "/dossiers/{dossier_id:id}/coalitie", positions.join, FUNDRAISER),
    Route("POST", "/dossiers/{dossier_id:id}/coalitie/{member_id:id}/vertrek", positions.leave, FUNDRAISER),
    Route("POST", "/dossiers/{dossier_id:id}/coalitie/houding", positions.say, FUNDRAISER),
    Route("POST", "/dossiers/{dossier_id:id}/coalitie/rondes", positions.open_round, FUNDRAISER),
    Route("POST", f"{ROUND}/sluiten", positions.close_round, FUNDRAISER),
    Route("POST", f"{ROUND}/uitnodigen", round_answers.invite_by_mail, FUNDRAISER),
    Route("GET", "/dossiers/{dossier_id:id}/krachtenveld", contacts.stakes, READER),
    Route("POST", "/dossiers/{dossier_id:id}/krachtenveld", contacts.put_stake, FUNDRAISER),
    # documenten bij dossiers, standpunten en contacten
    Route("GET", "/dossiers/{dossier_id:id}/documenten", documents.on_dossier, READER),
    Route("POST", "/dossiers/{dossier_id:id}/documenten", documents.add_to_dossier, FUNDRAISER),
    Route("GET", f"{OF_POSITION}/documenten", documents.on_position, READER),
    Route("POST", f"{OF_POSITION}/documenten", documents.add_to_position, FUNDRAISER),
    Route("GET", "/contacten/{contact_id:id}/documenten", documents.on_contact, READER),
    Route("POST", "/contacten/{contact_id:id}/documenten", documents.add_to_contact, FUNDRAISER),
    Route("GET", "/documenten/{document_id:id}", documents.fetch, READER, audited=True),
    Route("POST", "/documenten/{document_id:id}/intrekken", documents.withdraw, FUNDRAISER),
    # contacten, momenten en wat openstaat
    Route("GET", "/openstaand", worklist.show, READER),
    Route("GET", "/contacten", contacts.index, READER),
    Route("GET", "/contacten.xlsx", contacts.as_file, READER),
    Route("GET", "/contacten/nieuw", contacts.ask_new, FUNDRAISER),
    Route("POST", "/contacten", contacts.log, FUNDRAISER),
    Route("GET", "/contacten/{contact_id:id}", contacts.page, READER),
    Route("POST", "/contacten/{contact_id:id}/toezeggingen", contacts.commit_to, FUNDRAISER),
    Route("POST", "/contacten/{contact_id:id}/toezeggingen/{commitment_id:id}", contacts.settle, FUNDRAISER),
    Route("POST", "/contacten/{contact_id:id}/vervolg-gedaan", contacts.followed_up, FUNDRAISER),
    Route("GET", "/standpunten", positions.book, READER),
    Route("GET", "/standpunten.xlsx", positions.book_file, READER),
    Route("GET", "/verzoeken", asks.show, READER),
    Route("GET", "/verzoeken.xlsx", asks.as_file, READER),
    Route("GET", "/momenten.xlsx", moments.as_file, READER),
    Route("GET", "/contacten/{contact_id:id}/bewerken", corrections.edit_page, FUNDRAISER),
    Route("POST", "/contacten/{contact_id:id}/bewerken", corrections.edit_contact, FUNDRAISER),
    Route("POST", "/contacten/{contact_id:id}/intrekken", corrections.withdraw_contact, FUNDRAISER),
    Route("POST", f"{PROMISE}/wijzigen", corrections.edit_commitment, FUNDRAISER),
    Route("POST", f"{PROMISE}/intrekken", corrections.withdraw_commitment, FUNDRAISER),
    Route("POST", f"{STAKE}/intrekken", corrections.withdraw_stake, FUNDRAISER),
    Route("POST", OUTCOME, corrections.edit_outcome, FUNDRAISER),
    Route("POST", f"{OUTCOME}/intrekken", corrections.withdraw_outcome, FUNDRAISER),
    Route("POST", "/dossiers/{dossier_id:id}/notities/{entry_id:id}/intrekken", corrections.withdraw_note, FUNDRAISER),
    Route("POST", "/dossiers/{dossier_id:id}/momenten/{moment_id:id}/weg", corrections.unhook, FUNDRAISER),
    Route("POST", "/dossiers/{dossier_id:id}/parkeren", dossier_ends.park, FUNDRAISER),
    Route("POST", "/dossiers/{dossier_id:id}/weggooien", dossier_ends.delete, FUNDRAISER),
    Route("POST", "/dossiers/{dossier_id:id}/samenvoegen", dossier_ends.merge, FUNDRAISER),
    Route("POST", "/lobbyagenda/{year:id}/dossiers/weg", lobby_agenda.take_off, FUNDRAISER),
    Route("GET", "/dossiers.xlsx", dossiers.as_file, READER),
    Route("GET", "/contacten/importeren", address_book.page, FUNDRAISER),
    Route("POST", "/contacten/importeren", address_book.bring, FUNDRAISER),
    Route("GET", "/contacten/personen/{stakeholder_id:id}.vcf", address_book.vcard, FUNDRAISER),
    Route("GET", "/organisaties", organisations.index, READER),
    Route("GET", "/organisaties/{organisation_id:id}", organisations.page, READER),
    Route("POST", "/organisaties/{organisation_id:id}", organisations.edit, FUNDRAISER),
    Route("POST", "/organisaties/{organisation_id:id}/samenvoegen", organisations.merge, FUNDRAISER),
    Route("POST", "/organisaties/{organisation_id:id}/losmaken", organisations.part, FUNDRAISER),
    Route("GET", "/organisaties/{organisation_id:id}/kort", organisations_brief.page, READER),
    Route("POST", "/organisaties/{organisation_id:id}/kort", organisations_brief.mail, READER),
    Route("GET", "/organisaties/{organisation_id:id}/kort.pdf", organisations_brief.pdf, READER),
    Route("GET", "/momenten", moments.page, READER),
    Route("POST", "/momenten", moments.add, FUNDRAISER),
    Route("POST", "/momenten/dag", moments.fix_day, FUNDRAISER),
    Route("GET", "/momenten/{key}", moment_detail.page, READER),
    Route("POST", "/momenten/{key}/dossiers", moment_detail.hook, FUNDRAISER),
    Route("POST", "/momenten/{key}/dossier", moment_detail.open_dossier, FUNDRAISER),
    Route("POST", "/momenten/{key}/stappen", moment_detail.keep_steps, FUNDRAISER),
    # aanvragen
    Route("GET", "/aanvragen", applications.board, READER),
    Route("GET", "/aanvragen/cofinanciering", applications.guard, READER),
    Route("POST", "/aanvragen/cofinanciering", applications.set_room, FUNDRAISER),
    Route("GET", "/aanvragen/{dossier_id:id}", applications.application, READER),
    Route("POST", "/aanvragen/{dossier_id:id}/fase", applications.move, FUNDRAISER),
    Route("POST", "/aanvragen/{dossier_id:id}/penvoerder", applications.set_lead, FUNDRAISER),
    Route("POST", "/aanvragen/{dossier_id:id}/geld", applications.set_money, FUNDRAISER),
    Route("POST", "/aanvragen/{dossier_id:id}/bijdragen", applications.promise, FUNDRAISER),
    Route("POST", "/aanvragen/{dossier_id:id}/partners", applications.add_partner, FUNDRAISER),
    Route("POST", "/aanvragen/{dossier_id:id}/go", applications.decide_go, FUNDRAISER),
    Route("POST", "/aanvragen/{dossier_id:id}/besluit", applications.decide, FUNDRAISER),
    Route("POST", "/aanvragen/{dossier_id:id}/les", applications.learn, FUNDRAISER),
    Route("POST", "/aanvragen/{dossier_id:id}/klok", applications.count_back, FUNDRAISER),
    # links from mails: signed, so without a token of ours
    Route("GET", "/oordeel/{token}", mail_links.show_decision, PUBLIC),
    Route("POST", "/oordeel/{token}", mail_links.decide, PUBLIC, Guard.NONE),
    Route("POST", "/oordeel/{token}/les", mail_links.teach_from_mail, PUBLIC, Guard.NONE),
    Route("GET", "/klopt-niet/{token}", mail_links.show_doubt, PUBLIC),
    Route("POST", "/klopt-niet/{token}", mail_links.doubt_from_mail, PUBLIC, Guard.NONE),
    Route("GET", "/afstemming/{token}", round_answers.show, PUBLIC),
    Route("POST", "/afstemming/{token}", round_answers.respond, PUBLIC, Guard.NONE),
    Route("GET", "/afmelden/{token}", mail_links.show_leaving, PUBLIC),
    Route("POST", "/afmelden/{token}", mail_links.leave, PUBLIC, Guard.NONE),
    Route("POST", "/afmelden/{token}/hervatten", mail_links.take_up_again, PUBLIC, Guard.NONE),
    Route("GET", "/abonnementen/voorbeeld", earlier_mails.preview, READER),
    Route("GET", "/abonnementen/overzichten", earlier_mails.index, READER),
    Route("GET", "/abonnementen/overzicht/{delivery_id:id}", earlier_mails.show, READER),
    # abonnementen
    Route("GET", "/abonnementen", subscriptions.index, READER),
    Route("POST", "/abonnementen", subscriptions.create, READER),
    Route("GET", "/abonnementen/nieuw", subscriptions.new, READER),
    Route("POST", "/abonnementen/herinneringen", subscriptions.remind, READER),
    Route("GET", "/abonnementen/{subscription_id:id}", subscriptions.edit, READER),
    Route("POST", "/abonnementen/{subscription_id:id}", subscriptions.save, READER),
    Route("POST", "/abonnementen/{subscription_id:id}/stoppen", subscriptions.stop, READER),
    Route("POST", "/abonnementen/{subscription_id:id}/hervatten", subscriptions.take_up_again, READER),
    # beheer
    Route("GET", "/beheer", people.index, ADMINISTRATOR),
    Route("GET", "/beheer/begin", first_steps.page, ADMINISTRATOR),
    Route("POST", "/beheer/mensen", people.create, ADMINISTRATOR),
    Route("GET", "/beheer/mensen/inlezen", people_sheet.page, ADMINISTRATOR),
    Route("GET", "/beheer/mensen/inlezen.xlsx", people_sheet.example, ADMINISTRATOR),
    Route("POST", "/beheer/mensen/inlezen", people_sheet.bring, ADMINISTRATOR),
    Route("GET", "/beheer/mensen/{user_id:id}", people.person, ADMINISTRATOR),
    Route("POST", "/beheer/mensen/{user_id:id}", people.save, ADMINISTRATOR),
    Route("GET", "/beheer/mensen.xlsx", people.as_file, ADMINISTRATOR),
    Route("POST", "/beheer/mensen/{user_id:id}/uitnodigen", people.invite, ADMINISTRATOR),
    Route("POST", "/beheer/mensen/{user_id:id}/accounts/{identity_id:id}/los", people.unlink_account, ADMINISTRATOR),
    Route("GET", "/beheer/mensen/{user_id:id}/vertrek", leaving.page, ADMINISTRATOR),
    Route("POST", "/beheer/mensen/{user_id:id}/vertrek", leaving.say_goodbye, ADMINISTRATOR),
    Route("POST", "/beheer/mensen/{user_id:id}/toegang", people.deactivate, ADMINISTRATOR),
    Route("GET", "/beheer/deelnemers", participants.index, ADMINISTRATOR),
    Route("POST", "/beheer/deelnemers", participants.add, ADMINISTRATOR),
    Route("GET", "/beheer/deelnemers/{participant_id}", participants.page, ADMINISTRATOR),
    Route("POST", "/beheer/deelnemers/{participant_id}", participants.save, ADMINISTRATOR),
    Route("GET", "/beheer/mail", outbox.mail, ADMINISTRATOR),
    Route("GET", "/beheer/mail/{delivery_id:id}", outbox.one_mail, ADMINISTRATOR),
    Route("POST", "/beheer/mail/{delivery_id:id}/opnieuw", outbox.retry, ADMINISTRATOR),
    Route("POST", "/beheer/mail/toelaten", outbox.lift, ADMINISTRATOR),
    Route("GET", "/beheer/logboek", audit.index, ADMINISTRATOR),
    Route("GET", "/beheer/logboek.xlsx", audit.as_file, ADMINISTRATOR, audited=True),
    Route("GET", "/overgenomen/{participant_id}", participants.taken_over, READER),
    # kalender
    Route("GET", "/kalender", calendar_index.index, READER),
    Route("GET", "/regelingen/{call_id:id}/klok", decision_clock.ask, READER),
    Route("POST", "/regelingen/{call_id:id}/klok", decision_clock.keep, FUNDRAISER),
    Route("GET", "/kalender/klok/{clock_id:id}", decision_clock.show, READER),
    Route("POST", "/kalender/klok/{clock_id:id}/herplannen", decision_clock.plan_again, FUNDRAISER),
    Route("POST", "/mijlpalen/{milestone_id:id}", decision_clock.change, FUNDRAISER),
    Route("POST", "/termijnen/{deadline_id:id}/toewijzen", decision_clock.assign, FUNDRAISER),
    Route("GET", "/termijnen/{deadline_id:id}.ics", feeds.one, READER),
    Route("GET", "/kalender/vergaderingen", bodies.index, READER),
    Route("GET", "/kalender/vergaderingen/{body_id}", bodies.body_page, READER),
    Route("POST", "/kalender/vergaderingen/{body_id}", bodies.change, COORDINATOR),
    Route("POST", "/kalender/vergaderingen/{body_id}/data", bodies.add_meeting, COORDINATOR),
    Route("POST", "/kalender/vergadering/{meeting_id:id}/vervalt", bodies.cancel_meeting, COORDINATOR),
    Route("POST", "/kalender/reces", bodies.add_period, COORDINATOR),
    Route("POST", "/kalender/reces/{period_id:id}/weg", bodies.remove_period, COORDINATOR),
    Route("GET", "/kalender/abonneren", feeds.show, READER),
    Route("POST", "/kalender/abonneren", feeds.make, READER),
    Route("POST", "/kalender/abonneren/{feed_id:id}/vernieuwen", feeds.renew, READER),
    Route("POST", "/kalender/abonneren/{feed_id:id}/stoppen", feeds.revoke, READER),
    Route("GET", "/kalender/feed/{token}.ics", feeds.read, PUBLIC),  # calendar programs have no cookie
    # for other programs: FastAPI's router answers them
    Route("GET", "/api/v1/openapi.json", v1.router, PUBLIC),
    Route("GET", "/api/v1/regelingen", v1.router, READER),
    Route("GET", "/api/v1/regelingen/{call_id:id}", v1.router, READER),
    Route("GET", "/api/v1/agendas", v1.router, READER),
    Route("GET", "/api/v1/opgaven", v1.router, READER),
    Route("GET", "/api/v1/opgaven/{challenge_id}", v1.router, READER),
    Route("GET", "/api/v1/bronnen", v1.router, READER),
    # for everybody
    Route("GET", "/toegankelijkheid", public.accessibility, PUBLIC),
    Route("GET", "/privacy", public.privacy, PUBLIC),
    Route("GET", "/.well-known/security.txt", public.security_txt, PUBLIC),
    Route("GET", "/robots.txt", public.robots, PUBLIC, bare=True),
    Route("GET", "/health/live", public.live, PUBLIC, bare=True),
    Route("GET", "/health/ready", public.ready, PUBLIC),
    Route("GET", "/metrics", public.metrics, PUBLIC),
]


def menu_for(role: Role | None) -> list[tuple[str, str]]:
    """The menu entries somebody with this role sees."""
    rank = -1 if role is None else RANK[role]
    open_to = {r.path for r in ROUTES if r.method == "GET" and (r.role is None or RANK[r.role] <= rank)}
    return [(path, text) for path, text in MENU if path in open_to]
