"""The addresses of care for people written about."""

from tracker.web.care import contact_register, desk, informing, person, woo
from tracker.web.frame.route import ADMINISTRATOR, COORDINATOR, FUNDRAISER, PUBLIC, Route

CONTACT, ACCOUNT = "/beheer/privacy/personen/{stakeholder_id:id}", "/beheer/privacy/gebruikers/{user_id:id}"

ROUTES: list[Route] = [
    Route("GET", "/beheer/privacy", desk.page, ADMINISTRATOR),
    Route("POST", "/beheer/privacy/bewaren", desk.put_hold, ADMINISTRATOR),
    Route("POST", "/beheer/privacy/bewaren/{hold_id:id}/opheffen", desk.lift_hold, ADMINISTRATOR),
    Route("GET", CONTACT, person.of_contact, ADMINISTRATOR),
    Route("POST", CONTACT, person.erase_contact, ADMINISTRATOR),
    Route("GET", f"{CONTACT}/inzage.zip", person.contact_as_file, ADMINISTRATOR, audited=True),
    Route("GET", ACCOUNT, person.of_user, ADMINISTRATOR),
    Route("POST", ACCOUNT, person.erase_account, ADMINISTRATOR),
    Route("GET", f"{ACCOUNT}/inzage.zip", person.user_as_file, ADMINISTRATOR, audited=True),
    Route("GET", "/contacten/informeren", informing.page, FUNDRAISER),
    Route("POST", "/contacten/informeren", informing.tell, FUNDRAISER),
    Route("GET", "/contactregister", contact_register.index, PUBLIC),
    Route("GET", "/contactregister.{form:file}", contact_register.as_file, PUBLIC),
    Route("GET", "/contacten/{contact_id:id}/register", contact_register.proposal, FUNDRAISER),
    Route("POST", "/contacten/{contact_id:id}/register", contact_register.propose, FUNDRAISER),
    Route("GET", "/contactregister/vrijgeven", contact_register.waiting, COORDINATOR),
    Route("POST", "/contactregister/vrijgeven/{line_id:id}", contact_register.release, COORDINATOR),
    Route("POST", "/contactregister/vrijgeven/{line_id:id}/weg", contact_register.end, COORDINATOR),
    Route("GET", "/dossiers/{dossier_id:id}/woo", woo.page, FUNDRAISER),
    Route("POST", "/dossiers/{dossier_id:id}/woo", woo.decide, FUNDRAISER),
    Route("GET", "/dossiers/{dossier_id:id}/woo.zip", woo.as_bundle, FUNDRAISER, audited=True),
    Route("GET", "/dossiers/{dossier_id:id}/archief", woo.archive_page, FUNDRAISER),
    Route("GET", "/dossiers/{dossier_id:id}/archief.zip", woo.as_archive, FUNDRAISER, audited=True),
]
