"""What a training holds of its texts: some hundred bytes each, not the 21 KB of spaCy's docs."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

from ner_engine.annotation import AnnotatedText
from ner_engine.encoder.encoded_text import EncodedText
from ner_engine.pipeline.architectures import encoded_text
from ner_engine.pipeline.tag_scheme import OUTSIDE, TagScheme
from ner_engine.pipeline.targets import Target, tags_of
from ner_engine.training.corpus import AT_ONCE, make_corpus

_MISSING = -1


def shuffled_batches(size: int, batch_size: int, seed: int) -> Iterator[list[int]]:
    """Batches of the indices below ``size``, for ever; each pass in a new order, from the seed."""
    shuffler, order = random.Random(seed), list(range(size))  # noqa: S311 an order, no secret
    while True:
        shuffler.shuffle(order)
        for start in range(0, size, batch_size):
            yield order[start : start + batch_size]


@dataclass(frozen=True, slots=True)
class _Lesson:
    """A text with its words, and of each word the number of its tag in :attr:`Lessons.tags`."""

    text: EncodedText
    tags: bytes


class Lessons:
    """Texts and what is to be learned of them; spaCy's docs of them are gone again.

    ``encoded`` says that the network takes a text as an encoder does; else it is told apart into words
    whenever it is learned.
    """

    def __init__(self, nlp: Language, gold: Sequence[AnnotatedText], *, encoded: bool) -> None:
        self._nlp, self._encoded = nlp, encoded
        self._tags: dict[str, int] = {}
        self._lessons: list[_Lesson] = []
        self._scheme = TagScheme(())
        for start in range(0, len(gold), AT_ONCE):
            with nlp.memory_zone():
                self._add(gold[start : start + AT_ONCE])

    def _add(self, gold: Sequence[AnnotatedText]) -> None:
        for annotated, example in zip(gold, make_corpus(self._nlp, gold).examples, strict=True):
            numbers = [
                _MISSING if tag is None else self._tags.setdefault(tag, len(self._tags))
                for tag in tags_of(example)
            ]
            text = encoded_text(example.predicted, annotated.text)
            self._lessons.append(_Lesson(text, np.array(numbers, dtype=np.int16).tobytes()))

    def __len__(self) -> int:
        return len(self._lessons)

    @property
    def labels(self) -> list[str]:
        """The labels of all entities that can be learned, sorted."""
        return sorted({tag.partition("-")[2] for tag in self._tags if tag != OUTSIDE})

    def texts(self, numbers: Sequence[int]) -> list[Doc | EncodedText]:
        """What the network takes for some texts."""
        wanted = [self._lessons[number].text for number in numbers]
        return list(wanted) if self._encoded else [self._nlp.make_doc(one.text) for one in wanted]

    def targets(self, numbers: Sequence[int], scheme: TagScheme) -> list[Target]:
        """What is to be learned of some texts, in the tags of a scheme; others are missing."""
        # One more at the end: what is missing is looked up there.
        known = [scheme.index.get(tag, _MISSING) for tag in self._tags]
        table = np.array([*known, _MISSING], dtype=np.int16)
        return [Target.of_numbers(table[self._numbers(number)], scheme) for number in numbers]

    def _numbers(self, number: int) -> NDArray[np.int16]:
        return np.frombuffer(self._lessons[number].tags, dtype=np.int16)
