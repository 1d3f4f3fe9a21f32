"""Formats with one JSON value a line, or an array of them."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ner_engine.annotation import Span, find_mentions
from ner_engine.formats.writers.values import (
    OneFile,
    OutText,
    Said,
    WriteOptions,
    count_meta,
    one_version,
    tags_of,
)

_encode = json.JSONEncoder(ensure_ascii=False).encode
Values = Callable[[OutText, "Counter[str]"], Iterator[Any]]


class JsonWriter(OneFile):
    """Writes the values of each text, a line each."""

    def __init__(self, path: Path, values: Values, *, array: bool = False) -> None:
        super().__init__(path)
        self._values, self._array = values, array
        self._first = True

    def write(self, text: OutText) -> None:
        """The next text."""
        for value in self._values(text, self.lost):
            if self._array:
                self._file.write("[\n" if self._first else ",\n")
                self._file.write(_encode(value))
            else:
                self._file.write(_encode(value) + "\n")
            self._first = False

    def close(self) -> tuple[Path, ...]:
        """Finish the array, if it is one."""
        if self._array:
            self._file.write("[]\n" if self._first else "\n]\n")
        return super().close()


def _place(span: Span) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "label": span.label}


def jsonl_values(text: OutText, lost: Counter[str]) -> Iterator[Any]:
    """nerbot's own: everything."""
    del lost
    value: dict[str, Any] = {"text": text.text}
    if text.spans is not None:
        value["spans"] = [_place(span) for span in text.spans]
    shown = text.annotations
    if len(shown) == 1 and shown[0].person == "import" and text.spans == shown[0].spans:
        shown = ()
    if shown:
        value["annotations"] = [_said(said, "person") for said in shown]
    if text.suggestions:
        value["suggestions"] = [_said(said, "model") for said in text.suggestions]
    if text.document is not None:
        value["document"] = text.document
        if text.gap is not None:
            value["gap"] = text.gap
    if text.meta:
        value["meta"] = dict(text.meta)
    yield value | dict(text.notes)


def _said(said: Said, who: str) -> dict[str, Any]:
    value: dict[str, Any] = {who: said.person, "spans": [_place(span) for span in said.spans]}
    if not said.finished:
        value["finished"] = False
    more = {"at": said.at, "seconds": said.seconds}
    return value | {name: found for name, found in more.items() if found is not None}


def records_values(text: OutText, lost: Counter[str]) -> Iterator[Any]:
    """The tutorial's: words of entities, no places."""
    spans = one_version(text, lost)
    count_meta(text, lost, document=False, meta=False)
    value: dict[str, Any] = {"sentence": text.text}
    if spans is not None:
        words = dict.fromkeys((s.label, text.text[s.start : s.end]) for s in spans)
        value["entities"] = [{"label": label, "value": said} for label, said in words]
        found = {m for _, said in words for m in find_mentions(text.text, said, exact=True)}
        if len(found) > len(spans):
            lost["places of entities that are in their sentence more than once"] += 1
    if text.document is not None:
        value["document"] = text.document
    yield value | ({"meta": dict(text.meta)} if text.meta else {})


def offsets_values(text: OutText, lost: Counter[str]) -> Iterator[Any]:
    """Pairs of a text and its entities."""
    spans = one_version(text, lost)
    count_meta(text, lost)
    if spans is None:
        lost["sentences that nobody has finished"] += 1
        return
    yield [text.text, {"entities": [[s.start, s.end, s.label] for s in spans]}]


def prodigy_values(text: OutText, lost: Counter[str]) -> Iterator[Any]:
    """Tasks of Prodigy, one an annotator."""
    if text.suggestions or text.notes:
        lost["suggestions of models, flags and reviewers' reasons"] += 1
    base: dict[str, Any] = {"text": text.text}
    meta = dict(text.meta) | ({"document": text.document} if text.document is not None else {})
    base |= {"meta": meta} if meta else {}
    base["tokens"] = [
        {"text": text.text[a:b], "start": a, "end": b, "id": n, "ws": text.text[b : b + 1] == " "}
        for n, (a, b) in enumerate(text.tokens)
    ]
    starts = {start: n for n, (start, _) in enumerate(text.tokens)}
    ends = {end: n for n, (_, end) in enumerate(text.tokens)}
    finished = [said for said in text.annotations if said.finished]
    if len(finished) < len([said for said in text.annotations if said.spans or said.finished]):
        lost["unfinished annotations"] += 1
    if text.gap:
        lost["what is between the sentences of a document"] += 1
    given = finished or ([Said("import", text.spans)] if text.spans is not None else [])
    if not given:
        yield base
    for said in given:
        spans = [
            _place(s) | {"token_start": starts[s.start], "token_end": ends[s.end]}
            for s in said.spans
        ]
        row = base | {"spans": spans, "answer": "accept", "_view_id": "ner_manual"}
        if said.person != "import":
            row |= {
                "_annotator_id": f"nerbot-{said.person}",
                "_session_id": f"nerbot-{said.person}",
            }
        yield row


