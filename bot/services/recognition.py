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
from bot.intake import CleanText
from bot.services.ports import Engine, Store


class Recognition:
    """Answers /ner with the live model of the project."""

    def __init__(self, store: Store, engine: Engine) -> None:
        self._store = store
        self._engine = engine

    async def recognise(self, caller: Caller, texts: Sequence[CleanText]) -> RecognitionAnswer:
        """The entities in each text, by the model of the channel's project; NoModelYet before its first training."""
        async with self._store.reading(caller.workspace) as work:
            project = await work.projects.of_channel(caller.channel)
            live = await work.models.live(project.id) if project else None
            if project is None or live is None:
                counts = await work.annotations.counts(project.id) if project else ProjectCounts()
                return NoModelYet(counts, MIN_FINISHED)
        plain = [text.text for text in texts]
        found = await self._engine.predict(project.id, live.version, plain)
        return Recognised(
            live.version,
            tuple(zip(plain, found, strict=True)),
            cleaned=any(text.cleaned for text in texts),
        )
