"""What labels mean, at work before anything is labelled: runs of words whose vectors lie near a meaning's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from ner_engine.annotation import Hint, Span
from ner_engine.encoder.frozen_encoder import FrozenEncoder
from ner_engine.encoder.session import Vectors
from ner_engine.pipeline.architectures import encoded_text
from ner_engine.prediction.hints import candidates, first_hints, span_of

#: What names often are, beside near: written in capitals or with digits, and rare, that is in pieces.
_CAPITALS, _RARE = 0.2, 0.1
#: Word pieces beyond the first that still say that a word is rarer.
_PIECES = 2.0
#: What is told of a run at most: it is a guess.
_SUREST = 0.99
#: What is told of a run that is nearer to everyday things.
_LEAST = 0.01
#: Everyday things that a run has to be nearer to a label than to; found once, for no corpus.
_EVERYDAY = (
    "time; day; year; week; month; minute; number; amount; percentage; group; result; study; method; way; thing; "
    "part; case; level; effect; increase; decrease; change; problem; question; reason; idea; information; data; "
    "report; agreement; section; meeting; work; job; life; night; morning; today; yesterday; man; woman; child; "
    "people; family; friend; patient; doctor; house; street; car; food; water; money; price; book; word; letter; "
    "page; game; music; film; school; role; use; test; treatment; control; analysis; evidence; presence; absence; "
    "activity; function; development; history; type; form; kind; end; beginning; to go; to see; to make; to show; "
    "to find; to say; to love; to give; to be associated with; to increase; to suggest; was observed; were treated; "
    "new; good; bad; great; high; low; significant; different; important; other; several; many; more; first; last; "
    "old; happy; quickly; very; well; however; during; after; between; the following; such as; in order to; one; "
    "two; three; ten percent; a lot; it; they; you; this; everyone"
)
_CONTRAST = tuple(_EVERYDAY.split("; "))
#: Short names that everybody gives, and that no encoder reads as words.
_USUAL = {
    "per": "person",
    "org": "organisation",
    "loc": "location",
    "gpe": "country, city or state",
    "misc": "miscellaneous",
}


@dataclass(frozen=True, slots=True)
class MeantLabel:
    """A label and what somebody said it means, which may be nothing."""

    name: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Tokens from ``start`` to before ``end`` and the label they are nearest to.

    ``score`` is how much nearer than to anything everyday, with what names look like added; about
    0.15 is where half of what is found is at least in part right.
    """

    start: int
    end: int
    label: str
    score: float


class Meanings:
    """The vectors of what labels mean, and of what is everyday. Not thread-safe.

    ``texts`` are some of the project's own: how all of its words are alike says nothing and is taken
    off, and so is what all short phrases have in common.
    """

    def __init__(
        self,
        labels: Sequence[MeantLabel],
        encoder: FrozenEncoder,
        nlp: Language,
        *,
        texts: Sequence[str] = (),
    ) -> None:
        self._encoder, self._nlp = encoder, nlp
        self.labels = tuple(label.name for label in labels)
        # The same for every project, and so remembered.
        contrast = np.stack([self._mean(phrase, remember=True) for phrase in _CONTRAST])
        phrases = contrast.mean(axis=0)
        self._everyday = _unit(contrast - phrases)
        self._meant = [_unit(np.stack(self._vectors_of(label)) - phrases) for label in labels]
        words = [self._vectors(nlp.make_doc(text)) for text in texts if text.strip()]
        self._words = np.concatenate(words).mean(axis=0) if words else phrases

    def runs(self, doc: Doc) -> list[Run]:
        """Runs of words with the label each is nearest to, the best first; they may overlap."""
        found = candidates(doc)
        if not found or not self.labels:
            return []
        rows = self._vectors(doc) - self._words
        near = _unit(np.stack([rows[start:end].mean(axis=0) for start, end in found]))
        meant = np.stack([(near @ each.T).max(axis=1) for each in self._meant], axis=1)
        scores = meant.max(axis=1) - (near @ self._everyday.T).max(axis=1) + self._looks(doc, found)
        labels = meant.argmax(axis=1)
        runs = [
            Run(start, end, self.labels[label], float(score))
            for (start, end), label, score in zip(found, labels, scores, strict=True)
        ]
        return sorted(runs, key=lambda run: -run.score)

    def find(self, doc: Doc, near: float) -> dict[Span, float | None]:
        """The runs that are so near, the best first, each with how near it is; they may overlap."""
        return {
            span_of(doc, run.start, run.end, run.label): min(_SUREST, run.score)
            for run in self.runs(doc)
            if run.score >= near
        }

    def hints(self, doc: Doc) -> tuple[Hint, ...]:
        """The runs, each with how near it is as if that were a probability."""
        return first_hints(
            Hint(
                span_of(doc, run.start, run.end, run.label),
                min(_SUREST, max(_LEAST, run.score)),
            )
            for run in self.runs(doc)
        )

    def _vectors_of(self, label: MeantLabel) -> list[Vectors]:
        name = label.name.replace("_", " ").lower()
        name = _USUAL.get(name, name)
        if not label.description.strip():
            return [self._mean(name)]
        doc = self._nlp.make_doc(f"{name}: {label.description}")
        told = [token.i for token in doc if not token.is_stop and not token.is_punct]
        return [self._mean(name), self._vectors(doc)[told].mean(axis=0)]

    def _mean(self, phrase: str, *, remember: bool = False) -> Vectors:
        rows = self._vectors(self._nlp.make_doc(phrase), remember=remember)
        return np.asarray(rows.mean(axis=0))

    def _vectors(self, doc: Doc, *, remember: bool = False) -> Vectors:
        """The mean of each token's pieces, without what else is taken of it."""
        return self._encoder.mean_of(self._encoder.encode(encoded_text(doc), remember=remember))

    def _looks(self, doc: Doc, runs: Sequence[tuple[int, int]]) -> Any:
        pieces = self._encoder.piece_counts([token.text for token in doc])
        rare = np.minimum(np.array(pieces) - 1.0, _PIECES + 1)
        capital = np.array([any(c.isupper() or c.isdigit() for c in token.text) for token in doc])
        looks = [
            _CAPITALS * _capitals(doc, capital, start, end)
            + _RARE * min(rare[start:end].mean(), _PIECES)
            for start, end in runs
        ]
        return np.array(looks)


def _capitals(doc: Doc, capital: Any, start: int, end: int) -> float:
    """The share of words with a capital; at a sentence's beginning one says little."""
    if start == 0 and end == 1 and not any(letter.isupper() for letter in doc[0].text[1:]):
        return 0.3
    return float(capital[start:end].mean())


def _unit(rows: Any) -> Any:
    return rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9)
