"""The line of a topic: the same over rounds, another for another subject."""

import pytest

from tracker.calls.topic_line import programme_of, topic_line


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("HORIZON-CL5-2021-D3-01-05", "HORIZON-CL5-D3"),
        ("HORIZON-CL5-2026-01-D3-07", "HORIZON-CL5-D3"),
        ("horizon-cl5-2027-d3-02-1", "HORIZON-CL5-D3"),
        ("HORIZON-CL5-2021-D2-01-05", "HORIZON-CL5-D2"),
        ("HORIZON-MISS-2023-CIT-01-02", "HORIZON-MISS-CIT"),
        ("HORIZON-HLTH-2024-TOOL-05-06-two-stage", "HORIZON-HLTH-TOOL"),
        ("LC-SC3-SCC-1-2018-2019-2020", "LC-SC3-SCC"),
        ("SCC-01-2015", "SCC"),
        ("MG-5.1-2014", "MG"),
        ("SC5-13c-2016", "SC5"),
        ("MSCA-IF-2014-EF", "MSCA-IF-EF"),
        ("ICT-01-2014 ICT-02-2014", "ICT"),
        ("HORIZON-2025-01", ""),
        ("2024-01", ""),
        ("", ""),
    ],
)
def test_a_line_is_a_code_without_years_and_numbers(code: str, line: str) -> None:
    assert topic_line(code) == line


@pytest.mark.parametrize(
    ("code", "named", "programme"),
    [
        ("", ["Horizon Europe"], "HORIZON"),
        ("", ["LIFE", "Horizon 2020"], "H2020"),
        ("HORIZON-CL5-2021-D3-01-05", [], "HORIZON"),
        ("LIFE-2024-SAP-ENV", ["LIFE"], None),
        ("", [], None),
    ],
)
def test_a_programme_is_known_by_its_name_or_by_the_code(code: str, named: list[str], programme: str | None) -> None:
    assert programme_of(code, named) == programme
