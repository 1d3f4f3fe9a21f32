"""Reads messages with the live model, and keeps what it finds."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.db.database import Store
from bot.db.transaction import Transaction
from bot.domain.entities import EntityState
from bot.domain.project import Sentence
from bot.engine.ports import Engine
from bot.errors import EngineUnavailable, ModelUnsound, ModelUnusable, TextRefused
from bot.labelling.knowledge import Knowledge, read_knowledge
from bot.labelling.messages import split_message
from bot.labelling.values.messages import QuotedMessage
from bot.models.lifecycle import ModelLifecycle
from bot.operations.metrics import ENTITY_CHANGES
from bot.projects.repositories.projects import Projects
from bot.watching.amending import Amendment, amend
from bot.watching.gate import Gate, read_gate
from bot.watching.masking import masked_text, without_words
from bot.watching.ports import Asking, Observed, Observing, Unsure
from bot.watching.repositories.entities import Entities
from bot.watching.repositories.messages import Messages
from bot.watching.values import NewReading, ReadSentence, Said, WaitingMessage
from ner_engine.annotation import Prediction, Span

KEPT_TOGETHER = 12
"""Messages of a transaction: who labels, and what Slack tells meanwhile, comes between two."""

log = logging.getLogger(__name__)


class NoModel(EngineUnavailable):
    """The project has no live model now: its messages wait until it has one."""


@dataclass(frozen=True, slots=True)
class _Project:
    """By what the messages of a project are read."""

    knowledge: Knowledge
    language: str
    keeps: bool
    masked: frozenset[str]
    """Labels whose words are not stored."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What was found in one message."""

    message: WaitingMessage
    sentences: tuple[ReadSentence, ...]
    found: tuple[Prediction, ...]


class Reader:
    """Splits messages into sentences and asks the live model about each."""

    def __init__(
        self,
        store: Store,
        engine: Engine,
        lifecycle: ModelLifecycle,
        *,
        workspace: str,
        asking: Asking | None = None,
        observing: Observing | None = None,
    ) -> None:
        self._store = store
        self._engine = engine
        self._lifecycle = lifecycle
        self._workspace = workspace
        self._asking = asking
        self._observing = observing

    async def read(
        self,
        messages: Mapping[WaitingMessage, tuple[str, ...]],
        on_change: Callable[[], None],
    ) -> tuple[WaitingMessage, ...]:
        """Read messages, given with their lines: those that could not be read now. `on_change` is called each time that
        some are kept. Raises StoreUnavailable."""
        by_project: dict[int, list[WaitingMessage]] = defaultdict(list)
        for each in messages:
            by_project[each.project_id].append(each)
        left: list[WaitingMessage] = []
        for project_id, mine in by_project.items():
            try:
                await self._read_of(project_id, {each: messages[each] for each in mine}, on_change)
            except EngineUnavailable as error:
                log.info("messages of project %d wait: %s", project_id, error)
                left += mine
        return tuple(left)

    async def _read_of(
        self,
        project_id: int,
        messages: Mapping[WaitingMessage, tuple[str, ...]],
        on_change: Callable[[], None],
    ) -> None:
        async with self._store.reading(self._workspace) as tx:
            settings = await Projects(tx).settings(project_id)
            knowledge = await read_knowledge(tx, project_id)
        project = _Project(
            knowledge, settings.language, settings.message_days > 0, frozenset(settings.masked)
        )
        if self._observing is not None and knowledge.version is not None:
            await self._observing.prepare(project_id, knowledge.version)
        # All of them at once: the thread that splits is not waited for once a message.
        pieces = await asyncio.gather(
            *(self._split(lines, project.language) for lines in messages.values())
        )
        split = dict(zip(messages, pieces, strict=True))
        every = [sentence for sentences in split.values() for sentence in sentences]
        found, model = await self._ask(project_id, project.knowledge, every)
        done = iter(found)
        read = [
            _Read(each, sentences, tuple(next(done) for _ in sentences))
            for each, sentences in split.items()
        ]
        for start in range(0, len(read), KEPT_TOGETHER):
            async with self._store.writing(self._workspace) as tx:
                some = read[start : start + KEPT_TOGETHER]
                await self._keep(tx, project_id, project, some, model)
            on_change()

    async def _split(self, lines: tuple[str, ...], language: str) -> tuple[ReadSentence, ...]:
        if not lines:
            return ()
        try:
            split = await split_message(self._engine, QuotedMessage(lines), language=language)
        except TextRefused:
            return ()  # no words in it
        return tuple(
            ReadSentence(number, piece.text, piece.tokens)
            for number, piece in enumerate(split.pieces, start=1)
        )

    async def _ask(
        self, project_id: int, knowledge: Knowledge, sentences: Sequence[ReadSentence]
    ) -> tuple[list[Prediction], int | None]:
        """What is found in each sentence, and by which version; raises EngineUnavailable."""
        if not sentences:
            return [], knowledge.version
        version = knowledge.version
        if version is None:
            raise NoModel("there is no live model")
        texts = [sentence.text for sentence in sentences]
        try:
            raw = await self._engine.predict(project_id, version, texts)
        except ModelUnsound:
            await self._lifecycle.fall_back(self._workspace, project_id, version)
            raise
        except ModelUnusable:
            instead = await self._lifecycle.stand_in(self._workspace, project_id, version)
            if instead is None:
                raise
            version = instead
            raw = await self._engine.predict(project_id, version, texts)
        found = [
            knowledge.as_now(prediction, Sentence(0, sentence.text, sentence.tokens))
            for prediction, sentence in zip(raw, sentences, strict=True)
        ]
        return found, version

    async def _keep(
        self,
        tx: Transaction,
        project_id: int,
        project: _Project,
        read: Sequence[_Read],
        model: int | None,
    ) -> None:
        """Keep what was found, unless a message has changed meanwhile."""
        gate = await read_gate(tx, project_id, model)
        texts = {sentence.text for each in read for sentence in each.sentences}
        said = await Entities(tx).said(project_id, texts)
        observed: list[Observed] = []
        for each in read:
            if not await Messages(tx).is_current(each.message):
                continue
            now = readings(each.sentences, each.found, said, gate, model)
            before = await Entities(tx).of(project_id, each.message.id)
            entities, done = await Entities(tx).apply(
                project_id, each.message.id, amend(before, without_words(now, project.masked))
            )
            text = masked_text(each.sentences, now, project.masked)
            await Messages(tx).finish(
                each.message,
                each.sentences,
                said={text: found.sentence_id for text, found in said.items()},
                model=project.knowledge.version,
                entities=entities,
                text=text if project.keeps and text else None,
            )
            count(done)
            unsure = list(_unsure(each.sentences, done))
            # A card, or a check, would keep the sentence.
            hidden = frozenset(one.sentence for one in now if one.label in project.masked)
            unsure = [one for one in unsure if one.sentence.number not in hidden]
            if unsure and self._asking is not None:
                await self._asking.ask(tx, each.message, unsure)
            new = tuple(one for one in each.sentences if one.text not in said)
            observed.append(Observed(each.message, new, now, hidden))
        if model is not None and self._observing is not None:
            await self._observing.observe(tx, project_id, model, observed)


