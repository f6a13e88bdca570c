"""publiccode.yml by the standard it names (core, read on 2026-12-01): no validator of it can be installed from a registry."""

from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from tracker import __version__

FILE = Path(__file__).parents[2] / "publiccode.yml"
CATEGORIES = [
    "grant-management",
    "data-collection",
    "contact-management",
    "workflow-management",
    "knowledge-management",
]
TEXT = {"type": "string", "minLength": 1}
LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
PERSON = {
    "type": "object",
    "required": ["name"],
    "properties": dict.fromkeys(("name", "email", "phone", "affiliation"), TEXT),
    "additionalProperties": False,
}
FIRM = {
    "type": "object",
    "required": ["name", "until"],
    "properties": {"name": TEXT, "until": {"pattern": r"^\d{4}-\d\d-\d\d$"}, "email": TEXT, "website": TEXT},
}
DESCRIBED = {
    "type": "object",
    "required": ["shortDescription", "longDescription", "features"],
    "properties": {
        "shortDescription": {"type": "string", "minLength": 1, "maxLength": 150},
        "longDescription": {"type": "string", "minLength": 150, "maxLength": 10_000},
        "features": {"type": "array", "items": TEXT, "minItems": 1},
    },
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": [
        "publiccodeYmlVersion", "name", "url", "platforms", "categories", "developmentStatus", "softwareType",
        "description", "legal", "maintenance", "localisation",
    ],
    "properties": {
        "publiccodeYmlVersion": {"enum": ["0.4", "0.5", "0.6", "0.7"]},
        "name": TEXT,
        "url": {"type": "string", "pattern": r"^https://[^\s/]+/\S+$"},
        "platforms": {"type": "array", "items": {"enum": ["web", "windows", "mac", "linux", "ios", "android"]}},
        "categories": {"type": "array", "minItems": 1, "items": {"enum": CATEGORIES}},
        "developmentStatus": {"enum": ["concept", "development", "beta", "stable", "obsolete"]},
        "softwareType": {
            "enum": [
                *(f"standalone/{what}" for what in ("mobile", "iot", "desktop", "web", "backend", "other")),
                "addon", "library", "configurationFiles",
            ]
        },
        "softwareVersion": TEXT,
        "releaseDate": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
        "description": {
            "type": "object", "minProperties": 1, "patternProperties": {LANGUAGE: DESCRIBED}, "additionalProperties": False,
        },
        "legal": {"type": "object", "required": ["license"], "properties": {"license": {"const": "EUPL-1.2"}}},
        "maintenance": {
            "type": "object",
            "required": ["type"],
            "properties": {
                "type": {"enum": ["internal", "contract", "community", "none"]},
                "contacts": {"type": "array", "minItems": 1, "items": PERSON},
                "contractors": {"type": "array", "minItems": 1, "items": FIRM},
            },
            "allOf": [
                {
                    "if": {"properties": {"type": {"enum": kinds}}},
                    "then": {"required": [needed]},
                }
                for kinds, needed in ((["internal", "community"], "contacts"), (["contract"], "contractors"))
            ],
        },
        "localisation": {
            "type": "object",
            "required": ["localisationReady", "availableLanguages"],
            "properties": {
                "localisationReady": {"type": "boolean"},
                "availableLanguages": {"type": "array", "minItems": 1, "items": {"pattern": LANGUAGE}},
            },
        },
    },
}  # fmt: skip


def written() -> dict[str, Any]:
    loaded = yaml.safe_load(FILE.read_text("utf-8"))
    if isinstance(loaded.get("releaseDate"), date):  # YAML makes a day of it, the standard means its text
        loaded["releaseDate"] = loaded["releaseDate"].isoformat()
    return dict(loaded)


def faults(told: dict[str, Any]) -> list[str]:
    errors = Draft202012Validator(SCHEMA).iter_errors(told)
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message}" for error in errors]


def test_publiccode_is_as_its_standard_asks_and_of_this_version() -> None:
    told = written()
    assert faults(told) == []
    assert told["softwareVersion"] == __version__


@pytest.mark.parametrize(
    ("path", "value"),
    [("url", None), ("softwareType", "web"), ("developmentStatus", "released"), ("maintenance", {"type": "internal"})],
)
def test_a_publiccode_that_is_not_is_told(path: str, value: object) -> None:
    told = deepcopy(written())
    told[path] = value
    assert faults({name: kept for name, kept in told.items() if kept is not None})
