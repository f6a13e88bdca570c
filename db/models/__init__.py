"""Every table, in short chapters: calls, people, access, organisations, lobby, contacts, applications, plans, mail."""

from db.models.access import (
    ApiDeed,
    ApiKey,
    AuditEntry,
    Duty,
    Follow,
    Identity,
    KeptForm,
    KnownBrowser,
    MagicLink,
    Press,
    ProviderVisit,
    Team,
    TeamMember,
    WebSession,
)
from db.models.account import AccountRelease, AccountReport
from db.models.applications import (
    Application,
    ApplicationPartner,
    ApplicationTask,
    BudgetLine,
    Cofunding,
    CofundingRoom,
    Instalment,
)
from db.models.calls import (
    Agenda,
    Call,
    CallVectors,
    Challenge,
    Correction,
    Crawl,
    Deadline,
    Dismissal,
    Match,
    Reference,
    RememberedAddress,
    Revision,
    Sighting,
    Snapshot,
    SourceReading,
)
from db.models.care import Hold, Informed, PublicContact, WooDecision
from db.models.contacts import Commitment, ContactMoment, DossierMoment, Moment, Outcome, Stake, Stakeholder
from db.models.documents import Document, DocumentContent
from db.models.goals import Goal, GoalValue
from db.models.knowledge import (
    Publication,
    PublicationChallenge,
    PublicationChange,
    PublicationLink,
    PublicationRelease,
    PublicationText,
)
from db.models.lobby import (
    CallNote,
    ChainLink,
    CoalitionMember,
    CoalitionStance,
    Dissent,
    Dossier,
    DossierCall,
    DossierChallenge,
    DossierFollow,
    DossierParticipant,
    DossierReader,
    LobbyAgenda,
    LobbyAgendaItem,
    LogEntry,
    LoggedChange,
    Position,
    Resolution,
    RoundInvitation,
    SignOffRound,
)
from db.models.mail import (
    Alert,
    Attempt,
    Bounce,
    Delivery,
    Lease,
    MailText,
    Pause,
    Relay,
    Reminded,
    Run,
    Suppression,
    Told,
)
from db.models.network import ActivityGuest, ContactConsent, Membership, NetworkActivity, SubjectContact
from db.models.organisations import Organisation, OrganisationName
from db.models.people import REMINDER_DAYS, Absence, Leaning, Lesson, Participant, Subscription, User, Verdict
from db.models.planning import (
    Assignment,
    Body,
    CalendarFeed,
    ClosedPeriod,
    DecisionClock,
    Meeting,
    Milestone,
    YearPlan,
)
from db.models.questions import Answer, Doubt, Question, ReaderUse, SecondOpinion
from db.models.region import KeptRegion
from db.models.review import ActionPoint, Minute, Review, ReviewPerson, ReviewPoint
from db.models.visions import Vision, VisionProposal, VisionVersion
from db.models.winners import PastPartner, PastProgramme, PastProject
