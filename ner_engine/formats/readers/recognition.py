"""Which format a file is in, by what is in it, and the reader of that format."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from ner_engine.errors import FileRefused
from ner_engine.formats.raw.json_values import json_values
from ner_engine.formats.raw.parts import Wrong
from ner_engine.formats.raw.shape import Hints, Shape
from ner_engine.formats.raw.source import Source
from ner_engine.formats.raw.values import RawText, Remark
from ner_engine.formats.readers.brat import pair_of, read_brat
from ner_engine.formats.readers.conll import columns_of, read_conll
from ner_engine.formats.readers.docbin import is_docbin, read_docbin
from ner_engine.formats.readers.doccano import DOCCANO, label_names
from ner_engine.formats.readers.hf_rows import HF_ROWS, names_in
from ner_engine.formats.readers.jsonl import JSONL, PRODIGY
from ner_engine.formats.readers.label_studio import LABEL_STUDIO, LABEL_STUDIO_MIN
from ner_engine.formats.readers.plain import read_plain
from ner_engine.formats.readers.records import OFFSETS, RECORDS
from ner_engine.formats.readers.spacy_json import SPACY_DOC, SPACY_TRAIN
from ner_engine.formats.readers.table import delimiter_of, read_table
from ner_engine.formats.readers.webanno import HEADER, read_webanno

#: In the order in which they are tried: the more particular ones first.
SHAPES: dict[str, Shape] = {
    shape.name: shape
    for shape in (
        LABEL_STUDIO,
        LABEL_STUDIO_MIN,
        PRODIGY,
        SPACY_TRAIN,
        SPACY_DOC,
        HF_ROWS,
        DOCCANO,
        RECORDS,
        OFFSETS,
        JSONL,
    )
}
#: Every format that can be read, by its name.
READ = (*SHAPES, "text", "csv", "conll", "brat", "webanno", "spacy")
_SAMPLE = 50
#: Members under which a file of one JSON object has its list.
_LISTS = (
    "rows",
    "annotations",
    "data",
    "examples",
    "documents",
    "items",
    "training_data",
    "tasks",
    "sentences",
)

#: Of these columns at least one is in a table with a line of names.
_NAMES = frozenset(
    {
        "text",
        "sentence",
        "sentence #",
        "id",
        "label",
        "labels",
        "message",
        "word",
        "token",
        "content",
        "body",
    }
)

Items = Iterator[RawText | Remark]


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file whose format is known: ``items`` reads it from its beginning, as often as it is asked for."""

    path: Path
    form: str
    encoding: str
    items: Callable[[], Items]


def open_file(
    path: Path, *, form: str | None = None, encoding: str | None = None, hints: Hints | None = None
) -> OpenFile:
    """Recognise a file's format. Raises FileRefused where it is in none, OSError."""
    hints = hints or Hints()
    if form is not None and form not in READ:
        raise FileRefused(reason=f"there is no format {form}; there are {', '.join(READ)}")
    if path.is_dir():
        raise FileRefused(reason="it is a folder")
    if form == "brat" or (form is None and path.suffix in {".ann", ".txt"} and pair_of(path)):
        return OpenFile(path, "brat", encoding or "utf-8", lambda: read_brat(path, encoding))
    if form == "spacy" or (form is None and is_docbin(path)):
        return OpenFile(path, "spacy", "binary", lambda: read_docbin(path))
    source = Source.open(path, encoding)
    form = form or recognise(source)
    if form in SHAPES:
        hints = _with_names(source, form, hints)
        shape = SHAPES[form]
        return OpenFile(path, form, source.encoding, lambda: _shaped(source, shape, hints))
    readers: dict[str, Callable[[], Items]] = {
        "text": lambda: read_plain(source),
        "csv": lambda: read_table(source, hints),
        "conll": lambda: read_conll(source, hints),
        "webanno": lambda: read_webanno(source),
    }
    return OpenFile(path, form, source.encoding, readers[form])


def recognise(source: Source) -> str:
    """The name of the format. Raises FileRefused where it is empty."""
    lines = [line.text for line in islice(source.lines(), 400)]
    kept = [line for line in lines if line.strip()]
    if not kept:
        raise FileRefused(reason="it is empty")
    if any(HEADER.match(line) for line in kept[:3]):
        return "webanno"
    first, suffix = kept[0].lstrip()[:1], source.path.suffix.lower()
    if first in {"{", "["} and (found := _json_form(source)) is not None:
        return found
    if suffix in {".json", ".jsonl", ".ndjson"} or (first in {"{", "["} and _is_json(source)):
        return "jsonl"
    if suffix != ".csv" and columns_of(lines) is not None and _has_sentences(lines):
        return "conll"
    if suffix == ".txt" and "\t" not in kept[0]:
        return "text"
    if suffix in {".conll", ".iob", ".bio", ".iob2", ".bilou", ".bioes"}:
        return "conll"
    return (
        "csv"
        if delimiter_of([f"{line}\n" for line in lines[:200]], suffix) and _is_table(lines, suffix)
        else "text"
    )


