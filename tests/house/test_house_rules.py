"""The promises of the house, checked: names, sizes, rooms, words, and prose that must stay true."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from sqlmodel import SQLModel

import db.models
from db import vocabulary, vocabulary_lobby
from db.vocabulary import Word
from tests.house.audit import verdict
from tests.house.graph import arrows_of, floor_of
from tests.house.picture import PACKAGES, redrawn
from tracker.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
ROOMS = ("scrapers", "tracker", "notifications", "db")
BANNED = {"utils", "util", "helpers", "helper", "common", "core", "lib", "manager", "managers", "service", "services"}
BANNED_ENDINGS = ("Manager", "Service", "Handler", "Processor", "Factory", "Helper", "Util", "Utils")
CLOCK_ROOMS = {"tracker/__main__.py", "tracker/clock.py", "tracker/settings.py", "tracker/web/app.py"}
LONG_FILE, LONG_FUNCTION = 400, 40


@cache
def tracked() -> tuple[Path, ...]:
    """The files git knows, or would know after `git add`."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return tuple(ROOT / name for name in names if (ROOT / name).is_file())


def ours() -> list[Path]:
    return [p for p in tracked() if p.suffix == ".py" and p.relative_to(ROOT).parts[0] in ROOMS]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def migration(path: Path) -> bool:
    return "migrations" in path.parts


def test_no_file_or_class_has_a_name_that_says_nothing() -> None:
    files = [name(p) for p in ours() if p.stem in BANNED]
    classes = [
        f"{name(p)}: {n.name}"
        for p in ours()
        for n in ast.walk(tree(p))
        if isinstance(n, ast.ClassDef) and n.name.endswith(BANNED_ENDINGS)
    ]
    assert files + classes == []


def test_no_file_is_longer_than_400_lines() -> None:
    long = {
        name(p): count for p in ours() if (count := p.read_text("utf-8").count("\n")) > LONG_FILE and not migration(p)
    }
    assert long == {}


def test_processor_time_is_measured_in_one_place_as_something_to_compare() -> None:
    """Seconds that one machine takes are no bound for another."""
    clocks = re.compile(r"\b(process_time|perf_counter)\b")
    tests = [p for p in tracked() if p.suffix == ".py" and name(p).startswith("tests/")]
    measuring = [
        name(p) for p in tests if clocks.search(p.read_text("utf-8")) and not name(p).startswith("tests/bench/")
    ]
    assert set(measuring) <= {"tests/make/pace.py", name(Path(__file__))}


def functions() -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in ours():
        if not migration(path):
            for node in ast.walk(tree(path)):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield path, node


def test_no_function_is_longer_than_40_lines() -> None:
    long = [
        f"{name(p)}:{f.lineno} {f.name} {length}"
        for p, f in functions()
        if (length := (f.end_lineno or f.lineno) - f.lineno + 1) > LONG_FUNCTION
    ]
    assert long == []


def test_every_file_says_in_one_sentence_what_it_is_for() -> None:
    assert [name(p) for p in ours() if not ast.get_docstring(tree(p))] == []


def test_the_clock_and_the_environment_are_read_at_the_doors_only() -> None:
    pattern = re.compile(r"datetime\.now\(|date\.today\(|time\.time\(|os\.environ|os\.getenv")
    found = [name(p) for p in ours() if name(p) not in CLOCK_ROOMS and pattern.search(p.read_text("utf-8"))]
    assert found == []


# Statements over tables rather than models: many rows at once. A backup goes through every table, whichever there are.
CORE = {
    "sqlalchemy": {"bindparam", "insert"},
    "db.models.columns": {"table"},
    "db.bulk": {"add", "in_parts", "take_ids"},
}
CORE_ROOMS = {
    "tracker/calls/losses.py", "tracker/calls/recollection.py", "tracker/calls/store.py",
    "notifications/outbox.py", "notifications/claims.py", "tracker/operations/restore.py", "tracker/operations/large_values.py",
}  # fmt: skip


def test_a_room_speaks_one_dialect_of_sql() -> None:
    speaking = {
        name(p)
        for p in ours()
        for n in ast.walk(tree(p))
        if isinstance(n, ast.ImportFrom) and CORE.get(n.module or "", set()) & {alias.name for alias in n.names}
    }
    assert {file for file in speaking if not file.startswith("db/")} == CORE_ROOMS


def test_everything_is_caught_at_four_rims_only() -> None:
    catching = [
        name(p)
        for p in ours()
        for n in ast.walk(tree(p))
        if isinstance(n, ast.ExceptHandler)
        and (n.type is None or ast.unparse(n.type) in ("Exception", "BaseException"))
    ]
    row, command, request, job = (
        "scrapers/source.py", "tracker/__main__.py", "tracker/web/frame/request_log.py", "tracker/operations/jobs.py"
    )  # fmt: skip
    assert set(catching) <= {row, command, request, job}  # none costs the next one
    assert len(catching) <= 4


def test_every_source_has_a_file_a_recording_and_a_test() -> None:
    sources = [p.stem for p in ours() if p.parent == ROOT / "scrapers/sources" and p.stem != "__init__"]
    lacking = [
        s
        for s in sources
        if not (ROOT / f"tests/recordings/{s}/index.json").is_file()
        or not (ROOT / f"tests/sources/test_{s}.py").is_file()
    ]
    assert lacking == []


def test_every_mail_has_its_three_files() -> None:
    folders = [p for p in (ROOT / "notifications/templates").glob("[!_]*") if p.is_dir()]
    lacking = {
        f.name: sorted(x.name for x in f.iterdir())
        for f in folders
        if not {"subject.txt", "body.txt", "body.html"} <= {x.name for x in f.iterdir()}
    }
    assert lacking == {}


