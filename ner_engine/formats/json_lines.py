"""The format ``jsonl``: a text a line with the places of its spans, nerbot's own. A line may also be a record."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from ner_engine.annotation import AnnotatedText, Span, check_text, parse_label
from ner_engine.errors import InvalidRecord
from ner_engine.formats.json_objects import group_of, member, read_values, write_values
from ner_engine.formats.records import from_record
from ner_engine.formats.registry import Format, register


def parse_lines(lines: Iterable[str]) -> Iterator[AnnotatedText]:
    """Read a data file, one JSON object a line; blank lines are passed over. Raises InvalidLine."""
    return read_values(lines, parse_line)


def write_lines(texts: Iterable[AnnotatedText]) -> Iterator[str]:
    """Write one JSON object a line."""
    return write_values(texts, to_json)


def parse_line(line: Mapping[str, Any]) -> AnnotatedText:
    """Read one line of a data file, in the JSON form or in the record form.

    Raises InvalidRecord where it is neither, TextError or AnnotationError where it is wrong.
    """
    if "sentence" in line:
        return from_record(line)
    return from_json(line)


def from_json(line: Mapping[str, Any]) -> AnnotatedText:
    """Read ``{"text": …, "spans": [{"start": …, "end": …, "label": …}]}``.

    ``"finished": false`` beside them says that there may be more spans, ``"document"`` (or ``doc_id``,
    or either of them in ``meta``) which document the text is from.
    """
    text = member(line, "text", str)
    check_text(text)
    spans = [_read_span(item) for item in member(line, "spans", list)]
    return AnnotatedText(text, tuple(spans), finished=_is_finished(line), group=group_of(line))


def to_json(annotated: AnnotatedText) -> dict[str, Any]:
    """Write ``{"text": …, "spans": [{"start": …, "end": …, "label": …}]}``."""
    line: dict[str, Any] = {
        "text": annotated.text,
        "spans": [asdict(span) for span in annotated.spans],
    }
    if annotated.group is not None:
        line["document"] = annotated.group
    return line if annotated.finished else line | {"finished": False}


def _is_finished(line: Mapping[str, Any]) -> bool:
    finished = line.get("finished", True)
    if not isinstance(finished, bool):
        raise InvalidRecord(reason="finished is true or false")
    return finished


def _read_span(item: object) -> Span:
    start, end = member(item, "start", int), member(item, "end", int)
    return Span(start, end, parse_label(member(item, "label", str)))


JSON_LINES = register(
    Format(name="jsonl", suffixes=(".jsonl",), read=parse_lines, write=write_lines)
)
