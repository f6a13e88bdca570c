"""Signing in with the organisation's account in a real browser, at the certified provider of the Node world."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from db.models import AuditEntry
from db.session import open_engine, reading
from tests.make.browser import ROOT, Served, chromium, free_port, open_page, serve

pytestmark = pytest.mark.slow
PROVIDER = ROOT / "tests" / "readers" / "provider.mjs"
SHOTS = ROOT / "tests" / "output" / "provider"  # make this folder to get a picture of each step


@pytest.fixture
def provided(tmp_path: Path, sqlite_world: Path) -> Iterator[Served]:
    """Our pages and the provider, each at a port of its own."""
    node = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")
    if node is None or not (ROOT / "node_modules" / "oidc-provider").is_dir():
        pytest.skip("no node with oidc-provider: run 'make setup'")
    (tmp_path / "world.db").write_bytes(sqlite_world.read_bytes())
    engine, there = open_engine(f"sqlite:///{tmp_path / 'world.db'}"), f"localhost:{free_port()}"
    settings = {
        "oidc_issuer": f"http://{there}", "oidc_client_id": "kansenradar", "oidc_client_secret": "geheim",
        "oidc_name": "gemeente Amsterdam", "oidc_domains": "amsterdam.nl", "fetch_allow": there,
        "sign_in_link": "without-provider",
    }  # fmt: skip
    with serve(engine, None, tmp_path, **settings) as served:
        command = [node, str(PROVIDER), there.partition(":")[2], served.address]
        with subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            assert process.stdout is not None
            assert "listening" in process.stdout.read(9)
            yield served
            process.terminate()
    engine.dispose()


def shoot(page: Page, name: str) -> None:
    """A picture of a step, wide and narrow, where somebody wants them."""
    if SHOTS.is_dir():
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 800})
            page.screenshot(path=SHOTS / f"{name}-{width}.png")


def at_the_provider(page: Page, who: str) -> None:
    """Sign in there, and agree to what is asked."""
    page.get_by_placeholder("Enter any login").fill(who)
    page.get_by_placeholder("and password").fill("wachtwoord")
    shoot(page, f"2-provider-{who}")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()


def out_there_too(page: Page, provided: Served) -> None:
    """In once more, and out by our own button: here, and by the offer also at the provider, which sends one back."""
    page.get_by_role("link", name="Log in met het account van gemeente Amsterdam").click()
    at_the_provider(page, "eva")
    page.get_by_role("button", name="Uitloggen").click()
    expect(page.get_by_role("heading", name="U bent uitgelogd")).to_be_visible()
    shoot(page, "5-uitgelogd")
    page.get_by_role("link", name="Ook uitloggen bij gemeente Amsterdam").click()
    page.get_by_role("button", name="Yes, sign me out").click()
    page.wait_for_url(f"{provided.address}/inloggen*")


def test_in_by_the_organisations_account_and_out_when_it_says_so(provided: Served) -> None:
    with chromium() as browser:
        page = open_page(browser, provided)
        page.goto("/regelingen/3")
        shoot(page, "1-inloggen")
        page.get_by_label("E-mailadres van uw werk").fill("fundraiser@amsterdam.nl")
        page.get_by_role("button", name="Ga verder").click()
        at_the_provider(page, "eva")
        expect(page.get_by_role("button", name="Uitloggen")).to_be_visible()
        assert page.url.endswith("/regelingen/3")
        shoot(page, "3-ingelogd")
        page.goto(f"{provided.settings.oidc_issuer}/session/end")
        page.get_by_role("button", name="Yes, sign me out").click()
        expect(page.get_by_text("Sign-out Success")).to_be_visible()
        page.goto(f"{provided.address}/regelingen/3")
        out_there_too(page, provided)
        page.goto(f"{provided.address}/regelingen/3")
        expect(page.get_by_role("heading", name="Inloggen")).to_be_visible()
        page.get_by_role("link", name="Log in met het account van gemeente Amsterdam").click()
        at_the_provider(page, "onbekend")
        expect(page.get_by_role("heading", name="U bent niet ingelogd")).to_be_visible()
        shoot(page, "4-geweigerd")
    with reading(provided.engine) as session:
        lines = session.exec(select(AuditEntry).order_by(col(AuditEntry.id))).all()
    assert [line.result for line in lines] == [
        "account linked, by organisatie",
        "1 sessions ended",
        "done, by organisatie",
        "done",
        "0 sessions ended",
        "refused: not invited",
    ]
