"""spaCy's JSON: what `spacy train` of version 2 read, and what `Doc.to_json()` gives."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ner_engine.formats.raw.parts import Wrong, listed, span_of, spans_of, split, text_of
from ner_engine.formats.raw.shape import Hints, Shape
from ner_engine.formats.raw.values import RawAnnotation, RawSpan, RawText, Remark
from ner_engine.formats.readers.tags import Sentence, to_text

_NOBODY_LOOKED = frozenset({"-", "", None})
"""Of a token whose entity nobody has looked for: the value `missing` of spaCy's BILUO tags."""


def read_document(value: Any, line: int, hints: Hints) -> Iterator[RawText | Remark]:
    """Read ``{"id": …, "paragraphs": [{"raw": …, "sentences": [{"tokens": [{"orth": …, "ner": …}]}]}]}``."""
    paragraphs = listed(value, "paragraphs")
    number = value.get("id")
    document = None if number is None or len(paragraphs) < 2 else str(number)
    for paragraph in paragraphs:
        tokens = [
            token
            for sentence in listed(paragraph, "sentences")
            for token in listed(sentence, "tokens")
        ]
        if tokens:
            yield from _paragraph(paragraph, tokens, document, line, hints)
        elif isinstance(paragraph, Mapping) and isinstance(paragraph.get("raw"), str):
            yield RawText(paragraph["raw"], line, document=document)


def _paragraph(
    paragraph: Any, tokens: Sequence[Any], document: str | None, line: int, hints: Hints
) -> Iterator[RawText | Remark]:
    raw = paragraph.get("raw")
    tags = [token.get("ner") if isinstance(token, Mapping) else None for token in tokens]
    words = [text_of(token, "orth") for token in tokens]
    text = raw if isinstance(raw, str) else _spelled(words, tokens)
    sentence = Sentence(document=document, text=text)
    tagged = not all(tag in _NOBODY_LOOKED for tag in tags)
    for word, tag in zip(words, tags, strict=True):
        sentence.add(line, word, *((str(tag or "-"),) if tagged else ()))
    yield from to_text(sentence, hints)


def _spelled(words: Sequence[str], tokens: Sequence[Any]) -> str | None:
    """The text, where every token says whether a blank follows it."""
    spaces = [token.get("space") for token in tokens]
    if not all(isinstance(space, str) for space in spaces):
        return None
    return "".join(map("".join, zip(words, spaces, strict=True))).rstrip()


def read_doc(value: Any, line: int, _hints: Hints) -> Iterator[RawText | Remark]:
    """Read ``{"text": …, "ents": [{"start": …, "end": …, "label": …}], "tokens": […]}``."""
    spans, remarks = split(spans_of(listed(value, "ents"), line, _entity))
    yield from remarks
    yield RawText(text_of(value, "text"), line, (RawAnnotation(spans, finished=not remarks),))


def _entity(item: Any) -> RawSpan:
    if isinstance(item, list) and len(item) >= 3:
        return span_of(*item[:3])
    if not isinstance(item, Mapping):
        raise Wrong(
            "an entity is neither an object nor [start, end, label]", "span without offsets"
        )
    return span_of(item.get("start"), item.get("end"), item.get("label"))


def _is_document(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("paragraphs"), list)


def _is_doc(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and isinstance(value.get("text"), str)
        and isinstance(value.get("ents"), list)
    )


SPACY_TRAIN = Shape("spacy-train", _is_document, read_document)
SPACY_DOC = Shape("spacy-doc", _is_doc, read_doc)
