"""The job as it is really run: a process of its own, spoken to through its directory and pipes."""

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import pytest
from pydantic import TypeAdapter

from ner_engine import AnnotatedText, Span, to_json
from ner_engine.model_files.store import install, read_held_out, read_learned, verify_model
from ner_engine.prediction.predictor import load_model
from ner_engine.processes.training_job import ABANDONED, CANCELLED, FAILED, SUCCEEDED
from ner_engine.results import Trained
from ner_engine.scoring.evaluation import scores_to_json
from ner_engine.training.splits import text_key
from ner_engine.training.unlabelled import FEWEST
from tests.ner_engine.data import make_gold
from tests.ner_engine.encoder.test_columns import install_packaged
from tests.support.patience import patient

GOLD = make_gold()

#: An exit code, the events and what was written to stderr.
End = tuple[int, list[dict[str, Any]], str]
Done = tuple[Path, End]


def prepare(
    directory: Path,
    *,
    gold: Sequence[AnnotatedText] = GOLD,
    live: Path | str | None = None,
    live_version: int = 0,
    **settings: Any,
) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    job = {"settings": settings, "live_model": live and str(live), "live_version": live_version}
    (directory / "job.json").write_text(json.dumps(job))
    lines = [json.dumps(to_json(annotated)) + "\n" for annotated in gold]
    (directory / "gold.jsonl").write_text("".join(lines), "utf-8")
    return directory


class Job(subprocess.Popen[str]):
    """A job's process; its three pipes are open."""

    stdin: IO[str]
    stdout: IO[str]
    stderr: IO[str]


