"""nerbot's engine: annotated texts in, a trained and checked spaCy pipeline out.

It knows nothing of Slack, SQL or clocks. What needs spaCy is imported when it is first asked for.

- ``annotation``, ``results``, ``settings``, ``errors``: plain values, imported in a moment
- ``formats``: the forms of data files, one a module
- ``recipes``: the presets, one a module
- ``checks``: what to look at in the data
- ``scoring``: how good predictions are, from plain spans; ``selection``: what to label next
- ``encoder``: a frozen sentence encoder
- ``pipeline``: the network, the recognizer and spaCy's configuration of them
- ``model_files``: models on disk
- ``prediction``: saved models, and the phrases labelled so far, at work
- ``training``: from annotated texts to a scored and saved model
- ``packaging``: a saved model as wheels that pip installs, or as ONNX
- ``processes``: what runs as a process of its own
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ner_engine.annotation import (
    MAX_RUN,
    MAX_TEXT,
    AnnotatedText,
    Hint,
    Prediction,
    Span,
    check_text,
    find_mentions,
    fold,
    label_key,
    parse_label,
    snap_to_tokens,
)
from ner_engine.errors import EngineError
from ner_engine.formats.json_lines import from_json, parse_line, parse_lines, to_json
from ner_engine.formats.offsets import from_offsets, to_offsets
from ner_engine.formats.records import from_record, to_record
from ner_engine.label_names import unify_labels
from ner_engine.settings import TrainingSettings

if TYPE_CHECKING:
    from ner_engine.checks import DataFinding
    from ner_engine.encoder.vector_store import VectorStore
    from ner_engine.formats import DataFile, read_data
    from ner_engine.model_files.manifest import Manifest, ModelFacts
    from ner_engine.model_files.store import clean_leftovers, install, save_model, verify_model
    from ner_engine.packaging import (
        Arrival,
        ModelStory,
        Wheels,
        build_onnx,
        build_wheels,
        open_package,
        take_base,
        take_model,
    )
    from ner_engine.pipeline.pipeline import Pipeline
    from ner_engine.prediction.phrase_memory import PhraseMemory
    from ner_engine.prediction.predictor import Predictor, Tokenizer, load_model
    from ner_engine.recipes import EncoderChoice, Features, Recipe
    from ner_engine.results import (
        Comparison,
        FinerScores,
        Guard,
        Mistake,
        Outcomes,
        Progress,
        Score,
        Scores,
        Suspicion,
    )
    from ner_engine.scoring.calibration import Calibration
    from ner_engine.scoring.confusion import ConfusionWithExamples
    from ner_engine.scoring.evaluation import compare, evaluate
    from ner_engine.scoring.learning_curve import LearningCurve, Outlook, Point
    from ner_engine.training.corpus import Corpus, Misalignment, make_corpus
    from ner_engine.training.cross_validation import Confidence
    from ner_engine.training.loop import Step, Trained, train_model, training_steps
    from ner_engine.training.result import Result
    from ner_engine.training.run import run_steps

#: What needs spaCy or numpy, and where it lives.
_LAZY = {
    "DataFinding": "checks",
    "VectorStore": "encoder.vector_store",
    "DataFile": "formats",
    "read_data": "formats",
    "Manifest": "model_files.manifest",
    "ModelFacts": "model_files.manifest",
    "clean_leftovers": "model_files.store",
    "install": "model_files.store",
    "save_model": "model_files.store",
    "verify_model": "model_files.store",
    "Arrival": "packaging",
    "ModelStory": "packaging",
    "Wheels": "packaging",
    "build_onnx": "packaging",
    "build_wheels": "packaging",
    "open_package": "packaging",
    "take_base": "packaging",
    "take_model": "packaging",
    "Pipeline": "pipeline.pipeline",
    "PhraseMemory": "prediction.phrase_memory",
    "Predictor": "prediction.predictor",
    "Tokenizer": "prediction.predictor",
    "load_model": "prediction.predictor",
    "EncoderChoice": "recipes",
    "Features": "recipes",
    "Recipe": "recipes",
    "Comparison": "results",
    "FinerScores": "results",
    "Guard": "results",
    "Mistake": "results",
    "Outcomes": "results",
    "Progress": "results",
    "Score": "results",
    "Scores": "results",
    "Suspicion": "results",
    "Calibration": "scoring.calibration",
    "ConfusionWithExamples": "scoring.confusion",
    "compare": "scoring.evaluation",
    "evaluate": "scoring.evaluation",
    "LearningCurve": "scoring.learning_curve",
    "Outlook": "scoring.learning_curve",
    "Point": "scoring.learning_curve",
    "Corpus": "training.corpus",
    "Misalignment": "training.corpus",
    "make_corpus": "training.corpus",
    "Confidence": "training.cross_validation",
    "Step": "training.loop",
    "Trained": "training.loop",
    "train_model": "training.loop",
    "training_steps": "training.loop",
    "Result": "training.result",
    "run_steps": "training.run",
}

__all__ = [
    "MAX_RUN",
    "MAX_TEXT",
    "AnnotatedText",
    "Arrival",
    "Calibration",
    "Comparison",
    "Confidence",
    "ConfusionWithExamples",
    "Corpus",
    "DataFile",
    "DataFinding",
    "EncoderChoice",
    "EngineError",
    "Features",
    "FinerScores",
    "Guard",
    "Hint",
    "LearningCurve",
    "Manifest",
    "Misalignment",
    "Mistake",
    "ModelFacts",
    "ModelStory",
    "Outcomes",
    "Outlook",
    "PhraseMemory",
    "Pipeline",
    "Point",
    "Prediction",
    "Predictor",
    "Progress",
    "Recipe",
    "Result",
    "Score",
    "Scores",
    "Span",
    "Step",
    "Suspicion",
    "Tokenizer",
    "Trained",
    "TrainingSettings",
    "VectorStore",
    "Wheels",
    "build_onnx",
    "build_wheels",
    "check_text",
    "clean_leftovers",
    "compare",
    "evaluate",
    "find_mentions",
    "fold",
    "from_json",
    "from_offsets",
    "from_record",
    "install",
    "label_key",
    "load_model",
    "make_corpus",
    "open_package",
    "parse_label",
    "parse_line",
    "parse_lines",
    "read_data",
    "run_steps",
    "save_model",
    "snap_to_tokens",
    "take_base",
    "take_model",
    "to_json",
    "to_offsets",
    "to_record",
    "train_model",
    "training_steps",
    "unify_labels",
    "verify_model",
]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(name)
    return getattr(import_module(f"ner_engine.{_LAZY[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
