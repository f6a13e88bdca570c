"""Kinds of wording that were misread when texts of others were first seen: in words of our own."""

from datetime import date

import pytest

from db.vocabulary import Status
from scrapers.facts.facts import plain_value
from scrapers.facts.read import read_facts

DAY = date(2026, 12, 1)


def read(text: str, language: str = "en") -> tuple[dict[str, str], dict[str, list[str]]]:
    """What is shown and what is asked of a text, as written values."""
    facts = read_facts(text, language, DAY)
    return (
        {name: str(plain_value(answer.value)) for name, answer in facts.shown.items()},
        {name: [str(plain_value(value)) for value in answer.values] for name, answer in facts.asked.items()},
    )


@pytest.mark.parametrize(
    ("language", "text", "closes"),
    [
        ("en", "The call will be open until 3 May 2027.", "2027-05-03"),
        ("en", "This call is going to be open until 12.00 CET (noon) of Monday, 3rd May 2027.", "2027-05-03T12:00"),
        ("en", "The second round will be open for applications until 3 May 2027.", "2027-05-03"),
        ("en", "The programme will be open for applications to 3 May 2027.", "2027-05-03"),
        ("nl", "Het loket is open tot en met 3 mei 2027.", "2027-05-03"),
        ("nl", "De regeling wordt opengesteld tot 3 mei 2027.", "2027-05-02"),
    ],
)
def test_open_until_a_day_is_a_closing_and_never_an_opening(language: str, text: str, closes: str) -> None:
    shown, asked = read(text, language)
    assert "opens" not in shown | asked
    assert closes in [shown.get("closes"), *asked.get("closes", [])]


@pytest.mark.parametrize(
    ("text", "closes"),
    [
        ("The deadline is 3 June 2027 h 18:00 CET.", "2027-06-03T18:00"),
        ("The deadline is 3 June 2027 at 23:59pm.", "2027-06-03T23:59"),
        ("The deadline is 3 June 2027 at 15.00 pm CET.", "2027-06-03T15:00"),
        ("The deadline is 3 June 2027 at 12.00 PM (noon).", "2027-06-03T12:00"),
        ("The deadline is 3 June 2027 at 12:00, noon.", "2027-06-03T12:00"),
        ("The deadline is 3 June 2027 (up until 12.00 pm midday CEST).", "2027-06-03T12:00"),
        ("The deadline is 3 June 2027 at 12:00 midnight.", "2027-06-03T23:59"),
    ],
)
def test_an_hour_that_is_written_oddly_is_kept(text: str, closes: str) -> None:
    assert read(text)[0] == {"closes": closes}


@pytest.mark.parametrize(
    "text",
    [
        "The deadline is 3 June 2027 at 14:00 am.",
        "The deadline is 3 June 2027, closing hour 27:00.",
        "The deadline is 3 June 2027 at 25 h.",
    ],
)
def test_a_day_with_an_hour_that_cannot_be_read_is_asked(text: str) -> None:
    assert read(text) == ({}, {"closes": ["2027-06-03"]})


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("nl", "Subsidie is er voor ondernemers die vóór 1 maart 2026 ingeschreven stonden als winkelier."),
        ("nl", "U bent ingeschreven bij de Kamer van Koophandel voor 1 juli 2026 en vraagt zelf aan."),
        ("nl", "Aanvragen kunnen verenigingen die vóór 1 januari 2026 zijn opgericht."),
        ("nl", "De aanvrager stond op 1 januari 2026 ingeschreven in de gemeente."),
        ("en", "Applicants must be companies established before 1 January 2026."),
        ("en", "Eligible applicants are SMEs registered in the trade register before 1 January 2026."),
        ("en", "Applications come from associations that were founded no later than 1 January 2026."),
    ],
)
def test_a_day_that_is_a_condition_on_the_applicant_closes_nothing(language: str, text: str) -> None:
    assert read(text, language) == ({}, {})


