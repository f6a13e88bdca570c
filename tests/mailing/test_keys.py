"""A key is made once, however many ask for it first."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tracker.mailing.keys import signing_keys
from tracker.settings import Settings


def test_first_requests_at_once_get_one_key(tmp_path: Path) -> None:
    for round_ in range(20):
        settings = Settings(data_dir=tmp_path / str(round_), _env_file=None)
        gate = threading.Barrier(8)

        def ask(settings: Settings = settings, gate: threading.Barrier = gate) -> tuple[bytes, ...]:
            gate.wait()
            return signing_keys(settings)

        with ThreadPoolExecutor(8) as pool:
            given = [asked.result() for asked in [pool.submit(ask) for _ in range(8)]]
        assert len(set(given)) == 1
        assert [path.name for path in settings.data_dir.iterdir()] == ["secret.key"]
