"""The pictures of the README, taken of a demo that runs: `python -m tests.make.screens http://localhost:8000`."""

import sys

from playwright.sync_api import sync_playwright

from tests.make.browser import BUSY, CHROMIUM, ROOT

PICTURES = {"today": "/", "digest": "/demo/post/1"}


def take(address: str) -> None:
    """What a fundraiser of the demo sees on the first page and in the first mail."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1000, "height": 720})
        page.set_default_timeout(BUSY)
        page.goto(f"{address}/demo")
        page.get_by_role("button", name="Ga verder als Sam de Vries").click()
        for name, path in PICTURES.items():
            page.goto(address + path)
            page.screenshot(path=ROOT / "docs" / "pictures" / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    take(sys.argv[1])
