"""The documented training command, run to its end on a few calls: the same weights each time, and they work."""

import json
from pathlib import Path

import pytest
import yaml

from tracker.matching import Embedder, Matcher, embedder, scoring, train, weights
from tracker.matching.corpus import challenges_of, eligible_of, rows_of
from tracker.matching.evaluate import evaluate
from tracker.matching.model import fitted as fitted_weights
from tracker.matching.vectors import CachedEncoder

ROOT = Path(__file__).parents[2]
LABELS = ROOT / "tests" / "labels.jsonl"
AGENDA = ROOT / "tracker" / "agendas" / "mra" / "agenda-2020-2024.yaml"
ABOUT = ("A20-1-circulair", "A20-1-arbeid", "A20-2-klimaat")  # a small agenda keeps a whole fit within seconds
FEW = 30


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Some labelled calls, some examples, and grades for the first of those calls that say otherwise."""
    folder = tmp_path_factory.mktemp("training")
    rows = [row for row in rows_of(LABELS) if set(row["grades"]) & set(ABOUT)][: FEW // 2]
    rows += [row for row in rows_of(LABELS) if not row["grades"]][: FEW // 2]
    later = [{"id": rows[0]["id"], "grades": {"A20-3-fiets": 2}, "labellings": 3}]
    content = {"some": rows, "examples": rows_of(train.EXAMPLES)[:15], "later": later}
    for name, some in content.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in some), "utf-8")
    agenda = yaml.safe_load(AGENDA.read_text("utf-8"))
    agenda["challenges"] = [entry for entry in agenda["challenges"] if entry["id"] in ABOUT]
    (folder / "agenda.yaml").write_text(yaml.safe_dump(agenda), "utf-8")
    return {name: folder / f"{name}.jsonl" for name in content} | {"agenda": folder / "agenda.yaml", "folder": folder}


@pytest.fixture
def encoded_once(monkeypatch: pytest.MonkeyPatch) -> Embedder:
    """An encoder that encodes a text once: encoding is most of a fit, and that it repeats itself shows elsewhere."""
    encoder = embedder()
    assert encoder is not None
    once = CachedEncoder(encoder, {})
    monkeypatch.setattr(train, "embedder", lambda: once)
    return once


def fitted(files: dict[str, Path], out: str, *more: str) -> Path:
    path = files["folder"] / out
    given = {"--train": files["some"], "--examples": files["examples"], "--agenda": files["agenda"], "--out": path}
    train.main([*(str(x) for pair in given.items() for x in pair), *more])
    return path


@pytest.mark.prove  # a second fit takes as long again
def test_the_same_calls_give_the_same_weights(files: dict[str, Path], encoded_once: Embedder) -> None:
    assert fitted(files, "b.zip").read_bytes() == fitted(files, "c.zip").read_bytes()


def test_fitted_weights_match_what_they_were_fitted_on(files: dict[str, Path], encoded_once: Embedder) -> None:
    first = fitted(files, "a.zip")
    use = weights.load(first, {mode: scoring.names(mode) for mode in ("vectors", "words")})
    assert 0 < use.threshold < 1
    assert use.about["files"] == ["some.jsonl", "examples.jsonl"]
    told = evaluate(files["some"], Matcher(challenges_of(files["agenda"]), encoded_once, use)).as_json()
    assert told["all"]["any"]["ap"] > 0.6


def test_later_grades_count_instead(files: dict[str, Path]) -> None:
    rows, later = rows_of(files["some"]), rows_of(files["later"])
    found = train.regraded(rows, later)
    assert found[0]["grades"] == {"A20-3-fiets": 2}
    assert (found[0]["labellings"], found[0]["eligible"]) == (3, None)
    assert eligible_of([{"eligible": "self"}, {"eligible_votes": ["no", "partner"]}, {}]).tolist() == [
        [0, 0, 1],
        [0.5, 0.5, 0],
        [0, 0, 0],
    ]
    assert found[1:] == rows[1:]


def test_training_without_a_readable_file_ends_in_one_line(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    bad = files["folder"] / "bad.jsonl"
    bad.write_text('{"grades": {}}\n{oops', "utf-8")
    for path, said in ((bad, "line 2"), (files["folder"] / "none.jsonl", "none.jsonl")):
        with pytest.raises(SystemExit) as ended:
            train.main(["--train", str(path)])
        assert ended.value.code == 1
        told = capsys.readouterr().err
        assert said in told
        assert told.count("\n") == 1


def test_the_shipped_weights_say_what_they_were_fitted_on_and_with_which_encoder() -> None:
    known = embedder()
    about = fitted_weights().about
    assert known is not None
    assert about["encoder"] == known.name
    assert about["files"][-2:] == [LABELS.name, train.EXAMPLES.name]
    assert about["calls"] >= len(rows_of(LABELS)) + len(rows_of(train.EXAMPLES))
