"""The words of lobby and applications: stages, stances, kinds of contact, each with its Dutch label."""

from db.region_served import region
from db.vocabulary import Word


class DossierKind(Word):
    """What a dossier is for."""

    LOBBY = "lobby", "lobbydossier"
    APPLICATION = "application", "aanvraag"


class Stage(Word):
    """Where a lobby dossier stands."""

    SPOTTED = "spotted", "signaleren"
    EXPLORING = "exploring", "verkennen"
    DRAFTING = "drafting", "standpunt in voorbereiding"
    ADOPTED = "adopted", "vastgesteld"
    ACTIVE = "active", "actief"
    CLOSED = "closed", "afgerond"
    STOPPED = "stopped", "gestopt"


class ApplicationStage(Word):
    """Where an application stands, from signal to settlement."""

    SIGNAL = "signal", "signaal"
    SCOUTING = "scouting", "verkennen"
    GO_NO_GO = "go_no_go", "go/no-go"
    PREPARING = "preparing", "in voorbereiding"
    SUBMITTED = "submitted", "ingediend"
    AWARDED = "awarded", "toegekend"
    REJECTED = "rejected", "afgewezen"
    RESERVE = "reserve", "reservelijst"
    RUNNING = "running", "lopend"
    ACCOUNTED = "accounted", "verantwoord"
    SETTLED = "settled", "vastgesteld"
    DROPPED = "dropped", "niet doorgezet"


# Stages in which an application is still with us and can be handed in.
NOT_YET_IN = frozenset(
    {ApplicationStage.SIGNAL, ApplicationStage.SCOUTING, ApplicationStage.GO_NO_GO, ApplicationStage.PREPARING}
)


class TaskKind(Word):
    """What must be done for an application on a day; what the funder asks of who was awarded comes after ``TASK``."""

    TASK = "task", "taak"
    PROGRESS = "progress_report", "voortgangsverslag"
    FINAL = "final_report", "einddeclaratie"
    SISA = "sisa", "SiSa-verantwoording"
    AUDIT = "audit_statement", "controleverklaring"


class Level(Word):
    """Where the decision is taken that a dossier wants to change."""

    NATIONAL = "national", "Rijk"
    EU = "eu", "EU"
    PROVINCIAL = "provincial", "provincie"


class Priority(Word):
    """How much a dossier matters this year."""

    HIGH = "high", "hoog"
    MIDDLE = "middle", "midden"
    LOW = "low", "laag"


class Result(Word):
    """What a closed dossier brought."""

    ACHIEVED = "achieved", "behaald"
    PARTLY = "partly", "deels behaald"
    NOT = "not", "niet behaald"


class AgendaState(Word):
    """How far a year's lobbyagenda is."""

    DRAFT = "draft", "concept"
    ADOPTED = "adopted", "vastgesteld door Bestuur"
    NOTED = "noted", "ter kennisname AV"


class LogKind(Word):
    """What happened on a dossier."""

    OPENED = "opened", "geopend"
    MOVED = "moved", "fase"
    EDITED = "edited", "bijgewerkt"
    NOTE = "note", "notitie"
    POSITION = "position", "standpunt"
    CONTACT = "contact", "contactmoment"
    COMMITMENT = "commitment", "toezegging"
    SIGN_OFF = "sign_off", "afstemming"
    STANCE = "stance", "houding partner"
    STAKE = "stake", "krachtenveld"
    MOMENT = "moment", "interventiemoment"
    OUTCOME = "outcome", "opbrengst"
    DECISION = "decision", "besluit"
    MONEY = "money", "bijdrage"
    LINKED = "linked", "regeling gekoppeld"
    AGENDA = "agenda", "lobbyagenda"


