"""What the code can say to a reader when something goes wrong, found in the code itself: no list to forget one in."""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import product
from pathlib import Path

ROOT = Path(__file__).parents[2]
CRAWLING = (
    *(f"scrapers/{name}.py" for name in (
        "fetch", "formats", "known_pages", "letters", "own_page", "pages", "run", "sitemaps", "source", "watched",
        "expectation", "copies", "eu_results", "rvo_cards", "addresses",
    )),
    "scrapers/sources/*.py", "tracker/sources/crawl.py", "tracker/sources/live_check.py", "tracker/calls/completeness.py",
    "tracker/calls/cross_check.py", "tracker/calls/plan.py",
)  # fmt: skip
MAILING = ("notifications/*.py", "tracker/mailing/*.py", "tracker/people/*.py")
OURS = ("tracker/**/*.py", "notifications/*.py")
RAISED = {
    "SourceIncomplete", "SourceStuck", "RowUnreadable", "RowSkipped", "IgnoreRequest", "AddressRefused",
    "ForbiddenByRobots", "HostRefused",
}  # fmt: skip
SAID = {"Remark", "remark", "stop", "fail", "Judgement", "Unreadable"}
SAMPLE = "[X1]"  # what stands for a value that is only known while the code runs


Said = tuple[tuple[str, str], ...]  # (where, sentence); a value of the moment reads [X1]


@cache
def reasons() -> Said:
    """Why a page, row or crawl went wrong: what is raised, remarked, or given back by a function that says why."""
    return _said(CRAWLING, _raised(RAISED), _handed(SAID, {"why", "stopped", "line"}), _given_back)


@cache
def mails() -> Said:
    """Why a mail did not leave, in our own words."""
    handed = _handed({"withdraw", "SendOutcome", "judge", "_close_unsent"}, {"why", "text", "last_text", "remark"})
    return _said(MAILING, handed, _raised({"NotSafe", "SMTPNotSupported"}), _given_back_by({"_unwanted"}))


@cache
def refusals() -> Said:
    """What a page says that refuses: every Refused and what is derived of it, and the messages of checked fields."""
    return _said(OURS, _raised(_derived_of("Refused")))


@cache
def alerts() -> Said:
    """The lines of alerts and of pauses."""
    return _said(OURS, _handed({"raise_alert", "Trouble", "pause"}, set(), skip_technical=True))


@cache
def results() -> Said:
    """What the audit log keeps of how a deed ended."""
    return _said(OURS, _handed({"record", "AuditEntry"}, {"result"}, first=2))


Finder = Callable[[ast.AST], Iterator[ast.expr]]


def _said(rooms: tuple[str, ...], *finders: Finder) -> Said:
    found: dict[str, str] = {}
    for path in (path for pattern in rooms for path in sorted(ROOT.glob(pattern))):
        tree = ast.parse(path.read_text("utf-8"))
        known = _constants(tree)
        for node in ast.walk(tree):
            for said in (said for finder in finders for said in finder(node)):
                for text in _texts(said, known):
                    if " " in text.replace(SAMPLE, "").strip():
                        found.setdefault(text, f"{path.relative_to(ROOT)}:{node.lineno}")  # type: ignore[attr-defined]
    return tuple((where, text) for text, where in found.items())


def _raised(names: set[str]) -> Finder:
    def find(node: ast.AST) -> Iterator[ast.expr]:
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and _name(node.exc.func) in names:
            yield from node.exc.args[:1]

    return find


def _handed(names: set[str], words: set[str], first: int = 0, skip_technical: bool = False) -> Finder:
    def find(node: ast.AST) -> Iterator[ast.expr]:
        if isinstance(node, ast.Call) and _name(node.func) in names:
            yield from node.args[first : 3 if skip_technical else None]
            yield from (word.value for word in node.keywords if word.arg in words)

    return find


def _given_back(node: ast.AST) -> Iterator[ast.expr]:
    """What a function gives back whose docstring says that it tells why, or what came instead."""
    if isinstance(node, ast.FunctionDef) and _says_why(node):
        yield from (
            inner.value for inner in ast.walk(node) if isinstance(inner, ast.Return) and inner.value is not None
        )


def _says_why(function: ast.FunctionDef) -> bool:
    said = (ast.get_docstring(function) or "") + f" {function.name}"
    is_text = isinstance(function.returns, ast.Name) and function.returns.id == "str"
    return is_text and bool(re.search(r"\bwhy|\bhow (?:a|it)\b|one line|instead|remarks?\b|_example", said))


def _given_back_by(names: set[str]) -> Finder:
    def find(node: ast.AST) -> Iterator[ast.expr]:
        if isinstance(node, ast.FunctionDef) and node.name in names:
            yield from (inner.value for inner in ast.walk(node) if isinstance(inner, ast.Return) and inner.value)

    return find


def _derived_of(name: str) -> set[str]:
    """The names of a class and of all that is derived of it, by what the code says."""
    bases = {
        node.name: {_name(base) for base in node.bases}
        for pattern in OURS
        for path in ROOT.glob(pattern)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
    }
    found = {name}
    while more := {child for child, parents in bases.items() if parents & found} - found:
        found |= more
    return found


def _constants(tree: ast.Module) -> dict[str, str]:
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _name(function: ast.expr) -> str:
    return (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )


def _texts(node: ast.expr, known: dict[str, str]) -> list[str]:
    """What an expression can be as text."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.Name(id=name) if name in known:
            return [known[name]]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return [a + b for a, b in product(_texts(left, known), _texts(right, known))]
        case ast.IfExp(body=body, orelse=other):
            return [*_texts(body, known), *_texts(other, known)]
        case ast.BoolOp(values=values):
            return [text for value in values for text in _texts(value, known)]
        case ast.JoinedStr(values=values):
            parts = [_texts(part, known) for part in values]
            return ["".join(chosen) for chosen in product(*parts)]
        case ast.FormattedValue(value=ast.IfExp() as chosen):
            return _texts(chosen, known)
        case ast.FormattedValue(value=ast.Name(id=name)) if name in known:
            return [known[name]]
        case _:
            return [SAMPLE]
