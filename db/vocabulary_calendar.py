"""Words of the calendar: bodies, the steps before a deadline, closed days and feeds."""

from db.vocabulary import Word


class BodyKind(Word):
    """What kind of gremium decides or advises."""

    COLLEGE = "college", "college van B en W"
    COUNCIL = "council", "gemeenteraad"
    PROVINCIAL_EXECUTIVE = "provincial_executive", "Gedeputeerde Staten"
    PROVINCIAL_COUNCIL = "provincial_council", "Provinciale Staten"
    REGIONAL_EXECUTIVE = "regional_executive", "dagelijks bestuur"
    REGIONAL_COUNCIL = "regional_council", "regioraad"
    PLATFORM = "platform", "{region}-platform"
    PORTFOLIO_TABLE = "portfolio_table", "portefeuillehoudersoverleg"
    BOARD = "board", "{region} Bestuur"
    ASSEMBLY = "assembly", "Algemene Vergadering"
    ROUND_TABLE = "round_table", "{region} Raadtafel"


# Who decides for a participant, and who gives it money of its own.
EXECUTIVES = frozenset({BodyKind.COLLEGE, BodyKind.PROVINCIAL_EXECUTIVE, BodyKind.REGIONAL_EXECUTIVE})
COUNCILS = frozenset({BodyKind.COUNCIL, BodyKind.PROVINCIAL_COUNCIL, BodyKind.REGIONAL_COUNCIL})


class MilestoneStep(Word):
    """The steps that precede a deadline, in their usual order."""

    GO_NO_GO = "go_no_go", "go/no-go"
    REACTION = "reaction", "reactie opstellen"
    OFFICIALS = "officials", "ambtelijk akkoord"
    PLATFORM = "platform", "{region}-platform"
    BOARD = "board", "{region} Bestuur"
    EXECUTIVE = "executive", "collegebesluit"
    COUNCIL = "council", "besluit raad of Staten over cofinanciering"
    SIGNATURES = "signatures", "handtekeningen"
    UPLOAD = "upload", "klaarzetten in het loket"
    SENDING = "sending", "verzenden"


class MilestoneState(Word):
    """Where a milestone or an assigned deadline stands."""

    PLANNED = "planned", "gepland"
    DONE = "done", "gedaan"
    DROPPED = "dropped", "vervallen"


class ClosedKind(Word):
    """Why a period is closed, and so for whom."""

    PUBLIC_HOLIDAY = "public_holiday", "feestdag"
    SCHOOL_HOLIDAY = "school_holiday", "schoolvakantie"
    RECESS = "recess", "reces"
    CLOSURE = "closure", "sluiting"


# On these nobody works; in the other kinds only bodies that keep recess do not meet.
NOBODY_WORKS = frozenset({ClosedKind.PUBLIC_HOLIDAY, ClosedKind.CLOSURE})


class FeedScope(Word):
    """Whose deadlines a calendar feed holds."""

    PERSONAL = "personal", "mijn termijnen"
    TEAM = "team", "mijn organisatie"
    CHALLENGE = "challenge", "een opgave"
    FILTER = "filter", "een bewaarde selectie"
    ALL = "all", "de hele kalender"


class EntryKind(Word):
    """What stands on the calendar; each kind has a mark of its own, so that colour is never alone."""

    DEADLINE = "deadline", "termijn"
    MILESTONE = "milestone", "interne mijlpaal"
    APPLICATION = "application", "taak, verantwoording of betaling van een aanvraag"
    MOMENT = "moment", "interventiemoment"
    FOLLOW_UP = "follow_up", "vervolgactie"
    COMMITMENT = "commitment", "toezegging"
    SIGN_OFF = "sign_off", "afstemronde"
    POSITION = "position", "standpunt of besluit"
    ACTIVITY = "activity", "activiteit van het netwerk"
    PAPERS = "papers", "stukken voor een vergadering"
    MEETING = "meeting", "vergadering"
    CLOSED = "closed", "reces of feestdag"


class PointKind(Word):
    """What a point of a review meeting is about, and so what can be done with it there."""

    MILESTONE = "milestone", "interne mijlpaal"
    DEADLINE = "deadline", "termijn"
    TASK = "task", "taak of verantwoording"
    APPLICATION = "application", "go/no-go"
    CALL = "call", "regeling"
    COMMITMENT = "commitment", "toezegging"
    FOLLOW_UP = "follow_up", "vervolgactie"
    POSITION = "position", "standpunt"
    MOMENT = "moment", "interventiemoment"
    ROUND = "round", "afstemronde"
    RESOLUTION = "resolution", "besluit dat op bevestiging wacht"
    ACTION = "action", "actiepunt"


class PointPart(Word):
    """Why something is a point of a review meeting; a meeting goes through them in this order."""

    LATE = "late", "Te laat"
    DECIDE = "decide", "Te beslissen"
    DUE = "due", "Aan de beurt"
    NOBODY = "nobody", "Van niemand"


class CalendarScope(Word):
    """Which dates of calls the calendar shows; what people plan themselves always stands in it."""

    USABLE = "usable", "bruikbaar voor een overheid, of van ons"
    OURS = "ours", "alleen waar wij aan werken"
    ALL = "all", "alles"
