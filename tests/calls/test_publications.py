"""The way to a call is read from sources, references and moments, and completed by people."""

from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from db.models import Call, ChainLink, Deadline, Reference, Sighting
from db.session import reading, writing
from db.vocabulary import DeadlineKind, Nature, Visibility
from db.vocabulary_lobby import ChainKind
from tests.make.crawls import closes, make_listing, store
from tests.make.lobby import Cast, gather
from tests.make.pages import visit
from tracker.calls.identity import same_reference
from tracker.calls.mentions import named_in
from tracker.calls.publications import NewLink, add_link, chain, withdraw_link
from tracker.errors import Incomplete, NotAllowed, NotFound
from tracker.lobby import moments
from tracker.rights import viewer_of

pytestmark = pytest.mark.one_database  # its SQL stands in rooms whose own tests run on both

OUTSIDE = "https://bron.example/stuk"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Bekendgemaakt in Staatscourant 2026, 12345.", {"stcrt-2026-12345"}),
        ("Stcrt. 2026, nr. 77 en Stb. 2025, 8", {"stcrt-2026-77", "stb-2025-8"}),
        ("https://zoek.officielebekendmakingen.nl/prb-2026-901.html", {"prb-2026-901"}),
        ("Keten-ID WGK 12345, brief 2026D01234", {"wgk012345", "2026d01234"}),
        ("Ares(2026)1234567", {"ares(2026)1234567"}),
        ("In 2026, 12 gemeenten; begroting 2026 2027", set()),
        ("", set()),
    ],
)
def test_official_references_are_found_in_running_text(text: str, names: set[str]) -> None:
    assert set(named_in(text).values()) == names


@pytest.fixture
def cast(session: Session, now: datetime) -> Cast:
    return gather(session, now)


def said(cast: Cast, call: Call, source: str, references: tuple[str, ...] = (), **fields: object) -> Sighting:
    """One source speaks of a call, with its references indexed as a crawl does."""
    row = Sighting(
        source=source,
        external_id=f"{source}-{call.id}",
        call_id=call.id,
        url=f"{OUTSIDE}/{source}",
        fields={"title": f"Volgens {source}", **fields},
        fingerprint="f",
        references=list(references),
        first_seen=cast.now,
        last_seen=cast.now,
    )
    cast.session.add(row)
    cast.session.flush()
    cast.session.add_all(Reference(reference=same_reference(r), sighting_id=row.id) for r in references)
    cast.session.flush()
    return row


def moment(cast: Cast, title: str) -> Call:
    row = Call(nature=Nature.MOMENT, title=title, language="nl", url=OUTSIDE, first_seen=cast.now, last_seen=cast.now)
    cast.session.add(row)
    cast.session.flush()
    return row


def test_a_call_leads_back_to_its_publication_its_consultation_and_its_letter(cast: Cast) -> None:
    consultation, letter = moment(cast, "Consultatie"), moment(cast, "Brief")
    said(cast, cast.call, "rvo", summary="Zie Staatscourant 2026, 500. Voorbereid in WGK012345.")
    said(cast, cast.call, "bekendmakingen", ("stcrt-2026-500",), published_on="2026-04-20")
    days = [{"kind": "consultation", "day": "2026-02-01"}, {"kind": "opens", "day": "2026-01-04"}]
    said(cast, consultation, "internetconsultatie", ("WGK012345",), deadlines=days, summary="Na brief 2025D01234")
    said(cast, letter, "tweede_kamer", ("2025D01234",), published_on="2025-11-03", type_of_action="Brief regering")
    opens = Deadline(call_id=cast.call.id, kind=DeadlineKind.OPENS, day=date(2026, 5, 1), modified_at=cast.now)
    cast.session.add(opens)
    found = chain(cast.session, cast.call, viewer_of(cast.haarlem))
    assert [(link.kind, link.day, link.call_id) for link in found] == [
        (ChainKind.LETTER, date(2025, 11, 3), letter.id),
        (ChainKind.CONSULTATION, date(2026, 1, 4), consultation.id),
        (ChainKind.PUBLICATION, date(2026, 4, 20), None),
        (ChainKind.OPENING, date(2026, 5, 1), None),
    ]


