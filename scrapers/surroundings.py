"""What surrounds the text of a call on its page: navigation, related schemes, news, banners, the hours of a desk."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from lxml import etree, html

from scrapers.links import address_of
from scrapers.site_words import pattern

IsOther = Callable[[str], bool]
_ASIDE = {"nav", "aside", "footer", "form", "dialog", "template", "script", "style", "iframe", "noscript"}
_NEVER = _ASIDE - {"aside", "form"}
_ASIDE_ROLES = {"navigation", "complementary", "search", "dialog", "alertdialog", "banner", "contentinfo"}
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = {"li", "article", "section", "tr", "dd", "p"}
_SENTENCES = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9])")


def remove_others(part: Any, base: str, is_other: IsOther) -> None:
    """Take out of a part of a page what is not of its call; ``is_other``: whether an address is another scheme's."""
    titles = list(part.iter("h1"))
    title = next((h1 for h1 in titles if not any(map(_is_aside, _inside(h1, part)))), titles[0] if titles else None)
    kept = set() if title is None else {title, *title.iterancestors()}
    kept.add(part)
    for element in list(part.iter(etree.Element)):
        if element not in kept and _is_aside(element) and (element.tag in _NEVER or not _states_facts(element)):
            _drop(element)
    _remove_other_articles(part, title)
    for heading in list(part.iter(*_HEADINGS[1:])):
        if pattern("aside_heading").fullmatch(_words_of(heading)):
            _drop_section(heading, kept)
    for block in list(part.iter("p", "li")):
        if block not in kept and pattern("see_also").match(_first_words(block)):
            _drop(block)
    _remove_linked(part, base, is_other, kept)


def _inside(element: Any, part: Any) -> Iterator[Any]:
    """What an element stands in, up to a part of the page."""
    for above in element.iterancestors():
        if above is part:
            return
        yield above


def _is_aside(element: Any) -> bool:
    if element.tag in _ASIDE or element.get("role", "").lower() in _ASIDE_ROLES:
        return True
    names = f"{element.get('class', '')} {element.get('id', '')}".strip()
    return any(pattern("aside_names").fullmatch(part) for name in names.split()[:20] for part in _parts_of(name))


def _states_facts(element: Any) -> bool:
    """Whether a box beside the text has labels of its own, such as "Sluitingsdatum": many sites put them there."""
    return any(pattern("label").fullmatch(" ".join(text.split())) for text in element.itertext())


def _parts_of(name: str) -> Iterator[str]:
    """ "block-related-news" as a whole, and by one and by two of its words."""
    parts = re.split(r"[-_]+", name[:200])
    yield name
    yield from parts
    yield from map("-".join, pairwise(parts))


def _remove_other_articles(part: Any, title: Any) -> None:
    """Where the title stands in an article, the articles beside it are of others."""
    own = None if title is None else next(title.iterancestors("article"), None)
    if own is None:
        return
    for article in list(part.iter("article")):
        if article is not own and own not in article.iterancestors() and article not in own.iterancestors():
            _drop(article)


def _remove_linked(part: Any, base: str, is_other: IsOther, kept: set[Any]) -> None:
    """What begins with a link to the page of another scheme speaks of that scheme."""
    for anchor in list(part.iter("a")):
        address = address_of(anchor.get("href"), base, base)
        if address is None or not is_other(address):
            continue
        block = next((above for above in anchor.iterancestors() if above.tag in (*_BLOCKS, *_HEADINGS)), None)
        if block is None or block in kept or _first_words(block) != _first_words(anchor):
            continue
        if block.tag in _HEADINGS:
            _drop_section(block, kept)
        else:
            _drop(block)


def _words_of(element: Any) -> str:
    return " ".join(" ".join(element.itertext()).split())


def _first_words(element: Any) -> str:
    """The first piece of text in an element."""
    return next(filter(None, (" ".join(text.split()) for text in element.itertext())), "")


def _drop(element: Any) -> None:
    """Out of the tree, with everything in it; the text behind it stays."""
    if element.getparent() is not None:
        element.drop_tree() if isinstance(element, html.HtmlElement) else element.getparent().remove(element)


def _drop_section(heading: Any, kept: set[Any]) -> None:
    """A heading with all that follows until the next one of its level; with its box, where it is the first in there."""
    box = heading.getparent()
    first = box is not None and box not in kept and _first_words(box) == _first_words(heading)
    if first:
        _drop(box)
        return
    follower = heading.getnext()
    while follower is not None and follower not in kept and not (_is_heading(follower) and follower.tag <= heading.tag):
        dropped, follower = follower, follower.getnext()
        _drop(dropped)
    _drop(heading)


def _is_heading(element: Any) -> bool:
    return element.tag in _HEADINGS


def without_desks(text: str) -> str:
    """A text without the sentences that say when a desk or a site can be reached."""
    return "\n".join(filter(None, (" ".join(_of_the_call(line)) for line in text.splitlines())))


def _of_the_call(line: str) -> Iterator[str]:
    for sentence in _SENTENCES.split(line):
        of_a_desk = all(pattern(name).search(sentence) for name in ("desk", "reached"))
        if not of_a_desk or pattern("applying").search(sentence) or pattern("window").search(sentence):
            yield sentence
