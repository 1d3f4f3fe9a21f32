"""A model that came as a package becomes a version of a project: files first, then the row that names them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.db.database import Store
from bot.db.records.runs import Runs
from bot.db.transaction import Transaction
from bot.domain.models import WhyLive
from bot.domain.runs import Model, NewRun, RunReason, RunState
from bot.errors import NothingToDo, PersonError
from bot.models.repositories.models import Models
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects
from bot.shelf.ports import ModelShelf
from ner_engine.label_names import LabelNames
from ner_engine.results import Evaluation

#: Who did it, as people read it: nobody of the workspace.
IMPORTER = "nerbot models import"
#: The rows are written in one transaction: nobody else ever sees the run active.
_LEASE = timedelta(minutes=5)
_TRAINS = "This project is training now. Import the model when that has ended."


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivedModel:
    """What a package says of its model; ``folder`` is where the verified files are, on the disk of the models."""

    folder: Path
    labels: tuple[str, ...]
    meanings: dict[str, str]
    preset: str
    seed: int
    sentences: int
    evaluation: Evaluation | None


@dataclass(frozen=True, slots=True)
class ModelTaken:
    """The version it became; ``new_labels`` were made for it; ``before`` was live, where it took its place."""

    version: int
    new_labels: tuple[str, ...]
    is_live: bool
    before: int | None


async def take_in(
    store: Store,
    workspace: str,
    project_id: int,
    arrived: ArrivedModel,
    *,
    shelf: ModelShelf,
    person: str = IMPORTER,
    live: bool = False,
) -> ModelTaken:
    """Make it a version, live only if asked. Raises NothingToDo while the project trains or something of it is being
    forgotten, StoreUnavailable, ObjectsUnavailable.

    Nobody in the workspace waits for the upload: the transaction begins when the files are in their place. Where it
    is refused they go again; where nobody knows whether it was kept they stay.
    """
    async with store.reading(workspace) as tx:
        await _check(tx, project_id)
        version = await Models(tx).next_version(project_id)
    while not await shelf.publish(project_id, version, arrived.folder):
        version += 1
    try:
        async with store.writing(workspace) as tx:
            await _check(tx, project_id)
            return await _named(tx, project_id, version, arrived, person, live=live)
    except PersonError:
        # On a disk that is not shared the number may be that of the training by now; what no row names is written over.
        if shelf.is_shared:
            await shelf.remove(project_id, [version])
        raise


async def _check(tx: Transaction, project_id: int) -> None:
    """Raise NothingToDo where the files of a version that no row names yet would not be left alone."""
    if await Runs(tx).active(project_id) is not None:
        raise NothingToDo(_TRAINS)
    if await Models(tx).are_cleared(project_id):
        raise NothingToDo(
            "Something of this project is being forgotten. Import the model when that has ended: nerbot run goes on "
            "with it, or nerbot forget."
        )


async def _named(
    tx: Transaction,
    project_id: int,
    version: int,
    arrived: ArrivedModel,
    person: str,
    *,
    live: bool,
) -> ModelTaken:
    """Name the version whose files are in place."""
    run_id = await _begun(tx, project_id, arrived, person)
    new = await _add_labels(tx, project_id, arrived, person)
    evaluation = arrived.evaluation
    model = Model(project_id, version, arrived.labels, tx.clock(), evaluation)
    await Models(tx).add(model, run_id=run_id)
    before = await Projects(tx).live_version(project_id)
    went_live = live and await Models(tx).set_live(
        project_id, version, expected=before, person=person, why=WhyLive.CHOSEN
    )
    await Runs(tx).end(
        run_id,
        RunState.SUCCEEDED,
        evaluation=evaluation,
        version=version,
        went_live=went_live,
    )
    # Whoever imports sees what became of it; there is no channel that waits for it.
    await Runs(tx).note_told(run_id)
    return ModelTaken(version, new, went_live, before if went_live else None)


async def _begun(tx: Transaction, project_id: int, arrived: ArrivedModel, person: str) -> int:
    """A run that stands for the training elsewhere; of a project that trains itself there cannot be a second one."""
    new = NewRun(
        project_id, RunReason.IMPORT, arrived.preset, person, channel="", seed=arrived.seed
    )
    run = await Runs(tx).claim(new, owner=IMPORTER, lease=_LEASE)
    if run is None:
        raise NothingToDo(_TRAINS)
    # Without the fingerprint: it does not keep the project from training on the same sentences.
    await Runs(tx).begin(run.id, sentences=arrived.sentences)
    return run.id


async def _add_labels(
    tx: Transaction, project_id: int, arrived: ArrivedModel, person: str
) -> tuple[str, ...]:
    known = LabelNames(label.name for label in await Labels(tx).all(project_id))
    new: Sequence[str] = [label for label in arrived.labels if known.find(label) is None]
    for label in new:
        meaning = arrived.meanings.get(label, "")
        await Labels(tx).add(project_id, label, person=person, description=meaning)
    return tuple(new)
