"""The words of care for people written about: how somebody was told that a name is kept."""

from db.vocabulary import Word


class InformedWay(Word):
    """How a person was told that we keep a name (article 14 of the GDPR)."""

    MAIL = "mail", "per mail"
    IN_PERSON = "in_person", "in een gesprek"
    KNEW = "knew", "wist het al"
