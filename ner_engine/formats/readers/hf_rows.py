"""Rows of Hugging Face `datasets`: tokens with tags that are names or numbers; and what its dataset viewer answers."""

from collections.abc import Iterator, Mapping
from typing import Any

from ner_engine.formats.raw.parts import Wrong, listed, whole
from ner_engine.formats.raw.shape import Hints, Shape
from ner_engine.formats.raw.values import RawText, Remark
from ner_engine.formats.readers.jsonl import document_of
from ner_engine.formats.readers.tags import Sentence, to_text

_WORDS = ("tokens", "words")
_TAGS = ("ner_tags", "tags", "ner", "labels", "ner_labels", "entities", "bio_tags", "label")


def read_row(value: Any, line: int, hints: Hints) -> Iterator[RawText | Remark]:
    """Read ``{"tokens": […], "ner_tags": […]}``."""
    if "row" in value and isinstance(value["row"], Mapping):
        value = value["row"]
    name = next((name for name in _WORDS if name in value), None)
    if name is None:
        raise Wrong("it has no tokens", "no text")
    words = listed(value, name)
    tags_name = _tags_name(value, hints)
    tags = listed(value, tags_name) if tags_name else []
    if not all(isinstance(word, str) for word in words):
        raise Wrong(f"{name} are not all texts")
    if tags_name and len(tags) != len(words):
        raise Wrong(f"it has {len(words)} tokens and {len(tags)} tags", "not a tag a token")
    if not words:
        raise Wrong("it has no tokens", "no text")
    meta = {
        key: found
        for key, found in value.items()
        if key not in {name, tags_name, "document", "doc_id", "text"}
        and not _is_parallel(found, words)
    }
    text = value.get("text")
    sentence = Sentence(
        document=document_of(value), meta=meta, text=text if isinstance(text, str) else None
    )
    for number, word in enumerate(words):
        given = (_tag(tags[number], hints),) if tags_name else ()
        sentence.add(line, word, *given)
    yield from to_text(sentence, hints)


def _is_parallel(found: Any, words: Any) -> bool:
    """Tags of another kind, such as parts of speech."""
    return isinstance(found, list) and len(found) == len(words)


def _tags_name(value: Mapping[str, Any], hints: Hints) -> str | None:
    if hints.label_column is not None and isinstance(value.get(hints.label_column), list):
        return hints.label_column
    return next((name for name in _TAGS if isinstance(value.get(name), list)), None)


def _tag(tag: Any, hints: Hints) -> str:
    if isinstance(tag, str):
        return tag
    number = whole(tag)
    if number is None:
        raise Wrong("a tag is neither a name nor a number")
    if not hints.tag_names:
        raise Wrong(
            "its tags are numbers; say what they are called with --tag-names O,B-PER,I-PER,…",
            "tags without names",
        )
    if not 0 <= number < len(hints.tag_names):
        raise Wrong(f"there is no name for the tag {number}", "tags without names")
    return hints.tag_names[number]


def names_in(features: Any) -> tuple[str, ...]:
    """The names of tags in the description of a data set, as its card, its `dataset_info.json` or the viewer has it."""
    if isinstance(features, list):
        features = {f.get("name"): f.get("type", f) for f in features if isinstance(f, Mapping)}
    if not isinstance(features, Mapping):
        return ()
    for name in _TAGS:
        found = _names(features.get(name))
        if found:
            return found
    return ()


def _names(feature: Any, depth: int = 0) -> tuple[str, ...]:
    if isinstance(feature, list):
        feature = feature[0] if feature else None
    if not isinstance(feature, Mapping) or depth > 4:
        return ()
    names = feature.get("names")
    if isinstance(names, Mapping):
        names = list(names.values())
    if isinstance(names, list) and all(isinstance(each, str) for each in names):
        return tuple(names)
    for inner in ("feature", "class_label", "sequence", "type"):
        if found := _names(feature.get(inner), depth + 1):
            return found
    return ()


def _is_row(value: Any) -> bool:
    if isinstance(value, Mapping) and isinstance(value.get("row"), Mapping):
        value = value["row"]
    return isinstance(value, Mapping) and any(
        isinstance(value.get(name), list) and all(isinstance(each, str) for each in value[name])
        for name in _WORDS
    )


HF_ROWS = Shape("hf", _is_row, read_row)
