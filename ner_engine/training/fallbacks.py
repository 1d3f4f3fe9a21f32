"""What a training makes do with where something that its preset wants is missing, and what is said then."""

from collections.abc import Sequence
from dataclasses import replace

from ner_engine.encoder.choice import BEST
from ner_engine.encoder.frozen_encoder import encoder_for
from ner_engine.errors import EncoderMissing
from ner_engine.recipes import FALLBACK_PRESET
from ner_engine.settings import TrainingSettings
from ner_engine.training.unlabelled import FEWEST

_ALONE = "This model learned without a teacher, so it finds less:"
_NO_TEACHER = (
    "the preset fast learns from a model over a larger encoder. "
    f"Type nerbot encoders install {BEST}, then train again."
)
_TOO_FEW = f"it needs at least {FEWEST} sentences that nobody has labelled. Import more of them, then train again."

Notes = tuple[str, ...]


def with_what_is_there(
    settings: TrainingSettings, unlabelled: Sequence[str]
) -> tuple[TrainingSettings, Notes]:
    """The settings, with a preset that needs no encoder where its own is missing, and without a teacher where that
    one's is, or sentences to teach by; and what to say then."""
    try:
        encoder_for(settings)
    except EncoderMissing as error:
        said = f"This model was trained with the preset {FALLBACK_PRESET} instead, which learns more slowly."
        fallback = replace(settings, preset=FALLBACK_PRESET, encoder_dir=None, teacher_dir=None)
        return fallback, (f"{error} {said}",)
    missing = _missing_teacher(settings, unlabelled) if settings.recipe.taught_batch else None
    if missing is None:
        return settings, ()
    return replace(settings, teacher_dir=None), (f"{_ALONE} {missing}",)


def _missing_teacher(settings: TrainingSettings, unlabelled: Sequence[str]) -> str | None:
    if settings.teacher_dir is None:
        return _NO_TEACHER
    if not unlabelled:
        return _TOO_FEW
    try:
        encoder_for(settings.teacher)
    except EncoderMissing:
        return _NO_TEACHER
    return None
