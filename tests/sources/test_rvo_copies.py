"""Two items of RVO's list that lead to one scheme: each is read, so that what they contradict can be asked."""

import json
from pathlib import Path

from scrapers.recordings import replay
from scrapers.sources.rvo import Rvo
from tests.make.scripted import recorded

ROOT = "https://www.rvo.nl"


def page(until: str) -> str:
    return f"<html><main><h1>Walstroom</h1><p>Open voor aanvragen</p><p>Aanvragen kan tot en met {until}.</p></main></html>"


def crawl(folder: Path, paths: list[str]) -> list[tuple[tuple[object, ...], tuple[object, ...]]]:
    folder.mkdir()
    items = [{"title": "Walstroom", "url": f"{ROOT}/subsidies-financiering/{path}"} for path in paths]
    html = {"walstroom": page("1 oktober 2026"), "Walstroom": page("30 november 2026")}
    pages: dict[str, tuple[str, bytes | str]] = {
        f"{ROOT}/api/v1/opendata/subsidies?page=0": ("application/json", json.dumps(items)),
        f"{ROOT}/api/v1/opendata/subsidies?page=1": ("application/json", "[]"),
        **{f"{ROOT}/subsidies-financiering/{path}": ("text/html", html[path]) for path in paths},
    }
    crawled = replay(Rvo, recorded(folder, pages))
    return [
        (one.deadlines, tuple(q.readings for q in one.questions if q.field == "closes")) for one in crawled.listings
    ]


def test_pages_of_one_scheme_that_contradict_each_other_are_asked_in_whatever_order(tmp_path: Path) -> None:
    one_way, other_way = (
        crawl(tmp_path / str(n), paths)
        for n, paths in enumerate((["walstroom", "Walstroom"], ["Walstroom", "walstroom"]))
    )
    assert one_way == other_way
    [(deadlines, asked)] = one_way
    assert (deadlines, asked) == ((), (("2026-10-01", "2026-11-30"),))
