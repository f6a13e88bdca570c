"""The audit log as an administrator reads it: who did what to what, in Dutch, as far as the reader may know of it.

An administrator manages people and sources, not other people's files: of what is not open to them a line exists only
where somebody of their own organisation did it, and its title is told only where they may see it now.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, literal, or_
from sqlmodel import Session, SQLModel, col, select

from db.lists import Listed, read_page
from db.models import (
    AccountReport,
    AuditEntry,
    Body,
    CalendarFeed,
    Call,
    Challenge,
    CoalitionMember,
    Commitment,
    ContactMoment,
    DecisionClock,
    Document,
    Dossier,
    Goal,
    Lesson,
    LogEntry,
    Membership,
    Milestone,
    Moment,
    NetworkActivity,
    Organisation,
    Outcome,
    Participant,
    Position,
    Publication,
    Review,
    SignOffRound,
    Stake,
    Stakeholder,
    SubjectContact,
    Subscription,
    User,
    Verdict,
    Vision,
    VisionProposal,
)
from db.models.columns import Numbered
from db.queries import Viewer
from db.rights import attached, readable, visible
from db.vocabulary import Role, Visibility
from db.vocabulary_audit import Action, Subject
from notifications.wording import short_day, start_of_day

SHORT = 80
KEPT = 128
Clause = Callable[[Viewer], ColumnElement[bool]]


@dataclass(frozen=True)
class Thing:
    """What a line can be about: its table, what one is called, where it stands, and who may know that it exists."""

    model: type[SQLModel]
    title: Callable[[Session, Any], str] = lambda _session, row: str(getattr(row, "title", None) or row.name)
    address: str = ""
    seen: Clause | None = None

    def key(self, text: str) -> int | str | None:
        """The key of a row, as its table has it; none where the text is none."""
        if not issubclass(self.model, Numbered):
            return text
        return int(text) if text.isdecimal() else None


def _of(model: Any) -> Clause:
    return lambda viewer: visible(viewer, model)


def _text(name: str) -> Callable[[Session, Any], str]:
    return lambda _session, row: str(getattr(row, name))[:SHORT]


def _whom(session: Session, row: Any) -> str:
    who = session.get_one(Stakeholder, row.stakeholder_id)
    return ", ".join(filter(None, [who.office, who.organisation]))


def _talk(session: Session, row: Any) -> str:
    return f"{_whom(session, row)}, {short_day(row.day)}"


def _call_of(session: Session, row: Any) -> str:
    return session.get_one(Call, row.call_id).title


def _began(_session: Session, row: Any) -> str:
    return short_day(row.began_at)


def _nameless(_session: Session, _row: Any) -> str:
    return ""


THINGS: dict[Subject, Thing] = {
    Subject.USER: Thing(User, address="/beheer/mensen/{}"),
    Subject.PARTICIPANT: Thing(Participant, address="/beheer/deelnemers/{}"),
    Subject.CALL: Thing(Call, address="/regelingen/{}"),
    Subject.VERDICT: Thing(Verdict, _call_of, seen=_of(Verdict)),
    Subject.LESSON: Thing(Lesson, _nameless),
    Subject.CHALLENGE: Thing(Challenge, address="/opgaven/{}"),
    Subject.GOAL: Thing(Goal, _text("text"), "/verantwoording/doelen/{}"),
    Subject.DOSSIER: Thing(Dossier, address="/dossiers/{}", seen=_of(Dossier)),
    Subject.APPLICATION: Thing(Dossier, address="/aanvragen/{}", seen=_of(Dossier)),
    Subject.NOTE: Thing(LogEntry, _text("text"), seen=_of(LogEntry)),
    Subject.POSITION: Thing(Position, lambda _, row: f"nr. {row.number}", seen=readable),
    Subject.OUTCOME: Thing(Outcome, _text("request"), seen=_of(Outcome)),
    Subject.PARTY: Thing(CoalitionMember, seen=_of(CoalitionMember)),
    Subject.ROUND: Thing(SignOffRound, _text("question"), seen=_of(SignOffRound)),
    Subject.STAKE: Thing(Stake, _whom, seen=_of(Stake)),
    Subject.CONTACT: Thing(ContactMoment, _talk, "/contacten/{}", _of(ContactMoment)),
    Subject.COMMITMENT: Thing(Commitment, _text("text"), seen=_of(Commitment)),
    Subject.DOCUMENT: Thing(Document, seen=attached),
    Subject.MOMENT: Thing(Moment, seen=_of(Moment)),
    Subject.ORGANISATION: Thing(Organisation, address="/organisaties/{}", seen=_of(Organisation)),
    Subject.PUBLICATION: Thing(Publication, address="/kennishuis/{}", seen=_of(Publication)),
    Subject.REPORT: Thing(AccountReport, address="/verantwoording/verslagen/{}", seen=_of(AccountReport)),
    Subject.VISION: Thing(Vision, _nameless, "/visie/{}"),
    Subject.VISION_PROPOSAL: Thing(VisionProposal, address="/visie/voorstellen/{}"),
    Subject.SUBJECT_CONTACT: Thing(SubjectContact, _text("subject"), seen=_of(SubjectContact)),
    Subject.MEMBERSHIP: Thing(Membership, _nameless, seen=_of(Membership)),
    Subject.ACTIVITY: Thing(NetworkActivity, address="/netwerk/activiteiten/{}", seen=_of(NetworkActivity)),
    Subject.SUBSCRIPTION: Thing(Subscription, _nameless),
    Subject.CLOCK: Thing(DecisionClock, _nameless, "/kalender/klok/{}", _of(DecisionClock)),
    Subject.MILESTONE: Thing(Milestone, _nameless, seen=_of(Milestone)),
    Subject.REVIEW: Thing(Review, _began, "/overleg/{}", _of(Review)),
    Subject.BODY: Thing(Body, address="/kalender/vergaderingen/{}"),
    Subject.FEED: Thing(CalendarFeed, _nameless),
}
# Words in which the result of a deed is written, beside those of our vocabularies.
RESULTS = {
    "done": "gedaan",
    "refused": "geweigerd",
    "refused:": "geweigerd:",
    "in the demo": "in de demo",
    "account linked,": "account gekoppeld,",
    "new person,": "nieuwe persoon,",
    "by": "via",
    "participant": "deelnemer",
    "sessions ended": "sessies beëindigd",
    "things": "zaken",
    "nobody": "niemand",
    "not mailed:": "niet gemaild:",
    "the newest one still works": "de nieuwste werkt nog",
    "unknown, used or foreign state": "onbekend, gebruikt of van een andere browser",
    "answer of another issuer": "antwoord van een andere uitgever",
    "answer without its issuer": "antwoord zonder uitgever",
    "no second step": "geen tweede stap",
    "no new sign-in there": "daar niet opnieuw ingelogd",
    "not invited": "niet uitgenodigd",
    "has no access": "heeft geen toegang",
    "has another account there": "heeft daar een ander account",
    "no role": "geen rol",
    "no verified mail address": "geen bevestigd e-mailadres",
    "mail address of another domain": "e-mailadres van een ander domein",
    "bad signature": "handtekening klopt niet",
    "key unknown": "sleutel onbekend",
    "expired": "verlopen",
    "claim": "gegeven",
    "is wrong": "klopt niet",
    "is missing": "ontbreekt",
    "meant for others too": "ook voor anderen bedoeld",
    "names nobody": "noemt niemand",
    "no id token": "geen id-token",
    "no answer:": "geen antwoord:",
    "cannot be read": "is niet te lezen",
    "the provider refused the code": "de inlogpagina weigerde de code",
    "the provider said": "de inlogpagina zei",
    "the provider calls itself otherwise than its setting": "de inlogpagina noemt zich anders dan de instelling",
    "userinfo is about another": "userinfo gaat over een ander",
    "no key that can be read": "geen leesbare sleutel",
    "another issuer": "een andere uitgever",
    "not of now": "niet van nu",
    "no logout token": "geen afmeldbericht",
    "answered": "antwoordde",
    "no JSON": "geen JSON",
    "waits for a second person": "wacht op een tweede persoon",
    "role": "rol",
    "to": "naar",
    "into": "in",
    "from": "van",
    "version": "versie",
    "call": "regeling",
    "calls": "regelingen",
    "user": "persoon",
    "lines": "regels",
    "dossier": "dossier",
    "organisation": "organisatie",
    "new,": "nieuw,",
    "known,": "al bekend,",
    "left out": "weggelaten",
    "yes": "relevant",
    "no": "niet voor ons",
    "later": "later",
}
LABELS: dict[str, str] = {word.value: word.label for words in (Role, Visibility) for word in words} | RESULTS
PHRASES = re.compile(rf"(?<!\S)(?:{'|'.join(map(re.escape, sorted(LABELS, key=len, reverse=True)))})(?!\S)")


@dataclass(frozen=True)
class AuditFilter:
    """What one looks for; empty means everything. ``person`` did it, ``organisation`` is whom that person works for."""

    action: str = ""
    person: int | None = None
    organisation: str = ""
    dossier: int | None = None
    after: date | None = None
    before: date | None = None


@dataclass(frozen=True)
class AuditLine:
    """One line in Dutch; ``title`` and ``dossier`` are empty where the reader may not see them."""

    entry: AuditEntry
    who: str
    organisation: str
    what: str
    about: str
    number: str
    title: str
    address: str
    dossier: str
    result: str


def lines_in(session: Session, viewer: Viewer, wanted: AuditFilter, page: int | None = 1) -> Listed[AuditLine]:
    """The lines that a filter means and the viewer may know of, newest first; without a page all of them."""
    query = select(AuditEntry).where(known_to(viewer), *_conditions(session, viewer, wanted))
    found = read_page(session, query.order_by(col(AuditEntry.id).desc()), page)
    people = {f"user {user.id}": user for user in session.exec(select(User))}
    organisations = dict(session.exec(select(Participant.id, Participant.name)).all())
    dossiers = dict(session.exec(select(Dossier.id, Dossier.title).where(visible(viewer, Dossier))).all())
    titles = _titles(session, viewer, found.rows)
    return Listed([_line(entry, people, organisations, dossiers, titles) for entry in found.rows], found.total)


@lru_cache(maxsize=KEPT)
def known_to(viewer: Viewer) -> ColumnElement[bool]:
    """The lines that exist for a viewer, as a clause on the log: putting it together takes longer than its answer."""
    entry = AuditEntry
    seen = select(Dossier.id).where(visible(viewer, Dossier))
    open_dossier = or_(col(entry.dossier_id).is_(None), col(entry.dossier_id).in_(seen))
    hidden = [_open(subject, thing, viewer) for subject, thing in THINGS.items() if thing.seen is not None]
    return or_(_done_by_own(viewer), and_(open_dossier, *hidden))


def _open(subject: Subject, thing: Thing, viewer: Viewer) -> ColumnElement[bool]:
    """That a line is not about such a thing, or about one the viewer may see."""
    assert thing.seen is not None
    model: Any = thing.model
    named = select(literal(f"{subject} ").concat(cast(model.id, String))).where(thing.seen(viewer))
    return or_(~col(AuditEntry.object).startswith(f"{subject} "), col(AuditEntry.object).in_(named))


def _done_by_own(viewer: Viewer) -> ColumnElement[bool]:
    """That somebody of the viewer's own organisation did it."""
    return _of_organisation(viewer.participant_id or "")


