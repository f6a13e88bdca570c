"""The words of who won before: programmes whose results are published, roles in a project, kinds of organisation."""

from db.vocabulary import Word


class PastProgrammeCode(Word):
    """A framework programme by the code in CORDIS's files; its label is how a call names it."""

    HORIZON = "HORIZON", "Horizon Europe"
    H2020 = "H2020", "Horizon 2020"


class PastRole(Word):
    """What an organisation is in a project, in CORDIS's words."""

    COORDINATOR = "coordinator", "penvoerder"
    PARTICIPANT = "participant", "partner"
    THIRD_PARTY = "thirdParty", "verbonden partij"
    PARTNER = "partner", "geassocieerde partner"
    OTHER = "other", "anders"


class PastKind(Word):
    """What kind of organisation CORDIS files it under."""

    PUBLIC = "PUB", "overheid"
    EDUCATION = "HES", "onderwijs"
    RESEARCH = "REC", "onderzoek"
    COMPANY = "PRC", "bedrijf"
    OTHER = "OTH", "anders"


class PastStatus(Word):
    """How a project stands."""

    SIGNED = "SIGNED", "loopt"
    CLOSED = "CLOSED", "afgerond"
    TERMINATED = "TERMINATED", "voortijdig beëindigd"
    OTHER = "OTHER", "onbekend"
