"""Forms as a browser sends them: read from a page, with the fields that are filled in and words of one's own in the rest."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import html

from tests.make.pages import Visitor
from tracker.web.frame.route import Guard, Route
from tracker.web.routes import ROUTES

FORMS = [route for route in ROUTES if route.method == "POST" and route.guard is Guard.TOKEN and route.writes]
# What a field asks that no word can answer.
ANSWERS = {
    "year": "2026", "requested_amount": "", "chance": "40", "influence": "6", "patience": "9", "paper_days": "9",
    "most": "7", "rate": "", "budget": "", "max_amount": "", "at_least": "", "hour": "", "requested": "1000",
    "total_cost": "2000", "de_minimis": "", "result_amount": "", "granted": "500", "readers": "", "number": "7",
}  # fmt: skip


@dataclass
class Form:
    """One form on a page: where it goes, what stands in it, and which fields take free words."""

    page: str
    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    amounts: list[str] = field(default_factory=list)

    def typed(self, **said: str) -> list[tuple[str, str]]:
        """What is sent, with these fields as said."""
        return [(name, said.get(name, value)) for name, value in self.fields]


def route_of(action: str) -> Route | None:
    """The route that a form goes to; a path without gaps before one that has them."""
    for route in sorted(FORMS, key=lambda r: r.path.count("{")):
        if re.fullmatch(re.sub(r"\\{\w+(:\w+)?\\}", "[^/]+", re.escape(route.path)), action.split("?")[0]):
            return route
    return None


def forms_on(visitor: Visitor, page: str) -> list[Form]:
    """The forms of a page that change something."""
    answer = visitor.get(page)
    if answer.status_code != 200 or not answer.headers["content-type"].startswith("text/html"):
        return []
    whole = html.fromstring(answer.text)
    forms = [form_of(page, element) for element in whole.xpath("//form[@method='post']")]
    marks = [value for form in forms for name, value in form.fields if name == "csrf"][:1]
    return forms + [_elsewhere(page, button, mark) for button in whole.xpath("//button[@formaction]") for mark in marks]


def _elsewhere(page: str, button: html.HtmlElement, mark: str) -> Form:
    """A button that sends the form it stands in to another address."""
    around = button.xpath("ancestor::form[@method='post']")
    form = form_of(page, around[0]) if around else Form(page, "", [("csrf", mark)])
    form.action = button.get("formaction")
    return form


def bare_form(visitor: Visitor, action: str) -> Form:
    """A button that stands on no page of the walk: nothing but the mark of another form."""
    return Form("/account", action, [f for f in forms_on(visitor, "/account")[0].fields if f[0] == "csrf"])


def form_of(page: str, element: html.HtmlElement) -> Form:
    """One form as it stands on a page."""
    form = Form(page, element.get("action"))
    for control in element.xpath(".//input | .//textarea | .//select"):
        form.fields += _sent(form, control)
    named = [] if element.xpath(".//button[not(@name)]") else element.xpath(".//button[@name]")[:1]
    for button in named:
        form.fields.append((button.get("name"), button.get("value", "")))
    return form


def _sent(form: Form, control: html.HtmlElement) -> Iterator[tuple[str, str]]:
    name, kind = control.get("name"), control.get("type", "")
    if not name or kind == "file":
        return
    if control.tag == "select":
        chosen = control.xpath(".//option[@selected]") or control.xpath(".//option[@value!='']")
        yield name, chosen[0].get("value", "") if chosen else ""
    elif kind in ("checkbox", "radio"):
        if control.get("checked") is not None or (kind == "radio" and name not in dict(form.fields)):
            yield name, control.get("value", "on")
    elif kind in ("hidden", "number", "time"):
        yield name, control.get("value") or ANSWERS.get(name, "") if kind != "hidden" else control.get("value", "")
    elif kind == "date":
        yield name, control.get("value") or "2026-06-19"
    elif kind == "email":
        yield name, control.get("value") or "iemand@voorbeeld.nl"
    else:
        yield from _written(form, control, name)


def _written(form: Form, control: html.HtmlElement, name: str) -> Iterator[tuple[str, str]]:
    value = (control.text or "").lstrip("\n") if control.tag == "textarea" else control.get("value", "")
    if control.get("inputmode") in ("decimal", "numeric") or name in ANSWERS:
        form.amounts += [] if name in ANSWERS else [name]
        yield name, value or ANSWERS.get(name, "1000")
        return
    form.words.append(name)
    yield name, value
