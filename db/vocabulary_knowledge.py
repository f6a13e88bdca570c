"""The words of the KennisHuis: what a publication is, in which language, and on which terms others may use it."""

from db.vocabulary import Word


class PublicationKind(Word):
    """What a publication is."""

    STUDY = "study", "onderzoek"
    GUIDE = "guide", "handreiking"
    RESULT = "result", "resultaat"
    LESSON = "lesson", "les"


class Licence(Word):
    """On which terms others may use it; the names behind are those of the Dutch list of licences for DCAT."""

    CC0 = "cc0", "CC0: vrij te gebruiken"
    CC_BY = "cc_by", "CC BY 4.0: met naamsvermelding"
    CC_BY_SA = "cc_by_sa", "CC BY-SA 4.0: met naamsvermelding, op dezelfde voorwaarden"
    CC_BY_ND = "cc_by_nd", "CC BY-ND 4.0: met naamsvermelding, zonder bewerking"
    CC_BY_NC = "cc_by_nc", "CC BY-NC 4.0: met naamsvermelding, niet commercieel"
    CLOSED = "closed", "niet open: alleen te lezen"


class PublicationLanguage(Word):
    """The language it is written in."""

    DUTCH = "nl", "Nederlands"
    ENGLISH = "en", "Engels"
    GERMAN = "de", "Duits"
    FRENCH = "fr", "Frans"


class Trend(Word):
    """What the page of developments tells of a year, each with rows behind it."""

    MONEY = "geld", "geld in nieuwe regelingen"
    CALLS = "regelingen", "nieuwe regelingen"
    LEAD = "doorlooptijd", "van publicatie tot sluiting"
    DECIDED = "beslist", "besliste aanvragen"


class PublicationDeed(Word):
    """What was done to a publication, in its history."""

    CHANGED = "changed", "gewijzigd"
    LINKED = "linked", "iets erbij gezet"
    UNLINKED = "unlinked", "iets erbij weggehaald"
    WITHDRAWN = "withdrawn", "ingetrokken"
    PROPOSED = "proposed", "voorgelegd om openbaar te maken"
    RELEASED = "released", "openbaar gemaakt"
    DROPPED = "dropped", "niet openbaar gemaakt"
    TAKEN_DOWN = "taken_down", "niet meer openbaar"
