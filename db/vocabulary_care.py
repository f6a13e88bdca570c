"""The words of care for people written about: how somebody was told, and what leaves under the Woo."""

from db.vocabulary import Word


class InformedWay(Word):
    """How a person was told that we keep a name (article 14 of the GDPR)."""

    MAIL = "mail", "per mail"
    IN_PERSON = "in_person", "in een gesprek"
    KNEW = "knew", "wist het al"


class WooVerdict(Word):
    """What becomes of one piece of a dossier under the Woo."""

    SHARE = "share", "openbaar"
    PARTLY = "partly", "deels openbaar"
    WITHHOLD = "withhold", "niet openbaar"


class WooGround(Word):
    """Why something is left out (Woo, articles 5.1 and 5.2)."""

    PRIVACY = "5.1.2e", "persoonlijke levenssfeer (5.1, lid 2, onder e)"
    OPINION = "5.2", "persoonlijke beleidsopvatting (5.2)"
    BUSINESS = "5.1.1c", "bedrijfsgegevens in vertrouwen (5.1, lid 1, onder c)"
    ECONOMIC = "5.1.2b", "economische of financiële belangen (5.1, lid 2, onder b)"
    FUNCTIONING = "5.1.2i", "goed functioneren van de overheid (5.1, lid 2, onder i)"