def test_the_day_from_which_a_round_is_closed_is_asked_as_its_closing() -> None:
    facts = read_facts("De ronde is gesloten vanaf 20 november 2026, 12.45 uur.", "nl", DAY)
    assert facts.status is not None
    assert facts.status[0] is Status.CLOSED
    assert [plain_value(value) for value in facts.asked["closes"].values] == ["2026-11-20T12:45"]


def test_a_month_first_day_without_a_year_is_asked_though_a_full_stop_or_comma_follows() -> None:
    assert read("Applications will close June 2.")[1] == {"closes": ["2027-06-02", "2026-06-02"]}
    assert read("The application deadline is June 2, at noon.")[1]["closes"][0] == "2027-06-02T12:00"


def test_a_total_that_was_asked_for_is_no_pot() -> None:
    text = "Het budget voor dit jaar bedraagt € 20 miljoen. Het totaal aangevraagde bedrag is € 31,5 miljoen."
    assert read(text, "nl")[0] == {"budget": "20000000"}
    text = "The budget of this call is EUR 2 million. In all, EUR 3.5 million was requested."
    assert read(text)[0] == {"budget": "2000000"}


def test_the_share_of_one_funder_is_no_pot_beside_the_total() -> None:
    text = (
        "The total made available for this call is 18 MEUR (from all countries).\n"
        "The council has allocated 400,000 EUR for this call."
    )
    assert read(text)[0] == {"budget": "18000000"}


def test_the_money_of_a_fund_in_a_whole_country_is_asked() -> None:
    shown, asked = read("Total budget of the fund in Latvia is € 7.060.000, out of that € 560.000 is for small grants.")
    assert shown == {}
    assert "7060000" in asked["budget"]


@pytest.mark.parametrize(
    "text",
    [
        "The call has a European “topping up” component of up to 25%.",
        "Living costs of team members are eligible (max. 40% of the total funding).",
        "Support of at most 40% of the total grant goes to coaching.",
    ],
)
def test_a_share_of_something_else_than_the_costs_is_no_rate(text: str) -> None:
    shown, asked = read(text)
    assert "rate" not in shown | asked


@pytest.mark.parametrize(
    ("text", "pot"),
    [
        ("The commission opens its third call for large projects with EUR 2.5 billion from trading.", "2500000000"),
        ("The agency launches a €3m Harbour Equipment Call, which opens soon.", "3000000"),
        ("The yearly prize fund totals 80,000 EUR.", "80000"),
        ("This call will provide grant funding of €200 million for clean heat.", "200000000"),
    ],
)
def test_money_that_is_named_as_a_pot_is_at_least_asked(text: str, pot: str) -> None:
    shown, asked = read(text)
    assert pot in [shown.get("budget"), *asked.get("budget", [])]


def test_a_day_and_month_that_may_be_either_way_round_are_asked_day_first() -> None:
    assert read("Deadline: 03/04/2027") == ({}, {"closes": ["2027-04-03", "2027-03-04"]})
    assert read("Deadline: 03-04-2027 23:59 CET (proposals)")[1] == {"closes": ["2027-04-03T23:59", "2027-03-04T23:59"]}
    assert read("Apply by 3 April 2027. Deadline: 03/04/2027")[0] == {"closes": "2027-04-03"}


def test_a_date_with_a_point_left_out_is_asked() -> None:
    assert read("Due date: 15.4 2027. Proposals are welcome.") == ({}, {"closes": ["2027-04-15"]})


def test_a_moment_to_hand_in_is_at_least_asked() -> None:
    shown, asked = read("Planning:\n- Ronde open 11 januari 2027\n- 1e indienmoment 29 maart 2027", "nl")
    assert "2027-03-29" in [shown.get("closes"), *asked.get("closes", [])]


@pytest.mark.parametrize(
    ("line", "gate"),
    [
        ("17 Nov 2026 Stage 1 closes", ("stage_1", "2026-11-17", True)),
        ("15 April 2027: Stage 2 closes for full proposals", ("stage_2", "2027-04-15", False)),
        ("31 Feb 2027 Stage 2 closes", None),
        ("Feb 2027 Stage 2 opens", None),
    ],
)
def test_a_stage_is_read_where_the_day_stands_before_its_name(line: str, gate: tuple[str, str, bool] | None) -> None:
    gates = read_facts(line, "en", DAY).gates
    assert [(str(g.kind), g.moment.isoformat(), g.door) for g in gates if g.moment] == ([gate] if gate else [])


