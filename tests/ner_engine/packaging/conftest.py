"""One trained model, and its wheels, for all that look at them."""

from pathlib import Path

import pytest

from ner_engine.packaging import ModelStory, Wheels, build_wheels
from ner_engine.settings import TrainingSettings
from ner_engine.training.run import run_steps
from tests.ner_engine.conftest import STEPS
from tests.ner_engine.data import make_gold
from tests.support.once import made_once

STORY = ModelStory(
    project="Triage",
    meanings={"SYMPTOM": "what a patient complains of"},
    method="cross-validation",
    curve=((6, 0.5), (12, 0.75)),
)


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    async def train(folder: Path) -> None:
        for _ in run_steps(make_gold(3), TrainingSettings(steps=STEPS), target=folder / "model"):
            pass

    return made_once(tmp_path_factory, "packaged", train) / "model"


@pytest.fixture(scope="session")
def wheels(saved: Path, tmp_path_factory: pytest.TempPathFactory) -> Wheels:
    out = tmp_path_factory.mktemp("wheels")
    return build_wheels(saved, out, name="triage", version="3.0.0", story=STORY)
