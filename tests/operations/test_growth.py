"""A process that goes on for long weighs no more at its end than when it had done everything once."""

import json
import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("crawls", "digests"),
    [pytest.param(90, 9, marks=pytest.mark.slow), pytest.param(500, 50, marks=pytest.mark.prove)],
)
def test_crawls_and_digests_grow_memory_by_less_than_a_tenth(crawls: int, digests: int) -> None:
    command = [sys.executable, "-m", "tests.make.long_run", str(crawls), str(digests)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KANSENRADAR_")}
    said = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    weights = json.loads(said.splitlines()[-1])
    print(weights)
    assert weights[-1] < 1.1 * weights[1], weights  # by then every source was read, in good order and wrong