def test_the_last_round_is_no_gate_of_this_one() -> None:
    assert not read_facts("In the last round Stage 1 closed on 17 Nov 2025.", "en", DAY).shown


@pytest.mark.parametrize(
    ("language", "text", "opens"),
    [
        ("en", "The portal is closed until 1 March 2027.", "2027-03-01"),
        ("en", "You can apply until 30 April 2027. The portal will not open before 1 March 2027.", "2027-03-01"),
        ("nl", "Het loket is gesloten tot 1 maart 2027.", "2027-03-01"),
        ("nl", "De regeling gaat niet voor 1 maart 2027 open.", "2027-03-01"),
    ],
)
def test_closed_until_a_day_is_no_closing_and_may_be_an_opening(language: str, text: str, opens: str) -> None:
    shown, asked = read(text, language)
    assert opens in asked["opens"]
    assert shown.get("closes", "2027-04-30") == "2027-04-30"
    assert not {"2027-02-28", opens} & set(asked.get("closes", []))


@pytest.mark.parametrize(
    ("language", "text", "name", "value"),
    [
        ("nl", "Op 8 februari opent het loket. U kunt aanvragen tot en met 26 maart 2027.", "opens", "2027-02-08"),
        ("nl", "Maandag 8 februari, 9.00 uur, gaat het tijdvak open. Het sluit op 26 maart 2027.", "opens", "2027-02-08T09:00"),
        ("en", "Apply before Friday 12 February at 5pm. The trustees meet on 8 March 2027.", "closes", "2027-02-12T17:00"),
    ],
)  # fmt: skip
def test_a_year_that_the_text_and_the_day_of_reading_agree_on_is_read(
    language: str, text: str, name: str, value: str
) -> None:
    shown, asked = read(text, language)
    assert asked.get(name, [shown.get(name)]) == [value]  # one year, where a bare day has two


def test_a_year_is_asked_where_the_text_names_another_or_none() -> None:
    assert read("Aanvragen kan tot en met 4 juni.", "nl")[1]["closes"][0] == "2027-06-04"
    shown, asked = read("Aanvragen kan tot en met 4 juni. De vorige ronde sloot op 3 juni 2019.", "nl")
    assert "2027-06-04" not in [shown.get("closes")]
    assert "2027-06-04" in asked["closes"]


def test_the_day_of_publication_settles_a_year() -> None:
    facts = read_facts("Aanvragen kan tot en met 4 juni.", "nl", date(2027, 2, 1), published=date(2027, 1, 20))
    assert plain_value(facts.shown["closes"].value) == "2027-06-04"
    facts = read_facts("Aanvragen kan tot en met 4 juni.", "nl", date(2027, 2, 1), published=date(2024, 1, 20))
    assert "closes" not in facts.shown


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("nl", "De provincie stelt de regeling opnieuw open. Naar verwachting is er dan een bedrag van € 3 miljoen beschikbaar.", "budget"),
        ("nl", "In totaal werd er € 812.000 uitgedeeld aan vijftien dorpen.", "budget"),
        ("nl", "Het budget voor de jeugd is € 2 miljoen. Voor volwassenen is € 3,5 miljoen beschikbaar.", "budget"),
        ("en", "\u201cAbout €2.5 million is available for this call\u201d, said the minister.", "budget"),
        ("en", "Each partner may get up to 40% of the costs of subsequent projects.", "rate"),
    ],
)  # fmt: skip
def test_money_to_come_handed_out_or_of_another_part_is_never_shown(language: str, text: str, name: str) -> None:
    assert name not in read(text, language)[0]