def start(directory: Path, *options: str) -> Job:
    command = [sys.executable, "-m", "ner_engine.processes.training_job", str(directory), *options]
    pipe = subprocess.PIPE
    return Job(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def finish(process: Job) -> End:
    """The exit code and the events, with stdin open to the end."""
    lines = process.stdout.read().splitlines()
    code = process.wait()
    process.stdin.close()
    errors = process.stderr.read()
    process.stdout.close()
    process.stderr.close()
    return code, [json.loads(line) for line in lines], errors


def result_of(directory: Path) -> dict[str, Any]:
    """All that the job found out."""
    result: dict[str, Any] = json.loads((directory / "result.json").read_text())
    return result


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    directory = prepare(tmp_path_factory.mktemp("jobs") / "1", steps=60)
    return directory, finish(start(directory, "--nice", "10", "--memory-mb", "2000"))


def test_a_job_ends_with_success_and_nothing_on_stderr(done: Done) -> None:
    _, (code, events, errors) = done
    assert (code, events[-1]["event"], errors) == (SUCCEEDED, "succeeded", "")


def test_progress_goes_through_all_stages_and_never_back(done: Done) -> None:
    _, (_, events, _) = done
    progress = [event for event in events if event["event"] == "progress"]
    stages = list(dict.fromkeys(event["stage"] for event in progress))
    assert stages == ["features", "cross-validation", "training", "saving"]
    shares = [event["done"] for event in progress]
    assert shares == sorted(shares)
    assert (progress[0]["f"], shares[-1], progress[-1]["seconds_left"]) == (None, 1.0, 0)


def test_the_model_is_verified_and_at_work(done: Done) -> None:
    directory, _ = done
    assert verify_model(directory / "model").facts.labels == ("DRUG", "SYMPTOM")
    found = load_model(directory / "model").predict([GOLD[0].text])
    assert found == [GOLD[0].spans]


def test_the_result_says_how_good_the_model_is(done: Done) -> None:
    directory, (_, events, _) = done
    result = result_of(directory)
    told = TypeAdapter(Trained).validate_python(events[-1])
    assert scores_to_json(told.evaluation) == result["evaluation"]
    assert (told.evaluation.method, told.labels) == (result["method"], tuple(result["labels"]))
    assert (result["method"], result["folds"], result["sentences"]) == ("cross-validation", 5, 12)
    assert set(result["evaluation"]["per_label"]) >= {"DRUG", "SYMPTOM"}
    assert result["evaluation"]["overall"]["support"] == 20
    assert result["comparison"] is None


def test_every_sentence_was_scored_by_a_model_that_never_saw_it(done: Done) -> None:
    directory, _ = done
    assert set(read_held_out(directory / "model")) == {text_key(text.text) for text in GOLD}


def test_the_next_job_compares_with_the_live_model(done: Done, tmp_path: Path) -> None:
    directory, _ = done
    subprocess.run(["cp", "-r", directory / "model", tmp_path / "copy"], check=True)
    live = install(tmp_path / "copy", tmp_path / "models", 1)
    gold = make_gold(3)
    job = prepare(tmp_path / "2", gold=gold, live=live, live_version=1, steps=20)
    code, events, errors = finish(start(job))
    assert (code, errors) == (SUCCEEDED, "")
    comparison = events[-1]["evaluation"]["comparison"]
    assert comparison["sentences"] == len(gold)
    assert comparison["live_version"] == 1
    assert 0 <= comparison["probability_better"] <= 1
    assert comparison["candidate_f1"] == events[-1]["evaluation"]["overall"]["f1"]


def test_sentences_that_nobody_labelled_are_learned_from_where_the_preset_has_a_teacher(
    tmp_path: Path,
) -> None:
    teacher = install_packaged(tmp_path / "large")
    texts = [f"Ward {number}: she had fever and took codeine." for number in range(FEWEST)]
    job = prepare(tmp_path / "job", preset="fast", teacher_dir=teacher, steps=20)
    lines = [json.dumps(to_json(AnnotatedText(text, finished=False))) + "\n" for text in texts]
    (job / "unlabelled.jsonl").write_text("".join(lines), "utf-8")
    code, events, errors = finish(start(job))
    assert (code, errors) == (SUCCEEDED, ""), events[-1]
    assert result_of(job)["notes"] == []
    assert read_learned(job / "model") == {text_key(text) for text in texts} | {
        text_key(annotated.text) for annotated in GOLD
    }


def test_a_line_of_them_that_is_wrong_is_told_by_its_file(tmp_path: Path) -> None:
    job = prepare(tmp_path / "job", preset="fast", steps=20)
    (job / "unlabelled.jsonl").write_text("[]\n")
    code, events, _ = finish(start(job))
    assert (code, events[-1]["code"]) == (FAILED, "job_invalid")
    assert "unlabelled.jsonl" in events[-1]["words"]


def test_a_broken_live_model_is_told_and_keeps_no_other_from_its_place(tmp_path: Path) -> None:
    job = prepare(tmp_path / "job", live=tmp_path, steps=20)
    code, _, _ = finish(start(job))
    assert code == SUCCEEDED
    assert result_of(job)["comparison"] is None
    assert "manifest" in result_of(job)["comparison_problem"]


def test_sigterm_cancels_between_two_batches(tmp_path: Path) -> None:
    process = start(prepare(tmp_path / "job"))
    process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    code, events, errors = finish(process)
    assert (code, events[-1], errors) == (CANCELLED, {"event": "cancelled"}, "")
    assert not (tmp_path / "job" / "model").exists()


def test_a_training_that_takes_too_long_is_stopped_and_says_so(tmp_path: Path) -> None:
    code, events, _ = finish(start(prepare(tmp_path / "job"), "--minutes", "0.01"))
    assert (code, events[-1]["code"]) == (FAILED, "training_too_long")
    assert not (tmp_path / "job" / "model").exists()


def test_the_job_does_not_outlive_its_parent(tmp_path: Path) -> None:
    process = start(prepare(tmp_path / "job"))
    process.stdout.readline()
    process.stdin.close()
    assert process.wait(timeout=patient(5)) == ABANDONED
    process.stdout.close()
    process.stderr.close()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"gold": GOLD[:1]}, "not_enough_data"),
        ({"gold": []}, "not_enough_data"),
        ({"preset": "gpt"}, "invalid_settings"),
        ({"base": "xx_not_there", "preset": "cnn"}, "unknown_base"),
    ],
)
def test_a_failure_is_told_by_name_and_in_a_sentence(
    tmp_path: Path, change: dict[str, Any], code: str
) -> None:
    exit_code, events, _ = finish(start(prepare(tmp_path / "job", **change)))
    assert (exit_code, events[-1]["event"], events[-1]["code"]) == (FAILED, "failed", code)
    assert events[-1]["words"].endswith(".")


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"text": "secret"}', '{"text": "\\ud800", "spans": []}']
)
def test_a_line_that_cannot_be_read_is_named_by_its_number_not_its_words(
    tmp_path: Path, line: Any
) -> None:
    directory = prepare(tmp_path / "job")
    with (directory / "gold.jsonl").open("a") as file:
        file.write(line + "\n")
    _, events, errors = finish(start(directory))
    assert events[-1]["code"] == "job_invalid"
    assert "line 13" in events[-1]["words"]
    assert "secret" not in json.dumps(events) + errors


