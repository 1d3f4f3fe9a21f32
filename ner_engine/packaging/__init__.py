"""A saved model as wheels that `pip install` takes: the model by spaCy's own `package`, and the engine beside it.

Or as two ONNX graphs with a short reader of them.

And back: a wheel or a folder as a model again, or as a base for others.
"""

from ner_engine.packaging.arrivals import Arrival, open_package, take_base, take_model
from ner_engine.packaging.model_card import ModelStory, model_card
from ner_engine.packaging.onnx_folder import build_onnx
from ner_engine.packaging.wheels import Wheels, build_wheels

__all__ = [
    "Arrival",
    "ModelStory",
    "Wheels",
    "build_onnx",
    "build_wheels",
    "model_card",
    "open_package",
    "take_base",
    "take_model",
]
