"""Sentences that nobody labelled: which of them a training learns from, and what a teacher says of them."""

from collections.abc import Iterator, Sequence

from spacy.language import Language
from spacy.tokens import Doc

from ner_engine.annotation import AnnotatedText, check_text, fold
from ner_engine.encoder.encoded_text import EncodedText
from ner_engine.errors import TextError
from ner_engine.pipeline.pipeline import BATCH, Pipeline
from ner_engine.pipeline.targets import Target
from ner_engine.training.lessons import Lessons, shuffled_batches

#: So many sentences teach at most.
MOST = 500
#: Fewer than so many teach nothing that is worth a teacher's training.
FEWEST = 50

TaughtBatch = tuple[list[Doc | EncodedText], list[Target]]
"""What a network takes, and what a teacher says of it."""


def usable(texts: Sequence[str], gold: Sequence[AnnotatedText]) -> tuple[str, ...]:
    """Up to MOST of the texts, each once, none of the gold's: no model is scored on what its teacher labelled.

    Case and blanks make no other text. None at all where there are fewer than FEWEST.
    """
    seen = {_key(annotated.text) for annotated in gold}
    kept: list[str] = []
    for text in texts:
        if len(kept) == MOST:
            break
        key = _key(text)
        if key not in seen and _is_bearable(text):
            seen.add(key)
            kept.append(text)
    return tuple(kept) if len(kept) >= FEWEST else ()


def _key(text: str) -> str:
    return " ".join(fold(text).split())


def _is_bearable(text: str) -> bool:
    try:
        check_text(text)
    except TextError:
        return False
    return True


def as_unfinished(texts: Sequence[str]) -> list[AnnotatedText]:
    """Texts of whose words nothing is known."""
    return [AnnotatedText(text, finished=False) for text in texts]


def taught_batches(
    teacher: Pipeline, nlp: Language, texts: Sequence[str], *, size: int, seed: int
) -> Iterator[TaughtBatch]:
    """Batches of the texts, for ever, with how probable the teacher thinks each tag and each step from tag to tag.

    It is asked once of each text.
    """
    lessons = Lessons(nlp, as_unfinished(texts), encoded=True)
    targets = [
        target
        for start in range(0, len(lessons), BATCH)
        for target in teacher.recognizer.think(
            lessons.texts(range(start, min(start + BATCH, len(lessons))))
        )
    ]
    for batch in shuffled_batches(len(lessons), size, seed):
        yield lessons.texts(batch), [targets[number] for number in batch]
