"""What the use cases need from the engine and what drives it, as protocols."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from bot.domain.models import ModelsCompared
from bot.domain.project import Gold, Label, Offsets, Sentence
from bot.domain.ranking import Candidate
from bot.domain.runs import LearnedFrom, TrainingJob
from ner_engine.annotation import Hint, Prediction
from ner_engine.results import TrainingEvent


class Ranker(Protocol):
    """Says what to label next; raises EngineUnavailable."""

    async def score(self, sentences: Sequence[Candidate]) -> list[float]:
        """How unsure the model is of each sentence, and remember it."""

    async def know(self, scored: Sequence[Candidate]) -> None:
        """Remember the scores these have."""

    async def ranked(self, *, random_share: float, seed: int, start: int, size: int) -> list[int]:
        """Ids of the order of all that are remembered, from the one at `start` on."""

    async def diverse(self, sentences: Sequence[Candidate], *, count: int) -> list[int]:
        """The ids of those that stand for all of them, best first."""


class Guesses(Protocol):
    """First guesses, before a project has a model; kept in memory only. All raise EngineUnavailable."""

    async def teach(
        self,
        project_id: int,
        labels: Sequence[Label],
        gold: Sequence[Gold],
        texts: Sequence[str],
        *,
        language: str = "en",
    ) -> None:
        """Know this of a project, and nothing from before; `texts` are some that nobody has finished."""

    async def guess(self, project_id: int, texts: Sequence[str]) -> list[Prediction]:
        """What each text may hold."""

    async def hints(self, project_id: int, text: str) -> tuple[Hint, ...]:
        """Phrases of a text that may be entities, the most probable first."""


class Engine(Protocol):
    """The engine, without blocking the event loop."""

    async def tokens(
        self, texts: Sequence[str], *, language: str = "en"
    ) -> list[tuple[Offsets, ...]]:
        """The token offsets of each text; raises EngineUnavailable where the language's tokenizer is not installed."""

    async def sentences(self, texts: Sequence[str]) -> list[tuple[Offsets, ...]]:
        """The offsets of the sentences in each text, edge blanks left out."""

    async def recall(
        self,
        project_id: int,
        phrases: Sequence[tuple[str, str]],
        sentences: Sequence[Sentence],
    ) -> list[Prediction]:
        """Where a project's labelled phrases, as `Annotations.phrases` tells them, stand in each sentence: on token
        borders, longer ones before those inside or across them, each with the label it was given most often."""

    async def predict(
        self, project_id: int, version: int, texts: Sequence[str], *, person: str = ""
    ) -> list[Prediction]:
        """What one version finds in each text, in turn with what others ask; raises EngineUnavailable where it cannot
        be loaded, Busy where too much waits."""

    async def hints(self, project_id: int, version: int, text: str) -> tuple[Hint, ...]:
        """Phrases of a text that one version thinks possible, the most probable first; raises EngineUnavailable."""

    def ranking(self, project_id: int, version: int | None) -> AbstractAsyncContextManager[Ranker]:
        """A process that ranks one project by a version of its model; leaving the block ends it."""

    async def write_gold(self, run_id: int, pages: AsyncIterator[Sequence[Gold]]) -> LearnedFrom:
        """Write what a run learns from where its process finds it, as it comes: none of it is kept in memory."""

    async def write_unlabelled(self, run_id: int, texts: Sequence[str]) -> None:
        """Write sentences that nobody labelled beside the gold, which is there already."""

    def training(
        self, job: TrainingJob, *, hurry: asyncio.Event
    ) -> AbstractAsyncContextManager[AsyncIterator[TrainingEvent]]:
        """One training process, on what was written for it; leaving the block ends it, whatever it was doing: asked
        first, then not asked (sooner where `hurry` is set)."""

    async def log(self, run_id: int) -> str:
        """The last lines a training process wrote about its troubles, while its files are there."""

    async def leftovers(self) -> frozenset[int]:
        """The runs of which there are files."""

    async def adopt(self, job: TrainingJob, version: int) -> int:
        """Move what the training process left to its place, as this version or, where that number is taken, as the
        next one; the number."""

    async def discard(self, run_id: int) -> None:
        """Remove what a training that was cut off left behind."""

    async def load(self, project_id: int, version: int) -> None:
        """Load a version beside those that answer and try it on its canaries, so that the first question does not
        wait; raises ModelUnusable, EngineUnavailable."""

    @property
    def is_asleep(self) -> bool:
        """Whether the process that predicts is not there yet."""

    async def wake(self) -> None:
        """Start the process that predicts, which takes longer than loading a first model; raises EngineUnavailable."""

    def is_loading(self, project_id: int, version: int) -> bool:
        """Whether who asks this version now has to wait until it is loaded."""

    async def compare(
        self, project_id: int, one: int, two: int, gold: Sequence[Gold]
    ) -> ModelsCompared:
        """Two versions on the sentences that neither learned."""

    async def remove(self, project_id: int, versions: Sequence[int]) -> None:
        """Remove the files of versions."""
