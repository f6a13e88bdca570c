"""Every enumeration, each member with its Dutch label; the words that all rooms share."""

import unicodedata
from enum import StrEnum

from db.region_served import region


class Word(StrEnum):
    """A stored English value that knows its Dutch label: ``GRANT = "grant", "subsidie"``.

    ``{region}`` in a label is how people call the region for short, unless the region has a word of its own.
    """

    _said: str

    def __new__(cls, value: str, label: str = "") -> "Word":  # the default: mypy takes Word("grant") for this
        member = str.__new__(cls, value)
        member._value_ = value
        member._said = label
        return member

    @property
    def label(self) -> str:
        """In Dutch, as the region in force calls it."""
        if "{" not in self._said:
            return self._said
        here = region()
        return here.words.get(f"{type(self).__name__}.{self.value}") or self._said.format(
            region=here.short, called=here.called
        )


def spoken(words: type[Word], said: str) -> Word | None:
    """The member somebody means: by its stored value or its Dutch label, in any case, with or without accents."""
    meant = _bare(said)
    return next((word for word in words if meant in (_bare(word.value), _bare(word.label))), None)


def _bare(text: str) -> str:
    return without_accents(text.strip().casefold())


def without_accents(text: str) -> str:
    """``Coördinator`` as ``Coordinator``."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


class Nature(Word):
    """What a source tells of: something to apply to, or a moment to be heard at."""

    CALL = "call", "regeling"
    MOMENT = "moment", "interventiemoment"


class SourceKind(Word):
    """A catalogue lists all that is open; a stream lists what is new in a window (design: completeness)."""

    CATALOGUE = "catalogue", "catalogus"
    STREAM = "stream", "stroom"


class SourceForm(Word):
    """How what a source says is had: from a form that is known, from a page that is watched, or typed by people."""

    EXACT = "exact", "exact gelezen"
    WATCHED = "watched", "bekeken pagina"
    BY_HAND = "by_hand", "met de hand bijgehouden"


class SourceState(Word):
    """How a source stands, by its last crawls."""

    OK = "ok", "goed"
    NEVER = "never", "nog niet opgehaald"
    INCOMPLETE = "incomplete", "niet volledig"
    OVERDUE = "overdue", "te lang niet volledig"
    SILENT = "silent", "opvallend stil"
    DIFFERENT = "different", "afwijkend"
    SHRUNK = "shrunk", "gekrompen"
    OFF = "off", "staat uit"


class Instrument(Word):
    """What kind of funding a call offers."""

    GRANT = "grant", "subsidie"
    SPUK = "spuk", "specifieke uitkering (SPUK)"
    LOAN = "loan", "lening"
    GUARANTEE = "guarantee", "garantie"
    PRIZE = "prize", "prijs"
    TECHNICAL_ASSISTANCE = "technical_assistance", "technische bijstand"
    REQUEST = "request", "uitvraag"


class Allocation(Word):
    """How the money of a call is divided."""

    TENDER = "tender", "tender"
    FIRST_COME = "first_come", "op volgorde van ontvangst"
    LOTTERY = "lottery", "loting"
    ROLLING = "rolling", "doorlopend"


class Status(Word):
    """Where a call stands; derived from its dates and the source's word, never stored."""

    EXPECTED = "expected", "verwacht"
    ANNOUNCED = "announced", "aangekondigd"
    OPEN = "open", "open"
    CLOSED = "closed", "gesloten"
    WITHDRAWN = "withdrawn", "ingetrokken"
    CONVERTED = "converted", "omgezet naar gemeentefonds"
    NOT_LISTED = "not_listed", "niet meer vermeld"


class DeadlineKind(Word):
    """What happens on a date of a call."""

    OPENS = "opens", "opent"
    PRE_REGISTRATION = "pre_registration", "vooraanmelding"
    STAGE_1 = "stage_1", "fase 1"
    STAGE_2 = "stage_2", "fase 2"
    CUT_OFF = "cut_off", "tussentijdse sluiting"
    CLOSES = "closes", "sluit"
    UNTIL_EXHAUSTED = "until_exhausted", "tot het budget op is"
    ROLLING = "rolling", "doorlopend open"
    CONSULTATION = "consultation", "reactietermijn"
    REPORTING = "reporting", "verantwoording"