def _is_table(lines: list[str], suffix: str) -> bool:
    """Sentences have commas, too: without an ending that says so a table has a line of names or tabs."""
    if suffix in {".csv", ".tsv"} or all("\t" in line for line in lines if line.strip()):
        return True
    first = next(line for line in lines if line.strip()).casefold().replace('"', "")
    return not _NAMES.isdisjoint(name.strip() for name in re.split(r"[,;|\t]", first))


def _has_sentences(lines: list[str]) -> bool:
    """A blank line between sentences, or documents; a table has none."""
    inner = lines[:-1] if lines and not lines[-1].strip() else lines
    return (
        any(not line.strip() for line in inner)
        or any(line.startswith("-DOCSTART-") for line in lines)
        or len(lines) < 60
    )


def _is_json(source: Source) -> bool:
    """Whether it is JSON of whatever shape, and not a text that begins with a bracket."""
    found = list(islice(json_values(source), _SAMPLE))
    return bool(found) and not any(isinstance(item, Remark) for item in found)


def _json_form(source: Source) -> str | None:
    found = Counter[str]()
    for item in islice(_values(source), _SAMPLE):
        if isinstance(item, Remark):
            continue
        value = item[1]
        name = next((shape.name for shape in SHAPES.values() if shape.matches(value)), None)
        if name is not None:
            found[name] += 1
    if not found:
        return None
    # Where nothing is labelled a doccano file looks like lines of texts, and one of Prodigy has answers on all.
    return found.most_common(1)[0][0]


def _values(source: Source) -> Iterator[tuple[int, Any] | Remark]:
    """The values of a file; of one object with a list in it, those of the list."""
    values = json_values(source)
    first = next(values, None)
    if first is None:
        return
    if not isinstance(first, Remark) and isinstance(first[1], dict):
        second = next(values, None)
        inner = _inner(first[1]) if second is None else None
        if inner is not None:
            yield from ((first[0], value) for value in inner)
            return
        yield first
        if second is not None:
            yield second
    else:
        yield first
    yield from values


def _inner(value: dict[str, Any]) -> list[Any] | None:
    if any(shape.matches(value) for shape in SHAPES.values()):
        return None
    return next((value[name] for name in _LISTS if isinstance(value.get(name), list)), None)


def _shaped(source: Source, shape: Shape, hints: Hints) -> Items:
    for item in _values(source):
        if isinstance(item, Remark):
            yield item
            continue
        line, value = item
        if value is None and source.path.suffix == ".json":
            continue
        try:
            # A file may have lines of several shapes.
            reads = shape if shape.matches(value) else _other(value, shape)
            yield from reads.read(value, line, hints)
        except Wrong as wrong:
            yield Remark(line, wrong.kind, str(wrong))
        except (
            KeyError,
            TypeError,
            ValueError,
            IndexError,
            AttributeError,
            RecursionError,
            StopIteration,
            OverflowError,
        ):
            yield Remark(line, "not as the format has it", f"it is not as {shape.name} has it")


def _other(value: Any, shape: Shape) -> Shape:
    return next((each for each in SHAPES.values() if each.matches(value)), shape)


def _with_names(source: Source, form: str, hints: Hints) -> Hints:
    """The names of numbers, from files that tools put beside their data, or from the data's own head."""
    folder = source.path.parent
    if form == "doccano" and not hints.label_names:
        for name in ("label_config.json", "labels.json", "label_types.json", "span_types.json"):
            if found := label_names(_loaded(folder / name)):
                return replace(hints, label_names=found)
    if form == "hf" and not hints.tag_names:
        info = _loaded(folder / "dataset_info.json")
        if isinstance(info, dict) and (names := names_in(info.get("features"))):
            return replace(hints, tag_names=names)
        first = next(json_values(source), None)
        if first is not None and not isinstance(first, Remark) and isinstance(first[1], dict):
            return replace(hints, tag_names=names_in(first[1].get("features")))
    return hints


def _loaded(path: Path) -> Any:
    if not path.is_file() or path.stat().st_size > 1_000_000:
        return None
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError, OSError):
        return None
