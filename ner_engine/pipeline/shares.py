"""What a pipeline finds in texts, with how probable each of its labels is at each word."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc

from ner_engine.annotation import AnnotatedText, Prediction
from ner_engine.pipeline.crf import Floats
from ner_engine.pipeline.pipeline import BATCH, Pipeline, plain
from ner_engine.token_shares import TokenShares, kept


@dataclass(frozen=True, slots=True)
class SharedReading:
    """What is found in a text; its words, blank ones left out, as (start, end) in code points; and the probability of
    each label at each of them, of shape (words, labels)."""

    found: Prediction
    words: tuple[tuple[int, int], ...]
    shares: Floats


def read_shares(pipeline: Pipeline, texts: Sequence[str]) -> list[SharedReading]:
    """What is found in each text. Components of a base have no say in the probabilities."""
    nlp = pipeline.nlp
    with nlp.select_pipes(disable=[pipeline.ours]), nlp.memory_zone():
        return [
            reading
            for start in range(0, len(texts), BATCH)
            for reading in _read(pipeline, list(nlp.pipe(texts[start : start + BATCH])))
        ]


def _read(pipeline: Pipeline, docs: list[Doc]) -> Iterator[SharedReading]:
    recognizer = pipeline.recognizer
    read = recognizer.read_and_share(docs)
    recognizer.set_annotations(docs, [reading for reading, _ in read])
    for doc, (_, shares) in zip(docs, read, strict=True):
        seen = [token.i for token in doc if not token.is_space]
        words = tuple((doc[i].idx, doc[i].idx + len(doc[i])) for i in seen)
        yield SharedReading(plain(doc), words, shares[seen])


def token_shares(pipeline: Pipeline, texts: Sequence[AnnotatedText]) -> list[TokenShares]:
    """What the recognizer says of the words of texts it did not learn, by the entities they are in."""
    labels = tuple(pipeline.recognizer.labels)
    read = read_shares(pipeline, [annotated.text for annotated in texts])
    return [_of(labels, *pair) for pair in zip(texts, read, strict=True)]


def _of(labels: tuple[str, ...], annotated: AnnotatedText, read: SharedReading) -> TokenShares:
    rows = [tuple(map(kept, row)) for row in read.shares.tolist()]
    inside = [
        (span.label, [n for n, (start, end) in enumerate(read.words) if span.overlaps(start, end)])
        for span in annotated.spans
    ]
    taken = {number for _, numbers in inside for number in numbers}
    return TokenShares(
        labels,
        tuple((label, tuple(rows[number] for number in numbers)) for label, numbers in inside),
        tuple(row for number, row in enumerate(rows) if number not in taken),
    )


def none_of(annotated: AnnotatedText) -> TokenShares:
    """What a model without any label says: no entity of a text has a chance."""
    return TokenShares((), tuple((span.label, ((),)) for span in annotated.spans), ())
