"""The licence of each package, in one line, from what CycloneDX says of it."""

from typing import Any

import pytest

from tests.house.bill_of_materials import UNKNOWN, licence_of, lines_of


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ([{"license": {"id": "MIT"}}], "MIT"),
        ([{"license": {"name": "BSD License"}}, {"license": {"id": "BSD-3-Clause"}}], "BSD-3-Clause"),
        ([{"expression": "Apache-2.0 OR BSD-3-Clause"}], "Apache-2.0 OR BSD-3-Clause"),
        ([{"license": {"name": "declared license of 'x'"}}, {"license": {"name": "BSD License"}}], "BSD License"),
        ([{"license": {"name": "Copyright of somebody\nwho says much"}}], "Copyright of somebody"),
        ([], UNKNOWN),
    ],
)
def test_a_licence_is_what_says_most_in_least(said: list[dict[str, Any]], shown: str) -> None:
    assert licence_of({"licenses": said}) == shown


def test_packages_stand_by_name() -> None:
    b, a = {"name": "b", "version": "2"}, {"name": "a", "version": "1", "licenses": [{"license": {"id": "MIT"}}]}
    assert lines_of([b, a]) == ["a 1: MIT", f"b 2: {UNKNOWN}"]