class LoggedKind(Word):
    """What can be corrected and taken back, with its history."""

    CONTACT = "contact", "contactmoment"
    COMMITMENT = "commitment", "toezegging"
    STAKE = "stake", "krachtenveld"
    OUTCOME = "outcome", "opbrengst"
    NOTE = "note", "notitie"
    HOOK = "hook", "aanhaking bij een moment"
    AGENDA = "agenda", "plaats op de lobbyagenda"
    CHAIN_LINK = "chain_link", "schakel"
    DOSSIER = "dossier", "dossier"


class LoggedDeed(Word):
    """What was done to it."""

    CORRECTED = "corrected", "gewijzigd"
    WITHDRAWN = "withdrawn", "ingetrokken"


class ChainKind(Word):
    """A step on the way to a call, in the order in which they usually come."""

    LETTER = "letter", "Kamerbrief"
    DEBATE = "debate", "Kamerdebat"
    CONSULTATION = "consultation", "consultatie"
    NEWS = "news", "aankondiging"
    PUBLICATION = "publication", "officiële bekendmaking"
    OPENING = "opening", "openstelling"
    OTHER = "other", "andere stap"


class Gremium(Word):
    """The body that adopted a position."""

    BOARD = "board", "bestuur van de regio"
    ASSEMBLY = "assembly", "Algemene Vergadering"
    PLATFORM_ECONOMY = "platform_economy", "Platform Economie"
    PLATFORM_SPACE = "platform_space", "Platform Ruimte"
    PLATFORM_MOBILITY = "platform_mobility", "Platform Mobiliteit"
    PORTFOLIO = "portfolio", "portefeuillehoudersoverleg"
    EXECUTIVE = "executive", "college"
    COUNCIL = "council", "raad of Staten"

    @property
    def label(self) -> str:
        """As the region in force calls it."""
        return region().gremia.get(self.value, self._said)


# Bodies of one participant: what they adopt is that participant's position, never the region's (lobby governance).
OWN_BODIES = frozenset({Gremium.EXECUTIVE, Gremium.COUNCIL})


class PositionState(Word):
    """How far a position is; whether an adopted one still holds is decided by the date, never stored."""

    DRAFT = "draft", "concept"
    REPLACED = "replaced", "vervangen concept"
    ADOPTED = "adopted", "vastgesteld"


class ResolutionKind(Word):
    """What a body decides on a position or on a lobby agenda."""

    ADOPTION = "adoption", "vaststelling"
    CORRECTION = "correction", "verbetering"
    WITHDRAWAL = "withdrawal", "intrekking"
    NOTING = "noting", "ter kennisname"


class PartyKind(Word):
    """What kind of party joins a coalition."""

    PARTICIPANT = "participant", "deelnemer"
    COMPANY = "company", "bedrijf"
    KNOWLEDGE = "knowledge", "kennisinstelling"
    WATER_AUTHORITY = "water_authority", "waterschap"
    REGION = "region", "andere regio"
    OTHER = "other", "andere partij"


class PartyStance(Word):
    """What a party says of our line; having said nothing is never consent."""

    AGREES = "agrees", "akkoord"
    SILENT = "silent", "nog niets gezegd"
    OBJECTS = "objects", "bezwaar"
    OWN_LINE = "own_line", "eigen lijn"


class StakeholderKind(Word):
    """An office first, or an organisation; a person comes second."""

    OFFICE = "office", "functie"
    ORGANISATION = "organisation", "organisatie"


class StakeRole(Word):
    """What a stakeholder does in one dossier."""

    DECIDES = "decides", "beslisser"
    ADVISES = "advises", "adviseur"
    INFLUENCES = "influences", "beïnvloeder"
    ALLY = "ally", "bondgenoot"
    OPPONENT = "opponent", "tegenstander"


class ContactKind(Word):
    """How we were in touch."""

    TALK = "talk", "gesprek"
    CALL = "call", "telefoon"
    MAIL = "mail", "mail"
    LETTER = "letter", "brief"
    VISIT = "visit", "werkbezoek"
    MEETING = "meeting", "bijeenkomst"
    CONSULTATION = "consultation", "consultatiereactie"
    AMENDMENT = "amendment", "amendement aangeleverd"
    BRIEFING = "briefing", "technische briefing"


