"""What stands around the calls of a mail, rendered once a shape: inlining styles took 3 ms a mail, more than all else.

A shape is a context without its words: which parts are there, how many lines, which numbers. Each word is rendered as a
mark and put in its place afterwards, escaped in HTML; so a template can ask whether it is there, and not change it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment
from markupsafe import Markup, escape

MARK = re.compile("\ue000(\\d+)\ue001")  # private use: no text of a source has them, and no filter changes them
MOST_KEPT = 500
Rendered = tuple[str, str, str]  # subject, text, HTML


@dataclass
class Shells:
    """The environments for text and HTML, and what was rendered with them."""

    environments: tuple[Environment, Environment]
    inline: Callable[[str], str]
    _kept: dict[Any, Rendered] = field(default_factory=dict)

    def filled(self, mail: str, context: Mapping[str, Any]) -> Rendered:
        """Subject, text and HTML of a kind of mail with these words in it."""
        words: list[str] = []
        shape = _shape(context, words)
        key = (mail, repr(shape))
        if key not in self._kept:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[key] = self._render(mail, shape)
        subject, text, html = self._kept[key]
        safe = [str(escape(word)) for word in words]
        return _put(subject, words), _put(text, words), _put(html, safe)

    def _render(self, mail: str, shape: Any) -> Rendered:
        plain, marked = self.environments
        html = marked.get_template(f"{mail}/body.html").render(shape)
        names = (f"{mail}/subject.txt", f"{mail}/body.txt")
        subject, text = (plain.get_template(name).render(shape) for name in names)
        return subject, text, self.inline(html)


def _shape(value: Any, words: list[str]) -> Any:
    """The same with a mark for each word; what is empty, a number or a mark of its own stays as it is."""
    if isinstance(value, Mapping):
        return {name: _shape(each, words) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_shape(each, words) for each in value]
    if isinstance(value, str) and value and not isinstance(value, Markup):
        words.append(value)
        return f"\ue000{len(words) - 1}\ue001"
    return value


def _put(template: str, words: list[str]) -> str:
    return MARK.sub(lambda mark: words[int(mark[1])], template)
