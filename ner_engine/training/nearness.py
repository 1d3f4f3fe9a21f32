"""How near words have to be to what labels mean, by how that does in the sentences finished so far."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from spacy.language import Language
from spacy.tokens import Doc

from ner_engine.annotation import AnnotatedText, Span
from ner_engine.pipeline.pipeline import token_borders
from ner_engine.prediction.first_guesses import NEAR
from ner_engine.prediction.phrase_memory import PhraseMemory
from ner_engine.scoring.evaluation import evaluate

#: From so many finished sentences on a head knows better than any meaning, and so does one that is so sure.
ENOUGH, SURE = 8, 0.75
#: What is tried, the most generous first.
_TRIED = (NEAR, 0.2)
#: The F1 of a head that has learned at least so many sentences, about.
_HEADS = ((5, 0.35), (3, 0.3))
#: Right guesses, and all, beside those that are counted: a handful of sentences says little.
_RIGHT, _FOUND = 1, 4


class Finder(Protocol):
    """What meanings find."""

    def find(self, doc: Doc, near: float) -> Mapping[Span, float | None]:
        """The guesses that are so near, the best first; they may overlap."""
        ...


def choose_nearness(
    meanings: Finder, nlp: Language, finished: Sequence[AnnotatedText], *, sure: float = 0.0
) -> float | None:
    """The most generous nearness whose guesses make what is suggested better; None where all make it worse.

    Guesses raise an F1 where more of them are right than half of it. That of the head is what such
    heads have had, that of phrases labelled before is looked up, each sentence by the others' phrases.
    ``sure`` is how sure a head is of what it finds in other sentences, 0 where it finds nothing.
    """
    if len(finished) >= ENOUGH or sure >= SURE:
        return None
    known = _known_phrases(nlp, finished)
    gold = [annotated.spans for annotated in finished]
    beside = max(evaluate(gold, known).overall.f1, _f1_of_head(len(finished)) if sure else 0.0)
    docs = [nlp.make_doc(annotated.text) for annotated in finished]
    for near in _TRIED:
        found = [
            _apart(meanings.find(doc, near), there) for doc, there in zip(docs, known, strict=True)
        ]
        right = sum(
            span in wanted for spans, wanted in zip(found, gold, strict=True) for span in spans
        )
        if right + _RIGHT >= beside / 2 * (sum(map(len, found)) + _FOUND):
            return near
    return None


def phrases_of(finished: Sequence[AnnotatedText]) -> list[tuple[str, str]]:
    """The phrases that were labelled with their labels, the newest first."""
    return [
        (annotated.text[span.start : span.end], span.label)
        for annotated in reversed(finished)
        for span in annotated.spans
    ]


def _known_phrases(nlp: Language, finished: Sequence[AnnotatedText]) -> list[tuple[Span, ...]]:
    """In each sentence the phrases that were labelled in the others."""
    found, memory = [], PhraseMemory()
    for number, annotated in enumerate(finished):
        memory.learn(phrases_of([*finished[:number], *finished[number + 1 :]]))
        borders = token_borders(nlp.make_doc(annotated.text))
        found.append(memory.find(annotated.text, borders).spans)
    return found


def _apart(guesses: Mapping[Span, float | None], there: Sequence[Span]) -> list[Span]:
    """The guesses that would be shown: the first of those that meet, and none that meets what is there."""
    shown: list[Span] = []
    for span in guesses:
        if not any(span.overlaps(other.start, other.end) for other in (*shown, *there)):
            shown.append(span)
    return shown


def _f1_of_head(sentences: int) -> float:
    return next((f1 for least, f1 in _HEADS if sentences >= least), 0.0)
