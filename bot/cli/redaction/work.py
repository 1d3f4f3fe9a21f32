"""Files and streams through a reader, record by record."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from bot.cli.redaction.readers import Masked, Reader
from bot.errors import InvalidSetting
from ner_engine.redaction.files import Form, Reading, Record

LARGEST = 50 * 2**20
"""Bytes of a file that is one document: all of it is in memory."""
_MARK = ".redacted"


@dataclass(slots=True)
class FileReport:
    """What was masked in one file; no word of it."""

    file: str
    out: str
    masked: Masked = field(default_factory=Masked)
    left: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """It as the command prints it."""
        return {
            "file": self.file,
            "out": self.out,
            "texts": self.masked.texts,
            "masked": dict(sorted(self.masked.labels.items())),
            "slip": self.masked.slip,
            "left": list(self.left),
            "dropped": list(self.dropped),
        }


def form_of(path: Path) -> Form:
    """How a file is read, by the end of its name."""
    suffix = path.suffix.lower()
    if suffix in {".csv", ".tsv"}:
        return "csv"
    return "jsonl" if suffix in {".jsonl", ".ndjson"} else "text"


def redact_stream(
    lines: Iterable[str], out: TextIO, reading: Reading, reader: Reader, report: FileReport
) -> None:
    """Write each record as soon as it is redacted."""
    for record in reading.records(lines):
        out.write(_redacted([record], reader, report, together=False))
        out.flush()
    _note(report, reading)


def redact_file(
    path: Path, target: Path, reading: Reading, reader: Reader, *, together: bool
) -> FileReport:
    """Write a file without what is masked, whole or not at all. Raises FileRefused, OSError."""
    report = FileReport(str(path), str(target))
    if together and path.stat().st_size > LARGEST:
        raise InvalidSetting(
            f"{path.name} is larger than {LARGEST // 2**20} MB, too large for one document. Say --document record."
        )
    handle, name = tempfile.mkstemp(prefix=".unfinished-", dir=target.parent)
    try:
        with (
            path.open(encoding="utf-8", newline="") as lines,
            os.fdopen(handle, "w", encoding="utf-8", newline="") as out,
        ):
            for batch in _batches(reading.records(lines), None if together else reader.most):
                out.write(_redacted(batch, reader, report, together=together))
        Path(name).replace(target)
    except UnicodeDecodeError as error:
        raise InvalidSetting(f"{path.name} is not UTF-8. Convert it first.") from error
    finally:
        Path(name).unlink(missing_ok=True)
    _note(report, reading)
    return report


def target_of(path: Path, folder: Path | None) -> Path:
    """Where a redacted file goes: beside it under another name, or under its own into a folder."""
    if folder is not None:
        return folder / path.name
    return path.with_name(f"{path.stem}{_MARK}{path.suffix}")


def _batches(records: Iterator[Record], size: int | None) -> Iterator[list[Record]]:
    while batch := list(islice(records, size)):
        yield batch


def _redacted(records: list[Record], reader: Reader, report: FileReport, *, together: bool) -> str:
    texts = [text for record in records for text in record.texts]
    new = iter(reader.redact(texts, report.masked, together=together) if texts else ())
    return "".join(record.written(list(islice(new, len(record.texts)))) for record in records)


def _note(report: FileReport, reading: Reading) -> None:
    report.left, report.dropped = tuple(sorted(reading.left)), tuple(sorted(reading.dropped))
