"""Suggestions: what the live model, or before there is one first guesses and phrases labelled earlier, propose."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from bot.db.database import Store
from bot.db.records.pending_actions import PendingActions
from bot.db.records.precedents import Precedents
from bot.db.records.shown import Shown
from bot.db.transaction import Transaction
from bot.domain.project import Sentence
from bot.engine.ports import Engine
from bot.errors import EngineUnavailable, ModelUnusable, StoreUnavailable
from bot.labelling.first_guesses import FirstGuesses, Taught
from bot.labelling.guidance import as_second_opinion, read_guide
from bot.labelling.knowledge import (
    Knowledge,
    hints_on_borders,
    may_miss,
    on_borders,
    read_knowledge,
    unsure_of,
)
from bot.labelling.pointing import POSSIBLE, most_used, pointers
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.origins import Origins
from bot.labelling.values.cards import Card, ImportedSuggestion, Suggestion
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects
from ner_engine.annotation import Hint, Prediction

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 0.8
"""How long a card waits for the engine; a person waits for the card."""
LIKELY = 0.5
"""First guesses as sure as this are marked on the card; the others are among the phrases for one tap."""
_RECENT = 200
"""Sentences whose phrases say which labels are in use where there is a model, and what was just labelled."""


StandIn = Callable[[str, int, int], Awaitable[int | None]]
"""A version of a project to ask while the live one cannot be used here; None where there is none."""


@dataclass(frozen=True, slots=True)
class _Asking:
    """From what something is suggested in a sentence: read first, as whoever finds it takes its time."""

    labels: tuple[str, ...]
    knowledge: Knowledge
    least: float
    """How sure the project wants a model to be."""
    recent: Sequence[tuple[str, str]]
    taught: Taught | None
    imported: Sequence[ImportedSuggestion]


class Suggestions:
    """Puts suggestions on cards, outside the transaction that took the sentence."""

    def __init__(
        self,
        store: Store,
        engine: Engine,
        stand_in: StandIn | None = None,
        guesses: FirstGuesses | None = None,
        *,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._store = store
        self._engine = engine
        self._stand_in = stand_in
        self._guesses = guesses
        self._patience = patience

    async def with_suggestion(self, workspace: str, project_id: int, card: Card) -> Card:
        """The card of a sentence with nothing labelled in it yet, with what is suggested for it.

        A second opinion is blind: nothing is suggested in a sentence that somebody else labelled, which models, guesses
        and remembered phrases may have learned. Where the model is slow or cannot be loaded, or nothing can be kept
        now, the card comes without a suggestion.
        """
        try:
            return await self._suggested(workspace, project_id, card)
        except (EngineUnavailable, StoreUnavailable, TimeoutError) as error:
            log.info("a card goes without a suggestion: %s", type(error).__name__)
            return card
        finally:
            if self._guesses is not None:
                self._guesses.teach_due(project_id)

    async def with_neighbours(self, workspace: str, project_id: int, card: Card) -> Card:
        """The card with what stands beside its sentence in the document it was imported with."""
        if card.annotation.sentence.document is None:
            return card
        try:
            async with self._store.reading(workspace) as tx:
                found = await Origins(tx).neighbours(project_id, card.annotation.sentence.id)
        except StoreUnavailable as error:
            log.info("a card goes without its neighbours: %s", type(error).__name__)
            return card
        return replace(card, neighbours=found)

    async def _suggested(self, workspace: str, project_id: int, card: Card) -> Card:
        sentence, person = card.annotation.sentence, card.annotation.person
        async with self._store.reading(workspace) as tx:
            if await Shown(tx).is_second(project_id, person, sentence.id):
                return await as_second_opinion(tx, project_id, card)
            card, asking = await self._read(tx, project_id, card)
        if asking is None:
            return card
        suggestion = await self._suggestion(workspace, project_id, asking, sentence)
        hints = await self._hints(project_id, asking.taught, suggestion, sentence)
        suggestion = _with_pointers(suggestion, asking, hints, sentence)
        if suggestion.model is None and not suggestion.spans and not suggestion.offered:
            return card
        async with self._store.writing(workspace) as tx:
            kept = await PendingActions(tx).put(project_id, person, suggestion)
            if suggestion.spans or hints:
                await Shown(tx).note(project_id, person, sentence.id)
        return replace(card, suggestion=kept)

    async def _read(
        self, tx: Transaction, project_id: int, card: Card
    ) -> tuple[Card, "_Asking | None"]:
        """The card with what helps to label it, and what to suggest from; None where it is suggested already."""
        sentence = card.annotation.sentence
        labels = await Labels(tx).described(project_id)
        card = replace(
            card,
            guide=await read_guide(tx, project_id, labels),
            precedents=await Precedents(tx).in_sentence(project_id, sentence),
        )
        if card.suggestion is not None:
            # The same as before, without what the person dropped; what may guess next is made ready.
            live = await Projects(tx).live_version(project_id)
            await self._taught(tx, project_id, live, sentence)
            return card, None
        knowledge = await read_knowledge(tx, project_id)
        return card, _Asking(
            tuple(label.name for label in labels),
            knowledge,
            least=(await Projects(tx).settings(project_id)).confidence,
            recent=knowledge.phrases or await Annotations(tx).phrases(project_id, limit=_RECENT),
            taught=await self._taught(tx, project_id, knowledge.version, sentence),
            imported=await Origins(tx).suggestions(project_id, sentence.id),
        )

    async def _suggestion(
        self, workspace: str, project_id: int, asking: "_Asking", sentence: Sentence
    ) -> Suggestion:
        """What another tool found, else what first guesses say, else what is found here."""
        imported = _first_of(asking.imported, sentence, asking.labels)
        if imported is not None:
            return imported
        guessed = await self._first_guess(project_id, asking.taught, sentence)
        if guessed is not None:
            return guessed
        within = self._patience if asking.taught is None else self._patience / 2
        found, version = await self._find(
            workspace, project_id, asking.knowledge, sentence, within=within
        )
        return Suggestion(
            sentence.id,
            found.spans,
            found.confidences,
            version,
            unsure=unsure_of(found, asking.least),
            may_miss=version is None or may_miss(found, sentence, asking.least),
        )

    async def _hints(
        self,
        project_id: int,
        taught: Taught | None,
        suggestion: Suggestion,
        sentence: Sentence,
    ) -> tuple[Hint, ...]:
        """What may be entities beside what is suggested; nothing where nobody can say in time."""
        try:
            async with asyncio.timeout(self._patience / 2):
                if suggestion.model is not None:
                    found = await self._engine.hints(project_id, suggestion.model, sentence.text)
                elif taught is not None and self._guesses is not None:
                    found = await self._guesses.hints(project_id, sentence)
                else:
                    return ()
        except (EngineUnavailable, TimeoutError):
            return ()
        return hints_on_borders(found, sentence)

    async def _taught(
        self, tx: Transaction, project_id: int, live: int | None, sentence: Sentence
    ) -> Taught | None:
        """What may guess before there is a live model."""
        if live is not None or self._guesses is None:
            return None
        return await self._guesses.ready(tx, project_id, sentence)

    async def _first_guess(
        self, project_id: int, taught: Taught | None, sentence: Sentence
    ) -> Suggestion | None:
        """None where nothing can guess in time; phrases labelled earlier are suggested then, if there are any."""
        if taught is None or self._guesses is None:
            return None
        try:
            async with asyncio.timeout(self._patience / 2):
                raw = await self._guesses.guess(project_id, sentence)
        except (EngineUnavailable, TimeoutError):
            return None
        found = on_borders(raw, sentence)
        # What is rather wrong than right costs a tap less where it is offered than where it is to be dropped.
        spans = tuple(
            span
            for span, sure in zip(found.spans, found.confidences, strict=True)
            if sure is None or sure >= LIKELY
        )
        # A confidence from so few sentences means nothing, so none is shown.
        return Suggestion(
            sentence.id, spans, (None,) * len(spans), None, guessed_from=taught.lesson.finished
        )

    async def _find(
        self,
        workspace: str,
        project_id: int,
        knowledge: "Knowledge",
        sentence: Sentence,
        *,
        within: float,
    ) -> tuple[Prediction, int | None]:
        """What is found, and the version that found it: another one stands in where the live one cannot be asked."""
        version = knowledge.version
        async with asyncio.timeout(within):
            if version is None:
                recalled = await self._engine.recall(project_id, knowledge.phrases, [sentence])
                return recalled[0], None
            try:
                raw = await self._engine.predict(project_id, version, [sentence.text])
            except ModelUnusable:
                instead = await self._other(workspace, project_id, version)
                if instead is None:
                    raise
                version = instead
                raw = await self._engine.predict(project_id, version, [sentence.text])
        return knowledge.as_now(raw[0], sentence), version

    async def _other(self, workspace: str, project_id: int, live: int) -> int | None:
        return None if self._stand_in is None else await self._stand_in(workspace, project_id, live)


def _first_of(
    imported: Iterable[ImportedSuggestion], sentence: Sentence, labels: Collection[str]
) -> Suggestion | None:
    """What another tool's model found, under labels that are there; it was imported to be looked at, so it comes
    before what is found here."""
    for each in imported:
        spans = tuple(span for span in each.spans if span.label in labels)
        found = on_borders(Prediction(spans, (None,) * len(spans)), sentence)
        if found.spans:
            return Suggestion(sentence.id, found.spans, found.confidences, None, source=each.source)
    return None


def _with_pointers(
    suggestion: Suggestion, asking: _Asking, hints: tuple[Hint, ...], sentence: Sentence
) -> Suggestion:
    """The suggestion with what can be tapped beside it."""
    names = most_used(asking.recent, [*asking.labels])
    pointing = pointers(
        sentence,
        suggestion.spans,
        hints,
        asking.recent,
        names,
        learned=bool(hints) and (suggestion.model is not None or bool(suggestion.guessed_from)),
        least=POSSIBLE if suggestion.model is not None else 0.0,
    )
    return replace(suggestion, offered=pointing.offered, words=pointing.words, labels=names)
