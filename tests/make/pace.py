"""How much work something is, to compare with other work of the same run: machines differ by more than three times."""

from collections.abc import Callable
from time import process_time


def seconds_of(work: Callable[[], object], goes: int = 1) -> float:
    """The least processor time, in seconds, that so many goes of it took: what runs beside it only ever adds."""
    took = []
    for _ in range(goes):
        began = process_time()
        work()
        took.append(process_time() - began)
    return min(took)
