"""Peers that are no dependency of ours, each in an environment of its own below ``.bench``, pinned by hash.

What has to be installed is in ``peers/<name>.lock``; a folder is made once and again when its lock changes.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

PEERS = Path(__file__).with_name("peers")
UV = Path(sys.executable).with_name("uv")


def installed(name: str) -> Path:
    """The Python that has this peer."""
    lock, home = PEERS / f"{name}.lock", ROOT / ".bench" / name
    python, stamp = home / "bin" / "python", home / "lock"
    if not stamp.exists() or stamp.read_text() != lock.read_text():
        subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", home], check=True)
        hashed = ["--require-hashes", "--compile-bytecode", "--quiet", lock]
        subprocess.run([UV, "pip", "sync", "--python", python, *hashed], check=True)
        stamp.write_text(lock.read_text())
    return python


def answer(name: str, script: str, *arguments: object) -> Any:
    """What a script of the folder of peers prints last, as JSON."""
    command = [str(installed(name)), str(PEERS / script), *map(str, arguments)]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(said.stdout.splitlines()[-1])
