"""The description of the API held to the design rules by a linter that others know, and the rules held to be rules."""

import copy
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.web.test_api import DOCUMENT

ROOT = Path(__file__).parents[2]
SPECTRAL = ROOT / "node_modules/.bin/spectral"
RULES = Path(__file__).with_name("api_rules.yaml")

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not SPECTRAL.exists(), reason="npm brought no spectral")]


def found(document: dict[str, Any], folder: Path) -> set[str]:
    """The rules that this description breaks."""
    path = folder / "openapi.json"
    path.write_text(json.dumps(document), "utf-8")
    command = [SPECTRAL, "lint", path, "--ruleset", RULES, "--format", "json", "--quiet"]
    told = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, cwd=folder, timeout=120
    )
    assert told.returncode in (0, 1), told.stderr
    return {row["code"] for row in json.loads(told.stdout or "[]")}


def test_the_description_breaks_no_rule(tmp_path: Path) -> None:
    assert found(DOCUMENT, tmp_path) == set()


Spoil = Callable[[dict[str, Any]], Any]
LIST: Callable[[dict[str, Any]], dict[str, Any]] = lambda d: d["paths"]["/regelingen"]["get"]  # noqa: E731
FIELDS: Callable[[dict[str, Any]], dict[str, Any]] = lambda d: d["components"]["schemas"]["AgendaAnswer"]["properties"]  # noqa: E731
SPOILT: dict[str, Spoil] = {
    "version-has-three-numbers": lambda d: d["info"].update(version="1.0"),
    "address-ends-in-the-major-version": lambda d: d["servers"].append({"url": "https://voorbeeld.nl/v1.0"}),
    "address-is-safe": lambda d: d["servers"][0].update(url="http://voorbeeld.nl/v1"),
    "only-plain-methods": lambda d: d["paths"]["/agendas"].update(trace=d["paths"]["/agendas"]["get"]),
    "path-in-lower-case-with-hyphens": lambda d: d["paths"].update({"/deAgendas": d["paths"].pop("/agendas")}),
    "query-key-in-camel-case": lambda d: LIST(d)["parameters"][0].update(name="at_least"),
    "field-in-camel-case": lambda d: FIELDS(d).update(valid_until={"type": "string"}),
    "every-answer-says-the-version": lambda d: LIST(d)["responses"]["200"]["headers"].pop("API-Version"),
    "refusal-is-a-problem": lambda d: LIST(d)["responses"]["400"].update(content={"application/json": {}}),
    "problem-says-status-title-and-detail": lambda d: d["components"]["schemas"]["Problem"]["properties"].pop("detail"),
    "wrong-input-is-a-400": lambda d: d["paths"]["/bronnen"]["get"]["responses"].pop("400"),
    "moment-has-an-offset": lambda d: FIELDS(d)["name"].update(format="date-time-local"),
    "day-is-a-date": lambda d: FIELDS(d).update(startDate={"type": "string", "format": "date-time"}),
    "contact-says-who-where-and-how": lambda d: d["info"]["contact"].pop("email"),
}


def test_each_rule_finds_what_breaks_it(tmp_path: Path) -> None:
    spoilt = copy.deepcopy(DOCUMENT)
    for spoil in SPOILT.values():
        spoil(spoilt)
    assert set(SPOILT) - found(spoilt, tmp_path) == set()
