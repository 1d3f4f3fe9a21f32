"""Some documents, redacted by what a model marked in their sentences."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ner_engine.annotation import Span
from ner_engine.redaction.documents import Document
from ner_engine.redaction.recurrences import Recurrences
from ner_engine.redaction.replacing import Redacted, redact
from ner_engine.redaction.styles import Replace
from ner_engine.redaction.values import Marked

_NAMES: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class MarkedDocument:
    """A document and what is masked in it: what was found, and all else."""

    document: Document
    found: Sequence[Span]
    others: Sequence[Span]


def marked_documents(
    documents: Sequence[Document],
    marked: Iterable[Marked],
    labels: Container[str] | None = None,
    *,
    names: Mapping[str, str] = _NAMES,
) -> list[MarkedDocument]:
    """What is masked in each document, by what was marked in all their sentences, one after the other.

    ``labels`` are those that are masked, all where it is None; ``names`` what labels of the model are called now.
    """

    def now(spans: Iterable[Span]) -> list[Span]:
        named = (Span(s.start, s.end, names.get(s.label, s.label)) for s in spans)
        return [span for span in named if labels is None or span.label in labels]

    at = iter(marked)
    told = []
    for document in documents:
        each = [next(at) for _ in document.sentences]
        found = document.place([now(one.found) for one in each])
        doubtful = document.place([now(one.doubtful) for one in each])
        told.append(MarkedDocument(document, found, [*doubtful, *document.unread_spans]))
    return told


def redact_all(
    documents: Sequence[MarkedDocument],
    replace: Replace,
    *,
    recurrences: bool = True,
    together: bool = False,
) -> list[Redacted]:
    """The documents without what is marked in them, and with ``recurrences`` without what was found at any other place.

    ``together`` says that they are parts of one document. What is doubtful is not looked for elsewhere: it may be any
    word.
    """
    shared = Recurrences()
    if together and recurrences:
        for each in documents:
            _learn(shared, each)
    redacted = []
    for each in documents:
        known = shared
        if recurrences and not together:
            known = Recurrences()
            _learn(known, each)
        text = each.document.text
        redacted.append(redact(text, [*each.found, *each.others, *known.find(text)], replace))
    return redacted


def _learn(known: Recurrences, marked: MarkedDocument) -> None:
    for span in marked.found:
        known.add(marked.document.text[span.start : span.end], span.label)


def count(redacted: Iterable[Redacted]) -> Counter[str]:
    """How often each label was replaced."""
    return Counter(each.label for one in redacted for each in one.replaced)
