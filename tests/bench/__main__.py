"""Run every benchmark of this folder and print one table; `python -m tests.bench [NAME ...]`."""

import importlib
import platform
import sys
from pathlib import Path


def main(names: list[str]) -> None:
    here = Path(__file__).parent
    found = sorted(p.stem for p in here.glob("*.py") if p.stem not in ("__main__", "row"))
    print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}\n")
    print("| work | measured | limit or peer | ratio |\n|---|---|---|---|")
    for name in names or found:
        for row in importlib.import_module(f"tests.bench.{name}").bench():
            print(row.as_line(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
