"""ELENA, technical assistance of the European Investment Bank: https://www.eib.org/en/products/advisory-services/elena

Kept by hand: one call that is open all along, so there is no list to read. A crawl only looks whether its page is still
there and still about ELENA; what it says is not read. Certain (the bank's own news of 2017, its questions and answers
as stored, two directories of 2026): public and private bodies ask for it all year, in order of arrival, it pays at most
90 % of the costs of preparing an investment programme, which is usually above 30 million euro. Nobody looked at the
page itself, so the percentage is asked. To confirm at the first live check: the address, robots, whether the facility
still takes applications after 2027, and the percentage. Who changes the facts here changes ``CHECKED`` with them.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from scrapy import Request
from scrapy.http import HtmlResponse, TextResponse

from db.vocabulary import Allocation, Applicant, DeadlineKind, Instrument, SourceForm, SourceKind, Status
from scrapers.listing import ListedDeadline, Listing, QuestionField, RaisedQuestion
from scrapers.source import Source, SourceIncomplete

PAGE = "/en/products/advisory-services/elena/index.htm"
CHECKED = date(2026, 11, 30)
SHARE = "ELENA pays at most 90 % of the costs of preparing the investment programme."
SUMMARY = """\
Grants for preparing a large investment programme, not for the investment itself: feasibility studies, energy audits, \
business plans, tender documents, legal advice, and staff who prepare it.
For energy saving in buildings, renewable energy in buildings, heat networks, homes, and sustainable transport.
Public and private bodies may ask for it, such as a municipality, a province or several together. The programme is \
usually above 30 million euro, to be carried out in three years (four for transport), and twenty times the grant (ten \
for transport).
It is asked of the bank all year, in order of arrival; the bank first says whether a programme fits."""


def by_hand(today: date) -> str:
    """What is to be looked at again, and since when; a clock that stands before that day names none."""
    since = f", laatst bijgewerkt op {CHECKED:%d-%m-%Y}" if today >= CHECKED else ""
    return f"met de hand bijgehouden{since}: kijk na of de voorwaarden nog gelden"


class Elena(Source):
    """The one call, as long as its page is there."""

    name, kind, publisher, language = "elena", SourceKind.STREAM, "Europese Investeringsbank", "en"
    root = "https://www.eib.org"
    form = SourceForm.BY_HAND
    promises = (
        "de doorlopende regeling ELENA, met de hand bijgehouden; bij elke ronde wordt gekeken of de pagina er nog is"
    )
    unseen = "wijzigingen van de voorwaarden: van de pagina wordt alleen de kop bekeken"

    def start(self) -> Iterable[Request]:
        return [Request(self.address(PAGE))]

    def rows(self, page: TextResponse) -> Iterable[Any]:
        heading = " ".join(page.css("title::text, h1 ::text").getall()) if isinstance(page, HtmlResponse) else ""
        if not re.search(r"\bELENA\b|European Local Energy Assistance", heading, re.IGNORECASE):
            raise SourceIncomplete(f"{page.url[:200]} is no page about ELENA any more: look whether it still exists")
        return [page]

    def identify(self, row: Any) -> str | None:
        return "elena"

    def read(self, row: Any) -> Listing | None:
        told = by_hand(self.context.today)
        return Listing(
            source=self.name,
            external_id="elena",
            url=self.address(PAGE),
            title="ELENA - European Local Energy Assistance",
            language=self.language,
            publisher=self.publisher,
            summary=SUMMARY,
            instrument=Instrument.TECHNICAL_ASSISTANCE,
            allocation=Allocation.FIRST_COME,
            programme=("ELENA",),
            deadlines=(ListedDeadline(kind=DeadlineKind.ROLLING),),
            source_word=Status.OPEN,
            applicants=(Applicant.MUNICIPALITY, Applicant.PROVINCE, Applicant.GOVERNMENT, Applicant.COMPANY),
            questions=(RaisedQuestion(field=QuestionField.RATE, sentence=SHARE, readings=("90",), why=told),),
            review=(told,),
        )