def _of_organisation(participant_id: str) -> ColumnElement[bool]:
    """Done by who worked there then; lines of before that was kept go by where people work now."""
    theirs = select(literal("user ").concat(cast(col(User.id), String))).where(User.participant_id == participant_id)
    entry = AuditEntry
    earlier = and_(col(entry.participant_id).is_(None), col(entry.actor).in_(theirs))
    return or_(col(entry.participant_id) == participant_id, earlier)


def _conditions(session: Session, viewer: Viewer, wanted: AuditFilter) -> list[Any]:
    entry, conditions = AuditEntry, list[Any]()
    if wanted.action:
        conditions.append(entry.action == wanted.action)
    if wanted.person is not None:
        conditions.append(entry.actor == f"user {wanted.person}")
    if wanted.organisation:
        conditions.append(_of_organisation(wanted.organisation))
    if wanted.dossier is not None:  # one that may not be seen finds nothing, as one that does not exist
        seen = session.exec(select(Dossier.id).where(Dossier.id == wanted.dossier, visible(viewer, Dossier))).first()
        named = [f"{subject} {seen}" for subject in (Subject.DOSSIER, Subject.APPLICATION)]
        conditions.append(or_(col(entry.dossier_id) == (seen or -1), col(entry.object).in_(named)))
    if wanted.after:
        conditions.append(col(entry.at) >= start_of_day(wanted.after))
    if wanted.before:
        conditions.append(col(entry.at) < start_of_day(wanted.before + timedelta(days=1)))
    return conditions