# The kinds that can be the last moment to hand something in.
CLOSING_KINDS = frozenset(
    {DeadlineKind.STAGE_1, DeadlineKind.STAGE_2, DeadlineKind.CUT_OFF, DeadlineKind.CLOSES, DeadlineKind.CONSULTATION}
)
DUE_KINDS = CLOSING_KINDS | {DeadlineKind.PRE_REGISTRATION}


class Applicant(Word):
    """Who may apply, as far as the source says."""

    MUNICIPALITY = "municipality", "gemeenten"
    PROVINCE = "province", "provincies"
    TRANSPORT_REGION = "transport_region", "vervoerregio's"
    WATER_AUTHORITY = "water_authority", "waterschappen"
    GOVERNMENT = "government", "overheden"
    COMPANY = "company", "ondernemingen"
    SME = "sme", "mkb"
    KNOWLEDGE = "knowledge", "kennisinstellingen"
    NON_PROFIT = "non_profit", "maatschappelijke organisaties"
    CITIZEN = "citizen", "particulieren"
    CONSORTIUM = "consortium", "samenwerkingsverbanden"
    ANY = "any", "iedereen"


class Eligibility(Word):
    """May a gemeente, provincie or vervoerregio apply; an axis beside the topic, never mixed into its score."""

    SELF = "self", "zelf aan te vragen"
    PARTNER = "partner", "als partner"
    NO = "no", "niet voor overheden"
    UNKNOWN = "unknown", "onbekend"

    @property
    def filter_label(self) -> str:
        """As a filter names it, which does not tell a rule from an estimate."""
        return "niet of zelden voor overheden" if self is Eligibility.NO else self.label

    def told(self, estimate: bool, where: str = "", out_of_reach: bool = False, users: str = "") -> str:
        """As it stands on a page or in a mail: what is only estimated from the text reads as an estimate.

        ``where``: the one area that it is for; said of what somebody there may apply for. ``out_of_reach``: the reader
        works elsewhere, and what others may do there is no news. ``users``: who of the region can, where that is said.
        """
        if out_of_reach and where and self is not Eligibility.NO:
            return f"{ELSEWHERE}: {where}"
        label = ESTIMATES[self] if estimate else self.label
        by = f"door {users}" if users else ""
        told = (label, where, by) if self in (Eligibility.SELF, Eligibility.PARTNER) else (label,)
        return ", ".join(filter(None, told))


ELSEWHERE = "elders"
UNPLACED = "open voor overheden; past bij geen opgave sterk"  # of what its source says is for them
ESTIMATES = {
    Eligibility.SELF: "waarschijnlijk zelf aan te vragen",
    Eligibility.PARTNER: "waarschijnlijk als partner",
    Eligibility.NO: "zelden iets voor een gemeente",
    Eligibility.UNKNOWN: Eligibility.UNKNOWN.label,
}


class RevisionKind(Word):
    """What happened to a call in one crawl."""

    NEW = "new", "nieuw"
    CHANGED = "changed", "gewijzigd"
    GONE = "gone", "niet meer vermeld"
    BACK = "back", "weer vermeld"


class AnswerKind(Word):
    """How a person settled a question about what a text says."""

    CHOSEN = "chosen", "gekozen"
    TYPED = "typed", "zelf ingevuld"
    ABSENT = "absent", "staat er niet"
    CONFIRMED = "confirmed", "klopt"


class ChallengeKind(Word):
    """The level of an opgave in its agenda."""

    ASSIGNMENT = "assignment", "opdracht"
    LINE = "line", "uitvoeringslijn"
    THEME = "theme", "thema"
    AMBITION = "ambition", "ambitie"


class ChallengeStatus(Word):
    """How surely an opgave stands in the agenda."""

    OFFICIAL = "official", "officieel"
    PROGRAMME = "programme", "programma"
    MANDATE = "mandate", "mandaat"
    UNKNOWN = "unknown", "nog in te vullen"


class ParticipantKind(Word):
    """What kind of government takes part."""

    MUNICIPALITY = "municipality", "gemeente"
    PROVINCE = "province", "provincie"
    TRANSPORT_REGION = "transport_region", "vervoerregio"


