"""An untrained pipeline for the settings: a blank one, or ours beside a pretrained one."""

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import spacy
from spacy.attrs import IDX, IS_SPACE, LENGTH
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import use_ops

from ner_engine.annotation import AnnotatedText, Prediction, Span, check_text
from ner_engine.pipeline.bases import load_base
from ner_engine.pipeline.recognizer import FACTORY
from ner_engine.pipeline.spacy_config import model_section
from ner_engine.pipeline.tokenizers import blank_pipeline
from ner_engine.settings import TrainingSettings

#: Texts taken through the pipeline together.
BATCH = 32
#: The recognizer's name where it stands alone: that of spaCy's own, as in any other pipeline.
ALONE = "ner"
#: Its name beside a base, whose own recognizer keeps the other.
BESIDE = "nerbot_ner"


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A pipeline and the name of the component in it that is ours to train."""

    nlp: Language
    ours: str

    @classmethod
    def of(cls, nlp: Language) -> "Pipeline":
        """A loaded pipeline with the recognizer of ours that it has."""
        return cls(nlp, BESIDE if BESIDE in nlp.pipe_names else ALONE)

    @classmethod
    def load(cls, folder: str | Path) -> "Pipeline":
        """A pipeline that :meth:`save` wrote, or any folder of a model of ours, unchecked.

        Raises OSError where there is none, EncoderError, and what ``spacy.load`` raises. Load only what you trust, or
        use :func:`~ner_engine.load_model`, which checks every file.
        """
        return cls.of(spacy.load(folder))

    def save(self, folder: str | Path) -> None:
        """Write it as an ordinary folder of spaCy's, which ``spacy.load`` reads, too. Raises OSError."""
        self.nlp.to_disk(folder)

    def __call__(self, text: str) -> Prediction:
        """What is in one text: spans in code points, ``end`` exclusive, with confidences in 0..1. Not thread-safe.

        Raises a TextError for a text the engine cannot bear.
        """
        check_text(text)
        (found,) = self.read([text])
        return found

    @property
    def base_labels(self) -> tuple[str, ...]:
        """The labels of the base's own recognizer, if there is one."""
        if self.ours == ALONE or ALONE not in self.nlp.pipe_names:
            return ()
        base: Any = self.nlp.get_pipe(ALONE)
        return tuple(base.labels)

    @property
    def recognizer(self) -> Any:
        """Our component, a CrfRecognizer; spaCy's pipelines are untyped."""
        return self.nlp.get_pipe(self.ours)

    def find(self, texts: Iterable[str], *, ours_only: bool = False) -> list[tuple[Span, ...]]:
        """The entities of each text; ``ours_only`` runs no other component. Not thread-safe."""
        return [found.spans for found in self.read(texts, ours_only=ours_only)]

    def read(
        self, texts: Iterable[str], *, ours_only: bool = False, words_kept: int = 0
    ) -> list[Prediction]:
        """The same with confidences and uncertainty. So many words of all texts may stay known to the pipeline, which
        need not be looked at again: a tenth of the time of a text.
        """
        enabled = [self.ours] if ours_only else self.nlp.pipe_names
        # The zone frees the words of these texts (without it 200,000 sentences cost 334 MB);
        # nothing that belongs to spaCy may leave it.
        zone = nullcontext() if len(self.nlp.vocab) < words_kept else self.nlp.memory_zone()
        with self.nlp.select_pipes(enable=enabled), zone:
            return [plain(doc) for doc in self.nlp.pipe(texts, batch_size=BATCH)]

    def read_and_weigh(
        self, texts: Sequence[AnnotatedText]
    ) -> list[tuple[Prediction, tuple[float, ...]]]:
        """What ours alone finds in each text, and how probable each of the text's own spans is.

        0 for a span that is not on token borders.
        """
        with self.nlp.memory_zone():
            read: list[tuple[Prediction, tuple[float, ...]]] = []
            for start in range(0, len(texts), BATCH):
                read += self._read_and_weigh_some(texts[start : start + BATCH])
            return read

    def _read_and_weigh_some(
        self, texts: Sequence[AnnotatedText]
    ) -> list[tuple[Prediction, tuple[float, ...]]]:
        docs = [self.nlp.make_doc(annotated.text) for annotated in texts]
        entities = [
            [_entity(doc, span) for span in annotated.spans]
            for doc, annotated in zip(docs, texts, strict=True)
        ]
        read = self.recognizer.read_and_weigh(docs, entities)
        self.recognizer.set_annotations(docs, [reading for reading, _ in read])
        return [(plain(doc), weighed) for doc, (_, weighed) in zip(docs, read, strict=True)]


def token_borders(doc: Doc) -> tuple[tuple[int, int], ...]:
    """The (start, end) of a doc's tokens in code points, blank ones left out."""
    rows = doc.to_array([IDX, LENGTH, IS_SPACE]).tolist()
    return tuple((start, start + length) for start, length, is_blank in rows if not is_blank)


def plain(doc: Doc) -> Prediction:
    """What is in a doc, as a plain value."""
    return Prediction(
        tuple(Span(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents),
        tuple(ent._.confidence for ent in doc.ents),
        doc._.uncertainty or 0.0,
        doc._.displaced,
    )


def _entity(doc: Doc, span: Span) -> tuple[int, int, str]:
    """The span in tokens, with no label where it cuts one."""
    found = doc.char_span(span.start, span.end)
    return (0, 1, "") if found is None else (found.start, found.end, span.label)


def make_pipeline(settings: TrainingSettings, *, fold_model: bool = False) -> Pipeline:
    """An untrained recognizer in a blank pipeline, or behind the whole base, which stays untouched.

    For a ``fold_model`` the base's components are left out, without which ours finds the same, and the
    recognizer has one member.
    Raises UnknownBase, TokenizerMissing and EncoderError.
    """
    ours = BESIDE if settings.base else ALONE
    if fold_model:
        nlp = _bare(settings.language, settings.base)
    elif settings.base:
        nlp = load_base(settings.base, bare=False)
    else:
        nlp = blank_pipeline(settings.language)
    members = 1 if fold_model else settings.recipe.members
    # numpy's own matrix product took a third of the time of spaCy's default, blis.
    with use_ops("numpy", use_blis=False):
        nlp.add_pipe(FACTORY, name=ours, config={"model": model_section(settings, members)})
    return Pipeline(nlp, ours)


def make_tokenizer(settings: TrainingSettings) -> Language:
    """Only the tokenizer a training with these settings uses."""
    return _bare(settings.language, settings.base)


def _bare(language: str, base: str | None) -> Language:
    """A pipeline without components. All share a tokenizer, which takes 0.3 s to make."""
    shared = _load_bare(language, base)
    return type(shared)(shared.vocab, create_tokenizer=lambda _: shared.tokenizer)


@lru_cache(maxsize=4)
def _load_bare(language: str, base: str | None) -> Language:
    return load_base(base, bare=True) if base else blank_pipeline(language)
