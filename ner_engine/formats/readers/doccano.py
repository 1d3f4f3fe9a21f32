"""doccano, in the shapes of its versions: triples, entities with offsets, and older labels that are numbers."""

from collections.abc import Iterator, Mapping
from typing import Any

from ner_engine.formats.raw.parts import Wrong, listed, name_of, span_of, whole
from ner_engine.formats.raw.shape import Hints, Shape
from ner_engine.formats.raw.values import RawAnnotation, RawSpan, RawText, Remark
from ner_engine.formats.readers.jsonl import meta_of

_LABELS = ("label", "labels", "entities", "annotations")
_LABEL = ("label", "type", "tag", "entity_group", "entity")
_KNOWN = {
    *_LABELS,
    "text",
    "data",
    "meta",
    "relations",
    "Comments",
    "comments",
    "cats",
    "annotation_approver",
}


def read_doccano(value: Any, line: int, hints: Hints) -> Iterator[RawText | Remark]:
    """Read one document, which is a text with everybody's spans."""
    name, text = _text(value, hints)
    by_person: dict[str | None, list[RawSpan]] = {}
    complete = True
    approver = name_of(value.get("annotation_approver"))
    for member in _LABELS:
        for item in listed(value, member):
            try:
                span = _span(item, hints)
            except Wrong as wrong:
                yield Remark(line, wrong.kind, str(wrong), refused=False)
                complete = False
                continue
            user = name_of(item.get("user")) if isinstance(item, Mapping) else None
            by_person.setdefault(user or approver, []).append(span)
    for member, kind in (
        ("relations", "relation"),
        ("Comments", "comment"),
        ("comments", "comment"),
    ):
        if count := len(listed(value, member)):
            yield Remark(line, kind, f"{kind}s that are left out: {count}", refused=False)
    if not by_person:
        by_person[approver] = []
    yield RawText(
        text,
        line,
        tuple(RawAnnotation(tuple(spans), person, complete) for person, spans in by_person.items()),
        meta=meta_of(value, _KNOWN | {name}),
    )


def _text(value: Mapping[str, Any], hints: Hints) -> tuple[str, str]:
    for name in filter(None, (hints.text_column, "text", "data", "content", "sentence")):
        if isinstance(value.get(name), str):
            return name, value[name]
    # Under another key: it is the longest text there is.
    texts = [(name, found) for name, found in value.items() if isinstance(found, str)]
    if not texts:
        raise Wrong("it has no text", "no text")
    return max(texts, key=lambda pair: len(pair[1]))


def _span(item: Any, hints: Hints) -> RawSpan:
    if isinstance(item, list) and len(item) >= 3:
        return span_of(item[0], item[1], _label(item[2], hints))
    if not isinstance(item, Mapping):
        raise Wrong("a label has no place in the text", "label of a whole text")
    start = item.get("start_offset", item.get("start"))
    end = item.get("end_offset", item.get("end"))
    return span_of(start, end, _label(next(map(item.get, _named(item)), None), hints))


def _named(item: Mapping[str, Any]) -> Iterator[str]:
    """The members in which converters put a span's label."""
    return (name for name in _LABEL if item.get(name) is not None)


def _label(label: Any, hints: Hints) -> Any:
    if isinstance(label, Mapping):
        return label.get("text") or label.get("name")
    number = whole(label)
    if number is None or isinstance(label, str):
        return label
    if number not in hints.label_names:
        raise Wrong(
            f"label {number} has no name; give doccano's label file with --label-names",
            "label without a name",
        )
    return hints.label_names[number]


def _is_span(item: Any) -> bool:
    if isinstance(item, list):
        return len(item) >= 3 and whole(item[0]) is not None and whole(item[1]) is not None
    if not isinstance(item, Mapping):
        return False
    has_offsets = {"start_offset", "end_offset"} <= set(item)
    return has_offsets or ({"start", "end"} <= set(item) and any(_named(item)))


def _is_doccano(value: Any) -> bool:
    if not isinstance(value, Mapping) or isinstance(value.get("data"), Mapping):
        return False
    if (
        "sentence" in value
        and "entities" in value
        and not any(map(_is_span, value["entities"] or ()))
    ):
        return False
    found = [value[name] for name in _LABELS if isinstance(value.get(name), list)]
    if not found or not any(isinstance(each, str) for each in value.values()):
        return False
    if any(_is_span(item) for items in found for item in items[:1]):
        return True
    # Nothing is labelled in it: doccano writes the list in any case.
    return all(not items for items in found) and "spans" not in value


def label_names(labels: Any) -> dict[int, str]:
    """What a label file of doccano says: the name of each number, which may also be the place in the list."""
    if isinstance(labels, Mapping):
        return {n: str(name) for key, name in labels.items() if (n := whole(key)) is not None}
    if not isinstance(labels, list):
        return {}
    names: dict[int, str] = {}
    for place, item in enumerate(labels, start=1):
        if isinstance(item, str):
            names[place - 1] = item
        elif isinstance(item, Mapping):
            number = whole(item.get("id"))
            text = item.get("text") or item.get("name") or item.get("value")
            if isinstance(text, str):
                names[place if number is None else number] = text
    return names


DOCCANO = Shape("doccano", _is_doccano, read_doccano)
