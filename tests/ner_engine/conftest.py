from importlib.metadata import version
from pathlib import Path

import pytest

from ner_engine import TrainingSettings
from ner_engine.annotation import AnnotatedText
from ner_engine.model_files.manifest import ModelFacts
from ner_engine.model_files.store import save_model
from ner_engine.pipeline.pipeline import Pipeline
from ner_engine.training.loop import train_model
from tests.ner_engine.data import make_gold

#: Enough to learn a dozen plain sentences by heart.
STEPS = 80
CNN_STEPS = 200


def facts_of(pipeline: Pipeline, settings: TrainingSettings) -> ModelFacts:
    texts = [annotated.text for annotated in make_gold()[:3]]
    found = pipeline.find(texts)
    return ModelFacts(
        settings=settings.to_json(),
        labels=("DRUG", "SYMPTOM"),
        sentences=12,
        fingerprint="",
        scores={},
        canaries=tuple(map(AnnotatedText, texts, found)),
        versions={"spacy": version("spacy")},
    )


class SavedModel:
    """A pipeline trained on :func:`make_gold`, and the directory it was saved to."""

    def __init__(self, settings: TrainingSettings, directory: Path) -> None:
        self.settings, self.directory = settings, directory
        self.pipeline = train_model(make_gold(), settings)
        save_model(
            directory,
            write=self.pipeline.nlp.to_disk,
            facts=facts_of(self.pipeline, settings),
            verify=False,
        )


@pytest.fixture(scope="session")
def encoder_model(tmp_path_factory: pytest.TempPathFactory) -> SavedModel:
    return SavedModel(TrainingSettings(steps=STEPS), tmp_path_factory.mktemp("encoder") / "model")


@pytest.fixture(scope="session")
def cnn_model(tmp_path_factory: pytest.TempPathFactory) -> SavedModel:
    settings = TrainingSettings(preset="cnn", steps=CNN_STEPS)
    return SavedModel(settings, tmp_path_factory.mktemp("cnn") / "model")


@pytest.fixture(scope="session")
def beside_model(tmp_path_factory: pytest.TempPathFactory) -> SavedModel:
    settings = TrainingSettings(base="en_core_web_sm", steps=STEPS)
    return SavedModel(settings, tmp_path_factory.mktemp("beside") / "model")


@pytest.fixture(params=["encoder_model", "cnn_model"])
def model(request: pytest.FixtureRequest) -> SavedModel:
    """A model of each preset."""
    saved: SavedModel = request.getfixturevalue(request.param)
    return saved
