"""The documented training command, run to its end on a few calls: the same weights each time, and they work."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
import yaml

from tracker.matching import Embedder, Matcher, embedder, inputs, scoring, train, weights
from tracker.matching.corpus import challenges_of, eligible_of, rows_of
from tracker.matching.evaluate import evaluate
from tracker.matching.model import fitted as fitted_weights
from tracker.matching.model_names import FILE
from tracker.matching.prepare import prepare_agenda, prepare_batch
from tracker.matching.texts import read_call
from tracker.matching.vectors import CachedEncoder

ROOT = Path(__file__).parents[2]
LABELS = ROOT / "tests" / "labels.jsonl"
EXAMPLES = ROOT / "tracker" / "matching" / "examples.jsonl"
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
    content = {"some": rows, "examples": rows_of(EXAMPLES)[:15], "later": later}
    for name, some in content.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in some), "utf-8")
    agenda = yaml.safe_load(AGENDA.read_text("utf-8"))
    agenda["challenges"] = [entry for entry in agenda["challenges"] if entry["id"] in ABOUT]
    (folder / "agenda.yaml").write_text(yaml.safe_dump(agenda), "utf-8")
    return {name: folder / f"{name}.jsonl" for name in content} | {"agenda": folder / "agenda.yaml", "folder": folder}


@pytest.fixture(scope="module")
def vectors() -> dict[str, np.ndarray]:
    """What the encoder made of each text so far, for all tests here: they are about the same few calls."""
    return {}


@pytest.fixture
def encoded_once(monkeypatch: pytest.MonkeyPatch, vectors: dict[str, np.ndarray]) -> Embedder:
    """An encoder that encodes a text once: encoding is most of a fit, and that it repeats itself shows elsewhere."""
    encoder = embedder()
    assert encoder is not None
    once = CachedEncoder(encoder, vectors)
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
    assert use.about["files"] == ["some", "examples"]
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
    known, kept = embedder(), inputs.load(train.INPUTS)
    about = fitted_weights().about
    assert known is not None
    assert about["encoder"] == known.name == kept.encoder
    assert about["files"] == list(dict.fromkeys(kept.parts))
    assert about["calls"] == len(kept.ids) >= len(rows_of(LABELS)) + len(rows_of(EXAMPLES))
    assert len(set(kept.ids)) == len(kept.ids)
    matters = fitted_weights().labelled.matters
    assert np.array_equal(matters > 0, kept.grades > 0)


def test_what_is_kept_of_labelled_calls_is_numbers_and_their_names() -> None:
    """No text: beside the identifiers there are words of the agenda alone."""
    with zipfile.ZipFile(train.INPUTS) as file:
        told = json.loads(file.read("about.json"))
        assert {name.removesuffix(".npy") for name in file.namelist()} == {
            "about.json", *inputs.TABLES, "phrase_keys", "phrase_vectors",
        }  # fmt: skip
        assert all(np.load(file.open(name)).dtype.kind in "iuf" for name in file.namelist() if name != "about.json")
    assert told.keys() == {"encoder", "opgaven", "ids", "parts", "records"}
    agenda = {challenge.id: {*challenge.words_nl, *challenge.words_en} for challenge in challenges_of(AGENDA)}
    assert all(told["records"][name].keys() <= agenda[name] for name in told["opgaven"])
    assert train.INPUTS.stat().st_size < 3_000_000


def test_kept_numbers_are_read_back_as_they_were_and_make_the_same_features(
    files: dict[str, Path], encoded_once: Embedder
) -> None:
    challenges = challenges_of(files["agenda"])
    made = inputs.inputs_of(rows_of(files["some"]), challenges, encoded_once)
    path, again = files["folder"] / "kept.zip", files["folder"] / "again.zip"
    inputs.save(made, path)
    read = inputs.load(path)
    inputs.save(read, again)
    assert path.read_bytes() == again.read_bytes()
    one, other = (inputs.corpus_from(each, challenges, encoded_once) for each in (made, read))
    assert all(np.array_equal(one.pairs[mode], other.pairs[mode]) for mode in one.pairs)
    assert np.array_equal(one.vectors, other.vectors)
    direct = prepare_batch(
        [read_call(row, n) for n, row in enumerate(rows_of(files["some"]))],
        prepare_agenda(challenges, encoded_once), encoded_once,
    )  # fmt: skip
    assert np.abs(one.pairs["vectors"] - direct.pairs["vectors"]).max() < 0.02  # a byte a number
    assert np.abs(one.cues - direct.cues).max() < 1e-6


def test_new_labels_join_what_was_kept_and_none_counts_twice(files: dict[str, Path], encoded_once: Embedder) -> None:
    challenges, rows = challenges_of(files["agenda"]), rows_of(files["some"])
    whole, first, rest = (inputs.inputs_of(some, challenges, encoded_once) for some in (rows, rows[:20], rows[20:]))
    both = inputs.joined(first, rest)
    assert (both.ids, both.parts) == (whole.ids, whole.parts)
    assert all(np.array_equal(getattr(both, name), getattr(whole, name)) for name in inputs.TABLES)
    for name, words in whole.records.items():
        assert {word: tuple(counts) for word, counts in both.records[name].items()} == words
    with pytest.raises(inputs.InputsUnlike, match="20 calls are kept already"):
        inputs.joined(first, whole)


@pytest.mark.prove  # two fits
def test_kept_numbers_give_the_weights_that_the_texts_gave(files: dict[str, Path], encoded_once: Embedder) -> None:
    kept = files["folder"] / "numbers.zip"
    first = fitted(files, "d.zip", "--keep", str(kept))
    again = files["folder"] / "e.zip"
    train.main(["--inputs", str(kept), "--agenda", str(files["agenda"]), "--out", str(again)])
    assert first.read_bytes() == again.read_bytes()


@pytest.mark.prove  # some minutes of one core
def test_the_shipped_weights_follow_from_the_files_of_the_repository(tmp_path: Path) -> None:
    """By numpy, OpenBLAS and lightgbm of the lock on x86-64; another library may round otherwise."""
    train.main(["--out", str(tmp_path / "weights.zip")])
    assert (tmp_path / "weights.zip").read_bytes() == FILE.read_bytes()
