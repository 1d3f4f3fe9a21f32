"""What is built for `pip install nerbot`: all that runs is in it, and nothing that is private."""

import configparser
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from ner_engine import to_json
from tests.ner_engine.data import make_gold
from tests.support.patience import patient

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Built:
    """The two files, and the wheel laid out as pip would lay it out."""

    sdist: Path
    wheel: Path
    installed: Path


def build(source: Path, out: Path, *targets: str) -> None:
    """Without the network and without another environment."""
    wanted = [word for target in targets for word in ("-t", target)]
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(out), *wanted]
    subprocess.run(command, cwd=source, check=True, capture_output=True, timeout=patient(60))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("distribution")
    build(ROOT, folder, "sdist", "wheel")
    [sdist], [wheel] = folder.glob("*.tar.gz"), folder.glob("*.whl")
    installed = folder / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    return Built(sdist, wheel, installed)


def nerbot(built: Built, *words: str, where: Path) -> subprocess.CompletedProcess[str]:
    """The command by the wheel's own entry point, with its files and the dependencies of this environment alone."""
    entry_points = configparser.ConfigParser()
    [told] = built.installed.glob("*.dist-info/entry_points.txt")
    entry_points.read_string(told.read_text("utf-8"))
    module, _, function = entry_points["console_scripts"]["nerbot"].partition(":")
    code = (
        f"import sys, bot; assert bot.__file__.startswith({str(built.installed)!r}), bot.__file__\n"
        f"from {module} import {function}; sys.exit({function}())"
    )
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=where,
        env={**os.environ, "PYTHONPATH": str(built.installed)},
        capture_output=True,
        text=True,
        check=False,
        timeout=patient(90),
    )


def test_the_wheel_has_every_file_of_both_packages_and_the_manifest(built: Built) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "bot", "ner_engine"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    with zipfile.ZipFile(built.wheel) as archive:
        names = set(archive.namelist())
    assert {*listed.stdout.splitlines(), "bot/manifest.yml"} - names == set()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {
        "bot",
        "ner_engine",
    }


def test_the_source_distribution_builds_the_same_wheel(built: Built, tmp_path: Path) -> None:
    with tarfile.open(built.sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    [source] = tmp_path.iterdir()
    build(source, tmp_path / "again", "wheel")
    [again] = (tmp_path / "again").glob("*.whl")
    with zipfile.ZipFile(again) as one, zipfile.ZipFile(built.wheel) as other:
        assert sorted(one.namelist()) == sorted(other.namelist())


def test_tokens_and_data_are_in_neither(built: Built) -> None:
    """Both are made where they would be built; the file of settings is left out by name."""
    ignored = (ROOT / ".gitignore").read_text("utf-8").split()
    assert {".env", "data/"} <= set(ignored)
    with tarfile.open(built.sdist) as archive:
        tops = {Path(name).parts[1] for name in archive.getnames() if len(Path(name).parts) > 1}
    assert tops & {".env", "data", ".venv", "dist", "site"} == set()


def test_the_wheel_alone_tells_its_version_and_trains(built: Built, tmp_path: Path) -> None:
    told = nerbot(built, "--version", where=tmp_path)
    assert (told.returncode, told.stdout.split()[0]) == (0, "nerbot"), told.stderr
    gold = tmp_path / "gold.jsonl"
    lines = [json.dumps(to_json(each)) + "\n" for each in make_gold()[:3]]
    gold.write_text("".join(lines), "utf-8")
    words = ("train", "--data", str(gold), "--out", "model", "--preset", "cnn", "--json")
    trained = nerbot(built, *words, where=tmp_path)
    assert trained.returncode == 0, trained.stderr
    assert json.loads(trained.stdout)["labels"] == ["DRUG", "SYMPTOM"]
    assert (tmp_path / "model" / "MANIFEST.json").is_file()
