"""A saved model at work: texts in, plain spans out."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from spacy.language import Language

from ner_engine.annotation import Hint, Prediction, Span, check_text
from ner_engine.errors import CanaryFailed, EngineError, ModelAbsent, ModelIncompatible
from ner_engine.model_files.manifest import Manifest, read_manifest
from ner_engine.model_files.store import verify_model
from ner_engine.pipeline.pipeline import Pipeline, token_borders
from ner_engine.pipeline.tokenizers import blank_pipeline, load_pipeline
from ner_engine.prediction.hints import pipeline_hints
from ner_engine.sentences import split_sentences

#: So many words stay known to a model that is loaded, about 1 MB; the first ones are most of what is written.
WORDS_KEPT = 4_000


class Predictor:
    """A loaded model. Not thread-safe: one thread owns it, from loading to the last prediction."""

    def __init__(self, nlp: Language, manifest: Manifest) -> None:
        #: The pipeline that finds them.
        self.pipeline = Pipeline.of(nlp)
        self._manifest = manifest

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels the model was taught."""
        return self._manifest.facts.labels

    @property
    def base_labels(self) -> tuple[str, ...]:
        """The labels of the pretrained recognizer it stands beside, if it does."""
        return self.pipeline.base_labels

    @property
    def encoder(self) -> Mapping[str, str]:
        """The ``name`` and ``sha256`` of the encoder it needs; empty where it needs none."""
        return self._manifest.facts.encoder

    def predict(self, texts: Sequence[str], *, ours_only: bool = False) -> list[tuple[Span, ...]]:
        """The entities of each text, sorted; ``ours_only`` leaves those of a base out.

        Raises a TextError for a text the engine cannot bear, before any is looked at.
        """
        return [found.spans for found in self.read(texts, ours_only=ours_only)]

    def read(self, texts: Sequence[str], *, ours_only: bool = False) -> list[Prediction]:
        """The same with the confidence of each entity and the uncertainty of each text."""
        for text in texts:
            check_text(text)
        return self.pipeline.read(texts, ours_only=ours_only, words_kept=WORDS_KEPT)

    def hints(self, text: str) -> tuple[Hint, ...]:
        """What it thinks possible in a text, the most probable first. Raises TextError."""
        check_text(text)
        return pipeline_hints(self.pipeline, text)

    def token_offsets(self, text: str) -> tuple[tuple[int, int], ...]:
        """The (start, end) of the tokens it tells apart, in code points, blank ones left out."""
        with self.pipeline.nlp.memory_zone():
            return token_borders(self.pipeline.nlp.make_doc(text))

    def check_canaries(self) -> None:
        """Find again what was found when the model was saved. Raises CanaryFailed."""
        canaries = self._manifest.facts.canaries
        found = self.predict([canary.text for canary in canaries])
        for number, (canary, spans) in enumerate(zip(canaries, found, strict=True), start=1):
            if spans != canary.spans:
                raise CanaryFailed(number=number)


def load_model(model_dir: str | Path, *, verify: bool = True) -> Predictor:
    """Load a model of our own store; the first prediction is warm.

    Only a directory with a manifest is loaded, and with ``verify`` only if every file is what was
    saved. Raises a ModelStoreError or an EncoderError.
    """
    folder = Path(model_dir)
    manifest = verify_model(folder) if verify else read_manifest(folder)
    predictor = Predictor(_load(folder), manifest)
    predictor.check_canaries()
    return predictor


def _load(model_dir: Path) -> Language:
    try:
        return load_pipeline(model_dir)
    except EngineError:
        raise
    except OSError as error:
        raise ModelAbsent(reason=error.strerror) from error
    except Exception as error:
        # The files are what was saved; spaCy has many ways to say that it cannot read them.
        raise ModelIncompatible from error


#: So many words stay known to a tokenizer.
_VOCABULARY = 20_000


class Tokenizer:
    """The tokens and sentences of a language without a model. Not thread-safe. Raises TokenizerMissing."""

    def __init__(self, language: str = "en") -> None:
        self._nlp = blank_pipeline(language)

    def token_offsets(self, text: str) -> tuple[tuple[int, int], ...]:
        """The (start, end) of the tokens in code points, blank ones left out. Raises TextError."""
        check_text(text)
        with self._nlp.memory_zone():
            return token_borders(self._nlp.make_doc(text))

    def offsets_of(self, texts: Sequence[str]) -> list[tuple[tuple[int, int], ...]]:
        """The same of many texts, ten times as fast a text. Raises TextError."""
        for text in texts:
            check_text(text)
        known = len(self._nlp.vocab)
        if known < _VOCABULARY:
            # Words that are kept need not be taken apart again; more of them are not kept.
            return [token_borders(self._nlp.make_doc(text)) for text in texts]
        with self._nlp.memory_zone():
            return [token_borders(self._nlp.make_doc(text)) for text in texts]

    def sentence_offsets(self, text: str) -> tuple[tuple[int, int], ...]:
        """The (start, end) of the sentences in code points, edge blanks left out."""
        return split_sentences(text)
