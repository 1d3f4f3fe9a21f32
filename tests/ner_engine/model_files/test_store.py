import json
import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

from ner_engine import AnnotatedText, Span
from ner_engine.errors import (
    ManifestInvalid,
    ManifestMissing,
    ModelDamaged,
    ModelExists,
    VerificationFailed,
)
from ner_engine.model_files.manifest import MANIFEST, read_manifest
from ner_engine.model_files.store import (
    clean_leftovers,
    install,
    read_held_out,
    read_learned,
    save_model,
    verify_in_fresh_process,
    verify_model,
)
from ner_engine.prediction.predictor import load_model
from tests.ner_engine.conftest import SavedModel, facts_of
from tests.ner_engine.data import FACTS, write


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    save_model(tmp_path / "model", write=write, facts=FACTS, verify=False)
    return tmp_path / "model"


def test_a_manifest_comes_back_as_it_went(saved: Path) -> None:
    manifest = verify_model(saved)
    assert manifest.facts == FACTS
    assert sorted(manifest.files) == ["held_out.jsonl", "inner/weights", "learned.txt"]


def test_held_out_predictions_come_back_as_they_went(saved: Path) -> None:
    assert read_held_out(saved) == {"abc": (Span(6, 13, "DRUG"),)}
    assert read_learned(saved) == {"abc"}


@pytest.mark.parametrize("position", [0, 5_000, 10_239])
def test_a_flipped_bit_is_noticed(saved: Path, position: int) -> None:
    path = saved / "inner" / "weights"
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelDamaged, match="inner/weights"):
        verify_model(saved)


def test_a_flipped_bit_keeps_a_real_model_from_loading(
    encoder_model: SavedModel, tmp_path: Path
) -> None:
    copy = tmp_path / "model"
    subprocess.run(["cp", "-r", encoder_model.directory, copy], check=True)
    weights = copy / "ner" / "model"
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 4
    weights.write_bytes(content)
    with pytest.raises(ModelDamaged):
        load_model(copy)
    with pytest.raises(VerificationFailed, match="ner/model"):
        verify_in_fresh_process(copy)


def test_a_new_file_is_noticed(saved: Path) -> None:
    (saved / "new").touch()
    with pytest.raises(ModelDamaged, match="new"):
        verify_model(saved)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 99, "facts": {}, "files": {}}'])
def test_a_manifest_that_makes_no_sense_is_refused(saved: Path, text: str) -> None:
    (saved / MANIFEST).write_text(text)
    with pytest.raises(ManifestInvalid):
        read_manifest(saved)


def test_a_directory_without_a_manifest_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ManifestMissing):
        verify_model(tmp_path)


def test_a_model_passes_its_check_in_a_fresh_process(
    encoder_model: SavedModel, tmp_path: Path
) -> None:
    save_model(
        tmp_path / "model",
        write=encoder_model.pipeline.nlp.to_disk,
        facts=facts_of(encoder_model.pipeline, encoder_model.settings),
    )
    assert load_model(tmp_path / "model").labels == ("DRUG", "SYMPTOM")


def test_a_model_that_no_longer_finds_its_canaries_is_not_saved(
    cnn_model: SavedModel, tmp_path: Path
) -> None:
    never = AnnotatedText("takes aspirin", (Span(0, 5, "NEVER"),))
    facts = replace(FACTS, canaries=(never,))
    with pytest.raises(VerificationFailed, match="canary 1"):
        save_model(tmp_path / "model", write=cnn_model.pipeline.nlp.to_disk, facts=facts)
    assert list(tmp_path.iterdir()) == []


def test_installing_names_the_model_by_its_number(saved: Path, tmp_path: Path) -> None:
    installed = install(saved, tmp_path / "models", 3)
    assert installed == tmp_path / "models" / "3"
    assert not saved.exists()
    assert verify_model(installed).facts == FACTS


def test_a_model_is_never_installed_over_another(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "models" / "3").mkdir(parents=True)
    with pytest.raises(ModelExists):
        install(saved, tmp_path / "models", 3)
    with pytest.raises(ModelExists):
        save_model(saved, write=write, facts=FACTS, verify=False)


def test_a_damaged_model_is_not_installed(saved: Path, tmp_path: Path) -> None:
    (saved / "inner" / "weights").write_bytes(b"")
    with pytest.raises(ModelDamaged):
        install(saved, tmp_path / "models", 1)
    assert not (tmp_path / "models").exists()


def test_only_the_owner_can_read_a_model(saved: Path) -> None:
    paths = [saved, *saved.rglob("*")]
    assert not any(path.stat().st_mode & 0o077 for path in paths if path.is_file() or path == saved)


KILLED = textwrap.dedent("""
    import os, signal, sys
    from pathlib import Path
    import ner_engine.model_files.store as store
    from tests.ner_engine.data import FACTS, write

    calls, last = 0, int(sys.argv[2])
    def counted(real):
        def call(*arguments, **options):
            global calls
            calls += 1
            if calls == last:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **options)
        return call

    os.fsync, os.rename, os.open = counted(os.fsync), counted(os.rename), counted(os.open)
    Path.rename, Path.write_text = counted(Path.rename), counted(Path.write_text)
    store.save_model(Path(sys.argv[1]) / "model", write=write, facts=FACTS, verify=False)
""")


def test_a_kill_at_any_step_leaves_no_model_or_a_whole_one(tmp_path: Path) -> None:
    for last in range(1, 100):
        directory = tmp_path / str(last)
        directory.mkdir()
        command = [sys.executable, "-c", KILLED, str(directory), str(last)]
        code = subprocess.run(command, check=False).returncode
        assert code in {0, -signal.SIGKILL}
        model = directory / "model"
        if model.exists():
            assert verify_model(model).facts == FACTS
        clean_leftovers(directory)
        assert [path.name for path in directory.iterdir()] in ([], ["model"])
        if code == 0:
            assert model.exists()
            assert last > 5
            return
    pytest.fail("it never came to an end")


def test_the_manifest_is_plain_json(saved: Path) -> None:
    values = json.loads((saved / MANIFEST).read_text())
    assert values["facts"]["labels"] == ["DRUG"]
    assert (saved / "inner" / "weights").stat().st_size == values["files"]["inner/weights"][0]


def test_every_file_and_folder_of_a_model_is_flushed_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut after the model is named finds all of it: the real fsync runs, and is written down."""
    flushed: list[str] = []
    fsync = os.fsync

    def note(handle: int) -> None:
        flushed.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        fsync(handle)

    monkeypatch.setattr(os, "fsync", note)
    save_model(tmp_path / "model", write=write, facts=FACTS, verify=False)
    files = {path.name for path in (tmp_path / "model").rglob("*")}
    assert files <= set(flushed)
    assert flushed[-1] == tmp_path.name
