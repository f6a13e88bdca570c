"""How a page looks to everybody: axe at several widths and colours, what is off the screen, what is too pale."""

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.make.browser import AXE, ROOT

SHOTS = ROOT / "tests" / "output" / "pages"  # make this folder to get a picture of each page
Look = tuple[int, Literal["light", "dark"], tuple[str, ...], list[str]]  # width, colours, kinds of finding, rules


def looked_at(page: Page, where: str, looks: Sequence[Look] = ()) -> list[str]:
    """What is wrong with a page that is shown, at these looks, else at all."""
    wrong = []
    name = re.sub(r"\W+", "_", where).strip("_")[:60] or "vandaag"
    for width in (1280, 640, 390):
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append(f"{where} is wider than {width}")
        wrong += [f"{where} at {width}: {what}" for what in page.evaluate(HIDDEN)]
        if SHOTS.is_dir():
            page.screenshot(path=SHOTS / f"{name}-{width}.png", full_page=True)
    page.evaluate(UNROLL)
    page.evaluate(AXE.read_text("utf-8"))
    for width, scheme, kinds, only in looks or AXE_LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate(RUN_AXE, only)
        wrong += [f"{where} {width} {scheme} is too pale: {text}" for text in page.evaluate(PALE)]
        for kind in kinds:
            for one in found[kind]:
                wrong += [f"{where} {width} {scheme} {kind} {one['id']}: {text}"] if (text := _nodes(one)) else []
    page.emulate_media(color_scheme="light")
    return wrong


# 1280 pixels at 200 % are 640. What axe cannot tell is looked at where the whole page is wide: in a narrow one the
# columns of a table that scrolls lie under its edge, and their colour is the same. In the dark only colours differ, and
# between a phone and a wide page only what a width does: every rule twice would take half as long again.
OF_COLOUR, OF_WIDTH = ["color-contrast", "link-in-text-block"], ["target-size", "scrollable-region-focusable"]
AXE_LOOKS: tuple[Look, ...] = (
    (1280, "light", ("violations", "incomplete"), []),
    (1280, "dark", ("violations", "incomplete"), OF_COLOUR),
    (390, "light", ("violations",), []),
    (640, "light", ("violations",), OF_WIDTH),
)


# What cannot be reached: an entry of the menu off the screen, or a table that goes on at the side and does not say so.
HIDDEN = """async () => {
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const off = [...document.querySelectorAll('.menu a')].filter((a) => a.getBoundingClientRect().right > innerWidth);
  const silent = [...document.querySelectorAll('.ams-table')].filter((box) =>
    box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box, '::before').content === 'none');
  return [...off.map((a) => `${a.textContent} is off the screen`), ...silent.map(() => 'a table goes on in silence')];
}"""
# The frame of a mail runs nothing, axe neither; tests/letters/test_every_mail.py looks at mails by themselves.
RUN_AXE = """only => axe.run(document, {
    resultTypes: ['violations', 'incomplete'],
    ...(only.length ? {runOnly: only} : {rules: {'frame-tested': {enabled: false}, 'target-size': {enabled: true}}}),
})"""
# What is cut off at the edge of a box that scrolls has no colour that axe can tell: show it whole.
UNROLL = "document.querySelectorAll('.scroll').forEach(box => { box.style.maxBlockSize = 'none' })"
# Reviewed 2026-11-24: axe cannot judge the contrast of a sign or a number on stripes. Ours are decoration beside words
# (aria-hidden), in the colour of those words, which axe did judge.
# And it measures words that only a screen reader gets as if they were seen.
# Reviewed 2026-11-30: a drawing is an image to axe, so that it can tell of no word in one; PALE does.
REVIEWED = re.compile(
    r'aria-hidden="true">\S{1,2}</|>[^<]+<span class="ams-visually-hidden">|^<text |^<div class="(timeline__title|load__name)'
)
# The words in drawings that stand out too little from the ground of the page.
PALE = """() => {
  const words = [...document.querySelectorAll('svg text, svg foreignObject *')];
  if (words.length === 0) return [];
  const { Color, getContrast } = axe.commons.color;
  const colour = (said) => { const made = new Color(); made.parseString(said); return made; };
  const grounds = [document.body, document.documentElement].map((one) => getComputedStyle(one).backgroundColor);
  const ground = colour(grounds.find((one) => colour(one).alpha === 1));
  const said = (word) => getComputedStyle(word)[word.matches('text') ? 'fill' : 'color'];
  return words.filter((word) => getContrast(ground, colour(said(word))) < 4.5).map((word) => word.outerHTML);
}"""


def _nodes(found: dict[str, object]) -> str:
    nodes = found["nodes"]
    assert isinstance(nodes, list)
    left = [node for node in nodes if found["id"] != "color-contrast" or not REVIEWED.search(node["html"])]
    said = [(node["html"][:120], [a.get("message", "")[:90] for a in node["any"]]) for node in left[:3]]
    return json.dumps(said) if said else ""


def validated(folder: Path) -> str:
    """What is no valid HTML among the files of a folder; empty where all is."""
    validator = ROOT / "node_modules" / ".bin" / "html-validate"
    if not validator.exists():
        pytest.skip("no html-validate: run 'make setup'")
    (folder / ".htmlvalidate.json").write_text(
        '{"root": true, "extends": ["html-validate:standard"], "rules": {"long-title": "off"}}'
    )
    outcome = subprocess.run(
        [validator, "--formatter", "text", str(folder)], capture_output=True, text=True, cwd=folder, check=False
    )
    return outcome.stdout.replace(str(folder), "")
