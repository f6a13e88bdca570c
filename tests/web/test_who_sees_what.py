"""The matrix of who sees and does what: objects x channels x viewers and objects x verbs x viewers, from the list of routes.

A word of its own stands in every text of every object, with who may read it; then everybody goes everywhere.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, col, select

from db.models import (
    Commitment,
    ContactMoment,
    Delivery,
    Document,
    Dossier,
    DossierReader,
    Membership,
    NetworkActivity,
    Position,
    Publication,
    PublicationRelease,
    Resolution,
    SubjectContact,
    User,
)
from db.session import open_engine, reading, writing
from db.vocabulary import ApiScope, Role, Visibility
from db.vocabulary_calendar import FeedScope
from db.vocabulary_lobby import Gremium, OutcomeResult, PartyKind, PartyStance, StakeRole, TaskKind
from tests.make.lobby import Cast, gather
from tests.make.mail_cases import MAILER
from tests.make.pages import Visitor, make_user, visit
from tests.web.test_rights import Unlimited
from tracker.applications import stages, tasks
from tracker.calendar.feeds import feed_file, open_feed
from tracker.documents import documents
from tracker.exchange.export_lobby import KINDS
from tracker.knowledge import links, publications, releases
from tracker.knowledge.publications import PublicationFields, PublicationKind, Upload
from tracker.lobby import coalition, contacts, dossiers, moments, positions, resolutions
from tracker.mailing.plan import plan
from tracker.network import activities, contact_persons, memberships
from tracker.network.activities import ActivityFields
from tracker.network.contact_persons import ContactPersonFields
from tracker.network.memberships import MembershipFields
from tracker.network.subjects import subjects
from tracker.people.api_keys import make_key
from tracker.review import action_points
from tracker.rights import Deed, viewer_of
from tracker.web.frame.route import Route
from tracker.web.routes import ROUTES

pytestmark = pytest.mark.one_database  # what differs by database is the clause, which test_rights.py asks on both

OWNER, PARTNER, OTHER = "amsterdam", "haarlem", "hilversum"
MAY, TODAY = date(2026, 5, 1), date(2026, 5, 29)


@dataclass(frozen=True)
class Secret:
    """A word and for whom it is: by owner and visibility, and inside words and drafts for who works on them."""

    where: str
    owner: str
    level: str
    dossier: str  # the visibility of the dossier it hangs on
    kind: str = "row"


@dataclass
class Planted:
    """The words in the world, and the ids to go to."""

    secrets: dict[str, Secret] = field(default_factory=dict)
    ids: dict[str, list[str]] = field(default_factory=dict)
    levels: dict[str, str] = field(default_factory=dict)  # of dossiers, by id
    homes: dict[str, str] = field(default_factory=dict)  # of positions: the dossier each is of

    def word(self, where: str, level: str, dossier: str, kind: str = "row", owner: str = OWNER) -> str:
        token = f"Kanarie{len(self.secrets):03d}x"
        self.secrets[token] = Secret(where, owner, level, dossier, kind)
        return token


def in_the_group(person: User | None, named: int) -> bool:
    """The group of every dossier here: who works at the owner and the partner, and one reader by name."""
    if person is None:
        return False
    return person.id == named or (person.role != Role.READER and person.participant_id in (OWNER, PARTNER))


def sees(person: User | None, level: str, owner: str, named: int) -> bool:
    """The rule once more, in other words."""
    if person is None:
        return False
    if level in (Visibility.REGION, Visibility.PUBLIC) or person.participant_id == owner:
        return True
    return level == Visibility.GROUP and in_the_group(person, named)


def may_read(person: User | None, secret: Secret, named: int) -> bool:
    """Whether this word may ever come before this person."""
    own = person is not None and person.participant_id == secret.owner
    if secret.kind in ("released", "gone"):
        return secret.kind == "released"
    row = own or (sees(person, secret.level, secret.owner, named) and sees(person, secret.dossier, OWNER, named))
    works = own and person is not None and person.role != Role.READER
    if secret.kind in ("inside", "draft"):
        return row and (works or in_the_group(person, named))
    if secret.kind == "waiting":
        decides = person is not None and person.role in (Role.COORDINATOR, Role.ADMINISTRATOR)
        return row and (decides or in_the_group(person, named))
    return row


def plant(session: Session, now: datetime) -> tuple[Cast, Planted, dict[str, User]]:
    """A dossier and an application of every visibility, with every object of the lobby in them."""
    cast, planted = gather(session, now), Planted()
    people = {f"{role} {party}": make_user(session, now, role, party, f"{role}@{party}.x") for role in Role for party in (OWNER, PARTNER, OTHER)}  # fmt: skip
    people["named hilversum"] = make_user(session, now, Role.READER, OTHER, "genoemd@hilversum.x")
    for level in Visibility:
        _lobby(cast, planted, level, people)
        _application(cast, planted, level)
    _knowledge(cast, planted)
    for level in (Visibility.OWN, Visibility.REGION):
        _network(cast, planted, level)
    for level in (Visibility.OWN, Visibility.REGION):
        action_points.add(cast.deed(), planted.word("point", level, level), TODAY, None, level == Visibility.REGION)
    session.flush()
    ids = lambda column: [str(i) for i in session.exec(select(column))]  # noqa: E731
    planted.ids |= {
        "contact_id": ids(ContactMoment.id), "number": ids(Position.id), "resolution_id": ids(Resolution.id),
        "subject_contact_id": ids(SubjectContact.id), "membership_id": ids(Membership.id),
        "activity_id": ids(NetworkActivity.id), "subject": [s.key for s in subjects(session, viewer_of(cast.lobbyist))],
        "publication_id": ids(Publication.id), "release_id": ids(PublicationRelease.id),
        "commitment_id": ids(Commitment.id), "dossier_id": ids(Dossier.id), "document_id": ids(Document.id),
    }  # fmt: skip
    planted.homes = {str(one.id): str(one.dossier_id) for one in session.exec(select(Position))}
    return cast, planted, people


def _lobby(cast: Cast, planted: Planted, level: Visibility, people: dict[str, User]) -> None:
    session, deed = cast.session, cast.deed()
    texts = ("title", "goal", "message_nl", "message_en", "request", "political_lead")
    said = {name: planted.word(f"dossier {name}", level, level) for name in texts}
    title = said.pop("title")
    group = {"group_parties": True, "lobbyist_id": cast.lobbyist.id}
    dossier = cast.open(title, visibility=level, **said, **group)
    planted.levels[str(dossier.id)] = level
    session.add(DossierReader(dossier_id=dossier.id, user_id=people["named hilversum"].id))
    member = coalition.join(deed, dossier, "", PartyKind.PARTICIPANT, MAY, PARTNER)
    company = coalition.join(deed, dossier, planted.word("party", level, level), PartyKind.COMPANY, MAY)
    coalition.say(deed, company, PartyStance.OBJECTS, MAY, planted.word("stance", level, level))
    coalition.open_round(deed, dossier, planted.word("round", level, level), TODAY + timedelta(days=9))
    coalition.say(deed, member, PartyStance.AGREES, MAY)
    passage = planted.word("outcome passage", level, level)
    request = planted.word("outcome request", level, level)
    moments.record_outcome(
        deed, dossier, request, OutcomeResult.PARTLY, MAY, passage, planted.word("source", level, level)
    )
    moments.hook(deed, dossier, "pattern:bo-mirt:2026")
    rising = list(Visibility)
    for of_row in rising[: rising.index(level) + 1]:
        _rows_of_own_width(cast, planted, dossier, of_row)
    _positions(cast, planted, dossier, level)


def _rows_of_own_width(cast: Cast, planted: Planted, dossier: Dossier, level: Visibility) -> None:
    deed, of_dossier = cast.deed(), dossier.visibility
    new = lambda where: planted.word(f"{where} ({level} in {of_dossier})", level, of_dossier)  # noqa: E731
    dossiers.note(deed, dossier, new("note"), level)
    fields = contacts.ContactFields(
        TODAY, new("message"), "talk", dossier.id, new("reply"), new("follow-up"), TODAY + timedelta(days=1), level
    )
    contact = contacts.log_contact(deed, fields, contacts.Office(new("organisation"), new("office"), new("person")))
    contacts.commit_to(deed, contact, new("promise"), TODAY + timedelta(days=1), number=new("number"))
    for host in (dossier, contact):
        words = new("document"), new("content of document")
        documents.add_file(deed, host, f"{words[0]}.txt", words[1].encode(), level, 10_000)
        documents.add_link(deed, host, new("link"), f"https://example.nl/{new('link address')}", level)
    office = contacts.stakeholder_for(deed, contacts.Office(new("stakeholder"), new("its office")))
    contacts.stake_for(deed, dossier, office, StakeRole.DECIDES, 5, 1, new("stake source"), level)


def _positions(cast: Cast, planted: Planted, dossier: Dossier, level: Visibility) -> None:
    new = lambda where, of_row, kind, owner=OWNER: planted.word(where, of_row, level, kind, owner)  # noqa: E731
    adopted = positions.Wording(
        new("inside", level, "inside"),
        new("public", level, "row"),
        new("red", level, "inside"),
        new("ground", level, "inside"),
    )
    draft = positions.draft(cast.deed(cast.coordinator), dossier, adopted)
    reason = new("dissent", level, "row")
    cast.adopt(
        draft, positions.Adoption(Gremium.BOARD, new("decision", level, "row"), MAY, MAY), dissenting={PARTNER: reason}
    )
    of_draft = Visibility.GROUP if level != Visibility.OWN else Visibility.OWN
    words = positions.Wording(*(new(f"draft {n}", of_draft, "draft") for n in range(4)))
    concept = positions.draft(cast.deed(), dossier, words, of_draft)
    documents.add_link(cast.deed(), concept, new("link of draft", of_draft, "draft"), "https://example.nl/x", of_draft)
    documents.add_link(cast.deed(), draft, new("link of position", level, "row"), "https://example.nl/x", level)
    back = new("waiting", level, "waiting"), date(2026, 5, 20), new("why", level, "waiting")
    resolutions.withdraw(cast.deed(cast.coordinator), draft, Gremium.BOARD, *back)
    if level == Visibility.OWN:
        return
    theirs = positions.Wording(
        new("their inside", Visibility.OWN, "inside", PARTNER), new("their public", Visibility.OWN, "row", PARTNER)
    )
    own = positions.draft(cast.deed(cast.haarlem), dossier, theirs)
    college = positions.Adoption(Gremium.EXECUTIVE, new("their decision", Visibility.OWN, "row", PARTNER), MAY, MAY)
    resolutions.adopt(cast.deed(cast.haarlem), own, college)


def _application(cast: Cast, planted: Planted, level: Visibility) -> None:
    new = lambda where: planted.word(f"application {where}", level, level)  # noqa: E731
    dossier = stages.start(cast.deed(), cast.call, OWNER, level)
    dossier.title = new("title")
    planted.levels[str(dossier.id)] = level
    cast.session.flush()
    stages.learn(cast.deed(), dossier, new("lesson"), dossier.version)
    dossiers.note(cast.deed(), dossier, new("note"), level)
    tasks.add_task(cast.deed(), dossier, TaskKind.TASK, TODAY + timedelta(days=3), new("task"))


def _knowledge(cast: Cast, planted: Planted) -> None:
    """A publication of the region, one that is public and was changed since, one that waits, one that was withdrawn."""
    deed, region, own = cast.deed(), Visibility.REGION, Visibility.OWN

    def fields(level: Visibility, kind: str = "row", content: str = "") -> tuple[PublicationFields, Upload]:
        new = lambda where: planted.word(f"publication {where} {kind}", level, level, kind)  # noqa: E731
        said = PublicationFields(
            PublicationKind.STUDY, new("title"), new("summary"), new("owner"), 2025, subjects=new("subject"),
            url=f"https://example.nl/{new('address')}", challenges=("A20-1",),
        )  # fmt: skip
        text = planted.word("publication content", level, level, content or kind)
        return said, Upload(f"{new('file')}.txt", text.encode(), 1000)

    first = publications.add(deed, *fields(region))
    for number in planted.levels:  # its readers see no dossier beside it that is not theirs
        links.link(deed, first, f"/dossiers/{number}")
    shown = publications.add(deed, *fields(Visibility.PUBLIC, "released"))
    release = releases.propose(deed, shown, shown.version)
    releases.confirm(cast.deed(cast.second), shown, release.id)
    publications.change(deed, shown, *fields(region), shown.version)
    waits = publications.add(deed, *fields(region))
    releases.propose(deed, waits, waits.version)
    back = publications.add(deed, *fields(own, content="gone"))  # its file goes with it, for its owner too
    publications.withdraw(deed, back, planted.word("publication why", own, own), back.version)


def _network(cast: Cast, planted: Planted, level: Visibility) -> None:
    """A person who is asked, a membership and an activity; a name is shared with consent."""
    new = lambda where: planted.word(f"network {where}", level, level)  # noqa: E731
    consent = {"consent_on": MAY, "consent_how": new("consent")} if level != Visibility.OWN else {}
    who = {
        "organisation": new("organisation"),
        "office": new("office"),
        "person": new("person"),
        "address": new("mail"),
    }
    asked = ContactPersonFields(new("subject"), **who, note=new("note"), visibility=level, **consent)
    contact_persons.add(cast.deed(), asked)
    part = MembershipFields(new("member"), new("board"), starts_on=MAY, source=new("source"), visibility=level)
    memberships.add(cast.deed(), part)
    said = {"place": new("place"), "subjects": new("theme"), "guests": new("guest"), "result": new("result")}
    activities.add(cast.deed(), ActivityFields(new("title"), TODAY, **said, visibility=level))


World = tuple[Engine, Planted, dict[str, User | None], Path]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("matrix")
    (folder / "world.db").write_bytes(sqlite_template.read_bytes())
    engine = open_engine(f"sqlite:///{folder / 'world.db'}")
    now = datetime.fromisoformat("2026-05-29T06:00:00+00:00")
    with writing(engine) as session:
        _cast, planted, people = plant(session, now)
    yield engine, planted, {"nobody": None, **people}, folder
    engine.dispose()


def told(text: str, planted: Planted, person: User | None, named: int) -> list[str]:
    """The words in a text that are not for this person."""
    words = set(re.findall(r"Kanarie\d{3}x", text, re.IGNORECASE))
    secrets = [planted.secrets[word.capitalize()] for word in words]
    return sorted(secret.where for secret in secrets if not may_read(person, secret, named))


def addresses(route: Route, planted: Planted, every_pair: bool = True) -> list[str]:
    """Every way to fill the gaps of a path: with each object there is, and with one that is not there.

    Or each position under its own dossier, under one that all see, and under one that is not there.
    """
    seen_by_all = next(id_ for id_, level in planted.levels.items() if level == Visibility.REGION)
    usual = {
        "challenge_id": "A20-1",
        "year": "2026",
        "participant_id": OWNER,
        "token": "x" * 43,
        "sha256": "0" * 64,
        "form": "json",
    }
    gaps = re.findall(r"{(\w+)(?::\w+)?}", route.path)
    choices = [[*planted.ids[gap], "987654"] if gap in planted.ids else [usual.get(gap, "1")] for gap in gaps]
    paths = []
    for values in product(*choices):
        filling = dict(zip(gaps, values, strict=True))
        of_pair = filling if {"dossier_id", "number"} <= filling.keys() else {}
        under = (planted.homes.get(of_pair.get("number", "")), seen_by_all, "987654", None)
        if not every_pair and of_pair.get("dossier_id") not in under:
            continue
        paths.append(re.sub(r"{(\w+)(:\w+)?}", lambda gap, filling=filling: filling[gap[1]], route.path))
    return paths


QUERIES = (
    "/contacten/nieuw?organisation=kanarie", "/kalender?view=lijst", "/kalender?view=kwartalen",
    "/kalender?view=lijst&show=follow_up&show=commitment", "/kalender?show=sign_off&show=position&show=application",
    "/kalender?view=kwartalen&show=moment&show=position&participant=amsterdam",
    "/dossiers?text=kanarie",
    "/zoeken?text=kanarie", "/standpunten?text=kanarie", "/verzoeken?text=kanarie", "/momenten?text=kanarie", "/contacten?text=kanarie",
    "/regelingen?text=kanarie", "/api/v1/regelingen?text=kanarie",
)  # fmt: skip


# Who differs most; everybody else is asked in `make prove`.
SOME = ("nobody", "lobbyist haarlem", "coordinator hilversum")


@pytest.mark.long
@pytest.mark.slow
def test_some_read_no_word_that_is_not_theirs_on_any_page(world: World, now: datetime) -> None:
    engine, planted, people, folder = world
    some = {name: people[name] for name in SOME}
    leaks, _ = walk(engine, planted, some, people["named hilversum"].id, now, folder, every_pair=False)
    assert leaks == []


@pytest.mark.prove
def test_nobody_reads_a_word_that_is_not_theirs_on_any_page(world: World, now: datetime) -> None:
    engine, planted, people, folder = world
    leaks, met = walk(engine, planted, people, people["named hilversum"].id, now, folder)
    assert leaks == []
    there = {token: secret for token, secret in planted.secrets.items() if secret.kind != "gone"}
    unread = {secret.where.split(" (")[0] for token, secret in there.items() if token not in met}
    assert unread == set(), "words that nobody could read prove nothing"


def walk(
    engine: Engine, planted: Planted, people: dict[str, User | None], named: int, now: datetime, folder: Path,
    every_pair: bool = True,
) -> tuple[list[tuple[str, str, str]], set[str]]:  # fmt: skip
    """Each of these people at every address: what they read that is not theirs, and all words anybody met."""
    reads = [r for r in ROUTES if r.method == "GET" and r.path != "/uitloggen"]
    paths = [path for route in reads for path in addresses(route, planted, every_pair)] + list(QUERIES)
    seen, leaks, met = 0, [], set()
    for name, person in people.items():
        with visit(engine, now, folder, person, Unlimited()) as visitor:
            key = key_of(engine, person, now)
            for path in paths:
                answer = visitor.get(path, follow_redirects=True, headers=key if path.startswith("/api/") else {})
                assert answer.status_code < 500, (name, path)
                said = (
                    re.sub("kanarie[0-9]{3}x", "", answer.text) if "/onderwerpen/" in path else answer.text
                )  # what was asked
                leaks += [(name, path, where) for where in told(said, planted, person, named)]
                met |= set(re.findall(r"Kanarie\d{3}x", answer.text))
                seen += 1
    pairs = seen * len(planted.secrets)
    print(f"\n{len(people)} viewers x {len(paths)} addresses x {len(planted.secrets)} words = {pairs} pairs")
    return leaks, met


def key_of(engine: Engine, person: User | None, now: datetime) -> dict[str, str]:
    """The header by which a program of this person comes; nobody has none."""
    if person is None:
        return {}
    with writing(engine) as session:
        deed = Deed(session, session.get_one(User, person.id), now)
        return {"Authorization": f"Bearer {make_key(deed, 'proef', ApiScope, now + timedelta(days=1))}"}


@pytest.mark.slow
def test_nothing_leaves_by_file_feed_or_mail_for_whom_it_is_not(world: World, now: datetime) -> None:
    engine, planted, people, _folder = world
    named = people["named hilversum"].id
    leaks = []
    with writing(engine) as session:
        for (name, person), kind in product(people.items(), KINDS):
            viewer = viewer_of(person) if person else viewer_of(User(role=Role.READER, participant_id=""))
            if person is None:
                viewer = type(viewer)()
            text = json.dumps(list(KINDS[kind](session, viewer, now)), default=str)
            leaks += [(name, kind, where) for where in told(text, planted, person, named)]
        for (name, person), scope in product(people.items(), FeedScope):
            if person is None:
                continue
            user = session.get_one(User, person.id)
            feed, _ = open_feed(session, user, scope, "alles", now, "A20-1" if scope == FeedScope.CHALLENGE else None)
            text = feed_file(session, feed, user, now, "https://kansenradar.example", f"{scope}{name}").decode()
            leaks += [(name, scope, where) for where in told(text.replace("\r\n ", ""), planted, user, named)]
    for hours in (0, 24, 48, 168):
        plan(engine, MAILER, now + timedelta(hours=hours), 0.5, compare_clocks=False)
    with reading(engine) as session:
        mails = list(session.exec(select(Delivery, User).where(Delivery.user_id == User.id)))
        for mail, user in mails:
            text = f"{mail.subject}{mail.written.text}{mail.written.html}{json.dumps(mail.headers)}"
            leaks += [(user.name, mail.key, where) for where in told(text, planted, user, named)]
    assert len(mails) > 3
    assert leaks == []


# What somebody of another organisation may do where they see it; everything else is the owner's alone.
OPEN_VERBS = {
    "/dossiers/{dossier_id:id}/notities", "/dossiers/{dossier_id:id}/krachtenveld",
    "/dossiers/{dossier_id:id}/standpunten", "/dossiers/{dossier_id:id}/coalitie/houding",
    "/dossiers/{dossier_id:id}/standpunten/vaststellen",  # of an own draft, by an own body
    "/dossiers/{dossier_id:id}/standpunten/{number:id}/afwijken", "/dossiers/{dossier_id:id}/standpunten/{number:id}/besluit",
    "/dossiers/{dossier_id:id}/besluiten/{resolution_id:id}/bevestigen",
    "/dossiers/{dossier_id:id}/besluiten/{resolution_id:id}/vervallen",
    "/dossiers/{dossier_id:id}/documenten", "/dossiers/{dossier_id:id}/standpunten/{number:id}/documenten",
    "/contacten/{contact_id:id}/documenten",
    "/dossiers/{dossier_id:id}/volgen",
}  # fmt: skip
TYPED = {
    "title": "Overgenomen", "visibility": "public", "seen": "1", "to": "exploring", "result": "not", "text": "x",
    "moment": "pattern:prinsjesdag:2026", "request": "x", "outcome": "not", "public": "x", "internal": "x",
    "gremium": "board", "decision": "B", "adopted_on": "2026-05-01", "valid_from": "2026-05-01", "reason": "x",
    "kind": "company", "name": "Bedrijf", "question": "x", "due_on": "2026-06-30", "member": "1", "stance": "agrees",
    "organisation": "x", "role": "ally", "promise": "x", "state": "kept", "why": "x", "lead": "haarlem", "go": "go",
    "decided": "awarded", "decided_on": "2026-05-01", "learnt": "x", "participant_id": "haarlem", "year": "2026",
    "own_money": "1", "requested": "1", "state_aid": "none", "position": "1", "what": "correction",
}  # fmt: skip


def kept(engine: Engine) -> str:
    """Everything of the lobby as it stands, to see that nothing changed."""
    tables = ("dossier", "position", "contact_moment", "commitment", "log_entry", "coalition_member", "coalition_stance", "sign_off_round", "stake", "outcome", "resolution", "dissent", "application", "cofunding", "dossier_reader", "document", "publication", "publication_release")  # fmt: skip
    with engine.connect() as connection:
        rows = {t: connection.execute(SQLModel.metadata.tables[t].select()).all() for t in tables}
    return json.dumps(rows, default=str)


@pytest.mark.long
@pytest.mark.slow
def test_for_some_nothing_is_there_and_verbs_are_the_owners(world: World, now: datetime) -> None:
    engine, planted, people, folder = world
    chosen = {name: person for name, person in people.items() if name in (*SOME, "named hilversum")}
    assert_verbs_are_the_owners((engine, planted, chosen, folder), now)


@pytest.mark.prove
def test_who_does_not_see_it_finds_nothing_there_and_verbs_are_the_owners(world: World, now: datetime) -> None:
    assert_verbs_are_the_owners(world, now)


def assert_verbs_are_the_owners(world: World, now: datetime) -> None:
    """A deed on what one may not see answers as on what is not there; on what one sees of another it is refused."""
    engine, planted, people, folder = world
    named = people["named hilversum"].id
    gap = re.compile(r"{(dossier_id|contact_id)")
    verbs = [r for r in ROUTES if r.method == "POST" and gap.search(r.path)]
    levels = _levels(engine, planted)
    before, wrong, pairs = kept(engine), [], 0
    for name, person in people.items():
        if person is None or person.participant_id == OWNER:
            continue
        with visit(engine, now, folder, person, Unlimited()) as visitor:
            for route in verbs:
                nothing = _deed(visitor, _absent(route.path))
                for path, key in _on_each(route.path, levels):
                    hidden = not all(sees(person, level, OWNER, named) for level in levels[key])
                    if not hidden and route.path in OPEN_VERBS:
                        continue
                    answer = _deed(visitor, path)
                    pairs += 1
                    if (hidden and answer != nothing) or answer[0] == 303 or answer[0] >= 500:
                        wrong.append((name, path, answer[0], hidden))
    print(f"\n{len(people)} people x verbs x objects = {pairs} pairs")
    assert wrong == []
    assert kept(engine) == before


Key = tuple[str, str]


def _levels(engine: Engine, planted: Planted) -> dict[Key, tuple[str, ...]]:
    """Each object of the owner that an address can name -> the visibilities that all must be open."""
    with reading(engine) as session:
        rows = session.exec(select(ContactMoment).order_by(col(ContactMoment.id)))
        talks = {("contact_id", str(c.id)): (c.visibility, planted.levels[str(c.dossier_id)]) for c in rows}
    return {("dossier_id", id_): (level,) for id_, level in planted.levels.items()} | talks


def _on_each(path: str, levels: dict[Key, tuple[str, ...]]) -> list[tuple[str, Key]]:
    gap = "dossier_id" if "{dossier_id" in path else "contact_id"
    return [(_filled(path, gap, id_), (name, id_)) for name, id_ in levels if name == gap]


def _absent(path: str) -> str:
    return _filled(path, "dossier_id" if "{dossier_id" in path else "contact_id", "987654")


def _filled(path: str, name: str, value: str) -> str:
    return re.sub(r"{(\w+)(:\w+)?}", lambda gap: value if gap[1] == name else "1", path)


def _deed(visitor: Visitor, path: str) -> tuple[int, bytes]:
    answer = visitor.send_form(path, **TYPED)
    return answer.status_code, answer.content
