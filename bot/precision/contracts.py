"""The contract of a project: from which confidence on what its live model finds goes out."""

import asyncio
from dataclasses import dataclass
from functools import lru_cache

from bot.db.transaction import Transaction
from bot.domain.renaming import under_new_names
from bot.models.repositories.models import Models
from bot.projects.repositories.labels import Labels
from ner_engine.results import Contract, Outcomes

_KEPT = 64


@dataclass(frozen=True, slots=True)
class ModelContract:
    """What a promise takes with a version of the model, which learned from so many sentences; no contract where nothing
    is known to make it from: the model is older than that, or came as a package."""

    version: int
    sentences: int
    contract: Contract | None


async def read_contract(
    tx: Transaction, project_id: int, version: int, promise: float
) -> ModelContract | None:
    """What a promise takes with a version, under the names its labels have now; None where there is no such version."""
    found = await Models(tx).version(project_id, version)
    if found is None:
        return None
    evaluation = found.model.evaluation
    if evaluation is None or evaluation.calibration is None:
        return ModelContract(version, found.sentences, None)
    made = await asyncio.to_thread(_made, evaluation.outcomes, evaluation.calibration, promise)
    named = under_new_names(made, await Labels(tx).renamed(project_id))
    return ModelContract(version, found.sentences, named)


@lru_cache(maxsize=_KEPT)
def _made(
    outcomes: tuple[Outcomes, ...], calibration: tuple[float, float], promise: float
) -> Contract:
    # numpy comes here, in a thread and not at the start.
    from ner_engine.scoring.contract import make_contract  # noqa: PLC0415

    return make_contract(outcomes, calibration, promise)
