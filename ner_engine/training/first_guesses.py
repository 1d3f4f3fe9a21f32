"""From labels with meanings and few finished sentences to what guesses the entities of the next one."""

from collections.abc import Sequence
from statistics import mean

from ner_engine.annotation import AnnotatedText
from ner_engine.encoder.frozen_encoder import encoder_for
from ner_engine.errors import ModelIsEmpty, NotEnoughData
from ner_engine.pipeline.pipeline import Pipeline, make_tokenizer
from ner_engine.prediction.first_guesses import Guesser
from ner_engine.prediction.meanings import Meanings, MeantLabel
from ner_engine.prediction.phrase_memory import PhraseMemory
from ner_engine.settings import TrainingSettings
from ner_engine.training.nearness import ENOUGH, choose_nearness, phrases_of
from ner_engine.training.silent_head import LEAST, train_silent_head

#: Sentences of the project's own that say what its words have in common; more do not change it.
SHOWN = 40
#: Those of them that a head is asked about, to see how sure it is.
ASKED = 20


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
    head = _head(finished, settings)
    meanings, near = None, None
    if labels and encoder is not None and len(finished) < ENOUGH:
        shown = [*(annotated.text for annotated in finished), *texts][:SHOWN]
        meanings = Meanings(labels, encoder, nlp, texts=shown)
        near = choose_nearness(meanings, nlp, finished, sure=_sureness(head, texts))
    phrases = PhraseMemory()
    phrases.learn(phrases_of(finished))
    return Guesser(
        nlp, sentences=len(finished), meanings=meanings, near=near, head=head, phrases=phrases
    )


def _sureness(head: Pipeline | None, texts: Sequence[str]) -> float:
    """How sure a head is of what it finds in some texts, on average; 0 where it finds nothing."""
    found = head.read(texts[:ASKED], ours_only=True) if head else []
    shares = [share or 0.0 for prediction in found for share in prediction.confidences]
    return mean(shares) if shares else 0.0


def _head(finished: Sequence[AnnotatedText], settings: TrainingSettings) -> Pipeline | None:
    if len(finished) < LEAST:
        return None
    try:
        return train_silent_head(finished, settings)
    except (NotEnoughData, ModelIsEmpty):
        return None  # nothing is labelled in them, or too little to be learned
