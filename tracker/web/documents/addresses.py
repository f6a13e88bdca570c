"""The addresses of documents."""

from tracker.web.documents import documents
from tracker.web.frame.route import FUNDRAISER, READER, Route

OF_POSITION = "/dossiers/{dossier_id:id}/standpunten/{number:id}"

ROUTES: list[Route] = [
    # documenten bij dossiers, standpunten en contacten
    Route("GET", "/dossiers/{dossier_id:id}/documenten", documents.on_dossier, READER),
    Route("POST", "/dossiers/{dossier_id:id}/documenten", documents.add_to_dossier, FUNDRAISER),
    Route("GET", f"{OF_POSITION}/documenten", documents.on_position, READER),
    Route("POST", f"{OF_POSITION}/documenten", documents.add_to_position, FUNDRAISER),
    Route("GET", "/contacten/{contact_id:id}/documenten", documents.on_contact, READER),
    Route("POST", "/contacten/{contact_id:id}/documenten", documents.add_to_contact, FUNDRAISER),
    Route("GET", "/documenten/{document_id:id}", documents.fetch, READER, audited=True),
    Route("POST", "/documenten/{document_id:id}/intrekken", documents.withdraw, FUNDRAISER),
]
