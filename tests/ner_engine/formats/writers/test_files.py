"""A writer's file: standard output is neither emptied nor removed, and a format is the one that was asked for."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ner_engine.annotation import Span
from ner_engine.formats.writers.registry import WRITTEN
from ner_engine.formats.writers.values import STDOUT, OutText, WriteOptions

_WRITE = """
import sys
from ner_engine.formats.writers.registry import WRITTEN
from ner_engine.formats.writers.values import STDOUT, OutText, WriteOptions
writer = WRITTEN["text"].open(STDOUT, WriteOptions())
writer.write(OutText("Ada lives.", ((0, 3), (4, 9), (9, 10))))
getattr(writer, sys.argv[1])()
"""


def appended(path: Path, ends: str) -> str:
    with path.open("a") as file:
        subprocess.run([sys.executable, "-c", _WRITE, ends], stdout=file, check=True)
    return path.read_text()


def test_a_file_that_standard_output_is_appended_to_keeps_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "all.txt"
    path.write_text("Before.\n")
    assert appended(path, "close") == "Before.\nAda lives.\n"


def test_standard_output_is_still_there_after_an_export_that_failed(tmp_path: Path) -> None:
    there = STDOUT.is_symlink()
    appended(tmp_path / "all.txt", "abandon")
    assert STDOUT.is_symlink() == there


def test_a_file_of_an_export_that_failed_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    WRITTEN["text"].open(path, WriteOptions()).abandon()
    assert not path.exists()


def test_tsv_has_tabs_whatever_its_file_is_called(tmp_path: Path) -> None:
    writer = WRITTEN["tsv"].open(tmp_path / "out.txt", WriteOptions())
    writer.write(OutText("Ada lives.", ((0, 3), (4, 9), (9, 10))))
    writer.close()
    assert (tmp_path / "out.txt").read_text().splitlines()[0].split("\t")[:2] == ["id", "text"]


@pytest.mark.parametrize("scheme", ["iob1", "iob2", "biluo", "bioes", "none"])
def test_every_tag_of_a_scheme_is_named_beside_the_rows(tmp_path: Path, scheme: str) -> None:
    text = "He takes aspirin and codeine phosphate now"
    places = [(m.start(), m.end()) for m in re.finditer(r"\S+", text)]
    spans = (Span(9, 16, "DRUG"), Span(21, 38, "DRUG"))
    writer = WRITTEN["hf"].open(tmp_path / "hf", WriteOptions(scheme=scheme))
    writer.write(OutText(text, tuple(places), spans))
    writer.close()
    info = json.loads((tmp_path / "hf" / "dataset_info.json").read_text("utf-8"))
    names = info["features"]["ner_tags"]["feature"]["names"]
    row = json.loads((tmp_path / "hf" / "train.jsonl").read_text("utf-8"))
    assert set(row["ner_tags"]) <= set(names)
