"""``make audit``: known vulnerabilities of the locked dependencies; where nobody answers it says so, and that is no failure."""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

LOCK = Path(__file__).parents[2] / "requirements.lock"
COMMAND = ("-m", "pip_audit", "--requirement", str(LOCK), "--require-hashes", "--disable-pip", "--format", "json")


def verdict(packages: Iterable[Mapping[str, Any]]) -> tuple[list[str], int]:
    """Lines for a person, and the exit code: 1 only where a vulnerability is known.

    pip-audit says "none found" also of packages that its index does not know, so those are counted apart.
    """
    listed = list(packages)
    asked = [package for package in listed if "skip_reason" not in package]
    if not asked:
        return ["not reachable: no list of known vulnerabilities answered; nothing was checked"], 0
    lines = [
        f"{package['name']} {package['version']}: {found['id']}, mended in {', '.join(found['fix_versions']) or 'no version'}"
        for package in asked
        for found in package["vulns"]
    ]
    told = f"{len(asked)} of {len(listed)} packages checked, {len(lines)} known vulnerabilities"
    return [*lines, told], 1 if lines else 0


def main() -> int:
    done = subprocess.run((sys.executable, *COMMAND), capture_output=True, text=True, check=False)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):  # pip-audit ends in a traceback where it finds no network at all
        packages = []
    lines, code = verdict(packages)
    sys.stdout.write("\n".join(lines) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
