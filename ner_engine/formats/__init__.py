"""The formats annotated texts come in and go out in: one a module, found by being here."""

import pkgutil
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ner_engine.annotation import AnnotatedText
from ner_engine.formats.json_lines import JSON_LINES
from ner_engine.formats.registry import Format, register, registered

if TYPE_CHECKING:
    from ner_engine.formats.readers.data_file import DataFile, read_data

__all__ = ["FORMATS", "DataFile", "Format", "format_of", "read_data", "read_file", "register"]


def _find_formats() -> Mapping[str, Format]:
    for module in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return registered()


#: Every format by its name.
FORMATS: Mapping[str, Format] = _find_formats()


def format_of(path: str | Path) -> Format:
    """The format that the ending of a file's name stands for; JSON lines where it stands for none."""
    suffix = Path(path).suffix.lower()
    return next((known for known in FORMATS.values() if suffix in known.suffixes), JSON_LINES)


def read_file(path: str | Path) -> Iterator[AnnotatedText]:
    """Read a data file, which is UTF-8, text by text. Raises InvalidLine and OSError."""
    with Path(path).open(encoding="utf-8") as lines:
        yield from format_of(path).read(lines)


def __getattr__(name: str) -> Any:
    """The readers of other tools' files come when a file is read: a process that predicts needs none of them."""
    if name not in {"DataFile", "read_data"}:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.readers.data_file"), name)