def doccano_values(text: OutText, lost: Counter[str]) -> Iterator[Any]:
    """Lines of doccano with label triples."""
    spans = one_version(text, lost)
    count_meta(text, lost, document=False, meta=False)
    if spans is None:
        lost["that nobody has finished a sentence"] += 1
    value: dict[str, Any] = {"id": text.number, "text": text.text}
    value["label"] = [[s.start, s.end, s.label] for s in spans or ()]
    if text.document is not None:
        value["document"] = text.document
    yield value | {k: v for k, v in text.meta.items() if k not in value}


def label_studio_values(text: OutText, lost: Counter[str]) -> Iterator[Any]:
    """Tasks of Label Studio; its offsets are of UTF-16."""
    if text.notes:
        lost["flags and reviewers' reasons"] += 1
    if text.gap:
        lost["what is between the sentences of a document"] += 1
    place = utf16_places(text.text)
    done, count = [], 0
    for said in text.annotations or (
        [Said("import", text.spans)] if text.spans is not None else []
    ):
        if not said.finished:
            lost["unfinished annotations"] += 1
            continue
        count += 1
        each: dict[str, Any] = {
            "id": 1_000 * text.number + count,
            "completed_by": None
            if said.person == "import"
            else {"id": said.person, "username": said.person},
            "was_cancelled": False,
            "result": [region(text, span, n, place) for n, span in enumerate(said.spans)],
        }
        more = {"updated_at": said.at, "lead_time": said.seconds}
        done.append(each | {name: found for name, found in more.items() if found is not None})
    data = {"text": text.text} | {
        f"meta {k}" if k == "text" else k: v for k, v in text.meta.items()
    }
    if text.document is not None:
        data["document"] = text.document
    yield {
        "id": text.number,
        "data": data,
        "annotations": done,
        "predictions": [
            {
                "model_version": said.person,
                "result": [region(text, span, n, place) for n, span in enumerate(said.spans)],
            }
            for said in text.suggestions
        ],
    }


def label_studio_min_values(text: OutText, lost: Counter[str]) -> Iterator[Any]:
    """JSON-MIN, one value an annotator."""
    if text.suggestions or text.notes:
        lost["suggestions of models, flags and reviewers' reasons"] += 1
    count_meta(text, lost, document=False, meta=False)
    place = utf16_places(text.text)
    given = [said for said in text.annotations if said.finished]
    if not given and text.spans is not None:
        given = [Said("import", text.spans)]
    if not given:
        lost["sentences that nobody has finished"] += 1
    data = {k: v for k, v in text.meta.items() if k not in {"text", "label", "id"}}
    if text.document is not None:
        data["document"] = text.document
    for count, said in enumerate(given, start=1):
        regions = [region(text, span, n, place)["value"] for n, span in enumerate(said.spans)]
        row = {"id": text.number, "text": text.text, "label": regions, **data}
        row["annotator"] = None if said.person == "import" else said.person
        yield row | {"annotation_id": 1_000 * text.number + count, "lead_time": said.seconds}


def region(text: OutText, span: Span, number: int, place: list[int] | None) -> dict[str, Any]:
    """A labelled phrase as Label Studio writes it."""
    start, end = (span.start, span.end) if place is None else (place[span.start], place[span.end])
    words = text.text[span.start : span.end]
    value = {"start": start, "end": end, "text": words, "labels": [span.label]}
    return {
        "id": f"{text.number}-{number}",
        "from_name": "label",
        "to_name": "text",
        "type": "labels",
        "value": value,
    }


def utf16_places(text: str) -> list[int] | None:
    """The place in UTF-16 of each in code points; None where they are the same."""
    if all(character <= "\uffff" for character in text):
        return None
    places, at = [], 0
    for character in text:
        places.append(at)
        at += 2 if character > "\uffff" else 1
    return [*places, at]


def hf_values(options: WriteOptions) -> Values:
    """Rows of `datasets`: tokens with the names of their tags."""

    def values(text: OutText, lost: Counter[str]) -> Iterator[Any]:
        spans = one_version(text, lost)
        count_meta(text, lost, document=False, meta=False)
        words = [text.text[a:b] for a, b in text.tokens]
        row: dict[str, Any] = {"id": str(text.number), "tokens": words}
        if spans is not None:
            row["ner_tags"] = tags_of(text.tokens, spans, options.scheme)
        else:
            lost["sentences that nobody has finished"] += 1
            return
        if " ".join(words) != text.text:
            row["text"] = text.text
        if text.document is not None:
            row["document"] = text.document
        yield row | ({"meta": dict(text.meta)} if text.meta else {})

    return values