def actions_done(session: Session, viewer: Viewer) -> list[tuple[str, str]]:
    """What was ever done that the viewer may know of, with its Dutch name, for a choice."""
    rows = session.exec(select(AuditEntry.action).where(known_to(viewer)).distinct())
    return sorted(((action, action_name(action)) for action in rows), key=lambda pair: pair[1])


def action_name(action: str) -> str:
    """What a deed is called in Dutch."""
    return Action(action).label if action in set(Action) else action


def _apart(text: str) -> tuple[Subject | None, str]:
    """``lobby agenda 2026`` -> the kind of thing and its key."""
    word, _, key = text.rpartition(" ")
    if word in set(Subject):
        return Subject(word), key
    return (Subject(text), "") if text in set(Subject) else (None, "")


def _titles(session: Session, viewer: Viewer, entries: list[AuditEntry]) -> dict[str, str]:
    """Object of a line -> what it is called, of those that the viewer may see now."""
    asked: dict[Subject, dict[Any, str]] = {}
    for entry in entries:
        subject, key = _apart(entry.object)
        thing = THINGS.get(subject) if subject else None
        if subject and thing and (found := thing.key(key)) is not None:
            asked.setdefault(subject, {})[found] = entry.object
    titles: dict[str, str] = {}
    for subject, keys in asked.items():
        model: Any = THINGS[subject].model
        seen = THINGS[subject].seen
        rows = select(model).where(col(model.id).in_(keys), *([seen(viewer)] if seen else []))
        titles |= {keys[row.id]: THINGS[subject].title(session, row) for row in session.exec(rows)}
    return titles


def _line(
    entry: AuditEntry,
    people: dict[str, User],
    organisations: dict[str, str],
    dossiers: dict[int, str],
    titles: dict[str, str],
) -> AuditLine:
    user, (subject, key) = people.get(entry.actor), _apart(entry.object)
    thing = THINGS.get(subject) if subject else None
    named = entry.object in titles
    works_for = entry.participant_id or (user.participant_id if user else "")
    return AuditLine(
        entry,
        who=user.name if user else {"anonymous": "niet ingelogd", "nobody": "niemand"}.get(entry.actor, entry.actor),
        organisation=organisations.get(works_for, ""),
        what=action_name(entry.action),
        about=subject.label if subject else {"nobody": "niemand"}.get(entry.object, entry.object),
        number=key,
        title=titles.get(entry.object, ""),
        address=thing.address.format(key) if thing and thing.address and named else "",
        dossier=dossiers.get(entry.dossier_id or 0, ""),
        result=in_dutch(entry.result),
    )


def in_dutch(result: str) -> str:
    """``role reader to lobbyist`` -> ``rol lezer naar lobbyist``; what is no word of ours stays."""
    if result in LABELS:
        return LABELS[result]
    return PHRASES.sub(lambda found: LABELS[found[0]], result)
