"""The forms annotated texts come in and go out in."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, astuple
from typing import Any, TypeVar

from ner_engine.annotation import AnnotatedText, Span, check_text, find_mentions, parse_label
from ner_engine.errors import EngineError, InvalidLine, InvalidRecord, ValueNotInSentence

_T = TypeVar("_T")

Offsets = tuple[str, dict[str, list[tuple[int, int, str]]]]


def parse_lines(lines: Iterable[str]) -> Iterator[AnnotatedText]:
    """Read a data file, one JSON object a line; blank lines are passed over. Raises InvalidLine."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield parse_line(json.loads(line))
        except (EngineError, ValueError, TypeError, RecursionError) as error:
            said = str(error) if isinstance(error, EngineError) else "It is not a JSON object."
            raise InvalidLine(number=number, reason=said) from error


def parse_line(line: Mapping[str, Any]) -> AnnotatedText:
    """Read one line of a data file, in the JSON form or in the record form.

    Raises InvalidRecord where it is neither, TextError or AnnotationError where it is wrong.
    """
    if "sentence" in line:
        return from_record(line)
    return from_json(line)


def from_json(line: Mapping[str, Any]) -> AnnotatedText:
    """Read ``{"text": …, "spans": [{"start": …, "end": …, "label": …}]}``.

    ``"finished": false`` beside them says that there may be more spans.
    """
    text = _member(line, "text", str)
    check_text(text)
    spans = [_read_span(item) for item in _member(line, "spans", list)]
    return AnnotatedText(text, tuple(spans), finished=_is_finished(line))


def to_json(annotated: AnnotatedText) -> dict[str, Any]:
    """Write ``{"text": …, "spans": [{"start": …, "end": …, "label": …}]}``."""
    line = {"text": annotated.text, "spans": [asdict(span) for span in annotated.spans]}
    return line if annotated.finished else line | {"finished": False}


def from_record(record: Mapping[str, Any]) -> AnnotatedText:
    """Read ``{"sentence": …, "entities": [{"label": …, "value": …}]}``.

    Every mention of each value is taken; where mentions overlap the longest value wins. Raises
    ValueNotInSentence.
    """
    text = _member(record, "sentence", str)
    check_text(text)
    found: list[Span] = []
    for number, item in enumerate(_member(record, "entities", list), start=1):
        label, value = parse_label(_member(item, "label", str)), _member(item, "value", str)
        # The record's own spelling comes first: "US" is not "us" where both are in the sentence.
        mentions = find_mentions(text, value, exact=True) or find_mentions(text, value)
        if not mentions:
            raise ValueNotInSentence(number=number)
        found += [Span(start, end, label) for start, end in mentions]
    return AnnotatedText(text, _longest_first(found))


def to_record(annotated: AnnotatedText) -> dict[str, Any]:
    """Write ``{"sentence": …, "entities": [{"label": …, "value": …}]}``, each value once.

    This form names no places: a second, unmarked mention of a value is marked when read back.
    """
    text = annotated.text
    values = dict.fromkeys((span.label, text[span.start : span.end]) for span in annotated.spans)
    return {"sentence": text, "entities": [{"label": lb, "value": value} for lb, value in values]}


def from_offsets(pair: Offsets) -> AnnotatedText:
    """Read ``(text, {"entities": [(start, end, label), …]})``."""
    text, annotations = pair
    check_text(text)
    return AnnotatedText(text, tuple(Span(*entity) for entity in annotations["entities"]))


def to_offsets(annotated: AnnotatedText) -> Offsets:
    """Write ``(text, {"entities": [(start, end, label), …]})``, the form of spaCy's tutorials."""
    return annotated.text, {"entities": [astuple(span) for span in annotated.spans]}


def _is_finished(line: Mapping[str, Any]) -> bool:
    finished = line.get("finished", True)
    if not isinstance(finished, bool):
        raise InvalidRecord(reason="finished is true or false")
    return finished


def _read_span(item: object) -> Span:
    start, end = _member(item, "start", int), _member(item, "end", int)
    return Span(start, end, parse_label(_member(item, "label", str)))


def _longest_first(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans that stay when longer ones swallow those inside; equal ones stay and will clash."""
    kept: list[Span] = []
    for span in sorted(set(spans), key=lambda span: (span.start - span.end, span.start)):
        if not any(
            span.start < other.end and other.start < span.end and _length(other) > _length(span)
            for other in kept
        ):
            kept.append(span)
    return tuple(kept)


def _length(span: Span) -> int:
    return span.end - span.start


def _member(holder: object, name: str, kind: type[_T]) -> _T:
    if not isinstance(holder, Mapping):
        raise InvalidRecord(reason=f"{name} is looked for in something that is no object")
    value = holder.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise InvalidRecord(reason=f"{name} is missing or not of the kind {kind.__name__}")
    return value


def fingerprint(gold: Iterable[AnnotatedText]) -> str:
    """The hash of the data, whatever its order: sha256, in hex."""
    lines = sorted(json.dumps(to_json(annotated), sort_keys=True) for annotated in gold)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
