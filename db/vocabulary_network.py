"""The words of the network: as what an organisation takes part somewhere, and what brings people together."""

from db.vocabulary import Word


class MemberRole(Word):
    """As what an organisation takes part in a network, board or coalition."""

    MEMBER = "member", "lid"
    CHAIR = "chair", "voorzitter"
    PARTNER = "partner", "partner"
    OBSERVER = "observer", "waarnemer"


class ActivityKind(Word):
    """What brings people of the network together."""

    CONGRESS = "congress", "congres"
    THEME = "theme", "themabijeenkomst"
    VISIT = "visit", "werkbezoek"
    WEBINAR = "webinar", "webinar"
    TALKS = "talks", "overleg met partners"
    OTHER = "other", "andere activiteit"
