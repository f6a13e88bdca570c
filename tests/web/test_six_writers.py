"""Six people write at once in every form there is, found by walking the pages: nothing is lost, doubled or broken."""

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, col, select

from db.models import (
    Call,
    Dossier,
    Identity,
    KeptForm,
    Position,
    ReviewPoint,
    Sighting,
    Verdict,
)
from db.session import open_engine, reading, writing
from db.vocabulary import Role
from db.vocabulary_lobby import Gremium, OutcomeResult, PartyKind
from tests.make.addresses import filled, page_addresses, plant
from tests.make.forms import FORMS, Form, bare_form, forms_on, route_of
from tests.make.pages import Visitor, make_user, settings_for, visit, visit_together
from tests.make.seed_pages import seeded_people
from tests.web.six_forms import BEFORE, NEVER, PAGES, RESULT, SAID, SHOWN_ONCE
from tests.web.test_rights import Unlimited
from tracker.lobby import coalition, contacts, moments, resolutions
from tracker.rights import Deed

SIX = range(6)
HISTORY = {"audit_entry", "log_entry", "logged_change", "press", "kept_form", "web_session"}
Rows = dict[str, list[str]]

# A form of each way of keeping, with its page: a version, how rows stand, a row for each, one that stands, a button.
SOME = {
    "/dossiers/{dossier_id:id}/bewerken": "/dossiers/1/bewerken",
    "/beheer/mensen/{user_id:id}": "/beheer/mensen/1",
    "/contacten": "/contacten/nieuw",
    "/dossiers/{dossier_id:id}/standpunten": "/dossiers/1/standpunten",
    "/dossiers/{dossier_id:id}/fase": "/dossiers/1",
}


@pytest.fixture
def database_url(world_url: str) -> str:
    return world_url


def fill(session: Session, tmp: Path, now: datetime) -> dict[str, str]:
    """Add what the pages need to show every form they have; gives what fills the gaps of addresses."""
    gaps = plant(session, settings_for(tmp), now)
    people = seeded_people(session)
    me, second = people["administrator"], people["coordinator"]
    deed = Deed(session, me, now)
    dossier = session.get_one(Dossier, 1)
    member = coalition.join(deed, dossier, "Warmtebedrijf", PartyKind.COMPANY, date(2026, 5, 1))
    assert member.id
    coalition.open_round(deed, dossier, "Akkoord?", date(2026, 6, 30))
    moments.record_outcome(deed, dossier, "Ruimte", OutcomeResult.PARTLY, date(2026, 5, 1), "artikel 3", "https://x.nl")
    fields = contacts.ContactFields(date(2026, 5, 20), "Gesproken", "talk", 1, "Ja", "Bellen", date(2026, 6, 4))
    contact = contacts.log_contact(deed, fields, contacts.Office("Ministerie van VRO", "Directeur"))
    contacts.commit_to(deed, contact, "Een brief", date(2026, 6, 30))
    held = session.exec(select(Position).where(Position.dossier_id == 1, Position.state == "adopted")).first()
    assert held is not None
    resolutions.withdraw(Deed(session, second, now), held, Gremium.BOARD, "B-2", date(2026, 5, 20), "ingehaald")
    account = {"issuer": "https://aanbieder.example", "subject": "1", "linked_at": now, "last_at": now}
    session.add(Identity(user_id=people["reader"].id, **account))
    call, day = session.get_one(Call, 3), {"part": "decide", "day": now.date(), "what": "beslissen"}
    session.add(
        ReviewPoint(review_id=1, number=6, kind="call", subject_id=3, title=call.title, link="/regelingen/3", **day)
    )
    session.add(KeptForm(user_id=me.id, path="/contacten", fields=[["message", "Wat ik nog typte"]], at=now))
    for sighting, call in session.exec(select(Sighting, Call).where(Sighting.call_id == Call.id)):
        sighting.fields = {"title": call.title, "url": call.url, "language": call.language, **sighting.fields}
    session.flush()
    return gaps | {"contact_id": str(contact.id)}


@dataclass
class World:
    """One database with everything in it, and six people at its pages, with a browser each."""

    engine: Engine
    visitors: list[Visitor]

    def rows(self) -> Rows:
        """Every row of what is kept, as text, by table; what only remembers the past is left out."""
        with self.engine.connect() as connection:
            tables = [t for t in SQLModel.metadata.sorted_tables if t.name not in HISTORY]
            return {t.name: [json.dumps(list(r), default=str) for r in connection.execute(t.select())] for t in tables}


def at_once(deeds: list[Callable[[], Any]]) -> list[Any]:
    """What each gave, done in the same moment."""
    gate, given = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(number: int) -> None:
        gate.wait(30)
        given[number] = deeds[number]()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return given


@contextmanager
def opened(engine: Engine, tmp: Path, now: datetime, same: bool) -> Iterator[World]:
    """Six administrators at the pages, or one of them in six browsers."""
    with writing(engine) as session:
        me = seeded_people(session)["administrator"]
        others = [make_user(session, now, Role.ADMINISTRATOR, "amsterdam", f"zes{n}@amsterdam.nl") for n in SIX]
    with visit_together(engine, now, tmp, [me] * len(SIX) if same else others, Unlimited()) as visitors:
        yield World(engine, visitors)