def test_one_closing_of_parts_that_open_apart_shows_no_opening() -> None:
    text = (
        "Voor haalbaarheid kunt u aanvragen van 20 april 2027 tot en met 9 september 2027. "
        "Voor uitvoering kunt u aanvragen van 1 juni 2027 tot en met 9 september 2027."
    )
    shown, asked = read(text, "nl")
    assert shown["closes"] == "2027-09-09"
    assert asked["opens"] == ["2027-04-20", "2027-06-01"]


def test_parts_of_a_pot_in_a_list_are_asked_as_the_pot() -> None:
    text = (
        "Het subsidieplafond bedraagt:\na. € 500.000 voor activiteiten als bedoeld in artikel 2, onder a;\n"
        "b. € 250.000 voor activiteiten als bedoeld in artikel 2, onder b."
    )
    assert read(text, "nl") == ({}, {"budget": ["500000", "250000"]})
    whole = f"{text}\nDat is samen € 750.000."
    assert "750000" in [read(whole, "nl")[0].get("budget"), *read(whole, "nl")[1].get("budget", [])]


def test_an_hour_behind_a_bare_dash_or_the_word_stipt_is_read() -> None:
    assert read("Indienen kan tot uiterlijk 1 oktober 2027 -12 uur.", "nl")[0]["closes"] == "2027-10-01T12:00"
    assert read("De oproep sluit op 9 februari 2027, stipt om 18:00.", "nl")[0]["closes"] == "2027-02-09T18:00"


def test_a_meeting_beside_each_deadline_of_a_list_is_no_deadline() -> None:
    text = "Deadlines voor aanvragen:\n6 november 2026 (vergaderdatum 18 december 2026)\n5 februari 2027 (vergaderdatum 19 maart 2027)"
    shown, asked = read(text, "nl")
    assert "2027-02-05" in [shown.get("closes"), *asked.get("closes", [])]
    assert not {"2026-12-18", "2027-03-19"} & {shown.get("closes"), *asked.get("closes", [])}


@pytest.mark.parametrize(
    "text",
    [
        "Start date: 15 October 2027\nEnd date: 14 October 2029\nCoordinator: a university",
        "Our sister fund closes for applications on 9 October 2027; ours opens again in spring.",
        "This call builds on the pilot call, open from 3 March 2026 to 30 May 2026.",
        "The public consultation runs until 3 November 2027.",
        "We expect proposals to be underway by 31 January 2028.",
        "The balance of the €60m fund will be made available later.",
        "Vacancy: project officer, apply before 28 September 2027.",
        "The town took on new debt on 4 May 2027 and signed a loan of €5 million with the bank.",
    ],
)
def test_dates_and_money_of_something_else_are_no_facts(text: str) -> None:
    assert read(text)[0] == {}


def test_the_point_behind_an_hour_ends_its_sentence() -> None:
    shown, _ = read("Deadline: Friday 14 May 2027 at 5pm. Start date: 1 September 2027. End date: 31 August 2028.")
    assert shown == {"closes": "2027-05-14T17:00"}


def test_a_row_of_labels_with_colons_reads_from_left_to_right() -> None:
    row = "Opening: 22 Jan 2027 | Deadline: 16 Apr 2027 17:00:00 Brussels time | Deadline model: single-stage"
    assert read(row) == ({"opens": "2027-01-22", "closes": "2027-04-16T17:00"}, {})


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("Topic A: €3 million. Topic B: €2 million. Topic C: €1 million.", "budget"),  # 3 is 2 and 1 by chance
        ("Small grants (up to €25,000) and large grants (€25,001 - €250,000) are available.", "max_amount"),
    ],
)
def test_what_holds_for_one_part_or_size_is_asked(text: str, field: str) -> None:
    shown, asked = read(text)
    assert field in asked
    assert field not in shown


def test_a_weekday_that_fits_settles_the_year_of_a_day_soon() -> None:
    shown, _ = read("Applications have to be in not later than 3pm on Friday, 18 December.")  # read on 1 December 2026
    assert shown == {"closes": "2026-12-18T15:00"}
    _, asked = read("Applications have to be in not later than 3pm on Saturday, 18 December.")
    assert "closes" in asked


