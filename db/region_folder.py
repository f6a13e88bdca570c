"""A region's folder of data, read and checked: what is missing or wrong is said in one line that names the file."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from db.home import Home, read_homes
from db.region import SHIPPED, USUAL, Region

NEEDED = ("region.yaml", "participants.yaml", "bodies.yaml")
EDITIONS = "agenda-*.yaml"
ORGANISATIONS = "organisations.yaml"  # whom the region works with; may be missing
KINDS = ("subregions", "provinces", "transport_regions", "mergers")
OF_PARTICIPANTS = {"subregions": "municipality", "provinces": "province", "transport_regions": "transport_region"}


class RegionUnreadable(ValueError):
    """A folder that is no region; the message is one line with the file and what is wrong there."""


def folder_of(name: str) -> Path:
    """A folder by its path, or one that ships with the program by its name."""
    shipped = SHIPPED / name
    return shipped if "/" not in name and shipped.is_dir() else Path(name)


def read_region(folder: Path) -> Region:
    """The whole region. Raises RegionUnreadable."""
    _must_be_there(folder)
    told = read_yaml(folder / "region.yaml")
    _refuse_derived(folder / "region.yaml", told)
    people = _participants(folder)
    try:
        found = Region(**told, governments=_governments(people), homes=_homes(folder, people), moments=_moments(folder))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise RegionUnreadable(f"{folder / 'region.yaml'}: {place}: {first['msg']}") from error
    bodies = _bodies(folder, people, found)
    _agendas(folder, bodies)
    _organisations(folder / ORGANISATIONS)
    return found


def read_yaml(path: Path) -> dict[str, Any]:
    """One file as a mapping. Raises RegionUnreadable."""
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise RegionUnreadable(f"{path}: {getattr(error, 'strerror', None) or 'no UTF-8 text'}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise RegionUnreadable(f"{path}: no YAML{f' at line {mark.line + 1}' if mark else ''}") from error
    if not isinstance(content, dict):
        raise RegionUnreadable(f"{path}: expected names with values, not {type(content).__name__}")
    return content


def editions_of(folder: Path) -> list[Path]:
    """The editions of its agenda, oldest name first."""
    return sorted(folder.glob(EDITIONS))


def _must_be_there(folder: Path) -> None:
    if not folder.is_dir():
        raise RegionUnreadable(f"{folder}: no folder of a region")
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    missing += [] if editions_of(folder) else [EDITIONS]
    if missing:
        raise RegionUnreadable(f"{folder}: misses {', '.join(missing)} (docs/another-region.md tells what goes in)")


def _refuse_derived(path: Path, told: dict[str, Any]) -> None:
    for name in ("governments", "homes", "moments"):
        if name in told:
            raise RegionUnreadable(f"{path}: {name} is read from a file of its own")


def _participants(folder: Path) -> dict[str, Any]:
    path = folder / "participants.yaml"
    data = read_yaml(path)
    for kind in KINDS:
        if kind not in data:
            raise RegionUnreadable(f"{path}: misses {kind} (an empty list says there are none)")
    if not data["provinces"] or not data["subregions"]:
        raise RegionUnreadable(f"{path}: a region has a province and a municipality at least")
    for merger in data["mergers"]:
        if not {"from", "into", "day"} <= set(merger):
            raise RegionUnreadable(f"{path}: a merger needs from, into and day: {merger}")
    return data


def _governments(people: dict[str, Any]) -> frozenset[str]:
    """The names of municipalities and provinces, those that merged included, in small letters."""
    names = [name for some in people["subregions"].values() for name in some]
    gone = [merger["from"] for merger in people["mergers"]]
    return frozenset(name.lower() for name in (*names, *people["provinces"], *gone))


def _homes(folder: Path, people: dict[str, Any]) -> dict[str, Home]:
    try:
        return read_homes(people)
    except KeyError as error:
        raise RegionUnreadable(f"{folder / 'participants.yaml'}: {error.args[0]} is no municipality of it") from error


def _moments(folder: Path) -> list[dict[str, Any]]:
    path = folder / "moments.yaml"
    moments: list[dict[str, Any]] = read_yaml(path).get("moments", []) if path.is_file() else []
    for moment in moments:
        lacking = {"id", "title", "kind", "level", "body", "lead_days", "use"} - set(moment)
        if lacking:
            raise RegionUnreadable(f"{path}: {moment.get('id', moment)}: misses {', '.join(sorted(lacking))}")
    return moments


def _bodies(folder: Path, people: dict[str, Any], region: Region) -> set[str]:
    path = folder / "bodies.yaml"
    data = read_yaml(path)
    for name in ("since", "years", "kinds", "of_participants", "region"):
        if name not in data:
            raise RegionUnreadable(f"{path}: misses {name}")
    for kind in (OF_PARTICIPANTS[name] for name in OF_PARTICIPANTS if people[name]):
        if kind not in data["of_participants"]:
            raise RegionUnreadable(f"{path}: of_participants: misses {kind}")
    of_all = [entry for entries in data["of_participants"].values() for entry in entries]
    for entry in (*data["region"], *of_all):
        _must_be_body(path, entry, data["kinds"])
    tables = {entry["id"] for entry in data["region"]}
    if region.board not in tables:
        raise RegionUnreadable(f"{folder / 'region.yaml'}: board: {region.board} is no body in {path.name}")
    return tables | set(region.prepares)


def _must_be_body(path: Path, entry: dict[str, Any], kinds: dict[str, Any]) -> None:
    for name in ("id", "kind", "name"):
        if name not in entry:
            raise RegionUnreadable(f"{path}: {entry.get('id', entry)}: misses {name}")
    if entry["kind"] not in kinds:
        raise RegionUnreadable(f"{path}: {entry['id']}: kind {entry['kind']} stands not under kinds")


def _organisations(path: Path) -> None:
    """What kinds there are, who loads them knows: the words of the program are read with a region at hand."""
    for kind, entries in (read_yaml(path) if path.is_file() else {}).items():
        for entry in entries:
            if not isinstance(entry, dict) or not {"code", "name"} <= set(entry):
                raise RegionUnreadable(f"{path}: {kind}: an organisation needs a code and a name: {entry}")


def _agendas(folder: Path, bodies: set[str]) -> None:
    known: dict[str, Path] = {}
    for path in editions_of(folder):
        edition = read_yaml(path)
        if not {"agenda", "challenges"} <= set(edition):
            raise RegionUnreadable(f"{path}: misses agenda or challenges")
        for entry in edition["challenges"]:
            _must_be_challenge(path, entry, known, bodies)
            known[entry["id"]] = path
    if folder.resolve() != USUAL.resolve():
        _must_be_own_ids(folder)


def _must_be_challenge(path: Path, entry: dict[str, Any], known: dict[str, Path], bodies: set[str]) -> None:
    number = entry.get("id", entry)
    for name in ("id", "kind", "status"):
        if name not in entry:
            raise RegionUnreadable(f"{path}: {number}: misses {name}")
    if number in known:
        raise RegionUnreadable(f"{path}: {number}: stands twice, also in {known[number].name}")
    if entry.get("parent") and entry["parent"] not in known:
        raise RegionUnreadable(f"{path}: {number}: its parent {entry['parent']} does not stand before it")
    strange = [name for name in entry.get("platforms", []) if name not in bodies]
    if strange:
        raise RegionUnreadable(f"{path}: {number}: platform {strange[0]} is no body in bodies.yaml")


def _must_be_own_ids(folder: Path) -> None:
    """The matcher's weights know the usual region's opgaven by id: another opgave under such an id would be scored by
    what people said of something else."""
    usual = {e["id"]: e.get("name") for path in editions_of(USUAL) for e in read_yaml(path)["challenges"]}
    for path in editions_of(folder):
        for entry in read_yaml(path)["challenges"]:
            if entry["id"] in usual and usual[entry["id"]] != entry.get("name"):
                raise RegionUnreadable(
                    f"{path}: {entry['id']} is the id of an opgave of another region; choose another"
                )
