"""Some documents, redacted by what a model found in their sentences."""

from collections import Counter
from collections.abc import Container, Iterable, Sequence

from ner_engine.annotation import Span
from ner_engine.redaction.documents import Document
from ner_engine.redaction.recurrences import Recurrences
from ner_engine.redaction.replacing import Redacted, redact
from ner_engine.redaction.styles import UNREAD, Replace


def spans_of(
    documents: Sequence[Document],
    found: Sequence[Iterable[Span]],
    labels: Container[str] | None = None,
) -> list[list[Span]]:
    """The spans of each document, by what was found in all their sentences, one after the other.

    ``labels`` are those that are masked, all where it is None.
    """
    at = iter(found)
    return [
        document.spans(
            [
                [span for span in next(at) if labels is None or span.label in labels]
                for _ in document.sentences
            ]
        )
        for document in documents
    ]


def learn(known: Recurrences, text: str, spans: Iterable[Span]) -> None:
    """Let the phrases of a text be found again elsewhere."""
    for span in spans:
        if span.label != UNREAD:
            known.add(text[span.start : span.end], span.label)


def redact_all(
    documents: Sequence[Document],
    spans: Sequence[Sequence[Span]],
    replace: Replace,
    *,
    recurrences: bool = True,
    together: bool = False,
) -> list[Redacted]:
    """The documents without these spans, and with ``recurrences`` without their phrases at any other place.

    ``together`` says that they are parts of one document.
    """
    shared = Recurrences()
    if together and recurrences:
        for document, some in zip(documents, spans, strict=True):
            learn(shared, document.text, some)
    redacted = []
    for document, some in zip(documents, spans, strict=True):
        known = shared
        if recurrences and not together:
            known = Recurrences()
            learn(known, document.text, some)
        redacted.append(redact(document.text, [*some, *known.find(document.text)], replace))
    return redacted


def count(redacted: Iterable[Redacted]) -> Counter[str]:
    """How often each label was replaced."""
    return Counter(each.label for one in redacted for each in one.replaced)