class Role(Word):
    """What a person may do, in rising order."""

    READER = "reader", "lezer"
    FUNDRAISER = "fundraiser", "fondsenwerver"
    LOBBYIST = "lobbyist", "lobbyist"
    COORDINATOR = "coordinator", "coördinator"
    ADMINISTRATOR = "administrator", "beheerder"


class Visibility(Word):
    """Who may see what a person wrote, from the fewest to all.

    What was once marked public was never shown without an account: it is the region's, and says so. Only publications
    become public, by a second person (tracker/knowledge/releases.py).
    """

    OWN = "own", "eigen organisatie"
    GROUP = "group", "groep van het dossier"
    REGION = "mra", "{region}"  # the stored word is older than the second region
    PUBLIC = "public", "{region}, niet openbaar vrijgegeven"


class ApiScope(Word):
    """What a program may do with somebody's key, beside what is public; never more than the person may."""

    READ = "read", "lezen wat u zelf mag zien"
    VERDICTS = "verdicts", "regelingen beoordelen"
    CONTACTS = "contacts", "contacten vastleggen"
    CORRECTIONS = "corrections", "regelingen corrigeren"
    APPLICATIONS = "applications", "aanvragen naar een volgende fase brengen"


class Cadence(Word):
    """How often a subscription mails."""

    DAY = "day", "dagelijks"
    WEEK = "week", "wekelijks"
    URGENT = "urgent", "direct bij spoed"


class Say(Word):
    """A person's verdict on a call for an opgave."""

    YES = "yes", "relevant"
    NO = "no", "niet voor ons"
    LATER = "later", "later"


class LessonKind(Word):
    """What a reader teaches by a call."""

    MORE = "more", "meer zoals deze"
    NEVER = "never", "nooit meer zoals deze"
    RESET = "reset", "teruggezet"


class NoReason(Word):
    """Why a call is not for us."""

    OFF_TOPIC = "off_topic", "ander onderwerp"
    NOT_ELIGIBLE = "not_eligible", "wij komen niet in aanmerking"
    TOO_SMALL = "too_small", "te klein bedrag"
    TOO_LARGE = "too_large", "te groot of te zwaar"
    NO_CAPACITY = "no_capacity", "geen capaciteit"
    NO_COFUNDING = "no_cofunding", "geen cofinanciering"
    TOO_LATE = "too_late", "te kort dag"
    NO_PARTNERS = "no_partners", "geen partners"
    OTHER = "other", "anders"


class MailKind(Word):
    """What kind of mail a delivery is."""

    DIGEST = "digest", "overzicht"
    REMINDER = "reminder", "herinnering"
    MOVED = "moved", "verplaatste termijn"
    SIGN_IN = "sign_in", "inloglink"
    ALERT = "alert", "melding"
    SHARED = "shared", "bericht van een collega"


class DeliveryState(Word):
    """Where a mail stands on its way out."""

    PLANNED = "planned", "klaar om te versturen"
    SENDING = "sending", "wordt verstuurd"
    ACCEPTED = "accepted", "aangenomen"
    DEFERRED = "deferred", "uitgesteld"
    AMBIGUOUS = "ambiguous", "onzeker"
    FAILED = "failed", "mislukt"
    HELD = "held", "vastgehouden"
    EXPIRED = "expired", "verlopen"
    CANCELLED = "cancelled", "ingetrokken"


class ToldKind(Word):
    """In which capacity a call stood in a mail."""

    NEW = "new", "eerste vermelding"
    CHANGED = "changed", "gewijzigd"
    CLOSING = "closing", "sluit binnenkort"
    OPENING = "opening", "opent binnenkort"
    MOVED = "moved", "verplaatst"
    REMINDER = "reminder", "herinnering"
    GONE = "gone", "verdwenen bij de bron"
    SET_ASIDE = "set_aside", "apart gezet: geteld, niet genoemd"


# A mail in one of these states told nothing: what stood in it is told again.
UNTOLD_STATES = frozenset({DeliveryState.FAILED, DeliveryState.EXPIRED, DeliveryState.CANCELLED})

# A mail in one of these states may still be tried.
WAITING_STATES = frozenset({DeliveryState.PLANNED, DeliveryState.DEFERRED, DeliveryState.AMBIGUOUS})
