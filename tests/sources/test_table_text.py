"""The cells of a table stay apart as text: run together they read as other numbers and days."""

from datetime import date

from scrapers.facts.facts import plain_value
from scrapers.facts.read import read_facts
from scrapers.texts import plain_text

ROUNDS = (
    "<table><tr><th>Ronde</th><th>Opent</th><th>Sluit</th></tr><tr><td>1</td><td>4 januari 2027</td>"
    "<td><p>26 februari 2027</p></td></tr><tr><td>2<td>3 mei 2027<td>25 juni 2027</table><p>Na afloop.</p>"
)


def test_the_number_of_a_row_is_not_read_into_the_day_beside_it() -> None:
    text = plain_text(ROUNDS)
    assert text.splitlines() == [
        "Ronde | Opent | Sluit", "1 | 4 januari 2027 | 26 februari 2027", "2 | 3 mei 2027 | 25 juni 2027", "Na afloop.",
    ]  # fmt: skip
    shown = read_facts(text, "nl", date(2026, 12, 1)).shown
    assert {name: str(plain_value(answer.value)) for name, answer in shown.items()} == {
        "opens": "2027-01-04", "closes": "2027-02-26",
    }  # fmt: skip


def test_a_label_and_its_value_in_two_cells_have_a_blank_between_them() -> None:
    assert plain_text("<table><tr><td>Sluit</td><td>4 januari 2027</td></tr></table>") == "Sluit 4 januari 2027"


def test_a_table_that_lays_out_a_page_keeps_its_paragraphs() -> None:
    cells = "<td><h2>Voor wie</h2><p>Gemeenten</p></td><td>Links</td><td>Rechts</td>"
    assert plain_text(f"<table><tr>{cells}</tr></table>").splitlines() == ["Voor wie", "Gemeenten", "Links Rechts"]
