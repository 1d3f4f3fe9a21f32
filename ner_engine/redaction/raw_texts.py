"""Texts of files with what was said of them, redacted before they are stored."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from ner_engine.annotation import Span
from ner_engine.formats.raw.values import NO_META, RawAnnotation, RawSpan, RawText
from ner_engine.redaction.documents import Document, document_of
from ner_engine.redaction.replacing import Redacted
from ner_engine.redaction.styles import Replace
from ner_engine.redaction.together import MarkedDocument, marked_documents, redact_all
from ner_engine.redaction.values import Marked

Ours = Callable[[str], str | None]
"""What a label of a file is called here; None for one that cannot be."""


def redact_raw(
    texts: Sequence[RawText],
    documents: Sequence[Document],
    marked: Iterable[Marked],
    replacing: Replace,
    *,
    ours: Ours,
    labels: Collection[str],
) -> list[RawText]:
    """The texts without what was marked in their ``documents``, and without what the file itself says has one of these
    labels; sentences of one document are masked together.

    Spans move with their words; those on masked words go, and so does all else that may repeat them.
    """
    told = marked_documents(documents, marked, labels)
    with_own = [
        MarkedDocument(one.document, [*one.found, *_own(raw, ours, labels)], one.others)
        for raw, one in zip(texts, told, strict=True)
    ]
    redacted: list[Redacted] = []
    pairs = zip(texts, with_own, strict=True)
    for document, some in groupby(pairs, lambda pair: pair[0].document):
        group = [marked for _, marked in some]
        redacted += redact_all(group, replacing, together=document is not None)
    return [_without(*pair) for pair in zip(texts, redacted, strict=True)]


def readable(raw: RawText) -> tuple[RawText, Document]:
    """A text and the document that is looked at, which are the same characters."""
    document = document_of(raw.text)
    if document.text == raw.text:
        return raw, document
    # What nobody sees was taken out: offsets in the text as it came would be others.
    return replace(raw, text=document.text, annotations=(), suggestions=()), document


def _own(raw: RawText, ours: Ours, labels: Collection[str]) -> list[Span]:
    spans = [span for each in (*raw.annotations, *raw.suggestions) for span in each.spans]
    return [
        Span(span.start, span.end, label)
        for span in spans
        if 0 <= span.start < span.end <= len(raw.text)
        and (label := ours(span.label)) is not None
        and label in labels
    ]


def _without(raw: RawText, redacted: Redacted) -> RawText:
    if not redacted.replaced:
        return raw

    def moved(said: RawAnnotation) -> RawAnnotation:
        spans = [_moved(span, redacted) for span in said.spans]
        return replace(said, spans=tuple(span for span in spans if span is not None))

    return replace(
        raw,
        text=redacted.text,
        annotations=tuple(map(moved, raw.annotations)),
        suggestions=tuple(map(moved, raw.suggestions)),
        gap=raw.gap if raw.gap is None or raw.gap.isspace() else None,
        meta=NO_META,
    )


def _moved(span: RawSpan, redacted: Redacted) -> RawSpan | None:
    shift = 0
    for one in redacted.replaced:
        start, end = one.source
        if span.start < end and start < span.end:
            return None
        if end <= span.start:
            shift += (one.end - one.start) - (end - start)
    return RawSpan(span.start + shift, span.end + shift, span.label)
