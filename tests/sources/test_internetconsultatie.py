"""The recording of the internet consultations, read."""

from datetime import date
from pathlib import Path

from db.vocabulary import DeadlineKind, Nature
from scrapers.recordings import replay
from scrapers.sources.internetconsultatie import Internetconsultatie

RECORDING = Path(__file__).parents[1] / "recordings/internetconsultatie"


def test_active_consultations_are_read_from_their_own_pages() -> None:
    crawled = replay(Internetconsultatie, RECORDING)
    assert (crawled.stopped, crawled.unreadable, len(crawled.pages)) == ("", (), 4)
    assert [m.external_id for m in crawled.listings] == ["wetregieruimte", "regelingwarmte"]
    first = crawled.listings[0]
    assert (first.nature, first.references) == (Nature.MOMENT, ("WGK028101",))
    assert first.summary.startswith("Het voorstel geeft gemeenten")
    assert (first.deadlines[1].kind, first.deadlines[1].day) == (DeadlineKind.CONSULTATION, date(2026, 6, 26))


def test_spaces_in_the_list_and_other_tables_on_the_page_cost_nothing(tmp_path: Path) -> None:
    for file in RECORDING.iterdir():
        text = file.read_text("utf-8").replace("Status: Actief", "<b>Status:</b>  Actief ")
        text = text.replace("<h2>In het kort", "<table><tr><th>a</th><td>b</td><td>c</td></tr></table><h2>In het kort")
        (tmp_path / file.name).write_text(text, "utf-8")
    crawled = replay(Internetconsultatie, tmp_path)
    assert (len(crawled.listings), crawled.unreadable) == (2, ())
