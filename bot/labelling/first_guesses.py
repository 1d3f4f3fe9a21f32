"""First guesses: what is suggested before there is a model, by what labels mean and the sentences finished so far.

What guesses is taught in the background, again after every few finished sentences, and kept in the memory of a
process of the engine. It is never a model of the project.
"""

import logging
from dataclasses import dataclass

from bot.db.database import Store
from bot.db.transaction import Transaction
from bot.domain.project import Label, Sentence
from bot.engine.ports import Guesses
from bot.errors import EngineUnavailable, StoreUnavailable
from bot.jobs.background import Background
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.phrases import Phrases
from bot.labelling.repositories.rankings import Rankings
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects
from ner_engine.annotation import Hint, Prediction

log = logging.getLogger(__name__)

LESSONS = (0, 3, 5, 8, 12, 20, 35, 50)
"""Numbers of finished sentences after which it is taught again, by as many of the newest."""
_TEXTS = 40
"""Sentences that say what the project's words have in common."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a project's guesses are taught by: its labels with their meanings, and so many sentences."""

    labels: tuple[Label, ...]
    finished: int

    @property
    def says_anything(self) -> bool:
        """A label's bare name is not enough: from such guesses people learn to look away."""
        return self.finished > 0 or any(label.description for label in self.labels)


@dataclass(frozen=True, slots=True)
class Taught:
    """A lesson that was given, and the sentences in it."""

    lesson: Lesson
    sentences: frozenset[int]


class FirstGuesses:
    """Remembers what was taught of each project, and teaches again when that has changed."""

    def __init__(self, store: Store, guesses: Guesses, background: Background) -> None:
        self._store = store
        self._guesses = guesses
        self._background = background
        self._taught: dict[int, Taught] = {}
        self._teaching: set[int] = set()
        self._due: dict[int, tuple[str, Lesson]] = {}

    async def ready(self, tx: Transaction, project_id: int, sentence: Sentence) -> Taught | None:
        """What may guess in a sentence, as of now; where a new lesson is due, `teach_due` begins it.

        Nothing guesses by labels that have changed, by a sentence that is gone, or in a sentence it was taught: whoever
        is asked a second time answers for themselves.
        """
        lesson = await _read_lesson(tx, project_id)
        if not lesson.says_anything:
            return None
        taught = self._taught.get(project_id)
        if taught is not None and not await _all_there(tx, project_id, taught):
            self._taught.pop(project_id, None)
            taught = None
        if taught is None or taught.lesson != lesson:
            self._due[project_id] = (tx.workspace, lesson)
        if taught is None or taught.lesson.labels != lesson.labels:
            return None
        return None if sentence.id in taught.sentences else taught

    async def guess(self, project_id: int, sentence: Sentence) -> Prediction:
        """The guesses in a sentence; raises EngineUnavailable."""
        try:
            return (await self._guesses.guess(project_id, [sentence.text]))[0]
        except EngineUnavailable:
            # The process may be another one, which knows nothing.
            self._taught.pop(project_id, None)
            raise

    async def hints(self, project_id: int, sentence: Sentence) -> tuple[Hint, ...]:
        """Phrases of a sentence that may be entities; raises EngineUnavailable."""
        return await self._guesses.hints(project_id, sentence.text)

    def teach_due(self, project_id: int) -> None:
        """Begin the lesson that was due: after the card that needed guesses has them, which wait while one is given."""
        if (due := self._due.pop(project_id, None)) is not None:
            self._teach(due[0], project_id, due[1])

    def _teach(self, workspace: str, project_id: int, lesson: Lesson) -> None:
        if project_id in self._teaching or self._background.stopping.is_set():
            return
        self._teaching.add(project_id)
        self._background.start(
            self._give(workspace, project_id, lesson),
            name=f"first guesses of {project_id}",
            droppable=True,
        )

    async def _give(self, workspace: str, project_id: int, lesson: Lesson) -> None:
        try:
            async with self._store.reading(workspace) as tx:
                learned = await Annotations(tx).newest_gold(project_id, limit=lesson.finished)
                others = await Rankings(tx).sample(project_id, limit=_TEXTS)
                language = await Projects(tx).language(project_id)
            self._taught.pop(project_id, None)
            await self._guesses.teach(
                project_id,
                lesson.labels,
                learned,
                [other.text for other in others],
                language=language,
            )
            ids = frozenset(each.sentence.id for each in learned)
            self._taught[project_id] = Taught(lesson, ids)
        except (EngineUnavailable, StoreUnavailable) as error:
            log.info("no first guesses: %s", type(error).__name__)
        finally:
            self._teaching.discard(project_id)


async def _read_lesson(tx: Transaction, project_id: int) -> Lesson:
    labels = tuple(await Labels(tx).all(project_id))
    counts = await Annotations(tx).counts(project_id)
    return Lesson(labels, max(each for each in LESSONS if each <= counts.finished))


async def _all_there(tx: Transaction, project_id: int, taught: Taught) -> bool:
    """Whether no sentence was forgotten or deleted since."""
    if not taught.sentences:
        return True
    found = await Phrases(tx).places_of(project_id, "", tuple(taught.sentences))
    return len(found) == len(taught.sentences)
