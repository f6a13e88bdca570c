"""Every table, in five short chapters: calls, people, access, lobby, mail."""

from db.models.access import AuditEntry, Duty, Follow, MagicLink, Team, TeamMember, WebSession
from db.models.calls import (
    Agenda,
    Challenge,
    Correction,
    Crawl,
    Deadline,
    Match,
    Opportunity,
    RememberedAddress,
    Revision,
    Sighting,
    Snapshot,
)
from db.models.mail import Attempt, Delivery, Lease, Run, Suppression, Told
from db.models.people import Participant, Subscription, User, Verdict

__all__ = [
    "Agenda",
    "Attempt",
    "AuditEntry",
    "Challenge",
    "Correction",
    "Crawl",
    "Deadline",
    "Delivery",
    "Duty",
    "Follow",
    "Lease",
    "MagicLink",
    "Match",
    "Opportunity",
    "Participant",
    "RememberedAddress",
    "Revision",
    "Run",
    "Sighting",
    "Snapshot",
    "Subscription",
    "Suppression",
    "Team",
    "TeamMember",
    "Told",
    "User",
    "Verdict",
    "WebSession",
]
