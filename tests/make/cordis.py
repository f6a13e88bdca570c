"""Files in the form in which CORDIS publishes them, made up: heads, quotes, line breaks and both notations of amounts."""

import csv
import io
import zipfile
from pathlib import Path

ORGANISATION = [
    "projectID",
    "projectAcronym",
    "organisationID",
    "vatNumber",
    "name",
    "shortName",
    "SME",
    "activityType",
    "street",
    "postCode",
    "city",
    "country",
    "nutsCode",
    "geolocation",
    "organizationURL",
    "contactForm",
    "contentUpdateDate",
    "rcn",
    "order",
    "role",
    "ecContribution",
    "netEcContribution",
    "totalCost",
    "endOfParticipation",
    "active",
]
PROJECT = [
    "id",
    "acronym",
    "status",
    "title",
    "startDate",
    "endDate",
    "totalCost",
    "ecMaxContribution",
    "legalBasis",
    "topics",
    "ecSignatureDate",
    "frameworkProgramme",
    "masterCall",
    "subCall",
    "fundingScheme",
    "objective",
    "contentUpdateDate",
    "rcn",
    "grantDoi",
    "keywords",
]
CITY = {
    "projectID": "101", "organisationID": "900", "name": "GEMEENTE AMSTERDAM", "activityType": "PUB", "street": "AMSTEL 1",
    "city": "AMSTERDAM", "country": "NL", "nutsCode": "NL329", "role": "participant", "ecContribution": "250000.5",
    "netEcContribution": "250000.50", "totalCost": "300000,75", "endOfParticipation": "false",
}  # fmt: skip
TUIN = {
    "id": "101", "acronym": "TUIN", "status": "SIGNED", "title": "Gardens; and \"roofs\"", "startDate": "2022-01-01",
    "endDate": "2025-12-31", "totalCost": "5000000,25", "ecMaxContribution": "4000000", "topics": "HORIZON-CL5-2021-D3-01-05",
    "frameworkProgramme": "HORIZON", "objective": "First line.\nSecond; line.", "contentUpdateDate": "2026-06-03 12:20:56",
}  # fmt: skip
Rows = list[dict[str, str]]


def organisation(**other: str) -> dict[str, str]:
    """A municipality of the region, or what is said otherwise."""
    return {**CITY, **other}


def project(**other: str) -> dict[str, str]:
    """A project of 2021's round, or what is said otherwise."""
    return {**TUIN, **other}


def as_published(head: list[str], rows: Rows) -> bytes:
    """UTF-8, semicolons, every value quoted."""
    text = io.StringIO()
    table = csv.DictWriter(text, head, restval="", delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return text.getvalue().encode()


def archive(folder: Path, organisations: Rows, projects: Rows, name: str = "cordis-HORIZONprojects-csv.zip") -> Path:
    """The archive of a programme, with a file in it that nobody reads."""
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("organization.csv", as_published(ORGANISATION, organisations))
        made.writestr("project.csv", as_published(PROJECT, projects))
        made.writestr("webLink.csv", "x")
    return path
