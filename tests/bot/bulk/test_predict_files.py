"""`nerbot predict --in … --out …`: shards that are whole or not there, the same bytes, and nothing done twice."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.bulk.places import Source, address_of, source_of
from bot.bulk.plan import keep_plan, make_plan, missing
from bot.bulk.values import PLAN
from bot.errors import NothingToDo, SettingsError
from bot.objects.folder import FolderObjects
from ner_engine.model_files.manifest import MANIFEST
from tests.support.patience import patient

RUN = """
import sys
import bot.cli.engine.predict_files as files
files.SHARD = 20
from bot.cli.main import main
sys.exit(main(sys.argv[1:]))
"""
"""Shards of twenty sentences: what takes a minute in earnest takes a second."""


def words(model: Path, read: Path | str, out: Path) -> list[str]:
    return ["predict", str(model), "--in", str(read), "--out", str(out)]


def predict(
    model: Path, read: Path | str, out: Path, *more: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", RUN, *words(model, read, out), *more],
        env={**os.environ, "NERBOT_ENV_FILE": ""},
        capture_output=True,
        text=True,
        timeout=patient(60),
        check=False,
    )


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in found
        if ".unfinished" not in path.parts
    }


@pytest.fixture
def model(trained_once: Path) -> Path:
    """The live model of a team."""
    return trained_once / "data/models/1/1"


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """45 sentences with ids, 10 without, and one that no model reads."""
    folder = tmp_path / "texts"
    (folder / "deep").mkdir(parents=True)
    lines = [
        json.dumps({"id": n, "text": f"Patient {n} with fever takes codeine."}) for n in range(45)
    ]
    (folder / "a.jsonl").write_text("\n".join(lines) + "\n\n" + json.dumps({"id": "none"}) + "\n")
    (folder / "deep/b.txt").write_text("".join(f"A cough, day {n}.\n\n" for n in range(10)))
    (folder / "left.csv").write_text("not read\n")
    return folder


def test_every_sentence_is_answered_once_in_its_order_and_twice_the_same(
    model: Path, texts: Path, tmp_path: Path
) -> None:
    """One file a shard; two runs with other numbers of processes write the same bytes."""
    first = predict(model, texts, tmp_path / "one", "--processes", "1")
    assert first.returncode == 0, first.stderr
    told = json.loads(first.stdout)
    assert (told["shards"], told["sentences"], told["refused"]) == (4, 56, 1)
    second = predict(model, texts, tmp_path / "two", "--processes", "2")
    assert second.returncode == 0, second.stderr
    one, two = files(tmp_path / "one"), files(tmp_path / "two")
    assert one == two
    shards = [f"a-0000{n}.jsonl" for n in range(3)]
    assert sorted(one) == [*shards, "deep/b-00000.jsonl", PLAN]
    found = [json.loads(line) for name in shards for line in one[name].splitlines()]
    assert [each["id"] for each in found] == [*range(45), "none"]
    assert {span["label"] for each in found[:45] for span in each["spans"]} == {"SYMPTOM", "DRUG"}
    assert "error" in found[45]


def test_what_is_done_is_not_done_again(model: Path, texts: Path, tmp_path: Path) -> None:
    """After a kill the same command goes on: a shard is there whole, or it is not."""
    out = tmp_path / "out"
    assert predict(model, texts, out).returncode == 0
    whole = files(out)
    (out / "a-00001.jsonl").unlink()
    told = json.loads(predict(model, texts, out).stdout)
    assert (told["skipped"], told["sentences"]) == (3, 20)
    assert files(out) == whole


def test_a_kill_costs_what_was_under_way(model: Path, tmp_path: Path) -> None:
    """The engine's processes end with the one that is killed, and no file is half written."""
    lines = "".join(f"Patient {n} with fever takes codeine.\n" for n in range(600))
    (tmp_path / "many.txt").write_text(lines)
    out = tmp_path / "out"
    command = [sys.executable, "-c", RUN, *words(model, tmp_path / "many.txt", out)]
    environment = {**os.environ, "NERBOT_ENV_FILE": ""}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        began = time.monotonic()
        while len(files(out)) < 4:
            assert time.monotonic() - began < patient(60)
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    done = {name: text for name, text in files(out).items() if name.startswith("many-")}
    assert done
    assert {len(text.splitlines()) for text in done.values()} == {20}
    told = json.loads(predict(model, tmp_path / "many.txt", out).stdout)
    assert told["skipped"] >= len(done)
    assert told["skipped"] + told["sentences"] // 20 == 30


def test_another_model_or_other_sentences_are_refused_there(
    model: Path, texts: Path, tmp_path: Path
) -> None:
    """What is in one place was found by one model in the same sentences."""
    out = FolderObjects(tmp_path / "out")
    source = source_of(str(texts))
    keep_plan(out, make_plan(source, model, shard=20))
    keep_plan(out, make_plan(source, model, shard=20))
    (texts / "a.jsonl").write_text('{"text": "Changed."}\n')
    with pytest.raises(SettingsError, match="other sentences"):
        keep_plan(out, make_plan(source, model, shard=20))


def test_a_shard_ends_with_a_line(texts: Path, tmp_path: Path) -> None:
    """Blank lines are counted for nothing, and a last shard is as long as what is left."""
    (tmp_path / MANIFEST).write_text("{}")
    plan = make_plan(source_of(str(texts)), tmp_path, shard=20)
    assert [(shard.target, shard.lines) for shard in plan.shards] == [
        ("a-00000.jsonl", 20),
        ("a-00001.jsonl", 20),
        ("a-00002.jsonl", 6),
        ("deep/b-00000.jsonl", 10),
    ]
    raw = (texts / "a.jsonl").read_bytes()
    pieces = [raw[shard.start : shard.start + shard.size] for shard in plan.shards[:3]]
    assert [*missing(FolderObjects(tmp_path / "out"), plan)] == [0, 1, 2, 3]
    assert b"".join(pieces) == raw
    assert all(piece.endswith(b"\n") for piece in pieces)


def test_nothing_to_read_is_said(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text("{}")
    with pytest.raises(NothingToDo, match=r"no \.jsonl or \.txt"):
        make_plan(source_of(str(tmp_path)), tmp_path, shard=20)


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("s3://bucket/texts/*.jsonl", Source("s3://bucket/texts", "*.jsonl")),
        ("s3://bucket/texts/", Source("s3://bucket/texts", "*")),
        ("gs://bucket/2031-*/a.jsonl", Source("gs://bucket", "2031-*/a.jsonl")),
        ("/texts/a.jsonl", Source("file:///texts", "a.jsonl")),
        ("/my texts/*.txt", Source("file:///my%20texts", "*.txt")),
    ],
)
def test_places_are_folders_files_patterns_and_buckets(said: str, source: Source) -> None:
    assert source_of(said) == source
    assert address_of("/my texts") == "file:///my%20texts"
