"""The addresses of care for people written about."""

from tracker.web.care import desk, informing, person
from tracker.web.frame.route import ADMINISTRATOR, FUNDRAISER, Route

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
]
