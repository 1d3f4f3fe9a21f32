"""CSV and TSV: one column is the text, the others go with it; or a token a row, as in corpora of tokens."""

import csv
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from ner_engine.errors import FileRefused
from ner_engine.formats.raw.shape import Hints
from ner_engine.formats.raw.source import MOST, Source
from ner_engine.formats.raw.values import RawText, Remark
from ner_engine.formats.readers.label_studio import LEFT, is_regions, read_min
from ner_engine.formats.readers.tags import Sentence, to_text

_TEXT = (
    "text",
    "sentence",
    "content",
    "message",
    "body",
    "tweet",
    "comment",
    "description",
    "utterance",
    "query",
    "document",
)
_WORD, _TAG = ("word", "token"), ("tag", "ner", "ner_tag", "label", "entity")
_SAMPLE = 200
csv.field_size_limit(MOST)


def delimiter_of(lines: Sequence[str], suffix: str = "") -> str | None:
    """What stands between the columns of these first lines; None where they are no table."""
    order = ",;|\t" if suffix == ".csv" else "\t,;|"
    for share in (1.0, 0.6):
        for delimiter in order:
            rows = [row for row in _safe(lines, delimiter) if row]
            width, often = Counter(map(len, rows)).most_common(1)[0] if rows else (0, 0)
            is_even = width > 1 and often >= share * len(rows)
            if is_even and (len(rows) > 1 or suffix in {".csv", ".tsv"}):
                return delimiter
    if suffix == ".tsv":
        return "\t"
    return "," if suffix == ".csv" else None


def read_table(source: Source, hints: Hints) -> Iterator[RawText | Remark]:
    """Read a table with or without a line of names. Raises FileRefused where no column is the text."""
    head = [line.text + "\n" for line in islice(source.lines(), _SAMPLE)]
    delimiter = delimiter_of(head, source.path.suffix.lower()) or ","
    rows = _rows(source, delimiter)
    first = next((row for row in rows if not isinstance(row, Remark)), None)
    if first is None:
        return
    sample = [row for row in _safe(head, delimiter) if row]
    has_names = _has_names(sample, hints)
    names = first[1] if has_names else [f"column {n}" for n in range(1, len(first[1]) + 1)]
    if not has_names:
        rows = _rows(source, delimiter)
    words = _word_columns(names) if has_names else None
    if words and hints.text_column is None:
        yield from _tokens(rows, words, hints)
        return
    text = _text_column(names, sample[has_names:], hints)
    for row in rows:
        if isinstance(row, Remark):
            yield row
            continue
        line, cells = row
        if len(cells) <= text:
            yield Remark(
                line,
                "too few columns",
                f"it has {len(cells)} columns; the text is in column {text + 1}",
            )
        elif cells[text].strip():
            yield from _one(cells, line, names, text)
        else:
            yield Remark(line, "no text", "its text is empty")


def _one(
    cells: list[str], line: int, names: Sequence[str], text: int
) -> Iterator[RawText | Remark]:
    meta: dict[str, Any] = {
        name: cell
        for n, (name, cell) in enumerate(zip(names, cells, strict=False))
        if n != text and cell != ""
    }
    inner = _json(meta.get("meta", ""))
    if isinstance(inner, dict):
        meta = {name: cell for name, cell in meta.items() if name != "meta"} | inner
    document = meta.pop("document", None)
    # Regions of Label Studio, which writes them as JSON into a column, and so does nerbot.
    for name, cell in meta.items():
        regions = (
            _json(cell)
            if name == "label" or (isinstance(cell, str) and '"labels"' in cell)
            else None
        )
        if isinstance(regions, list) and (not regions or is_regions(regions)):
            for item in read_min(
                {**meta, "text": cells[text], "label": regions}, line, Hints(text_column="text")
            ):
                kept = {k: v for k, v in meta.items() if k not in {name, *LEFT}}
                yield (
                    replace(item, document=document, meta=kept)
                    if isinstance(item, RawText)
                    else item
                )
            return
    yield RawText(cells[text], line, document=document, meta=meta)


