"""From labels with meanings and few finished sentences to what guesses the entities of the next one."""

from collections.abc import Sequence

from ner_engine.annotation import AnnotatedText
from ner_engine.encoder.frozen_encoder import encoder_for
from ner_engine.errors import ModelIsEmpty, NotEnoughData
from ner_engine.pipeline.pipeline import Pipeline, make_tokenizer
from ner_engine.prediction.first_guesses import Guesser, nearness_for
from ner_engine.prediction.meanings import Meanings, MeantLabel
from ner_engine.prediction.phrase_memory import PhraseMemory
from ner_engine.settings import TrainingSettings
from ner_engine.training.silent_head import LEAST, train_silent_head

#: Sentences of the project's own that say what its words have in common; more do not change it.
SHOWN = 40


def make_guesser(
    labels: Sequence[MeantLabel],
    finished: Sequence[AnnotatedText],
    *,
    texts: Sequence[str] = (),
    settings: TrainingSettings | None = None,
) -> Guesser:
    """What guesses by the labels' meanings and, from three finished sentences on, by a head they teach.

    ``texts`` are some that nobody has finished. Raises EncoderError and TrainingDiverged.
    """
    settings = settings or TrainingSettings()
    encoder, nlp = encoder_for(settings), make_tokenizer(settings)
    meanings = None
    if labels and encoder is not None and nearness_for(len(finished)) is not None:
        shown = [*(annotated.text for annotated in finished), *texts][:SHOWN]
        meanings = Meanings(labels, encoder, nlp, texts=shown)
    phrases = PhraseMemory()
    phrases.learn(_phrases_of(finished))
    return Guesser(
        nlp,
        sentences=len(finished),
        meanings=meanings,
        head=_head(finished, settings),
        phrases=phrases,
    )


def _head(finished: Sequence[AnnotatedText], settings: TrainingSettings) -> Pipeline | None:
    if len(finished) < LEAST:
        return None
    try:
        return train_silent_head(finished, settings)
    except (NotEnoughData, ModelIsEmpty):
        return None  # nothing is labelled in them, or too little to be learned


def _phrases_of(finished: Sequence[AnnotatedText]) -> list[tuple[str, str]]:
    return [
        (annotated.text[span.start : span.end], span.label)
        for annotated in reversed(finished)
        for span in annotated.spans
    ]
