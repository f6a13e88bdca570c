"""The region that this process serves: the usual one, until its door says otherwise. One process serves one."""

from functools import cache

from db.region import USUAL, Region
from db.region_folder import read_region


class _Served:
    """Which region this process serves; the usual one until its door says otherwise."""

    chosen: Region | None = None


def region() -> Region:
    """The region that this process serves."""
    return _Served.chosen or _usual()


def serve(chosen: Region | None) -> None:
    """Serve this region from now on; none: the usual one. Said once, at the door of a process."""
    _Served.chosen = chosen


@cache
def _usual() -> Region:
    return read_region(USUAL)
