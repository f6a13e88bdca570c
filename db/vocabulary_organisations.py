"""The words of organisations: what kind each is, and what kind of name it goes by."""

from db.vocabulary import Word


class OrganisationKind(Word):
    """What kind of organisation one speaks with; an office is a function within one."""

    UNKNOWN = "unknown", "nog niet ingedeeld"
    MINISTRY = "ministry", "ministerie"
    AGENCY = "agency", "rijksdienst"
    PARLIAMENT = "parliament", "volksvertegenwoordiging"
    EU = "eu", "Europese instelling"
    MUNICIPALITY = "municipality", "gemeente"
    PROVINCE = "province", "provincie"
    WATER_BOARD = "water_board", "waterschap"
    REGION = "region", "regio"
    KNOWLEDGE = "knowledge", "kennisinstelling"
    COMPANY = "company", "bedrijf"
    ASSOCIATION = "association", "koepel of vereniging"
    CIVIC = "civic", "maatschappelijke organisatie"
    NETWORK = "network", "netwerk of coalitie"
    BOARD = "board", "economic board"
    OFFICE = "office", "functie"


class OrganisationNameKind(Word):
    """What kind of name an organisation goes by, beside its own."""

    ABBREVIATION = "abbreviation", "afkorting"
    FORMER = "former", "vroegere naam"
    OTHER = "other", "ook geschreven als"
