"""The tutorial's ``sentence``/``entities`` objects, and the pairs of a text and its entities."""

from collections.abc import Iterator, Mapping
from typing import Any

from ner_engine.annotation import find_mentions
from ner_engine.formats.raw.parts import Wrong, listed, span_of, spans_of, split, text_of
from ner_engine.formats.raw.shape import Hints, Shape
from ner_engine.formats.raw.values import RawAnnotation, RawSpan, RawText, Remark
from ner_engine.formats.readers.jsonl import document_of, meta_of
from ner_engine.formats.records import longest_first

_KNOWN = {"sentence", "entities", "meta", "document", "doc_id"}


def read_record(value: Any, line: int, _hints: Hints) -> Iterator[RawText | Remark]:
    """Read ``{"sentence": …, "entities": [{"label": …, "value": …}]}``: every mention of a value is meant."""
    text = text_of(value, "sentence")
    found: set[RawSpan] = set()
    complete = True
    for number, item in enumerate(listed(value, "entities"), start=1):
        label = item.get("label") if isinstance(item, Mapping) else None
        words = item.get("value") if isinstance(item, Mapping) else None
        if not isinstance(label, str) or not isinstance(words, str):
            words = f"entity {number} has no label or value"
            yield Remark(line, "entity without a label or value", words, refused=False)
            complete = False
            continue
        # The record's own spelling comes first: "US" is not "us" where both are in the sentence.
        mentions = find_mentions(text, words, exact=True) or find_mentions(text, words)
        if not mentions:
            words = f"entity {number} is not in its sentence"
            yield Remark(line, "value not in its sentence", words, refused=False)
            complete = False
        found |= {RawSpan(start, end, label) for start, end in mentions}
    spans = tuple(sorted(longest_first(found), key=_place))
    annotated = (RawAnnotation(spans, finished=complete),) if "entities" in value else ()
    yield RawText(text, line, annotated, document=document_of(value), meta=meta_of(value, _KNOWN))


def read_pair(value: Any, line: int, _hints: Hints) -> Iterator[RawText | Remark]:
    """Read ``[text, {"entities": [[start, end, label], …]}]``."""
    text = value[0]
    if not isinstance(text, str):
        raise Wrong("it does not begin with a text", "no text")
    second: Any = value[1] if len(value) > 1 else {}
    entities = second if isinstance(second, list) else listed(second, "entities")
    spans, remarks = split(spans_of(entities, line, _entity))
    yield from remarks
    # Beside other things, such as heads of a parse, nobody has looked for entities.
    looked = isinstance(second, list) or second.get("entities") is not None
    annotated = (RawAnnotation(spans, finished=not remarks),) if looked else ()
    yield RawText(text, line, annotated)


def _entity(item: Any) -> RawSpan:
    if isinstance(item, Mapping):
        return span_of(item.get("start"), item.get("end"), item.get("label"))
    if not isinstance(item, list) or len(item) < 3:
        raise Wrong("an entity is not [start, end, label]", "span without offsets")
    return span_of(*item[:3])


def _place(span: RawSpan) -> tuple[int, int, str]:
    return span.start, span.end, span.label


def _is_record(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("sentence"), str)


def _is_pair(value: Any) -> bool:
    if not (isinstance(value, list) and value and isinstance(value[0], str)):
        return False
    if len(value) == 1:
        return False
    return isinstance(value[1], Mapping) or (isinstance(value[1], list) and len(value) == 2)


RECORDS = Shape("records", _is_record, read_record)
OFFSETS = Shape("offsets", _is_pair, read_pair)
