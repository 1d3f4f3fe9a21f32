"""A saved model as wheels that `pip install` takes: the model by spaCy's own `package`, and the engine beside it."""

from ner_engine.packaging.model_card import ModelStory, model_card
from ner_engine.packaging.wheels import Wheels, build_wheels

__all__ = ["ModelStory", "Wheels", "build_wheels", "model_card"]
