"""Every table, in four short chapters: calls, people, lobby, mail."""

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
    "Challenge",
    "Correction",
    "Crawl",
    "Deadline",
    "Delivery",
    "Lease",
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
    "Told",
    "User",
    "Verdict",
]
