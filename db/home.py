"""Where the participants of a region lie, read from its folder: whose money each can, and cannot, use.

A municipality lies in a province and in the areas of water authorities, a transport region wherever its members do.
What the folder does not say is not known, and then nothing is said to be out of reach.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict

from db.giver import WATER, key_of, slug

PROVINCE, MUNICIPALITY = "provincie", "gemeente"


class Home(BaseModel):
    """A participant with the authorities, by their keys, in whose area none of it lies."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    apart: frozenset[str] = frozenset()
    until: date | None = None


def read_homes(people: Mapping[str, Any]) -> dict[str, Home]:
    """Each participant of participants.yaml by its id, those that merged included."""
    ends = {merger["from"]: merger["day"] for merger in people["mergers"]}
    inside = {name: keys for name, keys in _municipalities(people).items() if keys}
    for name, members in people.get("members", {}).items():
        inside[name] = set().union(*(inside[each] for each in members))
    known = {key for keys in inside.values() for key in keys}
    near = [Home(id=slug(n), name=n, apart=_apart(keys, known), until=ends.get(n)) for n, keys in inside.items()]
    return {home.id: home for home in (*near, *(_province(name, inside, known) for name in people["provinces"]))}


def _municipalities(people: Mapping[str, Any]) -> dict[str, set[str]]:
    """Municipality -> the authorities in whose area it lies, itself and what merged into it among them."""
    subregions = {name: part for part, names in people["subregions"].items() for name in names}
    subregions |= {m["from"]: m.get("subregion") for m in people["mergers"] if m["from"] not in subregions}
    provinces = {part: province for province, parts in people.get("lies_in", {}).items() for part in parts}
    inside = {name: {key_of(MUNICIPALITY, name)} for name in subregions}
    for name, part in subregions.items():
        if part in provinces:
            inside[name].add(key_of(PROVINCE, provinces[part]))
    for water, names in people.get("water_authorities", {}).items():
        for name in names:
            inside[name].add(key_of(WATER[0], water))
    for merger in people["mergers"]:
        inside[merger["into"]].add(key_of(MUNICIPALITY, merger["from"]))
    return inside


def _apart(keys: Iterable[str], known: Iterable[str]) -> frozenset[str]:
    """The known authorities that are not among these, of the kinds of which at least one is."""
    own = set(keys)
    kinds = {key.partition(":")[0] for key in own}
    return frozenset(key for key in known if key not in own and key.partition(":")[0] in kinds)


def _province(name: str, inside: Mapping[str, set[str]], known: Iterable[str]) -> Home:
    """A province is in reach of all that gives within it; it may have municipalities that do not take part."""
    own = key_of(PROVINCE, name)
    there = [keys for keys in inside.values() if own in keys]
    return Home(id=slug(name), name=name, apart=_apart({own}.union(*there), known))
