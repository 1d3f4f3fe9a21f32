"""Label Studio's JSON, its older `completions`, and JSON-MIN. Its offsets are those of JavaScript, UTF-16."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ner_engine.formats.raw.other_offsets import utf16_offsets
from ner_engine.formats.raw.parts import Wrong, listed, name_of, seconds_of, whole
from ner_engine.formats.raw.shape import Hints, Shape
from ner_engine.formats.raw.values import RawAnnotation, RawSpan, RawText, Remark

_LABELS = ("labels", "hypertextlabels", "htmllabels", "paragraphlabels", "timeserieslabels")
#: Members of JSON-MIN that say who annotated when; they are no meta.
LEFT = {"annotator", "annotation_id", "created_at", "updated_at", "lead_time", "id"}


def read_task(value: Any, line: int, hints: Hints) -> Iterator[RawText | Remark]:
    """Read a task with everybody's annotations and every model's predictions."""
    data = value["data"]
    done = [*listed(value, "annotations"), *listed(value, "completions")]
    made = listed(value, "predictions")
    name = _text_name(data, [*done, *made], hints)
    reader = _Results(data[name], line)
    annotations = []
    for each in done:
        if not isinstance(each, Mapping):
            yield Remark(
                line,
                "annotation that is not an object",
                "an annotation is not an object",
                refused=False,
            )
        elif each.get("was_cancelled") or each.get("skipped"):
            yield Remark(
                line, "cancelled annotation", "a cancelled annotation is left out", refused=False
            )
        else:
            annotations.append(_annotation(each, reader.spans(listed(each, "result"))))
    suggestions = tuple(
        RawAnnotation(
            reader.spans(listed(each, "result"))[0], name_of(each.get("model_version")) or "model"
        )
        for each in made
        if isinstance(each, Mapping)
    )
    yield from reader.remarks
    own = value.get("meta")
    meta = {key: found for key, found in data.items() if key != name}
    meta |= dict(own) if isinstance(own, Mapping) else {}
    yield RawText(data[name], line, tuple(annotations), suggestions, meta=meta)


def _annotation(each: Mapping[str, Any], found: tuple[tuple[RawSpan, ...], bool]) -> RawAnnotation:
    spans, complete = found
    at = each.get("updated_at") or each.get("created_at")
    return RawAnnotation(
        spans,
        name_of(each.get("completed_by")) or name_of(each.get("created_username")),
        finished=complete,
        at=str(at) if isinstance(at, str | int) and not isinstance(at, bool) else None,
        seconds=seconds_of(each.get("lead_time")),
    )


def read_min(value: Any, line: int, hints: Hints) -> Iterator[RawText | Remark]:
    """Read one annotation of a task, as JSON-MIN and CSV have it."""
    column = _labels_column(value)
    column = column or next((name for name in ("label", "ner") if value.get(name) == []), None)
    results = value[column] if column else []
    texts = {k: v for k, v in value.items() if isinstance(v, str) and k not in LEFT}
    if not texts:
        raise Wrong("it has no text", "no text")
    said = [item.get("text") for item in results if isinstance(item, Mapping)]
    name = hints.text_column if hints.text_column in texts else None
    if name is None:
        name = "text" if "text" in texts else _holding(texts, said)
    reader = _Results(texts[name], line)
    spans = reader.spans([{"value": item, "type": "labels"} for item in results])
    yield from reader.remarks
    said_by = _annotation({**value, "completed_by": value.get("annotator")}, spans)
    meta = {k: v for k, v in value.items() if k not in {*LEFT, name, column}}
    yield RawText(texts[name], line, (said_by,), meta=meta)


class _Results:
    """Reads the regions of one text; what is left out is gathered."""

    def __init__(self, text: str, line: int) -> None:
        self._text, self._line = text, line
        self._offsets = utf16_offsets(text)
        self.remarks: list[Remark] = []

    def spans(self, results: Sequence[Any]) -> tuple[tuple[RawSpan, ...], bool]:
        """The spans, and whether these are all there were."""
        found: list[RawSpan] = []
        complete = True
        for result in results:
            value = result.get("value") if isinstance(result, Mapping) else None
            if not isinstance(value, Mapping):
                if isinstance(result, Mapping) and result.get("type") == "relation":
                    self._left("relation", "a relation is left out")
                else:
                    self._left("region without a value", "a region has no value")
                continue
            labels = next(
                (value[name] for name in _LABELS if isinstance(value.get(name), list)), None
            )
            if labels is None:
                kind = str(result.get("type") or "region")[:40]
                self._left(f"{kind} region", f"a region of the type {kind} is left out")
                continue
            place = self._place(value)
            if place is None:
                complete = False
            else:
                found += [RawSpan(*place, label) for label in labels if isinstance(label, str)]
        return tuple(found), complete

    def _place(self, value: Mapping[str, Any]) -> tuple[int, int] | None:
        offsets = value.get("globalOffsets")
        holder = offsets if isinstance(offsets, Mapping) else value
        start, end, said = whole(holder.get("start")), whole(holder.get("end")), value.get("text")
        if (start is None or end is None) and isinstance(said, str):
            start, end = self._in_hypertext(value, said)
        if start is None or end is None:
            self._left(
                "span without offsets", "a region has no whole numbers for its start and end"
            )
            return None
        text = self._text
        in_utf16 = self._offsets.place(start), self._offsets.place(end)
        if None not in in_utf16:
            first, last = in_utf16
            assert first is not None
            assert last is not None
            if not isinstance(said, str) or _same(text[first:last], said):
                return first, last
        if isinstance(said, str):
            if _same(text[start:end], said):
                return start, end
            # Some versions count the last character, or the blanks they took off.
            for first, last in ((start, end + 1), (start, start + len(said))):
                if text[first:last] == said:
                    return first, last
        self._left(
            "span that is not its text",
            f"the text from {start} to {end} is not what the region says, so it is left out",
        )
        return None

    def _in_hypertext(self, value: Mapping[str, Any], said: str) -> tuple[int | None, int | None]:
        """Where a region is whose ends are paths: where its words are, if only there, or at the offsets in its node."""
        if said.strip() and self._text.count(said) == 1:
            before = self._text[: self._text.index(said)]
            start = len(before.encode("utf-16-le", "surrogatepass")) // 2
            return start, start + len(said.encode("utf-16-le", "surrogatepass")) // 2
        if value.get("start") != value.get("end"):
            return None, None
        return whole(value.get("startOffset")), whole(value.get("endOffset"))

    def _left(self, kind: str, words: str) -> None:
        self.remarks.append(Remark(self._line, kind, words, refused=False))


def _same(piece: str, said: str) -> bool:
    """Line breaks are written as \\n or as the two characters."""
    return piece == said or piece.split() == said.replace("\\n", "\n").split() != []


def _text_name(data: Mapping[str, Any], done: Sequence[Any], hints: Hints) -> str:
    texts = {name: found for name, found in data.items() if isinstance(found, str)}
    if not texts:
        raise Wrong("its data has no text", "no text")
    for name in (hints.text_column, "text"):
        if name in texts:
            return str(name)
    said = [
        result["value"].get("text")
        for each in done
        if isinstance(each, Mapping)
        for result in listed(each, "result")
        if isinstance(result, Mapping) and isinstance(result.get("value"), Mapping)
    ]
    return _holding(texts, said)


def _holding(texts: Mapping[str, str], said: Sequence[Any]) -> str:
    """The text that holds most of what is labelled; the longest one where that says nothing."""
    words = [each for each in said if isinstance(each, str)]
    return max(texts, key=lambda name: (sum(w in texts[name] for w in words), len(texts[name])))


def _is_task(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and isinstance(value.get("data"), Mapping)
        and (
            any(
                isinstance(value.get(n), list)
                for n in ("annotations", "completions", "predictions")
            )
            or "id" in value
            or set(value) == {"data"}
        )
    )


def _labels_column(value: Mapping[str, Any]) -> str | None:
    return next((name for name, found in value.items() if is_regions(found)), None)


def is_regions(found: Any) -> bool:
    """Whether a value is a list of Label Studio's regions."""
    if not isinstance(found, list) or not found or not isinstance(found[0], Mapping):
        return False
    return any(isinstance(found[0].get(kind), list) for kind in _LABELS)


def _is_min(value: Any) -> bool:
    if not isinstance(value, Mapping) or "data" in value:
        return False
    return _labels_column(value) is not None or {"annotation_id", "lead_time"} <= set(value)


LABEL_STUDIO = Shape("label-studio", _is_task, read_task)
LABEL_STUDIO_MIN = Shape("label-studio-min", _is_min, read_min)