def readings(
    sentences: Sequence[ReadSentence],
    found: Sequence[Prediction],
    said: Mapping[str, Said],
    gate: Gate,
    model: int | None,
) -> tuple[NewReading, ...]:
    """What is in a message: where people have finished a sentence, what they say, else what the model finds."""
    made: list[NewReading] = []
    for sentence, prediction in zip(sentences, found, strict=True):
        by_people = said.get(sentence.text)
        if by_people is not None:
            made += [by_person(sentence.number, sentence.text, each) for each in by_people.spans]
            continue
        for span, score in zip(prediction.spans, prediction.confidences, strict=True):
            made.append(
                NewReading(
                    sentence.number,
                    span.start,
                    span.end,
                    span.label,
                    sentence.text[span.start : span.end],
                    score,
                    model,
                    gate.decide(span.label, score),
                )
            )
    return tuple(made)


def by_person(number: int, text: str, span: Span) -> NewReading:
    """An entity as somebody labelled it: it is sent."""
    words = text[span.start : span.end]
    return NewReading(number, span.start, span.end, span.label, words, None, None, EntityState.OUT)


def count(done: Sequence[tuple[Amendment, int]]) -> None:
    """Count what outputs are told."""
    for amendment, _ in done:
        if amendment.told is not None:
            ENTITY_CHANGES.labels(amendment.told.value).inc()


def _unsure(
    sentences: Sequence[ReadSentence], done: Sequence[tuple[Amendment, int]]
) -> Sequence[Unsure]:
    by_number = {sentence.number: sentence for sentence in sentences}
    return [
        Unsure(entity_id, amendment.now, by_number[amendment.now.sentence])
        for amendment, entity_id in done
        if amendment.state is EntityState.ASKED and amendment.now is not None
    ]
