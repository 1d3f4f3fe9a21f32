"""What a model would mask in texts."""

from collections.abc import Sequence

from ner_engine.annotation import Marks
from ner_engine.prediction.predictor import Predictor


def mark(model: Predictor, texts: Sequence[str]) -> Marks:
    """What a model finds in texts. Raises TextError."""
    return Marks((*model.labels, *model.base_labels), tuple(model.predict(texts)))
