"""The addresses of the network."""

from tracker.web.frame.route import FUNDRAISER, READER, Route
from tracker.web.network import activities, contact_persons, memberships, subjects

PERSON = "/netwerk/contactpersonen/{subject_contact_id:id}"
MEMBER = "/netwerk/lidmaatschappen/{membership_id:id}"
ACTIVITY = "/netwerk/activiteiten/{activity_id:id}"
SUBJECT = "/netwerk/onderwerpen/{subject}"

ROUTES: list[Route] = [
    Route("GET", "/netwerk", subjects.index, READER),
    Route("GET", SUBJECT, subjects.show, READER),
    Route("GET", "/netwerk.{form:file}", subjects.as_file, READER),
    Route("GET", "/netwerk/contactpersonen", contact_persons.index, READER),
    Route("GET", "/netwerk/contactpersonen.{form:file}", contact_persons.as_file, READER),
    Route("GET", "/netwerk/contactpersonen/nieuw", contact_persons.new, FUNDRAISER),
    Route("POST", "/netwerk/contactpersonen/nieuw", contact_persons.create, FUNDRAISER),
    Route("GET", PERSON, contact_persons.edit, FUNDRAISER),
    Route("POST", PERSON, contact_persons.change, FUNDRAISER),
    Route("POST", f"{PERSON}/toestemming-ingetrokken", contact_persons.withdraw, FUNDRAISER),
    Route("POST", f"{PERSON}/weg", contact_persons.remove, FUNDRAISER),
    Route("GET", "/netwerk/lidmaatschappen", memberships.index, READER),
    Route("GET", "/netwerk/lidmaatschappen.{form:file}", memberships.as_file, READER),
    Route("GET", "/netwerk/lidmaatschappen/nieuw", memberships.new, FUNDRAISER),
    Route("POST", "/netwerk/lidmaatschappen/nieuw", memberships.create, FUNDRAISER),
    Route("GET", MEMBER, memberships.edit, FUNDRAISER),
    Route("POST", MEMBER, memberships.change, FUNDRAISER),
    Route("POST", f"{MEMBER}/weg", memberships.remove, FUNDRAISER),
    Route("GET", "/netwerk/activiteiten", activities.index, READER),
    Route("GET", "/netwerk/activiteiten.{form:file}", activities.as_file, READER),
    Route("GET", "/netwerk/activiteiten/nieuw", activities.new, FUNDRAISER),
    Route("POST", "/netwerk/activiteiten/nieuw", activities.create, FUNDRAISER),
    Route("GET", ACTIVITY, activities.show, READER),
    Route("GET", f"{ACTIVITY}/bijwerken", activities.edit, FUNDRAISER),
    Route("POST", f"{ACTIVITY}/bijwerken", activities.change, FUNDRAISER),
    Route("POST", f"{ACTIVITY}/doorgang", activities.call_off, FUNDRAISER),
    Route("POST", f"{ACTIVITY}/weg", activities.remove, FUNDRAISER),
]