def glossary() -> dict[str, str]:
    rows = re.findall(r"^\|[^|]*\| `(\w+)` \| `([\w/.]+)` \|", (ROOT / "docs/glossary.md").read_text("utf-8"), re.M)
    return dict(rows)


def words() -> list[type[Word]]:
    every = {**vars(vocabulary), **vars(vocabulary_lobby)}.values()
    return [v for v in every if isinstance(v, type) and issubclass(v, Word) and v is not Word]


def test_every_table_and_vocabulary_stands_in_the_glossary() -> None:
    tables = [m.class_.__name__ for m in SQLModel._sa_registry.mappers]
    missing = (set(tables) | {w.__name__ for w in words()}) - set(glossary())
    assert missing == set()
    assert tables, db.models


@pytest.mark.parametrize(("noun", "file"), sorted(glossary().items()))
def test_the_glossary_points_to_the_right_file(noun: str, file: str) -> None:
    classes = {n.name for n in ast.walk(tree(ROOT / file)) if isinstance(n, ast.ClassDef)}
    assert noun in classes


def test_every_word_has_a_dutch_label() -> None:
    assert [f"{w.__name__}.{m.name}" for w in words() for m in w if not m.label.strip()] == []


def test_every_setting_stands_in_the_manual() -> None:
    manual = (ROOT / "docs/running.md").read_text("utf-8")
    missing = [f for f in Settings.model_fields if f"`{PREFIX}{f.upper()}`" not in manual]
    assert missing == []


def test_the_manual_names_no_setting_that_does_not_exist() -> None:
    manual = (ROOT / "docs/running.md").read_text("utf-8")
    named = {n.lower() for n in re.findall(rf"`{PREFIX}([A-Z_]+)`", manual)}
    plain = {n if n in Settings.model_fields else n.removesuffix("_file") for n in named}
    assert {n for n in plain if not n.startswith("source_")} <= {*Settings.model_fields, "config"}


def test_nothing_names_a_machine_or_a_package_registry() -> None:
    pattern = re.compile(r"/work/(main|shared)|/root/|pypi\.org|files\.pythonhosted|registry\.npmjs|npmmirror")
    mine = Path(__file__)
    texts = [p for p in tracked() if p != mine and p.suffix not in {".gz", ".png", ".bin", ".db"}]
    assert [name(p) for p in texts if pattern.search(p.read_text("utf-8", errors="ignore"))] == []


def test_every_link_in_the_prose_leads_somewhere() -> None:
    broken = [
        f"{name(p)}: {link}"
        for p in tracked()
        if p.suffix == ".md"
        for link in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", p.read_text("utf-8"))
        if not (p.parent / link).exists()
    ]
    assert broken == []


def test_every_test_that_the_promises_name_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs/promises.md").read_text("utf-8")))
    written = {
        n.name
        for p in tracked()
        if p.suffix == ".py" and p.relative_to(ROOT).parts[0] == "tests"
        for n in ast.walk(tree(p))
        if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert named - written == set()


def test_tracker_holds_at_most_nine_modules_beside_its_wings() -> None:
    flat = sorted(p.name for p in ours() if p.parent == ROOT / "tracker")
    assert len(flat) <= 9, flat


def test_no_module_of_tracker_is_so_small_that_it_belongs_in_another() -> None:
    short = {
        name(p): count
        for p in ours()
        if p.relative_to(ROOT).parts[0] == "tracker"
        and p.stem not in ("__init__", "__main__", "addresses")  # a list is as long as its wing
        and (count := p.read_text("utf-8").count("\n")) < 25
    }
    assert short == {}


def test_imports_between_rooms_only_fall() -> None:
    arrows = arrows_of(ROOT, PACKAGES)
    circles = {package: floor_of(arrows, package).circles for package in (*PACKAGES, "tracker.web")}
    assert set(circles.values()) == {()}


def test_a_circle_between_rooms_is_seen() -> None:
    arrows = {
        "t.a": frozenset({"t.b.x"}),
        "t.b.x": frozenset({"t.c"}),
        "t.c": frozenset({"t.a"}),
        "t.d": frozenset({"t.a"}),
    }
    floor = floor_of(arrows, "t")
    assert floor.circles == (("a", "b", "c"),)
    assert len(floor.climbs) == 1


def test_the_picture_of_the_house_is_drawn_from_the_imports() -> None:
    page = (ROOT / "docs/house.md").read_text("utf-8")
    assert redrawn(page, ROOT) == page, "run: make house-picture"


def test_tests_lie_in_folders_that_hide_no_package_of_ours() -> None:
    folders = {
        p.relative_to(ROOT).parts[1] for p in tracked() if p.relative_to(ROOT).parts[0] == "tests" and p.suffix == ".py"
    }
    assert folders & set(ROOMS) == set()
    assert [name(p) for p in tracked() if p.name == "__init__.py" and p.relative_to(ROOT).parts[0] == "tests"] == []
    assert [name(p) for p in tracked() if p.parent == ROOT / "tests" and p.suffix == ".py"] == ["tests/conftest.py"]


@pytest.mark.parametrize(
    ("packages", "code", "line"),
    [
        ([], 0, "not reachable"),
        ([{"name": "a", "version": "1", "skip_reason": "unknown"}], 0, "not reachable"),
        ([{"name": "a", "version": "1", "vulns": []}], 0, "1 of 1 packages checked, 0 known"),
        (
            [{"name": "a", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}],
            1,
            "a 1: CVE-1, mended in 2",
        ),
    ],
)
def test_an_audit_that_nobody_answered_is_not_called_clean(
    packages: list[dict[str, object]], code: int, line: str
) -> None:
    lines, ends = verdict(packages)
    assert ends == code
    assert lines[0].startswith(line)
