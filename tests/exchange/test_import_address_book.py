"""Cards as programs write them: folded lines, letters as bytes, a name in parts; who is in them, as they would be kept."""

import pytest

from tracker.exchange.import_address_book import guess, is_whole, people_of, read_address_book
from tracker.lobby.contacts import Office


def people(card: str) -> list[tuple[str, str, str, str]]:
    book = read_address_book(f"BEGIN:VCARD\r\n{card}END:VCARD\r\n".encode())
    return [(who.person, who.organisation, who.office, who.address) for who in people_of(book, guess(book.columns))]


@pytest.mark.parametrize(
    ("card", "who"),
    [
        (
            "VERSION:3.0\r\nN:Jansen;Jan;;;\r\nFN:Jan Jansen\r\nORG:TNO;Warmte\r\nTITLE:hoofd\\, warmte\r\n"
            "item1.EMAIL;TYPE=INTERNET:jan@tno.exa\r\n mple\r\n",
            ("Jan Jansen", "TNO", "hoofd, warmte", "jan@tno.example"),
        ),
        (
            "VERSION:4.0\r\nFN:E\u00e9n Naam\r\nORG:TNO\r\nTEL;VALUE=uri;TYPE=work:tel:+31-20-555\r\n",
            ("E\u00e9n Naam", "TNO", "", "+31-20-555"),
        ),
        (  # Outlook
            "VERSION:2.1\r\nFN;CHARSET=Windows-1252;ENCODING=QUOTED-PRINTABLE:H=E9l=E8ne van=\r\n der M=FCller\r\n"
            "ORG;ENCODING=QUOTED-PRINTABLE:Gemeente Veere;Wonen=20en=20Zorg\r\n"
            "TITLE;ENCODING=QUOTED-PRINTABLE:Co=C3=B6rdinator\r\nPHOTO;ENCODING=BASE64:AA==\r\n",
            ("H\u00e9l\u00e8ne van der M\u00fcller", "Gemeente Veere", "Co\u00f6rdinator", ""),
        ),
        (
            "VERSION:2.1\r\nN;CHARSET=onbekend;ENCODING=QUOTED-PRINTABLE:M=FCller;Piet;van\r\nORG:Veere\r\n",
            ("Piet van M\u00fcller", "Veere", "", ""),
        ),
    ],
)
def test_a_card_is_read_as_its_program_wrote_it(card: str, who: tuple[str, str, str, str]) -> None:
    assert people(card) == [who]


def test_who_has_no_name_or_no_organisation_is_left_out() -> None:
    assert [is_whole(Office(*said)) for said in (("TNO", "", "Jan"), ("TNO", "hoofd"), ("", "hoofd", "Jan"))] == [
        True,
        False,
        False,
    ]