def test_a_moment_of_a_dossier_on_the_call_is_part_of_the_way_for_who_sees_the_dossier(cast: Cast) -> None:
    consultation = moment(cast, "Consultatie warmte")
    said(cast, consultation, "internetconsultatie", published_on="2026-03-01")
    own = cast.open("Alleen van ons", visibility=Visibility.OWN)
    moments.hook(cast.deed(), own, f"call:{consultation.id}")
    (link,) = chain(cast.session, cast.call, viewer_of(cast.lobbyist))
    assert (link.kind, link.call_id, link.day) == (ChainKind.CONSULTATION, consultation.id, date(2026, 3, 1))
    assert chain(cast.session, cast.call, viewer_of(cast.haarlem)) == []


def test_a_call_with_no_known_way_has_an_empty_chain(cast: Cast) -> None:
    said(cast, cast.call, "rvo", summary="Niets over vroeger")
    assert chain(cast.session, cast.call, viewer_of(cast.lobbyist)) == []


def test_a_person_adds_a_step_and_takes_it_off_again(cast: Cast) -> None:
    new = NewLink(ChainKind.LETTER, "Brief over warmte", f"{OUTSIDE}/brief", date(2025, 10, 1))
    link = add_link(cast.session, cast.call, new, cast.lobbyist, cast.now)
    (shown,) = chain(cast.session, cast.call, viewer_of(cast.haarlem))
    assert (shown.title, shown.person, shown.own) == ("Brief over warmte", cast.lobbyist.name, False)
    with pytest.raises(NotAllowed, match="alleen de organisatie"):
        withdraw_link(cast.session, cast.call, link.id, cast.haarlem, cast.now)
    withdraw_link(cast.session, cast.call, link.id, cast.lobbyist, cast.now)
    assert chain(cast.session, cast.call, viewer_of(cast.haarlem)) == []
    with pytest.raises(NotFound):
        withdraw_link(cast.session, cast.call, link.id, cast.lobbyist, cast.now)


def test_a_step_moves_along_when_two_calls_are_joined(cast: Cast) -> None:
    add_link(cast.session, cast.call, NewLink(ChainKind.NEWS, "Bericht", OUTSIDE), cast.lobbyist, cast.now)
    kept = moment(cast, "De andere")
    cast.call.joined_into = kept.id
    cast.session.flush()
    assert [link.title for link in chain(cast.session, kept, viewer_of(cast.haarlem))] == ["Bericht"]


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "stcrt-2026-1", "https://", "ftp://bron.example/x"])
def test_a_step_without_a_place_to_read_it_is_refused(cast: Cast, url: str) -> None:
    with pytest.raises(Incomplete, match="adres"):
        add_link(cast.session, cast.call, NewLink(ChainKind.NEWS, "Bericht", url), cast.lobbyist, cast.now)
    with pytest.raises(NotAllowed):
        add_link(cast.session, cast.call, NewLink(ChainKind.NEWS, "Bericht", OUTSIDE), cast.reader, cast.now)
    assert cast.session.exec(select(ChainLink)).all() == []


def test_the_chain_stands_on_the_call_and_on_its_dossier(engine: Engine, now: datetime, tmp_path: Path) -> None:
    with writing(engine) as session:
        cast = gather(session, now)
        dossier, call = cast.open().id, cast.call.id
    form = {"link_kind": "letter", "link_title": "<b>Brief</b> & meer", "link_url": f"{OUTSIDE}/brief"}
    with visit(engine, now, tmp_path, cast.lobbyist) as visitor:
        wrong = visitor.send_form(f"/regelingen/{call}/keten", **{**form, "link_url": "brief.pdf"})
        assert (wrong.status_code, "Neem het adres over" in wrong.text) == (422, True)  # type: ignore[attr-defined]
        assert visitor.send_form(f"/regelingen/{call}/keten", **form).status_code == 303  # type: ignore[attr-defined]
        for page in (f"/regelingen/{call}", f"/dossiers/{dossier}"):
            assert "&lt;b&gt;Brief&lt;/b&gt; &amp; meer" in visitor.get(page).text
        with reading(engine) as session:
            link = session.exec(select(ChainLink)).one().id
        assert visitor.send_form(f"/regelingen/{call}/keten/{link}/weg").status_code == 303  # type: ignore[attr-defined]
        assert "&lt;b&gt;Brief" not in visitor.get(f"/regelingen/{call}").text
        assert visitor.send_form(f"/regelingen/{call}/keten/999/weg").status_code == 404  # type: ignore[attr-defined]


def words(cast: Cast, source: str, title: str, summary: str = "", references: tuple[str, ...] = ()) -> Call:
    """A text as a crawl stores it: found by its words, with a page of its own."""
    listing = make_listing(title, source=source, title=title, summary=summary, references=references, nature="moment")
    store(cast.session, [listing], cast.now, source=source)
    return cast.session.exec(select(Call).where(Call.title == title)).one()


