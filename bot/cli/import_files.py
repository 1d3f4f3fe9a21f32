"""The files that somebody names to `nerbot import`: each, and those of a folder."""

from collections.abc import Iterable
from pathlib import Path

_SUFFIXES = frozenset(
    {
        ".ann",
        ".bilou",
        ".bio",
        ".bioes",
        ".conll",
        ".csv",
        ".iob",
        ".iob2",
        ".json",
        ".jsonl",
        ".ndjson",
        ".spacy",
        ".tsv",
        ".txt",
    }
)
"""Of a folder, files with these endings are read."""

_BESIDE = frozenset(
    {
        "dataset_info.json",
        "label_config.json",
        "label_types.json",
        "labels.json",
        "meta.json",
        "span_types.json",
    }
)
"""What tools put beside their data; it says what labels are called, and is no data itself."""

_ABOUT = frozenset({"copying", "licence", "license", "notice", "readme"})
"""Texts with these names are about the data."""


def files_of(named: Iterable[Path]) -> list[Path]:
    """The files to read, in order: of a folder all below it, of a text and its standoff file one."""
    found = [file for path in named for file in (_below(path) if path.is_dir() else [path])]
    spans = {path.with_suffix("") for path in found if path.suffix == ".ann"}
    return [path for path in found if not (path.suffix == ".txt" and path.with_suffix("") in spans)]


def _below(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in _SUFFIXES
        and path.name not in _BESIDE
        and path.stem.lower() not in _ABOUT
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and path.is_file()
    )
