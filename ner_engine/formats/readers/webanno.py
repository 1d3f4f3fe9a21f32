"""WebAnno TSV 3, which INCEpTION writes as well. Its offsets are those of Java, UTF-16."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from ner_engine.errors import FileRefused
from ner_engine.formats.raw.other_offsets import utf16_offsets
from ner_engine.formats.raw.parts import document_named
from ner_engine.formats.raw.source import Source
from ner_engine.formats.raw.values import RawAnnotation, RawSpan, RawText, Remark

HEADER = re.compile(r"#FORMAT=WebAnno TSV (\d+)(?:\.(\d+))?")
_TOKEN = re.compile(r"\A(\d{1,9})-(\d{1,9})(\.\d{1,9})?\t(\d{1,12})-(\d{1,12})\t")
_VALUE = re.compile(r"(.*?)(?:(?<!\\)\[(\d+)\])?\Z", re.DOTALL)
_ESCAPE = re.compile(r"\\([\\\[\]|_\->;*tnr])")
_LABEL = re.compile(r"label|tag|categ|type|class|entity|ner\b", re.IGNORECASE)
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r"}


@dataclass(slots=True)
class _Sentence:
    line: int
    texts: list[str]
    base: int | None = None
    open: dict[tuple[int, str], list[int]] = field(default_factory=dict)
    spans: list[tuple[int, int, str]] = field(default_factory=list)
    end: int = 0


def read_webanno(source: Source) -> Iterator[RawText | Remark]:
    """Read each sentence with the spans of its layer of named entities, or of its first layer of spans."""
    document = _Document(document_named(source.path.stem))
    for line in source.lines():
        if line.wrong:
            yield Remark(line.number, "unreadable line", line.wrong)
        else:
            yield from document.read(line.text, line.number)
    yield from document.finish()


class _Document:
    """What is known of a file while it is read."""

    def __init__(self, name: str | None) -> None:
        self._name = name
        self._layers: list[tuple[str, list[str]]] = []
        self._columns: list[int] | None = None
        self._names: list[str] = []
        self._sentence: _Sentence | None = None
        self._end = 0
        self._has_relations = False

    def read(self, text: str, number: int) -> Iterator[RawText | Remark]:
        """The next line; a sentence is given when the next one begins."""
        if text.startswith("#Text="):
            if self._sentence is not None and self._sentence.base is None:
                self._sentence.texts.append(_plain(text[6:]))
                return
            yield from self._give()
            self._sentence = _Sentence(number, [_plain(text[6:])])
        elif text.startswith("#"):
            self._read_head(text)
        elif text.strip():
            if self._columns is None:
                self._columns, self._names = _columns(self._layers)
            found = _TOKEN.match(text)
            if found is None or self._sentence is None:
                yield Remark(
                    number, "not a line of WebAnno TSV", "it is not a token", refused=False
                )
                return
            _add(self._sentence, found, text[found.end() :].split("\t"), self._columns)

    def finish(self) -> Iterator[RawText | Remark]:
        """The last sentence, and what was left out."""
        yield from self._give()
        if self._has_relations:
            words = "its layers of relations and chains are left out"
            yield Remark(1, "relation", words, refused=False)
        if len(self._names) > 1:
            words = f"of its layers of spans only {self._names[0]} is read"
            yield Remark(1, "other layer", words, refused=False)

    def _read_head(self, text: str) -> None:
        if match := HEADER.match(text):
            if match[1] != "3":
                raise FileRefused(
                    reason=f"it is WebAnno TSV {match[1]}; export it as WebAnno TSV 3"
                )
        elif text.startswith("#T_SP="):
            name, *features = text[6:].split("|")
            self._layers.append((name, features))
        elif text.startswith(("#T_RL=", "#T_CH=")):
            self._has_relations = True

    def _give(self) -> Iterator[RawText | Remark]:
        if self._sentence is not None:
            yield _to_text(self._sentence, self._name, self._end)
            self._end = self._sentence.end


def _columns(layers: list[tuple[str, list[str]]]) -> tuple[list[int], list[str]]:
    """The columns, behind the token's own, of the layer that is read: its first feature with a value."""
    chosen = next((n for n, (name, _) in enumerate(layers) if name.endswith("NamedEntity")), None)
    if chosen is None:
        chosen = next((n for n, (_, features) in enumerate(layers) if "value" in features), 0)
    at = 1
    columns: list[int] = []
    for number, (_, features) in enumerate(layers):
        width = max(len([each for each in features if each]), 1)
        if number == chosen:
            columns = [at + n for n in _labelling(features, width)]
        at += width
    names = [name for name, _ in layers]
    return columns, [names[chosen], *names[:chosen], *names[chosen + 1 :]] if names else []


def _labelling(features: Sequence[str], width: int) -> list[int]:
    """The features that may hold the label: `value` alone where there is one, else those called like it first."""
    if "value" in features:
        return [features.index("value")]
    return sorted(range(width), key=lambda n: not _LABEL.search(features[n] if features else ""))


def _add(sentence: _Sentence, found: "re.Match[str]", cells: list[str], columns: list[int]) -> None:
    start, end = int(found[4]), int(found[5])
    if sentence.base is None:
        sentence.base = start
    sentence.end = max(sentence.end, end)
    features = [re.split(r"(?<!\\)\|", cells[n]) for n in columns if n < len(cells)]
    for values in zip_longest(*features, fillvalue="_"):
        label, number = _label(values)
        if not label:
            continue
        if number is None:
            sentence.spans.append((start, end, label))
            continue
        known = sentence.open.setdefault((number, label), [start, end])
        known[1] = max(known[1], end)
        known[0] = min(known[0], start)


def _label(values: Sequence[str]) -> tuple[str, int | None]:
    """The label that an annotation's features say, the first of them that has a value, and its number."""
    number, is_there = None, False
    for value in values:
        match = _VALUE.match(value)
        assert match is not None
        label = _unescaped(match[1])
        if value == "_" or label in {"", "_"}:
            continue
        is_there = True
        number = number if match[2] is None else int(match[2])
        if label != "*":
            return label, number
    return ("ENTITY" if is_there else ""), number


def _to_text(sentence: _Sentence, document: str | None, before: int) -> RawText | Remark:
    text = "\n".join(sentence.texts)
    base = sentence.base
    if base is None:
        return Remark(sentence.line, "sentence without tokens", "the sentence has no tokens")
    places = utf16_offsets(text)
    spans = [*sentence.spans, *((s, e, label) for (_, label), (s, e) in sentence.open.items())]
    found = []
    # The text begins with its first token, but for blanks in front of it.
    lead = len(text) - len(text.lstrip())
    for start, end, label in sorted(spans):
        first, last = places.place(start - base + lead), places.place(end - base + lead)
        # One outside is told with the others that are.
        found.append(
            RawSpan(first if first is not None else -1, last if last is not None else -1, label)
        )
    gap = base - lead - before
    return RawText(
        text,
        sentence.line,
        (RawAnnotation(tuple(found)),),
        document=document,
        gap="\n" * gap if gap == 1 else " " * max(gap, 0) if before else "",
    )


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda match: _CONTROLS.get(match[1], match[1]), text)


def _unescaped(value: str) -> str:
    return _ESCAPE.sub(r"\1", value).strip()
