"""Suggestions: what the live model, or before there is one the phrases labelled earlier, propose for a sentence."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from bot.domain import Card, Outcome, Sentence, StepKind, Suggestion, under_new_names
from bot.errors import EngineUnavailable, StoreUnavailable
from bot.services.ports import Engine, Store, Work
from ner_engine.annotation import Prediction, Span, fold

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 0.8
"""How long a card waits for the model; a person waits for the card."""
REMEMBERED = 2_000
"""Sentences whose phrases are looked up before there is a model."""
_GUIDED = 8


class Suggestions:
    """Puts suggestions on cards, outside the transaction that took the sentence in hand."""

    def __init__(self, store: Store, engine: Engine) -> None:
        self._store = store
        self._engine = engine

    async def dress(self, workspace: str, project_id: int, outcome: Outcome) -> Outcome:
        """The outcome, with a suggestion where it is the card of a sentence with nothing labelled in it yet.

        Where the model is slow or cannot be loaded, or nothing can be kept now, the card comes without one.
        """
        if not isinstance(outcome, Card) or not _is_open(outcome):
            return outcome
        try:
            return await self._dressed(workspace, project_id, outcome)
        except (EngineUnavailable, StoreUnavailable, TimeoutError) as error:
            log.info("a card goes without a suggestion: %s", type(error).__name__)
            return outcome

    async def _dressed(self, workspace: str, project_id: int, card: Card) -> Card:
        sentence, person = card.annotation.sentence, card.annotation.person
        async with self._store.reading(workspace) as work:
            knowledge = await read_knowledge(work, project_id)
            labels = await work.labels.described(project_id)
            precedents = await work.decisions.precedents_in(project_id, sentence)
        guide = tuple(label for label in labels if label.description or label.examples)
        card = replace(card, guide=guide[:_GUIDED], precedents=precedents)
        if knowledge.version is None:
            found = knowledge.remembered(sentence)
            if not found.spans:
                return card
        else:
            raw = await self._ask(project_id, knowledge.version, sentence)
            found = knowledge.as_now(raw, sentence)
        suggestion = Suggestion(sentence.id, found.spans, found.confidences, knowledge.version)
        async with self._store.writing(workspace) as work:
            kept = await work.offers.put(project_id, person, suggestion)
        return replace(card, suggestion=kept)

    async def _ask(self, project_id: int, version: int, sentence: Sentence) -> Prediction:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return (await self._engine.predict(project_id, version, [sentence.text]))[0]


def _is_open(card: Card) -> bool:
    annotation = card.annotation
    untouched = card.step in {None, StepKind.UNDONE} and not card.already
    return untouched and not annotation.finished and not annotation.spans


@dataclass(frozen=True, slots=True)
class Knowledge:
    """By what a project's entities are found: its live model, or before there is one the phrases labelled earlier."""

    version: int | None
    renamed: Mapping[str, str] = field(default_factory=dict)
    memory: Mapping[str, str] = field(default_factory=dict)

    def as_now(self, raw: Prediction, sentence: Sentence) -> Prediction:
        """What a model found, as it can be stored: a label that was renamed since the training does not come back."""
        return on_borders(under_new_names(raw, self.renamed), sentence)

    def remembered(self, sentence: Sentence) -> Prediction:
        """The phrases labelled earlier that stand in a sentence."""
        return remembered(sentence, self.memory)


async def read_knowledge(work: Work, project_id: int) -> Knowledge:
    """What the project can be asked by now."""
    live = await work.models.live_version(project_id)
    if live is not None:
        return Knowledge(live, renamed=await work.labels.renamed(project_id))
    phrases = await work.annotations.phrases(project_id, limit=REMEMBERED)
    return Knowledge(None, memory=memory_of(phrases))


def on_borders(found: Prediction, sentence: Sentence) -> Prediction:
    """The spans that stand on token borders, which alone can be stored."""
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


def memory_of(phrases: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Folded phrases with the label most people gave them; the newest one where two were given as often."""
    counted: dict[str, Counter[str]] = {}
    for phrase, label in phrases:
        counted.setdefault(fold(phrase), Counter())[label] += 1
    return {phrase: labels.most_common(1)[0][0] for phrase, labels in counted.items()}


def remembered(sentence: Sentence, memory: Mapping[str, str]) -> Prediction:
    """The phrases of the memory in a sentence, on token borders, longer ones before those inside them."""
    text, tokens = fold(sentence.text), sentence.tokens
    longest = max((phrase.count(" ") for phrase in memory), default=-1)
    spans: list[Span] = []
    # A phrase of n blanks has more tokens than that where punctuation stands in it.
    for width in range(min(len(tokens), 2 * longest + 8), 0, -1):
        for i in range(len(tokens) - width + 1):
            start, end = tokens[i][0], tokens[i + width - 1][1]
            label = memory.get(text[start:end])
            if label and all(end <= span.start or span.end <= start for span in spans):
                spans.append(Span(start, end, label))
    return Prediction(tuple(sorted(spans)), (None,) * len(spans))
