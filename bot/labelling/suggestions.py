"""Suggestions: what the live model, or before there is one first guesses and phrases labelled earlier, propose."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.db.database import Store
from bot.db.records.counters import Counters
from bot.db.records.pending_actions import PendingActions
from bot.db.records.precedents import Precedents
from bot.db.records.shown import Shown
from bot.db.transaction import Transaction
from bot.domain.project import DescribedLabel, Sentence
from bot.domain.renaming import under_new_names
from bot.engine.ports import Engine
from bot.errors import EngineUnavailable, ModelUnusable, StoreUnavailable
from bot.labelling.first_guesses import FirstGuesses, Taught
from bot.labelling.pointing import POSSIBLE, most_used, pointers
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.origins import Origins
from bot.labelling.values.cards import Card, ImportedSuggestion, Suggestion
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects
from ner_engine.annotation import Hint, Prediction, Span

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 0.8
"""How long a card waits for the engine; a person waits for the card."""
REMEMBERED = 2_000
"""Sentences whose phrases are looked up before there is a model."""
LIKELY = 0.5
"""First guesses as sure as this are marked on the card; the others are among the phrases for one tap."""
_RECENT = 200
"""The same where there is one: which labels are in use, and what was just labelled."""
_GUIDED = 8


StandIn = Callable[[str, int, int], Awaitable[int | None]]
"""A version of a project to ask while the live one cannot be used here; None where there is none."""


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
            labels = await Labels(tx).described(project_id)
            precedents = await Precedents(tx).in_sentence(project_id, sentence)
            guide = await _guide(tx, project_id, labels)
            if await Shown(tx).is_second(project_id, person, sentence.id):
                guide = tuple(replace(label, examples=()) for label in guide if label.description)
                return replace(
                    card, guide=guide, precedents=precedents, suggestion=None, blind=True
                )
            card = replace(card, guide=guide, precedents=precedents)
            if card.suggestion is not None:
                # The same as before, without what the person dropped; what may guess next is made ready.
                live = await Projects(tx).live_version(project_id)
                await self._taught(tx, project_id, live, sentence)
                return card
            knowledge = await read_knowledge(tx, project_id)
            least = (await Projects(tx).settings(project_id)).confidence
            recent = knowledge.phrases or await Annotations(tx).phrases(project_id, limit=_RECENT)
            taught = await self._taught(tx, project_id, knowledge.version, sentence)
            imported = await Origins(tx).suggestions(project_id, sentence.id)
        suggestion = _first_of(imported, sentence, [label.name for label in labels])
        if suggestion is None:
            suggestion = await self._first_guess(project_id, taught, sentence)
        if suggestion is None:
            within = self._patience if taught is None else self._patience / 2
            found, version = await self._find(
                workspace, project_id, knowledge, sentence, within=within
            )
            suggestion = Suggestion(
                sentence.id,
                found.spans,
                found.confidences,
                version,
                unsure=unsure_of(found, least),
                may_miss=version is None or may_miss(found, sentence, least),
            )
        names = most_used(recent, [label.name for label in labels])
        hints = await self._hints(project_id, taught, suggestion, sentence)
        pointing = pointers(
            sentence,
            suggestion.spans,
            hints,
            recent,
            names,
            learned=bool(hints) and (suggestion.model is not None or bool(suggestion.guessed_from)),
            least=POSSIBLE if suggestion.model is not None else 0.0,
        )
        suggestion = replace(
            suggestion,
            offered=pointing.offered,
            words=pointing.words,
            labels=names,
        )
        if suggestion.model is None and not suggestion.spans and not suggestion.offered:
            return card
        async with self._store.writing(workspace) as tx:
            kept = await PendingActions(tx).put(project_id, person, suggestion)
            if suggestion.spans or hints:
                await Shown(tx).note(project_id, person, sentence.id)
        return replace(card, suggestion=kept)

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


async def _guide(
    tx: Transaction, project_id: int, labels: Sequence[DescribedLabel]
) -> tuple[DescribedLabel, ...]:
    """Labels with what they mean; of many those that are used most."""
    said = [label for label in labels if label.description or label.examples]
    if len(said) > _GUIDED:
        times = dict((await Counters(tx).of(project_id)).spans_per_label)
        said.sort(key=lambda label: -times.get(label.name, 0))
    return tuple(said[:_GUIDED])


@dataclass(frozen=True, slots=True)
class Knowledge:
    """By what a project's entities are found: its live model, or before there is one the phrases labelled earlier."""

    version: int | None
    renamed: Mapping[str, str] = field(default_factory=dict)
    phrases: Sequence[tuple[str, str]] = ()

    def as_now(self, raw: Prediction, sentence: Sentence) -> Prediction:
        """What a model found, as it can be stored: a label that was renamed since the training does not come back."""
        return on_borders(under_new_names(raw, self.renamed), sentence)


async def read_knowledge(tx: Transaction, project_id: int) -> Knowledge:
    """What the project can be asked by now."""
    live = await Projects(tx).live_version(project_id)
    if live is not None:
        return Knowledge(live, renamed=await Labels(tx).renamed(project_id))
    return Knowledge(None, phrases=await Annotations(tx).phrases(project_id, limit=REMEMBERED))


def unsure_of(found: Prediction, least: float) -> tuple[Span, ...]:
    """The spans that are less sure than the project wants."""
    return tuple(
        span
        for span, sure in zip(found.spans, found.confidences, strict=True)
        if sure is not None and sure < least
    )


def may_miss(found: Prediction, sentence: Sentence, least: float) -> bool:
    """Whether a model is unsure of more than of what it found.

    The uncertainty is the mean of -log p over the tokens, so that the sum over all of them is that of the sentence as
    a whole; what the entities are unsure of is taken off.
    """
    whole = found.uncertainty * len(sentence.tokens)
    entities = sum(-math.log(max(sure, 1e-6)) for sure in found.confidences if sure is not None)
    return math.exp(-max(0.0, whole - entities)) < least


def on_borders(found: Prediction, sentence: Sentence) -> Prediction:
    """The spans on token borders, which alone can be stored."""
    starts = {start for start, _ in sentence.tokens}
    ends = {end for _, end in sentence.tokens}
    pairs = [
        (span, sure)
        for span, sure in zip(found.spans, found.confidences, strict=True)
        if span.start in starts and span.end in ends
    ]
    return Prediction(
        tuple(span for span, _ in pairs), tuple(sure for _, sure in pairs), found.uncertainty
    )


def hints_on_borders(hints: Sequence[Hint], sentence: Sentence) -> tuple[Hint, ...]:
    """The hints on token borders, which alone can be stored."""
    starts = {start for start, _ in sentence.tokens}
    ends = {end for _, end in sentence.tokens}
    return tuple(hint for hint in hints if hint.span.start in starts and hint.span.end in ends)