class CommitmentKind(Word):
    """What kind of promise it is."""

    PROMISE = "promise", "toezegging"
    MOTION = "motion", "motie"
    AMENDMENT = "amendment", "amendement"
    ACTION = "action", "eigen actie"


class CommitmentState(Word):
    """What became of a promise."""

    OPEN = "open", "open"
    KEPT = "kept", "nagekomen"
    BROKEN = "broken", "niet nagekomen"
    DROPPED = "dropped", "vervallen"


class MomentKind(Word):
    """What kind of outside decision moment it is."""

    CONSULTATION = "consultation", "consultatie"
    HAVE_YOUR_SAY = "have_your_say", "Geef uw mening (Europese Commissie)"
    COMMITTEE_DEBATE = "committee_debate", "commissiedebat"
    BUDGET = "budget", "begrotingsmoment"
    BO_MIRT = "bo_mirt", "bestuurlijk overleg"
    WORK_PROGRAMME = "work_programme", "werkprogrammacomité"
    COMMISSION_PLAN = "commission_plan", "werkprogramma van de Commissie"
    EP_VOTE = "ep_vote", "stemming Europees Parlement"
    TRILOGUE = "trilogue", "triloog"
    COR_OPINION = "cor_opinion", "advies Comité van de Regio's"
    COMITOLOGY = "comitology", "comitologie"
    POSITION_PAPER = "position_paper", "BNC-fiche"
    ELECTION = "election", "verkiezing of formatie"
    REGION = "mra", "{region}-vergadering"
    OTHER = "other", "ander moment"


class OutcomeResult(Word):
    """What came of a request."""

    TAKEN_OVER = "taken_over", "overgenomen"
    PARTLY = "partly", "deels overgenomen"
    NOT = "not", "niet overgenomen"


class StateAid(Word):
    """On what ground an application is allowed under the state aid rules."""

    UNKNOWN = "unknown", "nog niet bepaald"
    NONE = "none", "geen staatssteun"
    DE_MINIMIS = "de_minimis", "de-minimis"
    BLOCK_EXEMPTION = "block_exemption", "AGVV"
    SGEI = "sgei", "DAEB"
    NOTIFIED = "notified", "goedgekeurd na melding"


class PartnerRole(Word):
    """What a partner does in an application."""

    PARTNER = "partner", "projectpartner"
    ASSOCIATE = "associate", "geassocieerde partner"
    FUNDER = "funder", "cofinancier"
    SUPPORTER = "supporter", "steunbetuiging"


class GoDecision(Word):
    """Whether we go on with an application."""

    GO = "go", "go"
    NO_GO = "no_go", "no-go"


class Check(Word):
    """What the go/no-go asks, in order (domain: fundraising, go/no-go checklist)."""

    FIT = "fit", "Past het bij een opgave?"
    SCALE = "scale", "Voegt de schaal van {called} iets toe?"
    ELIGIBLE = "eligible", "Mogen en kunnen wij aanvragen?"
    LEAD = "lead", "Is er een penvoerder?"
    PARTNERS = "partners", "Zijn de partners rond?"
    COFUNDING = "cofunding", "Is de eigen bijdrage gedekt?"
    CAPACITY = "capacity", "Is er capaciteit?"
    TIME = "time", "Is er tijd genoeg tot de termijn?"
    CHANCE = "chance", "Is de kans groot genoeg?"
    STATE_AID = "state_aid", "Is de staatssteungrond helder?"
    BURDEN = "burden", "Weegt de verantwoording op tegen het bedrag?"


class CheckAnswer(Word):
    """The answer to one question of the go/no-go."""

    YES = "yes", "ja"
    NO = "no", "nee"
    UNSURE = "unsure", "nog onzeker"
