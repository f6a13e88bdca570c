"""What a call is, in two plain Dutch sentences of which every word stands in a field or in the programme's data."""

import re

import yaml

from notifications.gist import FILE, Described, gist, lead

DATA = yaml.safe_load(FILE.read_text("utf-8"))


def test_an_english_call_is_told_by_its_programme_and_its_kind_of_action() -> None:
    told = gist(Described("LIFE-2026-CET-ENERCOM", ("LIFE",), "LIFE Project Grants", publisher="Europese Commissie"))
    assert told.programme == "LIFE Clean Energy Transition"
    assert told.sentences.startswith("LIFE Clean Energy Transition betaalt overheden en anderen")
    assert told.with_rate.endswith("; gewoonlijk 95% van de kosten.")
    assert told.usual == "gewoonlijk 95% van de kosten"


def test_the_part_of_a_programme_is_known_by_its_code() -> None:
    codes = {
        "HORIZON-MISS-2026-04-CIT-02": "Horizon Europe, missie Klimaatneutrale en slimme steden",
        "HORIZON-CL5-2027-07-D3-16": "Horizon Europe, cluster Klimaat, energie en mobiliteit",
        "HORIZON-RAISE-2026-01": "Horizon Europe",
        "LIFE-2026-SAP-NAT-NATURE": "LIFE Natuur en biodiversiteit",
    }
    names = {code: gist(Described(code, ("LIFE" if code[0] == "L" else "Horizon Europe",))).programme for code in codes}
    assert names == codes


def test_a_rate_that_the_source_names_takes_the_place_of_the_usual_one() -> None:
    told = gist(Described("X", ("Horizon Europe",), "HORIZON Innovation Actions", names_rate=True))
    assert told.usual == ""
    assert "gewoonlijk" not in told.with_rate


def test_an_unknown_programme_gets_only_what_the_fields_say() -> None:
    told = gist(Described(publisher="Provincie Flevoland", applicants=("municipality", "sme")))
    assert told.sentences == "Subsidie van Provincie Flevoland voor gemeenten en mkb."
    assert gist(Described(programme=("Fonds X",), action="Y")).sentences == ""


def test_a_dutch_source_speaks_for_itself_in_whole_sentences() -> None:
    text = "milieu\nArtikel 1\nGemeenten kunnen een bijdrage vragen voor € 3.200.000. De regeling loopt tot 2027. Derde zin."
    assert lead(text, "nl") == "Gemeenten kunnen een bijdrage vragen voor € 3.200.000. De regeling loopt tot 2027."
    assert lead("verkeer en vervoer", "nl") == ""
    assert lead("Municipalities can apply for a grant. It is open.", "en") == ""


def test_the_data_can_be_read_as_the_sentences_it_makes() -> None:
    for entry in DATA["programmes"]:
        assert re.match(r"[A-Z].*\.$", entry["about"]), entry
        assert entry["about"].count(".") == 1, entry
        assert {"code", "programme"} & entry.keys(), entry
    for entry in DATA["actions"]:
        assert not entry["asks"].endswith("."), entry
        assert entry.get("usual", "gewoonlijk").startswith("gewoonlijk"), entry
    for entry in DATA["programmes"] + DATA["actions"]:
        re.compile(entry.get("code", ""))