def test_a_second_try_in_the_same_directory_starts_afresh(done: Done) -> None:
    directory, _ = done
    before = (directory / "model" / "MANIFEST.json").read_bytes()
    code, _, _ = finish(start(directory))
    assert code == SUCCEEDED
    # The same data, seed and versions give the same model, bit for bit.
    assert (directory / "model" / "MANIFEST.json").read_bytes() == before


def test_many_sentences_are_scored_on_a_held_out_part(tmp_path: Path) -> None:
    gold = make_gold(52)
    job = prepare(tmp_path / "job", gold=gold, preset="cnn", steps=50)
    code, _, _ = finish(start(job))
    assert code == SUCCEEDED
    result = result_of(job)
    assert (result["method"], result["folds"]) == ("held-out", 0)
    assert 0 < result["evaluation"]["sentences"] < len(gold) / 3


def test_a_missing_encoder_is_told_and_cnn_takes_its_place(tmp_path: Path) -> None:
    job = prepare(tmp_path / "job", encoder_dir="/nowhere", steps=40)
    code, _, _ = finish(start(job))
    assert code == SUCCEEDED
    result = result_of(job)
    assert result["settings"]["preset"] == "cnn"
    assert "model.onnx is not on the machine nerbot runs on" in result["notes"][0]
    assert "with the preset cnn instead" in result["notes"][0]


def test_encoded_texts_are_kept_for_the_next_job(tmp_path: Path) -> None:
    job = prepare(tmp_path / "job", steps=20)
    written = json.loads((job / "job.json").read_text()) | {"vectors": str(tmp_path / "vectors")}
    (job / "job.json").write_text(json.dumps(written))
    code, _, _ = finish(start(job))
    assert code == SUCCEEDED
    assert len(list((tmp_path / "vectors").glob("*/*"))) == len(GOLD)


def test_unfinished_sentences_are_learned_from_and_never_scored(tmp_path: Path) -> None:
    more = [AnnotatedText("She takes ibuprofen daily.", (Span(10, 19, "DRUG"),), finished=False)]
    job = prepare(tmp_path / "job", gold=[*GOLD, *more], steps=20)
    code, _, _ = finish(start(job))
    assert code == SUCCEEDED
    result = result_of(job)
    assert (result["sentences"], result["unfinished"]) == (12, 1)
    assert text_key(more[0].text) not in read_held_out(tmp_path / "job" / "model")


def test_copies_of_a_sentence_with_other_entities_are_learned_and_told(tmp_path: Path) -> None:
    copies = [AnnotatedText(text.text, text.spans[:1]) for text in GOLD[:2]]
    job = prepare(tmp_path / "job", gold=[*GOLD, *copies], steps=20)
    code, _, errors = finish(start(job))
    assert code == SUCCEEDED, errors
    result = result_of(job)
    assert (result["sentences"], result["evaluation"]["sentences"]) == (14, 14)
    told = [finding for finding in result["findings"] if finding["kind"] == "duplicate"]
    assert told[0]["message"].startswith("2 sentences are there more than once with different")


def test_a_warning_is_told_by_its_place_not_its_words(tmp_path: Path) -> None:
    """spaCy's warnings quote the sentence they are about, and stderr is kept for owners."""
    code = (
        "import sys, warnings; from ner_engine.processes import training_job as job\n"
        "from ner_engine.results import TrainingFailed\n"
        "job._run = lambda *a, **k: warnings.warn('secret') or TrainingFailed('')\n"
        f"sys.exit(job.main([{str(tmp_path)!r}, '--detached']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == SUCCEEDED
    assert "UserWarning at" in done.stderr
    assert "secret" not in done.stderr + done.stdout
