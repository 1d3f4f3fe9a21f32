"""The head of the default preset, taught a handful of finished sentences: for first guesses, never a model."""

from collections.abc import Sequence
from dataclasses import replace

from ner_engine.annotation import AnnotatedText
from ner_engine.pipeline.pipeline import Pipeline
from ner_engine.settings import TrainingSettings
from ner_engine.training.loop import Trained, training_steps

#: The fewest sentences it is worth teaching.
LEAST = 3
#: Batches; more than these few sentences are passed over often as it is.
STEPS = 60
#: So much less is said for "no entity": a guess too many is one tap to drop, one too few has to be typed.
LEAN = 1.0


def train_silent_head(
    gold: Sequence[AnnotatedText],
    settings: TrainingSettings,
    *,
    steps: int = STEPS,
    lean: float = LEAN,
) -> Pipeline:
    """One member, few steps. Raises NotEnoughData, TrainingDiverged, ModelIsEmpty and EncoderError."""
    *_, last = training_steps(gold, replace(settings, steps=steps), fold_model=True)
    assert isinstance(last, Trained)
    for member in last.pipeline.recognizer.model.layers[1:]:
        output = member.get_ref("output")
        bias = output.get_param("b").copy()
        bias[0] -= lean
        output.set_param("b", bias)
    return last.pipeline
