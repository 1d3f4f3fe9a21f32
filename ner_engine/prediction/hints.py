"""Hints: phrases that may be entities though nothing is as sure of them as to find them; for people to point at."""

from collections.abc import Iterable

from spacy.tokens import Doc

from ner_engine.annotation import Hint, Span
from ner_engine.pipeline.pipeline import Pipeline

#: Words in a run, at most; names are seldom longer, and longer ones are met in part.
LONGEST = 4
#: So many hints of a text at most, the most probable first.
MOST = 150


def pipeline_hints(pipeline: Pipeline, text: str) -> tuple[Hint, ...]:
    """What a pipeline's own recognizer thinks possible in a text, the most probable first.

    Each word has a hint that means something by itself.
    """
    nlp = pipeline.nlp
    with nlp.memory_zone():
        doc = nlp.make_doc(text)
        found = pipeline.recognizer.weigh_labels(doc, candidates(doc))
        return first_hints(
            Hint(span_of(doc, start, end, label), probability)
            for start, end, label, probability in found
        )


def first_hints(hints: Iterable[Hint]) -> tuple[Hint, ...]:
    """The most probable ones, and of equals the first of the text."""
    return tuple(sorted(hints, key=lambda hint: (-hint.probability, hint.span))[:MOST])


def span_of(doc: Doc, start: int, end: int, label: str) -> Span:
    """The characters of some tokens."""
    return Span(doc[start].idx, doc[end - 1].idx + len(doc[end - 1]), label)


def candidates(doc: Doc) -> list[tuple[int, int]]:
    """Runs of words that neither begin nor end with one that means nothing by itself."""
    found: list[tuple[int, int]] = []
    for start, first in enumerate(doc):
        if not _is_word(first.text) or first.is_stop:
            continue
        for end in range(start + 1, min(len(doc), start + LONGEST) + 1):
            last = doc[end - 1]
            if last.is_stop or not (_is_word(last.text) or last.text in "-/"):
                break
            if _is_word(last.text):
                found.append((start, end))
    return found


def _is_word(text: str) -> bool:
    return text[:1].isalnum() or text[:1] in "#@"
