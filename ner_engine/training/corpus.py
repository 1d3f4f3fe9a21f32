"""Annotated texts as spaCy trains on them, aligned to tokens."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from ner_engine.annotation import AnnotatedText, Span, snap_to_tokens
from ner_engine.pipeline.pipeline import token_borders

#: So many texts are told apart into words before what spaCy keeps of them is given back.
AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Misalignment:
    """A span of text number ``index`` that cuts a token, and that span on token borders."""

    index: int
    span: Span
    snapped: Span


@dataclass(frozen=True, slots=True)
class Corpus:
    """Examples, one a text, and the report of every span that cuts a token.

    The tokens of such a span are missing values: the model learns neither an entity there nor none.
    """

    examples: tuple[Example, ...]
    misaligned: tuple[Misalignment, ...]


def make_corpus(nlp: Language, gold: Sequence[AnnotatedText]) -> Corpus:
    """Annotated texts as Examples; tokens outside all spans are no entity where a text is finished.

    spaCy's own conversion meets a span that cuts a token with a mere warning (W030).
    """
    examples, misaligned = [], []
    for index, annotated in enumerate(gold):
        doc = nlp.make_doc(annotated.text)
        cutting = list(_misalignments(index, doc, annotated))
        misaligned += cutting
        examples.append(_make_example(doc, annotated, [found.snapped for found in cutting]))
    return Corpus(tuple(examples), tuple(misaligned))


def find_misalignments(nlp: Language, gold: Sequence[AnnotatedText]) -> Iterator[Misalignment]:
    """Every span that cuts a token, without keeping what spaCy makes of the texts."""
    for start in range(0, len(gold), AT_ONCE):
        with nlp.memory_zone():
            for index, annotated in enumerate(gold[start : start + AT_ONCE], start=start):
                yield from list(_misalignments(index, nlp.make_doc(annotated.text), annotated))


def _misalignments(index: int, doc: Doc, annotated: AnnotatedText) -> Iterator[Misalignment]:
    borders = token_borders(doc)
    for span in annotated.spans:
        start, end = snap_to_tokens(span.start, span.end, borders)
        if (start, end) != (span.start, span.end):
            yield Misalignment(index, span, Span(start, end, span.label))


def _make_example(doc: Doc, annotated: AnnotatedText, missing: Sequence[Span]) -> Example:
    reference = doc.copy()
    on_borders = (reference.char_span(span.start, span.end, span.label) for span in annotated.spans)
    cut = {
        token.i
        for span in missing
        for token in doc.char_span(span.start, span.end, alignment_mode="expand") or ()
    }
    reference.set_ents(
        [span for span in on_borders if span is not None],
        missing=[reference[number : number + 1] for number in sorted(cut)],
        default="outside" if annotated.finished else "missing",
    )
    return Example(doc, reference)


def labels_of(gold: Iterable[AnnotatedText]) -> tuple[str, ...]:
    """All labels that occur, sorted."""
    return tuple(sorted({span.label for annotated in gold for span in annotated.spans}))