def word(who: int, name: str) -> str:
    """A word that only this writer types in this field."""
    return f"Woord{who}{''.join(c for c in name if c.isalnum())}"


def words_of(form: Form, who: int, apart: bool) -> dict[str, str]:
    """Each free field with a word of this writer's own; ``apart``: else the first names the same thing for all six."""
    said = {name: word(who, name) for name in form.words}
    amounts = {name: str(70_101 + 7 * who) for name in form.amounts}
    if form.words and not apart:
        said[form.words[0]] = word(9, form.words[0])
    for name in form.words:
        said[name] = said[name] if "url" not in name else f"https://voorbeeld.nl/{said[name]}"
    return said | amounts


def form_of(visitor: Visitor, path: str, page: str, gaps: dict[str, str]) -> Form:
    """The form of a route as it stands on that page now, of several the one with most to write, or its button alone."""
    there = [
        form for form in (forms_on(visitor, page) if page else []) if (r := route_of(form.action)) and r.path == path
    ]
    if not there:
        there = [bare_form(visitor, re.sub(r"{(\w+)(:\w+)?}", lambda gap: gaps.get(gap[1], "1"), path))]
    form, said = max(there, key=lambda form: len(form.words)), SAID.get(path, {})
    form.words = [name for name in form.words if name not in said]
    form.fields = [(name, value) for name, value in form.fields if name not in said] + list(said.items())
    return form


def pressed_before(world: World, path: str, gaps: dict[str, str]) -> str:
    """Each of the six in turn presses what must stand before this form can be kept; gives the page it led to."""
    led = ""
    for before, page, more in BEFORE.get(path, ()):
        answers = []
        for who, visitor in reversed(list(enumerate(world.visitors, 10))):
            form = form_of(visitor, before, page_of(page, led, gaps), gaps)
            form.fields = [(name, value) for name, value in form.fields if name not in more] + list(more.items())
            form.words = [name for name in form.words if name not in more]
            answers.append(send(visitor, form, words_of(form, who, True)))
        kept = [answer for answer in answers if was_kept(before, outcome(answer))]
        assert kept, (path, before, [answer.text[-9000:] for answer in answers[:1]])
        led = kept[0].headers.get("location", "").split("#")[0]
    return led


def page_of(page: str, led: str, gaps: dict[str, str]) -> str:
    """The address of a page of the list, or the one that was led to."""
    return led if page == RESULT else filled(page, gaps) if page else ""


def was_kept(path: str, became: str) -> bool:
    """Whether something stands that did not; what is shown once stands too."""
    return became == "kept" or (became == "shown" and path in SHOWN_ONCE)


def send(visitor: Visitor, form: Form, said: dict[str, str]) -> Any:
    """Send it as a browser does, and stay at the answer."""
    there = {"Referer": form.page}
    return visitor.post(form.action, data=_pairs(form.typed(**said)), headers=there, follow_redirects=False)


def write_at_once(world: World, forms: list[Form], apart: bool) -> tuple[Counter[str], list[str]]:
    """Six who loaded the same page send its form: what became of each, and what was lost of who was told it was kept."""
    said = [words_of(form, who, apart) for who, form in enumerate(forms)]
    sent = zip(world.visitors, forms, said, strict=True)
    answers = at_once([lambda v=v, f=f, s=s: send(v, f, s) for v, f, s in sent])
    there = json.dumps(world.rows())
    kept = [who for who, answer in enumerate(answers) if outcome(answer) == "kept"]
    names = {name for who in kept for name, text in said[who].items() if text in there}  # what is kept as it is typed
    lost = [text for who in kept for name, text in said[who].items() if name in names and text not in there]
    return Counter(outcome(answer) for answer in answers), lost


def outcome(answer: Any) -> str:
    """Kept, told why not, only shown, or failed."""
    if answer is None or answer.status_code >= 500:
        return "failed"
    if answer.status_code == 303:
        told = any(f"gedaan={word}" in answer.headers["location"] for word in ("intussen", "waarom", "na-termijn"))
        return "told" if told else "kept"
    return "shown" if answer.status_code == 200 else "told"


def _pairs(fields: list[tuple[str, str]]) -> dict[str, list[str]]:
    """As the client takes them: several values of a name are a list."""
    gathered: dict[str, list[str]] = {}
    for name, value in fields:
        gathered.setdefault(name, []).append(value)
    return gathered


def press_at_once(world: World, form: Form) -> tuple[Counter[str], list[str]]:
    """One person presses one button six times in the same moment: the tables where more than one press is found."""
    said, before = words_of(form, 7, True), world.rows()
    answers = at_once([lambda: send(world.visitors[0], form, said) for _ in SIX])
    after = world.rows()
    landed = {answer.headers["location"] for answer in answers if outcome(answer) == "kept"}
    doubled = [f"{table}: {text}" for table in after for text in _twice(before[table], after[table], said)]
    return Counter(outcome(answer) for answer in answers), doubled + ([str(landed)] if len(landed) > 1 else [])