def _json(cell: Any) -> Any:
    if not isinstance(cell, str) or cell[:1] not in {"[", "{"}:
        return None
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return None


def _rows(source: Source, delimiter: str) -> Iterator[tuple[int, list[str]] | Remark]:
    numbers = [0]
    wrong: list[Remark] = []

    def lines() -> Iterator[str]:
        for line in source.lines():
            numbers[0] = line.number
            if line.wrong:
                wrong.append(Remark(line.number, "unreadable line", line.wrong))
            elif "\x00" in line.text:
                wrong.append(Remark(line.number, "unreadable line", "it has a zero byte"))
            else:
                yield line.text + "\n"

    reader = csv.reader(lines(), delimiter=delimiter)
    while True:
        begins = numbers[0] + 1
        try:
            row = next(reader)
        except StopIteration:
            yield from wrong
            return
        except csv.Error as error:
            yield Remark(begins, "not a row", f"it is not a row of a table ({error})")
            continue
        yield from wrong
        wrong.clear()
        if any(cell.strip() for cell in row):
            yield begins, row


def _safe(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return []


def _has_names(sample: Sequence[Sequence[str]], hints: Hints) -> bool:
    if not sample:
        return False
    names = [name.strip().casefold() for name in sample[0]]
    if hints.text_column is not None and hints.text_column.casefold() in names:
        return True
    known = {*_TEXT, *_WORD, *_TAG, "id", "label", "labels", "meta"}
    if any(name in known for name in names):
        return True
    # Names are short, different and no numbers.
    return (
        len(sample) > 1
        and len(set(names)) == len(names)
        and all(
            name and len(name) < 40 and not name[0].isdigit() and " " not in name for name in names
        )
        and any(len(cell) > 40 for row in sample[1:] for cell in row)
    )


def _text_column(names: Sequence[str], sample: Sequence[Sequence[str]], hints: Hints) -> int:
    folded = [name.strip().casefold() for name in names]
    if hints.text_column is not None:
        wanted = hints.text_column.casefold()
        if wanted in folded:
            return folded.index(wanted)
        if wanted.isdigit() and 0 < int(wanted) <= len(names):
            return int(wanted) - 1
        raise FileRefused(
            reason=f"it has no column {hints.text_column}; its columns are {', '.join(names[:20])}"
        )
    for name in _TEXT:
        if name in folded:
            return folded.index(name)
    lengths = [sum(len(row[n]) for row in sample if n < len(row)) for n in range(len(names))]
    if not lengths or not max(lengths):
        raise FileRefused(reason="no column of it is a text; name it with --column")
    return lengths.index(max(lengths))


def _word_columns(names: Sequence[str]) -> tuple[int | None, int, int] | None:
    """The columns of a sentence's number, its words and their tags, where a row is a token."""
    folded = [name.strip().casefold() for name in names]
    word = next((folded.index(name) for name in _WORD if name in folded), None)
    tag = next((folded.index(name) for name in _TAG if name in folded), None)
    if word is None or tag is None:
        return None
    number = next((n for n, name in enumerate(folded) if name.startswith("sentence")), None)
    return number, word, tag


def _tokens(
    rows: Iterator[tuple[int, list[str]] | Remark],
    columns: tuple[int | None, int, int],
    hints: Hints,
) -> Iterator[RawText | Remark]:
    number, word, tag = columns
    sentence, current = Sentence(), None
    for row in rows:
        if isinstance(row, Remark):
            yield row
            continue
        line, cells = row
        if len(cells) <= max(word, tag):
            yield Remark(line, "too few columns", f"it has {len(cells)} columns")
            continue
        # The number stands on the first word of a sentence, or on each.
        now = cells[number].strip() if number is not None else None
        if now and now != current and sentence.words:
            yield from to_text(sentence, hints)
            sentence = Sentence()
        current = now or current
        sentence.add(line, cells[word], cells[tag])
    if sentence.words:
        yield from to_text(sentence, hints)
