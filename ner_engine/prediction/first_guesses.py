"""First guesses: what is suggested for a sentence before there is a model, from the first sentence on."""

from collections.abc import Collection, Sequence

from spacy.language import Language

from ner_engine.annotation import Hint, Prediction, Span
from ner_engine.pipeline.pipeline import Pipeline, token_borders
from ner_engine.prediction.hints import pipeline_hints
from ner_engine.prediction.meanings import Meanings
from ner_engine.prediction.phrase_memory import PhraseMemory

#: How much nearer than to anything everyday a run of words has to be to what a label means.
NEAR = 0.15


class Guesser:
    """Guesses the entities of texts by what is there: meanings, a head of some sentences, phrases. Not thread-safe.

    What the head finds wins over phrases labelled before, those over meanings, which have to be so
    ``near``; None leaves them out.
    """

    def __init__(
        self,
        nlp: Language,
        *,
        sentences: int = 0,
        meanings: Meanings | None = None,
        near: float | None = NEAR,
        head: Pipeline | None = None,
        phrases: PhraseMemory | None = None,
    ) -> None:
        self._nlp, self._meanings, self._head, self._phrases = nlp, meanings, head, phrases
        self._near = near
        self.sentences = sentences

    def only(self, parts: Collection[str]) -> "Guesser":
        """The same by some of ``meanings``, ``head`` and ``phrases`` alone; meanings as if nothing were learned."""
        return Guesser(
            self._nlp,
            sentences=self.sentences if "head" in parts else 0,
            meanings=self._meanings if "meanings" in parts else None,
            near=self._near if "head" in parts else NEAR,
            head=self._head if "head" in parts else None,
            phrases=self._phrases if "phrases" in parts else None,
        )

    def find(self, texts: Sequence[str]) -> list[Prediction]:
        """What each text may hold; a phrase's confidence is None, a meaning's how near it is."""
        learned = (
            self._head.read(texts, ours_only=True) if self._head else [Prediction()] * len(texts)
        )
        return [self._find(text, found) for text, found in zip(texts, learned, strict=True)]

    def hints(self, text: str) -> tuple[Hint, ...]:
        """What the head thinks possible in a text, the most probable first; before there is one, what is near to a
        meaning."""
        if self._head is not None:
            return pipeline_hints(self._head, text)
        if self._meanings is None:
            return ()
        return self._meanings.hints(self._nlp.make_doc(text))

    def _find(self, text: str, learned: Prediction) -> Prediction:
        doc = self._nlp.make_doc(text)
        found = dict(zip(learned.spans, learned.confidences, strict=True))
        if self._phrases is not None:
            remembered = self._phrases.find(text, token_borders(doc))
            _add(found, dict.fromkeys(remembered.spans))
        if self._meanings is not None and self._near is not None:
            _add(found, self._meanings.find(doc, self._near))
        spans = tuple(sorted(found))
        return Prediction(spans, tuple(found[span] for span in spans), learned.uncertainty)


def _add(found: dict[Span, float | None], more: dict[Span, float | None]) -> None:
    """Put in what does not meet what is there; the first of those that meet each other."""
    for span, confidence in more.items():
        if not any(span.overlaps(there.start, there.end) for there in found):
            found[span] = confidence