def _twice(before: list[str], after: list[str], said: dict[str, str]) -> list[str]:
    """The words of a press that stand in more than one new row of a table."""
    new = Counter(after) - Counter(before)
    return [text for text in said.values() if sum(n for row, n in new.items() if f'"{text}"' in row) > 1]


def found_forms(engine: Engine, tmp: Path, now: datetime, gaps: dict[str, str]) -> dict[str, str]:
    """Each form's route with the page where it was first met, looked for by an administrator."""
    with reading(engine) as session:
        me = seeded_people(session)["administrator"]
        more = [f"/dossiers/{d}" for d in session.exec(select(Dossier.id)) if d]
    pages = [path for path, signed_out in page_addresses(gaps) if not signed_out] + more
    pages += [f"/aanvragen/{page.rsplit('/', 1)[1]}" for page in more]
    met: dict[str, str] = {}
    with visit(engine, now, tmp, me, Unlimited()) as visitor:
        for page in dict.fromkeys(pages):
            for form in forms_on(visitor, page):
                route = route_of(form.action)
                if route is not None:
                    met.setdefault(route.path, page)
    return met


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, sqlite_world: Path, now: datetime) -> dict[str, str]:
    """Where each form stands; found once, since the ids of a seeded world are the same on both databases."""
    folder = tmp_path_factory.mktemp("six")
    (folder / "world.db").write_bytes(sqlite_world.read_bytes())
    engine = open_engine(f"sqlite:///{folder / 'world.db'}")
    with writing(engine) as session:
        gaps = fill(session, folder, now)
    met = found_forms(engine, folder, now, gaps)
    engine.dispose()
    return met


ALONE = ("/uitloggen", "/inloggen", "/inloggen/link/{token}")  # end or begin a sign-in, and so are pressed alone
PRIVATE = re.compile(
    "/(abonnementen|kalender/abonneren|account|getypt)"
)  # one's own: the six are one person's browsers
WRITTEN = [route.path for route in FORMS if route.path not in ALONE]


def assert_nothing_is_lost(engine: Engine, pages: dict[str, str], tmp_path: Path, now: datetime, path: str) -> None:
    """Six write the same thing, six write each their own, and one presses six times."""
    with writing(engine) as session:
        gaps = fill(session, tmp_path, now)
    counts, wrong = [], []
    with opened(engine, tmp_path, now, bool(PRIVATE.match(path))) as world:
        led = pressed_before(world, path, gaps)
        page = page_of(PAGES[path], led, gaps) if path in PAGES else pages.get(path, "")
        form = lambda visitor: form_of(visitor, path, page, gaps)  # noqa: E731
        for apart in (False, True):
            became, lost = write_at_once(world, [form(visitor) for visitor in world.visitors], apart)
            counts.append(dict(became))
            wrong += [f"lost: {text}" for text in lost]
        became, doubled = press_at_once(world, form(world.visitors[0]))
        counts.append(dict(became))
        wrong += [f"doubled: {text}" for text in doubled]
    print(f"\n{engine.dialect.name:10} {path:70} same {counts[0]} own {counts[1]} pressed {counts[2]}")
    assert not any("failed" in count for count in counts), counts
    assert wrong == []
    kept = any(was_kept(path, became) for count in counts for became in count)
    assert kept == (path not in NEVER), (counts, NEVER.get(path, "nobody's press was kept, so nothing was tried"))


@pytest.mark.parametrize("path", SOME)
def test_six_who_write_at_once_in_some_forms_lose_nothing(
    engine: Engine, tmp_path: Path, now: datetime, path: str
) -> None:
    assert_nothing_is_lost(engine, SOME, tmp_path, now, path)


@pytest.mark.prove
@pytest.mark.parametrize("path", WRITTEN)
def test_six_who_write_at_once_in_any_form_lose_nothing(
    engine: Engine, pages: dict[str, str], tmp_path: Path, now: datetime, path: str
) -> None:
    assert_nothing_is_lost(engine, pages, tmp_path, now, path)


def test_twenty_equal_deeds_at_once_give_one_result(engine: Engine, tmp_path: Path, now: datetime) -> None:
    """Without the mark of a page, so that it is the deed itself that counts once."""
    with reading(engine) as session:
        me = seeded_people(session)["administrator"]
    judged = {"say": "yes", "challenge": "A20-1-circulair"}
    with visit_together(engine, now, tmp_path, [me], Unlimited()) as (visitor,):
        answers = at_once([lambda: visitor.send_form("/regelingen/7/oordeel", **judged)] * 20)
    assert {answer.status_code for answer in answers} == {303}
    standing = select(Verdict).where(Verdict.user_id == me.id, Verdict.call_id == 7, col(Verdict.undone_at).is_(None))
    with reading(engine) as session:
        assert len(session.exec(standing).all()) == 1