def titled(cast: Cast, title: str, references: tuple[str, ...] = (), number: int = 1) -> Call:
    until = closes(f"2026-10-{number:02}")  # two pages of one title and window are one call whose address moved
    store(cast.session, [make_listing(number, title=title, references=references, deadlines=(until,))], cast.now)
    return cast.session.exec(select(Call).order_by(col(Call.id).desc())).first() or cast.call


def steps(cast: Cast, call: Call) -> list[tuple[str, str]]:
    found = chain(cast.session, call, viewer_of(cast.lobbyist))
    return [(link.title, link.names) for link in found if link.names]


NAME = "Subsidieregeling circulaire ketens in de bouw"


@pytest.mark.parametrize(
    ("references", "text", "said"),
    [
        (("stcrt-2026-500",), "Zie Staatscourant 2026, nr. 500.", "Staatscourant 2026, nr. 500"),
        (("WGK012345",), "Na consultatie WGK 12345 is de tekst aangepast", "WGK 12345"),
        (("2026D01234",), "In vervolg op 2026D01234", "2026D01234"),
        (("LIFE-2027-CE-CITY",), "De call life-2027-ce-city biedt kansen", "life-2027-ce-city"),
        ((), f"Vragen over de {NAME.upper()}, en hoe het loopt", NAME),
    ],
)
def test_a_text_that_names_a_call_is_a_step_with_the_words_it_does_so_in(
    cast: Cast, references: tuple[str, ...], text: str, said: str
) -> None:
    call = titled(cast, NAME, references)
    assert steps(cast, call) == []
    about = words(cast, "rijksoverheid", "Kabinet informeert de Kamer", text)
    assert steps(cast, call) == [("Kabinet informeert de Kamer", said)]
    (link,) = [link for link in chain(cast.session, call, viewer_of(cast.haarlem)) if link.names]
    assert (link.kind, link.call_id) == (ChainKind.NEWS, about.id)


def test_news_of_rvo_stands_with_the_scheme_that_it_names(cast: Cast) -> None:
    call = titled(cast, NAME)
    words(cast, "rvo_news", "Budget bijna op", f"Van het budget van de {NAME} is nog 4% over.")
    [link] = [link for link in chain(cast.session, call, viewer_of(cast.haarlem)) if link.names]
    assert (link.kind, link.title) == (ChainKind.NEWS, "Budget bijna op")


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (NAME, f"Over de {NAME} 2027"),
        (NAME, f"Over de {NAME}, ronde 2"),
        (NAME, "Subsidieregeling voor circulaire ketens, ook in de bouw"),
        ("Subsidie wonen en zorg", "Een subsidie wonen en zorg"),
        (NAME, "Staatscourant 2026, 5001 en Stb. 2026, 500; stcrt-2025-500"),
    ],
)
def test_what_may_mean_another_call_is_no_step(cast: Cast, title: str, text: str) -> None:
    call = titled(cast, title, ("stcrt-2026-500",))
    words(cast, "rijksoverheid", "Bericht", text)
    assert steps(cast, call) == []


def test_a_title_or_reference_that_two_calls_have_says_not_which_is_meant(cast: Cast) -> None:
    first = titled(cast, NAME, ("BWBR0012345",))
    titled(cast, f"{NAME}: gemeenten", ("BWBR0099999",), 2)
    about = words(cast, "rijksoverheid", "Bericht", f"De {NAME}: gemeenten kunnen aanvragen")
    assert steps(cast, first) == [], "the longer title is meant"
    words(cast, "rijksoverheid", "Nog een bericht", f"De {NAME} opent, zie BWBR0012345")
    assert [title for title, _ in steps(cast, first)] == ["Nog een bericht"]
    titled(cast, NAME, ("BWBR0012345",), 3)
    assert steps(cast, first) == []
    assert about.id


def test_a_publication_that_changes_a_call_names_it_by_its_title(cast: Cast) -> None:
    call = titled(cast, NAME)
    listing = make_listing(5, source="bekendmakingen", title=f"Wijziging van de {NAME}", url="https://stcrt.nl/5")
    store(cast.session, [listing], cast.now, source="bekendmakingen", kind="stream")
    assert steps(cast, call) == [(f"Wijziging van de {NAME}", NAME)]
    assert [link.kind for link in chain(cast.session, call, viewer_of(cast.haarlem))] == [ChainKind.PUBLICATION]
