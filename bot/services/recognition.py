"""Recognition: which entities the live model finds in a person's sentences."""

from collections.abc import Sequence

from bot.domain import (
    MIN_FINISHED,
    Caller,
    NoModelYet,
    ProjectCounts,
    Recognised,
    RecognitionAnswer,
)
from bot.errors import EngineUnavailable, ModelUnsound
from bot.intake import CleanText
from bot.services.ports import Engine, Store
from bot.services.upkeep import Upkeep


class Recognition:
    """Answers /ner with the live model of the project."""

    def __init__(self, store: Store, engine: Engine, upkeep: Upkeep) -> None:
        self._store = store
        self._engine = engine
        self._upkeep = upkeep

    async def recognise(self, caller: Caller, texts: Sequence[CleanText]) -> RecognitionAnswer:
        """The entities in each text, by the model of the channel's project; NoModelYet before its first training."""
        async with self._store.reading(caller.workspace) as work:
            project = await work.projects.of_channel(caller.channel)
            live = await work.models.live(project.id) if project else None
            if project is None or live is None:
                counts = await work.annotations.counts(project.id) if project else ProjectCounts()
                return NoModelYet(counts, MIN_FINISHED)
        plain = [text.text for text in texts]
        damaged: list[int] = []
        version: int | None = live.version
        while version is not None and version not in damaged:
            try:
                found = await self._engine.predict(project.id, version, plain)
            except ModelUnsound:
                damaged.append(version)
                version = await self._upkeep.fall_back(caller.workspace, project.id, version)
                continue
            return Recognised(
                version,
                tuple(zip(plain, found, strict=True)),
                cleaned=any(text.cleaned for text in texts),
                damaged=tuple(damaged),
            )
        raise EngineUnavailable(
            f"Model {damaged[-1]} is damaged, and there is no other one to answer. /train makes a new one."
        )

    async def is_loading(self, caller: Caller) -> bool:
        """Whether a question asked now waits for its model to be loaded."""
        async with self._store.reading(caller.workspace) as work:
            project = await work.projects.of_channel(caller.channel)
            live = await work.models.live(project.id) if project else None
        return bool(project and live and self._engine.is_loading(project.id, live.version))
