"""nerbot's own lines and Prodigy's: a text with the places of its spans. Both have the same members."""

from collections.abc import Iterator, Mapping
from typing import Any

from ner_engine.formats.raw.parts import (
    Wrong,
    listed,
    name_of,
    seconds_of,
    span_of,
    spans_of,
    split,
    text_of,
)
from ner_engine.formats.raw.shape import Hints, Shape
from ner_engine.formats.raw.values import RawAnnotation, RawSpan, RawText, Remark

_OURS = {
    "text",
    "spans",
    "meta",
    "document",
    "gap",
    "doc_id",
    "finished",
    "id",
    "annotations",
    "suggestions",
}
_PRODIGY = ("answer", "_input_hash", "_task_hash", "_view_id", "_session_id", "_annotator_id")
#: Of these kinds of task an answer is about the one span that was shown: there may be others.
_BINARY = {"ner", "ner.teach"}


def read_jsonl(value: Any, line: int, hints: Hints) -> Iterator[RawText | Remark]:
    """Read ``{"text": …, "spans": […]}``. Without ``spans`` nobody has looked at the text."""
    text = text_of(value, hints.text_column or "text")
    spans, remarks = split(spans_of(listed(value, "spans"), line, _span))
    yield from remarks
    annotations: list[RawAnnotation] = []
    suggestions: list[RawAnnotation] = []
    if value.get("spans") is not None:
        finished = value.get("finished", True)
        if not isinstance(finished, bool):
            raise Wrong("finished is true or false")
        # With a span left out, more is in the text than is known of it.
        annotations.append(RawAnnotation(spans, finished=finished and not remarks))
    for name, kept in (("annotations", annotations), ("suggestions", suggestions)):
        for item in listed(value, name):
            given, more = split(spans_of(listed(item, "spans"), line, _span))
            yield from more
            kept.append(_annotation(item, given, complete=not more))
    if value.get("annotations"):
        # The spans beside what each person said are what they agree on.
        annotations = [each for each in annotations if each.person is not None]
    yield RawText(
        text,
        line,
        tuple(annotations),
        tuple(suggestions),
        document=document_of(value),
        gap=value["gap"] if isinstance(value.get("gap"), str) else None,
        meta=meta_of(value, _OURS | {hints.text_column or "text"}),
    )


def _annotation(item: Any, spans: tuple[RawSpan, ...], *, complete: bool) -> RawAnnotation:
    finished = item.get("finished", True) is not False and complete
    person = name_of(item.get("person") if item.get("person") is not None else item.get("model"))
    at = item.get("at")
    return RawAnnotation(
        spans,
        person,
        finished,
        at if isinstance(at, str) else None,
        seconds_of(item.get("seconds")),
    )


def read_prodigy(value: Any, line: int, hints: Hints) -> Iterator[RawText | Remark]:
    """Read a task of Prodigy with its answer."""
    text = _prodigy_text(value, hints)
    spans, remarks = split(spans_of(listed(value, "spans"), line, _span))
    yield from remarks
    answer = value.get("answer", "accept")
    annotations: tuple[RawAnnotation, ...] = ()
    looked = value.get("spans") is not None or not _is_of_the_whole_text(value)
    if answer == "accept" and ("answer" in value or value.get("spans") is not None):
        person = _annotator(value)
        stamp = value.get("_timestamp")
        at = str(stamp) if isinstance(stamp, int | float) else None
        whole = value.get("_view_id") not in _BINARY and not remarks
        annotations = (RawAnnotation(spans, person, finished=whole, at=at),) if looked else ()
    elif answer in {"reject", "ignore"}:
        words = f"its answer is “{answer}”: the text comes without labels"
        yield Remark(line, f"answer {answer}", words, refused=False)
    else:
        raise Wrong("answer is none of accept, reject and ignore", "unknown answer")
    if listed(value, "relations"):
        yield Remark(line, "relation", "its relations are left out", refused=False)
    meta = value.get("meta")
    yield RawText(
        text,
        line,
        annotations,
        document=document_of(value),
        meta=dict(meta) if isinstance(meta, Mapping) else {},
    )


def _is_of_the_whole_text(value: Mapping[str, Any]) -> bool:
    """Whether it was asked which class the text has: the answer says nothing of what is in it."""
    return "options" in value or "accept" in value or isinstance(value.get("label"), str)


def _prodigy_text(value: Any, hints: Hints) -> str:
    name = hints.text_column or "text"
    if name not in value and isinstance(value.get("tokens"), list):
        pieces = [
            text_of(token, "text") + (" " if token.get("ws", True) else "")
            for token in value["tokens"]
        ]
        return "".join(pieces)
    return text_of(value, name)


def _annotator(value: Mapping[str, Any]) -> str | None:
    """Prodigy names sessions `dataset-person`; one without a name ends in a time."""
    name = name_of(value.get("_annotator_id") or value.get("_session_id"))
    if name is None or "-" not in name:
        return name
    last = name.rsplit("-", 1)[1]
    return None if last.isdigit() or not last else last


def _span(item: Any) -> RawSpan:
    if not isinstance(item, Mapping):
        raise Wrong("a span is not an object", "span without offsets")
    return span_of(item.get("start"), item.get("end"), item.get("label"))


def document_of(value: Mapping[str, Any]) -> str | None:
    """The document a text says it is from."""
    meta = value.get("meta")
    for holder in (value, meta if isinstance(meta, Mapping) else {}):
        for name in ("document", "doc_id"):
            if (found := name_of(holder.get(name))) is not None:
                return found
    return None


def meta_of(value: Mapping[str, Any], known: set[str]) -> dict[str, Any]:
    """What a value holds besides the members its format knows, and what is in its own ``meta``."""
    meta = value.get("meta")
    inner = dict(meta) if isinstance(meta, Mapping) else {} if meta is None else {"meta": meta}
    return {name: found for name, found in value.items() if name not in known} | inner


def _is_object_with_text(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("text"), str)


def _is_prodigy(value: Any) -> bool:
    return isinstance(value, Mapping) and any(name in value for name in _PRODIGY)


JSONL = Shape("jsonl", _is_object_with_text, read_jsonl)
PRODIGY = Shape("prodigy", _is_prodigy, read_prodigy)