def test_the_number_of_a_topic_is_no_date() -> None:
    shown, asked = read("HORIZON-CL5-2027-D2-01-06 | Opening 13.01.2027 | Deadline 18.04.2027 17:00 |")
    assert shown == {"opens": "2027-01-13", "closes": "2027-04-18T17:00"}
    assert not asked


@pytest.mark.parametrize("text", ["Deadline: 5-Feb-27", "Deadline: 5 February 2027, at 17.00.00, Brussels local time"])
def test_short_years_and_seconds_are_read(text: str) -> None:
    assert read(text)[0]["closes"][:10] == "2027-02-05"


def test_an_hour_with_seconds_behind_points_is_kept() -> None:
    assert read("Deadline: 5 February 2027, at 17.00.00, Brussels local time.")[0] == {"closes": "2027-02-05T17:00"}


@pytest.mark.parametrize(
    "text",
    [
        "Dan kan de subsidie worden gekort met maximaal 25%.",
        "Doorgaans liggen de donaties tussen € 1.000 en € 7.000 per aanvraag.",
        "Voor projecten ingediend vanaf 1 oktober 2027 dient een toelichting te worden gevoegd.",
    ],
)
def test_what_is_cut_usual_or_a_condition_is_no_fact(text: str) -> None:
    assert read(text, "nl")[0] == {}


def test_the_first_of_three_steps_is_the_door() -> None:
    text = (
        "The deadline for submitting initiatives is 1 October 2027; for submitting pre-proposals 14 January 2028; "
        "for the submission of full proposals 24 June 2028. Submitting an application starts with an initiative."
    )
    assert read(text)[0].get("closes") != "2028-01-14"


def test_the_hour_of_the_day_of_the_deadline_is_its_hour() -> None:
    text = (
        "De deadline is maandag 12 april 2027. Aanvragen moeten op de dag van de deadline voor 17.00 uur binnen zijn."
    )
    assert read(text, "nl")[0] == {"closes": "2027-04-12T17:00"}


@pytest.mark.parametrize(
    "text",
    [
        "On 8 September 2026 one proposal was approved in the application cycle from 24 July - 24 August 2026.",
        "The selected projects of the first call will be supported with a total of €24 million.",
        "28 January 2027 The ministry is planning to launch its call for proposals.",
    ],
)
def test_what_was_awarded_or_is_only_planned_is_no_fact(text: str) -> None:
    assert read(text)[0] == {}


def test_money_that_was_handed_out_is_no_pot_although_its_parts_add_up() -> None:
    text = "In 2025 werd voor € 3,7 miljoen subsidie verstrekt: € 2,8 miljoen voor sport en € 0,9 miljoen voor cultuur."
    assert "budget" not in read(text, "nl")[0]


@pytest.mark.parametrize(
    ("language", "name", "text"),
    [
        (
            "nl",
            "budget",
            "Aanvragen kan tot en met 5 maart 2027. In de eerste openstelling is € 2,1 miljoen toegekend.",
        ),
        ("en", "rate", "The minimum co-funding rate is 35%. Apply by 5 March 2027."),
    ],
)
def test_what_others_got_and_what_one_pays_oneself_is_no_fact_of_the_call(language: str, name: str, text: str) -> None:
    assert name not in read(text, language)[0]


def test_the_money_of_two_years_with_a_closing_each_is_asked() -> None:
    pot = "Het plafond voor de jaren 2027 en 2028 bedraagt in totaal € 28.400.000, waarvan € 12.400.000 voor 2027."
    rounds = "Een aanvraag wordt ingediend van 1 februari 2027 tot en met 26 februari 2027"
    later = f"{rounds}, of van 7 februari 2028 tot en met 3 maart 2028."
    shown, asked = read(f"{pot} {later}", "nl")
    assert "budget" not in shown
    assert "28400000" in asked["budget"]
    assert read(f"Het plafond voor de jaren 2027 en 2028 is € 28.400.000. {rounds}.", "nl")[0]["budget"] == "28400000"
