"""A data folder as nerbot leaves it: a database with labels, and the files of models."""

import asyncio
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.db.database import Store
from bot.db.records.runs import Runs
from bot.db.records.sentences import Sentences
from bot.domain.evaluation import LivePolicy
from bot.domain.project import Annotation
from bot.domain.runs import Model, NewRun, RunReason, RunState
from bot.domain.steps import AnnotationState, StepKind
from bot.labelling.repositories.annotations import Annotations
from bot.models.repositories.models import Models
from bot.projects.repositories.projects import Projects
from ner_engine.annotation import Span
from ner_engine.model_files.store import save_model
from tests.ner_engine.data import FACTS, write
from tests.support.opening import copy_tables, open_database

HERE, ANN = "T0HERE", "U0ANN"


@dataclass(frozen=True)
class DataFolder:
    """A data folder with one project: model 1, and model 2, which is live."""

    path: Path
    project: int = 1

    @property
    def database(self) -> Path:
        return self.path / "nerbot.db"

    @property
    def url(self) -> str:
        return f"sqlite+aiosqlite:///{self.database}"


def now() -> datetime:
    return datetime.now(UTC)


async def label(store: Store, project: int, number: int) -> None:
    """One acknowledged label."""
    async with store.writing(HERE) as tx:
        text = f"Patient {number} has fever."
        sentence, _ = await Sentences(tx).add(project, text, (), person=ANN, source="test")
        after = AnnotationState((Span(0, 7, "SYMPTOM"),), finished=True)
        annotation = Annotation(sentence, ANN)
        await Annotations(tx).change(
            project, annotation, StepKind.FINISHED, after, request=f"r{number}"
        )


async def fill(folder: DataFolder) -> None:
    async with open_database(folder.url) as database:
        store = Store(database, clock=now)
        async with store.writing(HERE) as tx:
            project = (await Projects(tx).ensure_default()).id
            assert project == folder.project
            await Models(tx).set_policy(project, LivePolicy.NOT_WORSE, person=ANN)
            for version in (1, 2):
                new = NewRun(project, RunReason.COMMAND, "cnn", ANN, "C0")
                run = await Runs(tx).claim(new, owner="o", lease=timedelta(seconds=9))
                assert run
                await Runs(tx).end(run.id, RunState.SUCCEEDED)
                await Models(tx).add(Model(project, version, ("DRUG",), now(), None), run_id=run.id)
                assert await Models(tx).set_live(
                    project, version, expected=version - 1 or None, person=ANN
                )
        for number in range(20):
            await label(store, project, number)
    for version in (1, 2):
        target = folder.path / "models" / "1" / str(version)
        save_model(target, write=write, facts=FACTS, verify=False)


@pytest.fixture(scope="session")
def filled_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled") / "data"
    copy_tables(folder)
    asyncio.run(fill(DataFolder(folder)))
    return folder


@pytest.fixture
def folder(filled_once: Path, tmp_path: Path) -> DataFolder:
    return DataFolder(shutil.copytree(filled_once, tmp_path / "data"))
