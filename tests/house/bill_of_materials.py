"""``make sbom``: what an installation consists of, as CycloneDX and as a list of licences, read from one made for it."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LOCK, BILL, LICENCES = ROOT / "requirements-run.lock", ROOT / "dist/sbom.cdx.json", ROOT / "dist/licences.txt"
UNKNOWN = "says none"


def licence_of(component: Mapping[str, Any]) -> str:
    """As its package says: an expression or an identifier before a name, and one line of a text that stands for it."""
    said = component.get("licenses") or []
    expressions = [each["expression"] for each in said if "expression" in each]
    ids = [each["license"]["id"] for each in said if "id" in each.get("license", {})]
    names = [each["license"]["name"] for each in said if "name" in each.get("license", {})]
    best = expressions or ids or [name for name in names if not name.startswith("declared license of")] or names
    return " AND ".join(dict.fromkeys(line.strip().splitlines()[0][:80] for line in best)) or UNKNOWN


def lines_of(components: Iterable[Mapping[str, Any]]) -> list[str]:
    """A line a package, by name."""
    return sorted(f"{each['name']} {each['version']}: {licence_of(each)}" for each in components)


def main() -> int:
    """Make an environment of the runtime lock, and describe it."""
    BILL.parent.mkdir(exist_ok=True)
    here = Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as folder:
        there = Path(folder, "bin/python")
        for command in (
            (sys.executable, "-m", "venv", "--without-pip", folder),
            (here / "uv", "pip", "sync", "--quiet", "--python", there, "--require-hashes", LOCK),
            (here / "cyclonedx-py", "environment", "--pyproject", ROOT / "pyproject.toml",
             "--output-reproducible", "--output-file", BILL, there),
        ):  # fmt: skip
            subprocess.run(command, check=True)
    lines = lines_of(json.loads(BILL.read_text("utf-8"))["components"])
    LICENCES.write_text("\n".join(lines) + "\n", "utf-8")
    sys.stdout.write(f"{BILL.relative_to(ROOT)} and {LICENCES.relative_to(ROOT)}: {len(lines)} packages\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
