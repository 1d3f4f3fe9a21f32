"""`nerbot train`, `evaluate` and `predict`, as a shell runs them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ner_engine import Span, from_json, to_json, to_record
from tests.ner_engine.data import make_gold
from tests.support.patience import patient

GOLD = make_gold()


def nerbot(*arguments: object, told: str = "") -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "bot", *map(str, arguments)]
    return subprocess.run(
        command, input=told, capture_output=True, text=True, check=False, timeout=patient(90)
    )


def write_lines(path: Path, lines: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file with both forms of a line."""
    lines = [*map(to_json, GOLD[:6]), *map(to_record, GOLD[6:])]
    return write_lines(tmp_path_factory.mktemp("data") / "gold.jsonl", lines)


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The directory of a model, and what its training printed."""
    out = tmp_path_factory.mktemp("models") / "one"
    done = nerbot("train", "--data", data, "--out", out, "--seed", 3, "--json")
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return out, told


def test_a_training_prints_its_whole_result(trained: tuple[Path, dict[str, Any]]) -> None:
    _, told = trained
    assert told["labels"] == ["DRUG", "SYMPTOM"]
    assert told["settings"]["seed"] == 3
    assert {"evaluation", "confusions", "confidence", "curve", "findings", "notes"} <= set(told)


def test_a_model_is_scored_on_another_file(
    trained: tuple[Path, dict[str, Any]], data: Path
) -> None:
    done = nerbot("evaluate", trained[0], "--data", data, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert set(told) >= {"p", "r", "f", "per_label"}
    assert (told["p"], told["r"], told["f"]) == (1.0, 1.0, 1.0)
    assert set(told["per_label"]) == {"DRUG", "SYMPTOM"}
    assert told["per_label"]["DRUG"]["f"] == 1.0


def test_scores_for_people_are_a_table(trained: tuple[Path, dict[str, Any]], data: Path) -> None:
    done = nerbot("evaluate", trained[0], "--data", data)
    assert "all labels" in done.stdout
    assert "DRUG" in done.stdout


def test_a_score_on_sentences_the_model_learned_says_so(
    trained: tuple[Path, dict[str, Any]], data: Path, tmp_path: Path
) -> None:
    done = nerbot("evaluate", trained[0], "--data", data)
    assert "The model learned 12 of these 12 sentences" in done.stdout
    others = write_lines(tmp_path / "new.jsonl", [{"text": "Nothing of that.", "spans": []}])
    assert "learned" not in nerbot("evaluate", trained[0], "--data", others).stdout


def test_each_line_of_text_is_answered_by_a_line(trained: tuple[Path, dict[str, Any]]) -> None:
    text = GOLD[0].text
    done = nerbot("predict", trained[0], told=f"{text}\n\nNothing here.\n")
    assert done.returncode == 0, done.stderr
    first, second = map(json.loads, done.stdout.splitlines())
    assert from_json(first).spans == GOLD[0].spans
    assert all(0 <= span["confidence"] <= 1 for span in first["spans"])
    assert second["text"] == "Nothing here."
    assert "uncertainty" in second


def test_a_line_that_cannot_be_read_does_not_end_the_rest(
    trained: tuple[Path, dict[str, Any]],
) -> None:
    done = nerbot("predict", trained[0], told="$" * 300 + "\nNothing here.\n")
    first, second = map(json.loads, done.stdout.splitlines())
    assert "without a blank" in first["error"]
    assert second["text"] == "Nothing here."


def test_a_training_for_people_says_what_to_look_at(data: Path, tmp_path: Path) -> None:
    done = nerbot("train", "--data", data, "--out", tmp_path / "model")
    assert done.returncode == 0, done.stderr
    assert "Scored by cross-validation on 12 finished sentences." in done.stdout
    assert "little to learn from" in done.stdout
    assert "cross-validation" in done.stderr


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2 cannot be used"),
        ('{"text": 7}', "line 2 cannot be used"),
        ('{"sentence": "No pain.", "entities": [{"label": "DRUG", "value": "aspirin"}]}', "line 2"),
    ],
)
def test_a_line_of_the_data_that_is_wrong_is_named_by_its_number(
    tmp_path: Path, line: str, said: str
) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(to_json(GOLD[0])) + "\n" + line + "\n")
    done = nerbot("train", "--data", path, "--out", tmp_path / "model")
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr.lower()
    assert len(done.stderr.splitlines()) == 1


def test_a_text_that_is_too_long_is_left_out_and_an_entity_that_cuts_a_word_is_told(
    trained: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    long = {"text": "x" * 300, "spans": []}
    cut = {"text": "He takes xaspirin.", "spans": [{"start": 10, "end": 17, "label": "DRUG"}]}
    data = write_lines(tmp_path / "new.jsonl", [long, to_json(GOLD[0]), cut])
    done = nerbot("evaluate", trained[0], "--data", data)
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith(
        "1 line left out or changed. line 1: This text has 300 characters"
    )
    assert "1 entity begins or ends inside a word" in done.stdout
    assert "“aspirin” as DRUG in “xaspirin”" in done.stdout
    assert "(line 3)" in done.stdout
    told = json.loads(nerbot("evaluate", trained[0], "--data", data, "--json").stdout)
    assert (told["left_out"], told["cut_words"]) == (1, 1)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = nerbot("train", "--data", tmp_path / "none.jsonl", "--out", tmp_path / "model")
    assert done.returncode == 2
    assert "none.jsonl" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_model_that_is_there_is_not_written_over(
    trained: tuple[Path, dict[str, Any]], data: Path
) -> None:
    done = nerbot("train", "--data", data, "--out", trained[0])
    assert done.returncode == 2
    assert "already" in done.stderr
    assert nerbot("evaluate", trained[0], "--data", data).returncode == 0


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path, data: Path) -> None:
    done = nerbot("evaluate", tmp_path, "--data", data)
    assert done.returncode == 2
    assert "no manifest" in done.stderr


def test_a_base_that_is_not_installed_is_named(data: Path, tmp_path: Path) -> None:
    done = nerbot("train", "--data", data, "--out", tmp_path / "model", "--base", "xx_none")
    assert done.returncode == 2
    assert "xx_none" in done.stderr


def test_a_span_is_read_as_it_was_written() -> None:
    assert from_json({"text": "a b", "spans": [{"start": 0, "end": 1, "label": "x"}]}).spans == (
        Span(0, 1, "x"),
    )
