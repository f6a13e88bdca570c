"""Templates into mail: text and HTML with styles inlined; and whole letters that name no call, such as to sign in."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from db.region_served import region
from notifications.message import MOST_SUBJECT, Letter, one_line

TEMPLATES = Path(__file__).parent / "templates"


@cache
def environments() -> tuple[Environment, Environment]:
    """One for text and one for HTML: select_autoescape() leaves .txt and unknown suffixes unescaped (V13)."""
    loader = FileSystemLoader(TEMPLATES)
    options: dict[str, Any] = {
        "loader": loader,
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }
    both = Environment(autoescape=False, **options), Environment(autoescape=True, **options)  # noqa: S701
    for made in both:
        made.globals["region"] = region
    return both


@cache
def _style() -> str:
    return (TEMPLATES / "_base/style.css").read_text("utf-8")


@cache
def _inliner() -> Any:
    import css_inline  # 2.5 MiB, where a mail is written

    return css_inline.CSSInliner(
        keep_style_tags=True, load_remote_stylesheets=False, extra_css=_style(), keep_at_rules=True, minify_css=True
    )


def inlined(page: str) -> str:
    """A page with its styles beside each element: mail programs drop the sheet in the head."""
    return str(_inliner().inline(page))


def rows(table: str) -> str:
    """The rows of a table with their styles inlined, to stand in the table of their section."""
    inlined = str(_inliner().inline_fragment(table, _style()))
    return inlined[inlined.index("<tbody>") + len("<tbody>") : inlined.rindex("</tbody>")]


def sign_in(link: str, name: str) -> Letter:
    """The mail with a link to sign in."""
    return plain_letter("sign_in", {"link": link, "name": one_line(name, 100)})


def plain_letter(mail: str, context: Mapping[str, Any]) -> Letter:
    """One of the mails that name no call, from the templates in the folder of that name."""
    plain, marked = environments()
    subject = one_line(plain.get_template(f"{mail}/subject.txt").render(context), MOST_SUBJECT)
    full = {"sender_name": "Kansenradar", "subject": subject, **context}
    html = inlined(marked.get_template(f"{mail}/body.html").render(full))
    return Letter(subject, plain.get_template(f"{mail}/body.txt").render(full), html)
